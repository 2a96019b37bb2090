"""Which steps a job has, and what becomes of them when it is stopped."""

from __future__ import annotations

import pytest
import time_machine

from amplify_mock import mock_amplify
from support.clients import client_of
from support.jobs import GITHUB, HOUR, START, TEST_PHASE, finish, get, new_branch, read, release, steps


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def main(amplify_client):
    """Make a branch of an app with a repository, and return what names it."""
    return new_branch(amplify_client, app=GITHUB)


def test_a_waiting_job_has_no_steps_and_a_running_one_has_begun(amplify_client, main, frozen):
    with frozen():
        release(amplify_client, main)
        job = get(amplify_client, main)
        assert [(each["stepName"], each["status"]) for each in job["steps"]] == [("BUILD", "RUNNING")]
        assert "endTime" not in job["steps"][0]


def test_a_build_has_the_recorded_steps(amplify_client, main):
    release(amplify_client, main)
    finish(amplify_client, main)
    assert steps(amplify_client, main) == [("BUILD", "SUCCEED"), ("DEPLOY", "SUCCEED"), ("VERIFY", "SUCCEED")]


def test_the_build_spec_of_the_branch_wins(amplify_client, main):
    amplify_client.update_app(appId=main["appId"], buildSpec=TEST_PHASE)
    amplify_client.update_branch(**main, buildSpec="version: 1\n")
    release(amplify_client, main)
    finish(amplify_client, main)
    assert [name for name, _ in steps(amplify_client, main)] == ["BUILD", "DEPLOY", "VERIFY"]


def test_a_running_job_keeps_the_steps_it_started_with(amplify_client, main):
    release(amplify_client, main)
    amplify_client.update_app(appId=main["appId"], buildSpec=TEST_PHASE)
    finish(amplify_client, main)
    assert len(steps(amplify_client, main)) == 3


def test_stopping_ends_the_step_that_runs(amplify_client, main, frozen):
    with frozen():
        release(amplify_client, main)
        read(amplify_client, main)
        amplify_client.stop_job(**main, jobId="1")
        read(amplify_client, main)
        job = get(amplify_client, main)
        assert [(each["stepName"], each["status"]) for each in job["steps"]] == [("BUILD", "CANCELLED")]
        assert job["steps"][0]["endTime"] <= job["summary"]["endTime"]


def test_steps_that_had_ended_stay_as_they_were(amplify_client, main):
    with time_machine.travel(START, tick=False) as clock:
        release(amplify_client, main)
        while len(branch_job(main).steps) < 2:
            clock.shift(1)
        amplify_client.stop_job(**main, jobId="1")
        clock.shift(HOUR)
        assert steps(amplify_client, main) == [("BUILD", "SUCCEED"), ("DEPLOY", "CANCELLED")]


def branch_job(branch, job_id="1"):
    with mock_amplify() as amplify:
        return amplify.backend().apps[branch["appId"]].branches[branch["branchName"]].jobs[job_id]


def test_a_job_that_is_stopped_while_waiting_has_no_steps(amplify_client, main):
    release(amplify_client, main)
    amplify_client.stop_job(**main, jobId="1")
    read(amplify_client, main)
    assert steps(amplify_client, main) == []


@pytest.mark.parametrize("level", ["app", "branch"])
def test_a_build_spec_with_a_test_phase_adds_the_step_test(amplify_client, main, level):
    if level == "app":
        amplify_client.update_app(appId=main["appId"], buildSpec=TEST_PHASE)
    else:
        amplify_client.update_branch(**main, buildSpec=TEST_PHASE)
    release(amplify_client, main)
    finish(amplify_client, main)
    assert [name for name, _ in steps(amplify_client, main)] == ["BUILD", "TEST", "DEPLOY", "VERIFY"]
