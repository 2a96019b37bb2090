"""The state of a mock in plain values, with the API's names and without secrets, to be read by people and programs."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from amplify_mock.resources.repositories import without_credentials

if TYPE_CHECKING:
    from amplify_mock.controller import AmplifyMock
    from amplify_mock.resources.apps import App
    from amplify_mock.resources.backend import Backend
    from amplify_mock.resources.branches import Branch
    from amplify_mock.resources.domain_associations import DomainAssociation
    from amplify_mock.resources.jobs import Job

Members = dict[str, Any]


def state(amplify: AmplifyMock) -> Members:
    """Return the state of every account and region that was used. Looking moves nothing."""
    # A copy, because others go on changing the state meanwhile.
    snapshot = amplify.snapshot()
    now = amplify.clock.now()
    return {
        "clock": {"now": moment(now), "ahead": snapshot.passed.total_seconds()},
        "backends": [_backend(each) for _, each in sorted(snapshot.backends.items()) if each.apps],
    }


def moment(time: datetime.datetime | None) -> str | None:
    """Write a time as ISO 8601 does."""
    return None if time is None else time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _backend(backend: Backend) -> Members:
    return {
        "accountId": backend.account_id,
        "region": backend.region_name,
        "apps": [_app(app) for app in backend.apps.values()],
    }


def _app(app: App) -> Members:
    return {
        "appId": app.app_id,
        "name": app.name,
        "platform": app.platform,
        "repository": None if app.repository is None else without_credentials(app.repository),
        "defaultDomain": app.default_domain,
        "createTime": moment(app.create_time),
        "updateTime": moment(app.update_time),
        "branches": [_branch(branch) for branch in app.branches.values()],
        "domainAssociations": [_domain(domain) for domain in app.live_domains()],
    }


def _branch(branch: Branch) -> Members:
    return {
        "branchName": branch.branch_name,
        "displayName": branch.display_name,
        "stage": branch.stage,
        "activeJobId": branch.active_job_id,
        "jobs": [_job(job) for job in branch.newest_first()],
    }


def _job(job: Job) -> Members:
    progress = job.progress()
    return {
        "jobId": job.job_id,
        "jobType": job.job_type,
        "status": progress.status,
        "startTime": moment(job.start_time),
        "endTime": moment(progress.end_time),
        "steps": [
            {
                "stepName": step.step_name,
                "status": step.status,
                "startTime": moment(step.start_time),
                "endTime": moment(step.end_time),
                "statusReason": step.status_reason,
            }
            for step in progress.steps
        ],
    }


def _domain(domain: DomainAssociation) -> Members:
    return {
        "domainName": domain.domain_name,
        "domainStatus": domain.domain_status,
        "statusReason": domain.status_reason,
        "subDomains": [
            {"prefix": each.prefix, "branchName": each.branch_name, "verified": each.verified}
            for each in domain.sub_domains
        ],
    }
