"""StartJob, GetJob, ListJobs, StopJob and DeleteJob."""

from __future__ import annotations

import datetime

import pytest

from support.clients import bad_request, client_of, not_found, refusal
from support.jobs import GITHUB, HOUR, START, UTC, ZIP, finish, get, listed, new_branch, now, read, release

NOT_CONNECTED = "Operation not supported for app that was not connected to a repository provider."
NO_MANUAL = "The requested jobType MANUAL does not support."
BUSY = "The requested branch main already have pending or running jobs"


@pytest.fixture
def main(client):
    """Make a branch of an app with a repository, and return what names it."""
    return new_branch(client, app=GITHUB)


@pytest.fixture
def manual(client):
    """Make a branch of an app without a repository."""
    return new_branch(client)


# StartJob


def test_a_release_answers_the_recorded_members(client, main):
    summary = release(client, main)
    arn = f"arn:aws:amplify:us-east-1:123456789012:apps/{main['appId']}/branches/main/jobs/0000000001"
    assert (summary["jobArn"], summary["jobId"]) == (arn, "1")
    assert (summary["commitId"], summary["status"], summary["jobType"]) == ("HEAD", "PENDING", "RELEASE")
    assert not summary.keys() & {"endTime", "sourceUrl", "sourceUrlType"}


def test_a_release_builds_head_whatever_commit_is_named(client, main):
    summary = release(client, main, commitId="4f3c2b1", commitMessage="fix the cart")
    assert (summary["commitId"], summary["commitMessage"]) == ("HEAD", "fix the cart")
    assert read(client, main)["commitMessage"] == "fix the cart"


def test_a_release_was_committed_when_it_was_asked_for(client, main, frozen):
    with frozen():
        summary = release(client, main)
        assert summary["commitTime"] == now()
        assert summary["startTime"] >= summary["commitTime"]


def test_the_commit_time_is_kept(client, main):
    committed = datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert release(client, main, commitTime=committed)["commitTime"] == committed
    assert read(client, main)["commitTime"] == committed


def test_no_commit_time_lies_ahead(client, main, frozen):
    with frozen():
        assert release(client, main, commitTime=START + HOUR)["commitTime"] == now()


def test_the_reason_is_taken_and_returned_nowhere(client, main):
    answer = release(client, main, jobReason="because I can")
    assert "because I can" not in repr([answer, get(client, main), listed(client, main)])


def test_a_view_of_the_job_tells_the_reason(client, amplify_mock, main):
    release(client, main, jobReason="because I can")
    job = amplify_mock.backend().apps[main["appId"]].branches["main"].jobs["1"]
    assert job.job_reason == "because I can"


def test_a_web_hook_builds_head(client, main):
    summary = release(client, main, jobType="WEB_HOOK")
    assert (summary["commitId"], summary["status"], summary["jobType"]) == ("HEAD", "PENDING", "WEB_HOOK")


def test_a_connected_app_starts_no_manual_job(client, main):
    assert refusal(client.start_job, **main, jobType="MANUAL") == bad_request(NO_MANUAL)
    assert listed(client, main) == []


@pytest.mark.parametrize("job_type", ["RELEASE", "RETRY", "MANUAL", "WEB_HOOK"])
def test_an_app_without_a_repository_starts_no_job(client, manual, job_type):
    answer = refusal(client.start_job, **manual, jobType=job_type, jobId="1")
    assert answer == bad_request(NOT_CONNECTED)
    assert listed(client, manual) == []


@pytest.mark.parametrize("job_type", ["RELEASE", "WEB_HOOK"])
def test_a_branch_builds_one_job_at_a_time(client, main, job_type):
    release(client, main)
    for _ in ("PENDING", "RUNNING"):
        assert refusal(client.start_job, **main, jobType=job_type) == ("LimitExceededException", 429, BUSY)
        read(client, main)
    assert release(client, main, jobType=job_type)["jobId"] == "2"


def test_branches_build_side_by_side(client, main):
    dev = {**main, "branchName": "dev"}
    client.create_branch(**dev)
    assert [release(client, each)["jobId"] for each in (main, dev)] == ["1", "1"]


def test_the_clock_ends_the_wait_too(client, main, frozen):
    with frozen() as move:
        release(client, main)
        move(HOUR)
        assert release(client, main)["jobId"] == "2"


@pytest.mark.parametrize("operation", ["start_job", "get_job", "stop_job", "delete_job", "list_jobs"])
def test_an_unknown_app_or_branch_is_not_found(client, main, operation):
    more = {"start_job": {"jobType": "RELEASE"}, "list_jobs": {}}.get(operation, {"jobId": "1"})
    call = getattr(client, operation)
    assert refusal(call, appId="dunknown", branchName="main", **more) == not_found("App dunknown not found.")
    assert refusal(call, appId=main["appId"], branchName="a/b", **more) == not_found("Branch a/b not found.")


# RETRY


def test_a_retry_builds_the_same_commit_again(client, main):
    first = release(client, main, commitMessage="fix", commitTime=START)
    finish(client, main)
    again = release(client, main, jobType="RETRY", jobId="1")
    assert (again["jobId"], again["jobType"], again["status"]) == ("2", "RETRY", "PENDING")
    same = ("commitId", "commitMessage", "commitTime")
    assert [again[name] for name in same] == [first[name] for name in same]


def test_a_stopped_job_can_be_retried(client, main):
    release(client, main)
    client.stop_job(**main, jobId="1")
    assert release(client, main, jobType="RETRY", jobId="1")["jobId"] == "2"


def test_a_retry_names_a_job(client, main):
    assert refusal(client.start_job, **main, jobType="RETRY", jobId="7")[:2] == ("NotFoundException", 404)
    assert refusal(client.start_job, **main, jobType="RETRY") == bad_request("Must specify jobId for a RETRY job.")
    assert listed(client, main) == []


def test_a_running_job_cannot_be_retried(client, main):
    release(client, main)
    answer = refusal(client.start_job, **main, jobType="RETRY", jobId="1")
    assert answer == ("LimitExceededException", 429, BUSY)


# GetJob and ListJobs


def test_an_unknown_job_is_not_found(client, main):
    release(client, main)
    for operation in ("get_job", "stop_job", "delete_job"):
        for job_id in ("2", "0", "00", "10", "9" * 255):
            answer = refusal(getattr(client, operation), **main, jobId=job_id)
            assert answer == not_found(f"Job {job_id} not found.")


@pytest.mark.parametrize("operation", ["get_job", "stop_job", "delete_job"])
def test_an_empty_job_id_is_refused(client, main, operation):
    release(client, main)
    code, status, text = refusal(getattr(client, operation), **main, jobId="")
    assert (code, status) == ("BadRequestException", 400)
    assert "'jobId' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9]+" in text


def test_a_job_is_found_by_its_padded_number(client, main):
    release(client, main)
    assert read(client, main, "0000000001")["jobId"] == "1"


def test_jobs_are_listed_newest_first(client, manual):
    for number in range(1, 12):
        client.start_deployment(**manual, sourceUrl=ZIP)
        finish(client, manual, str(number))
    assert [each["jobId"] for each in listed(client, manual)] == [str(number) for number in range(11, 0, -1)]
    assert [each["jobId"] for each in listed(client, manual, maxResults=1)] == ["11"]


def test_a_listed_job_is_the_summary_of_get_job(client, main):
    release(client, main, commitMessage="fix")
    finish(client, main)
    assert listed(client, main) == [read(client, main)]


# StopJob


@pytest.mark.parametrize("reads", [0, 1], ids=["PENDING", "RUNNING"])
def test_a_stopped_job_is_cancelled(client, main, reads):
    release(client, main)
    for _ in range(reads):
        read(client, main)
    stopped = client.stop_job(**main, jobId="1")["jobSummary"]
    assert (stopped["jobId"], stopped["status"]) == ("1", "CANCELLING")
    assert "endTime" not in stopped
    summaries = [read(client, main) for _ in range(2)]
    assert [each["status"] for each in summaries] == ["CANCELLED", "CANCELLED"]
    assert summaries[0]["endTime"] >= summaries[0]["startTime"]


def test_the_clock_cancels_a_stopped_job(client, main, frozen):
    with frozen() as move:
        release(client, main)
        client.stop_job(**main, jobId="1")
        stopped = now()
        move(HOUR)
        summary = read(client, main)
        assert summary["status"] == "CANCELLED"
        assert stopped <= summary["endTime"] < now()


def test_stopping_twice_changes_nothing(client, main, frozen):
    with frozen():
        release(client, main)
        first = client.stop_job(**main, jobId="1")["jobSummary"]
        assert client.stop_job(**main, jobId="1")["jobSummary"] == first


@pytest.mark.parametrize("end", ["SUCCEED", "CANCELLED"])
def test_a_finished_job_cannot_be_stopped(client, main, end):
    release(client, main)
    if end == "CANCELLED":
        client.stop_job(**main, jobId="1")
    summary = finish(client, main)
    assert refusal(client.stop_job, **main, jobId="1")[:2] == ("BadRequestException", 400)
    assert read(client, main) == summary
    assert summary["status"] == end


def test_a_created_deployment_can_be_stopped(client, manual):
    client.create_deployment(**manual)
    assert client.stop_job(**manual, jobId="1")["jobSummary"]["status"] == "CANCELLING"
    assert read(client, manual)["status"] == "CANCELLED"


def test_stopping_makes_way_for_the_next_job_at_once(client, main):
    release(client, main)
    client.stop_job(**main, jobId="1")
    assert release(client, main)["jobId"] == "2"
    assert refusal(client.start_job, **main, jobType="RELEASE") == ("LimitExceededException", 429, BUSY)


# DeleteJob


def test_a_deleted_job_is_gone(client, main):
    release(client, main)
    summary = finish(client, main)
    assert client.delete_job(**main, jobId="1")["jobSummary"] == summary
    assert listed(client, main) == []
    assert refusal(client.get_job, **main, jobId="1")[:2] == ("NotFoundException", 404)


@pytest.mark.parametrize(("reads", "status"), [(0, "PENDING"), (1, "RUNNING")])
def test_an_unfinished_job_cannot_be_deleted(client, main, reads, status):
    release(client, main)
    for _ in range(reads):
        read(client, main)
    answer = refusal(client.delete_job, **main, jobId="1")
    assert answer == bad_request(f"Job 1 cannot be deleted because it is in {status} status.")
    assert len(listed(client, main)) == 1


def test_the_number_of_a_deleted_job_is_not_given_again(client, main):
    release(client, main)
    finish(client, main)
    client.delete_job(**main, jobId="1")
    assert release(client, main)["jobId"] == "2"


def test_without_the_active_job_the_one_before_it_is_active(client, main):
    for job_id in ("1", "2"):
        release(client, main)
        finish(client, main, job_id)
    client.delete_job(**main, jobId="2")
    assert client.get_branch(**main)["branch"]["activeJobId"] == "0000000001"


# Regions


def test_regions_are_separate(client, main):
    release(client, main)
    answer = refusal(client_of("eu-west-1").get_job, **main, jobId="1")
    assert answer == not_found(f"App {main['appId']} not found.")
