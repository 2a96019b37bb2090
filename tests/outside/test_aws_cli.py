"""The AWS CLI, as people type it."""

from __future__ import annotations

import json

import pytest

from amplify_mock import mock_amplify
from support import outside
from support.servers import ask
from support.sites import zipped


@pytest.fixture
def aws(run, server):
    """Run a command for Amplify, and return what it prints, read as JSON."""
    program = outside.aws()

    def ask_amplify(*arguments):
        out, _ = run([program, "amplify", *arguments], AWS_ENDPOINT_URL_AMPLIFY=server.url)
        return json.loads(out or "null")

    return ask_amplify


@pytest.fixture
def app_id(amplify_mock):
    return amplify_mock.add_app("shop", branches=["main"]).app_id


def test_a_site_is_deployed(aws, run, server, tmp_path):
    app_id = aws("create-app", "--name", "shop", "--tags", "team=web")["app"]["appId"]
    branch = ("--app-id", app_id, "--branch-name", "feature/x")
    assert aws("create-branch", *branch, "--stage", "BETA")["branch"]["branchName"] == "feature/x"
    deployment = aws("create-deployment", *branch)
    (tmp_path / "site.zip").write_bytes(zipped({"index.html": "<p>home"}))
    run([outside.curl(), "-sSf", "-T", "site.zip", deployment["zipUploadUrl"]])
    job = (*branch, "--job-id", deployment["jobId"])
    assert aws("start-deployment", *job)["jobSummary"]["status"] == "PENDING"
    assert [aws("get-job", *job)["job"]["summary"]["status"] for _ in range(2)] == ["RUNNING", "SUCCEED"]
    assert ask(server, "GET", f"/sites/{app_id}/feature%2Fx/").body == b"<p>home"


def test_the_endpoint_can_be_given_as_an_option(run, server, app_id):
    command = [outside.aws(), "amplify", "list-branches", "--app-id", app_id, "--endpoint-url", server.url]
    out, _ = run([*command, "--query", "branches[].branchName", "--output", "text"])
    assert out == "main\n"


def test_account_and_region_are_those_of_the_caller(amplify_mock, run, server):
    command = [outside.aws(), "amplify", "create-app", "--name", "shop", "--region", "eu-west-1"]
    run(command, AWS_ACCESS_KEY_ID="111122223333", AWS_ENDPOINT_URL_AMPLIFY=server.url)
    (app,) = amplify_mock.backend("eu-west-1", "111122223333").apps.values()
    assert app.name == "shop"


def test_an_error_is_told_in_the_words_of_amplify(run, server):
    command = [outside.aws(), "amplify", "get-app", "--app-id", "d0000000000000"]
    _, err = run(command, code=255, AWS_ENDPOINT_URL_AMPLIFY=server.url)
    said = "An error occurred (NotFoundException) when calling the GetApp operation: App d0000000000000 not found."
    assert err.strip() == said


def test_all_pages_are_read(amplify_mock, aws):
    for number in range(5):
        amplify_mock.add_app(f"app-{number}")
    assert len(aws("list-apps", "--page-size", "2")["apps"]) == 5
    assert [call.operation for call in amplify_mock.calls] == ["ListApps"] * 3


def test_a_failure_is_retried(amplify_mock, aws, app_id):
    amplify_mock.fail("GetApp", 503, times=1, per_attempt=True)
    assert aws("get-app", "--app-id", app_id)["app"]["name"] == "shop"
    assert [(call.attempt, call.outcome) for call in amplify_mock.calls] == [(1, "503"), (2, "success")]


def test_what_it_prints_can_be_loaded(aws, app_id):
    printed = aws("get-app", "--app-id", app_id)
    with mock_amplify(isolated=True) as other:
        other.load(printed)
        assert other.apps[app_id].name == "shop"
