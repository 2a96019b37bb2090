"""What a test may assert of the calls that a mock has answered, and what it is told when it is wrong."""

from __future__ import annotations

import re
from unittest.mock import ANY

import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from amplify_mock import mock_amplify
from support.botocore_clients import new_client
from support.clients import client_of
from support.jobs import new_branch
from support.outcomes import outcome, said


@pytest.fixture
def client():
    """A client that tries once."""
    return client_of()


# How often


def test_called_means_at_least_once_unless_a_number_is_given(amplify_mock, client):
    client.list_apps()
    client.list_apps()
    amplify_mock.assert_called("ListApps")
    amplify_mock.assert_called("ListApps", times=2)
    amplify_mock.assert_called("ListApps", times=0, maxResults=5)
    amplify_mock.assert_not_called("GetApp")
    amplify_mock.assert_not_called("ListApps", maxResults=5)


def test_members_may_be_anything_that_equals_those_of_the_call(amplify_mock, client):
    branch = new_branch(client, environmentVariables={"A": "1"})
    amplify_mock.assert_called("CreateBranch", times=1, appId=ANY, environmentVariables={"A": ANY})
    amplify_mock.assert_called("CreateBranch", **branch, environmentVariables={"A": "1"})
    amplify_mock.assert_not_called("CreateBranch", description=ANY)


def test_calls_that_failed_were_calls(amplify_mock, client):
    outcome(client.get_app, appId="d1")
    amplify_mock.assert_called("GetApp", times=1, appId="d1")


# What it is told


def test_an_assertion_shows_the_nearest_calls_and_what_differs(amplify_mock, client):
    branch = new_branch(client, "main")
    app_id = branch["appId"]
    for parameters in ({"jobType": "RELEASE"}, {"branchName": "dev", "jobType": "RETRY", "jobId": "1"}):
        outcome(client.start_job, **{**branch, **parameters})
    wanted = {"appId": app_id, "branchName": "main", "jobType": "RELEASE", "commitId": "abc"}
    shown = ", ".join(f"{name}={value!r}" for name, value in wanted.items())
    assert said(amplify_mock.assert_called, "StartJob", times=2, **wanted) == [
        f"StartJob({shown}) was to be called 2 times, and was not called.",
        "The calls, the nearest first:",
        f"  StartJob(appId='{app_id}', branchName='main', jobType='RELEASE'): BadRequestException"
        "  [commitId is not given]",
        f"  StartJob(appId='{app_id}', branchName='dev', jobType='RETRY', jobId='1'): NotFoundException"
        "  [branchName is 'dev', not 'main', jobType is 'RETRY', not 'RELEASE', commitId is not given]",
        "  CreateApp(name='shop'): success",
        f"  CreateBranch(appId='{app_id}', branchName='main'): success",
    ]


def test_an_assertion_says_how_often(amplify_mock, client):
    assert said(amplify_mock.assert_called, "ListApps") == ["ListApps() was not called.", "There were no calls at all."]
    client.list_apps()
    client.list_apps()
    first = "ListApps() was to be called once, and was called 2 times."
    assert said(amplify_mock.assert_called, "ListApps", times=1)[0] == first
    assert said(amplify_mock.assert_called, "ListApps", times=0)[0] == first.replace("once", "never")
    assert said(amplify_mock.assert_not_called, "ListApps")[0] == first.replace("once", "never")
    assert said(amplify_mock.assert_called, "ListApps", times=3)[0] == first.replace("once", "3 times")
    outcome(client.get_app, appId="d1")
    lines = said(amplify_mock.assert_not_called, "GetApp")
    assert lines[0] == "GetApp() was to be called never, and was called once."


def test_an_assertion_shows_ten_calls_and_counts_the_others(amplify_mock, client):
    for number in range(14):
        outcome(client.get_app, appId=f"d{number}")
    lines = said(amplify_mock.assert_called, "GetApp", appId="x")
    assert len(lines) == 13
    assert lines[-1] == "  and 4 more"


def test_an_assertion_shows_the_last_attempt_of_a_call(amplify_mock, slept):
    client = new_client(config=Config(retries={"mode": "standard", "total_max_attempts": 3}))
    amplify_mock.fail("ListApps", 503, times=2, per_attempt=True)
    client.list_apps()
    assert said(amplify_mock.assert_not_called, "ListApps")[2:] == ["  ListApps(): success, attempt 3"]


def test_long_values_are_cut_where_calls_are_shown(amplify_mock, client):
    client.create_app(name="shop", description="x" * 1000)
    line = said(amplify_mock.assert_not_called, "CreateApp")[2]
    assert len(line) < 200
    assert "xxx...): success" in line


def test_times_of_an_assertion_are_a_whole_number(amplify_mock):
    for times, kind in ((-1, ValueError), (True, TypeError), ("1", TypeError)):
        with pytest.raises(kind, match="times must be"):
            amplify_mock.assert_called("ListApps", times=times)


def test_an_unknown_member_is_refused(amplify_mock):
    with pytest.raises(TypeError, match=re.escape("StartJob has no input member 'branch'. Did you mean 'branchName'?")):
        amplify_mock.assert_called("StartJob", branch="main")
    with pytest.raises(TypeError, match=r"ListApps .* 'zzz'\. Its members are: nextToken, maxResults\."):
        amplify_mock.assert_not_called("ListApps", zzz="main")


@given(calls=st.lists(st.integers(1, 3), max_size=6), wanted=st.integers(1, 3), times=st.none() | st.integers(0, 4))
def test_an_assertion_holds_just_when_the_number_is_right(calls, wanted, times):
    client = client_of()
    with mock_amplify(isolated=True) as amplify:
        for number in calls:
            client.list_apps(maxResults=number)
        found = calls.count(wanted)
        if found == times or (times is None and found):
            amplify.assert_called("ListApps", times=times, maxResults=wanted)
        else:
            said(amplify.assert_called, "ListApps", times=times, maxResults=wanted)
        if found:
            said(amplify.assert_not_called, "ListApps", maxResults=wanted)
        else:
            amplify.assert_not_called("ListApps", maxResults=wanted)
