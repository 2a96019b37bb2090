"""Which mock is active: a stack for the whole process, and the patches that are in place while it is not empty."""

from __future__ import annotations

import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .controller import AmplifyMock
    from .settings import Settings
    from .transports.patches import Patch


class Mock(Protocol):
    """What can be active: a mock with its settings, and the names of those that were given."""

    settings: Settings
    given: list[str]


class Activation:
    """One time that a mock was entered or started.

    Attributes:
        owner: the mock, as long as somebody holds it.
        holders: the mocks that somebody may hold instead of the owner, which was started: a notebook's cell that runs
            again makes a new mock while its variable still holds the old one.
        owns_state: whether the state was made for this activation, and not found.
        is_of_class: whether it lasts from the set-up of a test class to its tear-down.
    """

    def __init__(self, owner: Mock, controller: AmplifyMock, *, owns_state: bool, is_started: bool) -> None:
        self.owner = weakref.ref(owner)
        self.holders: weakref.WeakSet[Mock] = weakref.WeakSet([owner] if is_started else [])
        self.controller = controller
        self.owns_state = owns_state
        self.is_of_class = False

    @property
    def is_active(self) -> bool:
        """Whether it has not been ended."""
        return self in _stack

    def is_orphan_of(self, mock: Mock) -> bool:
        """Say whether its owner is gone, and ``mock`` has taken the place where somebody held it."""
        return self.owner() is None and mock in self.holders


class NestedSettingsError(TypeError):
    """A mock inside another one was given settings, although it shares the other's state."""

    def __init__(self, names: list[str]) -> None:
        settings = ", ".join(f"{name}=..." for name in names)
        super().__init__(
            f"mock_amplify({settings}) was started inside another mock, whose state and settings it shares. "
            "Give the settings to the outer mock, or give this one state of its own: "
            f"mock_amplify(isolated=True, {settings}). If the other mock should not be there any more, "
            "mock_amplify.stop_all() ends it."
        )


_stack: list[Activation] = []
_lock = threading.RLock()
_patches: list[Patch] = []
_default_session: Any = None


def current() -> AmplifyMock | None:
    """Return the controller of the active mock, or None."""
    try:
        return _stack[-1].controller
    except IndexError:
        return None


def active() -> list[Activation]:
    """Return the present activations, the outermost first."""
    return list(_stack)


def push(mock: Mock, *, is_started: bool = False) -> Activation:
    """Make a mock the active one.

    When it is started, and not entered, settings that equal those of the active mock are no conflict: the same code
    may run twice.
    """
    with _lock:
        controller, owns_state = _controller(mock, settings_may_equal=is_started)
        if not _stack:
            _patch()
        activation = Activation(mock, controller, owns_state=owns_state, is_started=is_started)
        _stack.append(activation)
        return activation


def remove(activation: Activation) -> None:
    """End one activation, wherever in the stack it is. Safe to repeat."""
    with _lock:
        if activation in _stack:
            _stack.remove(activation)
            if not _stack:
                _unpatch()


def end(controller: AmplifyMock) -> None:
    """End every activation that shares a controller."""
    with _lock:
        for activation in active():
            if activation.controller is controller:
                remove(activation)


def end_all() -> None:
    """End everything."""
    with _lock:
        while _stack:
            remove(_stack[-1])


def note(mock: Mock) -> None:
    """Remember that a mock was made while others were held: it may be about to take one's place."""
    with _lock:
        for activation in _stack:
            if activation.holders:
                activation.holders.add(mock)


def _controller(mock: Mock, *, settings_may_equal: bool) -> tuple[AmplifyMock, bool]:
    settings = mock.settings
    if mock.given or settings.isolated:
        for activation in reversed(_stack):
            if activation.owner() is mock:
                return activation.controller, False
    if not _stack or settings.isolated:
        # Only now: botocore and what is built on it take long to import, and not every test session uses the mock.
        from .controller import AmplifyMock

        return AmplifyMock(settings, end), True
    outer = _stack[-1].controller
    if mock.given and not (settings_may_equal and settings == outer.settings):
        raise NestedSettingsError(mock.given)
    return outer, False


def _patch() -> None:
    global _default_session  # noqa: PLW0603  (it belongs to the stack, which is the one global there is)
    if not _patches:
        from .transports import botocore, urls

        _patches.extend(botocore.patches(current))
        _patches.extend(urls.patches(current))
    _default_session = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    try:
        for patch in _patches:
            patch.apply()
    except BaseException:
        _unpatch()
        raise


def _unpatch() -> None:
    global _default_session  # noqa: PLW0603
    for patch in reversed(_patches):
        patch.undo()
    boto3: Any = sys.modules.get("boto3")
    if boto3 is not None:
        boto3.DEFAULT_SESSION = _default_session
    _default_session = None
