"""The function in the middle, HTTP in and HTTP out: route, decode, validate, call, encode, check."""

from __future__ import annotations

import email.utils
import json
import threading
import uuid
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from botocore.model import OperationModel, ServiceModel

from amplify_mock.clock import Clock
from amplify_mock.exceptions import AmplifyError

from .codec import Decoder, Encoder, attribute_name
from .http import Request, Response
from .operation import Operation
from .pagination import Page
from .router import Router
from .validation import Validator


class NotImplementedException(AmplifyError):
    """The mock lacks the operation. No shape of the model: only an operation newer than the mock answers it."""


class UnknownOperationException(AmplifyError):
    """No operation has this route. No shape of the model: only a client without a model can ask for it."""


class Contract:
    """The service model, compiled: routes at once, operations as they are first asked for.

    Holds no state of any mock, so one contract serves every mock of a process that wants its fidelity.

    Args:
        model: the service model.
        lenient: checks answers.
        encoder: returns what encodes the answers of an operation, given its name.
    """

    def __init__(self, model: ServiceModel, lenient: Validator, encoder: Callable[[str], Encoder]) -> None:
        self.model = model
        self.router = Router(model)
        self._strict = Validator()
        self._lenient = lenient
        self._decoder = Decoder()
        self._encoder = encoder
        self._operations: dict[str, Operation] = {}

    def operation(self, name: str) -> Operation:
        """Return the compiled operation."""
        found = self._operations.get(name)
        if found is None:
            model: OperationModel = self.model.operation_model(name)
            found = Operation(model, self._strict, self._lenient, self._decoder, self._encoder(name))
            self._operations[name] = found
        return found

    def status(self, error: AmplifyError) -> int:
        """Return the HTTP status that the model gives an error."""
        model: Any = self.model  # the stubs want a number for a code
        shape = model.shape_for_error_code(error.code)
        return int(shape.metadata["error"]["httpStatusCode"])


class Service:
    """Answers requests from backends that it keeps by account and region.

    Args:
        contract: the compiled service model.
        operations: the functions behind the operations, by attribute name (``create_app``). Each takes a backend
            and the parameters, and returns the response members; a list operation also takes a :class:`Page`.
        new_backend: makes the state of an account in a region that is asked for the first time.
        account_id: the account of callers whose credentials do not tell one.
    """

    def __init__(
        self,
        contract: Contract,
        operations: Mapping[str, Callable[..., Any]],
        new_backend: Callable[[str, str], Any],
        *,
        account_id: str,
        clock: Clock,
        random: Random,
    ) -> None:
        self._contract = contract
        self._operations = operations
        self._new_backend = new_backend
        self._account_id = account_id
        self._clock = clock
        self._random = random
        self._secret = random.randbytes(16)
        self.backends: dict[tuple[str, str], Any] = {}
        self.lock = threading.RLock()

    def backend(self, account_id: str | None, region: str) -> Any:
        """Return the state of one account in one region."""
        key = (account_id or self._account_id, region)
        with self.lock:
            if key not in self.backends:
                self.backends[key] = self._new_backend(*key)
            return self.backends[key]

    def handle(self, request: Request) -> Response:
        """Answer one request.

        Errors of the API become error responses; any other exception is a bug and passes through.
        """
        found = self._contract.router.match(request.method, request.path)
        if found is None:
            return self._unknown_route(request)
        name, labels = found
        function = self._operations.get(attribute_name(name))
        if function is None:
            return self._problem(501, NotImplementedException(f"amplify_mock does not have the operation {name}."))
        operation = self._contract.operation(name)
        try:
            with self.lock:
                backend = self.backend(request.account_id, request.region)
                parameters = operation.parameters(request, labels)
                if operation.lists:
                    page = self._page(operation, request, parameters)
                    result = function(backend, page, **parameters)
                    if page.next_token is not None:
                        result["next_token"] = page.next_token
                else:
                    result = function(backend, **parameters)
                body = operation.answer(result)
        except AmplifyError as error:
            return self._problem(self._contract.status(error), error)
        return self._response(operation.status, body)

    def _page(self, operation: Operation, request: Request, parameters: dict[str, Any]) -> Page:
        token = parameters.pop("next_token", None)
        size = parameters.pop("max_results", 0) or operation.largest_page
        place = (request.account_id or self._account_id, request.region)
        scope = [operation.name, *place, *(f"{name}={value}" for name, value in sorted(parameters.items()))]
        return Page(self._secret, scope, token, size)

    def _unknown_route(self, request: Request) -> Response:
        methods = self._contract.router.methods(request.path)
        if methods:
            text = f"{request.path} takes {' and '.join(methods)}, not {request.method}."
            return self._problem(405, UnknownOperationException(text))
        return self._problem(404, UnknownOperationException(f"No operation has the path {request.path}."))

    def _problem(self, status: int, error: AmplifyError) -> Response:
        body = json.dumps({"message": error.message, **error.members}).encode()
        return self._response(status, body, {"x-amzn-ErrorType": error.code})

    def _response(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
        return Response(
            status,
            {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                "Date": email.utils.format_datetime(self._clock.now(), usegmt=True),
                "x-amzn-RequestId": str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
                **(headers or {}),
            },
            body,
        )
