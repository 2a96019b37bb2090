"""Work out which stage something has reached, from when it began, how long its stages last, and who looked when."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Stage(NamedTuple):
    """A stage that was reached: it is the present one while ``end`` is None."""

    name: str
    start: datetime.datetime
    end: datetime.datetime | None


@dataclass(slots=True)
class Course:
    """The way of one thing through its stages, the last of which lasts for ever.

    Nothing here is moved by hand or by a thread: :meth:`at` derives everything from the clock. A read may cut the
    present stage short, and then it is written down *when* that was.

    Args:
        began: when the first stage began.
        stages: names and durations, in order; the last needs no duration, and None anywhere means for ever.
    """

    began: datetime.datetime
    stages: tuple[tuple[str, datetime.timedelta | None], ...]
    cuts: dict[str, datetime.datetime]
    seen: datetime.datetime

    @classmethod
    def starting(cls, began: datetime.datetime, stages: Iterable[tuple[str, datetime.timedelta | None]]) -> Course:
        """Return the course of something that begins now."""
        return cls(began, tuple(stages), {}, began)

    def at(self, now: datetime.datetime) -> list[Stage]:
        """Return the stages reached by ``now``: all but the last have ended."""
        # Under a clock that was turned back, what was seen stays so.
        now = max(now, self.seen)
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

    def read(self, now: datetime.datetime) -> None:
        """Move on by one stage, unless the clock has done so already since the last read."""
        now = max(now, self.seen)
        present = self.at(now)[-1]
        if present.name == self.at(self.seen)[-1].name and self._lasts(present.name) is not None:
            self.cuts[present.name] = now
        self.seen = now

    def _lasts(self, name: str) -> datetime.timedelta | None:
        return dict(self.stages)[name]
