"""The course that a job takes, and which job takes which."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, cast, get_args

from .lifecycle import Stage, Stages
from .literals import JobStatus, StepName
from .planning import PROGRESSES, Progress, check_name, check_seconds, check_text, durations, lasts, teaching

StuckAt = Literal["PENDING", "PROVISIONING", "RUNNING", "CANCELLING"]

STEPS: tuple[StepName, ...] = get_args(StepName)
STUCK_AT: tuple[StuckAt, ...] = get_args(StuckAt)

_USUAL = {"BUILD": 40, "TEST": 20, "DEPLOY": 15, "VERIFY": 1}


@teaching
@dataclass(frozen=True)
class JobPlan:
    """The course that a job takes: how long everything lasts, how it ends, and what moves it.

    ``JobPlan()`` is the course of a job that nobody planned: PENDING, RUNNING, SUCCEED, one status further with each
    read by GetJob or ListJobs, and by the clock as well.

    Args:
        pending: seconds from the start of the job to the end of PENDING.
        provisioning: seconds of PROVISIONING, between PENDING and RUNNING. With 0, the default, a job is never seen in
            it, as with real jobs that are deployed by hand.
        steps: seconds by step name: BUILD, TEST, DEPLOY, VERIFY. A job runs the steps it has, one after another.
        default: seconds of the steps that ``steps`` does not name. None, the default, for what is usual: 40 seconds of
            BUILD, 20 of TEST, 15 of DEPLOY and 1 of VERIFY.
        cancelling: seconds from StopJob to CANCELLED.
        fail_at: the step at the end of which the job fails. A job that has no such step succeeds.
        reason: the ``statusReason`` of the step that fails.
        log: what the step that fails has in its log.
        stuck_at: a status that the job never leaves by itself: PENDING, PROVISIONING, RUNNING, or, once it was
            stopped, CANCELLING.
        progress: what moves the job. "poll": each read, one status further, and the clock as well. "clock": only the
            clock, which is the system's (freezegun and time-machine steer it) and goes ahead by
            ``amplify.clock.advance()``. "instant": it has come to its end when it starts, in no time. "manual": only
            ``amplify.job(...).advance()``, ``.succeed()`` and ``.fail()``.

    Raises:
        ValueError: for a step or a status that there is not, a duration that cannot be, or an end that never comes.
    """

    pending: float = 5
    provisioning: float = 0
    steps: Mapping[StepName, float] = field(default_factory=dict, hash=False)
    default: float | None = None
    cancelling: float = 5
    fail_at: StepName | None = None
    reason: str = "The step failed."
    log: str | None = None
    stuck_at: StuckAt | None = None
    progress: Progress = "poll"

    def __post_init__(self) -> None:
        for name in ("pending", "provisioning", "cancelling"):
            check_seconds(getattr(self, name), "JobPlan", name)
        if self.default is not None:
            check_seconds(self.default, "JobPlan", "default")
        # So that the plan stays as it is, whatever becomes of the dict that was given.
        object.__setattr__(self, "steps", durations(self.steps, STEPS, "JobPlan", "step", "steps"))
        if self.fail_at is not None:
            check_name(self.fail_at, STEPS, "JobPlan", "step")
        if self.stuck_at is not None:
            check_name(self.stuck_at, STUCK_AT, "JobPlan", "status to be stuck at")
        check_name(self.progress, PROGRESSES, "JobPlan", "progress")
        check_text(self.reason, "reason")
        if self.log is not None:
            check_text(self.log, "log")
        if self.fail_at is not None and self.stuck_at not in (None, "CANCELLING"):
            raise ValueError(f"a job that is stuck at {self.stuck_at} never fails at {self.fail_at}: choose one")

    def __deepcopy__(self, memo: object) -> JobPlan:
        # Nothing about it changes.
        return self

    def step(self, name: str) -> datetime.timedelta:
        """Return how long a step takes."""
        found = self._known_steps.get(name)
        if found is None:
            # Of the steps that were loaded, some have names that the mock's own never have.
            usual = _USUAL.get(name, 0) if self.default is None else self.default
            found = lasts(self.steps.get(cast("StepName", name), usual), self._by_the_clock) or datetime.timedelta()
            self._known_steps[name] = found
        return found

    @property
    def waits(self) -> datetime.timedelta:
        """How long a job waits before its first step."""
        return lasts(self.pending + self.provisioning, self._by_the_clock) or datetime.timedelta()

    def stages(self, step_names: Sequence[str], fails_at: str | None) -> Stages:
        """Return the statuses of a job with these steps, and how long they last; None if no step fails.

        All such jobs share them.
        """
        key = tuple(step_names), fails_at
        found = self._known_stages.get(key)
        if found is None:
            found = self._known_stages[key] = tuple(self._stages(*key))
        return found

    # What follows from a plan is worked out once. These are no fields: they are nothing that a plan is told.

    @functools.cached_property
    def _known_steps(self) -> dict[str, datetime.timedelta]:
        return {}

    @functools.cached_property
    def _known_stages(self) -> dict[tuple[tuple[str, ...], str | None], Stages]:
        return {}

    def _stages(
        self, step_names: Sequence[str], fails_at: str | None
    ) -> Iterable[tuple[str, datetime.timedelta | None]]:
        yield "PENDING", self._lasts("PENDING", self.pending)
        if self.provisioning or self.stuck_at == "PROVISIONING":
            yield "PROVISIONING", self._lasts("PROVISIONING", self.provisioning)
        run = through(step_names, fails_at)
        yield "RUNNING", self._lasts("RUNNING", sum(self.step(name).total_seconds() for name in run))
        yield ("SUCCEED" if fails_at is None else "FAILED"), None

    def stages_from(
        self, status: str, step_names: Sequence[str], fails_at: str | None
    ) -> list[tuple[str, datetime.timedelta | None]]:
        """Return the statuses of a job from one of them on, which may be one that is not planned."""
        over = STUCK_AT[: STUCK_AT.index(status)]
        stages = [stage for stage in self.stages(step_names, fails_at) if stage[0] not in over]
        return stages if stages[0][0] == status else [(status, self._lasts(status, 0)), *stages]

    def stages_of_stop(self) -> Iterable[tuple[str, datetime.timedelta | None]]:
        """Yield the statuses of a job that is stopped, and how long they last."""
        yield "CANCELLING", self._lasts("CANCELLING", self.cancelling)
        yield "CANCELLED", None

    @property
    def _by_the_clock(self) -> Progress:
        # Steps have a duration also where only the test says when they are over: it shares out the time by them.
        return "clock" if self.progress == "manual" else self.progress

    def _lasts(self, status: str, seconds: float) -> datetime.timedelta | None:
        return None if status == self.stuck_at else lasts(seconds, self.progress)


def status_of(stage: Stage) -> JobStatus:
    """Return the status that a stage of a job is named for."""
    return cast("JobStatus", stage.name)


def through(step_names: Sequence[str], last: str | None) -> Sequence[str]:
    """Return the steps up to one of them, and with it; all if it is none of them."""
    return step_names[: step_names.index(last) + 1] if last in step_names else step_names


class _Choice(NamedTuple):
    plan: JobPlan
    app_id: str | None
    branch_name: str | None
    times: int | None

    def concerns(self, app_id: str, branch_name: str) -> bool:
        return self.app_id in (None, app_id) and self.branch_name in (None, branch_name)

    @property
    def precision(self) -> int:
        return (self.app_id is not None) + (self.branch_name is not None)


PlanChoices = tuple[_Choice, ...]


class JobPlans:
    """Which plan the next job takes.

    The plans for a number of jobs come first, in the order they were given; then those for all later jobs: the most
    precise one (for a branch of an app, for an app, for all), and of several alike the last one given; then the
    mock's own.

    Args:
        default: the mock's own plan.
    """

    def __init__(self, default: JobPlan) -> None:
        self.default = default
        self.choices: PlanChoices = ()

    def __deepcopy__(self, memo: object) -> JobPlans:
        # The copies of backends share it, as the backends do; who keeps the state keeps ``choices`` beside it.
        return self

    def add(self, plan: JobPlan, app_id: str | None, branch_name: str | None, times: int | None) -> None:
        """Plan later jobs: all of them, or the next ``times``."""
        self.choices += (_Choice(plan, app_id, branch_name, times),)

    def take(self, app_id: str, branch_name: str) -> JobPlan:
        """Return the plan of a job that starts now."""
        for each in self.choices:
            if each.times is not None and each.concerns(app_id, branch_name):
                self._use(each, each.times - 1)
                return each.plan
        return self.standing(app_id, branch_name)

    def standing(self, app_id: str, branch_name: str) -> JobPlan:
        """Return the plan that is not for a number of jobs."""
        concerned = [each for each in self.choices if each.times is None and each.concerns(app_id, branch_name)]
        # The first of the most precise, from the last one given on.
        return max(reversed(concerned), key=lambda each: each.precision).plan if concerned else self.default

    def _use(self, used: _Choice, left: int) -> None:
        position = next(number for number, each in enumerate(self.choices) if each is used)
        rest = (used._replace(times=left),) if left else ()
        self.choices = self.choices[:position] + rest + self.choices[position + 1 :]
