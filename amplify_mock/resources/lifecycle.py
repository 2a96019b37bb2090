"""Work out which stage something has reached, from when it began, how long its stages last, and who looked when."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

A_WHILE = datetime.timedelta(seconds=5)


class Stage(NamedTuple):
    """A stage that was reached: it is the present one while ``end`` is None."""

    name: str
    start: datetime.datetime
    end: datetime.datetime | None


@dataclass(slots=True)
class Course:
    """The way of one thing through its stages, the last of which lasts for ever.

    Nothing here is moved by a thread: :meth:`at` derives everything from the clock. What cuts the present stage short,
    a read or a word of the test, is written down as *when* that was.

    Args:
        began: when the first stage began.
        stages: names and durations, in order; the last needs no duration, and None anywhere means for ever.
        cuts: when stages were cut short, by name.
        latest: the latest moment at which somebody looked.
        last_read: the stage that the last read found.
    """

    began: datetime.datetime
    stages: tuple[tuple[str, datetime.timedelta | None], ...]
    cuts: dict[str, datetime.datetime]
    latest: datetime.datetime
    last_read: str

    @classmethod
    def starting(cls, began: datetime.datetime, stages: Iterable[tuple[str, datetime.timedelta | None]]) -> Course:
        """Return the course of something that begins now."""
        all_stages = tuple(stages)
        return cls(began, all_stages, {}, began, all_stages[0][0])

    @classmethod
    def joined(
        cls, began: datetime.datetime, stages: Iterable[tuple[str, datetime.timedelta | None]], now: datetime.datetime
    ) -> Course:
        """Return the course of something that is in its first stage now, and that nobody has read yet.

        The stage began some time ago, and lasts from now on as long as it is planned to; or a while, if it is planned
        to take no time.
        """
        (name, lasts), *following = stages
        if lasts is not None:
            lasts = max(lasts, A_WHILE) + (max(now, began) - began)
        course = cls.starting(began, [(name, lasts), *following])
        course.last_read = ""
        return course

    def at(self, now: datetime.datetime) -> list[Stage]:
        """Look at the stages reached by ``now``: all but the last have ended."""
        # Under a clock that is turned back afterwards, what was seen stays so.
        self.latest = now = max(now, self.latest)
        reached: list[Stage] = []
        start: datetime.datetime | None = self.began
        stages = iter(self.stages)
        while start is not None:
            name, lasts = next(stages)
            end = self.cuts.get(name) or (None if lasts is None else start + lasts)
            if end is not None and end > now:
                end = None
            reached.append(Stage(name, start, end))
            start = end
        return reached

    def read(self, now: datetime.datetime) -> bool:
        """Move on by one stage, unless the clock has done so already since the last read; say whether it moved."""
        before = self.at(now)[-1].name
        if before == self.last_read and dict(self.stages)[before] is not None:
            self.cuts[before] = self.latest
        self.last_read = self.at(now)[-1].name
        return self.last_read != before

    def advance(self, now: datetime.datetime) -> None:
        """Move on by one stage, also from one that would last for ever. The next read finds it there."""
        present = self.at(now)[-1].name
        if present != self.stages[-1][0]:
            self.cuts[present] = self.latest

    def finish(self, name: str, now: datetime.datetime, *, at_once: bool = False) -> None:
        """End now, as ``name``: what would still have come takes no time, or does not come when it is ``at_once``."""
        reached = len(self.at(now))
        stages = self.stages[:-1]
        for stage, _ in stages[reached - 1 :]:
            self.cuts[stage] = self.latest
        self.stages = (*(stages[:reached] if at_once else stages), (name, None))
