"""What puts state into a mock without a call, and what shows the state."""

from __future__ import annotations

import copy
import datetime
import functools
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .answering import Answering, named
from .controls.building import Builder
from .controls.loading import Loader
from .controls.views import view
from .resources.apps import App
from .resources.backend import Backend
from .resources.backend_environments import BackendEnvironment
from .resources.branches import Branch
from .resources.domain_associations import DomainAssociation
from .resources.jobs import Job
from .resources.literals import DomainStatus, GivenStage, JobStatus, JobType, Platform, SourceUrlType
from .resources.webhooks import Webhook
from .settings import check_account


class Seeding(Answering):
    """Builders, loading, and read-only state; the controller is built on it.

    Builders make what calls would have made, by the same rules: what the API refuses is refused here, with the errors
    of ``amplify_mock.exceptions``. They take the members of the API in snake_case or in its own spelling.
    """

    # Only when a test wants them: most do not.

    @functools.cached_property
    def _builder(self) -> Builder:
        return Builder(self._contract)

    @functools.cached_property
    def _loader(self) -> Loader:
        return Loader(self._contract, self._service.backend)

    # Looking

    def backend(self, region_name: str = "us-east-1", account_id: str | None = None) -> Backend:
        """Return the state of one account in one region, read-only.

        ``backend.apps[app_id].branches["main"].jobs["1"].status`` and so on: attributes have the names of the API's
        members in snake_case. Looking moves nothing; status and times are as of now.

        Args:
            region_name: the region.
            account_id: the account; the mock's own unless given.

        Raises:
            ValueError: for what is no region, or no account of 12 digits.
        """
        _check_place(region_name, account_id)
        backend: Backend = self._service.backend(account_id, region_name)
        return view(backend, self._service.lock)

    def backends(self) -> list[Backend]:
        """Return the state of every account and region that was used or looked at, read-only."""
        return [view(backend, self._service.lock) for backend in list(self._service.backends.values())]

    @property
    def apps(self) -> Mapping[str, App]:
        """All apps of all accounts and regions, by app id, read-only."""
        with self._service.lock:
            apps = {app_id: app for each in self._service.backends.values() for app_id, app in each.apps.items()}
            return view(apps, self._service.lock, "apps")

    # Builders

    def add_app(
        self,
        name: str = "shop",
        *,
        app_id: str | None = None,
        branches: Collection[str] = (),
        platform: Platform | None = None,
        region_name: str = "us-east-1",
        account_id: str | None = None,
        create_time: datetime.datetime | None = None,
        update_time: datetime.datetime | None = None,
        **members: Any,
    ) -> App:
        """Make an app: ``amplify.add_app("shop", branches=["main"], platform="WEB_COMPUTE")``.

        Args:
            name: its name.
            app_id: its id, such as ``"d123"``; a new one unless given.
            branches: the names of branches to make with it.
            platform: WEB unless given.
            region_name: the region.
            account_id: the account; the mock's own unless given.
            create_time: when it was created, with a time zone; now unless given. The same goes for its branches.
            update_time: when it was updated last; when it was created unless given.
            **members: the other members of CreateApp. A ``repository`` needs no token here.

        Raises:
            TypeError: for a member that there is not.
            ValueError: for an id that is in use, what is no region or no account, or a time that cannot be.
            BadRequestException: for what CreateApp would refuse.
            LimitExceededException: for more than the quotas allow.
        """
        _check_place(region_name, account_id)
        with self._changing():
            backend = self._service.backend(account_id, region_name)
            members |= {"name": name, "platform": platform}
            app = self._builder.app(
                backend, members, app_id=app_id, branches=branches, created=create_time, updated=update_time
            )
        return view(app, self._service.lock)

    def add_branch(
        self,
        app_id: str,
        branch_name: str = "main",
        *,
        stage: GivenStage | None = None,
        create_time: datetime.datetime | None = None,
        update_time: datetime.datetime | None = None,
        **members: Any,
    ) -> Branch:
        """Make a branch: ``amplify.add_branch(app_id, "main", stage="PRODUCTION")``.

        Args:
            app_id: the app, in whichever account and region it is.
            branch_name: its name.
            stage: none unless given, which is answered as ``NONE``.
            create_time: when it was created, with a time zone; now unless given.
            update_time: when it was updated last; when it was created unless given.
            **members: the other members of CreateBranch.

        Raises:
            LookupError: when there is no such app.
            TypeError: for a member that there is not.
            BadRequestException: for what CreateBranch would refuse.
        """
        with self._changing():
            app = self._app(app_id)
            members |= {"branch_name": branch_name, "stage": stage}
            branch = self._builder.branch(app, members, created=create_time, updated=update_time)
        return view(branch, self._service.lock)

    def add_job(
        self,
        app_id: str,
        branch_name: str = "main",
        *,
        status: JobStatus = "SUCCEED",
        job_type: JobType | None = None,
        job_id: str | int | None = None,
        start_time: datetime.datetime | None = None,
        end_time: datetime.datetime | None = None,
        commit_id: str | None = None,
        commit_message: str | None = None,
        commit_time: datetime.datetime | None = None,
        source_url: str | None = None,
        source_url_type: SourceUrlType | None = None,
    ) -> Job:
        """Make a job that is at a status now: one of the branch's history, or one that is under way.

        A job that has ended (SUCCEED, FAILED, CANCELLED) stays as it is, whatever the clock does. One that has not
        (PENDING, PROVISIONING, RUNNING, CANCELLING) is at this status for the first read, and goes on from there as
        the jobs are planned. Neither is among the events as one that started here.

        Args:
            app_id: the app, in whichever account and region it is.
            branch_name: the branch.
            status: the status.
            job_type: MANUAL unless given for an app without a repository, else RELEASE.
            job_id: the number; the next one unless given. Later jobs are counted on from it.
            start_time: when it started, with a time zone. A job that has ended took as long as it is planned to, unless
                both times are given; one that is under way started now.
            end_time: when it ended; now unless given.
            commit_id: the commit; ``HEAD`` for a build unless given.
            commit_message: its message.
            commit_time: its time; that of the start for a build unless given.
            source_url: where the files of a deployment come from.
            source_url_type: ZIP unless given.

        Raises:
            LookupError: when there is no such app or branch.
            ValueError: for a status, number or time that cannot be; and for a job after one that has not ended.
            BadRequestException: for a member that breaks a constraint of the API.
        """
        members = {
            "job_type": job_type,
            "job_id": None if job_id is None else str(job_id),
            "commit_id": commit_id,
            "commit_message": commit_message,
            "commit_time": commit_time,
            "source_url": source_url,
            "source_url_type": source_url_type,
        }
        with self._changing():
            backend, app = self._home(app_id)
            branch = named(app.branches, branch_name, "branch", f"app {app_id}")
            job = self._builder.job(backend, app, branch, members, status=status, start=start_time, end=end_time)
        return view(job, self._service.lock)

    def add_domain_association(
        self,
        app_id: str,
        domain_name: str,
        *,
        sub_domains: Mapping[str, str] | None = None,
        status: DomainStatus = "AVAILABLE",
        **members: Any,
    ) -> DomainAssociation:
        """Make a domain association that is at a status now, and goes on from there as it is planned.

        Args:
            app_id: the app, in whichever account and region it is.
            domain_name: the domain.
            sub_domains: branches by prefix, the empty one for the domain itself; ``{"www": "main"}`` unless given.
            status: the status.
            **members: the other members of CreateDomainAssociation.

        Raises:
            LookupError: when there is no such app.
            ValueError: for a status that there is not, or a domain that the app has already.
            TypeError: for a member that there is not.
            BadRequestException: for what CreateDomainAssociation would refuse.
        """
        with self._changing():
            backend, app = self._home(app_id)
            members["domain_name"] = domain_name
            leads = {"www": "main"} if sub_domains is None else sub_domains
            domain = self._builder.domain_association(backend, app, members, leads, status)
        return view(domain, self._service.lock)

    def add_webhook(
        self,
        app_id: str,
        branch_name: str,
        *,
        description: str | None = None,
        webhook_id: str | None = None,
        create_time: datetime.datetime | None = None,
    ) -> Webhook:
        """Make a webhook of a branch.

        Args:
            app_id: the app, in whichever account and region it is.
            branch_name: the branch.
            description: its description.
            webhook_id: its id; a new one unless given.
            create_time: when it was created, with a time zone; now unless given.

        Raises:
            LookupError: when there is no such app or branch.
            ValueError: for an id that is in use.
            BadRequestException: for what CreateWebhook would refuse.
        """
        with self._changing():
            backend, app = self._home(app_id)
            named(app.branches, branch_name, "branch", f"app {app_id}")
            members = {"branch_name": branch_name, "description": description}
            webhook = self._builder.webhook(backend, app, members, webhook_id, create_time)
        return view(webhook, self._service.lock)

    def add_backend_environment(
        self, app_id: str, environment_name: str, *, create_time: datetime.datetime | None = None, **members: Any
    ) -> BackendEnvironment:
        """Make a backend environment.

        Args:
            app_id: the app, in whichever account and region it is.
            environment_name: its name: 2 to 10 lower-case letters or digits.
            create_time: when it was created, with a time zone; now unless given.
            **members: the other members of CreateBackendEnvironment: ``stack_name`` and ``deployment_artifacts``.

        Raises:
            LookupError: when there is no such app.
            TypeError: for a member that there is not.
            BadRequestException: for what CreateBackendEnvironment would refuse.
        """
        with self._changing():
            app = self._app(app_id)
            members["environment_name"] = environment_name
            environment = self._builder.backend_environment(app, members, create_time)
        return view(environment, self._service.lock)

    # Loading

    def load(self, document: Mapping[str, Any] | str | Path) -> list[Any]:
        """Load what the AWS CLI prints: ``amplify.load(Path("app.json"))``.

        That is the answers of get, list, create and update operations for apps, branches, jobs, domain associations,
        webhooks and backend environments. Where they belong is read from their ARNs. Apps have to be loaded before what
        they own, and branches before their jobs; one document may have all of them. What is there already is replaced,
        and what it owns stays. Jobs that have ended stay as they are loaded; others go on from there as planned.

        Args:
            document: a dict, such as an answer of boto3, JSON text, or the path of a file with JSON. Times are text
                with an offset, seconds, or datetimes.

        Returns:
            The resources that were loaded, read-only.

        Raises:
            ValueError: for a document that is no such answer, or that the service model does not allow.
            LookupError: when the app, or the branch of jobs, is not there.
        """
        with self._changing(), self._all_or_nothing():
            return view(self._loader.load(document), self._service.lock)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        before = copy.deepcopy(self._service.backends)
        try:
            yield
        except BaseException:
            self._put_back(before)
            raise


def _check_place(region_name: str, account_id: str | None) -> None:
    if not (isinstance(region_name, str) and re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}", region_name)):
        raise ValueError(f"region_name must be a region, such as 'us-east-1', and not {region_name!r}")
    if account_id is not None:
        check_account(account_id)
