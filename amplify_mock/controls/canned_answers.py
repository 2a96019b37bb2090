"""Answers that a test gives by itself, checked against the service model."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from amplify_mock.service.http import Response
from amplify_mock.service.operation import Operation
from amplify_mock.service.validation import Violation, message

from .matching import rewritten

_NOTHING = StructureShape("Nothing", {"type": "structure", "members": {}})


def canned(operation: Operation, answer: Any) -> Response:
    """Return the response for an answer in the form in which boto3 gives it; ``ResponseMetadata`` is left out.

    Raises:
        TypeError: when the answer is no dict.
        ValueError: when it breaks the output shape, as the mock's fidelity reads it.
    """
    if not isinstance(answer, dict):
        raise TypeError(f"the answer to {operation.name} must be a dict, as boto3 gives it, and not {answer!r}")
    wire: dict[str, Any] = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    shape = operation.output_shape or _NOTHING
    wire = rewritten(shape, wire, _sent)
    wrong = [*_unknown_members(shape, wire), *(operation.violations(wire) or [])]
    if wrong:
        advice = ""
        if any(each.value == "Value null" for each in wrong):
            advice = ' mock_amplify(fidelity="recorded") lets members be absent that the service model requires.'
        raise ValueError(f"the answer to {operation.name} breaks the service model: {message(wrong)}.{advice}")
    return Response(operation.status, {}, json.dumps(wire).encode())


def _sent(shape: Shape, value: Any) -> Any:
    is_time = shape.type_name == "timestamp" and isinstance(value, datetime.datetime)
    return value.timestamp() if is_time else value


def _unknown_members(shape: Shape, value: Any, path: str = "") -> Iterator[Violation]:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, member in value.items():
            here = f"{path}.{name}" if path else str(name)
            if name in shape.members:
                yield from _unknown_members(shape.members[name], member, here)
            else:
                known = ", ".join(shape.members) or "nothing"
                yield Violation(here, "Value", f"Member must be one of {shape.name}: [{known}]")
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for number, member in enumerate(value, 1):
            yield from _unknown_members(shape.member, member, f"{path}.{number}.member")
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        for key, member in value.items():
            yield from _unknown_members(shape.value, member, f"{path}.{key}")
