"""Check values against the constraints of the service model, and word what is wrong as AWS does.

Works on wire values: what JSON holds, under wire names. The same checks serve requests and responses.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from botocore.model import ListShape, MapShape, Shape, StructureShape

_SCALARS = {"string", "boolean", "integer", "long", "float", "double"}

# From 0001-01-01 until before 10000-01-01, the years that datetime can express.
_FIRST_TIMESTAMP, _AFTER_LAST_TIMESTAMP = -62135596800, 253402300800


class Violation(NamedTuple):
    """One broken constraint: where (a dotted path of wire names), what value, which rule."""

    path: str
    value: str
    constraint: str

    def __str__(self) -> str:
        return f"{self.value} at '{self.path}' failed to satisfy constraint: {self.constraint}"


_NULL = ("Value null", "Member must not be null")
ABSENT = Violation("", *_NULL)

Check = Callable[[Any], "list[Violation] | None"]
"""Return what is wrong with a value, or None. Paths are relative to the value."""

Fits = Callable[[Any], object]
"""Returns something true if nothing is wrong with a value."""


class _Constraint(NamedTuple):
    holds: Callable[[Any], object]
    text: str


def message(violations: list[Violation]) -> str:
    """Word violations as AWS does: ``1 validation error detected: Value 'x' at 'stage' failed to satisfy …``."""
    plural = "" if len(violations) == 1 else "s"
    return f"{len(violations)} validation error{plural} detected: {'; '.join(map(str, violations))}"


class Validator:
    """Compiles shapes to checks, once for each shape.

    Args:
        lenient_values: values allowed beside what the model allows, by shape name.
        lenient_members: ``(structure, member)`` pairs that may be absent although the model requires them.
        requires: whether required members have to be there at all.
    """

    def __init__(
        self,
        lenient_values: Mapping[str, Iterable[str]] | None = None,
        lenient_members: Iterable[tuple[str, str]] = (),
        *,
        requires: bool = True,
    ) -> None:
        self._requires = requires
        self._lenient_values = {shape: frozenset(values) for shape, values in (lenient_values or {}).items()}
        self._lenient_members = frozenset(lenient_members)
        self._checks: dict[str, Check] = {}
        self._fits: dict[str, Fits] = {}

    def check(self, shape: Shape) -> Check:
        """Return the check for a shape."""
        found = self._checks.get(shape.name)
        if found is None:
            found = self._checks[shape.name] = self._compile(shape)
        return found

    def fits(self, shape: Shape) -> Fits | None:
        """Return what says in one step whether the check of a string, a number or a flag finds nothing; else None."""
        if shape.type_name not in _SCALARS:
            return None
        found = self._fits.get(shape.name)
        if found is None:
            found = self._fits[shape.name] = self._scalar_fits(shape)
        return found

    def required(self, shape: StructureShape) -> frozenset[str]:
        """Return the members that a structure has to have."""
        required = (name for name in shape.required_members if (shape.name, name) not in self._lenient_members)
        return frozenset(required if self._requires else ())

    def sizes(self, shape: ListShape | MapShape) -> Check:
        """Return the check of how many members there are."""
        sizes = _lengths(shape)

        def check(value: Any) -> list[Violation] | None:
            return [Violation("", _quoted(value), size.text) for size in sizes if not size.holds(value)] or None

        return check

    def _compile(self, shape: Shape) -> Check:
        if isinstance(shape, StructureShape):
            return self._structure(shape)
        if isinstance(shape, ListShape):
            return self._list(shape)
        if isinstance(shape, MapShape):
            return self._map(shape)
        return self._scalar(shape)

    def _structure(self, shape: StructureShape) -> Check:
        members = {name: self.check(member) for name, member in shape.members.items()}
        sensitive = any(_is_sensitive(member) for member in shape.members.values())
        required = [name for name in shape.required_members if name in self.required(shape)]

        def check(value: Any) -> list[Violation] | None:
            if not isinstance(value, dict):
                return [Violation("", _quoted(value, sensitive=sensitive), "Member must be of type structure")]
            wrong = [Violation(name, *_NULL) for name in required if value.get(name) is None]
            for name, member in value.items():
                member_check = members.get(name)
                if member_check is not None and member is not None:
                    found = member_check(member)
                    if found is not None:
                        wrong += below(name, found)
            return wrong or None

        return check

    def _list(self, shape: ListShape) -> Check:
        sizes = _lengths(shape)
        member_check = self.check(shape.member)
        summary = _summary(shape.member)
        sensitive = _is_sensitive(shape.member)

        def check(value: Any) -> list[Violation] | None:
            if not isinstance(value, list):
                return [Violation("", _quoted(value, sensitive=sensitive), "Member must be of type list")]
            wrong = [
                Violation("", _quoted(value, sensitive=sensitive), size.text) for size in sizes if not size.holds(value)
            ]
            for number, member in enumerate(value, 1):
                found = member_check(member)
                if found is None:
                    continue
                if summary is not None and isinstance(member, str):
                    constraint = f"Member must satisfy constraint: [{summary}]"
                    wrong.append(Violation("", _quoted(value, sensitive=sensitive), constraint))
                    break
                wrong += below(f"{number}.member", found)
            return wrong or None

        return check

    def _map(self, shape: MapShape) -> Check:
        sizes = _lengths(shape)
        sides = (
            ("Map keys", _summary(shape.key), self.check(shape.key)),
            ("Map value", _summary(shape.value), self.check(shape.value)),
        )
        sensitive = _is_sensitive(shape.value)

        def check(value: Any) -> list[Violation] | None:
            if not isinstance(value, dict):
                return [Violation("", _quoted(value, sensitive=sensitive), "Member must be of type map")]
            shown = _quoted(value, sensitive=sensitive) if sizes else ""
            wrong = [Violation("", shown, size.text) for size in sizes if not size.holds(value)]
            for (side, summary, side_check), members in zip(sides, (value, value.values()), strict=True):
                for member in members:
                    found = side_check(member)
                    if found is not None:
                        rule = found[0].constraint if summary is None or not isinstance(member, str) else summary
                        constraint = f"{side} must satisfy constraint: [{rule}]"
                        wrong.append(Violation("", _quoted(value, sensitive=sensitive), constraint))
                        break
            return wrong or None

        return check

    def _scalar(self, shape: Shape) -> Check:
        is_type, type_name = _TYPES[shape.type_name]
        constraints = _constraints(shape)
        fits = self.fits(shape) or is_type
        sensitive = _is_sensitive(shape)

        def check(value: Any) -> list[Violation] | None:
            if fits(value):
                return None
            if value is None:
                return [ABSENT]
            shown = _quoted(value, sensitive=sensitive)
            if not is_type(value):
                return [Violation("", shown, f"Member must be of type {type_name}")]
            return [Violation("", shown, each.text) for each in constraints if not each.holds(value)]

        return check

    def _scalar_fits(self, shape: Shape) -> Fits:
        is_type, _ = _TYPES[shape.type_name]
        constraints = _constraints(shape)
        lenient = self._lenient_values.get(shape.name, frozenset())
        if not constraints and not lenient:
            return is_type
        if shape.type_name != "string":
            return lambda value: is_type(value) and all(each.holds(value) for each in constraints)
        # In one step, because this is most of what is checked of an answer.
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max", sys.maxsize)
        others = [each.holds for each in _pattern(shape) + _enum(shape)]
        if not others:
            return lambda value: isinstance(value, str) and (least <= len(value) <= most or value in lenient)
        if len(others) == 1:
            [holds] = others
            return lambda value: (
                isinstance(value, str) and ((least <= len(value) <= most and holds(value)) or value in lenient)
            )
        return lambda value: (
            isinstance(value, str) and (all(each.holds(value) for each in constraints) or value in lenient)
        )


def below(name: str, violations: list[Violation]) -> list[Violation]:
    """Return violations of a value as those of a value that has it under a name."""
    return [each._replace(path=f"{name}.{each.path}" if each.path else name) for each in violations]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "string": (lambda value: isinstance(value, str), "string"),
    "boolean": (lambda value: isinstance(value, bool), "boolean"),
    "integer": (_is_integer, "integer"),
    "long": (_is_integer, "long"),
    "float": (_is_number, "float"),
    "double": (_is_number, "double"),
    "timestamp": (lambda value: _is_number(value) and _FIRST_TIMESTAMP <= value < _AFTER_LAST_TIMESTAMP, "timestamp"),
}


def _is_sensitive(shape: Shape) -> bool:
    return bool(shape.metadata.get("sensitive"))


def _constraints(shape: Shape) -> list[_Constraint]:
    if shape.type_name == "string":
        return _lengths(shape) + _pattern(shape) + _enum(shape)
    if shape.type_name in ("integer", "long", "float", "double"):
        return _range(shape)
    return []


def _summary(shape: Shape) -> str | None:
    """Return the constraints of a scalar in one line, as AWS lists them for members of lists and maps."""
    return ", ".join(constraint.text for constraint in _constraints(shape)) or None


def _lengths(shape: Shape) -> list[_Constraint]:
    found = []
    if (most := shape.metadata.get("max")) is not None:
        text = f"Member must have length less than or equal to {most}"
        found.append(_Constraint(lambda value: len(value) <= most, text))
    if least := shape.metadata.get("min"):
        text = f"Member must have length greater than or equal to {least}"
        found.append(_Constraint(lambda value: len(value) >= least, text))
    return found


def _range(shape: Shape) -> list[_Constraint]:
    found = []
    if (most := shape.metadata.get("max")) is not None:
        text = f"Member must have value less than or equal to {most}"
        found.append(_Constraint(lambda value: value <= most, text))
    if (least := shape.metadata.get("min")) is not None:
        text = f"Member must have value greater than or equal to {least}"
        found.append(_Constraint(lambda value: value >= least, text))
    return found


def _enum(shape: Shape) -> list[_Constraint]:
    values = shape.metadata.get("enum")
    if not values:
        return []
    allowed = frozenset(values)
    text = f"Member must satisfy enum value set: [{', '.join(values)}]"
    return [_Constraint(allowed.__contains__, text)]


def _pattern(shape: Shape) -> list[_Constraint]:
    pattern = shape.metadata.get("pattern")
    if not pattern or pattern == "(?s).*":
        return []
    plain = re.compile(_without_categories(pattern), re.ASCII)
    text = f"Member must satisfy regular expression pattern: {pattern}"
    if r"\p{" in pattern:
        return [_Constraint(lambda value: plain.fullmatch(_representative(value)) is not None, text)]
    return [_Constraint(plain.fullmatch, text)]


# Python's re has no Unicode categories. In a pattern that has, each category stands for the one ASCII character
# below, and so does each character of a value that belongs to it.
_CATEGORIES = {"L": "a", "N": "0", "Z": " "}


def _without_categories(pattern: str) -> str:
    return re.sub(r"\\p\{(\w)\}", lambda found: _CATEGORIES[found[1]], pattern)


def _representative(value: str) -> str:
    return "".join(_CATEGORIES.get(unicodedata.category(character)[0], character) for character in value)


def _quoted(value: Any, *, sensitive: bool = False) -> str:
    return "Value '*** Sensitive Data Redacted ***'" if sensitive else f"Value '{_shown(value)}'"


# Deeper than anything of the model, and not so deep that Python gives up.
_SHOWN_DEPTH = 20


def _shown(value: Any, depth: int = _SHOWN_DEPTH) -> str:
    """Write a value as the service's own language would: ``[a, b]``, ``{k=v}``, ``true``, ``null``."""
    if isinstance(value, (dict, list)) and depth == 0:
        return "..."
    if isinstance(value, dict):
        members = (f"{_shown(key)}={_shown(member, depth - 1)}" for key, member in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_shown(member, depth - 1) for member in value) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
