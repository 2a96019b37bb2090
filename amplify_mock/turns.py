"""Decides which of the tasks that sleep in an event loop wakes up next, and when."""

from __future__ import annotations

import asyncio
import datetime
import operator
import threading
from collections.abc import Generator
from types import coroutine
from typing import Any
from weakref import WeakKeyDictionary

from .clock import Clock
from .transports.patches import Patch

# Rounds of an event loop that never comes to rest, because one of its tasks polls without sleeping.
_ROUNDS = 1000
# Real seconds for what a loop has in other threads: not for ever, because that may itself be waiting for the sleeper.
_PATIENCE = 1.0
_GLANCE = 0.001
_WAKES = operator.attrgetter("wakes")


class _Sleeper:
    """One sleep that is under way."""

    def __init__(self, clock: Clock, length: datetime.timedelta) -> None:
        self.clock = clock
        self.since = clock.slept
        self.wakes = self.since + length


class Turns:
    """Lets the tasks of each event loop sleep beside each other.

    A clock only moves when a loop is at rest: no other task can go on before one of the sleepers wakes up. The first
    one to wake up then moves it as far as is missing.

    Attributes:
        patch: what has to be applied for other threads' work to count as going on.
    """

    def __init__(self) -> None:
        self._sleepers: WeakKeyDictionary[asyncio.AbstractEventLoop, list[_Sleeper]] = WeakKeyDictionary()
        self._in_threads: WeakKeyDictionary[asyncio.AbstractEventLoop, int] = WeakKeyDictionary()
        self.patch: Patch = Patch("asyncio.base_events", "BaseEventLoop.run_in_executor", self._count)

    async def sleep(self, clock: Clock, length: datetime.timedelta) -> None:
        """Sleep until a clock has moved by so much, and move it when nobody else does."""
        loop = asyncio.get_running_loop()
        sleepers = self._sleepers.setdefault(loop, [])
        sleeper = _Sleeper(clock, length)
        sleepers.append(sleeper)
        try:
            await self._turn(loop, sleeper, sleepers)
            clock.sleep(length, since=sleeper.since)
        finally:
            sleepers.remove(sleeper)

    async def _turn(self, loop: asyncio.AbstractEventLoop, sleeper: _Sleeper, sleepers: list[_Sleeper]) -> None:
        """Wait until a sleeper is the next one to wake up, and the loop is at rest or the time has come anyway."""
        rounds, waited = 0, 0.0
        while True:
            await _round()
            beside = (each for each in sleepers if each.clock is sleeper.clock)
            if min(beside, key=_WAKES) is not sleeper:
                continue
            left = (sleeper.wakes - sleeper.clock.slept).total_seconds()
            # The other sleepers are in the loop's queue as well, each of them once. Not every loop shows its queue.
            is_busy = len(getattr(loop, "_ready", sleepers)) >= len(sleepers)
            if left > 0 and is_busy and rounds < _ROUNDS:
                rounds += 1
            elif waited < min(left, _PATIENCE) and self._in_threads.get(loop):
                threading.Event().wait(_GLANCE)
                waited += _GLANCE
            else:
                return

    def _count(
        self, wrapped: Any, loop: asyncio.AbstractEventLoop, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Count what a loop waits for in other threads."""
        future = wrapped(*args, **kwargs)
        self._in_threads[loop] = self._in_threads.get(loop, 0) + 1

        def discount(_: object) -> None:
            self._in_threads[loop] -= 1

        future.add_done_callback(discount)
        return future


@coroutine
def _round() -> Generator[None]:
    """Let the event loop go round once."""
    yield
