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
from .steps import Failure, Step, laid_out

FINISHED = frozenset({"SUCCEED", "FAILED", "CANCELLED"})


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
    _after: Job | None = field(default=None, repr=False)
    _course: Course | None = field(default=None, repr=False)
    _failure: Failure | None = field(default=None, repr=False)
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
        self._settle(self.clock.now())
        return self.created if self._course is None else self._course.began

    @property
    def began(self) -> datetime.datetime | None:
        """When the job left the queue; None if it has not, or was never started."""
        return None if self._queue is None or self._course is None else self._course.began

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

    # What happens to it

    def await_start(self, until: datetime.datetime) -> None:
        """Wait to be started, and fail when that has not happened by then."""
        waits = until + datetime.timedelta(milliseconds=1) - self.created
        self._course = Course.starting(self.created, (("PENDING", waits), ("FAILED", None)))

    def refuse_late_start(self) -> None:
        """Refuse to start a deployment a second time, or after it was stopped or its time ran out."""
        if self._queue is not None or self._stopping is not None:
            raise BadRequestException(f"Job {self.job_id} cannot be started because it is in {self.status} status.")
        if self.is_finished:
            raise BadRequestException(
                f"Job {self.job_id} cannot be started because more than 8 hours have passed since CreateDeployment."
            )

    def start(self, plan: JobPlan, queue: BuildQueue, after: Job | None = None) -> None:
        """Set the job going, as soon as another job has ended and the queue gives it its turn."""
        self.plan = plan
        self._queue = queue
        self._after = after
        self._course = None
        if after is None:
            queue.enter(self, self.clock.now())

    def begin(self, at: datetime.datetime) -> None:
        """Begin with the first stage."""
        self._course = Course.starting(at, self.plan.stages(self.step_names))
        if self.plan.fail_at is not None and self.plan.fail_at in self.step_names:
            self._failure = Failure(self.plan.fail_at, self.plan.reason, self.plan.log)

    def stop(self) -> None:
        """Cancel the job.

        Raises:
            BadRequestException: when it has finished already.
        """
        status = self.status
        if status in FINISHED:
            raise BadRequestException(f"Job {self.job_id} cannot be stopped because it is in {status} status.")
        if self._stopping is None:
            self._stopping = Course.starting(self._latest, self.plan.stages_of_stop())
            if self._queue is not None:
                self._queue.leave(self)

    def read(self) -> Progress:
        """Look at the job as GetJob and ListJobs do: it moves one stage on, unless the clock has moved it already."""
        self._settle(self.clock.now())
        if self._waits:
            self._nudge_others()
        else:
            self.nudge()
        return self.progress()

    def nudge(self) -> bool:
        """Move on by one stage, if a read can do that and the clock has not done so since the last read."""
        course = self._moving_course
        return course is not None and self.plan.progress == "poll" and course.read(self.clock.now())

    # What a test does to it

    def succeed(self) -> None:
        """Bring the job to its end now, as SUCCEED."""
        self._refuse_end("succeed")
        course = self._course_to_end()
        self._failure = None
        course.finish("SUCCEED", self.clock.now())

    def fail(self, step: str | None, reason: str | None, log: str | None) -> None:
        """Let the job fail now, at one of its steps."""
        self._refuse_end("fail")
        reached = max(len(self.steps) - 1, 0)
        left = self.step_names[reached:]
        if step is not None and step not in left:
            passed = f" It has run {step} already." if step in self.step_names else ""
            raise ValueError(f"{self} cannot fail at {step!r}.{passed} It can at {' or '.join(left)}.")
        course = self._course_to_end()
        self._failure = Failure(step or left[0], self.plan.reason if reason is None else reason, log or self.plan.log)
        course.finish("FAILED", self.clock.now())

    def advance(self) -> None:
        """Move the job one status on; one that has finished stays so."""
        if self._waits:
            raise ValueError(f"{self} waits until another job has ended: end that one.")
        course = self._moving_course
        if course is not None:
            course.advance(self.clock.now())
        elif not self.is_finished:
            raise ValueError(f"{self} waits for StartDeployment, and cannot advance before.")

    def __str__(self) -> str:
        return f"job {self.job_id} of branch {self.job_arn.split('/', 3)[3].rpartition('/jobs/')[0]}"

    def _refuse_end(self, what: str) -> None:
        if not self.blocks:
            raise ValueError(f"{self} cannot {what} any more: it is {self.status}.")
        if self._queue is None:
            raise ValueError(f"{self} waits for StartDeployment, and cannot {what} before.")

    def _course_to_end(self) -> Course:
        """Return the course of a job that is about to end, and therefore waits for no other job any longer."""
        if self._course is None:
            self._after = None
            if self._queue is not None:
                self._queue.leave(self)
            self.begin(self.clock.now())
        assert self._course is not None  # noqa: S101  (begin has made it)
        return self._course

    # Where it stands

    def progress(self) -> Progress:
        """Work out how far the job has come by now."""
        now = self.clock.now()
        self._settle(now)
        return self._at(now)

    def ended(self, now: datetime.datetime) -> datetime.datetime | None:
        """Return when the job ended, or None if it had not by ``now``."""
        return self._at(now).end_time

    @property
    def _moving_course(self) -> Course | None:
        """What can be moved: nothing of a deployment that was not started."""
        return self._stopping or (None if self._queue is None else self._course)

    @property
    def _waits(self) -> bool:
        return self._queue is not None and self._course is None and self._stopping is None

    @property
    def _latest(self) -> datetime.datetime:
        return max(self.clock.now(), self.created if self._course is None else self._course.latest)

    def _settle(self, now: datetime.datetime) -> None:
        """Find out whether its turn has come by now."""
        if self._queue is None:
            return
        if self._after is not None and self._stopping is None:
            self._after.progress()
            end = self._after.ended(now)
            if end is not None:
                self._after = None
                self._queue.enter(self, max(end, self.created))
        self._queue.settle(now)

    def _nudge_others(self) -> None:
        """Move those on that the job waits for: somebody waits for its turn by polling."""
        if self._after is not None:
            self._after.read()
        elif self._queue is not None:
            self._queue.nudge()

    def _at(self, now: datetime.datetime) -> Progress:
        if self._stopping is not None:
            return self._stopped(self._stopping.at(now))
        if self._course is None:
            return Progress("PENDING", None, [])
        reached = self._course.at(now)
        present = reached[-1]
        steps = self._steps(reached, self._course.latest)
        return Progress(present.name, present.start if present.name in FINISHED else None, steps)

    def _stopped(self, stopping: list[Stage]) -> Progress:
        began, present = stopping[0].start, stopping[-1]
        reached = [] if self._course is None else self._course.at(began)
        steps = [
            step if step.end_time else step._replace(status=present.name, end_time=stopping[0].end)
            for step in self._steps(reached, began)
        ]
        return Progress(present.name, stopping[0].end, steps)

    def _steps(self, reached: list[Stage], now: datetime.datetime) -> list[Step]:
        for stage in reached:
            if stage.name == "RUNNING":
                return laid_out(self.step_names, stage, now, self.plan, self._failure)
        return []

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
