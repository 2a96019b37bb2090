"""The seam: lead the calls of botocore's amplify clients, and of aiobotocore's, to the active mock.

``Endpoint.make_request`` is wrapped. For the amplify service, while a mock is active, it runs on a copy of the
client's endpoint which differs in two ways: it sends to the mock instead of the network, and it listens in on the
client's events. Nothing of the client itself is changed, so there is nothing to put back: not its event emitter,
and not its endpoint.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from botocore.endpoint import Endpoint
from botocore.signers import RequestSigner

from amplify_mock.integrations import moto

from . import endpoints, user_agents
from .clients import create_client
from .copies import bound, copied
from .credentials import made_up
from .endpoints import SERVICE, Sink, operation_of
from .patches import Patch


class Target(Sink, Protocol):
    """What the seam needs of an active mock."""

    def deliver(self) -> None: ...


Current = Callable[[], "Target | None"]
"""Returns the active mock, or None."""


def patches(current: Current) -> list[Patch]:
    """Return the patches of botocore and of aiobotocore."""

    def is_mocked() -> bool:
        return current() is not None

    def make_request(wrapped: Any, endpoint: Endpoint, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        target = current()
        if target is None:
            return wrapped(*args, **kwargs)
        if operation_of(endpoint, args, kwargs) is None:
            if moto.is_active():
                # Whoever asks a queue of moto's finds what has happened by now.
                target.deliver()
            return wrapped(*args, **kwargs)
        if is_async(endpoint):
            return _delivering(target, send_to(target, wrapped, endpoint, args, kwargs))
        try:
            return send_to(target, wrapped, endpoint, args, kwargs)
        finally:
            # Not before: what listeners raise is nothing for botocore to retry.
            target.deliver()

    def presign(wrapped: Any, signer: RequestSigner, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not is_mocked() or not isinstance(signer, RequestSigner) or signer.signing_name != SERVICE:
            return wrapped(*args, **kwargs)
        copy = copied(signer)
        vars(copy)["_credentials"] = made_up(signer)
        return bound(wrapped, copy)(*args, **kwargs)

    def make_client(wrapped: Any, session: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return create_client(wrapped, session, is_mocked, args, kwargs) if is_mocked() else wrapped(*args, **kwargs)

    return [
        Patch("botocore.endpoint", "Endpoint.make_request", make_request),
        Patch("botocore.signers", "RequestSigner.generate_presigned_url", presign),
        Patch("aiobotocore.signers", "AioRequestSigner.generate_presigned_url", presign),
        *user_agents.patches(),
        Patch("botocore.session", "Session.create_client", make_client),
        Patch("aiobotocore.session", "AioSession._create_client", make_client),
    ]


async def _delivering(target: Target, answer: Awaitable[Any]) -> Any:
    try:
        return await answer
    finally:
        target.deliver()


def is_async(endpoint: Endpoint) -> bool:
    """Say whether an endpoint is aiobotocore's."""
    # Nearly all are of botocore's own class, and the inspection takes a while.
    return type(endpoint) is not Endpoint and inspect.iscoroutinefunction(endpoint.create_request)


def send_to(target: Sink, wrapped: Any, endpoint: Endpoint, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call ``make_request`` on a copy of the endpoint whose requests end at ``target``."""
    request_dict = args[1] if len(args) > 1 else kwargs["request_dict"]
    if is_async(endpoint):
        # Only now: aiobotocore is there, because the endpoint is its own.
        from . import aiobotocore

        return bound(wrapped, aiobotocore.mocked(endpoint, target, request_dict))(*args, **kwargs)
    return bound(wrapped, endpoints.mocked(endpoint, target, request_dict))(*args, **kwargs)
