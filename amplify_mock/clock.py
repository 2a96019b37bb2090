"""The mock's clock: the only place that asks what time it is."""

from __future__ import annotations

import datetime
from collections.abc import Callable

# Enough looks at the clock for a millisecond to pass.
_ATTEMPTS = 5000


def _nothing() -> None:
    pass


class Clock:
    """Tell the time inside one mock: the system's time, ahead by ``passed``, which :meth:`advance` adds to.

    freezegun and time-machine steer it, because it reads ``datetime.datetime`` through its module each time.
    ``on_advance`` is called when it was moved.
    """

    def __init__(self) -> None:
        self.passed = datetime.timedelta()
        self.on_advance: Callable[[], None] = _nothing

    def now(self) -> datetime.datetime:
        """Return the present moment in UTC, cut to milliseconds, which is how fine Amplify tells time."""
        # Cut, not rounded: a rounded time could lie ahead of the clock it was read from.
        now = datetime.datetime.now(datetime.timezone.utc) + self.passed
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

    def advance(self, delta: datetime.timedelta | None = None, /, **units: float) -> datetime.datetime:
        """Move the clock ahead and return the new time.

        Args:
            delta: how far.
            **units: or the keywords of ``datetime.timedelta``: ``advance(minutes=5)``.

        Raises:
            ValueError: when that would move the clock back.
        """
        step = (delta or datetime.timedelta()) + datetime.timedelta(**units)
        if step < datetime.timedelta():
            raise ValueError(f"the mock's clock only goes ahead; advance() was given {step}")
        self.passed += step
        self.on_advance()
        return self.now()

    def __deepcopy__(self, memo: object) -> Clock:
        # Copies of the state (for rolling back) go on living by the same clock.
        return self
