"""Which steps a job has, and what becomes of them when it is stopped."""

from __future__ import annotations

import pytest
import time_machine

from amplify_mock import mock_amplify
from support.jobs import GITHUB, HOUR, START, TEST_PHASE, finish, get, new_branch, read, release, steps


@pytest.fixture
def main(client):
    """Make a branch of an app with a repository, and return what names it."""
    return new_branch(client, app=GITHUB)


def test_a_waiting_job_has_no_steps_and_a_running_one_has_begun(client, main, frozen):
    with frozen():
        release(client, main)
        job = get(client, main)
        assert [(each["stepName"], each["status"]) for each in job["steps"]] == [("BUILD", "RUNNING")]
        assert "endTime" not in job["steps"][0]


def test_a_build_has_the_recorded_steps(client, main):
    release(client, main)
    finish(client, main)
    assert steps(client, main) == [("BUILD", "SUCCEED"), ("DEPLOY", "SUCCEED"), ("VERIFY", "SUCCEED")]


def test_a_build_whose_spec_cannot_be_read_has_no_tests(client, amplify_mock, main):
    client.update_branch(**main, buildSpec="[")
    release(client, main)
    amplify_mock.job(main["appId"], "main").succeed()
    assert [name for name, _ in steps(client, main)] == ["BUILD", "DEPLOY", "VERIFY"]


def test_the_build_spec_of_the_branch_wins(client, main):
    client.update_app(appId=main["appId"], buildSpec=TEST_PHASE)
    client.update_branch(**main, buildSpec="version: 1\n")
    release(client, main)
    finish(client, main)
    assert [name for name, _ in steps(client, main)] == ["BUILD", "DEPLOY", "VERIFY"]


def test_a_running_job_keeps_the_steps_it_started_with(client, main):
    release(client, main)
    client.update_app(appId=main["appId"], buildSpec=TEST_PHASE)
    finish(client, main)
    assert len(steps(client, main)) == 3


def test_stopping_ends_the_step_that_runs(client, main, frozen):
    with frozen():
        release(client, main)
        read(client, main)
        client.stop_job(**main, jobId="1")
        read(client, main)
        job = get(client, main)
        assert [(each["stepName"], each["status"]) for each in job["steps"]] == [("BUILD", "CANCELLED")]
        assert job["steps"][0]["endTime"] <= job["summary"]["endTime"]


def test_steps_that_had_ended_stay_as_they_were(client, main):
    with time_machine.travel(START, tick=False) as clock:
        release(client, main)
        while len(branch_job(main).steps) < 2:
            clock.shift(1)
        client.stop_job(**main, jobId="1")
        clock.shift(HOUR)
        assert steps(client, main) == [("BUILD", "SUCCEED"), ("DEPLOY", "CANCELLED")]


def branch_job(branch, job_id="1"):
    with mock_amplify() as amplify:
        return amplify.backend().apps[branch["appId"]].branches[branch["branchName"]].jobs[job_id]


def test_deleting_the_branch_cancels_the_step_that_runs(client, amplify_mock, main):
    release(client, main)
    read(client, main)
    job = branch_job(main)
    client.delete_branch(**main)
    for status in ("CANCELLING", "CANCELLED"):
        assert (job.status, [(each.step_name, each.status) for each in job.steps]) == (status, [("BUILD", status)])
        amplify_mock.clock.advance(minutes=1)


def test_a_job_that_is_stopped_while_waiting_has_no_steps(client, main):
    release(client, main)
    client.stop_job(**main, jobId="1")
    read(client, main)
    assert steps(client, main) == []


@pytest.mark.parametrize("level", ["app", "branch"])
def test_a_build_spec_with_a_test_phase_adds_the_step_test(client, main, level):
    if level == "app":
        client.update_app(appId=main["appId"], buildSpec=TEST_PHASE)
    else:
        client.update_branch(**main, buildSpec=TEST_PHASE)
    release(client, main)
    finish(client, main)
    assert [name for name, _ in steps(client, main)] == ["BUILD", "TEST", "DEPLOY", "VERIFY"]
