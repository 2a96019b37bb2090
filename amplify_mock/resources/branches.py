"""A branch of an app, and the jobs that it runs one at a time."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import Any

from amplify_mock.clock import Clock
from amplify_mock.exceptions import BadRequestException, LimitExceededException, NotFoundException

from .deployments import MAXIMUM_WAIT, Deployment
from .domain_associations import DomainAssociation
from .fixed import nothing
from .ids import padded
from .jobs import Job
from .literals import BranchStage, JobType, SourceUrlType
from .members import changes
from .plans import JobPlan
from .rolls import Roll

PRODUCTION = "PRODUCTION"

_MOST_CUSTOM_DOMAINS = 255
_KEPT_WHEN_EMPTY = ("basic_auth_credentials", "display_name")


@dataclass(slots=True, eq=False)
class Branch:
    """A branch: settings, and jobs by job id (``branch.jobs["1"]``), oldest first.

    ``domain_associations`` are those of the app, some of which may lead here. ``known_active_job_id`` and
    ``known_custom_domains`` are what the branch had when it was loaded, until the mock knows better.
    """

    number: int
    branch_arn: str
    branch_name: str
    create_time: datetime.datetime
    update_time: datetime.datetime
    clock: Clock = field(repr=False)
    display_name: str
    tags: dict[str, str] = field(default_factory=nothing)
    description: str | None = None
    stage: BranchStage = "NONE"
    framework: str | None = None
    enable_notification: bool = False
    enable_auto_build: bool = True
    enable_skew_protection: bool = False
    environment_variables: dict[str, str] = field(default_factory=nothing)
    basic_auth_credentials: str | None = field(default=None, repr=False)
    enable_basic_auth: bool = False
    enable_performance_mode: bool = False
    build_spec: str | None = field(default=None, repr=False)
    ttl: str = "5"
    enable_pull_request_preview: bool = False
    pull_request_environment_name: str | None = None
    source_branch: str | None = None
    destination_branch: str | None = None
    backend_environment_arn: str | None = None
    backend: dict[str, str] = field(default_factory=nothing)
    compute_role_arn: str | None = None
    total_number_of_jobs: str = "0"
    associated_resources: list[str] = field(default_factory=list, repr=False)
    thumbnail_url: str | None = field(default=None, repr=False)
    known_active_job_id: str | None = field(default=None, repr=False)
    known_custom_domains: list[str] | None = field(default=None, repr=False)
    domain_associations: Mapping[str, DomainAssociation] = field(default_factory=nothing, repr=False)
    jobs: dict[str, Job] = field(default_factory=Roll, repr=False)
    _jobs_made: int = field(default=0, repr=False)
    _open: list[Job] = field(default_factory=list, repr=False)
    _deleted_live_job: Job | None = field(default=None, repr=False)

    @property
    def active_job_id(self) -> str | None:
        """The newest job that succeeded, with ten digits; None before the first."""
        job, known = self.active_job, self.known_active_job_id
        if known is not None and (job is None or job.ended_elsewhere):
            return known
        return None if job is None else padded(job.number)

    @property
    def active_job(self) -> Job | None:
        """The newest job that succeeded, of those that there are."""
        return next((job for job in reversed(self.jobs.values()) if job.status == "SUCCEED"), None)

    @property
    def live_job(self) -> Job | None:
        """The newest job that succeeded and deployed something, also if its record was deleted: its content is live.

        A manual deployment for which nothing was uploaded changes nothing.
        """
        succeeded = (job for job in reversed(self.jobs.values()) if job.deploys and job.status == "SUCCEED")
        newest, deleted = next(succeeded, None), self._deleted_live_job
        if newest is None or deleted is None:
            return newest or deleted
        return max(newest, deleted, key=lambda job: job.number)

    @property
    def production_job(self) -> Job | None:
        """The newest job that succeeded and was started while the branch was of stage PRODUCTION, as it still is."""
        if self.stage != PRODUCTION:
            return None
        newest_first = reversed(self.jobs.values())
        return next((job for job in newest_first if job.stage == PRODUCTION and job.status == "SUCCEED"), None)

    @property
    def custom_domains(self) -> list[str]:
        """The host names that lead here, as many as the API can say."""
        if self.known_custom_domains is not None:
            return self.known_custom_domains
        hosts = (host for domain in self.domain_associations.values() for host in domain.hosts_of(self.branch_name))
        return list(islice(hosts, _MOST_CUSTOM_DOMAINS))

    def update(self, members: Mapping[str, Any]) -> None:
        """Change the given members and no others."""
        for name, value in changes(members, kept_when_empty=_KEPT_WHEN_EMPTY).items():
            setattr(self, name, value)
        self.update_time = self.clock.later_than(self.update_time)

    def job(self, job_id: str) -> Job:
        """Return a job by its id, padded or not.

        Raises:
            NotFoundException: when the branch has no such job.
        """
        found = self.jobs.get(job_id.lstrip("0"))
        if found is None:
            raise NotFoundException(f"Job {job_id} not found.")
        return found

    def newest_first(self) -> list[Job]:
        """Return the jobs in the order of ListJobs."""
        return list(reversed(self.jobs.values()))

    @property
    def unfinished_jobs(self) -> list[Job]:
        """The jobs that keep others from starting: not finished, and not being cancelled either."""
        self._open = [job for job in self._open if job.blocks]
        return list(self._open)

    @property
    def unfinished_job(self) -> Job | None:
        """The newest job that keeps others from starting."""
        return next(reversed(self.unfinished_jobs), None)

    def unfinished_before(self, job: Job) -> list[Job]:
        """Return the jobs that keep a later one from starting."""
        return [each for each in self._open if each.number < job.number and each.blocks]

    def abandon_jobs(self) -> None:
        """Cancel what runs or waits, because the branch is being deleted."""
        # The newest first, so that none gets its turn because the one before it is gone.
        for job in self.newest_first():
            job.abandon()

    def read(self, jobs: Sequence[Job]) -> None:
        """Look at jobs as ListJobs does: each moves one stage on, and what waiting ones wait for does so once."""
        now = self.clock.now()
        waiting = [job for job in jobs if job.waits]
        for job in jobs:
            if job not in waiting:
                job.move(now)
        if waiting:
            waiting[-1].move(now, unless=jobs)

    def open_deployment(self, plan: JobPlan, file_map: Mapping[str, str] | None) -> tuple[Job, Deployment]:
        """Make the job of a manual deployment, which waits for its uploads and for StartDeployment."""
        self._refuse_second_deployment()
        job = self._new_job("MANUAL", plan, MANUAL_STEPS)
        job.await_start(job.created + MAXIMUM_WAIT)
        job.deployment = deployment = Deployment(job.created + MAXIMUM_WAIT, file_map or None)
        return job, deployment

    def opened_deployment(self, job_id: str) -> Job:
        """Return the job of a deployment that CreateDeployment opened, and that can be started."""
        job = self.job(job_id)
        if job.deployment is None:
            raise BadRequestException(f"Job {job.job_id} was not created by CreateDeployment.")
        job.refuse_late_start()
        return job

    def deployment_from(self, source_url: str, source_url_type: SourceUrlType | None, plan: JobPlan) -> Job:
        """Make the job of a manual deployment whose files lie elsewhere."""
        if source_url_type == "BUCKET_PREFIX" and not source_url.startswith("s3://"):
            raise BadRequestException("The sourceUrl of a BUCKET_PREFIX deployment must start with s3://.")
        self._refuse_second_deployment()
        job = self._new_job("MANUAL", plan, MANUAL_STEPS)
        job.source_url = source_url
        job.source_url_type = source_url_type or "ZIP"
        return job

    def build(self, job_type: JobType, plan: JobPlan, steps: Sequence[str], members: Mapping[str, Any]) -> Job:
        """Make the job of a build that somebody asks for."""
        if self.unfinished_job is not None:
            raise LimitExceededException(
                f"The requested branch {self.branch_name} already have pending or running jobs"
            )
        retried = self._retried(members.get("job_id")) if job_type == "RETRY" else None
        job = self._new_job(job_type, plan, steps)
        job.job_reason = members.get("job_reason")
        if retried is not None:
            job.commit_id, job.commit_message = retried.commit_id, retried.commit_message
            job.commit_time = retried.commit_time
        else:
            # A build takes whatever is at the head of the branch, also when the caller names a commit.
            job.commit_id = "HEAD"
            job.commit_message = members.get("commit_message")
            job.commit_time = min(members.get("commit_time", job.created), job.created)
        return job

    def build_pushed(
        self, plan: JobPlan, steps: Sequence[str], commit_id: str, commit_message: str | None, job_type: JobType
    ) -> Job:
        """Make the job of a build that a push to the repository asks for, or a POST to a webhook."""
        job = self._new_job(job_type, plan, steps)
        job.commit_id, job.commit_message, job.commit_time = commit_id, commit_message, job.created
        return job

    def delete_job(self, job_id: str) -> Job:
        """Remove a finished job from the branch's history.

        Raises:
            BadRequestException: when it has not finished.
        """
        job = self.job(job_id)
        if not job.is_finished:
            raise BadRequestException(f"Job {job.job_id} cannot be deleted because it is in {job.status} status.")
        if self.known_active_job_id == padded(job.number):
            self.known_active_job_id = None
        # What it deployed stays where it is. Whatever deployed nothing is not worth a look at all the others.
        if job.deploys and job.status == "SUCCEED" and job is self.live_job:
            self._deleted_live_job = job
        return self.jobs.pop(job.job_id)

    def _retried(self, job_id: str | None) -> Job:
        if job_id is None:
            raise BadRequestException("Must specify jobId for a RETRY job.")
        return self.job(job_id)

    def _refuse_second_deployment(self) -> None:
        job = self.unfinished_job
        if job is not None:
            raise BadRequestException(
                f"The last job(deployment) {job.job_id} was not finished, please wait until it finish or use StopJob "
                "operation to cancel it before creating a new deployment."
            )

    def place(self, job: Job) -> None:
        """Have a job among the others, in the order of their numbers."""
        self.jobs[job.job_id] = job
        others = [each for each in self.unfinished_jobs if each is not job]
        self._open = sorted([*others, job], key=attrgetter("number"))
        self.count_on_from(job.number)

    def know_success(self, job: Job) -> None:
        """Know of a job that succeeded elsewhere, perhaps later than the one that was active."""
        known = self.known_active_job_id
        if job.status == "SUCCEED" and known is not None and int(known) < job.number:
            self.known_active_job_id = None

    def count_on_from(self, number: int) -> None:
        """Give the next job a higher number than this, and than any job before."""
        self._jobs_made = max(self._jobs_made, number)

    @property
    def next_job_number(self) -> int:
        """The number that the next job gets."""
        return self._jobs_made + 1

    def _new_job(self, job_type: JobType, plan: JobPlan, step_names: Sequence[str]) -> Job:
        self._jobs_made += 1
        job = Job.made(self._jobs_made, self.branch_arn, job_type, plan, step_names, self.clock)
        job.stage = self.stage
        self.jobs[job.job_id] = job
        self._open.append(job)
        return job


MANUAL_STEPS = ("DEPLOY", "VERIFY")


def default_display_name(branch_name: str) -> str:
    """Return the host name label that stands for a branch: ``feature/deployment`` gives ``feature-deployment``."""
    return re.sub(r"[^0-9A-Za-z-]", "-", branch_name)
