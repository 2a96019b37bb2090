"""Let the jobs of one account and region wait for each other when more are asked for than may run at once."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Protocol


class Queued(Protocol):
    """What the queue needs of a job."""

    @property
    def created(self) -> datetime.datetime: ...

    def begin(self, at: datetime.datetime) -> None: ...

    def ended(self, now: datetime.datetime) -> datetime.datetime | None: ...

    def nudge(self) -> bool: ...


@dataclass(slots=True, eq=False)
class BuildQueue:
    """Jobs that run, at most ``limit`` of them, and jobs that wait; the one asked for first starts first.

    Nothing runs in the background: who looks at a job has :meth:`settle` work out whose turn came by then, and when.
    """

    limit: int | None
    running: list[Queued] = field(default_factory=list)
    waiting: list[Queued] = field(default_factory=list)

    def enter(self, job: Queued, now: datetime.datetime) -> None:
        """Start a job, or let it wait."""
        if self.limit is None:
            job.begin(now)
            return
        self.settle(now)
        if len(self.running) < self.limit:
            job.begin(now)
            self.running.append(job)
        else:
            self.waiting.append(job)

    def settle(self, now: datetime.datetime) -> None:
        """Give each waiting job its turn, at the moment when a running one ended."""
        while self.running:
            ends = [(end, place) for place, job in enumerate(self.running) if (end := job.ended(now)) is not None]
            if not ends:
                return
            end, place = min(ends)
            del self.running[place]
            if self.waiting:
                following = self.waiting.pop(0)
                following.begin(max(end, following.created))
                self.running.append(following)

    def leave(self, job: Queued) -> None:
        """Give up waiting; a job that runs keeps its place until it has ended."""
        if job in self.waiting:
            self.waiting.remove(job)

    def nudge(self) -> None:
        """Move the job on that runs longest and can be moved: somebody waits for his turn by polling."""
        for job in self.running:
            if job.nudge():
                return
