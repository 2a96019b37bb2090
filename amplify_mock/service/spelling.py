"""Turn what people write into wire values: members in snake_case too, and times as text or as datetimes."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from .decoding import attribute_name

Unknown = Callable[[str, Sequence[str]], None]
"""What to do about a name that is none: it gets the name and, in snake_case, the names that there are."""


def spelled(shape: Shape, value: Any, unknown: Unknown) -> Any:
    """Return a value as it is on the wire, as far as it has the shape; the rest is for validation to refuse.

    Args:
        shape: what the value should be.
        value: what somebody has written. Members that are None are left out.
        unknown: called with each name that a structure does not have, which is left out if it returns.

    Raises:
        TypeError: when a member is there in both spellings.
    """
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return _structure(shape, value, unknown)
    if isinstance(shape, ListShape) and isinstance(value, (list, tuple)):
        return [spelled(shape.member, member, unknown) for member in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: spelled(shape.value, member, unknown) for key, member in value.items()}
    return _seconds(value) if shape.type_name == "timestamp" else value


def _structure(shape: StructureShape, value: Mapping[str, Any], unknown: Unknown) -> dict[str, Any]:
    spellings = {attribute_name(name): name for name in shape.members}
    found: dict[str, Any] = {}
    for name, member in value.items():
        wire_name = name if name in shape.members else spellings.get(name)
        if wire_name is None:
            unknown(name, sorted(spellings))
        elif wire_name in found:
            raise TypeError(f"{attribute_name(wire_name)} is given twice")
        elif member is not None:
            found[wire_name] = spelled(shape.members[wire_name], member, unknown)
    return found


def _seconds(value: Any) -> Any:
    moment = value
    if isinstance(value, str):
        try:
            # Python 3.10 does not know the Z.
            moment = datetime.datetime.fromisoformat(value.removesuffix("Z") + "+00:00" * value.endswith("Z"))
        except ValueError:
            return value
    if isinstance(moment, datetime.datetime) and moment.tzinfo is not None:
        return moment.timestamp()
    return value
