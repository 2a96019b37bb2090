"""What a JobPlan makes of a job: what moves it, when its steps start and end, how it fails and where it is stuck."""

from __future__ import annotations

import contextlib

import freezegun
import pytest
import requests
import time_machine

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of, refusal
from support.jobs import GITHUB, TEST_PHASE, app_with_branches, deploy, get, listed, new_branch, read, release
from support.plans import PROGRESSES, START, answered, at, course, handle, since, spans

DAY = 24 * 60 * 60
#: The spans of a build: PENDING 0-2, PROVISIONING 2-5, BUILD 5-15, DEPLOY 15-19, VERIFY 19-20.
TIMED = {"pending": 2, "provisioning": 3, "steps": {"BUILD": 10, "DEPLOY": 4}, "default": 1}


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as travels:
        yield travels


@contextlib.contextmanager
def building(start=release, app=GITHUB, **plan):
    """Start a job by a plan, and give the controller, the client, and what names the branch."""
    with mock_amplify(plan=JobPlan(**plan)) as amplify:
        client = client_of()
        branch = new_branch(client, app=app)
        start(client, branch)
        yield amplify, client, branch


def statuses(client, branch, count):
    return [read(client, branch)["status"] for _ in range(count)]


# By the clock


@contextlib.contextmanager
def moved_by_freezegun(_amplify):
    with freezegun.freeze_time(START) as clock:
        yield clock.tick


@contextlib.contextmanager
def moved_by_time_machine(_amplify):
    with time_machine.travel(START, tick=False) as clock:
        yield clock.shift


@contextlib.contextmanager
def moved_by_the_mock(amplify):
    with time_machine.travel(START, tick=False):
        yield lambda seconds: amplify.clock.advance(seconds=seconds)


MOVES = [moved_by_freezegun, moved_by_time_machine, moved_by_the_mock]
BUILT = ("BUILD", "SUCCEED", 5, 15)
DEPLOYED = ("DEPLOY", "SUCCEED", 15, 19)


@pytest.mark.parametrize("moved", MOVES)
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (1.999, ("PENDING", 0, None, [])),
        (2, ("PROVISIONING", 0, None, [])),
        (4.999, ("PROVISIONING", 0, None, [])),
        (5, ("RUNNING", 0, None, [("BUILD", "RUNNING", 5, None)])),
        (14.999, ("RUNNING", 0, None, [("BUILD", "RUNNING", 5, None)])),
        (15, ("RUNNING", 0, None, [BUILT, ("DEPLOY", "RUNNING", 15, None)])),
        (19.5, ("RUNNING", 0, None, [BUILT, DEPLOYED, ("VERIFY", "RUNNING", 19, None)])),
        (20, ("SUCCEED", 0, 20, [BUILT, DEPLOYED, ("VERIFY", "SUCCEED", 19, 20)])),
        (100 * 365 * DAY, ("SUCCEED", 0, 20, [BUILT, DEPLOYED, ("VERIFY", "SUCCEED", 19, 20)])),
    ],
)
def test_any_jump_of_the_clock_lands_in_the_right_step(moved, seconds, expected):
    with mock_amplify(plan=JobPlan(**TIMED, progress="clock")) as amplify, moved(amplify) as move:
        branch = new_branch(client_of(), app=GITHUB)
        release(client_of(), branch)
        move(seconds)
        assert answered(get(client_of(), branch)) == expected
        assert course(handle(amplify, branch)) == expected


def test_reads_do_not_move_what_only_the_clock_moves(clock):
    with building(**TIMED, progress="clock") as (amplify, client, branch):
        assert statuses(client, branch, 5) == ["PENDING"] * 5
        listed(client, branch)
        clock.shift(6)
        assert statuses(client, branch, 5) == ["RUNNING"] * 5
        clock.shift(20)
        assert course(handle(amplify, branch))[:3] == ("SUCCEED", 0, 20)


@pytest.mark.parametrize("progress", ["poll", "clock"])
def test_what_the_clock_brought_about_stays_when_it_is_turned_back(clock, progress):
    with building(**TIMED, progress=progress) as (amplify, client, branch):
        clock.shift(16)
        seen = course(handle(amplify, branch))
        clock.move_to(at(-DAY))
        assert course(handle(amplify, branch)) == seen
        clock.move_to(at(DAY))
        ended = answered(get(client, branch))
        assert ended == ("SUCCEED", 0, 20, [BUILT, DEPLOYED, ("VERIFY", "SUCCEED", 19, 20)])
        clock.move_to(at(3))
        assert answered(get(client, branch)) == ended


def test_a_clock_that_nobody_saw_leaves_no_trace(clock):
    with building(**TIMED, progress="clock") as (amplify, _, branch):
        clock.shift(DAY)
        clock.move_to(at(3))
        assert handle(amplify, branch).status == "PROVISIONING"


def test_steps_take_the_usual_time_unless_it_is_planned(clock):
    with building(app={**GITHUB, "buildSpec": TEST_PHASE}, progress="clock") as (amplify, _, branch):
        clock.shift(DAY)
        usual = [("BUILD", 5, 45), ("TEST", 45, 65), ("DEPLOY", 65, 80), ("VERIFY", 80, 81)]
        assert [(name, *times) for name, _, *times in spans(handle(amplify, branch))] == usual


def test_durations_are_cut_to_milliseconds(clock):
    with building(deploy, {}, pending=0.0019, default=0.0026, progress="clock") as (amplify, _, branch):
        clock.shift(1)
        steps = [("DEPLOY", "SUCCEED", 0.001, 0.003), ("VERIFY", "SUCCEED", 0.003, 0.005)]
        assert course(handle(amplify, branch)) == ("SUCCEED", 0, 0.005, steps)


@pytest.mark.parametrize("progress", ["poll", "clock"])
def test_a_job_that_takes_no_time_has_ended_when_it_starts(clock, progress):
    with building(pending=0, default=0, progress=progress) as (amplify, client, branch):
        assert course(handle(amplify, branch))[:3] == ("SUCCEED", 0, 0)
        assert statuses(client, branch, 1) == ["SUCCEED"]


# By reads


@pytest.mark.parametrize("start", [release, deploy])
def test_each_read_moves_a_planned_job_one_status_on(clock, start):
    app = GITHUB if start is release else {}
    with building(start, app, **TIMED) as (_, client, branch):
        assert statuses(client, branch, 4) == ["PROVISIONING", "RUNNING", "SUCCEED", "SUCCEED"]


def test_without_provisioning_a_job_is_never_seen_in_it():
    with building() as (_, client, branch):
        assert statuses(client, branch, 2) == ["RUNNING", "SUCCEED"]


def test_listing_jobs_moves_them_as_well():
    with building(**TIMED) as (_, client, branch):
        seen = [listed(client, branch)[0]["status"] for _ in range(3)]
        assert seen == ["PROVISIONING", "RUNNING", "SUCCEED"]


def test_a_read_does_not_move_what_the_clock_has_moved_since_the_last_one(clock):
    with building(**TIMED) as (_, client, branch):
        clock.shift(2)
        assert statuses(client, branch, 1) == ["PROVISIONING"]
        clock.shift(3)
        assert statuses(client, branch, 2) == ["RUNNING", "SUCCEED"]


def test_a_status_without_duration_is_passed_by_but_not_the_next_one():
    with building(pending=0) as (_, client, branch):
        assert statuses(client, branch, 2) == ["RUNNING", "SUCCEED"]


def test_a_job_that_reads_hurry_shares_out_its_time_among_the_steps_that_had_not_ended(clock):
    with building(**TIMED) as (amplify, client, branch):
        clock.shift(5)
        statuses(client, branch, 1)
        clock.shift(11)
        seen = spans(handle(amplify, branch))
        assert seen == [("BUILD", "SUCCEED", 5, 15), ("DEPLOY", "RUNNING", 15, None)]
        assert statuses(client, branch, 1) == ["SUCCEED"]
        # One second was left for four of DEPLOY and one of VERIFY.
        ended = [("BUILD", "SUCCEED", 5, 15), ("DEPLOY", "SUCCEED", 15, 15.8), ("VERIFY", "SUCCEED", 15.8, 16)]
        assert course(handle(amplify, branch)) == ("SUCCEED", 0, 16, ended)


# At once


@pytest.mark.parametrize(("plan", "status"), [({}, "SUCCEED"), ({"fail_at": "DEPLOY"}, "FAILED")])
@pytest.mark.parametrize("start", [release, deploy])
def test_an_instant_job_has_ended_in_the_answer_that_starts_it(clock, plan, status, start):
    with mock_amplify(plan=JobPlan(**TIMED, **plan, progress="instant")) as amplify:
        client = client_of()
        branch = new_branch(client, app=GITHUB if start is release else {})
        assert start(client, branch)["status"] == status
        job = handle(amplify, branch)
        assert course(job)[:3] == (status, 0, 0)
        assert {time for _, _, *times in spans(job) for time in times} == {0}
        assert refusal(client.stop_job, **branch, jobId="1")[0] == "BadRequestException"
        assert start(client, branch)["jobId"] == "2"


# By hand


def test_nothing_but_the_test_moves_a_manual_job(clock):
    with building(**TIMED, progress="manual") as (amplify, client, branch):
        seen = []
        for _ in range(5):
            clock.shift(10)
            seen.append(handle(amplify, branch).status)
            clock.shift(DAY)
            assert statuses(client, branch, 3) == [seen[-1]] * 3
            handle(amplify, branch).advance()
        assert seen == ["PENDING", "PROVISIONING", "RUNNING", "SUCCEED", "SUCCEED"]


@pytest.mark.parametrize("seconds", [1, 3, 5])
def test_a_job_advances_from_where_the_clock_has_brought_it(clock, seconds):
    with building(**TIMED, progress="clock") as (amplify, _, branch):
        job = handle(amplify, branch)
        clock.shift(seconds)
        while job.status != "RUNNING":
            job.advance()
        job.advance()
        assert (job.status, since(job.end_time)) == ("SUCCEED", seconds)


def test_the_steps_of_a_manual_job_share_its_time_as_planned(clock):
    with building(**TIMED, progress="manual") as (amplify, _, branch):
        for seconds in (30, 10, 150):
            clock.shift(seconds)
            if seconds == 150:
                assert spans(handle(amplify, branch)) == [("BUILD", "RUNNING", 40, None)]
            handle(amplify, branch).advance()
        steps = [("BUILD", "SUCCEED", 40, 140), ("DEPLOY", "SUCCEED", 140, 180), ("VERIFY", "SUCCEED", 180, 190)]
        assert course(handle(amplify, branch)) == ("SUCCEED", 0, 190, steps)


def test_steps_that_take_no_time_leave_it_to_the_last_one(clock):
    with building(default=0, progress="manual") as (amplify, _, branch):
        handle(amplify, branch).advance()
        clock.shift(7)
        handle(amplify, branch).advance()
        steps = [("BUILD", "SUCCEED", 0, 0), ("DEPLOY", "SUCCEED", 0, 0), ("VERIFY", "SUCCEED", 0, 7)]
        assert spans(handle(amplify, branch)) == steps


# Failing


@pytest.mark.parametrize(
    ("step", "end", "before"),
    [("BUILD", 15, []), ("DEPLOY", 19, [BUILT]), ("VERIFY", 20, [BUILT, DEPLOYED])],
)
def test_a_failing_step_runs_its_time_and_the_job_ends_with_it(clock, step, end, before):
    plan = JobPlan(**TIMED, fail_at=step, reason="It is full.", log="No space left", progress="clock")
    with mock_amplify(plan=plan) as amplify:
        client = client_of()
        branch = new_branch(client, app=GITHUB)
        release(client, branch)
        clock.shift(end - 0.001)
        start = 5 if not before else before[-1][-1]
        assert course(handle(amplify, branch)) == ("RUNNING", 0, None, [*before, (step, "RUNNING", start, None)])
        clock.shift(DAY)
        job = get(client, branch)
        assert answered(job) == ("FAILED", 0, end, [*before, (step, "FAILED", start, end)])
        assert [each.get("statusReason") for each in job["steps"]] == [None] * len(before) + ["It is full."]
        assert [each.log for each in handle(amplify, branch).steps] == [None] * len(before) + ["No space left"]


def test_a_failed_job_is_not_what_the_branch_shows():
    with building(fail_at="VERIFY") as (amplify, client, branch):
        assert statuses(client, branch, 3) == ["RUNNING", "FAILED", "FAILED"]
        assert client.get_branch(**branch)["branch"]["activeJobId"] == ""
        amplify.plan_jobs(JobPlan(progress="instant"))
        release(client, branch)
        assert client.get_branch(**branch)["branch"]["activeJobId"] == "0000000002"


def test_a_job_without_the_step_that_fails_succeeds():
    with building(deploy, {}, fail_at="BUILD") as (_, client, branch):
        assert statuses(client, branch, 2) == ["RUNNING", "SUCCEED"]


def test_a_job_that_is_stopped_before_its_failing_step_has_ended_does_not_fail(clock):
    with building(**TIMED, fail_at="BUILD", log="the log", progress="clock") as (amplify, client, branch):
        clock.shift(14)
        client.stop_job(**branch, jobId="1")
        clock.shift(DAY)
        assert course(handle(amplify, branch)) == ("CANCELLED", 0, 19, [("BUILD", "CANCELLED", 5, 19)])
        assert [(step.log, step.status_reason) for step in handle(amplify, branch).steps] == [(None, None)]


@pytest.mark.parametrize("name", ["main", "feature/ä x", "100%25+more?#", "a" * 255])
def test_the_log_of_a_failing_step_can_be_fetched(name):
    log = "line 1\nZeile zwei: Ä €\n"
    with mock_amplify(plan=JobPlan(fail_at="DEPLOY", log=log, progress="instant")):
        client = client_of()
        branch = new_branch(client, name, app=GITHUB)
        release(client, branch)
        urls = [step.get("logUrl") for step in get(client, branch)["steps"]]
        answer = requests.get(urls[-1], timeout=5)
        assert (answer.status_code, answer.content.decode()) == (200, log)
        assert requests.head(urls[-1], timeout=5).content == b""
        # It is not that of the step before.
        assert [url for url in urls[:-1] if requests.get(url, timeout=5).content == answer.content] == []


def test_the_log_of_a_step_that_has_not_failed_yet_is_not_there():
    with building(fail_at="BUILD", log="the log") as (_, client, branch):
        running = get(client, branch)["steps"][0]["logUrl"]
        assert "the log" not in requests.get(running, timeout=5).text
        failed = get(client, branch)["steps"][0]["logUrl"]
        assert requests.get(failed, timeout=5).text == "the log"
        client.delete_job(**branch, jobId="1")
        assert requests.get(failed, timeout=5).status_code == 404


# Being stuck


@pytest.mark.parametrize("progress", PROGRESSES)
@pytest.mark.parametrize("status", ["PENDING", "PROVISIONING", "RUNNING"])
def test_a_job_is_stuck_for_ever_and_can_be_stopped(clock, status, progress):
    with building(stuck_at=status, progress=progress) as (amplify, client, branch):
        while handle(amplify, branch).status != status:
            handle(amplify, branch).advance()
        clock.shift(100 * 365 * DAY)
        assert statuses(client, branch, 5) == [status] * 5
        assert len(spans(handle(amplify, branch))) == (0 if status != "RUNNING" else 1 if progress == "manual" else 3)
        assert refusal(client.start_job, **branch, jobType="RELEASE")[0] == "LimitExceededException"
        client.stop_job(**branch, jobId="1")
        if progress == "manual":
            handle(amplify, branch).advance()
        clock.shift(5)
        assert statuses(client, branch, 1) == ["CANCELLED"]


@pytest.mark.parametrize("progress", ["poll", "clock", "manual"])
def test_a_job_can_be_stuck_being_cancelled(clock, progress):
    with building(stuck_at="CANCELLING", fail_at="BUILD", progress=progress) as (amplify, client, branch):
        client.stop_job(**branch, jobId="1")
        clock.shift(DAY)
        assert statuses(client, branch, 3) == ["CANCELLING"] * 3
        assert release(client, branch)["jobId"] == "2"
        handle(amplify, branch, "1").advance()
        assert handle(amplify, branch, "1").status == "CANCELLED"


# Turns


@pytest.mark.parametrize("progress", PROGRESSES)
def test_a_waiting_job_starts_when_another_one_ends_whatever_moves_them(clock, progress):
    plan = JobPlan(pending=1, default=4, progress=progress)
    with mock_amplify(plan=plan, quotas={"concurrent_jobs": 1}) as amplify:
        client = client_of()
        app_id = app_with_branches(client, "a", "b", "c")
        branches = [{"appId": app_id, "branchName": name} for name in ("a", "b", "c")]
        for branch in branches:
            deploy(client, branch)
        lengths = {"poll": [9, 9, 9], "clock": [9, 9, 9], "instant": [0, 0, 0], "manual": [30, 30, 30]}[progress]
        if progress == "manual":
            for branch in branches:
                clock.shift(30)
                handle(amplify, branch).succeed()
        else:
            clock.shift(DAY)
        times = [(since(job.start_time), since(job.end_time)) for job in (handle(amplify, each) for each in branches)]
        ends = [sum(lengths[: number + 1]) for number in range(3)]
        assert times == list(zip([0, *ends], ends, strict=False))


@pytest.mark.parametrize("status", ["PENDING", "PROVISIONING", "RUNNING"])
def test_a_stuck_job_keeps_the_others_waiting_until_it_is_stopped(clock, status):
    with mock_amplify(quotas={"concurrent_jobs": 1}) as amplify:
        client = client_of()
        app_id = app_with_branches(client, "a", "b")
        stuck, waiting = ({"appId": app_id, "branchName": name} for name in ("a", "b"))
        amplify.plan_jobs(JobPlan(stuck_at=status, cancelling=3), times=1)
        amplify.plan_jobs(JobPlan(progress="clock", pending=1, default=4), times=1)
        deploy(client, stuck)
        deploy(client, waiting)
        clock.shift(100)
        assert statuses(client, waiting, 5) == ["PENDING"] * 5
        client.stop_job(**stuck, jobId="1")
        clock.shift(DAY)
        assert course(handle(amplify, waiting))[:3] == ("SUCCEED", 103, 112)
