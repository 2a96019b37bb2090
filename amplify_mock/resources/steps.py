"""The steps of a job, laid one after another into the time that it runs."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .lifecycle import Stage
from .literals import JobStatus
from .planning import LONGEST_REASON, milliseconds
from .plans import JobPlan, through


class Step(NamedTuple):
    """One step of a job, as GetJob shows it. ``end_time`` is None while it runs; ``log`` is no member of the API.

    The members after ``log`` are those of steps that were loaded; the mock's own do not have them.
    """

    step_name: str
    start_time: datetime.datetime
    status: JobStatus
    end_time: datetime.datetime | None
    log_url: str | None = None
    status_reason: str | None = None
    log: str | None = None
    artifacts_url: str | None = None
    test_artifacts_url: str | None = None
    test_config_url: str | None = None
    screenshots: Mapping[str, str] | None = None
    context: str | None = None


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
    left = list(through(names, failure and failure.step))
    steps: list[Step] = []
    start = running.start
    if plan.progress != "manual":
        while len(left) > 1 and (end := start + plan.step(left[0])) <= (running.end or now):
            steps.append(Step(left.pop(0), start, "SUCCEED", end))
            start = end
    if running.end is None:
        return [*steps, Step(left[0], start, "RUNNING", None)]
    return _failed(steps + shared_out(left, start, running.end, plan), failure)


def _failed(steps: list[Step], failure: Failure | None) -> list[Step]:
    if failure is not None:
        reason = failure.reason[:LONGEST_REASON]
        steps[-1] = steps[-1]._replace(status="FAILED", status_reason=reason, log=failure.log)
    return steps


def shared_out(names: Sequence[str], start: datetime.datetime, end: datetime.datetime, plan: JobPlan) -> list[Step]:
    """Share out the time from ``start`` to ``end`` as the plan would."""
    whole = sum((plan.step(name) for name in names), datetime.timedelta())
    share = (end - start) / whole if whole else 1.0
    steps = []
    for name in names[:-1]:
        following = min(start + milliseconds(plan.step(name) * share), end)
        steps.append(Step(name, start, "SUCCEED", following))
        start = following
    return [*steps, Step(names[-1], start, "SUCCEED", end)]


def of_ended_job(
    names: Sequence[str], status: JobStatus, start: datetime.datetime, end: datetime.datetime, plan: JobPlan
) -> list[Step]:
    """Return the steps of a job that nobody has watched: they share its time as the plan would have it."""
    names = through(names, last_step(names, status, plan))
    whole = planned(names, plan)
    share = plan.waits / whole if whole else 0.0
    steps = shared_out(names, start + milliseconds((end - start) * share), end, plan)
    if status == "FAILED":
        steps[-1] = steps[-1]._replace(status=status, status_reason=plan.reason[:LONGEST_REASON], log=plan.log)
    elif status == "CANCELLED":
        steps[-1] = steps[-1]._replace(status=status)
    return steps


def last_step(names: Sequence[str], status: str, plan: JobPlan) -> str:
    """Return the step in which a job with these steps has ended."""
    if status == "FAILED" and plan.fail_at in names:
        return names[names.index(plan.fail_at)]
    return names[-1] if status == "SUCCEED" else names[0]


def planned(names: Sequence[str], plan: JobPlan) -> datetime.timedelta:
    """Return how long a job with these steps takes, from its start."""
    return sum((plan.step(name) for name in names), plan.waits)


def going_on(
    known: Sequence[Step], names: Sequence[str], running: Stage, plan: JobPlan, failure: Failure | None
) -> list[Step]:
    """Return the steps of a job that was under way elsewhere: those that had not ended share the time that is left."""
    if running.end is None:
        return list(known)
    steps = [step for step in known if step.end_time is not None]
    unfinished = {step.step_name: step for step in known if step.end_time is None}
    start = next((step.start_time for step in unfinished.values()), steps[-1].end_time if steps else None)
    names = through(names, failure and failure.step)
    left = [name for name in names if name not in {step.step_name for step in steps}]
    if left:
        for step in shared_out(left, min(start or running.start, running.end), running.end, plan):
            before = unfinished.get(step.step_name, step)
            steps.append(before._replace(status=step.status, end_time=step.end_time))
    return _failed(steps, failure)
