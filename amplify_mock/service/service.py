"""The function in the middle, HTTP in and HTTP out: route, decode, validate, call, encode, check."""

from __future__ import annotations

import email.utils
import functools
import json
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from botocore.model import OperationModel, ServiceModel

from amplify_mock.clock import Clock
from amplify_mock.exceptions import AmplifyError

from .decoding import Decoder
from .encoding import Encoder
from .http import Request, Response
from .operation import Operation
from .pagination import Page
from .router import Router
from .validation import Validator

ERROR_TYPE = "x-amzn-ErrorType"

# Of a UUID, as RFC 9562 lays it out.
_VERSION_4_AND_VARIANT = 0x4 << 76 | 0b10 << 62
_NEITHER_VERSION_NOR_VARIANT = ~(0xF << 76 | 0b11 << 62)


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
        self.router: Router = Router(model)
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


@dataclass(slots=True)
class Attempt:
    """One request that means an operation. A call whose caller retries is several attempts.

    Attributes:
        operation: the operation.
        parameters: by wire name, as far as they could be read.
        problem: what is wrong with them, or None.
        request: the request.
        account_id: whose state is meant.
    """

    operation: Operation
    parameters: dict[str, Any] = field(repr=False)
    problem: AmplifyError | None
    request: Request
    account_id: str
    _run: Callable[[Attempt], Response] = field(repr=False)

    def run(self) -> Response:
        """Run the operation, and return what it answers."""
        return self._run(self)


Intercept = Callable[[Attempt], Response]
"""Stands before the operations, and returns what is answered: as a rule, what the attempt's run gives."""


class Service:
    """Answers requests from backends that it keeps by account and region.

    Args:
        contract: the compiled service model.
        operations: the functions behind the operations, by attribute name (``create_app``). Each takes a backend
            and the parameters, and returns the response members; a list operation also takes a :class:`Page`.
        new_backend: makes the state of an account in a region that is asked for the first time.
        account_id: the account of callers whose credentials do not tell one.
        intercept: answers instead of the operations, or lets them answer. It holds the lock.
    """

    def __init__(
        self,
        contract: Contract,
        operations: Mapping[str, Callable[..., Any]],
        new_backend: Callable[[str, str], Any],
        *,
        account_id: str,
        clock: Clock,
        random: Callable[[], Random],
        intercept: Intercept = Attempt.run,
    ) -> None:
        self._contract = contract
        self._operations = operations
        self._new_backend = new_backend
        self._account_id = account_id
        self._clock = clock
        self._new_random = random
        self._intercept = intercept
        self.backends: dict[tuple[str, str], Any] = {}
        self.lock: AbstractContextManager[Any] = threading.RLock()

    @functools.cached_property
    def _random(self) -> Random:
        # Not before it is needed, because to seed one takes as long as all else that makes a service.
        return self._new_random()

    @functools.cached_property
    def _secret(self) -> bytes:
        # Of numbers of its own, so that tokens do not depend on which calls came before.
        return self._new_random().randbytes(16)

    def backend(self, account_id: str | None, region: str) -> Any:
        """Return the state of one account in one region."""
        key = (account_id or self._account_id, region)
        with self.lock:
            if key not in self.backends:
                self.backends[key] = self._new_backend(*key)
            return self.backends[key]

    def handle(self, request: Request) -> Response:
        """Answer one request.

        Errors of the API become error responses; any other exception is a bug, or was asked for, and passes through.
        """
        found = self._contract.router.match(request.method, request.path)
        if found is None:
            with self.lock:
                return self._complete(self._unknown_route(request))
        name, labels = found
        operation = self._contract.operation(name)
        parameters, problem = operation.read(request, labels)
        account_id = request.account_id or self._account_id
        attempt = Attempt(operation, parameters, problem, request, account_id, self._run)
        with self.lock:
            return self._complete(self._intercept(attempt))

    def _run(self, attempt: Attempt) -> Response:
        operation = attempt.operation
        function = self._operations.get(operation.function_name)
        if function is None:
            text = f"amplify_mock does not have the operation {operation.name}."
            return self._problem(501, NotImplementedException(text))
        try:
            if attempt.problem is not None:
                raise attempt.problem
            backend = self.backend(attempt.account_id, attempt.request.region)
            parameters = operation.decode(attempt.parameters)
            if operation.lists:
                page = self._page(attempt, parameters)
                result = function(backend, page, **parameters)
                if page.next_token is not None:
                    result["next_token"] = page.next_token
            else:
                result = function(backend, **parameters)
            body = operation.answer(result)
        except AmplifyError as error:
            return self._problem(self._contract.status(error), error)
        return Response(operation.status, {}, body)

    def _page(self, attempt: Attempt, parameters: dict[str, Any]) -> Page:
        token = parameters.pop("next_token", None)
        size = parameters.pop("max_results", 0) or attempt.operation.largest_page
        place = (attempt.account_id, attempt.request.region)
        scope = [attempt.operation.name, *place, *(f"{name}={value}" for name, value in sorted(parameters.items()))]
        return Page(self._secret, scope, token, size)

    def _unknown_route(self, request: Request) -> Response:
        methods = self._contract.router.methods(request.path)
        if methods:
            text = f"{request.path} takes {' and '.join(methods)}, not {request.method}."
            return self._problem(405, UnknownOperationException(text))
        return self._problem(404, UnknownOperationException(f"No operation has the path {request.path}."))

    def _problem(self, status: int, error: AmplifyError) -> Response:
        body = json.dumps({"message": error.message, **error.members}).encode()
        return Response(status, {ERROR_TYPE: error.code}, body)

    def _complete(self, response: Response) -> Response:
        """Add the headers that every response has."""
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(response.body)),
            "Date": _http_date(int(self._clock.now().timestamp())),
            "x-amzn-RequestId": self._request_id(),
        }
        headers.update(response.headers)
        return Response(response.status, headers, response.body)

    def _request_id(self) -> str:
        """Return a UUID of version 4, as :mod:`uuid` would write it; its class takes four times as long."""
        bits = self._random.getrandbits(128) & _NEITHER_VERSION_NOR_VARIANT | _VERSION_4_AND_VARIANT
        digits = f"{bits:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@functools.lru_cache(maxsize=1)
def _http_date(timestamp: int) -> str:
    return email.utils.formatdate(timestamp, usegmt=True)
