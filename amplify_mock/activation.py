"""Which mock is active: a stack for the whole process, and the patches that are in place while it is not empty."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .controller import AmplifyMock, Snapshot
    from .settings import Settings
    from .sleeping import VirtualSleep
    from .transports.patches import Patch


class Mock(Protocol):
    """What can be active: a mock with its settings, and the names of those that were given."""

    @property
    def settings(self) -> Settings: ...

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
        self.owner: weakref.ref[Mock] = weakref.ref(owner)
        self.holders: weakref.WeakSet[Mock] | None = weakref.WeakSet([owner]) if is_started else None
        self.controller = controller
        self.owns_state = owns_state
        self.is_of_class = False

    @property
    def is_active(self) -> bool:
        """Whether it has not been ended."""
        return self in _stack

    def is_orphan_of(self, mock: Mock) -> bool:
        """Say whether its owner is gone, and ``mock`` has taken the place where somebody held it."""
        return self.owner() is None and self.holders is not None and mock in self.holders


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


class Watch:
    """Sees which mocks are active during some time, and keeps what there is to say of them.

    It holds no mock longer than the stack does: one that ends, or whose state is about to be taken back, is described
    at that moment.

    Args:
        describe: returns what there is to say of a mock, or None.
    """

    # Enough for whoever reads it; a test may use thousands of mocks, one for each example.
    MOST = 10

    def __init__(self, describe: Callable[[AmplifyMock], Any]) -> None:
        self._describe = describe
        self._present: list[AmplifyMock] = []
        # How many calls each mock had when its state had just been taken back.
        self._calls_before: dict[AmplifyMock, int] = {}
        self._past: list[Any] = []
        self._number = 0

    def begin(self, controller: AmplifyMock) -> None:
        """See a mock become active."""
        if controller not in self._present:
            self._present.append(controller)

    def keep(self, controller: AmplifyMock) -> None:
        """Describe a mock, because it is about to end or to change."""
        for description in self._news(controller):
            self._number += 1
            self._past = [*self._past, description][-self.MOST :]

    def taken_back(self, controller: AmplifyMock) -> None:
        """See that the state of a mock was taken back: what it is now, others have made before."""
        self._calls_before[controller] = len(controller.calls)

    def end(self, controller: AmplifyMock) -> None:
        """See a mock end."""
        self.keep(controller)
        self._present.remove(controller)
        self._calls_before.pop(controller, None)

    def descriptions(self) -> tuple[list[Any], int]:
        """Return what there is to say now, the newest last, and how much there would be without a limit."""
        present = [description for controller in self._present for description in self._news(controller)]
        return [*self._past, *present][-self.MOST :], self._number + len(present)

    def forget(self) -> None:
        """Begin anew with the mocks that are active now."""
        self._past, self._number = [], 0
        self._calls_before.clear()

    def _news(self, controller: AmplifyMock) -> Iterator[Any]:
        if self._calls_before.get(controller) != len(controller.calls):
            description = self._describe(controller)
            if description is not None:
                yield description


_stack: list[Activation] = []
_watches: list[Watch] = []
_lock = threading.RLock()
_patches: list[Patch] = []
_sleep: VirtualSleep | None = None
_default_session: Any = None


def current() -> AmplifyMock | None:
    """Return the controller of the active mock, or None."""
    try:
        return _stack[-1].controller
    except IndexError:
        return None


def is_mocked() -> bool:
    """Say whether a mock is active."""
    return current() is not None


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
        for watch in _watches:
            watch.begin(controller)
        try:
            _patch_sleep()
        except BaseException:
            remove(activation)
            raise
        return activation


def resume(activation: Activation) -> None:
    """Make active again what somebody has ended for others who still need it."""
    with _lock:
        if not _stack:
            _patch()
        _stack.append(activation)
        for watch in _watches:
            watch.begin(activation.controller)
        _patch_sleep()


def remove(activation: Activation) -> None:
    """End one activation, wherever in the stack it is. Safe to repeat."""
    has_ended = False
    with _lock:
        if activation in _stack:
            _stack.remove(activation)
            _patch_sleep()
            if not _stack:
                _unpatch()
            if all(each.controller is not activation.controller for each in _stack):
                for watch in _watches:
                    watch.end(activation.controller)
                has_ended = True
    if has_ended:
        # Without the lock: whoever asks a server of the mock just now may want it before he is answered.
        activation.controller.ended()


def end(controller: AmplifyMock) -> None:
    """End every activation that shares a controller."""
    for activation in active():
        if activation.controller is controller:
            remove(activation)


def end_all() -> None:
    """End everything."""
    while stack := active():
        remove(stack[-1])


@contextmanager
def watch(describe: Callable[[AmplifyMock], Any]) -> Iterator[Watch]:
    """Watch the mocks that are active by now, and those that become active until the end."""
    opened = Watch(describe)
    with _lock:
        for activation in _stack:
            opened.begin(activation.controller)
        _watches.append(opened)
    try:
        yield opened
    finally:
        with _lock:
            _watches.remove(opened)


def take_back(controller: AmplifyMock, snapshot: Snapshot) -> None:
    """Take back what was done to the state of a mock since a snapshot, once those who watch have described it."""
    watches = list(_watches)
    for watch in watches:
        watch.keep(controller)
    controller.restore(snapshot)
    for watch in watches:
        watch.taken_back(controller)


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


def _patch_sleep() -> None:
    """Let sleeps be the active mock's to decide about, as long as one of the mocks wants that."""
    global _sleep  # noqa: PLW0603
    if any(each.controller.settings.sleep == "virtual" for each in _stack):
        if _sleep is None:
            # Only now: most mocks leave sleeping alone.
            from .sleeping import VirtualSleep

            _sleep = VirtualSleep(current)
        _sleep.apply()
    elif _sleep is not None:
        _sleep.undo()


def _patch() -> None:
    global _default_session  # noqa: PLW0603  (it belongs to the stack, which is the one global there is)
    if not _patches:
        from .integrations import cloudformation
        from .transports import botocore, urls

        _patches.extend(botocore.patches(current))
        _patches.extend(urls.patches(current))
        _patches.extend(cloudformation.patches(current))
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
