"""Work out which stage something has reached, from when it began, how long its stages last, and who looked when."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

A_WHILE = datetime.timedelta(seconds=5)

#: Names and durations, in order.
Stages = tuple[tuple[str, "datetime.timedelta | None"], ...]


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
        latest: the latest moment at which somebody looked.
        last_read: the stage that the last read found.
        cuts: when stages were cut short, in order, with None for those that were not.
    """

    began: datetime.datetime
    stages: Stages
    latest: datetime.datetime
    last_read: str
    # Neither a dict by name nor a list: there are as many of these as there are jobs.
    cuts: tuple[datetime.datetime | None, ...] = ()

    @classmethod
    def starting(cls, began: datetime.datetime, stages: Iterable[tuple[str, datetime.timedelta | None]]) -> Course:
        """Return the course of something that begins now. A tuple of stages is shared with others that have it."""
        all_stages = tuple(stages)
        return cls(began, all_stages, began, all_stages[0][0])

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
        start = self.began
        while True:
            number = len(reached)
            name, lasts = self.stages[number]
            end = self.cuts[number] if number < len(self.cuts) else None
            if end is None and lasts is not None:
                end = start + lasts
            if end is None or end > now:
                reached.append(Stage(name, start, None))
                return reached
            reached.append(Stage(name, start, end))
            start = end

    def read(self, now: datetime.datetime) -> bool:
        """Move on by one stage, unless the clock has done so already since the last read; say whether it moved."""
        reached = self.at(now)
        before = reached[-1].name
        if before == self.last_read and self.stages[len(reached) - 1][1] is not None:
            self._cut(len(reached) - 1)
            reached = self.at(now)
        self.last_read = reached[-1].name
        return self.last_read != before

    def advance(self, now: datetime.datetime) -> None:
        """Move on by one stage, also from one that would last for ever. The next read finds it there."""
        reached = len(self.at(now))
        if reached < len(self.stages):
            self._cut(reached - 1)

    def finish(self, name: str, now: datetime.datetime, *, at_once: bool = False) -> None:
        """End now, as ``name``: what would still have come takes no time, or does not come when it is ``at_once``."""
        reached = len(self.at(now))
        stages = self.stages[:-1][: reached if at_once else None]
        for number in range(reached - 1, len(stages)):
            self._cut(number)
        self.stages = (*stages, (name, None))

    def _cut(self, number: int) -> None:
        self.cuts += (None,) * (number - len(self.cuts)) + (self.latest,)
