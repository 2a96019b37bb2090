"""A job: one build or manual deployment of a branch, whose status is worked out from its plan and the clock."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from amplify_mock.clock import Clock
from amplify_mock.exceptions import BadRequestException

from .artifacts import Artifact
from .build_queue import BuildQueue
from .deployments import Deployment
from .ids import padded
from .lifecycle import Course, Stage
from .plans import JobPlan

FINISHED = frozenset({"SUCCEED", "FAILED", "CANCELLED"})


class Step(NamedTuple):
    """One step of a job, as GetJob shows it. ``end_time`` is None while the step runs."""

    step_name: str
    start_time: datetime.datetime
    status: str
    end_time: datetime.datetime | None
    log_url: str | None = None


class Progress(NamedTuple):
    """How far a job has come at one moment."""

    status: str
    end_time: datetime.datetime | None
    steps: list[Step]


@dataclass(slots=True, eq=False)
class Job:
    """A job of a branch.

    Args:
        number: 1 for the first job of its branch, then counted up.
        job_arn: the ARN, with the number padded to ten digits.
        job_type: RELEASE, RETRY, MANUAL or WEB_HOOK.
        created: when it was asked for.
        step_names: the steps it goes through, in order.
        stage: the stage of its branch when it was made.
        deployment: what was uploaded for it; None unless CreateDeployment made it.
    """

    number: int
    job_arn: str
    job_type: str
    created: datetime.datetime
    plan: JobPlan
    clock: Clock = field(repr=False)
    step_names: Sequence[str]
    stage: str = "NONE"
    job_reason: str | None = None
    commit_id: str | None = None
    commit_message: str | None = None
    commit_time: datetime.datetime | None = None
    source_url: str | None = None
    source_url_type: str | None = None
    deployment: Deployment | None = None
    tags: dict[str, str] = field(default_factory=dict)
    artifacts_made: Sequence[Artifact] = field(default=(), repr=False)
    _queue: BuildQueue | None = field(default=None, repr=False)
    _course: Course | None = field(default=None, repr=False)
    _stopping: Course | None = field(default=None, repr=False)

    @classmethod
    def made(
        cls, number: int, branch_arn: str, job_type: str, plan: JobPlan, step_names: Sequence[str], clock: Clock
    ) -> Job:
        """Return a new job of a branch, which has not started yet."""
        arn = f"{branch_arn}/jobs/{padded(number)}"
        return cls(number, arn, job_type, clock.now(), plan, clock, step_names)

    @property
    def job_id(self) -> str:
        """The number as the API writes it: without padding."""
        return str(self.number)

    @property
    def start_time(self) -> datetime.datetime:
        """When the job was started; when it was asked for, as long as it was not."""
        if self._queue is not None:
            self._queue.settle(self.clock.now())
        return self.created if self._course is None else self._course.began

    @property
    def status(self) -> str:
        """The status now, as GetJob would answer it; looking here moves nothing."""
        return self.progress().status

    @property
    def end_time(self) -> datetime.datetime | None:
        """When the job finished, or None."""
        return self.progress().end_time

    @property
    def steps(self) -> list[Step]:
        """The steps that have started."""
        return self.progress().steps

    @property
    def is_finished(self) -> bool:
        """Whether the job has come to its end."""
        return self.status in FINISHED

    @property
    def blocks(self) -> bool:
        """Whether the branch has to wait for this job; the service does not wait for one that is being cancelled."""
        return self.status not in FINISHED and self._stopping is None

    @property
    def uploads(self) -> dict[str, bytes]:
        """What was uploaded, by file name: ``artifacts.zip``, or the names given as ``fileMap``."""
        return {} if self.deployment is None else self.deployment.uploads

    @property
    def artifacts(self) -> Sequence[Artifact]:
        """What the job's tests left behind, once they have run."""
        has_tested = any(step.step_name == "TEST" and step.status in ("SUCCEED", "FAILED") for step in self.steps)
        return self.artifacts_made if has_tested else ()

    def start(self, queue: BuildQueue) -> None:
        """Set the job going, as soon as the queue gives it its turn."""
        self._queue = queue
        queue.enter(self, self.clock.now())

    def begin(self, at: datetime.datetime) -> None:
        """Begin with the first stage."""
        lasts = sum((self.plan.step(name) for name in self.step_names), datetime.timedelta())
        pending = datetime.timedelta(seconds=self.plan.pending)
        stages = (("PENDING", pending), ("RUNNING", lasts), ("SUCCEED", None))
        self._course = Course.starting(at, stages)

    def refuse_late_start(self) -> None:
        """Refuse to start a deployment a second time, or after it was stopped or its time ran out."""
        if self._queue is not None or self._stopping is not None:
            raise BadRequestException(f"Job {self.job_id} cannot be started because it is in {self.status} status.")
        if self.is_finished:
            raise BadRequestException(
                f"Job {self.job_id} cannot be started because more than 8 hours have passed since CreateDeployment."
            )

    def stop(self) -> None:
        """Cancel the job.

        Raises:
            BadRequestException: when it has finished already.
        """
        status = self.status
        if status in FINISHED:
            raise BadRequestException(f"Job {self.job_id} cannot be stopped because it is in {status} status.")
        if self._stopping is None:
            lasts = datetime.timedelta(seconds=self.plan.cancelling)
            stages = (("CANCELLING", lasts), ("CANCELLED", None))
            self._stopping = Course.starting(max(self.clock.now(), self._last_seen), stages)
            if self._queue is not None:
                self._queue.leave(self)

    def read(self) -> Progress:
        """Look at the job as GetJob and ListJobs do: it moves one stage on, unless the clock has moved it already."""
        status = self.status
        if self._queue is not None and self._course is None and status == "PENDING":
            self._queue.nudge()
        else:
            self.nudge()
        return self.progress()

    def nudge(self) -> None:
        """Move on by one stage, unless the clock has done so since the last read."""
        course = self._stopping or self._course
        if course is not None:
            course.read(self.clock.now())

    def progress(self) -> Progress:
        """Work out how far the job has come by now."""
        now = self.clock.now()
        if self._queue is not None:
            self._queue.settle(now)
        return self._at(now)

    def ended(self, now: datetime.datetime) -> datetime.datetime | None:
        """Return when the job ended, or None if it had not by ``now``."""
        return self._at(now).end_time

    def _at(self, now: datetime.datetime) -> Progress:
        if self._stopping is not None:
            return self._stopped(self._stopping.at(now))
        if self._course is None:
            return self._not_started(now)
        reached = self._course.at(now)
        present = reached[-1]
        steps = self._steps(reached, max(now, self._course.seen)) if len(reached) > 1 else []
        return Progress(present.name, present.start if present.name in FINISHED else None, steps)

    @property
    def _last_seen(self) -> datetime.datetime:
        return self.created if self._course is None else self._course.seen

    def _not_started(self, now: datetime.datetime) -> Progress:
        if self.deployment is not None and self._queue is None and now > self.deployment.deadline:
            return Progress("FAILED", self.deployment.deadline, [])
        return Progress("PENDING", None, [])

    def _stopped(self, stopping: list[Stage]) -> Progress:
        began, present = stopping[0].start, stopping[-1]
        steps: list[Step] = []
        if self._course is not None:
            reached = self._course.at(began)
            steps = [
                step if step.end_time else step._replace(status=present.name, end_time=stopping[0].end)
                for step in (self._steps(reached, began) if len(reached) > 1 else [])
            ]
        return Progress(present.name, stopping[0].end, steps)

    def _steps(self, reached: list[Stage], now: datetime.datetime) -> list[Step]:
        """Lay the steps one after another into the RUNNING stage, squeezed together if it was cut short."""
        running = reached[1]
        planned = [self.plan.step(name) for name in self.step_names]
        whole = sum(planned, datetime.timedelta())
        share = 1.0 if running.end is None or not whole else (running.end - running.start) / whole
        steps = []
        start = running.start
        for name, lasts in zip(self.step_names, planned, strict=True):
            last = name == self.step_names[-1]
            end = running.end if last and running.end else start + _milliseconds(lasts * share)
            if running.end is None and end > now:
                steps.append(Step(name, start, "RUNNING", None))
                break
            steps.append(Step(name, start, "SUCCEED", end))
            start = end
        return steps

    def summary(self, progress: Progress) -> dict[str, Any]:
        """Return the members of the job's summary at one moment."""
        return {
            "job_arn": self.job_arn,
            "job_id": self.job_id,
            "commit_id": self.commit_id,
            "commit_message": self.commit_message,
            "commit_time": self.commit_time,
            "start_time": self.start_time,
            "status": progress.status,
            "end_time": progress.end_time,
            "job_type": self.job_type,
            "source_url": self.source_url,
            "source_url_type": self.source_url_type,
        }


def _milliseconds(delta: datetime.timedelta) -> datetime.timedelta:
    return datetime.timedelta(milliseconds=delta // datetime.timedelta(milliseconds=1))
