"""All of Amplify's state for one account in one region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from amplify_mock.clock import Clock
from amplify_mock.exceptions import BadRequestException, NotFoundException

from . import ids
from .apps import App
from .branches import Branch
from .deployments import Deployment
from .jobs import Job
from .plans import JobPlan


@dataclass(eq=False)
class Backend:
    """The state of one account in one region: apps by app id (``backend.apps[app_id]``).

    ``uploads`` finds the deployment and the file name that an upload URL, without its query, stands for.
    """

    account_id: str
    region_name: str
    clock: Clock = field(repr=False)
    random: Random = field(repr=False)
    plan: JobPlan = field(default_factory=JobPlan, repr=False)
    apps: dict[str, App] = field(default_factory=dict)
    uploads: dict[str, tuple[Deployment, str]] = field(default_factory=dict, repr=False)
    _apps_made: int = field(default=0, repr=False)

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

    def create_app(self, name: str, members: Mapping[str, Any]) -> App:
        """Make an app."""
        app_id = ids.app_id(self.random)
        now = self.clock.now()
        app = App(
            number=self._apps_made + 1,
            app_id=app_id,
            app_arn=f"arn:aws:amplify:{self.region_name}:{self.account_id}:apps/{app_id}",
            name=name,
            create_time=now,
            update_time=now,
            clock=self.clock,
        )
        app.configure(members)
        self._apps_made += 1
        self.apps[app_id] = app
        return app

    def delete_app(self, app_id: str) -> App:
        """Remove an app with all that it owns."""
        self.app(app_id)
        return self.apps.pop(app_id)

    def create_deployment(
        self, app_id: str, branch_name: str, file_map: Mapping[str, str] | None
    ) -> tuple[Job, Deployment]:
        """Open a manual deployment."""
        branch = self._manual_branch(app_id, branch_name)
        job, deployment = branch.open_deployment(
            region=self.region_name, app_id=app_id, plan=self.plan, file_map=file_map, random=self.random
        )
        self.uploads.update((url.partition("?")[0], (deployment, name)) for name, url in deployment.urls.items())
        return job, deployment

    def start_deployment(
        self, app_id: str, branch_name: str, job_id: str | None, source_url: str | None, source_url_type: str | None
    ) -> Job:
        """Start a manual deployment: one that was opened, or one from files that lie elsewhere."""
        branch = self._manual_branch(app_id, branch_name)
        if job_id is not None and source_url is not None:
            raise BadRequestException("Must specify only one of jobId and sourceUrl for StartDeploymentRequest.")
        if job_id is not None:
            return branch.start_deployment(job_id)
        if source_url is not None:
            return branch.deploy_from(source_url, source_url_type, self.plan)
        raise BadRequestException("Must specify jobId or sourceUrl for StartDeploymentRequest.")

    def start_job(self, app_id: str, branch_name: str, job_type: str, members: Mapping[str, Any]) -> Job:
        """Build a branch of a connected app."""
        app = self.app(app_id)
        branch = app.branch(branch_name)
        if not app.is_connected:
            raise BadRequestException(
                "Operation not supported for app that was not connected to a repository provider."
            )
        if job_type == "MANUAL":
            raise BadRequestException("The requested jobType MANUAL does not support.")
        return branch.start_build(job_type, self.plan, app.build_steps(branch), members)

    def _manual_branch(self, app_id: str, branch_name: str) -> Branch:
        app = self.app(app_id)
        branch = app.branch(branch_name)
        if app.is_connected:
            raise BadRequestException("Operation not supported. App is already connected a repository.")
        return branch
