"""A handle on a job looks at it without moving it, and moves it as the test says; and what StopJob does."""

from __future__ import annotations

import pytest
import requests
import time_machine

from amplify_mock import JobPlan, mock_amplify
from support.clients import bad_request, client_of, refusal
from support.jobs import GITHUB, HOUR, app_with_branches, deploy, get, new_branch, read, release
from support.plans import PROGRESSES, START, answered, course, handle, since

TIMED = {"pending": 2, "provisioning": 3, "steps": {"BUILD": 10, "DEPLOY": 4}, "default": 1}
WAY = ["PENDING", "PROVISIONING", "RUNNING"]
MOVING = [each for each in PROGRESSES if each != "instant"]

one_at_a_time = pytest.mark.amplify_mock(quotas={"concurrent_jobs": 1})


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as travels:
        yield travels


@pytest.fixture
def client(amplify_mock):
    return client_of()


@pytest.fixture
def main(client):
    return new_branch(client, app=GITHUB)


@pytest.fixture
def started(amplify_mock, client, main):
    """What starts a job by a plan, and brings it to a status: ``started("RUNNING", fail_at="BUILD")``."""

    def start(status="PENDING", **plan):
        amplify_mock.plan_jobs(JobPlan(**plan))
        release(client, main)
        job = handle(amplify_mock, main)
        while job.status != status:
            job.advance()
        return job

    return start


def two_branches(client):
    app_id = app_with_branches(client, "a", "b")
    return [{"appId": app_id, "branchName": name} for name in ("a", "b")]


# Looking


def test_a_handle_shows_what_get_job_answers_and_moves_nothing(client, main, started, clock):
    job = started(fail_at="BUILD", reason="because")
    for _ in range(3):
        assert [job.status, job.steps, job.end_time, job.job_id] == ["PENDING", [], None, "1"]
        assert repr(job) == "<job 1 of branch main: PENDING>"
    assert read(client, main)["status"] == "RUNNING"
    clock.shift(HOUR)
    summary = get(client, main)["summary"]
    assert (job.status, job.start_time, job.end_time) == ("FAILED", summary["startTime"], summary["endTime"])
    assert answered(get(client, main)) == course(job)
    assert job.resource.job_arn == summary["jobArn"]


@pytest.mark.parametrize("job_id", ["1", 1, "0000000001"])
def test_a_job_id_may_be_written_in_any_way(amplify_mock, client, main, job_id):
    for _ in range(2):
        release(client, main)
        handle(amplify_mock, main).succeed()
    assert handle(amplify_mock, main, job_id).job_id == "1"


def test_without_a_job_id_it_is_the_newest_job_and_stays_with_it(amplify_mock, client, main, started):
    first = started()
    first.succeed()
    release(client, main)
    assert (first.job_id, handle(amplify_mock, main).job_id) == ("1", "2")


def test_a_job_is_found_in_every_account_and_region(amplify_mock):
    for client in (client_of(), client_of("eu-west-1"), client_of(key="111122223333")):
        branch = new_branch(client, "feature/x")
        deploy(client, branch)
        handle(amplify_mock, branch).succeed()
        assert read(client, branch)["status"] == "SUCCEED"


def test_a_job_that_is_not_there_is_an_error_that_names_what_is(amplify_mock, client):
    app_id = app_with_branches(client, "main", "dev")
    deploy(client, {"appId": app_id, "branchName": "main"})
    with pytest.raises(LookupError, match=f"no app 'dunknown'; it has {app_id}"):
        amplify_mock.job("dunknown", "main")
    with pytest.raises(LookupError, match=r"no branch 'mian'; it has main, dev\."):
        amplify_mock.job(app_id, "mian")
    with pytest.raises(LookupError, match=r"branch main has no job '7'; it has 1\."):
        amplify_mock.job(app_id, "main", 7)
    with pytest.raises(LookupError, match=r"branch dev has no job yet"):
        amplify_mock.job(app_id, "dev")
    amplify_mock.reset()
    with pytest.raises(LookupError, match=f"no app '{app_id}'; it has none"):
        amplify_mock.job(app_id, "main")


@pytest.mark.parametrize("job_id", ["0", 0, ""])
def test_no_job_has_the_number_zero(amplify_mock, started, main, job_id):
    started()
    with pytest.raises(LookupError):
        handle(amplify_mock, main, job_id)


def test_a_handle_stays_good_when_the_state_is_restored(amplify_mock, client, main, started):
    job = started("RUNNING", progress="manual")
    saved = amplify_mock.snapshot()
    job.fail()
    client.delete_job(**main, jobId="1")
    with pytest.raises(LookupError, match="no job '1'"):
        _ = job.status
    amplify_mock.restore(saved)
    assert job.status == "RUNNING"
    job.succeed()
    assert read(client, main)["status"] == "SUCCEED"


def test_a_handle_outlives_the_mock():
    with mock_amplify() as amplify:
        branch = new_branch(client_of())
        deploy(client_of(), branch)
        job = handle(amplify, branch)
    job.succeed()
    assert job.status == "SUCCEED"


# succeed


@pytest.mark.parametrize("progress", MOVING)
@pytest.mark.parametrize("status", WAY)
@pytest.mark.parametrize("plan", [{}, {"fail_at": "BUILD"}, {"stuck_at": "RUNNING"}], ids=str)
def test_a_job_can_be_brought_to_its_end_from_everywhere(client, main, started, clock, status, progress, plan):
    job = started(status, **TIMED, **plan, progress=progress)
    clock.shift(1)
    job.succeed()
    ended = course(job)
    assert ended[:3] == ("SUCCEED", 0, 1)
    assert [step[:2] for step in ended[3]] == [(name, "SUCCEED") for name in ("BUILD", "DEPLOY", "VERIFY")]
    clock.shift(HOUR)
    assert answered(get(client, main)) == ended


def test_steps_that_had_ended_keep_their_times(started, clock):
    job = started(**TIMED)
    clock.shift(17)
    job.succeed()
    # Two seconds are shared out among four of DEPLOY and one of VERIFY.
    ended = [("BUILD", "SUCCEED", 5, 15), ("DEPLOY", "SUCCEED", 15, 16.6), ("VERIFY", "SUCCEED", 16.6, 17)]
    assert course(job) == ("SUCCEED", 0, 17, ended)


# fail


@pytest.mark.parametrize("progress", MOVING)
@pytest.mark.parametrize("status", WAY)
def test_a_job_fails_at_the_step_that_runs_or_at_its_first_one(client, main, started, clock, status, progress):
    job = started(status, **TIMED, progress=progress)
    clock.shift(1)
    job.fail(reason="because")
    assert course(job) == ("FAILED", 0, 1, [("BUILD", "FAILED", 0 if status == "RUNNING" else 1, 1)])
    clock.shift(HOUR)
    assert [each["statusReason"] for each in get(client, main)["steps"]] == ["because"]


def test_a_job_can_fail_at_a_later_step(started, clock):
    job = started("RUNNING", **TIMED)
    clock.shift(7)
    job.fail("DEPLOY")
    assert course(job) == ("FAILED", 0, 7, [("BUILD", "SUCCEED", 0, 5), ("DEPLOY", "FAILED", 5, 7)])


def test_the_step_that_runs_is_known_by_the_clock(started, clock):
    job = started(**TIMED, progress="clock")
    clock.shift(16)
    with pytest.raises(ValueError, match=r"cannot fail at 'BUILD'\. It has run BUILD already\. It can at DEPLOY or V"):
        job.fail("BUILD")
    job.fail()
    assert course(job) == ("FAILED", 0, 16, [("BUILD", "SUCCEED", 5, 15), ("DEPLOY", "FAILED", 15, 16)])


@pytest.mark.parametrize(
    ("step", "hint"), [("TEST", ""), ("BULD", " Did you mean 'BUILD'?"), ("RUNNING", ""), ("", "")]
)
def test_a_job_cannot_fail_at_a_step_that_it_does_not_have(started, step, hint):
    job = started("RUNNING", stuck_at="RUNNING")
    with pytest.raises(ValueError, match="cannot fail") as caught:
        job.fail(step)
    assert str(caught.value) == (
        f"job 1 of branch main cannot fail at '{step}'.{hint} It can at BUILD or DEPLOY or VERIFY."
    )
    assert job.status == "RUNNING"


@pytest.mark.parametrize("given", [{}, {"reason": "r"}, {"log": "l"}, {"reason": "", "log": "l"}], ids=str)
@pytest.mark.parametrize("plan", [{}, {"fail_at": "VERIFY", "reason": "of the plan", "log": "of the plan"}], ids=str)
def test_reason_and_log_are_those_of_the_plan_unless_given(client, main, started, given, plan):
    started("RUNNING", **plan).fail("DEPLOY", **given)
    planned = {"reason": "The step failed.", "log": None, **plan}
    expected = [given.get(name, planned[name]) for name in ("reason", "log")]
    job = get(client, main)
    assert job["summary"]["status"] == "FAILED"
    assert job["steps"][-1]["statusReason"] == expected[0]
    if expected[1] is not None:
        assert requests.get(job["steps"][-1]["logUrl"], timeout=5).text == expected[1]


# advance


@pytest.mark.parametrize("progress", MOVING)
@pytest.mark.parametrize("plan", [{}, {"fail_at": "BUILD"}, *({"stuck_at": status} for status in WAY)], ids=str)
def test_a_job_advances_status_by_status_also_from_where_it_is_stuck(started, clock, progress, plan):
    job = started(**TIMED, **plan, progress=progress)
    seen = [job.status]
    for _ in range(4):
        job.advance()
        seen.append(job.status)
    end = "FAILED" if "fail_at" in plan else "SUCCEED"
    assert seen == [*WAY, end, end]
    assert since(job.end_time) == 0


def test_the_clock_goes_on_from_where_a_job_was_advanced_to(started, clock):
    job = started(**TIMED, progress="clock")
    clock.shift(1)
    job.advance()
    clock.shift(HOUR)
    assert course(job)[:3] == ("SUCCEED", 0, 1 + 3 + 15)


def test_a_read_does_not_move_what_the_test_has_moved(client, main, started):
    started().advance()
    assert read(client, main)["status"] == "RUNNING"


# What cannot be done any more, or not yet


@pytest.mark.parametrize("what", ["succeed", "fail"])
@pytest.mark.parametrize("ending", ["succeed", "fail"])
def test_a_job_ends_once(started, clock, what, ending):
    job = started("RUNNING", **TIMED)
    getattr(job, ending)()
    ended = course(job)
    with pytest.raises(ValueError, match=f"job 1 of branch main cannot {what} any more: it is {ended[0]}"):
        getattr(job, what)()
    job.advance()
    clock.shift(HOUR)
    assert course(job) == ended


@pytest.mark.parametrize("what", ["succeed", "fail", "advance"])
def test_a_deployment_cannot_be_moved_before_it_is_started(amplify_mock, client, clock, what):
    branch = new_branch(client)
    client.create_deployment(**branch)
    job = handle(amplify_mock, branch)
    with pytest.raises(ValueError, match="waits for StartDeployment, and cannot"):
        getattr(job, what)()
    assert read(client, branch)["status"] == "PENDING"
    clock.shift(9 * HOUR)
    job.advance()
    assert job.status == "FAILED"


@one_at_a_time
def test_a_job_that_waits_for_its_turn_cannot_advance(amplify_mock, client):
    for branch in two_branches(client):
        deploy(client, branch)
    with pytest.raises(ValueError, match="job 1 of branch b waits until another job has ended"):
        handle(amplify_mock, branch).advance()
    assert handle(amplify_mock, branch).status == "PENDING"


@one_at_a_time
def test_a_job_whose_turn_has_come_advances(amplify_mock, client, clock):
    for branch in two_branches(client):
        deploy(client, branch)
    clock.shift(21)
    handle(amplify_mock, branch).advance()
    assert handle(amplify_mock, branch).status == "RUNNING"


@one_at_a_time
@pytest.mark.parametrize(("what", "status"), [("succeed", "SUCCEED"), ("fail", "FAILED")])
def test_a_job_that_waits_for_its_turn_can_end_without_it(amplify_mock, client, clock, what, status):
    first, second = two_branches(client)
    for branch in (first, second):
        deploy(client, branch)
    clock.shift(3)
    job = handle(amplify_mock, second)
    getattr(job, what)()
    assert course(job)[:3] == (status, 3, 3)
    assert deploy(client, second)["jobId"] == "2"
    clock.shift(HOUR)
    assert course(handle(amplify_mock, first))[:3] == ("SUCCEED", 0, 21)
    assert course(handle(amplify_mock, second))[:3] == ("SUCCEED", 21, 42)


# StopJob


@pytest.mark.parametrize("status", WAY)
@pytest.mark.parametrize("how", ["read", "clock", "hand"])
def test_a_stopped_job_is_cancelling_and_then_cancelled(client, main, started, clock, status, how):
    job = started(status, **TIMED, progress={"read": "poll", "clock": "clock", "hand": "manual"}[how])
    clock.shift(1)
    assert client.stop_job(**main, jobId="1")["jobSummary"]["status"] == "CANCELLING"
    running = [("BUILD", "CANCELLING", 0, None)] if status == "RUNNING" else []
    for _ in range(3):
        assert course(job) == ("CANCELLING", 0, None, running)
        # Stopping once more changes nothing.
        client.stop_job(**main, jobId="1")
    end = 1
    if how == "read":
        assert read(client, main)["status"] == "CANCELLED"
    elif how == "clock":
        clock.shift(4.999)
        assert read(client, main)["status"] == "CANCELLING"
        clock.shift(HOUR)
        end = 6
    else:
        clock.shift(HOUR)
        assert read(client, main)["status"] == "CANCELLING"
        job.advance()
        end = 3601
    cancelled = [("BUILD", "CANCELLED", 0, end)] if status == "RUNNING" else []
    assert course(job) == ("CANCELLED", 0, end, cancelled)
    assert refusal(client.stop_job, **main, jobId="1") == bad_request(
        "Job 1 cannot be stopped because it is in CANCELLED status."
    )
    clock.shift(-HOUR)
    assert course(job) == ("CANCELLED", 0, end, cancelled)


@pytest.mark.parametrize("progress", MOVING)
def test_a_job_that_is_being_cancelled_cannot_be_ended_but_keeps_no_other_waiting(client, main, started, progress):
    job = started("RUNNING", stuck_at="RUNNING", progress=progress)
    assert refusal(client.start_job, **main, jobType="RELEASE")[:2] == ("LimitExceededException", 429)
    client.stop_job(**main, jobId="1")
    for what in ("succeed", "fail"):
        with pytest.raises(ValueError, match=f"cannot {what} any more: it is CANCELLING"):
            getattr(job, what)()
    assert release(client, main)["jobId"] == "2"
    assert job.status == "CANCELLING"


def test_a_job_that_takes_no_time_to_cancel_is_cancelled_at_once(client, main, started):
    started("RUNNING", cancelling=0)
    assert client.stop_job(**main, jobId="1")["jobSummary"]["status"] == "CANCELLED"


# Turns


@one_at_a_time
@pytest.mark.parametrize("what", ["succeed", "fail", "stop"])
@pytest.mark.parametrize("progress", MOVING)
def test_the_next_job_starts_when_the_test_ends_the_one_before(amplify_mock, client, clock, what, progress):
    first, second = two_branches(client)
    amplify_mock.plan_jobs(JobPlan(progress=progress))
    for branch in (first, second):
        deploy(client, branch)
    clock.shift(3)
    assert handle(amplify_mock, second).resource.began is None
    if what == "stop":
        client.stop_job(**first, jobId="1")
        handle(amplify_mock, first).advance()
    else:
        getattr(handle(amplify_mock, first), what)()
    clock.shift(1)
    assert course(handle(amplify_mock, second))[:2] == ("PENDING", 3)


@one_at_a_time
@pytest.mark.parametrize("gone", ["branch", "app"])
def test_a_manual_job_that_was_deleted_gives_its_place_free(amplify_mock, client, clock, gone):
    other, waiting = new_branch(client), new_branch(client)
    amplify_mock.plan_jobs(JobPlan(progress="manual"))
    for branch in (other, waiting):
        deploy(client, branch)
    getattr(client, f"delete_{gone}")(**(other if gone == "branch" else {"appId": other["appId"]}))
    clock.shift(HOUR)
    read(client, waiting)
    handle(amplify_mock, waiting).advance()
