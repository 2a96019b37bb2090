"""ListArtifacts, GetArtifactUrl and GenerateAccessLogs."""

from __future__ import annotations

import contextlib
import datetime
import uuid
from urllib.parse import parse_qs, urlsplit

import freezegun
import pytest

from support.clients import bad_request, client_of, not_found, refusal
from support.documents import BRANCH, app_document, job_document, loaded
from support.jobs import GITHUB, TEST_PHASE, finish, new_branch, release, steps
from support.transports import at_aws

NOW = datetime.datetime(2024, 9, 1, 12, 30, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
BUCKET = "aws-amplify-prod-us-east-1-artifacts.s3.us-east-1.amazonaws.com"


@pytest.fixture
def tested(client):
    """Make a job that has run tests, and return what names it."""
    return finished_job(client, buildSpec=TEST_PHASE)


def branch_of(client, name="main", **app):
    return new_branch(client, name, {**GITHUB, **app})


def finished_job(client, name="main", **app):
    branch = branch_of(client, name, **app)
    job_id = release(client, branch)["jobId"]
    assert finish(client, branch, job_id)["status"] == "SUCCEED"
    return {**branch, "jobId": job_id}


def artifacts(client, job, **parameters):
    return client.list_artifacts(**job, **parameters)["artifacts"]


def is_presigned(url, bucket=BUCKET):
    parts = urlsplit(at_aws(url))
    query = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc) == ("https", bucket)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    return query.keys() >= {"X-Amz-Security-Token", "X-Amz-Signature", "X-Amz-Expires"}


# Artifacts


def test_a_job_that_ran_tests_has_artifacts(client, tested):
    found = artifacts(client, tested)
    assert found
    assert all(each.keys() == {"artifactFileName", "artifactId"} for each in found)
    assert len({each["artifactId"] for each in found}) == len({each["artifactFileName"] for each in found})


def test_artifacts_have_random_uuids(client, tested):
    assert [uuid.UUID(each["artifactId"]).version for each in artifacts(client, tested)] == [4, 4]


def test_artifacts_stay_the_same(client, tested):
    assert artifacts(client, tested) == artifacts(client, tested)


def test_a_job_without_tests_has_no_artifacts(client):
    assert artifacts(client, finished_job(client)) == []


def test_a_manual_deployment_has_no_artifacts(client):
    app_id = client.create_app(name="shop", buildSpec=TEST_PHASE)["app"]["appId"]
    branch = {"appId": app_id, "branchName": "main"}
    client.create_branch(**branch)
    client.start_deployment(**branch, sourceUrl="s3://bucket/site.zip")
    for _ in range(2):
        client.get_job(**branch, jobId="1")
    assert artifacts(client, {**branch, "jobId": "1"}) == []


def test_artifacts_appear_when_the_tests_have_ended(client):
    branch = branch_of(client, buildSpec=TEST_PHASE)
    job = {**branch, "jobId": "1"}
    seen = []
    with freezegun.freeze_time(NOW) as clock:
        client.start_job(**branch, jobType="RELEASE")
        for _ in range(80):
            ended = [name for name, status in steps(client, branch) if status == "SUCCEED"]
            seen.append(("TEST" in ended, bool(artifacts(client, job))))
            clock.tick(1)
    assert {has_ended for has_ended, _ in seen} == {True, False}
    assert all(has_ended is listed for has_ended, listed in seen)


def test_a_job_stopped_before_its_tests_has_no_artifacts(client):
    branch = branch_of(client, buildSpec=TEST_PHASE)
    job = {**branch, "jobId": "1"}
    client.start_job(**branch, jobType="RELEASE")
    client.get_job(**job)
    client.stop_job(**job)
    client.get_job(**job)
    assert artifacts(client, job) == []


def test_a_build_that_was_loaded_while_it_ran_has_artifacts(amplify_mock):
    client = client_of("eu-west-2", "111122223333")
    app = app_document(repository=GITHUB["repository"], buildSpec=TEST_PHASE)
    loaded(amplify_mock, app, {"jobSummaries": [job_document("RUNNING")]})
    amplify_mock.job("dloaded", "main").succeed()
    assert artifacts(client, {**BRANCH, "jobId": "7"})


def test_artifacts_are_listed_in_pages(client, tested):
    whole = artifacts(client, tested)
    found, parameters = [], {"maxResults": 1}
    while True:
        page = client.list_artifacts(**tested, **parameters)
        found += page["artifacts"]
        if "nextToken" not in page:
            break
        parameters["nextToken"] = page["nextToken"]
    assert found == whole


def test_listing_artifacts_does_not_move_the_job(client):
    branch = branch_of(client, buildSpec=TEST_PHASE)
    job = {**branch, "jobId": "1"}
    client.start_job(**branch, jobType="RELEASE")
    assert [artifacts(client, job) for _ in range(3)] == [[], [], []]
    assert client.get_job(**job)["job"]["summary"]["status"] == "RUNNING"


def test_the_job_must_exist(client, tested):
    call = client.list_artifacts
    assert refusal(call, **{**tested, "appId": "dunknown"}) == not_found("App dunknown not found.")
    assert refusal(call, **{**tested, "branchName": "a/b"}) == not_found("Branch a/b not found.")
    assert refusal(call, **{**tested, "jobId": "7"}) == not_found("Job 7 not found.")


def test_an_artifact_has_a_presigned_url(client, tested):
    for artifact in artifacts(client, tested):
        answer = client.get_artifact_url(artifactId=artifact["artifactId"])
        assert answer["artifactId"] == artifact["artifactId"]
        assert is_presigned(answer["artifactUrl"])
        assert artifact["artifactFileName"] in answer["artifactUrl"]


def test_the_url_of_an_artifact_of_a_very_long_branch_is_short_enough(client):
    job = finished_job(client, "ä" * 255, buildSpec=TEST_PHASE)
    urls = [client.get_artifact_url(artifactId=each["artifactId"])["artifactUrl"] for each in artifacts(client, job)]
    assert len(set(urls)) == len(urls)
    assert max(map(len, urls)) <= 1000


@pytest.mark.parametrize("artifact_id", ["nonsense", "a/b", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_artifact_is_not_found(client, tested, artifact_id):
    answer = refusal(client.get_artifact_url, artifactId=artifact_id)
    assert answer == not_found(f"Artifact {artifact_id} not found.")


@pytest.mark.parametrize(("region", "key"), [("eu-west-1", "testing"), ("us-east-1", "111122223333")])
def test_an_artifact_of_another_region_or_account_is_not_found(client, tested, region, key):
    artifact_id = artifacts(client, tested)[0]["artifactId"]
    answer = refusal(client_of(region, key).get_artifact_url, artifactId=artifact_id)
    assert answer == not_found(f"Artifact {artifact_id} not found.")


@pytest.mark.parametrize("what", ["job", "branch", "app"])
def test_an_artifact_goes_with_its_owner(client, tested, what):
    artifact_id = artifacts(client, tested)[0]["artifactId"]
    names = {"app": ("appId",), "branch": ("appId", "branchName"), "job": ("appId", "branchName", "jobId")}[what]
    getattr(client, f"delete_{what}")(**{name: tested[name] for name in names})
    assert refusal(client.get_artifact_url, artifactId=artifact_id)[:2] == ("NotFoundException", 404)


# Access logs


def logs(client, app_id, domain=None, **parameters):
    domain = domain or f"main.{app_id}.amplifyapp.com"
    return client.generate_access_logs(appId=app_id, domainName=domain, **parameters)["logUrl"]


def refused_logs(client, app_id, domain=None, **parameters):
    domain = domain or f"main.{app_id}.amplifyapp.com"
    return refusal(client.generate_access_logs, appId=app_id, domainName=domain, **parameters)


@pytest.fixture
def app_id(client):
    app_id = branch_of(client)["appId"]
    client.create_branch(appId=app_id, branchName="feature/x")
    client.create_domain_association(
        appId=app_id, domainName="example.com", subDomainSettings=[{"prefix": "www", "branchName": "main"}]
    )
    return app_id


@pytest.mark.parametrize(
    "domain",
    ["main.{}.amplifyapp.com", "feature-x.{}.amplifyapp.com", "{}.amplifyapp.com", "example.com", "www.example.com"],
)
def test_the_logs_of_a_domain_of_the_app_have_a_presigned_url(client, app_id, domain):
    url = logs(client, app_id, domain.format(app_id))
    assert is_presigned(url)
    assert urlsplit(url).path.endswith(".csv")


@pytest.mark.parametrize("domain", ["dev.{}.amplifyapp.com", "main.dother.amplifyapp.com", "api.example.com", "a.org"])
def test_a_domain_that_is_not_the_apps_is_not_found(client, app_id, domain):
    domain = domain.format(app_id)
    assert refused_logs(client, app_id, domain) == not_found(f"Domain association {domain} not found.")


def test_a_domain_that_was_deleted_is_not_found(client, app_id):
    client.delete_domain_association(appId=app_id, domainName="example.com")
    client.delete_branch(appId=app_id, branchName="main")
    for domain in ("www.example.com", f"main.{app_id}.amplifyapp.com"):
        assert refused_logs(client, app_id, domain)[:2] == ("NotFoundException", 404)


def test_the_app_must_exist(client, app_id):
    assert refused_logs(client, "dunknown", "example.com") == not_found("App dunknown not found.")


def test_another_window_has_another_url(client, app_id):
    with freezegun.freeze_time(NOW):
        windows = [{}, {"startTime": NOW - DAY}, {"startTime": NOW - 2 * DAY, "endTime": NOW - DAY}]
        assert len({logs(client, app_id, **window) for window in windows}) == 3


def test_a_window_of_two_weeks_is_the_longest(client, app_id):
    with freezegun.freeze_time(NOW):
        assert is_presigned(logs(client, app_id, startTime=NOW - 14 * DAY, endTime=NOW))
        late = datetime.timedelta(seconds=1)
        answer = refused_logs(client, app_id, startTime=NOW - 14 * DAY - late, endTime=NOW)
    assert answer == bad_request("Access logs can be generated for a window of at most two weeks.")


def test_a_window_may_lie_in_the_past(client, app_id):
    old = NOW - 365 * DAY
    assert is_presigned(logs(client, app_id, startTime=old, endTime=old + DAY))
    assert is_presigned(logs(client, app_id, endTime=old))


def test_a_window_does_not_end_before_it_starts(client, app_id):
    assert is_presigned(logs(client, app_id, startTime=NOW, endTime=NOW))
    answer = refused_logs(client, app_id, startTime=NOW, endTime=NOW - datetime.timedelta(seconds=1))
    assert answer == bad_request("The startTime must not be after the endTime.")


HOUR = datetime.datetime(2024, 9, 1, 12, tzinfo=datetime.timezone.utc)
LAST_HOUR = datetime.datetime(9999, 12, 31, 23, tzinfo=datetime.timezone.utc)


@pytest.mark.parametrize(
    ("start", "seconds", "hours"),
    [
        (HOUR, 0, "2024090112-2024090112"),
        (HOUR, 1, "2024090112-2024090113"),
        (HOUR, 60, "2024090112-2024090113"),
        (HOUR, 3599, "2024090112-2024090113"),
        (HOUR, 3600, "2024090112-2024090113"),
        (HOUR, 3601, "2024090112-2024090114"),
        (LAST_HOUR, 3599, "9999123123-9999123123"),
    ],
)
def test_a_window_is_made_of_whole_hours(client, app_id, start, seconds, hours):
    url = logs(client, app_id, startTime=start, endTime=start + datetime.timedelta(seconds=seconds))
    assert urlsplit(at_aws(url)).path == f"/{app_id}/accesslogs/main.{app_id}.amplifyapp.com/{hours}.csv"


def test_a_window_ends_now_unless_its_end_is_given(client, app_id):
    with freezegun.freeze_time(HOUR + datetime.timedelta(milliseconds=1)):
        assert urlsplit(logs(client, app_id)).path.endswith("/2024081812-2024090113.csv")


def test_the_earliest_time_is_no_accident(client, app_id):
    # Two weeks before the first day that datetime knows cannot be told.
    first = datetime.datetime(1, 1, 1, 12, tzinfo=datetime.timezone.utc)
    with contextlib.suppress(client.exceptions.BadRequestException):
        assert is_presigned(logs(client, app_id, endTime=first))
