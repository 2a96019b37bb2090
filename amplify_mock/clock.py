"""The mock's clock: the only place that asks what time it is."""

from __future__ import annotations

import datetime
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    # Type checkers have it of their own, and Python itself has it from 3.11 on.
    from typing_extensions import Unpack

_END = datetime.datetime(9000, 1, 1, tzinfo=datetime.timezone.utc)

# Enough looks at the clock for a millisecond to pass.
_ATTEMPTS = 5000


class Units(TypedDict, total=False):
    """The keywords of ``datetime.timedelta``."""

    weeks: float
    days: float
    hours: float
    minutes: float
    seconds: float
    milliseconds: float
    microseconds: float


def _nothing() -> None:
    pass


class Clock:
    """Tell the time inside one mock: the system's time, ahead by ``passed``, which ``advance()`` adds to.

    freezegun and time-machine steer it, because it reads ``datetime.datetime`` through its module each time.
    ``on_advance`` is called when it was moved, and ``slept`` is how far it was moved by ``sleep()``.
    """

    def __init__(self) -> None:
        self.passed: datetime.timedelta = datetime.timedelta()
        self.on_advance: Callable[[], None] = _nothing
        self.slept: datetime.timedelta = datetime.timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime.datetime:
        """Return the present moment in UTC, cut to milliseconds, which is how fine Amplify tells time."""
        # Cut, not rounded: a rounded time could lie ahead of the clock it was read from.
        now = datetime.datetime.now(datetime.timezone.utc)
        if self.passed:
            now += self.passed
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def later_than(self, moment: datetime.datetime) -> datetime.datetime:
        """Return the present moment, which is later than ``moment`` unless the clock stands still.

        Two calls can fall into one millisecond here, as they cannot with the real service; this waits for the next.
        """
        now = self.now()
        # A class of another module is freezegun's: its time passes when the test says so.
        attempts = _ATTEMPTS if datetime.datetime.__module__ == "datetime" else 0
        while now <= moment and attempts:
            now = self.now()
            attempts -= 1
        return now

    def advance(self, delta: datetime.timedelta | None = None, /, **units: Unpack[Units]) -> datetime.datetime:
        """Move the clock ahead and return the new time.

        Args:
            delta: how far.
            **units: or the keywords of ``datetime.timedelta``: ``advance(minutes=5)``.

        Raises:
            TypeError: for what is no timedelta, or a keyword that it does not have.
            ValueError: when that would move the clock back, or further than the year 9000.
        """
        known = Units.__annotations__
        unknown = [unit for unit in units if unit not in known]
        if unknown or not isinstance(delta, (datetime.timedelta, type(None))):
            given = ", ".join([*([] if delta is None else [repr(delta)]), *(f"{unit}=..." for unit in unknown)])
            raise TypeError(
                f"advance() takes a timedelta, or keywords such as minutes=5, and not {given}. "
                f"The keywords are: {', '.join(known)}."
            )
        step = (delta or datetime.timedelta()) + datetime.timedelta(**units)
        if step < datetime.timedelta():
            raise ValueError(f"the mock's clock only goes ahead; advance() was given {step}")
        self.move(step)
        self.on_advance()
        return self.now()

    def move(self, step: datetime.timedelta) -> None:
        """Move the clock ahead in the middle of a call, at whose end those who listen are told anyway."""
        # Plans reach far ahead of the clock, and dates end with the year 9999.
        if step > _END - self.now():
            raise ValueError(f"the mock's clock goes no further than {_END:%Y-%m-%d}, and cannot go {step} ahead")
        with self._lock:
            self.passed += step

    def sleep(self, length: datetime.timedelta, *, since: datetime.timedelta | None = None) -> None:
        """Let time pass as a sleep does: by freezegun or time-machine, where one of them steers this clock.

        Args:
            length: how long.
            since: what ``slept`` was when the sleep began, if others may have gone on beside it.
        """
        with self._lock:
            step = length if since is None else since + length - self.slept
            if step > datetime.timedelta():
                self.slept += step
                if not _steer(step):
                    self.passed += step
        self.on_advance()

    def __deepcopy__(self, memo: object) -> Clock:
        # Copies of the state (for rolling back) go on living by the same clock.
        return self


def _steer(step: datetime.timedelta) -> bool:
    """Move what steers ``datetime.datetime``, and say whether anything does."""
    frozen: Any = getattr(sys.modules.get("freezegun.api"), "freeze_factories", None)
    if frozen:
        # Not by its tick(), which takes back the time that has passed in a clock that ticks by itself.
        frozen[-1].time_to_freeze += step
        return True
    time_machine = sys.modules.get("time_machine")
    # The second name is that of time-machine before 3.0.
    for stack in ("traveller_stack", "coordinates_stack"):
        travels: Any = getattr(time_machine, stack, None)
        if travels:
            travels[-1].shift(step)
            return True
    return False
