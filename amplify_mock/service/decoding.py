"""Turn wire values into Python values, guided by the shapes of the service model.

Wire values are what JSON holds, under wire names (``appId``). Python values are what operations and resources use:
snake_case names (``app_id``) and aware datetimes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape

Convert = Callable[[Any], Any]


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
