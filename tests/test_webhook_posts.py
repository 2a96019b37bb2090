"""A POST to the URL of a webhook starts a build of its branch."""

from __future__ import annotations

import re
import uuid

import pytest
import requests

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of
from support.jobs import GITHUB, deploy, get, listed, new_branch, read, release, steps

JSON = {"Content-Type": "application/json"}
REFUSED = 403
MOST = 256 * 1024


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def main(amplify_client):
    return new_branch(amplify_client, app=GITHUB)


@pytest.fixture
def url(amplify_client, main):
    return webhook_of(amplify_client, main)["webhookUrl"]


def webhook_of(client, branch):
    return client.create_webhook(**branch)["webhook"]


def post(url, body=b"{}", headers=JSON, method="POST"):
    return requests.request(method, url, data=body, headers=headers, timeout=5)


def ids(client, branch):
    return [job["jobId"] for job in listed(client, branch)]


def test_a_post_is_answered_as_recorded(url):
    answers = [post(url).json() for _ in range(2)]
    for answer in answers:
        assert answer.keys() == {"SendMessageResponse"}
        assert answer["SendMessageResponse"].keys() == {"ResponseMetadata", "SendMessageResult"}
        assert answer["SendMessageResponse"]["ResponseMetadata"].keys() == {"RequestId"}
        assert answer["SendMessageResponse"]["SendMessageResult"].keys() == {"MessageId"}
    messages = [each["SendMessageResponse"]["SendMessageResult"]["MessageId"] for each in answers]
    assert [uuid.UUID(each).version for each in messages] == [4, 4]
    assert messages[0] != messages[1]


def test_a_post_starts_a_job(amplify_client, main, url):
    assert post(url).status_code == 200
    job = get(amplify_client, main)["summary"]
    assert (job["jobType"], job["commitId"], job["status"]) == ("WEB_HOOK", "HEAD", "RUNNING")
    assert job["commitTime"] <= job["startTime"]
    assert read(amplify_client, main)["status"] == "SUCCEED"
    assert steps(amplify_client, main) == [("BUILD", "SUCCEED"), ("DEPLOY", "SUCCEED"), ("VERIFY", "SUCCEED")]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"operationName": "x"}', b"no json \xff", b"x" * MOST])
def test_the_body_does_not_matter(amplify_client, main, url, body):
    assert post(url, body).status_code == 200
    assert ids(amplify_client, main) == ["1"]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON", "application/json ;"])
def test_the_content_type_is_understood_as_it_is_written(amplify_client, main, url, content_type):
    assert post(url, headers={"Content-Type": content_type}).status_code == 200
    assert ids(amplify_client, main) == ["1"]


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}, {"Content-Type": "application/json5"}])
def test_another_content_type_is_refused_as_recorded(amplify_client, main, url, headers):
    answer = post(url, headers=headers)
    assert (answer.status_code, answer.json()) == (415, {"message": "Unsupported Media Type"})
    assert answer.headers["x-amzn-ErrorType"] == "BadRequestException"
    assert ids(amplify_client, main) == []


def test_a_body_that_is_too_large_is_refused(amplify_client, main, url):
    assert post(url, b"x" * (MOST + 1)).status_code == 413
    assert ids(amplify_client, main) == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_another_method_is_refused(amplify_client, main, url, method):
    assert post(url, method=method).status_code == REFUSED
    assert ids(amplify_client, main) == []


def test_a_wrong_url_is_refused(amplify_client, main, url):
    other = webhook_of(amplify_client, main)["webhookUrl"]
    address, id_, token = re.fullmatch(r"(.*)\?id=(.*)&token=(.*)", url).groups()
    for wrong in (
        f"{address}?id={id_}&token={token[:-1]}",
        f"{address}?id={id_}&token={token}x",
        f"{address}?id={id_}&token={token.swapcase()}",
        f"{address}?id={id_}&token={other.rpartition('=')[2]}",
        f"{address}?id={id_}&token=",
        f"{address}?id={id_}",
        f"{address}?id=&token={token}",
        f"{address}?token={token}",
        address,
        f"{address}/?id={id_}&token={token}",
        url.replace("/prod/", "/dev/"),
        url.replace("us-east-1", "eu-west-1"),
    ):
        assert wrong != url
        assert post(wrong).status_code == REFUSED
    assert ids(amplify_client, main) == []


def test_a_query_may_be_written_in_another_way(amplify_client, main, url):
    address, id_, token = re.fullmatch(r"(.*)\?id=(.*)&token=(.*)", url).groups()
    escaped = "".join(f"%{ord(character):02x}" for character in id_)
    assert post(f"{address}?token={token}&id={escaped}").status_code == 200
    assert requests.post(address, params={"id": id_, "token": token}, json={}, timeout=5).status_code == 200
    assert ids(amplify_client, main) == ["2", "1"]


def test_a_deleted_webhook_is_refused(amplify_client, main):
    webhook = webhook_of(amplify_client, main)
    amplify_client.delete_webhook(webhookId=webhook["webhookId"])
    assert post(webhook["webhookUrl"]).status_code == REFUSED
    assert ids(amplify_client, main) == []


def test_a_webhook_of_a_deleted_app_is_refused(amplify_client, main, url):
    amplify_client.delete_app(appId=main["appId"])
    assert post(url).status_code == REFUSED


def test_nothing_is_built_without_the_branch(amplify_client, main, url):
    amplify_client.delete_branch(**main)
    assert post(url).status_code == 200
    amplify_client.create_branch(**main)
    assert ids(amplify_client, main) == []
    assert post(url).status_code == 200
    assert ids(amplify_client, main) == ["1"]


def test_nothing_is_built_of_an_app_without_a_repository(amplify_client):
    manual = new_branch(amplify_client)
    assert post(webhook_of(amplify_client, manual)["webhookUrl"]).status_code == 200
    assert ids(amplify_client, manual) == []
    assert deploy(amplify_client, manual)["jobId"] == "1"


def test_a_branch_that_is_not_built_by_itself_is_built_by_its_webhook(amplify_client):
    branch = new_branch(amplify_client, app=GITHUB, enableAutoBuild=False)
    post(webhook_of(amplify_client, branch)["webhookUrl"])
    assert ids(amplify_client, branch) == ["1"]


def test_the_branch_is_the_one_that_the_webhook_has_now(amplify_client, main):
    webhook = webhook_of(amplify_client, main)
    dev = {**main, "branchName": "feature/dev"}
    amplify_client.create_branch(**dev)
    amplify_client.update_webhook(webhookId=webhook["webhookId"], branchName="feature/dev")
    post(webhook["webhookUrl"])
    assert (ids(amplify_client, main), ids(amplify_client, dev)) == ([], ["1"])


def test_a_busy_branch_builds_afterwards(amplify_client, amplify_mock, main, url):
    release(amplify_client, main)
    for _ in range(2):
        assert post(url).status_code == 200
    jobs = amplify_mock.apps[main["appId"]].branches["main"].jobs
    seen = []
    for _ in range(7):
        seen.append([jobs[number].status for number in "123"])
        read(amplify_client, main, "3")
    assert [statuses.count("RUNNING") for statuses in seen] == [0, 1, 0, 1, 0, 1, 0]
    assert seen[-1] == ["SUCCEED"] * 3


@pytest.mark.parametrize(("region", "key"), [("eu-west-1", "testing"), ("us-east-1", "111122223333")])
def test_webhooks_of_every_region_and_account_are_answered(amplify_mock, region, key):
    client = client_of(region, key)
    branch = new_branch(client, app=GITHUB)
    url = webhook_of(client, branch)["webhookUrl"]
    assert url.startswith(f"https://webhooks.amplify.{region}.amazonaws.com/prod/webhooks?id=")
    new_branch(client_of(), app=GITHUB)
    assert post(url).status_code == 200
    assert ids(client, branch) == ["1"]


def test_the_job_goes_as_it_is_planned(amplify_mock, amplify_client, main, url):
    amplify_mock.plan_jobs(JobPlan(fail_at="BUILD", reason="as planned"))
    post(url)
    read(amplify_client, main)
    assert get(amplify_client, main)["steps"][0]["statusReason"] == "as planned"


def test_its_events_are_told(amplify_mock, amplify_client, main, url):
    heard = []
    amplify_mock.on_event(lambda event: heard.append(event["detail"]["jobStatus"]))
    post(url)
    for _ in range(2):
        read(amplify_client, main)
    assert heard == ["STARTED", "SUCCEED"]


def test_a_webhook_that_was_added_or_restored_is_answered(amplify_mock, amplify_client, main):
    url = amplify_mock.add_webhook(main["appId"], "main").webhook_url
    saved = amplify_mock.snapshot()
    amplify_mock.reset()
    assert post(url).status_code == REFUSED
    amplify_mock.restore(saved)
    assert post(url).status_code == 200
    assert ids(amplify_client, main) == ["1"]


def test_the_webhooks_of_another_mock_are_refused(amplify_client, main, url):
    with mock_amplify(isolated=True):
        assert post(url).status_code == REFUSED
    assert ids(amplify_client, main) == []
