"""The AWS SDK for JavaScript, on node."""

from __future__ import annotations

import json

import pytest

from support import outside
from support.servers import ask
from support.sites import zipped


@pytest.fixture
def node(run, server):
    """Run a script, and return what it prints, read as JSON."""

    def run_script(name, *arguments):
        command = [outside.node(), outside.FOLDER / name, *arguments]
        out, _ = run(command, AWS_ENDPOINT_URL_AMPLIFY=server.url)
        return json.loads(out)

    return run_script


@pytest.fixture
def app_id(amplify_mock):
    return amplify_mock.add_app("shop").app_id


@pytest.fixture
def fail(server):
    """Ask for a fault as a script would, through the admin API."""

    def ask_for(**fault):
        answer = ask(server, "POST", "/_amplify/faults", fault)
        assert answer.status == 200, answer.message

    return ask_for


def test_a_site_is_deployed(amplify_mock, server, node, tmp_path):
    amplify_mock.add_app("other")
    (tmp_path / "site.zip").write_bytes(zipped({"index.html": "<p>home"}))
    done = node("deploy.mjs", tmp_path / "site.zip")
    app = amplify_mock.apps[done["appId"]]
    assert (app.name, app.tags, app.app_arn) == ("shop", {"team": "web"}, done["arn"])
    assert done["made"] == app.create_time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert (done["upload"], done["statuses"]) == (200, ["RUNNING", "SUCCEED"])
    assert sorted(done["names"]) == ["other", "shop"]
    assert ask(server, "GET", f"/sites/{app.app_id}/feature%2Fx/").body == b"<p>home"


def test_an_error_has_its_name_and_status(node):
    error = node("read.mjs", "d0000000000000")
    assert error.pop("requestId")
    assert error == {
        "name": "NotFoundException",
        "message": "App d0000000000000 not found.",
        "status": 404,
        "attempts": 1,
        "isNotFound": True,
    }


def test_a_clock_that_is_ahead_is_not_taken_for_a_broken_one(amplify_mock, node):
    amplify_mock.clock.advance(days=2)
    assert node("read.mjs", "d0000000000000")["attempts"] == 1


@pytest.mark.parametrize("error", [429, 503, "InternalFailureException", "ConnectionClosedError"])
def test_a_failure_that_was_asked_for_is_retried(server, node, fail, app_id, error):
    fail(operation="GetApp", error=error, times=1, per_attempt=True)
    assert node("read.mjs", app_id) == {"name": "shop", "attempts": 2}
    calls = ask(server, "GET", "/_amplify/calls").json["calls"]
    assert [(call["attempt"], call["outcome"]) for call in calls] == [(1, str(error)), (2, "success")]
    assert len({call["callId"] for call in calls}) == 1


def test_a_failure_that_goes_on_is_raised_in_the_end(node, fail, app_id):
    fail(operation="GetApp", error="InternalFailureException", message="broken", times=None)
    error = node("read.mjs", app_id)
    assert (error["name"], error["message"], error["status"]) == ("InternalFailureException", "broken", 500)
    assert error["attempts"] == 3
