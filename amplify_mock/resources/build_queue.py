"""Let jobs wait: for others of their branch, and for a place among those that may run at once."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


class Queued(Protocol):
    """What the queue needs of a job."""

    def begin(self, at: datetime.datetime) -> object: ...

    def ended(self, now: datetime.datetime) -> datetime.datetime | None: ...

    def freed(self, now: datetime.datetime) -> datetime.datetime | None: ...

    def nudge(self, now: datetime.datetime) -> bool: ...


class Waiting(NamedTuple):
    """A job that waits since some moment, and those of its branch that it has to wait for."""

    job: Queued
    since: datetime.datetime
    before: Sequence[Queued]

    def ready(self, now: datetime.datetime) -> datetime.datetime | None:
        """Return when its branch was free for it; None if it was not by ``now``."""
        freed = [each.freed(now) for each in self.before]
        known = [moment for moment in freed if moment is not None]
        return max([self.since, *known]) if len(known) == len(freed) else None


@dataclass(slots=True, eq=False)
class BuildQueue:
    """The jobs of an account and region that run, at most ``limit`` of them, and those that wait.

    Of two that could start at the same moment, the one that was asked for first does. Nothing happens in the
    background: who looks at a job has :meth:`settle` work out whose turn came by then, and when. Without a limit nobody
    counts what runs.
    """

    limit: int | None
    running: list[Queued] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    def enter(self, job: Queued, now: datetime.datetime, before: Sequence[Queued] = ()) -> None:
        """Start a job, or let it wait: for a place, and for those of its branch that are ``before`` it."""
        self.settle(now)
        self.waiting.append(Waiting(job, now, before))
        self.settle(now)

    def admit(self, job: Queued) -> None:
        """Take in a job that runs already, also if that makes it one too many."""
        if self.limit is not None:
            self.running.append(job)

    def settle(self, now: datetime.datetime) -> None:
        """Give each waiting job its turn, at the moment when nothing kept it waiting any more."""
        while self.waiting:
            free_since, places = self._free_place(now)
            if places is None:
                return
            turn = self._turn(now, free_since)
            if turn is None:
                return
            start, number = turn
            job = self.waiting.pop(number).job
            self.running = [each for each in self.running if each not in places]
            job.begin(start)
            self.admit(job)

    def _turn(
        self, now: datetime.datetime, free_since: datetime.datetime | None
    ) -> tuple[datetime.datetime, int] | None:
        """Return when the next job starts, and its place among those that wait; None if nobody is ready."""
        first: tuple[datetime.datetime, int] | None = None
        for number, each in enumerate(self.waiting):
            ready = each.ready(now)
            if ready is None:
                continue
            if free_since is not None and ready <= free_since:
                # Nobody starts before there is a place, so that those behind need not be asked.
                return free_since, number
            if first is None or ready < first[0]:
                first = (ready, number)
        return first

    def _free_place(self, now: datetime.datetime) -> tuple[datetime.datetime | None, list[Queued] | None]:
        """Return since when there is a place, and who has left it; None and nobody if it was never taken."""
        if self.limit is None or len(self.running) < self.limit:
            return None, []
        ended = [(end, number) for number, job in enumerate(self.running) if (end := job.ended(now)) is not None]
        too_many = len(self.running) - self.limit + 1
        if len(ended) < too_many:
            return None, None
        first = sorted(ended)[:too_many]
        return first[-1][0], [self.running[number] for _, number in first]

    def leave(self, job: Queued) -> None:
        """Give up waiting; a job that runs keeps its place until it has ended."""
        self.waiting = [each for each in self.waiting if each.job is not job]

    def forget(self, job: Queued) -> None:
        """Know nothing of a job any more, whether it waits or runs."""
        self.leave(job)
        self.running = [each for each in self.running if each is not job]

    def nudge(self, job: Queued, now: datetime.datetime, unless: Collection[Queued] = ()) -> None:
        """Move one of those on that a waiting job waits for: somebody waits for its turn by polling.

        Those of its branch come first, and then the one that runs longest; never one of ``unless``.
        """
        before = [each for waiting in self.waiting if waiting.job is job for each in waiting.before]
        for each in [*before, *self.running]:
            if each not in unless and each.nudge(now):
                return
