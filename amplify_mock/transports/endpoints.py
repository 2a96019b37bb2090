"""Copies of the endpoints of botocore's clients: they send to a mock, and listen in on the client's events."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.endpoint import Endpoint
from botocore.model import OperationModel
from botocore.signers import RequestSigner

from amplify_mock.service.http import Request, Response

from .copies import copied
from .credentials import TESTING, account_of_signer

SERVICE = "amplify"
DEFAULT_REGION = "us-east-1"

E = TypeVar("E", bound="Events")


class Sink(Protocol):
    """Where a call can end."""

    @property
    def retry_sleep(self) -> bool: ...

    def handle(self, request: Request) -> Response: ...


def operation_of(endpoint: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> OperationModel | None:
    """Return the operation that a call of ``make_request`` is for, or None if it is not the seam's to lead anywhere."""
    # Somebody's stand-in for the method may come without an endpoint, and then it is to answer.
    if not isinstance(endpoint, Endpoint) or isinstance(vars(endpoint).get("_event_emitter"), Events):
        return None
    operation: OperationModel = args[0] if args else kwargs["operation_model"]
    return operation if operation.service_model.endpoint_prefix == SERVICE else None


class _Unsigned(str):
    """A signature version that botocore takes for its UNSIGNED, but handlers of events for what is usual."""

    __slots__ = ()

    def __ne__(self, other: object) -> bool:
        return other is not UNSIGNED and super().__ne__(other)

    def startswith(self, *_: Any) -> bool:
        # botocore's own handler would put a plain "v4" in its place.
        return False

    __hash__ = str.__hash__


_UNSIGNED = _Unsigned("v4")


class Events:
    """Listens in on the events that an endpoint emits, and passes all of them on to the client's own emitter.

    - ``request-created``: the handlers that answer include the client's signer, which knows the access key id.
    - ``before-send``: an answer by a handler of the user wins. moto's handler, which answers every request to AWS
      with something, does not count.
    - ``needs-retry``: botocore decides whether to retry, and we how long to sleep before. Its adaptive mode holds back
      all calls after a throttled one, so it is told each time to be as it was.
    """

    __slots__ = ("_emitter", "_limiters", "_retry_sleep", "account_id")

    def __init__(self, emitter: Any, retry_sleep: bool) -> None:
        self._emitter = emitter
        self._retry_sleep = retry_sleep
        self._limiters: dict[Any, bool] = {}
        self.account_id: str | None = None

    def emit(self, event_name: str, **kwargs: Any) -> Any:
        """Let the client's emitter emit an event, and return what is to be known of its handlers' answers."""
        responses = self._emitter.emit(event_name, **kwargs)
        return self._heard(event_name, responses) if responses else responses

    def _heard(self, event_name: str, responses: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        event = event_name.partition(".")[0]
        if event == "request-created":
            self.account_id = _account_id(responses)
        elif event == "before-send":
            self._note_limiters(responses)
            return [(handler, response) for handler, response in responses if not _is_moto(handler)]
        elif event == "needs-retry" and not self._retry_sleep:
            for limiter, was_enabled in self._limiters.items():
                limiter._enabled = was_enabled  # noqa: SLF001  (it has no other switch)
            return [(handler, _without_sleep(response)) for handler, response in responses]
        return responses

    def _note_limiters(self, responses: list[tuple[Any, Any]]) -> None:
        for handler, _ in responses:
            limiter: Any = getattr(handler, "__self__", None)
            # botocore's, or aiobotocore's for asyncio or for trio.
            if type(limiter).__name__.endswith("ClientRateLimiter"):
                self._limiters.setdefault(limiter, limiter._enabled)  # noqa: SLF001


def _account_id(responses: list[tuple[Any, Any]]) -> str | None:
    for handler, _ in responses:
        signer: Any = getattr(handler, "__self__", None)
        if isinstance(signer, RequestSigner):
            return account_of_signer(signer)
    return None


def _is_moto(handler: Any) -> bool:
    return type(handler).__module__.partition(".")[0] == "moto"


def _without_sleep(response: Any) -> Any:
    # None and False are botocore's "no".
    return response if response is None or response is False else 0


def unsigned(
    endpoint: Endpoint, request_dict: dict[str, Any], listen: Callable[[Any, bool], E], target: Sink
) -> tuple[Endpoint, E]:
    """Return a copy of an endpoint that does not sign, and what listens in on its events."""
    context = request_dict["context"]
    # Nobody reads, refreshes or waits for credentials; nor when a handler of the user's chooses to sign after all.
    context["auth_type"] = _UNSIGNED
    context["signing"] = {**context.get("signing", {}), "request_credentials": TESTING}
    copy: Any = copied(endpoint)
    copy._event_emitter = events = listen(copy._event_emitter, target.retry_sleep)  # noqa: SLF001
    return copy, events


def mocked(endpoint: Endpoint, target: Sink, request_dict: dict[str, Any]) -> Endpoint:
    """Return a copy of a client's endpoint whose requests end at ``target``."""
    copy, events = unsigned(endpoint, request_dict, Events, target)

    def send(request: AWSPreparedRequest) -> AWSResponse:
        response = target.handle(read(request, endpoint, request_dict, events))
        headers: Any = response.headers  # which become botocore's own kind of headers
        return AWSResponse(request.url, response.status, headers, _RawBody(response.body))

    vars(copy)["_send"] = send
    return copy


class _RawBody(io.BytesIO):
    """A response body with the one method of urllib3's response that botocore calls."""

    def stream(self, amt: int = 65536, decode_content: bool | None = None) -> Iterator[bytes]:
        while chunk := self.read(amt):
            yield chunk


def read(request: AWSPreparedRequest, endpoint: Endpoint, request_dict: dict[str, Any], events: Events) -> Request:
    """Return a request that a client has prepared as the mock takes it."""
    url = urlsplit(request.url)
    body: Any = request.body
    if isinstance(body, str):
        body = body.encode()
    elif hasattr(body, "read"):
        body = body.read()
    return Request(
        method=request.method,
        path=url.path.removeprefix(urlsplit(endpoint.host).path.rstrip("/")),
        query=url.query,
        headers=_Headers(request.headers),
        body=bytes(body or b""),
        host=url.netloc,
        region=request_dict["context"].get("client_region") or DEFAULT_REGION,
        account_id=events.account_id,
        url=request.url,
    )


class _Headers(Mapping[str, str]):
    """The headers of a prepared request as text, by lower-case name: most calls look at two of them."""

    __slots__ = ("_prepared",)

    def __init__(self, prepared: Any) -> None:
        self._prepared = prepared

    def __getitem__(self, name: str) -> str:
        value = self._prepared[name]
        return value.decode("latin-1") if isinstance(value, bytes) else str(value)

    def __iter__(self) -> Iterator[str]:
        return (name.lower() for name in self._prepared)

    def __len__(self) -> int:
        return len(self._prepared)
