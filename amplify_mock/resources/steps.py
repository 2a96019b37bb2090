"""The steps of a job, laid one after another into the time that it runs."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from .lifecycle import Stage
from .planning import milliseconds
from .plans import JobPlan, through


class Step(NamedTuple):
    """One step of a job, as GetJob shows it. ``end_time`` is None while it runs; ``log`` is no member of the API."""

    step_name: str
    start_time: datetime.datetime
    status: str
    end_time: datetime.datetime | None
    log_url: str | None = None
    status_reason: str | None = None
    log: str | None = None


class Failure(NamedTuple):
    """How a job fails: at the end of which step, why, and what the step has in its log."""

    step: str
    reason: str
    log: str | None


def laid_out(
    names: Sequence[str], running: Stage, now: datetime.datetime, plan: JobPlan, failure: Failure | None
) -> list[Step]:
    """Return the steps that have started by ``now``.

    Steps take the time that they are planned to take. If the job was ended before, the steps that had not ended by then
    share what was left of the time; and so do all steps of a job that only the test moves.
    """
    names = through(names, failure and failure.step)
    by_the_clock = plan.progress != "manual"
    steps: list[Step] = []
    start = running.start
    for number, name in enumerate(names):
        end = start + plan.step(name)
        is_last = number == len(names) - 1
        if running.end is None:
            if is_last or end > now or not by_the_clock:
                return [*steps, Step(name, start, "RUNNING", None)]
        elif is_last or end > running.end or not by_the_clock:
            steps += _squeezed(names[number:], start, running.end, plan)
            break
        steps.append(Step(name, start, "SUCCEED", end))
        start = end
    if failure is not None:
        steps[-1] = steps[-1]._replace(status="FAILED", status_reason=failure.reason, log=failure.log)
    return steps


def _squeezed(names: Sequence[str], start: datetime.datetime, end: datetime.datetime, plan: JobPlan) -> list[Step]:
    """Share out the time from ``start`` to ``end`` as the plan would."""
    whole = sum((plan.step(name) for name in names), datetime.timedelta())
    share = (end - start) / whole if whole else 1.0
    steps = []
    for name in names[:-1]:
        following = min(start + milliseconds(plan.step(name) * share), end)
        steps.append(Step(name, start, "SUCCEED", following))
        start = following
    return [*steps, Step(names[-1], start, "SUCCEED", end)]
