"""Calls that fail because a test wants them to: with which error, which calls, how often, in which order."""

from __future__ import annotations

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import ANY

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from amplify_mock import mock_amplify
from amplify_mock.controls.failures import UNDECLARED
from amplify_mock.service.http import Request
from support.botocore_clients import RETRY_MODES, app_names, new_client
from support.clients import client_of
from support.jobs import UTC, deploy, new_app, new_branch
from support.outcomes import outcome


@pytest.fixture
def client():
    """A client that tries once."""
    return client_of()


def trying(attempts, mode="standard"):
    return new_client(config=Config(retries={"mode": mode, "total_max_attempts": attempts}))


# How often


def test_a_fault_hits_one_call(amplify_mock, client):
    app_id = new_app(client)
    amplify_mock.fail("GetApp", "InternalFailureException")
    assert [outcome(client.get_app, appId=app_id) for _ in range(2)] == ["InternalFailureException", "success"]


@given(times=st.integers(1, 4), calls=st.integers(0, 6))
def test_a_fault_hits_as_many_calls_as_it_has_times(times, calls):
    client = client_of()
    with mock_amplify(isolated=True) as amplify:
        amplify.fail("ListApps", "UnauthorizedException", times=times)
        outcomes = [outcome(client.list_apps) for _ in range(calls)]
    assert outcomes == ["UnauthorizedException" if number < times else "success" for number in range(calls)]


def test_a_standing_fault_hits_every_call(amplify_mock, client):
    amplify_mock.fail("ListApps", "UnauthorizedException", times=None)
    assert {outcome(client.list_apps) for _ in range(10)} == {"UnauthorizedException"}


def test_a_failed_call_changes_nothing(amplify_mock, client):
    amplify_mock.fail("CreateApp", "LimitExceededException")
    assert outcome(client.create_app, name="shop") == "LimitExceededException"
    assert app_names(client) == []


@pytest.mark.parametrize("times", [1, 3, 7])
def test_faults_are_counted_exactly_in_many_threads(amplify_mock, times):
    client = trying(1)
    amplify_mock.fail("ListApps", "UnauthorizedException", times=times)
    barrier = threading.Barrier(16)

    def call(_):
        barrier.wait(10)
        return [outcome(client.list_apps) for _ in range(5)]

    with ThreadPoolExecutor(16) as threads:
        outcomes = [each for results in threads.map(call, range(16)) for each in results]
    assert outcomes.count("UnauthorizedException") == times
    assert len(amplify_mock.calls) == len(outcomes) == 80


# Which calls


def test_only_calls_with_the_same_members_fail(amplify_mock, client):
    branch = new_branch(client)
    client.create_branch(appId=branch["appId"], branchName="feature/x")
    amplify_mock.fail("GetBranch", "InternalFailureException", times=None, branchName="feature/x")
    assert outcome(client.get_branch, **branch) == "success"
    assert outcome(client.get_branch, appId=branch["appId"], branchName="feature/x") == "InternalFailureException"
    assert outcome(client.delete_branch, appId=branch["appId"], branchName="feature/x") == "success"


@pytest.mark.parametrize(
    ("members", "is_hit"),
    [
        ({"environmentVariables": {"A": "1"}}, True),
        ({"environmentVariables": {"A": "2"}}, False),
        ({"customRules": [{"source": "/a", "target": "/b"}]}, True),
        ({"customRules": ({"source": "/a", "target": ANY},)}, True),
        ({"customRules": []}, False),
        ({"autoBranchCreationConfig": {"enableAutoBuild": True}}, True),
        ({"name": ANY, "accessToken": "secret", "enableBasicAuth": False}, True),
        ({"description": ANY}, False),
    ],
)
def test_members_are_compared_as_boto3_takes_them(amplify_mock, client, members, is_hit):
    amplify_mock.fail("CreateApp", "BadRequestException", message="hit", **members)
    parameters = {
        "name": "shop",
        "repository": "https://github.com/me/shop",
        "accessToken": "secret",
        "environmentVariables": {"A": "1"},
        "customRules": [{"source": "/a", "target": "/b"}],
        "autoBranchCreationConfig": {"enableAutoBuild": True},
        "enableBasicAuth": False,
    }
    assert outcome(client.create_app, **parameters) == ("BadRequestException" if is_hit else "success")


MOMENT = datetime.datetime(2024, 2, 8, 21, 54, 42, 398765, UTC)


@pytest.mark.parametrize(
    ("given", "wanted", "is_hit"),
    [
        (MOMENT, MOMENT, True),
        (MOMENT, MOMENT.astimezone(datetime.timezone(datetime.timedelta(hours=5))), True),
        (MOMENT.replace(tzinfo=None), MOMENT, True),
        (MOMENT, MOMENT.replace(tzinfo=None), True),
        (1707429282, "2024-02-08T21:54:42Z", True),
        ("2024-02-08T21:54:42Z", 1707429282, True),
        (MOMENT, MOMENT + datetime.timedelta(seconds=1), False),
        (MOMENT, "no time at all", False),
        (MOMENT, ANY, True),
    ],
)
def test_times_are_compared_whatever_form_boto3_takes_them_in(amplify_mock, client, given, wanted, is_hit):
    amplify_mock.fail("StartJob", "InternalFailureException", commitTime=wanted)
    code = outcome(client.start_job, appId="d1", branchName="main", jobType="RELEASE", commitTime=given)
    assert code == ("InternalFailureException" if is_hit else "NotFoundException")


def test_the_fraction_of_a_second_may_be_missing_as_in_older_versions_of_botocore(amplify_mock):
    amplify_mock.fail("StartJob", "InternalFailureException", times=None, commitTime=MOMENT)
    path = "/apps/d1/branches/main/jobs"
    for sent, status in ((1707429282, 500), (1707429282.398765, 500), (1707429282.5, 404)):
        body = b'{"jobType": "RELEASE", "commitTime": %r}' % sent
        assert amplify_mock.handle(Request("POST", path, body=body)).status == status


def test_numbers_and_lists_of_the_query_are_compared_too(amplify_mock, client):
    amplify_mock.fail("ListApps", "UnauthorizedException", maxResults=7)
    amplify_mock.fail("UntagResource", "BadRequestException", message="no", tagKeys=["a", "b"])
    assert outcome(client.list_apps, maxResults=8) == "success"
    assert outcome(client.list_apps, maxResults=7) == "UnauthorizedException"
    arn = client.create_app(name="shop")["app"]["appArn"]
    assert outcome(client.untag_resource, resourceArn=arn, tagKeys=["a"]) == "success"
    assert outcome(client.untag_resource, resourceArn=arn, tagKeys=["a", "b"]) == "BadRequestException"


def test_a_bad_request_stays_one_and_uses_up_nothing(amplify_mock, client):
    amplify_mock.fail("CreateApp", "InternalFailureException")
    assert outcome(client.create_app, name="shop", platform="MAINFRAME") == "BadRequestException"
    assert amplify_mock.handle(Request("POST", "/apps", body=b"{")).status == 400
    assert outcome(client.create_app, name="shop") == "InternalFailureException"


# In which order


def test_faults_with_a_count_come_first_in_their_order_then_the_last_standing_one(amplify_mock, client):
    for code, times in (
        ("ServiceUnavailable", None),
        ("UnauthorizedException", 2),
        ("InternalFailure", None),
        ("ThrottlingException", 1),
    ):
        amplify_mock.fail("ListApps", code, times=times)
    expected = ["UnauthorizedException"] * 2 + ["ThrottlingException"] + ["InternalFailure"] * 2
    assert [outcome(client.list_apps) for _ in range(5)] == expected


RULES = st.lists(st.tuples(st.sampled_from(sorted(UNDECLARED)), st.none() | st.integers(1, 3)), max_size=5)


@given(rules=RULES)
def test_the_order_of_faults_is_that_of_a_list(rules):
    counted = [code for code, times in rules for _ in range(times or 0)]
    standing = [code for code, times in rules if times is None]
    last = [standing[-1]] if standing else ["success"]
    client = client_of()
    with mock_amplify(isolated=True) as amplify:
        for code, times in rules:
            amplify.fail("ListApps", code, times=times)
        assert [outcome(client.list_apps) for _ in range(len(counted) + 2)] == counted + last * 2


# Retries


@pytest.mark.parametrize("mode", RETRY_MODES)
@pytest.mark.parametrize("code", ["ThrottlingException", "InternalFailureException", "ServiceUnavailable", 503, 500])
def test_a_call_that_fails_fails_in_each_of_its_attempts(amplify_mock, slept, mode, code):
    client = trying(4, mode)
    amplify_mock.fail("ListApps", code)
    with pytest.raises(ClientError) as caught:
        client.list_apps()
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 3
    assert [call.attempt for call in amplify_mock.calls] == [1, 2, 3, 4]
    assert client.list_apps()["ResponseMetadata"]["RetryAttempts"] == 0
    assert sum(slept) == 0


@pytest.mark.parametrize("mode", RETRY_MODES)
@pytest.mark.parametrize(("times", "retries"), [(1, 1), (2, 2), (3, 3), (4, None), (None, None)])
def test_a_fault_that_counts_attempts_lets_a_later_one_pass(amplify_mock, slept, mode, times, retries):
    client = trying(4, mode)
    amplify_mock.fail(
        "ListApps", "TooManyRequestsException" if mode == "legacy" else 503, times=times, per_attempt=True
    )
    if retries is None:
        with pytest.raises(ClientError):
            client.list_apps()
        assert len(amplify_mock.calls) == 4
    else:
        assert client.list_apps()["ResponseMetadata"]["RetryAttempts"] == retries
        assert [call.outcome for call in amplify_mock.calls][-1] == "success"
    assert sum(slept) == 0


def test_after_the_attempts_of_one_fault_a_call_meets_the_next(amplify_mock, slept):
    client = trying(5)
    amplify_mock.fail("ListApps", 503, times=2, per_attempt=True)
    amplify_mock.fail("ListApps", "InternalFailure")
    assert outcome(client.list_apps) == "InternalFailure"
    assert [call.outcome for call in amplify_mock.calls] == ["503", "503"] + ["InternalFailure"] * 3
    assert outcome(client.list_apps) == "success"


# The change was made, but the answer was lost


def test_the_change_can_be_made_although_the_call_fails(amplify_mock, client):
    amplify_mock.fail("CreateApp", ReadTimeoutError, after=True)
    with pytest.raises(ReadTimeoutError):
        client.create_app(name="shop")
    assert app_names(client) == ["shop"]


@pytest.mark.parametrize(
    ("per_attempt", "times", "made"), [(False, 1, 1), (False, 2, 1), (True, 2, 3), (True, None, 4)]
)
def test_what_was_lost_is_not_made_again_by_retries_unless_attempts_are_counted(
    amplify_mock, slept, per_attempt, times, made
):
    client = trying(4)
    amplify_mock.fail("CreateApp", 500, after=True, per_attempt=per_attempt, times=times)
    outcome(client.create_app, name="shop")
    assert app_names(client) == ["shop"] * made


def test_an_error_of_the_operation_itself_is_lost_too(amplify_mock, client):
    amplify_mock.fail("DeleteApp", "InternalFailureException", after=True)
    assert outcome(client.delete_app, appId="d1") == "InternalFailureException"


# Delays


def test_a_delay_moves_the_clock_before_the_operation_runs(amplify_mock, client):
    branch = new_branch(client)
    deploy(client, branch)
    amplify_mock.delay("GetJob", seconds=3600)
    before = amplify_mock.clock.now()
    assert client.get_job(**branch, jobId="1")["job"]["summary"]["status"] == "SUCCEED"
    assert datetime.timedelta(hours=1) <= amplify_mock.clock.now() - before < datetime.timedelta(hours=1, minutes=5)


def test_delays_add_up_and_pass_once_for_a_call_however_often_it_is_tried(amplify_mock, slept):
    client = trying(3)
    amplify_mock.delay("ListApps", seconds=1000)
    amplify_mock.delay("ListApps", seconds=0.5, times=None)
    amplify_mock.delay("GetApp", seconds=1_000_000)
    amplify_mock.fail("ListApps", 503)
    before = amplify_mock.clock.passed
    outcome(client.list_apps)
    assert amplify_mock.clock.passed - before == datetime.timedelta(seconds=1000.5)
    outcome(client.list_apps)
    assert amplify_mock.clock.passed - before == datetime.timedelta(seconds=1001)


def test_a_delay_by_members(amplify_mock, client):
    amplify_mock.delay("GetApp", seconds=60, appId="d1")
    for app_id, seconds in (("d2", 0), ("d1", 60), ("d1", 60)):
        outcome(client.get_app, appId=app_id)
        assert amplify_mock.clock.passed == datetime.timedelta(seconds=seconds)


def test_listeners_of_events_hear_of_a_delay_after_the_call(amplify_mock, client):
    branch = new_branch(client)
    deploy(client, branch)
    heard = []
    amplify_mock.on_event(lambda event: heard.append((event["detail"]["jobStatus"], len(amplify_mock.calls))))
    amplify_mock.delay("ListApps", seconds=3600)
    client.list_apps()
    assert heard == [("SUCCEED", 4)]


# The state


def test_reset_forgets_faults(amplify_mock, client):
    amplify_mock.fail("ListApps", "UnauthorizedException", times=None)
    amplify_mock.delay("ListApps", seconds=3)
    amplify_mock.on("ListApps").respond({"apps": []})
    amplify_mock.reset()
    amplify_mock.assert_no_pending_faults()
    assert outcome(client.list_apps) == "success"
    assert amplify_mock.clock.passed == datetime.timedelta()


def test_restore_brings_faults_back_with_their_counts(amplify_mock, client):
    amplify_mock.fail("ListApps", "UnauthorizedException", times=3)
    outcome(client.list_apps)
    saved = amplify_mock.snapshot()
    for _ in range(2):
        outcome(client.list_apps)
    amplify_mock.fail("ListApps", "InternalFailure", times=None)
    amplify_mock.restore(saved)
    assert [outcome(client.list_apps) for _ in range(3)] == ["UnauthorizedException"] * 2 + ["success"]


def test_answers_may_be_given_to_calls_that_were_named_before_a_reset(amplify_mock, client):
    calls = amplify_mock.on("GetApp", appId="d1")
    amplify_mock.reset()
    calls.respond({"app": client.create_app(name="shop")["app"]})
    assert client.get_app(appId="d1")["app"]["name"] == "shop"


def test_a_nested_mock_of_its_own_has_no_faults(amplify_mock, client):
    amplify_mock.fail("ListApps", "UnauthorizedException", times=None)
    with mock_amplify(isolated=True):
        assert outcome(client.list_apps) == "success"
    assert outcome(client.list_apps) == "UnauthorizedException"


def test_an_exception_that_is_raised_again_does_not_gather_the_frames_of_all_who_saw_it(amplify_mock):
    error = EndpointConnectionError(endpoint_url="https://example.com")
    amplify_mock.fail("ListApps", error, times=None)
    lengths = []
    for _ in range(3):
        with pytest.raises(EndpointConnectionError) as caught:
            client_of().list_apps()
        lengths.append(len(caught.traceback))
    assert len(set(lengths)) == 1
