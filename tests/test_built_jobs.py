"""Jobs that the builder makes: those that have ended, and those that are under way."""

from __future__ import annotations

import datetime

import freezegun
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amplify_mock import JobPlan, exceptions, mock_amplify
from support.clients import client_of
from support.domains import seconds
from support.jobs import TEST_PHASE, UTC, deploy, get, listed
from support.model import needs

START = datetime.datetime(2024, 2, 8, 21, 54, 42, 398000, UTC)
ENDED = ["SUCCEED", "FAILED", "CANCELLED"]


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def connected(amplify_mock):
    """What names the branch of an app with a repository."""
    app = amplify_mock.add_app(repository="https://github.com/example/shop", branches=["main"])
    return {"appId": app.app_id, "branchName": "main"}


@pytest.fixture
def manual(amplify_mock):
    """What names the branch of an app without a repository."""
    return {"appId": amplify_mock.add_app(branches=["main"]).app_id, "branchName": "main"}


def built(amplify, branch, **members):
    return amplify.add_job(branch["appId"], branch["branchName"], **members)


def statuses(job):
    return [(step.step_name, step.status) for step in job.steps]


# Jobs that have ended


def test_a_job_of_the_history_has_succeeded(amplify_mock, amplify_client, manual):
    built(amplify_mock, manual)
    job = get(amplify_client, manual)
    assert job["summary"].items() >= {"jobId": "1", "status": "SUCCEED", "jobType": "MANUAL"}.items()
    assert [(each["stepName"], each["status"]) for each in job["steps"]] == [
        ("DEPLOY", "SUCCEED"),
        ("VERIFY", "SUCCEED"),
    ]
    branch = amplify_client.get_branch(**manual)["branch"]
    assert branch["activeJobId"] == "0000000001"


def test_a_build_has_a_commit_and_a_log(amplify_mock, amplify_client, connected):
    built(amplify_mock, connected)
    job = get(amplify_client, connected)
    assert job["summary"].items() >= {"jobType": "RELEASE", "commitId": "HEAD"}.items()
    assert job["summary"]["commitTime"] == job["summary"]["startTime"]
    assert "/BUILD/log.txt" in job["steps"][0]["logUrl"]


@pytest.mark.parametrize(
    ("plan", "times"),
    [
        # 5 of 21 seconds before the first step, 15 for the one, 1 for the other.
        (JobPlan(), [(10, 40), (40, 42)]),
        (JobPlan(pending=0), [(0, 39.375), (39.375, 42)]),
        (JobPlan(pending=20, default=0), [(42, 42), (42, 42)]),
        # Where no step takes any time, the last one has all there is.
        (JobPlan(progress="instant"), [(0, 0), (0, 42)]),
    ],
)
def test_the_steps_of_an_ended_job_share_its_time_as_the_plan_would(plan, times):
    with mock_amplify(plan=plan) as amplify:
        branch = {"appId": amplify.add_app(branches=["main"]).app_id, "branchName": "main"}
        job = built(amplify, branch, start_time=START, end_time=START + seconds(42))
        found = [(step.start_time - START, step.end_time - START) for step in job.steps]
    assert found == [(seconds(start), seconds(end)) for start, end in times]


def test_members_can_be_given(amplify_mock, amplify_client, connected, manual):
    commit = {"commit_id": "abc", "commit_message": "fix", "commit_time": START}
    job = built(amplify_mock, connected, job_type="WEB_HOOK", **commit)
    assert {name: getattr(job, name) for name in commit} == commit
    job = built(amplify_mock, manual, source_url="s3://bucket/site.zip")
    assert (job.source_url, job.source_url_type) == ("s3://bucket/site.zip", "ZIP")


@needs("StartDeploymentRequest.sourceUrlType")
def test_the_kind_of_the_source_can_be_given(amplify_mock, manual):
    job = built(amplify_mock, manual, source_url="s3://bucket/site/", source_url_type="BUCKET_PREFIX")
    assert job.source_url_type == "BUCKET_PREFIX"


@freezegun.freeze_time(START)
def test_it_has_ended_now_and_took_as_long_as_planned(amplify_mock, connected):
    job = built(amplify_mock, connected)
    assert (job.start_time, job.end_time) == (START - seconds(5 + 40 + 15 + 1), START)
    build, deployment, verification = job.steps
    assert build.start_time == START - seconds(56)
    assert (deployment.start_time, deployment.end_time) == (START - seconds(16), START - seconds(1))
    assert verification.end_time == START


@freezegun.freeze_time(START)
def test_one_time_tells_the_other(amplify_mock, manual):
    hour_ago = START - datetime.timedelta(hours=1)
    job = built(amplify_mock, manual, start_time=hour_ago)
    assert (job.start_time, job.end_time) == (hour_ago, hour_ago + seconds(21))
    job = built(amplify_mock, manual, end_time=hour_ago)
    assert (job.start_time, job.end_time) == (hour_ago - seconds(21), hour_ago)
    job = built(amplify_mock, manual, start_time=START - seconds(4))
    assert (job.start_time, job.end_time) == (START - seconds(4), START)


def test_steps_share_the_time_between_two_given_ones(amplify_mock, manual):
    job = built(amplify_mock, manual, start_time=START, end_time=START + seconds(210))
    deployment, verification = job.steps
    assert (deployment.start_time, deployment.end_time) == (START + seconds(50), START + seconds(200))
    assert (verification.start_time, verification.end_time) == (START + seconds(200), START + seconds(210))


@pytest.mark.parametrize(
    ("plan", "status", "steps"),
    [
        (JobPlan(), "FAILED", [("BUILD", "FAILED")]),
        (JobPlan(fail_at="DEPLOY", reason="no space"), "FAILED", [("BUILD", "SUCCEED"), ("DEPLOY", "FAILED")]),
        (JobPlan(fail_at="TEST", reason="no space"), "FAILED", [("BUILD", "FAILED")]),
        (JobPlan(), "CANCELLED", [("BUILD", "CANCELLED")]),
        (JobPlan(fail_at="DEPLOY"), "SUCCEED", [("BUILD", "SUCCEED"), ("DEPLOY", "SUCCEED"), ("VERIFY", "SUCCEED")]),
        (JobPlan(progress="instant"), "SUCCEED", [("BUILD", "SUCCEED"), ("DEPLOY", "SUCCEED"), ("VERIFY", "SUCCEED")]),
        (JobPlan(progress="manual"), "SUCCEED", [("BUILD", "SUCCEED"), ("DEPLOY", "SUCCEED"), ("VERIFY", "SUCCEED")]),
    ],
)
def test_a_job_has_ended_in_the_step_that_its_status_and_plan_say(plan, status, steps):
    with mock_amplify(plan=plan) as amplify:
        app = amplify.add_app(repository="https://github.com/example/shop", branches=["main"])
        job = amplify.add_job(app.app_id, status=status)
        assert statuses(job) == steps
        assert job.steps[-1].end_time == job.end_time
        assert job.steps[-1].status_reason == (plan.reason if status == "FAILED" else None)


def test_tests_leave_their_artifacts(amplify_mock, amplify_client):
    app = amplify_mock.add_app(repository="https://github.com/example/shop", branches=["main"], build_spec=TEST_PHASE)
    job = amplify_mock.add_job(app.app_id)
    assert [name for name, _ in statuses(job)] == ["BUILD", "TEST", "DEPLOY", "VERIFY"]
    assert len(amplify_client.list_artifacts(appId=app.app_id, branchName="main", jobId="1")["artifacts"]) == 2


@pytest.mark.parametrize("status", ENDED)
def test_nothing_moves_a_job_that_has_ended(amplify_mock, amplify_client, manual, status):
    job = built(amplify_mock, manual, status=status)
    before = (job.status, job.start_time, job.end_time, job.steps)
    amplify_mock.clock.advance(days=1)
    for _ in range(2):
        get(amplify_client, manual)
    handle = amplify_mock.job(manual["appId"], "main")
    handle.advance()
    for move in (handle.succeed, handle.fail):
        with pytest.raises(ValueError, match=f"any more: it is {status}"):
            move()
    with pytest.raises(amplify_client.exceptions.BadRequestException, match="cannot be stopped"):
        amplify_client.stop_job(**manual, jobId="1")
    assert (job.status, job.start_time, job.end_time, job.steps) == before
    assert amplify_mock.events == []


def test_an_ended_job_makes_a_production_branch(amplify_mock):
    app = amplify_mock.add_app()
    amplify_mock.add_branch(app.app_id, stage="PRODUCTION")
    job = amplify_mock.add_job(app.app_id, end_time=START)
    assert app.production_branch == {"last_deploy_time": job.end_time, "status": "SUCCEED", "branch_name": "main"}


def test_ended_jobs_do_not_use_up_plans(amplify_mock, amplify_client, manual):
    amplify_mock.plan_jobs(JobPlan(steps={"DEPLOY": 99}), times=1)
    amplify_mock.plan_jobs(JobPlan(pending=0, steps={"DEPLOY": 30, "VERIFY": 0}))
    job = built(amplify_mock, manual)
    assert job.end_time - job.start_time == seconds(30)
    deploy(amplify_client, manual)
    assert amplify_mock.job(manual["appId"], "main").resource.plan.steps == {"DEPLOY": 99}


# Numbers


def test_numbers_count_up_and_go_on_from_a_given_one(amplify_mock, amplify_client, manual):
    assert [built(amplify_mock, manual).job_id, built(amplify_mock, manual, job_id=41).job_id] == ["1", "41"]
    assert built(amplify_mock, manual, job_id="0007").job_id == "7"
    assert deploy(amplify_client, manual)["jobId"] == "42"
    assert [each["jobId"] for each in listed(amplify_client, manual)] == ["42", "41", "7", "1"]


@pytest.mark.parametrize("number", [0, 7])
def test_numbers_start_at_one_and_are_used_once(amplify_mock, manual, number):
    built(amplify_mock, manual, job_id=7)
    with pytest.raises(ValueError, match=f"cannot have a job {number}: "):
        built(amplify_mock, manual, job_id=number)


def test_nothing_comes_after_a_job_that_has_not_ended(amplify_mock, amplify_client, manual):
    built(amplify_mock, manual, status="RUNNING", job_id=5)
    with pytest.raises(ValueError, match="job 5 of branch main is RUNNING, and no job comes after it"):
        built(amplify_mock, manual)
    built(amplify_mock, manual, job_id=4)
    with pytest.raises(ValueError, match="job 3 cannot be PENDING, because job 5 of branch main comes after it"):
        built(amplify_mock, manual, job_id=3, status="PENDING")
    assert [each["jobId"] for each in listed(amplify_client, manual)] == ["5", "4"]


# What is refused


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"status": "DONE"}, "a job has no status 'DONE'. .*It has: PENDING, PROVISIONING, RUNNING, CANCELLING, CANC"),
        ({"status": "RUNNING", "end_time": START}, "a job that is RUNNING has no end_time"),
        ({"start_time": START, "end_time": START - seconds(1)}, "end_time must not lie before start_time"),
        ({"start_time": datetime.datetime(2024, 1, 1)}, "start_time must be a datetime with a time zone"),
        ({"end_time": "now"}, "end_time must be a datetime with a time zone"),
    ],
)
def test_what_cannot_be_is_refused(amplify_mock, manual, members, text):
    with pytest.raises(ValueError, match=text):
        built(amplify_mock, manual, **members)


@pytest.mark.parametrize(
    ("members", "member"),
    [
        ({"job_type": "BUILD"}, "jobType"),
        ({"job_id": "x"}, "jobId"),
        ({"commit_id": "x" * 256}, "commitId"),
        pytest.param({"source_url": "ftp://a"}, "sourceUrl", marks=needs("StartDeploymentRequest.sourceUrlType")),
    ],
)
def test_constraints_of_the_api_hold(amplify_mock, manual, members, member):
    with pytest.raises(exceptions.BadRequestException, match=f"at '{member}' failed to satisfy constraint"):
        built(amplify_mock, manual, **members)
    assert not amplify_mock.apps[manual["appId"]].branches["main"].jobs


# Jobs that are under way

COURSES = {
    "PENDING": ["PENDING", "RUNNING", "SUCCEED", "SUCCEED"],
    "PROVISIONING": ["PROVISIONING", "RUNNING", "SUCCEED", "SUCCEED"],
    "RUNNING": ["RUNNING", "SUCCEED", "SUCCEED", "SUCCEED"],
    "CANCELLING": ["CANCELLING", "CANCELLED", "CANCELLED", "CANCELLED"],
}


@pytest.mark.parametrize("status", COURSES)
def test_reads_move_a_job_that_is_under_way(amplify_mock, amplify_client, connected, status):
    built(amplify_mock, connected, status=status)
    assert [get(amplify_client, connected)["summary"]["status"] for _ in range(4)] == COURSES[status]
    assert [event["detail"]["jobStatus"] for event in amplify_mock.events] == [COURSES[status][-1]]


@pytest.mark.parametrize("progress", ["poll", "clock", "instant"])
@pytest.mark.parametrize("status", COURSES)
def test_the_clock_moves_a_job_that_is_under_way(status, progress):
    with freezegun.freeze_time(START), mock_amplify(plan=JobPlan(progress=progress)) as amplify:
        job = amplify.add_job(amplify.add_app(branches=["main"]).app_id, status=status)
        assert job.status == status
        amplify.clock.advance(minutes=1)
        assert job.status == COURSES[status][-1]


def test_a_handle_moves_a_job_that_moves_only_by_hand():
    with mock_amplify(plan=JobPlan(progress="manual")) as amplify:
        app_id = amplify.add_app(branches=["main"]).app_id
        amplify.add_job(app_id, status="PROVISIONING")
        amplify.clock.advance(days=1)
        job = amplify.job(app_id, "main")
        seen = [job.status]
        for _ in range(2):
            job.advance()
            seen.append(job.status)
        assert seen == ["PROVISIONING", "RUNNING", "SUCCEED"]


def test_a_job_is_at_its_status_however_long_ago_it_started(amplify_mock, connected):
    with freezegun.freeze_time(START):
        job = built(amplify_mock, connected, status="RUNNING", start_time=START - seconds(45))
        assert statuses(job) == [("BUILD", "SUCCEED"), ("DEPLOY", "RUNNING")]
        assert job.start_time == START - seconds(45)
        amplify_mock.clock.advance(seconds=55)
        assert job.status == "RUNNING"
        amplify_mock.clock.advance(seconds=1)
        assert (job.status, job.end_time) == ("SUCCEED", START + seconds(56))


def test_the_plan_says_how_a_job_goes_on():
    with mock_amplify(plan=JobPlan(fail_at="DEPLOY", reason="no space")) as amplify:
        app_id = amplify.add_app(branches=["main"]).app_id
        job = amplify.add_job(app_id, status="RUNNING")
        amplify.clock.advance(minutes=5)
        assert (job.status, job.steps[-1].status_reason) == ("FAILED", "no space")


def test_jobs_under_way_use_up_plans(amplify_mock, manual):
    amplify_mock.plan_jobs(JobPlan(fail_at="DEPLOY"), app_id=manual["appId"], branch_name="main", times=1)
    job = built(amplify_mock, manual, status="PENDING")
    amplify_mock.clock.advance(minutes=5)
    assert job.status == "FAILED"


def test_a_job_under_way_keeps_others_from_starting(amplify_mock, amplify_client, manual):
    built(amplify_mock, manual, status="RUNNING")
    with pytest.raises(amplify_client.exceptions.BadRequestException, match="was not finished"):
        deploy(amplify_client, manual)
    amplify_client.stop_job(**manual, jobId="1")
    assert deploy(amplify_client, manual)["jobId"] == "2"


def test_a_snapshot_takes_built_jobs_along(amplify_mock, manual):
    built(amplify_mock, manual)
    built(amplify_mock, manual, status="RUNNING")
    saved = amplify_mock.snapshot()
    amplify_mock.job(manual["appId"], "main").succeed()
    amplify_mock.restore(saved)
    jobs = amplify_mock.apps[manual["appId"]].branches["main"].jobs
    assert {number: job.status for number, job in jobs.items()} == {"1": "SUCCEED", "2": "RUNNING"}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(ENDED), max_size=4),
    st.sampled_from(ENDED + list(COURSES)),
    st.integers(0, 10**7),
    st.sampled_from([JobPlan(), JobPlan(progress="clock", provisioning=3), JobPlan(progress="instant")]),
)
def test_steps_lie_within_the_time_of_their_job(history, status, ago, plan):
    with freezegun.freeze_time(START), mock_amplify(plan=plan) as amplify:
        app_id = amplify.add_app(repository="https://github.com/example/shop", branches=["main"]).app_id
        start = START - datetime.timedelta(milliseconds=ago)
        jobs = [amplify.add_job(app_id, status=each, start_time=start) for each in [*history, status]]
        assert [job.status for job in jobs] == [*history, status]
        amplify.clock.advance(minutes=10)
        for job in jobs:
            moments = [job.start_time, *(time for step in job.steps for time in step[1:4:2]), job.end_time]
            assert moments == sorted(moments)
        assert [job.status for job in jobs[:-1]] == history
