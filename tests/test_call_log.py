"""Every call that the mock has answered, and what a test may assert of the calls."""

from __future__ import annotations

import datetime
import pickle
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from amplify_mock import mock_amplify, operations
from amplify_mock.service.http import Request
from support.botocore_clients import RETRY_MODES, busy_branch, new_client, respond
from support.clients import client_of
from support.jobs import START, UTC
from support.model import MODEL
from support.outcomes import outcome, said
from support.world import World

TOKENS = {"accessToken": "secret-access", "oauthToken": "secret-oauth"}
URL = "https://amplify.us-east-1.amazonaws.com/apps"


@pytest.fixture
def client():
    """A client that tries once."""
    return client_of()


# What an entry holds


def test_a_call_is_kept_with_all_there_is_to_know_about_it(amplify_mock, client):
    app_id = client.create_app(name="shop", tags={"a": "b"})["app"]["appId"]
    outcome(client.get_branch, appId=app_id, branchName="feature/x")
    created, asked = amplify_mock.calls
    assert (created.operation, created.parameters) == ("CreateApp", {"name": "shop", "tags": {"a": "b"}})
    assert (created.outcome, created.status, created.message) == ("success", 200, None)
    assert (created.region, created.account_id, created.attempt) == ("us-east-1", "123456789012", 1)
    assert (asked.operation, asked.parameters) == ("GetBranch", {"appId": app_id, "branchName": "feature/x"})
    assert (asked.outcome, asked.status, asked.message) == ("NotFoundException", 404, "Branch feature/x not found.")
    assert created.call_id != asked.call_id


def test_every_operation_is_kept_with_what_boto3_was_given(amplify_mock):
    world = World(amplify_mock)
    for name in MODEL.operation_names:
        parameters = world.parameters(name)
        with world.rolled_back():
            outcome(getattr(world.client, "_".join(re.findall("[A-Z][a-z]+", name)).lower()), **parameters)
            assert (amplify_mock.calls[-1].operation, amplify_mock.calls[-1].parameters) == (name, parameters)
            amplify_mock.assert_called(name, **parameters)


def test_times_are_aware_datetimes(amplify_mock, client):
    moment = datetime.datetime(2024, 2, 8, 23, 54, 42, 0, datetime.timezone(datetime.timedelta(hours=2)))
    outcome(client.start_job, appId="d1", branchName="main", jobType="RELEASE", commitTime=moment)
    found = amplify_mock.calls[-1].parameters["commitTime"]
    assert (found, found.tzinfo) == (moment, UTC)
    outcome(client.generate_access_logs, appId="d1", domainName="a.com", startTime=0, endTime="2024-02-08")
    assert amplify_mock.calls[-1].parameters["startTime"] == datetime.datetime(1970, 1, 1, tzinfo=UTC)
    assert amplify_mock.calls[-1].parameters["endTime"] == datetime.datetime(2024, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize("sent", [b'"now"', b"true", b"1e300", b"[1]"])
def test_what_is_no_time_stays_as_it_came(amplify_mock, sent):
    body = b'{"jobType": "RELEASE", "commitTime": ' + sent + b"}"
    assert amplify_mock.handle(Request("POST", "/apps/d1/branches/main/jobs", body=body)).status == 400
    assert not isinstance(amplify_mock.calls[-1].parameters["commitTime"], datetime.datetime)


def test_the_region_and_the_account_are_those_of_the_client(amplify_mock):
    client_of("eu-west-1", "111122223333").list_apps()
    assert (amplify_mock.calls[-1].region, amplify_mock.calls[-1].account) == ("eu-west-1", "111122223333")


def test_the_time_is_that_of_the_mocks_clock_when_the_call_came(amplify_mock, client, frozen):
    with frozen():
        amplify_mock.clock.advance(hours=1)
        amplify_mock.delay("ListApps", seconds=60)
        client.list_apps()
        came = START.replace(microsecond=398000) + datetime.timedelta(hours=1)
        assert amplify_mock.calls[-1].time == came


def test_the_list_is_a_copy(amplify_mock, client):
    amplify_mock.calls.append("mine")
    client.list_apps()
    assert len(amplify_mock.calls) == 1


def test_calls_can_be_read_after_the_end_and_pickled(client):
    with mock_amplify() as amplify:
        client.create_app(name="shop", **TOKENS)
    assert pickle.loads(pickle.dumps(amplify.calls)) == amplify.calls
    assert amplify.calls[0].parameters["name"] == "shop"


# Attempts


@pytest.mark.parametrize("mode", RETRY_MODES)
def test_each_attempt_is_an_entry_of_the_same_call(amplify_mock, slept, mode):
    client = new_client(config=Config(retries={"mode": mode, "total_max_attempts": 3}))
    arguments = busy_branch(client)
    before = len(amplify_mock.calls)
    with pytest.raises(client.exceptions.LimitExceededException):
        client.start_job(**arguments)
    attempts = amplify_mock.calls[before:]
    assert [(each.attempt, each.outcome) for each in attempts] == [(n, "LimitExceededException") for n in (1, 2, 3)]
    assert len({each.call_id for each in attempts}) == 1
    amplify_mock.assert_called("StartJob", times=2)


@pytest.mark.parametrize(
    ("header", "attempt"),
    [
        ("attempt=2; max=5", 2),
        ("ttl=20240208T215442Z; attempt=3; max=5", 3),
        ("ATTEMPT = 4;max=5", 4),
        ("attempt=007", 7),
        ("attempt=0", 1),
        ("attempt=-1", 1),
        ("attempt=", 1),
        ("attempt=x", 1),
        ("max_attempt=4", 1),
        ("", 1),
        ("nonsense", 1),
        ("attempt=99999999999999999999", 1),
    ],
)
def test_the_number_of_an_attempt_is_that_of_the_header(amplify_mock, header, attempt):
    headers = {"amz-sdk-invocation-id": "one", "amz-sdk-request": header}
    requests.get(URL, headers=headers)
    assert (amplify_mock.calls[-1].call_id, amplify_mock.calls[-1].attempt) == ("one", attempt)


@given(header=st.text(max_size=30))
def test_no_header_is_too_strange(header):
    with mock_amplify(isolated=True) as amplify:
        for name in ("amz-sdk-request", "amz-sdk-invocation-id"):
            headers = {"amz-sdk-invocation-id": "one", "amz-sdk-request": "attempt=1", name: header}
            assert amplify.handle(Request("GET", "/apps", headers=headers)).status == 200
        assert all(call.attempt >= 1 and call.call_id for call in amplify.calls)


def test_requests_without_these_headers_are_calls_of_their_own(amplify_mock):
    for _ in range(3):
        requests.get(URL)
    assert [call.attempt for call in amplify_mock.calls] == [1, 1, 1]
    assert len({call.call_id for call in amplify_mock.calls}) == 3
    amplify_mock.assert_called("ListApps", times=3)


# What is kept, and what is not


def test_bad_requests_are_kept_with_the_parameters_that_could_be_read(amplify_mock, client):
    outcome(client.create_app, name="shop", platform="MAINFRAME")
    assert amplify_mock.calls[-1].parameters == {"name": "shop", "platform": "MAINFRAME"}
    assert amplify_mock.calls[-1].outcome == "BadRequestException"
    amplify_mock.handle(Request("POST", "/apps/d1", body=b"{"))
    assert amplify_mock.calls[-1].parameters == {"appId": "d1"}
    assert amplify_mock.calls[-1].message.startswith("The request body is not valid JSON")


def test_requests_that_name_no_operation_are_not_kept(amplify_mock):
    assert requests.get(URL + "/d1/nothing").status_code == 404
    assert requests.put(URL).status_code == 405
    assert amplify_mock.calls == []


def test_calls_that_others_answer_are_not_kept(amplify_mock):
    client = new_client()
    with Stubber(client) as stubber:
        stubber.add_response("list_apps", {"apps": []})
        client.list_apps()
    client.meta.events.register("before-send.amplify", lambda **_: respond())
    client.list_apps()
    assert amplify_mock.calls == []


def test_a_call_that_hits_a_bug_is_kept_by_the_name_of_the_exception(amplify_mock, client, monkeypatch):
    def broken(*_):
        raise KeyError("bug")

    monkeypatch.setitem(operations.OPERATIONS, "list_apps", broken)
    with pytest.raises(KeyError):
        client.list_apps()
    assert amplify_mock.calls[-1][2:5] == ("KeyError", None, "'bug'")


def test_failures_of_connections_are_kept(amplify_mock, client):
    amplify_mock.fail("ListApps", ConnectTimeoutError)
    with pytest.raises(ConnectTimeoutError):
        client.list_apps()
    assert amplify_mock.calls[-1][2:5] == ("ConnectTimeoutError", None, f'Connect timeout on endpoint URL: "{URL}"')


def test_an_operation_newer_than_the_mock_is_kept_and_can_have_a_canned_answer(amplify_mock, client, monkeypatch):
    monkeypatch.delitem(operations.OPERATIONS, "list_apps")
    assert outcome(client.list_apps) == "NotImplementedException"
    assert amplify_mock.calls[-1].outcome == "NotImplementedException"
    amplify_mock.on("ListApps").respond({"apps": []})
    assert client.list_apps()["apps"] == []


def test_calls_of_many_threads_are_all_kept(amplify_mock, client):
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda number: client.create_app(name=f"shop-{number}"), range(160)))
    assert {call.parameters["name"] for call in amplify_mock.calls} == {f"shop-{number}" for number in range(160)}
    assert len({call.call_id for call in amplify_mock.calls}) == 160


def test_reset_forgets_the_calls_and_restore_brings_them_back(amplify_mock, client):
    client.create_app(name="shop")
    kept = amplify_mock.calls
    saved = amplify_mock.snapshot()
    client.list_apps()
    amplify_mock.restore(saved)
    assert amplify_mock.calls == kept
    amplify_mock.reset()
    assert amplify_mock.calls == []


# Secrets


def test_sensitive_members_are_held_but_not_shown(amplify_mock, client):
    repository = "https://github.com/me/shop"
    nested = {"basicAuthCredentials": "secret-basic", "stage": "BETA"}
    client.create_app(name="shop", repository=repository, **TOKENS, autoBranchCreationConfig=nested)
    (call,) = amplify_mock.calls
    assert call.parameters["accessToken"] == "secret-access"
    assert call.parameters["autoBranchCreationConfig"] == nested
    for shown in (repr(call), str(call), repr(call.parameters), repr(amplify_mock.calls), repr(vars(amplify_mock))):
        assert "secret" not in shown
    assert "'accessToken': '***'" in repr(call)
    assert "'basicAuthCredentials': '***'" in str(call)
    assert "'stage': 'BETA'" in str(call)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "accessToken": {"token": "secret"}, "oauthToken": ["secret"]},
        {"name": "x", "buildSpec": ["secret"], "autoBranchCreationConfig": "secret"},
        {"name": "x", "autoBranchCreationConfig": [{"basicAuthCredentials": "secret"}]},
    ],
)
def test_sensitive_members_of_the_wrong_type_are_not_shown_either(amplify_mock, body):
    assert requests.post(URL, json=body).status_code == 400
    (call,) = amplify_mock.calls
    assert "secret" not in f"{call!r} {call}"
    assert call.parameters == body
    assert "secret" not in str(said(amplify_mock.assert_not_called, "CreateApp"))


def test_what_is_not_sensitive_is_shown_also_when_its_type_is_wrong(amplify_mock):
    requests.post(URL, json={"name": "x", "tags": "a=b", "customRules": {"a": 1}})
    assert "tags='a=b', customRules={'a': 1}" in str(amplify_mock.calls[-1])


def test_sensitive_members_do_not_show_in_assertions(amplify_mock, client):
    client.create_app(name="shop", repository="https://github.com/me/shop", accessToken="secret-access")
    amplify_mock.assert_called("CreateApp", accessToken="secret-access")
    lines = said(amplify_mock.assert_called, "CreateApp", accessToken="secret-other")
    assert lines[0] == "CreateApp(accessToken='***') was not called."
    assert lines[2].endswith("[accessToken is another]")
    assert "secret" not in str(lines)
