"""Presigned URLs lead to what they name, for as long and for whatever they were signed, and to nothing else."""

from __future__ import annotations

import base64
import datetime
import hashlib
import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from xml.etree import ElementTree as ET

import freezegun
import pytest
import requests

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of
from support.jobs import GITHUB, HOUR, START, TEST_PHASE, deploy, finish, get, new_branch, release
from support.sites import (
    DENIED,
    MISMATCH,
    NO_KEY,
    SUCCEEDED,
    ask,
    ending,
    host_of,
    page,
    put,
    refused,
    started,
    unzipped,
)

SECOND = datetime.timedelta(seconds=1)
BUCKET = "https://aws-amplify-prod-us-east-1-artifacts.s3.us-east-1.amazonaws.com"


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def main(amplify_client):
    """Make a branch of an app with tests, and return what names it."""
    return new_branch(amplify_client, app={**GITHUB, "buildSpec": TEST_PHASE})


def ended(client, branch, job_id="1"):
    release(client, branch)
    return finish(client, branch, job_id)["status"]


def step(client, branch, name="BUILD", job_id="1"):
    return next(each for each in get(client, branch, job_id)["steps"] if each["stepName"] == name)


def all_urls(client, branch):
    """Let a build and its tests end, and return the URL of each kind that can be read."""
    ended(client, branch)
    made = {each["stepName"]: each for each in get(client, branch)["steps"]}
    artifact = client.list_artifacts(**branch, jobId="1")["artifacts"][0]["artifactId"]
    return {
        "logUrl": made["BUILD"]["logUrl"],
        "artifactsUrl": made["BUILD"]["artifactsUrl"],
        "testLogUrl": made["TEST"]["logUrl"],
        "testArtifactsUrl": made["TEST"]["testArtifactsUrl"],
        "thumbnail": made["VERIFY"]["screenshots"]["thumbnail"],
        "artifactUrl": client.get_artifact_url(artifactId=artifact)["artifactUrl"],
        "accessLogUrl": client.generate_access_logs(appId=branch["appId"], domainName=host_of(branch))["logUrl"],
    }


def status(url, method="GET", body=None):
    return requests.request(method, url, data=body, timeout=5).status_code


# What they look like and answer


def test_every_url_has_the_recorded_form(amplify_client, main):
    for url in all_urls(amplify_client, main).values():
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}" == BUCKET
        given = dict(parse_qsl(parts.query))
        assert re.fullmatch(r"ASIA[0-9A-F]{16}/\d{8}/us-east-1/s3/aws4_request", given["X-Amz-Credential"])
        assert list(given) == [
            "X-Amz-Security-Token",
            "X-Amz-Algorithm",
            "X-Amz-Date",
            "X-Amz-SignedHeaders",
            "X-Amz-Expires",
            "X-Amz-Credential",
            "X-Amz-Signature",
        ]


def test_every_url_answers_get_and_head_as_s3_does(amplify_client, main):
    for url in all_urls(amplify_client, main).values():
        whole, head = requests.get(url, timeout=5), requests.head(url, timeout=5)
        assert (whole.status_code, head.status_code, head.content) == (200, 200, b"")
        for name in ("Content-Type", "Content-Length", "ETag", "Server"):
            assert whole.headers[name] == head.headers[name]
        assert int(head.headers["Content-Length"]) == len(whole.content)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_what_is_to_be_read_cannot_be_written(amplify_client, main, method):
    urls = all_urls(amplify_client, main)
    before = requests.get(urls["logUrl"], timeout=5).text
    assert {refused(url, method, b"x") for url in urls.values()} == {MISMATCH}
    assert requests.get(urls["logUrl"], timeout=5).text == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_what_is_to_be_uploaded_cannot_be_read(amplify_client, method):
    deployment = amplify_client.create_deployment(**new_branch(amplify_client))
    put(deployment["zipUploadUrl"], b"secret")
    assert refused(deployment["zipUploadUrl"], method)[0] == 403
    assert b"secret" not in requests.request(method, deployment["zipUploadUrl"], timeout=5).content


# Who may not


@pytest.fixture
def urls(amplify_client, main):
    """One URL that may be read, and one that may be written to, with the method for it."""
    upload = amplify_client.create_deployment(**new_branch(amplify_client))["zipUploadUrl"]
    return [(all_urls(amplify_client, main)["logUrl"], "GET"), (upload, "PUT")]


def test_a_query_that_was_tampered_with_is_refused(urls):
    for url, method in urls:
        address, _, query = url.partition("?")
        for name, value in parse_qsl(query):
            changed = "5" if value != "5" else "6"
            for other in ({name: changed}, {name: value + changed}, {}):
                rest = {**{key: old for key, old in parse_qsl(query) if key != name}, **other}
                assert refused(f"{address}?{urlencode(rest)}", method) in (MISMATCH, DENIED)
        assert refused(f"{url}&versionId=1", method) == MISMATCH
        assert status(url, method) == 200


def test_refusals_say_what_s3_says(amplify_mock, amplify_client, main):
    def says(address):
        return ET.fromstring(requests.get(address, timeout=5).content).findtext("Message")

    url = all_urls(amplify_client, main)["logUrl"]
    assert says(url.partition("?")[0]) == "Access Denied"
    for changed in (f"{url}0", re.sub("X-Amz-Date=[^&]+&", "", url), url.replace("X-Amz-Expires=3600&", "")):
        assert says(changed) == (
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method."
        )
    amplify_mock.clock.advance(hours=2)
    assert says(url) == "Request has expired"


@pytest.mark.parametrize("query", ["", "?", "?a=b", "?X-Amz-Signature=", "?%ff=%00", "?X-Amz-Date=2024"])
def test_without_a_signature_nothing_is_given_out(urls, query):
    for url, method in urls:
        assert refused(url.partition("?")[0] + query, method) == DENIED


def test_the_query_of_another_object_or_method_is_refused(amplify_client, main, urls):
    made = step(amplify_client, main)
    (log, _), (upload, _) = urls
    pairs = [(log, made["artifactsUrl"]), (made["artifactsUrl"], log), (upload, log), (log, upload)]
    for url, other in pairs:
        swapped = url.partition("?")[0] + "?" + other.partition("?")[2]
        assert {refused(swapped, method) for method in ("GET", "PUT")} == {MISMATCH}


def test_a_query_that_is_written_in_another_way_is_good(amplify_client, main, urls):
    for url, method in urls:
        address, _, query = url.partition("?")
        pairs = parse_qsl(query)
        written = [
            "&".join(f"{name}={quote(value, safe='/')}" for name, value in pairs),
            "&".join(f"{name}={''.join(f'%{ord(each):02x}' for each in value)}" for name, value in pairs),
            urlencode(pairs[::-1]),
        ]
        for each in written:
            assert each != query or "%" not in query
            assert status(f"{address}?{each}", method) == 200
        assert requests.request(method, address, params=dict(pairs), timeout=5).status_code == 200


def test_what_is_not_there_is_not_found(amplify_client, main):
    query = "?" + all_urls(amplify_client, main)["logUrl"].partition("?")[2]
    paths = [
        "",
        "/",
        "/{app}",
        "/{app}/main/0000000001/BUILD/other.txt",
        "/{app}/main/0000000001/BUILD/log.txt/",
        "/{app}/main/0000000001/TEST/artifacts.zip",
        "/{app}/main/0000000001/NONE/log.txt",
        "/{app}/main/0000000001/DEPLOY/artifacts.zip",
        "/{app}/main/0000000007/BUILD/log.txt",
        "/{app}/main/0000000000/BUILD/log.txt",
        "/{app}/main/\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661/BUILD/log.txt",
        "/{app}/dev/0000000001/BUILD/log.txt",
        "/dother/main/0000000001/BUILD/log.txt",
        "/dother/accesslogs/a.com/2024010100-2024010101.csv",
        "/%ff%00",
    ]
    for path in paths:
        address = BUCKET + path.format(app=main["appId"])
        assert [refused(address), refused(address + query), refused(address + query, "PUT")] == [NO_KEY] * 3


def test_an_access_log_of_hours_that_cannot_be_is_refused(main):
    for hours in ("9999999999-9999999999", "2024130100-2024130100", "0000000000-0000000000"):
        assert refused(f"{BUCKET}/{main['appId']}/accesslogs/{host_of(main)}/{hours}.csv")[0] in (403, 404)


@pytest.mark.parametrize("year", [1, 999, 9999])
def test_an_access_log_of_a_faraway_time_is_empty(amplify_client, main, year):
    day = datetime.datetime(year, 12, 31, tzinfo=datetime.timezone.utc)
    window = {"startTime": day, "endTime": day + 23 * HOUR}
    url = amplify_client.generate_access_logs(appId=main["appId"], domainName=host_of(main), **window)["logUrl"]
    answer = requests.get(url, timeout=5)
    assert (answer.status_code, answer.text.count("\n")) == (200, 1)


def test_the_bucket_of_another_region_has_nothing(urls):
    for url, method in urls:
        assert refused(url.replace("us-east-1", "eu-west-1"), method) == NO_KEY


def test_what_belongs_to_a_job_goes_with_it(amplify_client, main):
    urls = all_urls(amplify_client, main)
    amplify_client.delete_job(**main, jobId="1")
    assert {refused(url) for name, url in urls.items() if name != "accessLogUrl"} == {NO_KEY}
    assert status(urls["accessLogUrl"]) == 200
    amplify_client.delete_app(appId=main["appId"])
    assert refused(urls["accessLogUrl"]) == NO_KEY


def test_the_urls_of_another_mock_are_not_good(amplify_client, urls):
    with mock_amplify(isolated=True):
        assert {refused(url, method) for url, method in urls} == {NO_KEY}


# How long


def test_what_can_be_read_can_be_read_for_an_hour(amplify_client, main):
    with freezegun.freeze_time(START.replace(microsecond=0)) as clock:
        urls = all_urls(amplify_client, main)
        clock.tick(HOUR)
        assert {status(url) for url in urls.values()} == {200}
        clock.tick(SECOND)
        assert {refused(url) for url in urls.values()} == {DENIED}
        assert {status(url, "HEAD") for url in urls.values()} == {403}
        assert "expired" in requests.get(urls["logUrl"], timeout=5).text
        assert status(step(amplify_client, main)["logUrl"]) == 200


def test_urls_expire_by_the_clock_of_the_mock(amplify_mock, amplify_client, main):
    url = all_urls(amplify_client, main)["logUrl"]
    amplify_mock.clock.advance(minutes=59)
    assert status(url) == 200
    amplify_mock.clock.advance(minutes=2)
    assert refused(url) == DENIED


@pytest.mark.parametrize("seed", [None, 7])
def test_files_can_be_uploaded_for_8_hours(seed):
    with freezegun.freeze_time(START.replace(microsecond=0)) as clock, mock_amplify(seed=seed):
        client = client_of()
        branch = new_branch(client)
        url = client.create_deployment(**branch, fileMap={"index.html": ""})["fileUploadUrls"]["index.html"]
        clock.tick(8 * HOUR)
        assert status(url, "PUT", b"in time") == 200
        client.start_deployment(**branch, jobId="1")
        clock.tick(SECOND)
        assert refused(url, "PUT", b"too late") == DENIED
        assert ending(client, branch) == SUCCEEDED
        assert ask(branch).text == "in time"


@pytest.mark.amplify_mock(seed="the same")
def test_with_a_seed_what_can_be_read_can_be_read_for_ever(amplify_mock, amplify_client, main):
    urls = all_urls(amplify_client, main)
    amplify_mock.clock.advance(days=1000)
    assert {status(url) for url in urls.values()} == {200}
    url = urls["logUrl"]
    assert refused(url.replace("X-Amz-Expires=3600", "X-Amz-Expires=3601")) == MISMATCH
    assert step(amplify_client, main)["logUrl"] == url


def test_urls_stay_good_when_the_state_is_restored(amplify_mock, amplify_client, main):
    urls = all_urls(amplify_client, main)
    saved = amplify_mock.snapshot()
    amplify_mock.reset()
    assert {refused(url) for url in urls.values()} == {NO_KEY}
    amplify_mock.restore(saved)
    assert {status(url) for url in urls.values()} == {200}


# What steps leave behind


def urls_of(made):
    members = [made.get(name, "") for name in ("logUrl", "artifactsUrl", "testArtifactsUrl")]
    return [*map(bool, members), sorted(made.get("screenshots", {}))]


def test_every_step_has_the_urls_of_what_it_leaves_behind(amplify_client, main):
    ended(amplify_client, main)
    assert {each["stepName"]: urls_of(each) for each in get(amplify_client, main)["steps"]} == {
        "BUILD": [True, True, False, []],
        "TEST": [True, False, True, []],
        "DEPLOY": [False, False, False, []],
        "VERIFY": [False, False, False, ["thumbnail"]],
    }


@pytest.mark.amplify_mock(fidelity="recorded")
def test_the_real_service_was_seen_to_send_logs_alone(amplify_client, main):
    ended(amplify_client, main)
    made = get(amplify_client, main)["steps"]
    assert not {"artifactsUrl", "testArtifactsUrl", "screenshots"} & {name for each in made for name in each}
    assert [each["stepName"] for each in made if "logUrl" in each] == ["BUILD", "TEST"]
    assert all(status(each["logUrl"]) == 200 for each in made if "logUrl" in each)


def test_what_failed_leaves_no_artifacts_and_no_screenshots(amplify_mock, amplify_client, main):
    for job_id, fail_at in enumerate(["BUILD", "VERIFY", "TEST"], 1):
        amplify_mock.plan_jobs(JobPlan(fail_at=fail_at), times=1)
        ended(amplify_client, main, str(job_id))
    made = {fail_at: get(amplify_client, main, str(job))["steps"][-1] for job, fail_at in ((1, "BUILD"), (2, "VERIFY"))}
    assert urls_of(made["BUILD"]) == [True, False, False, []]
    assert urls_of(made["VERIFY"]) == [False, False, False, []]
    assert urls_of(step(amplify_client, main, "TEST", "3")) == [True, False, True, []]


def test_test_artifacts_are_the_files_that_are_listed(amplify_client, main):
    ended(amplify_client, main)
    files = unzipped(requests.get(step(amplify_client, main, "TEST")["testArtifactsUrl"], timeout=5).content)
    listed = amplify_client.list_artifacts(**main, jobId="1")["artifacts"]
    assert list(files) == [each["artifactFileName"] for each in listed]
    types = {"png": ("image/png", b"\x89PNG\r\n"), "mp4": ("video/mp4", b"\0\0\0\x18ftyp")}
    for each in listed:
        answer = requests.get(amplify_client.get_artifact_url(artifactId=each["artifactId"])["artifactUrl"], timeout=5)
        content_type, start = types[each["artifactFileName"].rpartition(".")[2]]
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
        assert answer.content == files[each["artifactFileName"]]
        assert answer.content.startswith(start)


def test_a_thumbnail_is_a_picture(amplify_client, main):
    started(amplify_client, manual := new_branch(amplify_client), page("x"))
    ended(amplify_client, main)
    finish(amplify_client, manual)
    for branch in (main, manual):
        answer = requests.get(step(amplify_client, branch, "VERIFY")["screenshots"]["thumbnail"], timeout=5)
        assert (answer.headers["Content-Type"], answer.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")


def test_the_artifacts_of_a_build_are_a_zip(amplify_client, main):
    ended(amplify_client, main)
    answer = requests.get(step(amplify_client, main)["artifactsUrl"], timeout=5)
    assert (answer.headers["Content-Type"], unzipped(answer.content)) == ("application/zip", {})


@pytest.mark.parametrize("character", ["x", "ä", "/", "😀"])
def test_the_urls_of_very_long_names_are_short_enough_and_answered(amplify_client, character):
    branch = new_branch(amplify_client, character * 255, {**GITHUB, "buildSpec": TEST_PHASE, "name": "x" * 255})
    ended(amplify_client, branch)
    made = get(amplify_client, branch)["steps"]
    urls = [value for each in made for name, value in each.items() if name.endswith("Url") and value]
    urls += [made[-1]["screenshots"]["thumbnail"]]
    assert len({url.partition("?")[0] for url in urls}) == 5
    assert all(len(url) <= 1000 and requests.get(url, timeout=5).status_code == 200 for url in urls)


def test_a_manual_deployment_has_no_log(amplify_client):
    branch = new_branch(amplify_client)
    deploy(amplify_client, branch)
    finish(amplify_client, branch)
    assert [urls_of(each)[0] for each in get(amplify_client, branch)["steps"]] == [False, False]


def test_an_upload_that_is_not_what_its_md5_sum_says_is_refused(amplify_client):
    url = amplify_client.create_deployment(**new_branch(amplify_client))["zipUploadUrl"]
    digest = base64.b64encode(hashlib.md5(b"right").digest()).decode()
    refused = requests.put(url, data=b"wrong", headers={"Content-MD5": digest}, timeout=5)
    assert (refused.status_code, "<Code>BadDigest</Code>" in refused.text) == (400, True)
    assert requests.put(url, data=b"right", headers={"Content-MD5": digest}, timeout=5).status_code == 200
