"""What a template may say of a resource: properties, their types, and which of them there must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Invalid(Exception):
    """A template says what a resource does not have, or not in the way it is said."""


@dataclass(frozen=True)
class ListOf:
    """A list, all of whose items are alike."""

    item: Any


@dataclass(frozen=True)
class Properties:
    """Properties by name: each is ``str``, ``bool``, :class:`ListOf` or again :class:`Properties`."""

    of: Mapping[str, Any]
    required: frozenset[str] = field(default=frozenset())


def properties(*required: str, **of: Any) -> Properties:
    """Return properties, of which some are required."""
    return Properties(of, frozenset(required))


def checked(logical_id: str, given: Any, expected: Properties) -> dict[str, Any]:
    """Return the properties of a resource, each in its type: a template may write 301 or "true" all the same.

    Raises:
        Invalid: for a property that there is not, that is missing, or that is of another type.
    """
    problems: list[str] = []
    value = _checked(given, expected, "#", problems)
    if problems:
        lines = "\n".join(problems)
        raise Invalid(f"Properties validation failed for resource {logical_id} with message:\n{lines}")
    return value  # type: ignore[no-any-return]


def _checked(value: Any, expected: Any, place: str, problems: list[str]) -> Any:
    if isinstance(expected, Properties) and isinstance(value, dict):
        problems += [f"{place}: required key [{name}] not found" for name in sorted(expected.required - value.keys())]
        problems += [f"{place}: extraneous key [{name}] is not permitted" for name in value if name not in expected.of]
        known = [name for name in value if name in expected.of]
        return {name: _checked(value[name], expected.of[name], f"{place}/{name}", problems) for name in known}
    if isinstance(expected, ListOf) and isinstance(value, list):
        # What is AWS::NoValue: moto removes it from structures only.
        present = [each for each in value if each is not None]
        return [_checked(each, expected.item, f"{place}/{number}", problems) for number, each in enumerate(present)]
    if expected is bool and str(value).lower() in {"true", "false"}:
        return str(value).lower() == "true"
    if expected is str and isinstance(value, bool):
        return str(value).lower()
    if expected is str and isinstance(value, (str, int, float)):
        return str(value)
    problems.append(f"{place}: expected type: {_name(expected)}, found: {_name_of(value)}")
    return None


def _name(expected: Any) -> str:
    if isinstance(expected, Properties):
        return "JSONObject"
    if isinstance(expected, ListOf):
        return "JSONArray"
    return "Boolean" if expected is bool else "String"


def _name_of(value: Any) -> str:
    names = {dict: "JSONObject", list: "JSONArray", bool: "Boolean", int: "Integer", float: "Double"}
    return names.get(type(value), "String")
