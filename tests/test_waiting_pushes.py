"""Pushes to a branch that is busy: their jobs wait, and start when the one before has ended."""

from __future__ import annotations

import contextlib
import datetime

import pytest
import time_machine
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of, refusal
from support.jobs import GITHUB, UTC, get, listed, new_branch, read, release

START = datetime.datetime(2024, 9, 1, 12, 0, tzinfo=UTC)
#: How long a build takes: 5 seconds pending, 40 for BUILD, 15 for DEPLOY, 1 for VERIFY.
BUILD = 61
CANCELLING = 5
BUSY = "LimitExceededException", 429, "The requested branch main already have pending or running jobs"


def quota(jobs):
    return pytest.mark.amplify_mock(quotas={"concurrent_jobs": jobs})


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def main(client, clock):
    """Make a branch of an app with a repository, and two more, while the clock stands still."""
    branch = new_branch(client, app=GITHUB)
    for name in ("dev", "test"):
        client.create_branch(**{**branch, "branchName": name})
    return branch


@pytest.fixture
def push(amplify_mock, main):
    """Push to the branch, or to another one of its app."""
    return lambda name="main", **commit: amplify_mock.push(main["appId"], name, **commit)


def since(moment):
    return None if moment is None else (moment - START).total_seconds()


def times(*jobs):
    return [(since(job.start_time), since(job.end_time)) for job in jobs]


def one_after_another(count):
    return [(number * BUILD, (number + 1) * BUILD) for number in range(count)]


# Until the one before has ended


def test_a_push_to_a_busy_branch_waits_for_the_job_before_it(client, main, push, clock):
    first = push()
    clock.shift(10)
    second = push(commit_id="4f3c2b1")
    clock.shift(BUILD - 11)
    job = get(client, main, "2")
    assert (job["summary"]["status"], job["summary"]["commitId"], job["steps"]) == ("PENDING", "4f3c2b1", [])
    assert since(job["summary"]["commitTime"]) == 10
    clock.shift(3600)
    assert since(second.start_time) == since(first.end_time)


@pytest.mark.parametrize("jumps", [[3600], [1] * 250, [BUILD] * 4, [60, 2, 300]], ids=len)
def test_pushes_in_a_row_are_built_one_after_another_however_the_clock_moves(push, clock, jumps):
    jobs = [push() for _ in range(4)]
    for jump in jumps:
        clock.shift(jump)
        assert [job.status for job in jobs].count("RUNNING") <= 1
    assert times(*jobs) == one_after_another(4)


def test_a_push_waits_for_a_job_that_start_job_began(client, main, push, clock):
    release(client, main)
    waiting = push()
    clock.shift(3600)
    assert times(waiting) == [(BUILD, 2 * BUILD)]


def test_a_push_after_the_end_of_the_job_before_starts_at_once(push, clock):
    push()
    clock.shift(100)
    assert times(push()) == [(100, None)]


def test_start_job_is_refused_as_long_as_a_push_waits_or_is_built(client, main, push, clock):
    push()
    push()
    for _ in range(2):
        assert refusal(client.start_job, **main, jobType="RELEASE") == BUSY
        clock.shift(BUILD)
    assert release(client, main)["jobId"] == "3"


def test_other_branches_do_not_wait(push, clock):
    jobs = [push(name) for name in ("main", "dev", "dev", "main")]
    clock.shift(3600)
    assert times(*jobs) == [(0, BUILD), (0, BUILD), (BUILD, 2 * BUILD), (BUILD, 2 * BUILD)]


def test_another_branch_does_not_wait_behind_a_push_that_does(push, clock):
    _, waiting, other = push(), push(), push("dev")
    clock.shift(10)
    assert (other.status, waiting.status) == ("RUNNING", "PENDING")


def test_a_restored_state_still_waits(amplify_mock, push):
    jobs = [push() for _ in range(3)]
    saved = amplify_mock.snapshot()
    amplify_mock.clock.advance(hours=1)
    assert times(*jobs) == one_after_another(3)
    amplify_mock.restore(saved)
    amplify_mock.clock.advance(seconds=10)
    jobs[0].fail()
    amplify_mock.clock.advance(hours=1)
    assert times(*jobs) == [(0, 10), (10, 10 + BUILD), (10 + BUILD, 10 + 2 * BUILD)]


# Whatever moves the jobs


@pytest.mark.parametrize("progress", ["poll", "clock"])
@pytest.mark.parametrize("after", ["poll", "clock", "instant", "manual"])
def test_the_clock_ends_the_wait_whatever_moves_the_waiting_job(amplify_mock, push, clock, progress, after):
    amplify_mock.plan_jobs(JobPlan(progress=progress), times=1)
    amplify_mock.plan_jobs(JobPlan(progress=after))
    jobs = [push(), push()]
    clock.shift(BUILD - 1)
    assert jobs[1].status == "PENDING"
    clock.shift(3600)
    end = {"instant": BUILD, "manual": None}.get(after, 2 * BUILD)
    assert times(*jobs) == [(0, BUILD), (BUILD, end)]


def test_jobs_that_take_no_time_need_not_wait(amplify_mock, push):
    amplify_mock.plan_jobs(JobPlan(progress="instant"))
    assert times(push(), push()) == [(0, 0), (0, 0)]


def test_a_job_that_is_moved_by_hand_ends_the_wait_by_hand(amplify_mock, push, clock):
    amplify_mock.plan_jobs(JobPlan(progress="manual"))
    first, second, third = push(), push(), push()
    for _ in range(2):
        clock.shift(7)
        with pytest.raises(ValueError, match="waits until another job has ended"):
            second.advance()
        first.advance()
    assert times(first, second) == [(0, 14), (14, None)]
    second.advance()
    assert (second.status, third.status) == ("RUNNING", "PENDING")
    second.fail()
    third.succeed()
    assert times(second, third) == [(14, 14), (14, 14)]


@pytest.mark.parametrize("poll", ["list_jobs", "get_job"])
@pytest.mark.parametrize("concurrent_jobs", [pytest.param(None, id="no quota"), pytest.param(1, marks=quota(1))])
def test_polling_only_the_waiting_job_brings_it_to_its_end(client, main, push, poll, concurrent_jobs):
    jobs = [push() for _ in range(3)]
    seen = []
    while "SUCCEED" not in seen:
        if poll == "list_jobs":
            seen.append(listed(client, main, maxResults=1)[0]["status"])
        else:
            seen.append(read(client, main, "3")["status"])
        assert len(seen) < 12
    assert (seen[0], seen[-2:]) == ("PENDING", ["RUNNING", "SUCCEED"])
    assert [job.status for job in jobs] == ["SUCCEED"] * 3


@quota(1)
def test_polling_the_waiting_job_moves_the_job_of_another_branch_that_has_the_place(client, main, push):
    for name in ("dev", "main", "main"):
        push(name)
    seen = [read(client, main, "2")["status"] for _ in range(8)]
    assert (seen[0], seen[-1]) == ("PENDING", "SUCCEED")


def test_polling_moves_no_job_that_only_the_clock_moves(client, amplify_mock, main, push):
    amplify_mock.plan_jobs(JobPlan(progress="clock"), times=1)
    first = push()
    push()
    assert {read(client, main, "2")["status"] for _ in range(5)} == {"PENDING"}
    assert first.status == "PENDING"


def test_polling_the_job_before_lets_the_waiting_one_start(client, main, push, clock):
    push()
    waiting = push()
    clock.shift(3)
    assert [read(client, main)["status"] for _ in range(2)] == ["RUNNING", "SUCCEED"]
    clock.shift(1)
    assert times(waiting) == [(3, None)]
    assert read(client, main, "2")["status"] == "RUNNING"


def test_a_list_moves_a_job_one_status_on(client, main, push):
    push()
    push()
    assert [listed(client, main)[-1]["status"] for _ in range(2)] == ["RUNNING", "SUCCEED"]


# Jobs that are stopped or told to end


def test_a_job_that_is_being_cancelled_keeps_no_push_waiting(client, main, push, clock):
    jobs = [push(), push()]
    clock.shift(10)
    client.stop_job(**main, jobId="1")
    clock.shift(3600)
    assert times(*jobs) == [(0, 10 + CANCELLING), (10, 10 + BUILD)]


@pytest.mark.parametrize(("end", "status"), [("succeed", "SUCCEED"), ("fail", "FAILED")])
def test_a_job_that_is_told_to_end_lets_the_waiting_one_start(push, clock, end, status):
    first, second = push(), push()
    clock.shift(10)
    getattr(first, end)()
    clock.shift(3600)
    assert (first.status, second.status) == (status, "SUCCEED")
    assert times(first, second) == [(0, 10), (10, 10 + BUILD)]


def stop(client, branch, job):
    client.stop_job(**branch, jobId=job.job_id)


def succeed(client, branch, job):
    job.succeed()


@pytest.mark.parametrize(
    ("end", "found", "ended"),
    [(stop, "STARTED CANCELLED SUCCEED", 15), (succeed, "STARTED STARTED SUCCEED SUCCEED", 10)],
)
def test_a_waiting_job_that_is_ended_is_not_built_later(client, amplify_mock, main, push, clock, end, found, ended):
    jobs = [push(), push()]
    clock.shift(10)
    end(client, main, jobs[1])
    clock.shift(3600)
    assert [since(job.end_time) for job in jobs] == [BUILD, ended]
    assert [event["detail"]["jobStatus"] for event in amplify_mock.events] == found.split()


@pytest.mark.parametrize("end", [stop, succeed])
@pytest.mark.parametrize("later", [False, True], ids=["pushed before", "pushed after"])
def test_the_end_of_a_waiting_job_lets_nothing_run_beside_another(client, amplify_mock, main, push, clock, end, later):
    jobs = [push(), push()]
    jobs += [] if later else [push()]
    clock.shift(10)
    end(client, main, jobs[1])
    jobs += [push()] if later else []
    clock.shift(3600)
    assert times(jobs[0], jobs[2]) == one_after_another(2)


@pytest.mark.parametrize("end", [stop, succeed])
def test_the_end_of_a_waiting_job_lets_no_other_be_started(client, main, push, end):
    push()
    end(client, main, push())
    assert refusal(client.start_job, **main, jobType="RELEASE") == BUSY


@pytest.mark.parametrize("what", ["branch", "app"])
def test_with_their_branch_the_running_and_the_waiting_job_are_cancelled(client, amplify_mock, main, push, clock, what):
    push()
    push()
    getattr(client, f"delete_{what}")(**(main if what == "branch" else {"appId": main["appId"]}))
    clock.shift(3600)
    found = [(each["detail"]["jobId"], each["detail"]["jobStatus"]) for each in amplify_mock.events]
    assert sorted(found) == [("1", "CANCELLED"), ("1", "STARTED"), ("2", "CANCELLED")]


# When only so many jobs may run at once


@quota(1)
def test_pushes_in_a_row_take_one_place_after_another(push, clock):
    jobs = [push() for _ in range(4)]
    clock.shift(3600)
    assert times(*jobs) == one_after_another(4)


@quota(2)
def test_a_push_that_waits_for_its_branch_takes_no_place(push, clock):
    jobs = [push(), push(), push("dev")]
    clock.shift(3600)
    assert times(*jobs) == [(0, BUILD), (BUILD, 2 * BUILD), (0, BUILD)]


@quota(1)
def test_a_push_waits_for_a_job_that_waits_for_its_turn(push, clock):
    jobs = [push("dev"), push(), push()]
    clock.shift(3600)
    assert times(*jobs) == one_after_another(3)


@pytest.mark.parametrize("look", [0, 1, 2, 3])
@quota(1)
def test_a_push_that_has_waited_takes_its_turn_behind_the_others(push, clock, look):
    jobs = [push(), push(), push("dev"), push("test")]
    clock.shift(3600)
    assert jobs[look].status == "SUCCEED"
    assert sorted(times(*jobs)) == one_after_another(4)


class Pushes:
    """Pushes to two branches, and what becomes of their jobs; a job that is stopped is cancelled at once."""

    def __init__(self, amplify):
        self.amplify = amplify
        self.app_id = new_branch(client_of(), app=GITHUB)["appId"]
        client_of().create_branch(appId=self.app_id, branchName="dev")
        self.jobs = {"main": [], "dev": []}

    def do(self, action, branch, number):
        if action == "push":
            self.jobs[branch].append(self.amplify.push(self.app_id, branch))
        elif number < len(self.jobs[branch]):
            job = self.jobs[branch][number]
            # What has ended can be neither stopped nor told to end.
            with contextlib.suppress(ClientError, ValueError):
                {"look": lambda: job.status, "fail": job.fail, "stop": lambda: self._stop(branch, job)}[action]()

    def _stop(self, branch, job):
        client_of().stop_job(appId=self.app_id, branchName=branch, jobId=job.job_id)

    def courses(self):
        """Return by branch and job when the job was asked for, when it started and when it ended."""
        found = {branch: [[job.resource.created, None, None] for job in jobs] for branch, jobs in self.jobs.items()}
        for event in self.amplify.events:
            detail = event["detail"]
            time = datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00"))
            found[detail["branchName"]][int(detail["jobId"]) - 1][1 if detail["jobStatus"] == "STARTED" else 2] = time
        return found


@settings(max_examples=80, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    most=st.sampled_from([None, 1, 2]),
    actions=st.lists(
        st.tuples(
            st.sampled_from(["push", "push", "look", "stop", "fail"]),
            st.sampled_from(["main", "dev"]),
            st.integers(0, 3),
            st.sampled_from([0, 1, 20, 70]),
        ),
        max_size=14,
    ),
)
@example(most=None, actions=[("push", "main", 0, 1)] * 3 + [("stop", "main", 1, 1)])
@example(most=1, actions=[("push", "main", 0, 1)] * 2 + [("push", "dev", 0, 70), ("look", "main", 1, 1)])
def test_no_branch_runs_two_jobs_at_once_and_no_account_more_than_it_may(most, actions):
    quotas = most and {"concurrent_jobs": most}
    with (
        time_machine.travel(START, tick=False) as clock,
        mock_amplify(plan=JobPlan(cancelling=0), quotas=quotas) as mock,
    ):
        pushes = Pushes(mock)
        for action, branch, number, seconds in actions:
            pushes.do(action, branch, number)
            clock.shift(seconds)
        clock.shift(3600)
        courses = pushes.courses()
    for of_one_branch in courses.values():
        ends = [START]
        for created, start, end in of_one_branch:
            if start is not None and start < end:
                assert start >= max(ends)
                assert most or start == max(created, *ends)
                ends.append(end)
    ran = [(start, end) for each in courses.values() for _, start, end in each if start is not None]
    assert all(sum(start <= moment < end for start, end in ran) <= (most or 2) for moment, _ in ran)
