"""The seam: lead the calls of botocore's amplify clients to the active mock.

``Endpoint.make_request`` is wrapped. For the amplify service, while a mock is active, it runs on a copy of the
client's endpoint which differs in two ways: it sends to the mock instead of the network, and it listens in on the
client's events. Nothing of the client itself is changed, so there is nothing to put back: not its event emitter,
and not its endpoint.
"""

from __future__ import annotations

import inspect
import io
import os
import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol
from urllib.parse import urlsplit

from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.endpoint import Endpoint
from botocore.model import OperationModel
from botocore.session import Session
from botocore.signers import RequestSigner

from amplify_mock.service.http import Request, Response

from .patches import Patch

SERVICE = "amplify"
DEFAULT_REGION = "us-east-1"


class Sink(Protocol):
    """Where a call can end."""

    @property
    def retry_sleep(self) -> bool: ...

    def handle(self, request: Request) -> Response: ...


class Target(Sink, Protocol):
    """What the seam needs of an active mock."""

    def deliver(self) -> None: ...


Current = Callable[[], "Target | None"]
"""Returns the active mock, or None."""


def patches(current: Current) -> list[Patch]:
    """Return the patches of botocore."""

    def make_request(wrapped: Any, endpoint: Endpoint, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        target = current()
        if target is None or operation_of(endpoint, args, kwargs) is None:
            return wrapped(*args, **kwargs)
        if is_async(endpoint):
            raise NotImplementedError(
                "amplify_mock does not answer aiobotocore's clients in its own process yet, only those of botocore. "
                "In another process they can use the server that amplify.serve() starts."
            )
        try:
            return send_to(target, wrapped, endpoint, args, kwargs)
        finally:
            # Not before: what listeners raise is nothing for botocore to retry.
            target.deliver()

    def make_client(wrapped: Any, session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return wrapped(*args, **kwargs) if current() is None else create_client(wrapped, session, current, args, kwargs)

    def presign(wrapped: Any, signer: RequestSigner, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if current() is None or not isinstance(signer, RequestSigner) or signer.signing_name != SERVICE:
            return wrapped(*args, **kwargs)
        copied = _copied(signer)
        vars(copied)["_credentials"] = Credentials(_account_of_signer(signer) or "testing", "testing")
        return _bound(wrapped, copied)(*args, **kwargs)

    return [
        Patch("botocore.endpoint", "Endpoint.make_request", make_request),
        Patch("botocore.signers", "RequestSigner.generate_presigned_url", presign),
        Patch("botocore.session", "Session.create_client", make_client),
    ]


def operation_of(endpoint: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> OperationModel | None:
    """Return the operation that a call of ``make_request`` is for, or None if it is not the seam's to lead anywhere."""
    # Somebody's stand-in for the method may come without an endpoint, and then it is to answer.
    if not isinstance(endpoint, Endpoint) or _is_mocked(endpoint):
        return None
    operation: OperationModel = args[0] if args else kwargs["operation_model"]
    return operation if operation.service_model.endpoint_prefix == SERVICE else None


def is_async(endpoint: Endpoint) -> bool:
    """Say whether an endpoint is aiobotocore's."""
    return inspect.iscoroutinefunction(endpoint.create_request)


def send_to(target: Sink, wrapped: Any, endpoint: Endpoint, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call ``make_request`` on a copy of the endpoint whose requests end at ``target``."""
    request_dict = args[1] if len(args) > 1 else kwargs["request_dict"]
    return _bound(wrapped, _mocked(endpoint, target, request_dict))(*args, **kwargs)


def _copied(instance: Any) -> Any:
    # copy.copy would leave its notes on the class.
    copied = object.__new__(type(instance))
    vars(copied).update(vars(instance))
    return copied


def _bound(method: Any, instance: Any) -> Any:
    """Bind a method to another instance, with the wrappers that others have put around it by means of wrapt."""
    function = getattr(method, "_self_parent", None) or method.__func__
    return function.__get__(instance, type(instance))


# Calls


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
_TESTING = Credentials("testing", "testing")


def _is_mocked(endpoint: Endpoint) -> bool:
    return isinstance(vars(endpoint).get("_event_emitter"), _Events)


def _mocked(endpoint: Endpoint, target: Sink, request_dict: dict[str, Any]) -> Endpoint:
    """Return a copy of a client's endpoint whose requests end at ``target``."""
    context = request_dict["context"]
    # Nobody reads, refreshes or waits for credentials; nor when a handler of the user's chooses to sign after all.
    context["auth_type"] = _UNSIGNED
    context["signing"] = {**context.get("signing", {}), "request_credentials": _TESTING}
    mocked = _copied(endpoint)
    mocked._event_emitter = events = _Events(mocked._event_emitter, target.retry_sleep)  # noqa: SLF001
    prefix = urlsplit(endpoint.host).path.rstrip("/")
    region = context.get("client_region") or DEFAULT_REGION

    def send(request: AWSPreparedRequest) -> AWSResponse:
        return _to_botocore(request, target.handle(_from_botocore(request, prefix, region, events.account_id)))

    mocked._send = send  # noqa: SLF001
    return mocked  # type: ignore[no-any-return]


def _from_botocore(request: AWSPreparedRequest, prefix: str, region: str, account_id: str | None) -> Request:
    url = urlsplit(request.url)
    body: Any = request.body
    if isinstance(body, str):
        body = body.encode()
    elif hasattr(body, "read"):
        body = body.read()
    return Request(
        method=request.method,
        path=url.path.removeprefix(prefix),
        query=url.query,
        headers={name.lower(): _text(value) for name, value in request.headers.items()},
        body=bytes(body or b""),
        host=url.netloc,
        region=region,
        account_id=account_id,
        url=request.url,
    )


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


class _RawBody(io.BytesIO):
    """A response body with the one method of urllib3's response that botocore calls."""

    def stream(self, amt: int = 65536, decode_content: bool | None = None) -> Iterator[bytes]:
        while chunk := self.read(amt):
            yield chunk


def _to_botocore(request: AWSPreparedRequest, response: Response) -> AWSResponse:
    return AWSResponse(
        request.url, response.status, HTTPHeaders.from_dict(dict(response.headers)), _RawBody(response.body)
    )


class _Events:
    """Listens in on the events that an endpoint emits, and passes all of them on to the client's own emitter.

    - ``request-created``: the handlers that answer include the client's signer, which knows the access key id.
    - ``before-send``: an answer by a handler of the user wins. moto's handler, which answers every request to AWS
      with something, does not count.
    - ``needs-retry``: botocore decides whether to retry, and we how long to sleep before. Its adaptive mode holds back
      all calls after a throttled one, so it is told each time to be as it was.
    """

    def __init__(self, emitter: Any, retry_sleep: bool) -> None:
        self._emitter = emitter
        self._retry_sleep = retry_sleep
        self._limiters: dict[Any, bool] = {}
        self.account_id: str | None = None

    def emit(self, event_name: str, **kwargs: Any) -> Any:
        responses = self._emitter.emit(event_name, **kwargs)
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
            if type(limiter).__name__ == "ClientRateLimiter":
                self._limiters.setdefault(limiter, limiter._enabled)  # noqa: SLF001


def _is_moto(handler: Any) -> bool:
    return type(handler).__module__.partition(".")[0] == "moto"


def _without_sleep(response: Any) -> Any:
    # None and False are botocore's "no".
    return response if response is None or response is False else 0


def _account_id(responses: list[tuple[Any, Any]]) -> str | None:
    """Return the access key id of the client if it is an account's number: moto and LocalStack have this custom too."""
    for handler, _ in responses:
        signer: Any = getattr(handler, "__self__", None)
        if isinstance(signer, RequestSigner):
            return _account_of_signer(signer)
    return None


def _account_of_signer(signer: RequestSigner) -> str | None:
    # Only what is there already: refreshable credentials have a property of this name, which refreshes them.
    credentials = vars(signer).get("_credentials")
    return account_of(getattr(credentials, "__dict__", {}).get("access_key"))


def account_of(access_key_id: Any) -> str | None:
    """Return ``access_key_id`` if it is made of 12 digits."""
    is_account = isinstance(access_key_id, str) and re.fullmatch(r"[0-9]{12}", access_key_id)
    return access_key_id if is_account else None


# Clients


def create_client(
    wrapped: Callable[..., Any], session: Any, current: Current, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Make a client; one for Amplify on a copy of the session, which has credentials without looking for any."""
    service_name = args[0] if args else kwargs.get("service_name")
    if service_name != SERVICE or not isinstance(session, Session):
        return wrapped(*args, **kwargs)
    copied = _copied(session)
    credentials = getattr(session, "_credentials", None) or _SessionCredentials(session, current)
    copied.get_credentials = lambda *_, **__: credentials
    copied.get_auth_token = lambda *_, **__: None
    vars(copied)["_resolve_defaults_mode"] = _without_asking(session)
    given = inspect.signature(wrapped).bind(*args, **kwargs)
    configs: tuple[Any, ...] = (given.arguments.get("config"), session.get_default_client_config())
    if not (
        given.arguments.get("region_name")
        or any(config is not None and config.region_name for config in configs)
        or session.get_config_variable("region")
    ):
        given.arguments["region_name"] = DEFAULT_REGION
    return _bound(wrapped, copied)(*given.args, **given.kwargs)


def _without_asking(session: Any) -> Callable[..., str]:
    """Return what finds out the mode of defaults without asking the machine's metadata service where it is."""
    resolve = getattr(session, "_resolve_defaults_mode")  # noqa: B009  (a private member)

    def resolve_defaults_mode(*args: Any) -> str:
        mode: str = resolve(*args)
        # What botocore takes when nobody answers it.
        return "standard" if mode == "auto" else mode

    return resolve_defaults_mode


class _SessionCredentials(Credentials):
    """Credentials of a client that was made inside a mock: nobody has looked for real ones.

    When the client outlives the mock, they are those of its session. While a mock is active they are made up.
    """

    def __init__(self, session: Session, current: Current) -> None:
        super().__init__(_configured_account(session) or "testing", "testing")
        self._session = session
        self._current = current

    def get_frozen_credentials(self) -> ReadOnlyCredentials | None:  # type: ignore[override]
        if self._current() is not None:
            return super().get_frozen_credentials()
        credentials = self._session.get_credentials()
        return None if credentials is None else credentials.get_frozen_credentials()


def _configured_account(session: Session) -> str | None:
    """Return the access key id that is configured in plain sight, if it is an account's number."""
    access_key_id = session.get_scoped_config().get("aws_access_key_id")
    if session.instance_variables().get("profile") is None:
        access_key_id = os.environ.get("AWS_ACCESS_KEY_ID") or access_key_id
    return account_of(access_key_id)
