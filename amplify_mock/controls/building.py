"""Make resources without calls: what is given is checked as the API would, and they are made by the same code."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NoReturn

from amplify_mock.resources.apps import App
from amplify_mock.resources.backend import Backend
from amplify_mock.resources.backend_environments import BackendEnvironment
from amplify_mock.resources.branches import MANUAL_STEPS, Branch
from amplify_mock.resources.domain_associations import DomainAssociation, same_name
from amplify_mock.resources.hints import nearest
from amplify_mock.resources.job_courses import FINISHED, Progress
from amplify_mock.resources.jobs import Job
from amplify_mock.resources.literals import JobStatus
from amplify_mock.resources.planning import check_name
from amplify_mock.resources.plans import STUCK_AT, through
from amplify_mock.resources.steps import last_step, of_ended_job, planned
from amplify_mock.resources.webhooks import Webhook
from amplify_mock.service.service import Contract
from amplify_mock.service.spelling import spelled

Moment = datetime.datetime | None
Members = dict[str, Any]

_JOB_STATUSES = (*STUCK_AT, *sorted(FINISHED))
_DOMAIN_STATUSES = (
    "CREATING",
    "REQUESTING_CERTIFICATE",
    "IMPORTING_CUSTOM_CERTIFICATE",
    "PENDING_VERIFICATION",
    "AWAITING_APP_CNAME",
    "IN_PROGRESS",
    "PENDING_DEPLOYMENT",
    "AVAILABLE",
    "FAILED",
)
_TOKENS = ("access_token", "oauth_token")


class Builder:
    """Makes what the builders of a controller ask for.

    Args:
        contract: the service model.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def app(
        self,
        backend: Backend,
        members: Members,
        *,
        app_id: str | None,
        branches: Collection[str],
        created: Moment,
        updated: Moment,
    ) -> App:
        """Make an app with branches."""
        created, updated = _times(created, updated)
        given = self._checked("add_app", "CreateApp", members)
        if app_id is not None:
            self._checked("add_app", "GetApp", {"appId": app_id})
            if any(app_id in each.apps for each in backend.everywhere()):
                raise ValueError(f"the mock has an app {app_id} already")
        if isinstance(branches, str):
            raise TypeError(f"branches must be a list of names, such as [{branches!r}], and not {branches!r}")
        if not any(token in given for token in _TOKENS):
            # Only to connect an app takes a token, and it is never kept.
            given[_TOKENS[0]] = "-"
        app = backend.create_app(given.pop("name"), given, app_id=app_id, created=created)
        app.update_time = updated or app.update_time
        try:
            for name in branches:
                self.branch(app, {"branchName": name}, created=created, updated=None)
        except BaseException:
            del backend.apps[app.app_id]
            raise
        return app

    def branch(self, app: App, members: Members, *, created: Moment, updated: Moment) -> Branch:
        """Make a branch."""
        created, updated = _times(created, updated)
        given = self._checked("add_branch", "CreateBranch", {"appId": app.app_id, **members})
        del given["app_id"]
        branch = app.add_branch(given.pop("branch_name"), given, created)
        branch.update_time = updated or branch.update_time
        return branch

    def job(
        self,
        backend: Backend,
        app: App,
        branch: Branch,
        members: Members,
        *,
        status: JobStatus,
        start: Moment,
        end: Moment,
    ) -> Job:
        """Make a job that is at a status now. ``members`` are those of StartJob and StartDeployment."""
        check_name(status, _JOB_STATUSES, "job", "status")
        start, end = moment(start, "start_time"), moment(end, "end_time")
        manual = {name: members.pop(name) for name in ("source_url", "source_url_type")}
        members.setdefault("job_type", None)
        members["job_type"] = members["job_type"] or ("RELEASE" if app.is_connected else "MANUAL")
        names = {"app_id": app.app_id, "branch_name": branch.branch_name}
        given = self._checked("add_job", "StartJob", {**names, **members})
        # Older service models do not have all of these members, and nobody misses one that was not given.
        manual = {name: value for name, value in manual.items() if value is not None}
        given |= self._checked("add_job", "StartDeployment", {**names, **manual})
        number = int(given.get("job_id", branch.next_job_number))
        _check_place(branch, number, status)
        job_type = given["job_type"]
        steps = MANUAL_STEPS if job_type == "MANUAL" else app.build_steps(branch)
        plan = backend.plans.standing(app.app_id, branch.branch_name)
        if status in FINISHED:
            passed = planned(through(steps, last_step(steps, status, plan)), plan)
            start, end = _span(backend.clock.now(), passed, start, end)
        elif end is not None:
            raise ValueError(f"a job that is {status} has no end_time")
        job = Job.made(number, branch.branch_arn, job_type, plan, steps, backend.clock)
        job.stage = branch.stage
        job.created = start or job.created
        for name in ("commit_id", "commit_message", "commit_time", "source_url", "source_url_type"):
            setattr(job, name, given.get(name))
        if job_type != "MANUAL":
            job.commit_id, job.commit_time = job.commit_id or "HEAD", job.commit_time or job.created
            backend.equip(app, branch, job)
        elif job.source_url is not None:
            job.source_url_type = job.source_url_type or "ZIP"
        branch.place(job)
        if end is not None:
            job.be_over(Progress(status, end, of_ended_job(steps, status, job.created, end, plan)))
            branch.know_success(job)
        else:
            backend.take_over(app, branch, job, status)
        return job

    def domain_association(
        self, backend: Backend, app: App, members: Members, sub_domains: Mapping[str, str], status: str
    ) -> DomainAssociation:
        """Make a domain association that is at a status now."""
        check_name(status, _DOMAIN_STATUSES, "domain association", "status")
        settings = [{"prefix": prefix, "branchName": name} for prefix, name in sub_domains.items()]
        given = self._checked(
            "add_domain_association",
            "CreateDomainAssociation",
            {"appId": app.app_id, "subDomainSettings": settings, **members},
        )
        name = given.pop("domain_name")
        app.live_domains()
        if same_name(name) in app.domain_associations:
            raise ValueError(f"the app {app.app_id} has the domain association {name} already")
        domain = backend.create_domain_association(given.pop("app_id"), name, given)
        domain.be_under_way(status)
        return domain

    def webhook(self, backend: Backend, app: App, members: Members, webhook_id: str | None, created: Moment) -> Webhook:
        """Make a webhook."""
        created = moment(created, "create_time")
        given = self._checked("add_webhook", "CreateWebhook", {"appId": app.app_id, **members})
        if webhook_id is not None:
            self._checked("add_webhook", "GetWebhook", {"webhookId": webhook_id})
            if any(webhook_id in each.webhooks for each in backend.apps.values()):
                raise ValueError(f"the mock has a webhook {webhook_id} already")
        return app.add_webhook(
            given["branch_name"], given.get("description"), backend.random, webhook_id=webhook_id, created=created
        )

    def backend_environment(self, app: App, members: Members, created: Moment) -> BackendEnvironment:
        """Make a backend environment."""
        created = moment(created, "create_time")
        given = self._checked("add_backend_environment", "CreateBackendEnvironment", {"appId": app.app_id, **members})
        return app.add_backend_environment(
            given["environment_name"], given.get("stack_name"), given.get("deployment_artifacts"), created
        )

    def _checked(self, caller: str, operation_name: str, members: Members) -> dict[str, Any]:
        """Return the parameters of an operation as the operation itself would get them."""

        def unknown(name: str, known: Sequence[str]) -> NoReturn:
            raise TypeError(
                f"{caller}() takes no {name!r}.{nearest(name, known)} "
                f"It takes the members of {operation_name}: {', '.join(known)}; or the same in the API's spelling."
            )

        operation = self._contract.operation(operation_name)
        assert operation.input_shape is not None  # noqa: S101  (what makes something takes members)
        return operation.checked(spelled(operation.input_shape, members, unknown))


def moment(value: Moment, name: str) -> Moment:
    """Return a time as Amplify tells it, in milliseconds.

    Raises:
        ValueError: when it has no time zone.
    """
    if value is None:
        return None
    if not isinstance(value, datetime.datetime) or value.tzinfo is None:
        raise ValueError(
            f"{name} must be a datetime with a time zone, such as datetime(2024, 9, 1, tzinfo=timezone.utc), and not "
            f"{value!r}"
        )
    value = value.astimezone(datetime.timezone.utc)
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def _times(created: Moment, updated: Moment) -> tuple[Moment, Moment]:
    created, updated = moment(created, "create_time"), moment(updated, "update_time")
    if created is not None and updated is not None and updated < created:
        raise ValueError(f"update_time must not lie before create_time, which is {created}")
    return created, updated


def _check_place(branch: Branch, number: int, status: str) -> None:
    """Refuse a job that there is already, or that could not have come about beside the others."""
    if number < 1 or str(number) in branch.jobs:
        problem = "numbers start at 1" if number < 1 else "it has one of this number already"
        raise ValueError(f"the branch {branch.branch_name} cannot have a job {number}: {problem}")
    for other in branch.unfinished_jobs:
        if other.number < number:
            raise ValueError(f"{other} is {other.status}, and no job comes after it before it has ended")
    newest = next(reversed(branch.jobs.values()), None)
    if newest is not None and newest.number > number and status not in FINISHED:
        raise ValueError(f"job {number} cannot be {status}, because {newest} comes after it")


def _span(
    now: datetime.datetime, planned_time: datetime.timedelta, start: Moment, end: Moment
) -> tuple[datetime.datetime, datetime.datetime]:
    """Return when a job started and ended."""
    if start is None:
        end = end or now
        return end - planned_time, end
    end = end or min(start + planned_time, max(start, now))
    if end < start:
        raise ValueError(f"end_time must not lie before start_time, which is {start}")
    return start, end
