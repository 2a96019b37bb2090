"""How far a job has come, worked out from its plan and the clock; and what moves it."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from amplify_mock.clock import Clock
from amplify_mock.exceptions import BadRequestException

from .build_queue import BuildQueue
from .hints import nearest
from .lifecycle import Course, Stage
from .literals import JobStatus
from .plans import JobPlan, status_of
from .steps import Failure, Step, going_on, laid_out

FINISHED = frozenset({"SUCCEED", "FAILED", "CANCELLED"})


class Standing(NamedTuple):
    """Where a job stands at one moment."""

    status: JobStatus
    end_time: datetime.datetime | None


class Progress(NamedTuple):
    """Where a job stands at one moment, and the steps that have started by then."""

    status: JobStatus
    end_time: datetime.datetime | None
    steps: list[Step]


@dataclass(slots=True, eq=False, kw_only=True)
class JobCourse:
    """The course of a job.

    Args:
        number: 1 for the first job of its branch, then counted up.
        job_arn: the ARN, with the number padded to ten digits.
        created: when it was asked for.
        step_names: the steps it goes through, in order.
        flaw: why it has to fail, whatever its plan says.
        was_under_way: whether it had begun before the mock knew it.
        loaded_steps: the steps that it had then, with all that is known of them.
    """

    number: int
    job_arn: str
    created: datetime.datetime
    plan: JobPlan
    clock: Clock = field(repr=False)
    step_names: Sequence[str]
    flaw: Failure | None = field(default=None, repr=False)
    was_under_way: bool = field(default=False, repr=False)
    loaded_steps: Sequence[Step] = field(default=(), repr=False)
    _known: Progress | None = field(default=None, repr=False)
    _queue: BuildQueue | None = field(default=None, repr=False)
    _course: Course | None = field(default=None, repr=False)
    _failure: Failure | None = field(default=None, repr=False)
    _stopping: Course | None = field(default=None, repr=False)

    @property
    def job_id(self) -> str:
        """The number as the API writes it: without padding."""
        return str(self.number)

    @property
    def app_id(self) -> str:
        """The app that it belongs to."""
        return self.job_arn.split("/", 2)[1]

    @property
    def branch_name(self) -> str:
        """The branch that it belongs to, which may have slashes in its name."""
        return self.job_arn.split("/", 3)[3].rpartition("/jobs/")[0]

    @property
    def start_time(self) -> datetime.datetime:
        """When the job was started; when it was asked for, as long as it was not."""
        self._settle(self.clock.now())
        return self._start

    @property
    def _start(self) -> datetime.datetime:
        return self.created if self._course is None else self._course.began

    @property
    def began(self) -> datetime.datetime | None:
        """When the job left the queue; None if it has not, was never started, or was under way before."""
        self._settle(self.clock.now())
        if self._queue is None or self._course is None or self.was_under_way:
            return None
        return self._course.began

    @property
    def status(self) -> JobStatus:
        """The status now, as GetJob would answer it; looking here moves nothing."""
        return self.standing().status

    @property
    def end_time(self) -> datetime.datetime | None:
        """When the job finished, or None."""
        return self.standing().end_time

    @property
    def steps(self) -> list[Step]:
        """The steps that have started."""
        return self.progress().steps

    @property
    def is_finished(self) -> bool:
        """Whether the job has come to its end."""
        return self.status in FINISHED

    @property
    def ended_elsewhere(self) -> bool:
        """Whether it had come to its end before the mock knew it."""
        return self._known is not None and self._known.status in FINISHED

    @property
    def known_steps(self) -> Sequence[Step] | None:
        """The steps as they were when the mock got to know the job; None if nobody said."""
        return None if self._known is None else self._known.steps

    @property
    def blocks(self) -> bool:
        """Whether the branch has to wait for this job; the service does not wait for one that is being cancelled."""
        return self.status not in FINISHED and self._stopping is None

    @property
    def failure(self) -> Failure | None:
        """How it fails, or will fail."""
        return self._failure

    @property
    def stopped(self) -> datetime.datetime | None:
        """When it was stopped, if it was."""
        return None if self._stopping is None else self._stopping.began

    @property
    def waits(self) -> bool:
        """Whether it was asked for, but waits for others."""
        return self._queue is not None and self._course is None and self._stopping is None

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

    def start(self, plan: JobPlan, queue: BuildQueue, before: Sequence[JobCourse] = ()) -> None:
        """Set the job going, as soon as those ``before`` it have freed the branch and the queue has a place."""
        self.plan, self._queue, self._course = plan, queue, None
        now = self.clock.now()
        # The same moment again would be kept twice by each job.
        queue.enter(self, self.created if now == self.created else now, before)

    def begin(self, at: datetime.datetime) -> Course:
        """Begin with the first stage."""
        self._failure = self._failure_in(self.step_names)
        stages = self.plan.stages(self.step_names, self._failure and self._failure.step)
        self._course = course = Course.starting(at, stages)
        return course

    def _failure_in(self, step_names: Sequence[str]) -> Failure | None:
        failures = [] if self.flaw is None else [self.flaw]
        if self.plan.fail_at is not None:
            failures.append(Failure(self.plan.fail_at, self.plan.reason, self.plan.log))
        failures = [each for each in failures if each.step in step_names]
        return min(failures, key=lambda each: step_names.index(each.step), default=None)

    def stop(self) -> None:
        """Cancel the job.

        Raises:
            BadRequestException: when it has finished already.
        """
        status = self.status
        if status in FINISHED:
            raise BadRequestException(f"Job {self.job_id} cannot be stopped because it is in {status} status.")
        if self._stopping is None:
            self._stop(self.plan.stages_of_stop())

    def abandon(self) -> None:
        """Cancel the job because its branch is deleted: nobody can move it any more but the clock."""
        ends_anyway = self._stopping is not None and self._stopping.stages[0][1] is not None
        if not (self.is_finished or ends_anyway):
            lasts = datetime.timedelta(seconds=self.plan.cancelling)
            self._stop((("CANCELLING", lasts), ("CANCELLED", None)))

    def _stop(self, stages: Iterable[tuple[str, datetime.timedelta | None]]) -> None:
        self._stopping = Course.starting(self._latest, stages)
        self._leave_queue()

    def _leave_queue(self) -> None:
        if self._queue is not None:
            self._queue.leave(self)

    def read(self) -> Progress:
        """Look at the job as GetJob does: it moves one stage on, unless the clock has moved it already."""
        now = self.clock.now()
        self.move(now)
        return self._progress(now)

    def move(self, now: datetime.datetime, unless: Collection[JobCourse] = ()) -> None:
        """Move as a read does, without telling how far that was.

        One that waits has what it waits for move instead, but for jobs that the same caller reads anyway.
        """
        self._settle(now)
        if self._queue is not None and self.waits:
            self._queue.nudge(self, now, unless)
        else:
            self.nudge(now)

    def nudge(self, now: datetime.datetime) -> bool:
        """Move on by one stage, if a read can do that and the clock has not done so since the last read."""
        course = self._moving_course
        return course is not None and self.plan.progress == "poll" and course.read(now)

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
            passed = f" It has run {step} already." if step in self.step_names else nearest(step, left)
            raise ValueError(f"{self} cannot fail at {step!r}.{passed} It can at {' or '.join(left)}.")
        course = self._course_to_end()
        reason, log = (self.plan.reason if reason is None else reason), (self.plan.log if log is None else log)
        self._failure = Failure(step or left[0], reason, log)
        course.finish("FAILED", self.clock.now())

    def advance(self) -> None:
        """Move the job one status on; one that has finished stays so."""
        self._settle(self.clock.now())
        if self.waits:
            raise ValueError(f"{self} waits until another job has ended: end that one.")
        course = self._moving_course
        if course is not None:
            course.advance(self.clock.now())
        elif not self.is_finished:
            raise ValueError(f"{self} waits for StartDeployment, and cannot advance before.")

    def __str__(self) -> str:
        return f"job {self.job_id} of branch {self.branch_name}"

    def _refuse_end(self, what: str) -> None:
        if not self.blocks:
            raise ValueError(f"{self} cannot {what} any more: it is {self.status}.")
        if self._queue is None:
            raise ValueError(f"{self} waits for StartDeployment, and cannot {what} before.")

    def _course_to_end(self) -> Course:
        """Return the course of a job that is about to end, and therefore waits for no other job any longer."""
        course = self._course
        if course is None:
            self._leave_queue()
            course = self.begin(max(self.clock.now(), self.created))
        return course

    # What it is when it comes from elsewhere

    def be_over(self, progress: Progress) -> None:
        """Have ended in this way, for good."""
        self._leave_course()
        self._known = progress

    def be_under_way(
        self,
        status: JobStatus,
        plan: JobPlan,
        queue: BuildQueue,
        steps: Sequence[Step] | None,
        before: Sequence[JobCourse],
    ) -> None:
        """Be at a status now, with the steps so far if they are known, and go on from there as planned."""
        self._leave_course()
        self._known = None if steps is None else Progress(status, None, list(steps))
        self.was_under_way, self.loaded_steps = True, steps or ()
        self.plan, self._queue, now = plan, queue, self.clock.now()
        if status == "PENDING":
            queue.enter(self, now, before)
            if self._course is None:
                return
        else:
            queue.admit(self)
        over = [step.step_name for step in self.loaded_steps if step.end_time is not None]
        left = [name for name in self.step_names if name not in over]
        self._failure = self._failure_in(left)
        reached = "RUNNING" if status == "CANCELLING" else status
        stages = plan.stages_from(reached, left, self._failure and self._failure.step)
        self._course = Course.joined(self.created, stages, now)
        if status == "CANCELLING":
            self._stopping = Course.joined(max(now, self.created), plan.stages_of_stop(), now)

    def _leave_course(self) -> None:
        if self._queue is not None:
            self._queue.forget(self)
        self._queue = self._course = self._failure = self._stopping = self._known = None

    # Where it stands

    def progress(self) -> Progress:
        """Work out how far the job has come by now."""
        return self._progress(self.clock.now())

    def standing(self) -> Standing:
        """Work out no more than where the job stands by now, which is most of what anybody asks."""
        now = self.clock.now()
        self._settle(now)
        return self._standing(self._reached(now))

    def ended(self, now: datetime.datetime) -> datetime.datetime | None:
        """Return when the job ended, or None if it had not by ``now``."""
        return self._standing(self._reached(now)).end_time

    def freed(self, now: datetime.datetime) -> datetime.datetime | None:
        """Return since when others of its branch need not wait for it, or None if they had to by ``now``."""
        return self.ended(now) if self._stopping is None else self._stopping.began

    @property
    def _moving_course(self) -> Course | None:
        """What can be moved: nothing of a deployment that was not started."""
        return self._stopping or (None if self._queue is None else self._course)

    @property
    def _latest(self) -> datetime.datetime:
        latest = max(self.clock.now(), self.created if self._course is None else self._course.latest)
        return latest if self._stopping is None else max(latest, self._stopping.began)

    def _settle(self, now: datetime.datetime) -> None:
        """Find out whether its turn has come by now."""
        if self._queue is not None:
            self._queue.settle(now)

    def _progress(self, now: datetime.datetime) -> Progress:
        self._settle(now)
        reached, known = self._reached(now), self._known
        standing = self._standing(reached)
        if known is not None and known.status == standing.status:
            steps = list(known.steps)
        elif self._stopping is not None:
            steps = self._steps_of_stopped(reached)
        else:
            steps = self._steps(reached, now if self._course is None else self._course.latest)
        return Progress(*standing, steps)

    def _reached(self, now: datetime.datetime) -> list[Stage]:
        """Return the stages of what it goes through: that of being stopped, once it was."""
        course = self._stopping or self._course
        return [] if course is None else course.at(now)

    def _standing(self, reached: list[Stage]) -> Standing:
        if self._known is not None and self._known.status in FINISHED:
            return Standing(self._known.status, self._known.end_time)
        if not reached:
            return Standing("PENDING", None)
        present = reached[-1]
        return Standing(status_of(present), present.start if present.name in FINISHED else None)

    def _steps_of_stopped(self, stopping: list[Stage]) -> list[Step]:
        began, present = stopping[0].start, stopping[-1]
        reached = [] if self._course is None else self._course.at(began)
        return [
            step if step.end_time else step._replace(status=status_of(present), end_time=stopping[0].end)
            for step in self._steps(reached, began)
        ]

    def _steps(self, reached: list[Stage], now: datetime.datetime) -> list[Step]:
        for stage in reached:
            if stage.name == "RUNNING":
                if self.loaded_steps:
                    return going_on(self.loaded_steps, self.step_names, stage, self.plan, self._failure)
                return laid_out(self.step_names, stage, now, self.plan, self._failure)
        return []
