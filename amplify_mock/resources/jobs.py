"""A job: one build or manual deployment of a branch."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from amplify_mock.clock import Clock

from .artifacts import Artifact
from .build_specs import BuildSpec
from .contents import Content
from .deployments import Deployment
from .fixed import nothing
from .ids import padded
from .job_courses import JobCourse, Progress, Standing
from .literals import BranchStage, JobType, SourceUrlType
from .plans import JobPlan

_TYPES: dict[JobType, JobType] = {each: each for each in get_args(JobType)}


@dataclass(slots=True, eq=False, kw_only=True)
class Job(JobCourse):
    """A job of a branch; how far it has come is told by its course.

    Args:
        job_type: RELEASE, RETRY, MANUAL or WEB_HOOK.
        stage: the stage of its branch when it was made.
        deployment: what was uploaded for it; None unless CreateDeployment made it.
        build_spec: what its build goes by.
        content: the files that it deploys; None if nobody knows them.
    """

    job_type: JobType
    stage: BranchStage = "NONE"
    job_reason: str | None = None
    commit_id: str | None = None
    commit_message: str | None = None
    commit_time: datetime.datetime | None = None
    source_url: str | None = None
    source_url_type: SourceUrlType | None = None
    deployment: Deployment | None = None
    tags: dict[str, str] = field(default_factory=nothing)
    artifacts_made: Sequence[Artifact] = field(default=(), repr=False)
    build_spec: BuildSpec = field(default=BuildSpec(), repr=False)
    content: Content | None = field(default=None, repr=False)

    @classmethod
    def made(
        cls, number: int, branch_arn: str, job_type: JobType, plan: JobPlan, step_names: Sequence[str], clock: Clock
    ) -> Job:
        """Return a new job of a branch, which has not started yet."""
        # The word itself, and not a copy of it from each request.
        job_type = _TYPES.get(job_type, job_type)
        arn = f"{branch_arn}/jobs/{padded(number)}"
        return cls(
            number=number,
            job_arn=arn,
            job_type=job_type,
            created=clock.now(),
            plan=plan,
            clock=clock,
            step_names=step_names,
        )

    @property
    def deploys(self) -> bool:
        """Whether there is anything that it deploys, known or not."""
        return self.deployment is None or self.content is not None

    @property
    def uploads(self) -> dict[str, bytes]:
        """What was uploaded, by file name: ``artifacts.zip``, or the names given as ``fileMap``."""
        return {} if self.deployment is None else self.deployment.uploads

    @property
    def artifacts(self) -> Sequence[Artifact]:
        """What the job's tests left behind, once they have run."""
        has_tested = any(step.step_name == "TEST" and step.status in ("SUCCEED", "FAILED") for step in self.steps)
        return self.artifacts_made if has_tested else ()

    def summary(self, progress: Progress | Standing) -> dict[str, Any]:
        """Return the members of the job's summary at one moment."""
        return {
            "job_arn": self.job_arn,
            "job_id": self.job_id,
            "commit_id": self.commit_id,
            "commit_message": self.commit_message,
            "commit_time": self.commit_time,
            "start_time": self._start,
            "status": progress.status,
            "end_time": progress.end_time,
            "job_type": self.job_type,
            "source_url": self.source_url,
            "source_url_type": self.source_url_type,
        }
