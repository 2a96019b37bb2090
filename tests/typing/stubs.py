"""What goes into a mock and comes out of it fits types-boto3-amplify. Checked by mypy and pyright, and never run."""

from __future__ import annotations

from typing import Literal, cast

import boto3
from types_boto3_amplify.client import AmplifyClient
from types_boto3_amplify.literals import (
    DomainStatusType,
    JobStatusType,
    JobTypeType,
    PlatformType,
    SourceUrlTypeType,
    StageType,
    UpdateStatusType,
)
from types_boto3_amplify.type_defs import (
    AppTypeDef,
    GetAppResultTypeDef,
    GetJobResultTypeDef,
    JobSummaryTypeDef,
    JobTypeDef,
    ListJobsResultTypeDef,
    StartJobRequestTypeDef,
)
from typing_extensions import assert_type

from amplify_mock import AmplifyMock, mock_amplify
from amplify_mock.resources.literals import (
    BranchStage,
    DomainStatus,
    JobStatus,
    JobType,
    Platform,
    SourceUrlType,
    UpdateStatus,
)


def a_client_is_what_it_was(amplify_client: AmplifyClient) -> None:
    with mock_amplify():
        # The stubs of all other services are not there.
        client = boto3.client("amplify")  # pyright: ignore[reportUnknownMemberType]
        assert_type(client, AmplifyClient)
    assert_type(amplify_client.create_app(name="shop")["app"], AppTypeDef)


def words_are_those_of_the_stubs(
    job_status: JobStatus,
    job_type: JobType,
    source_url_type: SourceUrlType,
    platform: Platform,
    domain_status: DomainStatus,
    update_status: UpdateStatus,
    stage: BranchStage,
) -> None:
    assert_type(job_status, JobStatusType)
    assert_type(job_type, JobTypeType)
    assert_type(source_url_type, SourceUrlTypeType)
    assert_type(platform, PlatformType)
    assert_type(domain_status, DomainStatusType)
    assert_type(update_status, UpdateStatusType)
    assert_type(stage, StageType | Literal["NONE"])


def what_is_shown_fits(amplify: AmplifyMock) -> tuple[JobStatusType, DomainStatusType]:
    status: JobStatusType = amplify.job("d1", "main").status
    job_type: JobTypeType = amplify.job("d1", "main").resource.job_type
    platform: PlatformType = amplify.apps["d1"].platform
    update_status: UpdateStatusType | None = amplify.domain_association("d1", "a.com").resource.update_status
    stage = amplify.apps["d1"].branches["main"].stage
    wrong: StageType = stage  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    if stage != "NONE":
        right: StageType = stage
        del right
    del job_type, platform, update_status, wrong
    return status, amplify.domain_association("d1", "a.com").status


def answers_can_be_put_in_place(amplify: AmplifyMock, client: AmplifyClient) -> None:
    amplify.load(client.get_app(appId="d1"))
    amplify.load(client.list_branches(appId="d1"))
    amplify.load(client.get_job(appId="d1", branchName="main", jobId="1"))
    amplify.load(client.get_domain_association(appId="d1", domainName="a.com"))


def answers_can_be_canned(
    amplify: AmplifyMock, app: GetAppResultTypeDef, job: GetJobResultTypeDef, jobs: ListJobsResultTypeDef
) -> None:
    amplify.on("GetApp", appId="d1").respond(app)
    amplify.on("GetJob").respond(job, times=1).respond(job)
    amplify.on("ListJobs").respond(jobs)
    summary: JobSummaryTypeDef = jobs["jobSummaries"][0]
    one: JobTypeDef = {"summary": summary, "steps": []}
    amplify.on("GetJob").respond({"job": one})


def what_was_called_can_be_called_again(amplify: AmplifyMock, client: AmplifyClient) -> None:
    client.start_job(**amplify.calls[0].parameters)
    request = cast("StartJobRequestTypeDef", amplify.calls[0].parameters)
    job_type: JobTypeType = request["jobType"]
    amplify.assert_called("StartJob", jobType=job_type)


def members_of_answers_are_taken_by_builders(amplify: AmplifyMock, summary: JobSummaryTypeDef, app: AppTypeDef) -> None:
    amplify.add_app(app["name"], app_id=app["appId"], platform=app["platform"], create_time=app["createTime"])
    amplify.add_job(
        app["appId"],
        status=summary["status"],
        job_type=summary["jobType"],
        job_id=summary["jobId"],
        start_time=summary["startTime"],
        end_time=summary.get("endTime"),
        source_url_type=summary.get("sourceUrlType"),
    )
