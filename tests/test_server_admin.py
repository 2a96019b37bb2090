"""What tests in other languages ask of the mock itself, in JSON."""

from __future__ import annotations

import dataclasses

import pytest

from amplify_mock import JobPlan
from amplify_mock.server import admin
from support.jobs import GITHUB
from support.servers import ask, new_app, send, status_of

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def server(amplify_mock):
    with amplify_mock.serve() as server:
        yield server


@pytest.fixture
def branch(server):
    """What names a branch, in the admin API and as the beginning of a path."""
    app_id = ask(server, "POST", "/apps", {"name": "shop", **GITHUB}).json["app"]["appId"]
    ask(server, "POST", f"/apps/{app_id}/branches", {"branchName": "main"})
    return {"app_id": app_id, "branch_name": "main"}, f"/apps/{app_id}/branches/main"


def do(server, what, given=None):
    answer = ask(server, "POST", f"/_amplify/{what}", given)
    assert answer.status == 200, answer.body
    return answer.json


def look(server, what):
    return ask(server, "GET", f"/_amplify/{what}").json


def refused(server, what, given):
    answer = ask(server, "POST", f"/_amplify/{what}", given)
    assert answer.status == 400
    return answer.message


def started(server, path):
    ask(server, "POST", f"{path}/jobs", {"jobType": "RELEASE"})
    return ask(server, "GET", f"{path}/jobs/1").json["job"]["summary"]["status"]


@pytest.mark.parametrize("path", ["/_amplify/reset", "/moto-api/reset"])
def test_reset_forgets_everything(amplify_mock, server, path):
    new_app(server)
    amplify_mock.clock.advance(hours=1)
    answer = ask(server, "POST", path)
    assert (answer.status, answer.json) == (200, {"status": "ok"})
    assert ask(server, "GET", "/apps").json == {"apps": []}
    assert amplify_mock.clock.passed.total_seconds() == 0


def test_the_state_is_told_with_the_names_of_the_api(server, branch):
    place, path = branch
    started(server, path)
    domain = {"domainName": "example.com", "subDomainSettings": [{"prefix": "www", "branchName": "main"}]}
    ask(server, "POST", f"/apps/{place['app_id']}/domains", domain)
    (backend,) = look(server, "state")["backends"]
    assert (backend["accountId"], backend["region"]) == ("123456789012", "us-east-1")
    (app,) = backend["apps"]
    assert (app["appId"], app["name"], app["repository"]) == (place["app_id"], "shop", GITHUB["repository"])
    (found,) = app["branches"]
    (job,) = found["jobs"]
    assert (found["branchName"], job["jobId"], job["jobType"], job["status"]) == ("main", "1", "RELEASE", "RUNNING")
    assert [(step["stepName"], step["status"]) for step in job["steps"]] == [("BUILD", "RUNNING")]
    assert (job["endTime"], job["steps"][0]["endTime"]) == (None, None)
    assert [(each["domainName"], each["domainStatus"]) for each in app["domainAssociations"]] == [
        ("example.com", "CREATING")
    ]


def test_looking_at_the_state_moves_nothing(server, branch):
    _, path = branch
    ask(server, "POST", f"{path}/jobs", {"jobType": "RELEASE"})
    states = [look(server, "state")["backends"] for _ in range(3)]
    assert states[0] == states[1] == states[2]
    assert states[0][0]["apps"][0]["branches"][0]["jobs"][0]["status"] == "PENDING"


def test_the_state_tells_no_secret(server):
    secrets = {
        "environmentVariables": {"A": "secret"},
        "basicAuthCredentials": "c2VjcmV0",
        "repository": "https://user:secret@github.com/a/b",
        "accessToken": "secret",
        "buildSpec": "secret",
    }
    app = ask(server, "POST", "/apps", {"name": "shop", **secrets}).json["app"]
    ask(server, "POST", f"/apps/{app['appId']}/webhooks", {"branchName": "main"})
    answer = ask(server, "GET", "/_amplify/state")
    assert b"secret" not in answer.body
    assert b"c2VjcmV0" not in answer.body
    assert answer.json["backends"][0]["apps"][0]["repository"] == "https://github.com/a/b"


def test_the_clock_is_told_and_moved(amplify_mock, server):
    assert look(server, "clock")["ahead"] == 0
    assert do(server, "clock", {"advance": {"minutes": 5, "seconds": 0.5}})["ahead"] == 300.5
    assert look(server, "clock")["now"][:16] == f"{amplify_mock.clock.now():%Y-%m-%dT%H:%M}"


def test_a_job_goes_as_planned(server, branch):
    place, path = branch
    do(server, "plans", {**place, "fail_at": "BUILD", "reason": "broken", "progress": "instant", "times": 1})
    assert started(server, path) == "FAILED"
    (step,) = look(server, "state")["backends"][0]["apps"][0]["branches"][0]["jobs"][0]["steps"]
    assert step["statusReason"] == "broken"


def test_a_plan_takes_all_that_a_job_plan_takes(amplify_mock, server, monkeypatch):
    plans = []
    monkeypatch.setattr(amplify_mock, "plan_jobs", lambda plan, **place: plans.append((plan, place)))
    given = {"pending": 1, "provisioning": 2.5, "steps": {"BUILD": 3}, "default": 4, "cancelling": 5, "fail_at": None,
             "reason": "r", "log": None, "stuck_at": "RUNNING", "progress": "clock"}  # fmt: skip
    do(server, "plans", {**given, "times": None})
    assert plans == [(JobPlan(**given), {"times": None})]
    assert given.keys() <= {field.name for field in dataclasses.fields(JobPlan)}
    assert admin._plan_kinds()["steps"] is dict


def test_a_push_is_built(server, branch):
    place, path = branch
    assert do(server, "push", {**place, "commit_id": "abc", "message": "m"}) == {"jobId": "1"}
    assert ask(server, "GET", f"{path}/jobs/1").json["job"]["summary"]["commitId"] == "abc"
    assert do(server, "push", {**place, "branch_name": "other"}) == {"jobId": None}


# Faults, calls and events


def test_a_call_fails_as_asked_for(server):
    do(server, "faults", {"operation": "CreateApp", "error": "LimitExceededException", "message": "too many",
                          "members": {"name": "shop"}})  # fmt: skip
    assert ask(server, "POST", "/apps", {"name": "other"}).status == 200
    answer = ask(server, "POST", "/apps", {"name": "shop"})
    assert (answer.status, answer.message) == (429, "too many")
    assert ask(server, "POST", "/apps", {"name": "shop"}).status == 200


def test_a_fault_may_be_a_status_or_a_broken_connection(server):
    do(server, "faults", {"operation": "ListApps", "error": 503})
    do(server, "faults", {"operation": "ListApps", "error": "ReadTimeoutError", "times": None})
    assert ask(server, "GET", "/apps").status == 503
    for _ in range(3):
        assert send(server, b"GET /apps HTTP/1.1\r\nHost: localhost\r\n\r\n") == b""


def test_a_fault_may_be_any_when_forced_and_lose_the_answer(server):
    fault = {
        "operation": "CreateApp",
        "error": "AccessDeniedException",
        "force": True,
        "after": True,
        "per_attempt": True,
    }
    do(server, "faults", fault)
    assert ask(server, "POST", "/apps", {"name": "shop"}).status == 403
    assert len(ask(server, "GET", "/apps").json["apps"]) == 1


def test_calls_are_told_without_secrets(server, amplify_client):
    given = {"name": "shop", "accessToken": "secret", "repository": "https://github.com/a/b"}
    ask(server, "POST", "/apps", given, amz_sdk_invocation_id="1", amz_sdk_request="attempt=2")
    app_id = new_app(server)["appId"]
    amplify_client.create_branch(appId=app_id, branchName="main")
    first, _, third = look(server, "calls")["calls"]
    assert first["parameters"] == {**given, "accessToken": "***"}
    assert (first["operation"], first["outcome"], first["status"], first["message"]) == (
        "CreateApp",
        "success",
        200,
        None,
    )
    assert (first["region"], first["accountId"], first["attempt"], first["callId"]) == (
        "us-east-1", "123456789012", 2, "1",
    )  # fmt: skip
    assert first["time"].endswith("Z")
    assert third["parameters"] == {"appId": app_id, "branchName": "main"}


def test_times_in_calls_are_told_as_text(server, branch):
    ask(server, "POST", f"{branch[1]}/jobs", {"jobType": "RELEASE", "commitTime": 1700000000})
    call = look(server, "calls")["calls"][-1]
    assert call["parameters"]["commitTime"] == "2023-11-14T22:13:20.000Z"


def test_events_are_told(server, branch):
    started(server, branch[1])
    (event,) = look(server, "events")["events"]
    assert event["detail"]["jobStatus"] == "STARTED"


# Misuse


@pytest.mark.parametrize(
    ("what", "given", "text"),
    [
        ("clock", {}, "advance must be given"),
        ("clock", {"advance": 5}, "advance must be an object, and not 5"),
        ("clock", {"advance": {"minute": 5}}, "there is no 'minute' here; there are: weeks, days, hours, minutes"),
        ("clock", {"advance": {"minutes": "5"}}, 'minutes must be a number, and not "5"'),
        ("clock", {"advance": {"minutes": -5}}, "the mock's clock only goes ahead"),
        ("clock", {"advance": {"days": 1e12}}, "the clock cannot go that far"),
        ("clock", {"advance": {"days": 2_900_000}}, "the clock cannot go that far"),
        ("plans", {"fail_at": "BUID"}, "Did you mean 'BUILD'?"),
        ("plans", {"fails_at": "BUILD"}, "there is no 'fails_at' here; there are: pending"),
        ("plans", {"reason": 5}, "reason must be a string, and not 5"),
        ("plans", {"pending": True}, "pending must be a number, and not true"),
        ("plans", {"steps": {"BUILD": "x"}}, "counts in seconds"),
        ("plans", {"times": 0}, "times"),
        ("plans", {"times": 1.5}, "times must be a whole number"),
        ("faults", {}, "operation and error must be given"),
        ("faults", {"operation": "ListApps"}, "error must be given"),
        ("faults", {"operation": "ListApp", "error": 500}, "Did you mean 'ListApps'?"),
        ("faults", {"operation": "ListApps", "error": True}, "error must be a string or a whole number, and not true"),
        ("faults", {"operation": "ListApps", "error": "LimitExceeded"}, "does not declare 'LimitExceeded'"),
        ("faults", {"operation": "ListApps", "error": "ClientError"}, "does not declare 'ClientError'"),
        ("faults", {"operation": "ListApps", "error": 500, "force": 1}, "force must be true or false, and not 1"),
        ("faults", {"operation": "ListApps", "error": 500, "members": {"appId": "x"}}, "no input member 'appId'"),
        ("push", {"app_id": "d1"}, "branch_name must be given"),
        ("push", {"app_id": "d1", "branch_name": "main"}, "the mock has no app 'd1'"),
        ("push", "[1]", "the body must be a JSON object"),
        ("push", "{", "property name"),
        ("push", "[" * 100_000, "the body is too deep"),
        ("push", b"\xff\xff", ""),
    ],
)  # fmt: skip
def test_misuse_is_answered_with_what_would_be_right(server, what, given, text):
    assert text in refused(server, what, given)


def test_an_unknown_path_is_answered_with_those_that_there_are(server):
    answer = ask(server, "GET", "/_amplify/nothing")
    assert answer.status == 404
    assert "/_amplify/state" in answer.message
    assert ask(server, "GET", "/moto-api/data.json").status == 404


def test_an_unknown_method_is_answered_with_those_that_there_are(server):
    answer = ask(server, "GET", "/_amplify/reset")
    assert (answer.status, answer.message) == (405, "/_amplify/reset takes POST, not GET.")
    assert ask(server, "DELETE", "/_amplify/clock").message == "/_amplify/clock takes GET and POST, not DELETE."


def test_a_status_can_be_read_from_an_answer_that_came_as_bytes():
    assert status_of(b"HTTP/1.1 200 OK\r\n") == 200
    assert status_of(b"") is None


def test_reset_does_not_look_at_its_body(server):
    for path in ("/_amplify/reset", "/moto-api/reset"):
        assert ask(server, "POST", path, b"no json").status == 200
