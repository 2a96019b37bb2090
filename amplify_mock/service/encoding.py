"""Turn results into JSON, guided by the shapes of the service model: what is written is checked on the way.

Each structure is written by a function of its own, whose source is put together here and compiled once. It does for
each member what a loop over the members would do, in a third of the time, and every answer goes through it.
"""

from __future__ import annotations

import datetime
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from json.encoder import encode_basestring_ascii
from types import MappingProxyType
from typing import Any, NamedTuple

from botocore.model import ListShape, Shape, StructureShape

from .decoding import attribute_name
from .validation import ABSENT, Check, Validator, Violation, below, message

Write = Callable[[Any], str]
"""Returns the JSON of a value; raises :class:`UnfitError`."""

Fill = Callable[[Any, Any], Any]
"""Given a structure's source and a member's value that is None, empty, zero or false: what is written, or None."""


class UnfitError(Exception):
    """A value that was to be written breaks the service model.

    Attributes:
        violations: where, and how.
    """

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(message(violations))
        self.violations = violations


class Encoder(ABC):
    """Compiles shapes to functions from Python values to JSON, once for each shape.

    Structures are read from the attributes of objects, or from the keys of dicts. Only members that the model knows are
    written, and of those only what is not None.

    Args:
        validator: says what fits the model.
    """

    def __init__(self, validator: Validator) -> None:
        self._validator = validator
        self._writers: dict[str, Write] = {}

    def encode(self, shape: Shape) -> Write:
        """Return the encoding function of a shape."""
        found = self._writers.get(shape.name)
        if found is None:
            found = self._writers[shape.name] = self._compile(shape)
        return found

    def _compile(self, shape: Shape) -> Write:
        if isinstance(shape, StructureShape):
            return self._structure(shape)
        if isinstance(shape, ListShape) and isinstance(shape.member, StructureShape):
            return self._list_of_structures(shape)
        if shape.type_name == "timestamp":
            # No year that a datetime has is too much for the wire.
            return _timestamp
        return self._plain(shape)

    def _plain(self, shape: Shape) -> Write:
        check = self._validator.check(shape)
        empty = _EMPTY_TEXTS.get(shape.type_name)

        def write(value: Any) -> str:
            wrong = check(value)
            if wrong is not None:
                raise UnfitError(wrong)
            return empty if empty is not None and not value else json.dumps(value)

        return write

    def _list_of_structures(self, shape: ListShape) -> Write:
        write_member = self.encode(shape.member)
        sizes = self._validator.sizes(shape)

        def write(value: Any) -> str:
            written: list[str] = []
            try:
                for member in value:
                    written.append(write_member(member))
            except UnfitError as error:
                raise UnfitError(below(f"{len(written) + 1}.member", error.violations)) from None
            wrong = sizes(written)
            if wrong is not None:
                raise UnfitError(wrong)
            return f"[{', '.join(written)}]"

        return write

    # Structures

    def _structure(self, shape: StructureShape) -> Write:
        names: dict[str, Any] = {"UnfitError": UnfitError, "below": below, "ABSENT": ABSENT}
        names |= {"quote": _quote, "refuse": _refuse}
        members = list(self._members(shape, names))
        for function, read in (("write_dict", "source.get({!r})"), ("write", "getattr(source, {!r}, None)")):
            source = "\n".join(_source(function, read, members))
            exec(compile(source, f"<what writes {shape.name}>", "exec"), names)  # noqa: S102  (the text is ours)
        write: Write = names["write"]
        return write

    def _members(self, shape: StructureShape, names: dict[str, Any]) -> Iterator[_Member]:
        """Yield how each member is written, and add the functions that this takes to ``names``."""
        required = self._validator.required(shape)
        for number, (name, member) in enumerate(shape.members.items()):
            if not self._is_written(shape, name):
                continue
            fill, fits = self._fill(shape, name), self._validator.fits(member)
            if fill is not None:
                names[f"fill{number}"] = fill
            text = _SCALARS.get(member.type_name)
            if text is not None:
                names |= {f"fits{number}": fits, f"check{number}": self._validator.check(member)}
                text = f"{text} if fits{number}(value) else refuse(check{number}, value)"
            else:
                names[f"write{number}"] = self.encode(member)
                text = f"write{number}(value)"
            yield _Member(
                name, self._attribute(shape, name), text, f"fill{number}" if fill is not None else "", name in required
            )

    def _is_written(self, shape: StructureShape, name: str) -> bool:
        """Say whether a member is ever written."""
        return True

    def _attribute(self, shape: StructureShape, name: str) -> str:
        """Return the attribute that a member is read from."""
        return attribute_name(name)

    @abstractmethod
    def _fill(self, shape: StructureShape, name: str) -> Fill | None:
        """Return what decides about a member that is None, empty, zero or false; None to write all that is not None."""


class _Member(NamedTuple):
    """How one member is written: from which attribute, by which expressions, and whether it has to be there."""

    name: str
    attribute: str
    text: str
    fill: str
    is_required: bool


def _source(function: str, read: str, members: list[_Member]) -> Iterator[str]:
    """Yield the lines of the function that writes a structure."""
    yield f"def {function}(source):"
    if function == "write":
        yield "    if isinstance(source, dict):"
        yield "        return write_dict(source)"
    yield "    written = []"
    yield "    try:"
    yield "        name = ''"
    for member in members:
        yield f"        name = {member.name!r}"
        yield f"        value = {read.format(member.attribute)}"
        if member.fill:
            yield "        if not value:"
            yield f"            value = {member.fill}(source, value)"
        yield "        if value is not None:"
        yield f"            written.append({json.dumps(member.name) + ': '!r} + ({member.text}))"
        if member.is_required:
            yield "        else:"
            yield "            raise UnfitError([ABSENT])"
    yield "    except UnfitError as error:"
    yield "        raise UnfitError(below(name, error.violations)) from None"
    yield "    return '{' + ', '.join(written) + '}'"


_SCALARS = {"string": "quote(value)", "boolean": "('true' if value else 'false')"}

_quote: Callable[[str], str] = encode_basestring_ascii


def _refuse(check: Check, value: Any) -> str:
    raise UnfitError(check(value) or [])


def _timestamp(value: datetime.datetime) -> str:
    return f"{value.timestamp():.3f}"


_EMPTY_TEXTS = {"list": "[]", "map": "{}"}

# What a required member says when nothing was set. A number, a flag or a time has no such value.
_EMPTY: dict[str, Callable[[], Any]] = {"string": str, "list": list, "map": dict}


class CompleteEncoder(Encoder):
    """Writes all that the model requires: a required string, list or map that is None is written empty.

    Args:
        validator: says what fits the model.
        stand_ins: the attributes that are written instead of required ones that are None, by ``(structure, member)``.
    """

    def __init__(self, validator: Validator, stand_ins: Mapping[tuple[str, str], str] | None = None) -> None:
        super().__init__(validator)
        self._stand_ins = stand_ins or {}

    def _fill(self, shape: StructureShape, name: str) -> Fill | None:
        if name not in shape.required_members:
            return None
        stand_in = self._stand_ins.get((shape.name, name))
        make = _EMPTY.get(shape.members[name].type_name)

        def fill(source: Any, value: Any) -> Any:
            if value is None and stand_in is not None:
                value = source.get(stand_in) if isinstance(source, dict) else getattr(source, stand_in, None)
            return make() if value is None and make is not None else value

        return fill


class Seen(NamedTuple):
    """Which members of a structure the real service was seen to send.

    Members that are None or empty are left out. The exceptions, by wire name:

    Args:
        empty: also sent when empty.
        never: never sent.
        not_false: not sent when false.
        read_from: attributes that are read instead of the members' own.
    """

    empty: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    not_false: frozenset[str] = frozenset()
    read_from: Mapping[str, str] = MappingProxyType({})


class SeenEncoder(Encoder):
    """Writes what the real service was seen to send.

    Args:
        validator: says what fits the model.
        seen: the rules, by structure. Structures that are not named write all that is not None.
    """

    def __init__(self, validator: Validator, seen: Mapping[str, Seen]) -> None:
        super().__init__(validator)
        self._seen = seen

    def _is_written(self, shape: StructureShape, name: str) -> bool:
        return name not in self._seen.get(shape.name, Seen()).never

    def _attribute(self, shape: StructureShape, name: str) -> str:
        return self._seen.get(shape.name, Seen()).read_from.get(name) or attribute_name(name)

    def _fill(self, shape: StructureShape, name: str) -> Fill | None:
        seen = self._seen.get(shape.name)
        if seen is None or name in seen.empty:
            return None
        if name in seen.not_false:
            return lambda _, __: None
        # Flags and numbers are never empty.
        return lambda _, value: value if isinstance(value, (bool, int, float)) else None
