"""The steps of a job as a bar, each as wide as it is long, with those that are still to come as they are planned."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from amplify_mock.resources.job_courses import FINISHED
from amplify_mock.resources.jobs import Job
from amplify_mock.resources.plans import through

PLANNED = "planned"
_NOTHING = datetime.timedelta()
_A_SECOND = datetime.timedelta(seconds=1)
_LESS_THAN_A_MINUTE, _LESS_THAN_AN_HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)

# Tints of the page's own background, so that its text stays readable in light and in dark notebooks.
_TINTS = {
    "SUCCEED": "46,160,67",
    "AVAILABLE": "46,160,67",
    "FAILED": "248,81,73",
    "RUNNING": "56,139,253",
    "CANCELLED": "139,148,158",
    "CANCELLING": "139,148,158",
}
_BAR = "display:flex;gap:2px;margin:0;padding:0;list-style:none;max-width:48em"
_SEGMENT = (
    "min-width:7em;margin:0;padding:.1em .5em;border-radius:3px;overflow:hidden;overflow-wrap:anywhere;"
    "text-align:left;line-height:1.35;font-size:90%"
)
_NOT_YET = "border:1px dashed;opacity:.75"


class Segment(NamedTuple):
    """A step in the bar.

    Attributes:
        name: the step.
        status: its status, or "planned" while it has not started.
        start: when it started; None while it has not.
        end: when it ended; None while it has not.
        passed: how much time it has taken so far.
        lasts: how long it took, or how long it takes as far as that is known.
    """

    name: str
    status: str
    start: datetime.datetime | None
    end: datetime.datetime | None
    passed: datetime.timedelta
    lasts: datetime.timedelta


def segments(job: Job) -> Iterator[Segment]:
    """Yield the steps that a job has gone through, and those that it is still to go through."""
    progress, now = job.progress(), job.clock.now()
    for step in progress.steps:
        passed = max((step.end_time or now) - step.start_time, _NOTHING)
        goes_on = step.end_time is None and job.stopped is None
        lasts = max(passed, job.plan.step(step.step_name)) if goes_on else passed
        yield Segment(step.step_name, step.status, step.start_time, step.end_time, passed, lasts)
    if progress.status not in FINISHED and job.stopped is None:
        begun = {step.step_name for step in progress.steps}
        for name in through(job.step_names, job.failure and job.failure.step):
            if name not in begun:
                yield Segment(name, PLANNED, None, None, _NOTHING, job.plan.step(name))


def bar(job: Job) -> str:
    """Return the bar as HTML, or what there is to say when it is empty."""
    shown = "".join(map(_segment, segments(job)))
    return f'<ol aria-label="Steps of {escape(str(job))}" style="{_BAR}">{shown}</ol>' if shown else "no steps"


def _segment(segment: Segment) -> str:
    looks = _NOT_YET if segment.status == PLANNED else tint(segment.status, _part_passed(segment))
    # Browsers share out the width by these numbers, also when all of them are next to nothing.
    share = max(segment.lasts.total_seconds(), 0.001)
    return (
        f'<li style="flex:{share:g} 1 0;{_SEGMENT};{looks}" title="{escape(_in_words(segment))}">'
        f"<b><bdi>{escape(segment.name)}</bdi></b> {_length(segment)}<br>{escape(segment.status)}</li>"
    )


def _length(segment: Segment) -> str:
    so_far = f"{duration(segment.passed)} of " if segment.start and segment.passed < segment.lasts else ""
    return so_far + duration(segment.lasts)


def _part_passed(segment: Segment) -> float:
    return segment.passed / segment.lasts if segment.lasts else 1.0


def _in_words(segment: Segment) -> str:
    if segment.start is None:
        return f"{segment.name}: planned, {_length(segment)}"
    until = f" to {segment.end:%H:%M:%S}" if segment.end else ""
    return f"{segment.name}: {segment.status}, {segment.start:%H:%M:%S}{until}, {_length(segment)}"


def tint(status: str, part: float = 1.0) -> str:
    """Return the style of what has a status, and has come so far as ``part`` of its width."""
    if status not in _TINTS:
        return "border:1px solid"
    full, pale = (f"rgba({_TINTS[status]},{strength})" for strength in (0.3, 0.12))
    return f"background:{full}" if part >= 1 else f"background:linear-gradient(to right,{full} {part:.0%},{pale} 0)"


def duration(lasts: datetime.timedelta) -> str:
    """Write a duration as people do: ``5 ms``, ``40 s``, ``1 min 5 s``, ``2 h 3 min``."""
    seconds = lasts.total_seconds()
    if _NOTHING < lasts < _A_SECOND:
        return f"{round(seconds * 1000)} ms"
    if lasts < _LESS_THAN_A_MINUTE:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    if lasts < _LESS_THAN_AN_HOUR:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
