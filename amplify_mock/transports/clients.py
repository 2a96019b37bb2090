"""Make clients for Amplify on a copy of their session that looks for no credentials and for no region."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from botocore.session import Session

from amplify_mock.integrations import moto

from . import event_names
from .copies import bound, copied
from .credentials import SessionCredentials
from .endpoints import DEFAULT_REGION, SERVICE


def create_client(
    wrapped: Callable[..., Any],
    session: Any,
    is_mocked: Callable[[], bool],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """Make a client, or with aiobotocore return what makes it."""
    service_name = args[0] if args else kwargs.get("service_name")
    if service_name != SERVICE or not isinstance(session, Session):
        return wrapped(*args, **kwargs)
    copy = copied(session)
    copy.get_credentials = _credentials_of(session, is_mocked)
    copy.get_auth_token = lambda *_, **__: None
    vars(copy)["_resolve_defaults_mode"] = _without_asking(session)
    given = inspect.signature(wrapped).bind(*args, **kwargs)
    configs: tuple[Any, ...] = (given.arguments.get("config"), session.get_default_client_config())
    if not (
        given.arguments.get("region_name")
        or any(config is not None and config.region_name for config in configs)
        or session.get_config_variable("region")
    ):
        given.arguments["region_name"] = DEFAULT_REGION
    made = bound(wrapped, copy)(*given.args, **given.kwargs)
    return _sharing(made) if inspect.isawaitable(made) else event_names.share(made)


async def _sharing(made: Awaitable[Any]) -> Any:
    return event_names.share(await made)


def _credentials_of(session: Session, is_mocked: Callable[[], bool]) -> Callable[..., Any]:
    """Return what stands for a session's ``get_credentials``."""
    found = getattr(session, "_credentials", None)
    if not inspect.iscoroutinefunction(session.get_credentials):
        if moto.is_active() and "role_arn" in session.get_scoped_config():
            # A role of the profile, which moto lets assume.
            found = session.get_credentials()
        credentials = found or SessionCredentials(session, is_mocked)
        return lambda *_, **__: credentials
    # Only now: aiobotocore is there, because the session is its own.
    from .aiobotocore import AsyncSessionCredentials

    async def get_credentials(*_: Any, **__: Any) -> Any:
        return found or AsyncSessionCredentials(session, is_mocked)

    return get_credentials


def _without_asking(session: Any) -> Callable[..., str]:
    """Return what finds out the mode of defaults without asking the machine's metadata service where it is."""
    resolve = getattr(session, "_resolve_defaults_mode")  # noqa: B009  (a private member)

    def resolve_defaults_mode(*args: Any) -> str:
        mode: str = resolve(*args)
        # What botocore takes when nobody answers it.
        return "standard" if mode == "auto" else mode

    return resolve_defaults_mode
