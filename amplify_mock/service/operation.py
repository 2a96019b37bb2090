"""One operation, compiled from the service model: HTTP request to parameters, result to HTTP response."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn
from urllib.parse import parse_qs

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from amplify_mock.exceptions import BadRequestException

from .decoding import Decoder, attribute_name
from .encoding import Encoder, UnfitError
from .http import Request
from .validation import Validator, Violation, message


class InvalidAnswerError(Exception):
    """The mock made an answer that the service model does not allow: a bug of the mock, never of its user."""


class Operation:
    """Decodes the requests and encodes the answers of one operation.

    Args:
        model: the operation in the service model.
        strict: checks requests.
        lenient: checks answers.
    """

    def __init__(
        self, model: OperationModel, strict: Validator, lenient: Validator, decoder: Decoder, encoder: Encoder
    ) -> None:
        self.name: str = model.name
        self.function_name: str = attribute_name(model.name)
        self.status: int = model.http.get("responseCode", 200)
        self.input_shape: Shape | None = model.input_shape
        self.output_shape: Shape | None = model.output_shape
        self._query: dict[str, tuple[str, Callable[[list[str]], Any]]] = {}
        self._body: frozenset[str] = frozenset()
        self._check_input = self._decode = self._encode = self._check_output = None
        self.largest_page: int = 0
        if isinstance(shape := model.input_shape, StructureShape):
            self._read_locations(shape)
            self._check_input = strict.check(shape)
            self._decode = decoder.decode(shape)
        if (shape := model.output_shape) is not None:
            self._encode = encoder.encode(shape)
            self._check_output = lenient.check(shape)

    def _read_locations(self, shape: StructureShape) -> None:
        in_body = []
        for name, member in shape.members.items():
            location = member.serialization.get("location")
            if location == "querystring":
                self._query[member.serialization["name"]] = (name, _query_reader(member))
            elif location is None:
                in_body.append(name)
            if name == "maxResults":
                self.largest_page = member.metadata["max"]
        self._body = frozenset(in_body)

    @property
    def lists(self) -> bool:
        """Whether the operation answers in pages."""
        return self.largest_page > 0

    def read(self, request: Request, labels: dict[str, str]) -> tuple[dict[str, Any], BadRequestException | None]:
        """Return the request's parameters by wire name, as far as they can be read, and what is wrong with them.

        Wrong is a body that cannot be read, or a parameter that breaks a constraint of the model.
        """
        if self._check_input is None:
            return {}, None
        wire: dict[str, Any] = dict(labels)
        if self._query and request.query:
            for key, values in parse_qs(request.query, keep_blank_values=True).items():
                if key in self._query:
                    name, read = self._query[key]
                    wire[name] = read(values)
        if self._body and request.body:
            try:
                members = _json_object(request.body)
            except BadRequestException as problem:
                return wire, problem
            wire.update((name, value) for name, value in members.items() if value is not None and name in self._body)
        violations = self._check_input(wire)
        return wire, None if violations is None else BadRequestException(message(violations))

    def decode(self, wire: dict[str, Any]) -> dict[str, Any]:
        """Return parameters by attribute name, given those of :meth:`read` that nothing is wrong with."""
        return {} if self._decode is None else self._decode(wire)

    def checked(self, wire: dict[str, Any]) -> dict[str, Any]:
        """Return parameters by attribute name, given by wire name.

        Raises:
            BadRequestException: when one breaks a constraint of the model.
        """
        violations = None if self._check_input is None else self._check_input(wire)
        if violations is not None:
            raise BadRequestException(message(violations))
        return self.decode(wire)

    def answer(self, result: Any) -> bytes:
        """Return the response body for what the operation returned.

        Raises:
            InvalidAnswerError: when the answer breaks the output shape.
        """
        if self._encode is None:
            return b"{}"
        try:
            return self._encode(result or {}).encode()
        except UnfitError as error:
            raise InvalidAnswerError(f"the answer to {self.name} breaks the service model: {error}") from None

    def violations(self, wire: dict[str, Any]) -> list[Violation] | None:
        """Return what is wrong with an answer, given by wire name, or None."""
        return None if self._check_output is None else self._check_output(wire)


def _query_reader(shape: Shape) -> Callable[[list[str]], Any]:
    if isinstance(shape, ListShape):
        return lambda values: values
    if shape.type_name in ("integer", "long"):
        return lambda values: _integer(values[-1])
    return lambda values: values[-1]


def _integer(text: str) -> int | str:
    # What is no number stays text, so that validation says what is wrong with it.
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequestException(f"The request body is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadRequestException("The request body is not a JSON object.")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")
