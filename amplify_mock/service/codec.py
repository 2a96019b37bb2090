"""Turn wire values into Python values and back, guided by the shapes of the service model.

Wire values are what JSON holds, under wire names (``appId``). Python values are what operations and resources use:
snake_case names (``app_id``), aware datetimes, and on the way out any object that has the attributes.
"""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape

Convert = Callable[[Any], Any]

# What a required member says when nothing was set. A number, a flag or a time has no such value.
_EMPTY: dict[str, Callable[[], Any]] = {"string": str, "list": list, "map": dict}


def attribute_name(wire_name: str) -> str:
    """Return the snake_case name of a member: ``enable_basic_auth`` for ``enableBasicAuth``."""
    return str(xform_name(wire_name))


class Decoder:
    """Compiles shapes to functions from wire values to Python values, once for each shape."""

    def __init__(self) -> None:
        self._decoders: dict[str, Convert] = {}

    def decode(self, shape: Shape) -> Convert:
        """Return the decoding function of a shape; it takes values that passed validation."""
        found = self._decoders.get(shape.name)
        if found is None:
            found = self._decoders[shape.name] = self._compile(shape)
        return found

    def _compile(self, shape: Shape) -> Convert:
        if isinstance(shape, StructureShape):
            members = {name: (attribute_name(name), self.decode(member)) for name, member in shape.members.items()}
            return lambda value: {
                members[name][0]: members[name][1](member)
                for name, member in value.items()
                if name in members and member is not None
            }
        if isinstance(shape, ListShape):
            decode_member = self.decode(shape.member)
            return lambda value: [decode_member(member) for member in value]
        if isinstance(shape, MapShape):
            decode_value = self.decode(shape.value)
            return lambda value: {key: decode_value(member) for key, member in value.items()}
        if shape.type_name == "timestamp":
            return lambda value: datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
        return lambda value: value


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


class Encoder(ABC):
    """Compiles shapes to functions from Python values to wire values, once for each shape.

    Structures are read from the attributes of objects, or from the keys of dicts. Only members that the model knows are
    written, and of those only what is not None.
    """

    def __init__(self) -> None:
        self._encoders: dict[str, Convert] = {}

    def encode(self, shape: Shape) -> Convert:
        """Return the encoding function of a shape."""
        found = self._encoders.get(shape.name)
        if found is None:
            found = self._encoders[shape.name] = self._compile(shape)
        return found

    def _compile(self, shape: Shape) -> Convert:
        if isinstance(shape, StructureShape):
            return self._structure(shape)
        if isinstance(shape, ListShape):
            encode_member = self.encode(shape.member)
            return lambda value: [encode_member(member) for member in value]
        if isinstance(shape, MapShape):
            encode_value = self.encode(shape.value)
            return lambda value: {key: encode_value(member) for key, member in value.items()}
        if shape.type_name == "timestamp":
            return _encode_timestamp
        return lambda value: value

    @abstractmethod
    def _structure(self, shape: StructureShape) -> Convert: ...


class CompleteEncoder(Encoder):
    """Writes all that the model requires: a required string, list or map that is None is written empty.

    Args:
        stand_ins: the attributes that are written instead of required ones that are None, by ``(structure, member)``.
    """

    def __init__(self, stand_ins: Mapping[tuple[str, str], str] | None = None) -> None:
        super().__init__()
        self._stand_ins = stand_ins or {}

    def _structure(self, shape: StructureShape) -> Convert:
        required = frozenset(shape.required_members)
        members = [
            (
                name,
                attribute_name(name),
                self.encode(member),
                _EMPTY.get(member.type_name) if name in required else None,
                self._stand_ins.get((shape.name, name)) if name in required else None,
            )
            for name, member in shape.members.items()
        ]

        def encode(source: Any) -> dict[str, Any]:
            get = _getter(source)
            encoded = {}
            for name, attribute, encode_member, empty, stand_in in members:
                value = get(attribute)
                if value is None and stand_in is not None:
                    value = get(stand_in)
                if value is not None:
                    encoded[name] = encode_member(value)
                elif empty is not None:
                    encoded[name] = empty()
            return encoded

        return encode


class SeenEncoder(Encoder):
    """Writes what the real service was seen to send.

    Args:
        seen: the rules, by structure. Structures that are not named write all that is not None.
    """

    def __init__(self, seen: Mapping[str, Seen]) -> None:
        super().__init__()
        self._seen = seen

    def _structure(self, shape: StructureShape) -> Convert:
        seen = self._seen.get(shape.name)
        members = [
            (name, (seen and seen.read_from.get(name)) or attribute_name(name), self.encode(member))
            for name, member in shape.members.items()
            if seen is None or name not in seen.never
        ]

        def is_sent(name: str, value: Any) -> bool:
            if value is None:
                return False
            if seen is None or value or name in seen.empty:
                return True
            return isinstance(value, (bool, int, float)) and name not in seen.not_false

        def encode(source: Any) -> dict[str, Any]:
            get = _getter(source)
            values = ((name, get(attribute), encode_member) for name, attribute, encode_member in members)
            return {name: encode_member(value) for name, value, encode_member in values if is_sent(name, value)}

        return encode


def _getter(source: Any) -> Callable[[str], Any]:
    return source.get if isinstance(source, dict) else lambda attribute: getattr(source, attribute, None)


def _encode_timestamp(value: datetime.datetime) -> float:
    return round(value.timestamp(), 3)
