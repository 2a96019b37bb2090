"""What a test does with a mock, as a user's type checker sees it. Checked by mypy and pyright, and never run."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ConnectTimeoutError
from typing_extensions import assert_type

from amplify_mock import (
    AmplifyMock,
    Call,
    DomainAssociationHandle,
    DomainPlan,
    JobHandle,
    JobPlan,
    Snapshot,
)
from amplify_mock.resources.apps import App
from amplify_mock.resources.backend import Backend
from amplify_mock.resources.backend_environments import BackendEnvironment
from amplify_mock.resources.branches import Branch
from amplify_mock.resources.domain_associations import DomainAssociation
from amplify_mock.resources.jobs import Job
from amplify_mock.resources.literals import BranchStage, DomainStatus, JobStatus, JobType, Platform, UpdateStatus
from amplify_mock.resources.steps import Step
from amplify_mock.resources.webhooks import Webhook


def state(amplify: AmplifyMock) -> None:
    assert_type(amplify.backend(), Backend)
    assert_type(amplify.backend(region_name="eu-west-1", account_id="111122223333"), Backend)
    assert_type(amplify.backends(), list[Backend])
    assert_type(amplify.apps, Mapping[str, App])
    app = amplify.apps["d1"]
    assert_type(app.platform, Platform)
    branch = app.branches["main"]
    assert_type(branch.stage, BranchStage)
    assert_type(branch.jobs, dict[str, Job])
    job = branch.jobs["1"]
    assert_type(job.status, JobStatus)
    assert_type(job.job_type, JobType)
    assert_type(job.steps, list[Step])
    assert_type(job.steps[0].status, JobStatus)
    assert_type(app.domain_associations["example.com"].domain_status, DomainStatus)
    assert_type(app.domain_associations["example.com"].update_status, UpdateStatus | None)
    is_typo = job.status == "SUCEED"  # type: ignore[comparison-overlap]  # pyright: ignore[reportUnnecessaryComparison]
    del is_typo
    snapshot = amplify.snapshot()
    assert_type(snapshot, Snapshot)
    amplify.restore(snapshot)
    amplify.restore({})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def clock(amplify: AmplifyMock) -> None:
    assert_type(amplify.clock.advance(minutes=5, seconds=0.5), datetime.datetime)
    amplify.clock.advance(datetime.timedelta(minutes=5))
    amplify.clock.advance(minuets=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    amplify.clock.advance(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def builders(amplify: AmplifyMock) -> None:
    app = amplify.add_app("shop", branches=["main"], platform="WEB_COMPUTE")
    assert_type(app, App)
    assert_type(amplify.add_branch(app.app_id), Branch)
    assert_type(amplify.add_job(app.app_id, status="RUNNING", job_type="RETRY", source_url_type="ZIP"), Job)
    assert_type(amplify.add_domain_association(app.app_id, "example.com", status="CREATING"), DomainAssociation)
    assert_type(amplify.add_webhook(app.app_id, "main"), Webhook)
    assert_type(amplify.add_backend_environment(app.app_id, "dev"), BackendEnvironment)
    amplify.add_app(platform="WEBB")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    amplify.add_branch(app.app_id, stage="TEST")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    amplify.add_branch(app.app_id, stage="NONE")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    # What a job is, another one can be made with.
    known = amplify.add_job(app.app_id)
    amplify.add_job(app.app_id, status=known.status, job_type=known.job_type, source_url_type=known.source_url_type)
    amplify.add_job(app.app_id, status="SUCEED")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    amplify.add_job(app.app_id, job_type="BUILD")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    amplify.add_job(app.app_id, jobid="1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    amplify.add_domain_association("d1", "a.com", status="OK")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(amplify.load(Path("app.json")), list[Any])
    amplify.load({"app": {}})
    amplify.load('{"app": {}}')
    amplify.load(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def plans(amplify: AmplifyMock) -> None:
    plan = JobPlan(steps={"BUILD": 90}, fail_at="TEST", stuck_at=None, progress="clock")
    amplify.plan_jobs(plan, app_id="d1", times=2)
    DomainPlan(seconds={"CREATING": 1}, stuck_at="PENDING_VERIFICATION")
    JobPlan(steps={"BILD": 90})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    DomainPlan(seconds={"CREATIN": 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    JobPlan(fail_at="BILD")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    JobPlan(stuck_at="SUCCEED")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    JobPlan(progress="never")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    JobPlan(pendnig=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    DomainPlan(fail_at="AVAILABLE")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    amplify.plan_jobs({"pending": 1})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def handles(amplify: AmplifyMock) -> None:
    job = amplify.job("d1", "main", 1)
    assert_type(job, JobHandle)
    assert_type(job.status, JobStatus)
    assert_type(job.resource, Job)
    assert_type(job.end_time, datetime.datetime | None)
    job.succeed()
    job.fail("BUILD", reason="no memory")
    job.fail("BILD")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    domain = amplify.domain_association("d1", "example.com")
    assert_type(domain, DomainAssociationHandle)
    assert_type(domain.status, DomainStatus)
    domain.fail("CREATIN")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(domain.resource, DomainAssociation)
    assert_type(amplify.push("d1", "main"), JobHandle | None)
    amplify.push("d1", "main").succeed()  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]


def calls(amplify: AmplifyMock) -> None:
    amplify.fail("StartJob", "LimitExceededException", times=2, branchName="main")
    amplify.fail("StartJob", 503)
    amplify.fail("StartJob", ConnectTimeoutError(endpoint_url="https://example.com"))
    amplify.fail("StartJob", None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    amplify.fail("StartJob")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    amplify.delay("GetJob", seconds=3)
    amplify.on("GetApp", appId="d1").respond({"app": {}}, times=1).respond({"app": {}})
    amplify.on("GetApp").respond("app")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(amplify.calls, list[Call])
    call = amplify.calls[0]
    assert_type(call.parameters, dict[str, Any])
    assert_type(call.status, int | None)
    amplify.assert_called("StartJob", times=1)


def events(amplify: AmplifyMock) -> None:
    assert_type(amplify.events, list[dict[str, Any]])

    @amplify.on_event
    def listener(event: dict[str, Any]) -> int:
        return len(event)

    assert_type(listener({}), int)

    amplify.on_event(lambda event: None)
    amplify.on_event(lambda event: event["detail"])
    amplify.on_event(print)

    def takes_a_number(number: int) -> None:
        del number

    amplify.on_event(takes_a_number)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
