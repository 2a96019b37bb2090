"""Refuse the calls to Amplify that no mock answers, before anything of them leaves the process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import activation
from .transports.patches import Patch

if TYPE_CHECKING:
    from .service.http import Request, Response


class AmplifyBlockedError(RuntimeError):
    """A call to AWS Amplify that no mock answered, while ``amplify_mock_block = true``."""


class Block:
    """While it is on, a call that nobody answers raises ``AmplifyBlockedError``.

    Somebody may be a mock, or a Stubber or an event handler of the user's own. Clients that are made while it is on
    look for no credentials, which would ask the machine's metadata service for them.
    """

    def __init__(self) -> None:
        self._is_on = False
        # By name, and the seam is imported by the first call: nothing of botocore is loaded before it is needed.
        self._patches = [
            Patch("botocore.endpoint", "Endpoint.make_request", self._make_request),
            Patch("botocore.session", "Session.create_client", self._create_client),
            Patch("aiobotocore.session", "AioSession._create_client", self._create_client),
        ]

    def begin(self) -> None:
        """Refuse from now on."""
        self._is_on = True
        for patch in self._patches:
            patch.apply()

    def end(self) -> None:
        """Refuse no more."""
        self._is_on = False
        for patch in reversed(self._patches):
            patch.undo()

    @property
    def _lets_through(self) -> bool:
        # A patch that others have wrapped in the meantime stays below theirs.
        return not self._is_on or activation.current() is not None

    def _make_request(
        self, wrapped: Callable[..., Any], endpoint: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if self._lets_through:
            return wrapped(*args, **kwargs)
        from .transports import botocore, endpoints

        operation = endpoints.operation_of(endpoint, args, kwargs)
        if operation is None:
            return wrapped(*args, **kwargs)
        return botocore.send_to(_Refusal(operation.name), wrapped, endpoint, args, kwargs)

    def _create_client(
        self, wrapped: Callable[..., Any], session: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if self._lets_through:
            return wrapped(*args, **kwargs)
        from .transports.clients import create_client

        return create_client(wrapped, session, activation.is_mocked, args, kwargs)


class _Refusal:
    """Stands where a mock would, and raises."""

    # Answers by handlers of the user's own are retried as always.
    retry_sleep = True

    def __init__(self, operation: str) -> None:
        self.error = AmplifyBlockedError(
            f"{operation} of AWS Amplify was called while no mock was active, and amplify_mock_block = true keeps "
            "such calls from leaving the process. Decorate the test with @mock_amplify, use the fixture amplify_mock, "
            "or set amplify_mock_block = false in the configuration of pytest."
        )

    def handle(self, request: Request) -> Response:
        raise self.error
