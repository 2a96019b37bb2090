"""mock_amplify: one object that is a decorator, a context manager, and something to start and stop."""

from __future__ import annotations

import functools
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from . import activation

if TYPE_CHECKING:
    # Type checkers have it of their own, and Python itself has it from 3.11 on.
    from typing_extensions import Unpack

    from .activation import Activation
    from .controller import AmplifyMock
    from .settings import GivenSettings, Settings

T = TypeVar("T", bound="Callable[..., Any] | classmethod[Any, ..., Any]")


class MockAmplify:
    """Answer every call of boto3's amplify clients from memory, while it is active.

    ``mock_amplify`` is one of these with the default settings; ``mock_amplify(...)`` makes another one:

        @mock_amplify                                   # a function, coroutine, generator, fixture or class
        @mock_amplify(account_id="111122223333")
        with mock_amplify() as amplify: ...             # the controller, an AmplifyMock
        async with mock_amplify() as amplify: ...
        amplify = mock_amplify.start(); mock_amplify.stop()

    Each time that it becomes active it starts with empty state. Inside another active mock it shares the other's state
    and controller instead, and leaves them alone when it ends; settings are then refused, but for ``isolated=True``,
    which has state of its own in any case.

    Args:
        isolated: have state of its own, also inside another mock. False by default.
        account_id: the account of clients whose access key id is not 12 digits. "123456789012" by default.
        retry_sleep: let botocore really sleep before it retries. False by default.
        fidelity: "model" (the default) answers with all that the service model requires; "recorded" with just the
            members that the real service was seen to send.
        quotas: "aws" for the limits that an account has by default, or single ones: ``{"apps": 3}``. Without it, only
            the two hold that AWS never raises: 50 branches of an app, and 50 subdomains of a domain.
        seed: makes ids, tokens and URLs repeat from run to run. Random by default.
        domain_plan: a ``DomainPlan``, how domain associations go.
        plan: a ``JobPlan``, how jobs go.
        uploads: "required" lets a manual deployment fail for which nothing was uploaded; "optional", the default, lets
            it succeed.
        sleep: "virtual" lets ``time.sleep`` and ``asyncio.sleep`` of the code under test return at once, and moves the
            mock's clock ahead by as much, and that of freezegun or time-machine. Default arguments and attributes of
            classes and objects that were one of the two functions before still sleep. "real" by default.

    Raises:
        TypeError: for a setting that does not exist; when it starts, for settings given inside another mock.
        ValueError: for a setting with a value that cannot be, such as an ``account_id`` that is not 12 digits.
    """

    def __init__(self, **settings: Unpack[GivenSettings]) -> None:
        self._told = settings
        if settings:
            # What is wrong with them is refused here.
            _ = self.settings
        self.given: list[str] = sorted(settings.keys() - {"isolated"})
        self._entered: list[Activation] = []
        # Several threads may leave the same mock at once.
        self._leaving = threading.Lock()
        self._started: Activation | None = None
        activation.note(self)

    @functools.cached_property
    def settings(self) -> Settings:
        """What the mock was told."""
        # Only now: the plans and quotas behind them take longer to import than all else that imports this.
        from .settings import Settings

        return Settings.of(self._told)

    @overload
    def __call__(self, decorated: T, /) -> T: ...

    @overload
    def __call__(self, **settings: Unpack[GivenSettings]) -> MockAmplify: ...

    def __call__(self, *decorated: Any, **settings: Any) -> Any:
        """Decorate a function or a class; or return a new mock with the given settings."""
        if not decorated:
            return MockAmplify(**settings)
        if len(decorated) > 1 or settings:
            raise TypeError(f"mock_amplify() takes settings by name: {', '.join(type(self.settings).names())}")
        target = decorated[0]
        # Only now: most who import the package use the plugin's fixtures, and decorate nothing.
        if isinstance(target, type):
            from .classes import decorate_class

            return decorate_class(self, target)
        from .decorators import decorate

        return decorate(self, target)

    def __enter__(self) -> AmplifyMock:
        entered = activation.push(self)
        self._entered.append(entered)
        return entered.controller

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._leaving:
            # One that was ended from elsewhere waits for its own exit, and that is no other one's end.
            ended = next((each for each in self._entered if not each.is_active), self._entered[-1])
            self._entered.remove(ended)
        activation.remove(ended)

    async def __aenter__(self) -> AmplifyMock:
        return self.__enter__()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(exc_type, exc, traceback)

    def start(self) -> AmplifyMock:
        """Become active until ``stop()``, and return the controller. Starting again changes nothing."""
        if self._started is None or not self._started.is_active:
            self._started = self._inherited() or activation.push(self, is_started=True)
        return self._started.controller

    def stop(self) -> None:
        """End what ``start()`` began. Stopping again does nothing."""
        for each in activation.active():
            if each is self._started or each.is_orphan_of(self):
                activation.remove(each)
        self._started = None

    def stop_all(self) -> None:
        """End every active mock, whoever started it."""
        activation.end_all()

    def _inherited(self) -> Activation | None:
        """Return what a mock started that this one has replaced in its variable."""
        for each in activation.active():
            if each.is_orphan_of(self) and each.controller.settings == self.settings:
                each.owner = weakref.ref(self)
                return each
        return None


mock_amplify: MockAmplify = MockAmplify()
