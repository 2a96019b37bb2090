"""All of Amplify's state for one account in one region."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from amplify_mock.clock import Clock
from amplify_mock.exceptions import BadRequestException, NotFoundException

from . import ids
from .access_logs import AccessLog
from .apps import App
from .artifacts import Artifact
from .branches import Branch
from .build_queue import BuildQueue
from .build_specs import BuildSpecError
from .contents import Content, ContentError
from .deployments import MAXIMUM_WAIT, ZIP, Deployment
from .domain_associations import DomainAssociation, host_names, same_name
from .domain_plans import DomainPlan
from .ids import Entropy
from .jobs import Job
from .literals import JobStatus, JobType, SourceUrlType
from .plans import JobPlan, JobPlans
from .presigning import Presigner
from .quotas import Quotas
from .rolls import Roll
from .steps import Failure, Step
from .webhooks import Webhook

#: "Any two-week window" (user guide, access logs).
ACCESS_LOG_WINDOW = datetime.timedelta(weeks=2)
_AN_HOUR = datetime.timedelta(hours=1)
_LAST_HOUR = datetime.datetime.max.replace(minute=0, second=0, microsecond=0, tzinfo=datetime.timezone.utc)
_EARLIEST_END = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc) + ACCESS_LOG_WINDOW

ReadSource = Callable[[str, "str | None", str], "Content | None"]
"""Returns the files that a sourceUrl, of a type, in a region, points to; None when nobody fetches them."""


@dataclass(eq=False)
class Backend:
    """The state of one account in one region: apps by app id (``backend.apps[app_id]``).

    ``uploads`` finds the deployment and the file name that an object of the bucket stands for. ``history``
    has all jobs that were ever under way here, deleted ones too.
    """

    account_id: str
    region_name: str
    clock: Clock = field(repr=False)
    random: Entropy = field(repr=False)
    presigner: Presigner = field(repr=False)
    read_source: ReadSource = field(repr=False)
    plans: JobPlans = field(default_factory=lambda: JobPlans(JobPlan()), repr=False)
    domain_plan: DomainPlan = field(default_factory=DomainPlan, repr=False)
    quotas: Quotas = field(default_factory=Quotas, repr=False)
    everywhere: Callable[[], Iterable[Backend]] = field(default=tuple, repr=False)
    uploads_required: bool = field(default=False, repr=False)
    apps: dict[str, App] = field(default_factory=Roll)
    uploads: dict[str, tuple[Deployment, str]] = field(default_factory=dict, repr=False)
    history: list[Job] = field(default_factory=list, repr=False)
    access_logs: dict[str, AccessLog] = field(default_factory=dict, repr=False)
    _apps_made: int = field(default=0, repr=False)
    _queue: BuildQueue = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._queue = BuildQueue(self.quotas.concurrent_jobs)

    def app(self, app_id: str) -> App:
        """Return an app by its id.

        Raises:
            NotFoundException: when there is none.
        """
        found = self.apps.get(app_id)
        if found is None:
            raise NotFoundException(f"App {app_id} not found.")
        return found

    def branch(self, app_id: str, branch_name: str) -> Branch:
        """Return a branch of an app."""
        return self.app(app_id).branch(branch_name)

    def create_app(
        self,
        name: str,
        members: Mapping[str, Any],
        *,
        app_id: str | None = None,
        created: datetime.datetime | None = None,
    ) -> App:
        """Make an app, with an id of its own and created now unless something else is said."""
        self.quotas.check("apps", len(self.apps) + 1)
        app = self.new_app(app_id or ids.app_id(self.random), name, created or self.clock.now())
        app.configure(members)
        self.place(app)
        return app

    def new_app(self, app_id: str, name: str, created: datetime.datetime) -> App:
        """Return an app without settings, that is not among the others yet."""
        return App(
            number=self._apps_made + 1,
            app_id=app_id,
            app_arn=f"arn:aws:amplify:{self.region_name}:{self.account_id}:apps/{app_id}",
            name=name,
            create_time=created,
            update_time=created,
            clock=self.clock,
            quotas=self.quotas,
        )

    def place(self, app: App) -> None:
        """Have a new app among the others."""
        self._apps_made += 1
        self.apps[app.app_id] = app

    def delete_app(self, app_id: str) -> App:
        """Remove an app with all that it owns."""
        app = self.app(app_id)
        for branch in app.branches.values():
            branch.abandon_jobs()
        self.access_logs.pop(app_id, None)
        return self.apps.pop(app_id)

    def create_deployment(
        self, app_id: str, branch_name: str, file_map: Mapping[str, str] | None
    ) -> tuple[Job, dict[str, str]]:
        """Open a manual deployment, and return where to PUT what is awaited: presigned URLs by file name."""
        branch = self._manual_branch(app_id, branch_name)
        job, deployment = branch.open_deployment(self.plans.standing(app_id, branch_name), file_map)
        self.history.append(job)
        keys = deployment.keys(f"{app_id}/{branch_name}/{ids.padded(job.number)}")
        self.uploads.update((key, (deployment, name)) for name, key in keys.items())
        presigned = self.presigner.signing(self.region_name, MAXIMUM_WAIT, "PUT")
        return job, {name: presigned(key) for name, key in keys.items()}

    def start_deployment(
        self,
        app_id: str,
        branch_name: str,
        job_id: str | None,
        source_url: str | None,
        source_url_type: SourceUrlType | None,
    ) -> Job:
        """Start a manual deployment: one that was opened, or one from files that lie elsewhere."""
        branch = self._manual_branch(app_id, branch_name)
        if job_id is not None and source_url is not None:
            raise BadRequestException("Must specify only one of jobId and sourceUrl for StartDeploymentRequest.")
        if job_id is not None:
            job = branch.opened_deployment(job_id)
        elif source_url is not None:
            job = branch.deployment_from(source_url, source_url_type, self.plans.default)
            self.history.append(job)
        else:
            raise BadRequestException("Must specify jobId or sourceUrl for StartDeploymentRequest.")
        try:
            job.content = self._content(job)
        except ContentError as error:
            job.flaw = Failure("DEPLOY", str(error), None)
        job.start(self.plans.take(app_id, branch_name), self._queue)
        return job

    def _content(self, job: Job) -> Content | None:
        if job.source_url is not None:
            return self.read_source(job.source_url, job.source_url_type, self.region_name)
        if job.deployment is None or not (job.uploads or self.uploads_required):
            return None
        if job.deployment.file_map is not None:
            return Content.of_files(job.deployment.file_map, job.uploads)
        if not job.uploads:
            raise ContentError("Nothing was uploaded.")
        return Content.of_zip(job.uploads[ZIP])

    def start_job(self, app_id: str, branch_name: str, job_type: JobType, members: Mapping[str, Any]) -> Job:
        """Build a branch of a connected app."""
        app = self.app(app_id)
        branch = app.branch(branch_name)
        if not app.is_connected:
            raise BadRequestException(
                "Operation not supported for app that was not connected to a repository provider."
            )
        if job_type == "MANUAL":
            raise BadRequestException("The requested jobType MANUAL does not support.")
        job = branch.build(job_type, self.plans.default, app.build_steps(branch), members)
        self._start_build(app, branch, job)
        return job

    def build_pushed(
        self, app: App, branch: Branch, commit_id: str, commit_message: str | None, job_type: JobType = "RELEASE"
    ) -> Job:
        """Build a branch of a connected app because something was pushed: after what is being built, if need be."""
        before = branch.unfinished_jobs
        job = branch.build_pushed(self.plans.default, app.build_steps(branch), commit_id, commit_message, job_type)
        self._start_build(app, branch, job, before)
        return job

    def _start_build(self, app: App, branch: Branch, job: Job, before: Sequence[Job] = ()) -> None:
        self.equip(app, branch, job)
        self.history.append(job)
        job.start(self.plans.take(app.app_id, branch.branch_name), self._queue, before)

    def equip(self, app: App, branch: Branch, job: Job) -> None:
        """Give a build what it goes by, and what its tests will leave behind."""
        try:
            job.build_spec = app.build_spec_of(branch)
        except BuildSpecError as error:
            job.flaw = Failure("BUILD", str(error), None)
        if "TEST" in job.step_names:
            job.artifacts_made = Artifact.of_tests(self.random)

    def take_over(
        self, app: App, branch: Branch, job: Job, status: JobStatus, steps: Sequence[Step] | None = None
    ) -> None:
        """Let a job that was under way elsewhere go on from where it is."""
        if job.job_type != "MANUAL":
            self.equip(app, branch, job)
        if job not in self.history:
            self.history.append(job)
        plan = self.plans.take(app.app_id, branch.branch_name)
        job.be_under_way(status, plan, self._queue, steps, branch.unfinished_before(job))

    def create_domain_association(self, app_id: str, domain_name: str, members: Mapping[str, Any]) -> DomainAssociation:
        """Associate a domain with an app."""
        app = self.app(app_id)
        self._refuse_taken(app, domain_name, members["sub_domain_settings"])
        return app.add_domain(domain_name, members, plan=self.domain_plan, random=self.random)

    def update_domain_association(self, app_id: str, domain_name: str, members: Mapping[str, Any]) -> DomainAssociation:
        """Change a domain association of an app."""
        app = self.app(app_id)
        app.domain(domain_name)
        self._refuse_taken(app, domain_name, members.get("sub_domain_settings", ()))
        return app.update_domain(domain_name, members)

    def _refuse_taken(self, app: App, domain_name: str, settings: Sequence[Mapping[str, str]]) -> None:
        """Refuse what another app has, in any account and region of the mock."""
        wanted = host_names(domain_name, settings)
        others = [other for backend in self.everywhere() for other in backend.apps.values() if other is not app]
        domains = [domain for other in others for domain in other.live_domains()]
        hosts = {same_name(host) for domain in domains for host in domain.hosts}
        taken = [host for host in wanted if same_name(host) in hosts]
        if taken or same_name(domain_name) in {same_name(domain.domain_name) for domain in domains}:
            raise BadRequestException(
                "One or more domains requested are already associated with another Amplify app: "
                + ", ".join(taken or wanted or [domain_name])
            )

    def webhook(self, webhook_id: str) -> tuple[App, Webhook]:
        """Return a webhook of any app, and its app.

        Raises:
            NotFoundException: when there is none.
        """
        for app in self.apps.values():
            if webhook_id in app.webhooks:
                return app, app.webhooks[webhook_id]
        raise NotFoundException(f"Webhook {webhook_id} not found.")

    def artifact_url(self, artifact_id: str) -> str:
        """Return a presigned URL of a test artifact.

        Raises:
            NotFoundException: when no job has left such an artifact behind.
        """
        for app, branch, job in self._jobs():
            for artifact in job.artifacts:
                if artifact.artifact_id == artifact_id:
                    folder = f"{app.app_id}/{branch.branch_name}/{ids.padded(job.number)}/TEST/artifacts/"
                    return self.presigned_url(folder + artifact.artifact_file_name)
        raise NotFoundException(f"Artifact {artifact_id} not found.")

    def _jobs(self) -> Iterator[tuple[App, Branch, Job]]:
        for app in self.apps.values():
            for branch in app.branches.values():
                for job in branch.jobs.values():
                    yield app, branch, job

    def access_log_url(
        self, app_id: str, domain_name: str, start: datetime.datetime | None, end: datetime.datetime | None
    ) -> str:
        """Return a presigned URL of the access logs of one of an app's domains."""
        app = self.app(app_id)
        if not app.serves(domain_name):
            raise NotFoundException(f"Domain association {domain_name} not found.")
        end = end or self.clock.now()
        start = start or max(end, _EARLIEST_END) - ACCESS_LOG_WINDOW
        if start > end:
            raise BadRequestException("The startTime must not be after the endTime.")
        if end - start > ACCESS_LOG_WINDOW:
            raise BadRequestException("Access logs can be generated for a window of at most two weeks.")
        host = same_name(domain_name)
        return self.presigned_url(f"{app_id}/accesslogs/{host}/{_hour(start)}-{_hour(_full_hour(end))}.csv")

    def presigned_url(self, key: str) -> str:
        """Return a presigned URL of an object in the region's artifacts bucket, good for an hour."""
        return self.presigning()(key)

    def presigning(self) -> Callable[[str], str]:
        """Return what makes such URLs of several objects at one moment."""
        return self.presigner.signing(self.region_name, _AN_HOUR)

    def _manual_branch(self, app_id: str, branch_name: str) -> Branch:
        app = self.app(app_id)
        branch = app.branch(branch_name)
        if app.is_connected:
            raise BadRequestException("Operation not supported. App is already connected a repository.")
        return branch


def _full_hour(moment: datetime.datetime) -> datetime.datetime:
    """Return the next full hour; the moment itself if it is one, or if there is none after it."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    if hour == moment or hour >= _LAST_HOUR:
        return hour
    return hour + datetime.timedelta(hours=1)


def _hour(moment: datetime.datetime) -> str:
    # Not by %Y, which does not fill up years before 1000.
    return f"{moment.year:04}{moment:%m%d%H}"
