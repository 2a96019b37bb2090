"""Which calls a test means: an operation, and values that some of its input members have."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.utils import parse_to_aware_datetime

from amplify_mock.resources.hints import nearest
from amplify_mock.service.operation import Operation
from amplify_mock.service.service import Contract

Rewrite = Callable[[Shape, Any], Any]

# It takes all that boto3 does for a timestamp, but the stubs say only strings.
_to_aware: Callable[[Any], datetime.datetime] = parse_to_aware_datetime

MASK = "***"
# What is longer is cut where whole calls are shown.
_LONGEST_VALUE = 100


class Wanted:
    """The calls of one operation whose parameters have the given values.

    Args:
        contract: the compiled service model.
        operation: the operation, as the API names it.
        members: values by wire name. They are compared by ``==``.

    Raises:
        ValueError: when there is no such operation.
        TypeError: when the operation has no such member.
    """

    def __init__(self, contract: Contract, operation: str, members: Mapping[str, Any]) -> None:
        names = contract.model.operation_names
        if operation not in names:
            raise ValueError(
                f"{operation!r} is no operation of the service.{nearest(operation, names)} "
                f"The operations are: {', '.join(names)}."
            )
        self.operation: Operation = contract.operation(operation)
        shape = self.operation.input_shape
        self._shapes: Mapping[str, Shape] = shape.members if isinstance(shape, StructureShape) else {}
        for name in members:
            if name not in self._shapes:
                known = f"Its members are: {', '.join(self._shapes)}." if self._shapes else "It has none."
                raise TypeError(f"{operation} has no input member {name!r}.{nearest(name, self._shapes)} {known}")
        self.members: dict[str, Any] = {
            name: rewritten(self._shapes[name], value, _as_sent) for name, value in members.items()
        }

    def matches(self, operation: str, parameters: Mapping[str, Any]) -> bool:
        """Say whether a call is meant."""
        return operation == self.operation.name and not self._different(parameters)

    def equal_members(self, parameters: Mapping[str, Any]) -> int:
        """Return how many of the values a call has."""
        return len(self.members) - len(self._different(parameters))

    def differences(self, parameters: Mapping[str, Any]) -> str:
        """Say what a call of the operation has instead of the values."""
        return ", ".join(self._difference(name, parameters) for name in self._different(parameters))

    def _different(self, parameters: Mapping[str, Any]) -> list[str]:
        return [name for name, value in self.members.items() if name not in parameters or value != parameters[name]]

    def _difference(self, name: str, parameters: Mapping[str, Any]) -> str:
        if name not in parameters:
            return f"{name} is not given"
        is_secret = any(_is_sensitive(part) for part in _parts(self._shapes[name]))
        return f"{name} is another" if is_secret else f"{name} is {parameters[name]!r}, not {self.members[name]!r}"

    @property
    def arguments(self) -> str:
        """The values, as the arguments of a call."""
        return arguments(self.operation.input_shape, self.members)

    def __str__(self) -> str:
        return f"{self.operation.name}({self.arguments})"


def arguments(shape: Shape | None, members: Mapping[str, Any]) -> str:
    """Write members as the arguments of a call, without those that the service model marks as sensitive."""
    values = masked(shape, dict(members)).items()
    return ", ".join(f"{name}={_shortened(repr(value))}" for name, value in values)


def masked(shape: Shape | None, value: Any) -> Any:
    """Return a copy of a value without what the service model marks as sensitive."""
    return value if shape is None else rewritten(shape, value, _masked)


def with_times(shape: Shape | None, value: Any) -> Any:
    """Return a copy of a wire value that has aware datetimes for timestamps."""
    return value if shape is None else rewritten(shape, value, _with_time)


def has_times(shape: Shape | None) -> bool:
    """Say whether there are timestamps in a shape."""
    return shape is not None and any(part.type_name == "timestamp" for part in _parts(shape))


def rewritten(shape: Shape, value: Any, rewrite: Rewrite) -> Any:
    """Return a copy of a value with every part put through ``rewrite``, the whole before its members."""
    value = rewrite(shape, value)
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members = shape.members
        return {
            name: rewritten(members[name], member, rewrite) if name in members else member
            for name, member in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [rewritten(shape.member, member, rewrite) for member in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: rewritten(shape.value, member, rewrite) for key, member in value.items()}
    return value


def _parts(shape: Shape) -> Iterator[Shape]:
    yield shape
    if isinstance(shape, StructureShape):
        for member in shape.members.values():
            yield from _parts(member)
    elif isinstance(shape, ListShape):
        yield from _parts(shape.member)
    elif isinstance(shape, MapShape):
        yield from _parts(shape.value)


def _is_sensitive(shape: Shape) -> bool:
    return bool(shape.metadata.get("sensitive"))


_CONTAINERS: dict[str, type] = {"structure": dict, "list": list, "map": dict}


def _masked(shape: Shape, value: Any) -> Any:
    if _is_sensitive(shape):
        return MASK
    # A value of the wrong type has no members by which to tell what is sensitive in it.
    container = _CONTAINERS.get(shape.type_name)
    is_wrong = container is not None and not isinstance(value, container)
    return MASK if is_wrong and any(map(_is_sensitive, _parts(shape))) else value


def _with_time(shape: Shape, value: Any) -> Any:
    if shape.type_name != "timestamp" or isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    try:
        return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
    except (ValueError, OverflowError, OSError):
        return value


class _Moment:
    """A moment as boto3 takes it: older versions of botocore send it without the fraction of its second."""

    def __init__(self, moment: datetime.datetime) -> None:
        self._moment = moment

    def __eq__(self, other: object) -> bool:
        return other in (self._moment, self._moment.replace(microsecond=0))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._moment)


def _as_sent(shape: Shape, value: Any) -> Any:
    """Return what botocore sends for a value that it is given."""
    if shape.type_name == "list" and isinstance(value, tuple):
        return list(value)
    if shape.type_name == "timestamp" and isinstance(value, (datetime.datetime, int, float, str)):
        try:
            return _Moment(_to_aware(value))
        except (ValueError, OverflowError):
            return value
    return value


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
