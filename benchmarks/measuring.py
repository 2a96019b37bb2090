"""Measure several things in turns, so that whatever else the machine does meets all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

#: What sets something up, gives the function to be measured, and clears away.
Contestant = Callable[[], AbstractContextManager[Callable[[], object]]]

_WARM_UP = 20


class Table(NamedTuple):
    """The medians of one subject, in seconds; the first is what the others are compared with."""

    title: str
    seconds: Mapping[str, float]

    def ratio(self, name: str, of: str, most: float) -> Limit:
        """Return how one is to another, and how it may be at the most."""
        return Limit(f"{name}, of {of}", self.seconds[name] / self.seconds[of], most)

    def time(self, name: str, most: float) -> Limit:
        """Return how many microseconds one takes, and how many it may at the most."""
        return Limit(name, self.seconds[name] * 1e6, most, "µs")


class Limit(NamedTuple):
    """One thing measured, and the most that it may be; None if that is not for this table to say."""

    name: str
    measured: float
    most: float | None = None
    unit: str = ""


class Limits(NamedTuple):
    """What one subject has to keep to."""

    title: str
    limits: Sequence[Limit]


class Shares(NamedTuple):
    """What part of the whole belongs to what, in several cases."""

    title: str
    cases: Mapping[str, Mapping[str, float]]


def medians(contestants: Mapping[str, Contestant], *, rounds: int, calls: int) -> dict[str, float]:
    """Return the median of the seconds that one call of each takes."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            with contestant() as call:
                for _ in range(_WARM_UP):
                    call()
                seconds[name] += [_timed(call) for _ in range(calls)]
    return {name: statistics.median(each) for name, each in seconds.items()}


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
