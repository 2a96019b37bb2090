"""CreateDeployment and StartDeployment."""

from __future__ import annotations

import datetime
import re
from urllib.parse import unquote, urlsplit

import pytest
import time_machine

from support.clients import bad_request, client_of, refusal
from support.jobs import GITHUB, HOUR, ZIP, deploy, finish, new_branch, now, read
from support.model import needs

BUSY = (
    "The last job(deployment) {} was not finished, please wait until it finish or use StopJob operation to cancel it "
    "before creating a new deployment."
)
CONNECTED = "Operation not supported. App is already connected a repository."
MILLISECOND = datetime.timedelta(milliseconds=1)


@pytest.fixture
def main(client):
    """Make a branch of an app without a repository, and return what names it."""
    return new_branch(client)


# CreateDeployment


def test_without_a_file_map_there_is_one_url_for_a_zip(amplify_mock):
    client = client_of("eu-west-2")
    branch = new_branch(client, "feature/x")
    answer = client.create_deployment(**branch)
    assert (answer["jobId"], answer["fileUploadUrls"]) == ("1", {})
    url = urlsplit(answer["zipUploadUrl"])
    assert (url.scheme, url.hostname) == ("https", "aws-amplify-prod-eu-west-2-artifacts.s3.eu-west-2.amazonaws.com")
    assert url.path == f"/{branch['appId']}/feature/x/0000000001/DEPLOY/artifacts.zip"
    assert url.query.startswith("X-Amz-Security-Token=")
    assert "&X-Amz-Algorithm=AWS4-HMAC-SHA256&" in url.query


def test_with_a_file_map_there_is_a_url_for_each_file(client, main):
    names = ["index.html", "css/site.css", "a b?.html", "ü.html", "100%.html"]
    answer = client.create_deployment(**main, fileMap=dict.fromkeys(names, "0" * 32))
    assert answer["zipUploadUrl"] == ""
    assert list(answer["fileUploadUrls"]) == names
    for name, url in answer["fileUploadUrls"].items():
        assert unquote(urlsplit(url).path).endswith(f"/{name}")


@pytest.mark.parametrize("character", ["x", "ü", "😀", "/", "%", " "])
def test_urls_of_very_long_names_are_short_enough_and_differ(client, character):
    branch = new_branch(client, character * 255)
    names = [character * 254 + end for end in "abc"]
    urls = client.create_deployment(**branch, fileMap=dict.fromkeys(names, ""))["fileUploadUrls"]
    assert urls.keys() == set(names)
    assert len({urlsplit(url).path for url in urls.values()}) == 3
    assert all(len(url) <= 1000 and url.isascii() for url in urls.values())


def test_every_deployment_has_urls_of_its_own(client, main):
    first = client.create_deployment(**main)["zipUploadUrl"]
    client.stop_job(**main, jobId="1")
    assert client.create_deployment(**main)["zipUploadUrl"] != first


def test_create_deployment_takes_the_next_number(client, main):
    deploy(client, main, sourceUrl=ZIP)
    finish(client, main)
    assert client.create_deployment(**main)["jobId"] == "2"


def test_a_created_deployment_waits_however_often_it_is_read(client, main):
    client.create_deployment(**main)
    for _ in range(3):
        job = client.get_job(**main, jobId="1")["job"]
        assert (job["summary"]["status"], job["steps"]) == ("PENDING", [])
        assert "endTime" not in job["summary"]
        assert [each["status"] for each in client.list_jobs(**main)["jobSummaries"]] == ["PENDING"]


def test_create_deployment_waits_for_the_unfinished_job(client, main):
    client.create_deployment(**main)
    assert refusal(client.create_deployment, **main) == bad_request(BUSY.format(1))
    deploy(client, main, jobId="1")
    assert refusal(client.create_deployment, **main) == bad_request(BUSY.format(1))
    finish(client, main)
    assert client.create_deployment(**main)["jobId"] == "2"
    assert refusal(client.create_deployment, **main) == bad_request(BUSY.format(2))


def test_stopping_the_unfinished_job_makes_way(client, main):
    client.create_deployment(**main)
    client.stop_job(**main, jobId="1")
    assert client.create_deployment(**main)["jobId"] == "2"


def test_another_branch_does_not_wait(client, main):
    client.create_branch(appId=main["appId"], branchName="dev")
    client.create_deployment(**main)
    assert client.create_deployment(appId=main["appId"], branchName="dev")["jobId"] == "1"


@pytest.mark.parametrize("parameters", [{}, {"fileMap": {"a": "b"}}])
def test_a_connected_app_takes_no_deployment(client, parameters):
    branch = new_branch(client, app=GITHUB)
    assert refusal(client.create_deployment, **branch, **parameters) == bad_request(CONNECTED)
    assert refusal(client.start_deployment, **branch, sourceUrl=ZIP) == bad_request(CONNECTED)
    assert client.list_jobs(**branch)["jobSummaries"] == []


@pytest.mark.parametrize("operation", ["create_deployment", "start_deployment"])
def test_an_unknown_app_or_branch_is_not_found(client, main, operation):
    call = getattr(client, operation)
    assert refusal(call, appId="dunknown", branchName="main") == (
        "NotFoundException", 404, "App dunknown not found.",
    )  # fmt: skip
    assert refusal(call, appId=main["appId"], branchName="none") == (
        "NotFoundException", 404, "Branch none not found.",
    )  # fmt: skip


# StartDeployment of what was created


def test_a_created_deployment_is_started_by_its_job_id(client, main):
    job_id = client.create_deployment(**main)["jobId"]
    summary = deploy(client, main, jobId=job_id)
    arn = f"arn:aws:amplify:us-east-1:123456789012:apps/{main['appId']}/branches/main/jobs/0000000001"
    assert (summary["jobArn"], summary["jobId"], summary["status"]) == (arn, "1", "PENDING")
    assert not summary.keys() & {"endTime", "sourceUrl", "sourceUrlType"}
    assert [read(client, main)["status"] for _ in range(3)] == ["RUNNING", "SUCCEED", "SUCCEED"]


def test_a_deployment_cannot_be_started_twice(client, main):
    client.create_deployment(**main)
    deploy(client, main, jobId="1")
    for status in ("PENDING", "RUNNING", "SUCCEED"):
        text = f"Job 1 cannot be started because it is in {status} status."
        assert refusal(client.start_deployment, **main, jobId="1") == bad_request(text)
        read(client, main)


def test_a_stopped_deployment_cannot_be_started(client, main):
    client.create_deployment(**main)
    client.stop_job(**main, jobId="1")
    text = "Job 1 cannot be started because it is in CANCELLING status."
    assert refusal(client.start_deployment, **main, jobId="1") == bad_request(text)
    assert read(client, main)["status"] == "CANCELLED"


def test_an_unknown_job_cannot_be_started(client, main):
    assert refusal(client.start_deployment, **main, jobId="7")[:2] == ("NotFoundException", 404)


def test_only_what_create_deployment_made_is_started_by_a_job_id(client, main):
    deploy(client, main, sourceUrl=ZIP)
    answer = refusal(client.start_deployment, **main, jobId="1")
    assert answer == bad_request("Job 1 was not created by CreateDeployment.")


def test_a_deployment_is_started_after_8_hours_at_the_latest(client, main):
    with time_machine.travel("2024-01-01", tick=False) as clock:
        client.create_deployment(**main)
        assert read(client, main)["startTime"] == now()
        clock.shift(8 * HOUR)
        assert deploy(client, main, jobId="1")["status"] == "PENDING"
        started = now()
        clock.shift(datetime.timedelta(seconds=1))
        assert client.list_jobs(**main)["jobSummaries"][0]["startTime"] == started
        assert finish(client, main)["status"] == "SUCCEED"


def test_after_8_hours_start_deployment_and_its_job_fail(client, main):
    with time_machine.travel("2024-01-01", tick=False) as clock:
        client.create_deployment(**main)
        created = datetime.datetime.now(datetime.timezone.utc)
        clock.shift(8 * HOUR + MILLISECOND)
        text = "Job 1 cannot be started because more than 8 hours have passed since CreateDeployment."
        assert refusal(client.start_deployment, **main, jobId="1") == bad_request(text)
        job = read(client, main)
        assert (job["status"], job["endTime"]) == ("FAILED", created + 8 * HOUR + MILLISECOND)
        assert client.get_branch(**main)["branch"]["activeJobId"] == ""
        assert client.create_deployment(**main)["jobId"] == "2"


def test_a_deployment_that_nobody_starts_fails_by_itself(client, main):
    with time_machine.travel("2024-01-01", tick=False) as clock:
        client.create_deployment(**main)
        clock.shift(100 * HOUR)
        assert [each["status"] for each in client.list_jobs(**main)["jobSummaries"]] == ["FAILED"]
        assert refusal(client.stop_job, **main, jobId="1")[:2] == ("BadRequestException", 400)


# StartDeployment of files that lie elsewhere


def test_a_source_url_makes_a_job_of_its_own(client, main):
    summary = deploy(client, main, sourceUrl=ZIP)
    assert (summary["jobId"], summary["status"]) == ("1", "PENDING")
    assert summary["jobArn"].endswith("/branches/main/jobs/0000000001")


@needs("JobSummary.sourceUrl", "StartDeploymentRequest.sourceUrlType")
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"sourceUrl": ZIP}, "ZIP"),
        ({"sourceUrl": "https://bucket.s3.amazonaws.com/site.zip?X-Amz-Signature=1", "sourceUrlType": "ZIP"}, "ZIP"),
        ({"sourceUrl": "s3://bucket/prefix/", "sourceUrlType": "BUCKET_PREFIX"}, "BUCKET_PREFIX"),
    ],
)
def test_the_source_is_echoed_in_every_summary(client, main, given, shown):
    summaries = [
        deploy(client, main, **given),
        read(client, main),
        *client.list_jobs(**main)["jobSummaries"],
        client.delete_job(**main, jobId="1")["jobSummary"],
    ]
    assert {(each["sourceUrl"], each["sourceUrlType"]) for each in summaries} == {(given["sourceUrl"], shown)}


def test_job_id_or_source_url_must_be_given(client, main):
    text = "Must specify jobId or sourceUrl for StartDeploymentRequest."
    assert refusal(client.start_deployment, **main) == bad_request(text)


@needs("StartDeploymentRequest.sourceUrlType")
def test_a_kind_of_source_is_no_source(client, main):
    text = "Must specify jobId or sourceUrl for StartDeploymentRequest."
    assert refusal(client.start_deployment, **main, sourceUrlType="ZIP") == bad_request(text)


def test_job_id_and_source_url_are_not_given_together(client, main):
    client.create_deployment(**main)
    text = "Must specify only one of jobId and sourceUrl for StartDeploymentRequest."
    assert refusal(client.start_deployment, **main, jobId="1", sourceUrl=ZIP) == bad_request(text)
    assert read(client, main)["status"] == "PENDING"


@needs("StartDeploymentRequest.sourceUrlType")
def test_a_bucket_prefix_lies_in_s3(client, main):
    answer = refusal(client.start_deployment, **main, sourceUrl="https://example.com/", sourceUrlType="BUCKET_PREFIX")
    assert answer == bad_request("The sourceUrl of a BUCKET_PREFIX deployment must start with s3://.")
    assert client.list_jobs(**main)["jobSummaries"] == []


def test_a_source_url_waits_for_the_unfinished_job(client, main):
    deploy(client, main, sourceUrl=ZIP)
    assert refusal(client.start_deployment, **main, sourceUrl=ZIP) == bad_request(BUSY.format(1))
    finish(client, main)
    assert deploy(client, main, sourceUrl=ZIP)["jobId"] == "2"


# What the job shows


def test_a_manual_deployment_has_the_recorded_steps(client, main):
    deploy(client, main, sourceUrl=ZIP)
    finish(client, main)
    steps = client.get_job(**main, jobId="1")["job"]["steps"]
    assert [(each["stepName"], each["status"]) for each in steps] == [("DEPLOY", "SUCCEED"), ("VERIFY", "SUCCEED")]


def test_the_branches_of_a_name_with_slashes_do_not_mix(client):
    branch = new_branch(client, "a")
    deeper = {**branch, "branchName": "a/0000000001"}
    client.create_branch(**deeper)
    urls = [client.create_deployment(**each)["zipUploadUrl"] for each in (branch, deeper)]
    assert len({urlsplit(url).path for url in urls}) == 2


def test_a_backend_shows_the_deployment(client, amplify_mock, main):
    client.create_deployment(**main, fileMap={"a": "0" * 32})
    job = amplify_mock.backend().apps[main["appId"]].branches["main"].jobs["1"]
    assert (job.status, job.deployment.file_map, job.uploads) == ("PENDING", {"a": "0" * 32}, {})
    assert re.fullmatch("[0-9]+", job.job_id)
