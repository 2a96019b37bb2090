"""Jobs that were loaded: those that have ended stay as they are, others go on from where they are."""

from __future__ import annotations

import datetime

import freezegun
import pytest
import requests

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of
from support.documents import BRANCH, app_document, branch_document, job_document, loaded
from support.domains import seconds
from support.jobs import UTC, deploy
from support.model import needs

START = datetime.datetime(2024, 2, 8, 21, 54, 42, 398000, UTC)
LOG = (
    "https://aws-amplify-prod-eu-west-2-artifacts.s3.eu-west-2.amazonaws.com/dloaded/main/0000000007/BUILD/log.txt?X=1"
)
TIMES = {"startTime": START, "endTime": START + seconds(60)}


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of("eu-west-2", "111122223333")


def step(name, status="SUCCEED", begin=0, end=None, **members):
    times = {"startTime": START + seconds(begin), **({} if end is None else {"endTime": START + seconds(end)})}
    return {"stepName": name, "status": status, **times, **members}


def whole(*steps, status="SUCCEED", **members):
    """Return the document of a job with its steps."""
    return {"job": {"summary": job_document(status, **{"startTime": START, **members}), "steps": list(steps)}}


def connected(amplify, *documents):
    repository = app_document(repository="https://github.com/example/shop")
    return loaded(amplify, repository, *documents)


def get(client):
    return client.get_job(**BRANCH, jobId="7")["job"]


def names(job):
    return [(each["stepName"], each["status"]) for each in job["steps"]]


# Jobs that have ended


def test_an_ended_job_keeps_its_steps_and_times(amplify_mock, amplify_client):
    steps = [
        step("BUILD", end=40, logUrl=LOG, context="main", screenshots={"a": "https://b"}),
        step("TEST", begin=40, end=50, artifactsUrl="https://a", testArtifactsUrl="https://b", testConfigUrl="c"),
        step("DEPLOY", "FAILED", begin=50, end=60, statusReason="no space"),
    ]
    document = whole(*steps, status="FAILED", endTime=TIMES["endTime"], commitId="abc")
    connected(amplify_mock, document)
    amplify_mock.clock.advance(days=1)
    for _ in range(2):
        job = get(amplify_client)
        assert job["steps"] == document["job"]["steps"]
        assert job["summary"].items() >= document["job"]["summary"].items()


def test_a_build_step_without_a_log_stays_without(amplify_mock, amplify_client):
    connected(amplify_mock, whole(step("BUILD", end=60), endTime=TIMES["endTime"]))
    assert "logUrl" not in get(amplify_client)["steps"][0]


def test_a_summary_leaves_the_steps_as_they_are_known(amplify_mock, amplify_client):
    connected(amplify_mock, whole(step("BUILD", end=60, logUrl=LOG), endTime=TIMES["endTime"]))
    amplify_mock.load({"jobSummaries": [job_document(**TIMES, commitMessage="new")]})
    job = get(amplify_client)
    assert (job["summary"]["commitMessage"], names(job)) == ("new", [("BUILD", "SUCCEED")])
    assert job["steps"][0]["logUrl"] == LOG


def test_steps_that_get_known_take_the_place_of_those_that_were_made_up(amplify_mock, amplify_client):
    connected(amplify_mock, {"jobSummaries": [job_document(**TIMES)]})
    document = whole(step("BUILD", end=60, logUrl=LOG), endTime=TIMES["endTime"])
    amplify_mock.load(document)
    assert get(amplify_client)["steps"] == document["job"]["steps"]


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        ("SUCCEED", [("BUILD", "SUCCEED"), ("DEPLOY", "SUCCEED"), ("VERIFY", "SUCCEED")]),
        ("FAILED", [("BUILD", "FAILED")]),
        ("CANCELLED", [("BUILD", "CANCELLED")]),
    ],
)
def test_the_steps_of_a_job_of_which_only_the_summary_is_known_are_made_up(amplify_mock, amplify_client, status, steps):
    (shown,) = connected(amplify_mock, {"jobSummaries": [job_document(status, **TIMES)]})
    assert (shown.stage, shown.step_names) == ("NONE", [name for name, _ in steps])
    job = get(amplify_client)
    assert names(job) == steps
    assert job["steps"][0]["startTime"] > START
    assert job["steps"][-1]["endTime"] == TIMES["endTime"]
    assert "logUrl" in job["steps"][0]


def test_the_log_of_a_failed_job_of_which_only_the_summary_is_known_is_that_of_the_plan():
    plan = JobPlan(fail_at="DEPLOY", reason="no space", log="No space left")
    with mock_amplify(plan=plan) as amplify:
        connected(amplify, {"jobSummaries": [job_document("FAILED", **TIMES)]})
        build, deployed = get(client_of("eu-west-2", "111122223333"))["steps"]
        assert (build["status"], deployed["status"], deployed["statusReason"]) == ("SUCCEED", "FAILED", "no space")
        assert requests.get(deployed["logUrl"], timeout=5).text == "No space left"


def test_the_plan_of_its_branch_says_where_a_job_has_failed_of_which_only_the_summary_is_known(
    amplify_mock, amplify_client
):
    connected(amplify_mock)
    amplify_mock.plan_jobs(JobPlan(fail_at="DEPLOY"), app_id="dloaded", branch_name="main")
    amplify_mock.load({"jobSummaries": [job_document("FAILED", **TIMES)]})
    assert names(get(amplify_client)) == [("BUILD", "SUCCEED"), ("DEPLOY", "FAILED")]


# An app may have been connected to a repository since.
@needs("JobSummary.sourceUrl")
@pytest.mark.parametrize("load", [loaded, connected])
def test_a_job_with_a_source_is_a_deployment(amplify_mock, amplify_client, load):
    load(amplify_mock, {"jobSummary": job_document(sourceUrl="s3://bucket/site.zip", **TIMES)})
    job = get(amplify_client)
    assert job["summary"]["jobType"] == "MANUAL"
    assert names(job) == [("DEPLOY", "SUCCEED"), ("VERIFY", "SUCCEED")]


def test_the_type_of_a_job_is_taken_as_it_is_given(amplify_mock, amplify_client):
    connected(amplify_mock, {"jobSummary": job_document(jobType="RETRY", **TIMES)})
    assert get(amplify_client)["summary"]["jobType"] == "RETRY"


def test_jobs_are_counted_on_and_listed_in_order(amplify_mock, amplify_client):
    loaded(amplify_mock, {"jobSummaries": [job_document(number=number) for number in (9, 3, 12)]})
    assert deploy(amplify_client, BRANCH)["jobId"] == "13"
    assert [each["jobId"] for each in amplify_client.list_jobs(**BRANCH)["jobSummaries"]] == ["13", "12", "9", "3"]


def test_the_first_job_of_a_loaded_branch_is_the_first(amplify_mock, amplify_client):
    loaded(amplify_mock)
    assert deploy(amplify_client, BRANCH)["jobId"] == "1"


def test_an_ended_job_is_no_event(amplify_mock):
    told = []
    amplify_mock.on_event(told.append)
    loaded(amplify_mock, {"jobSummaries": [job_document(**TIMES)]})
    amplify_mock.clock.advance(days=1)
    assert amplify_mock.events == told == []


# The active job


def active(client):
    return client.get_branch(**BRANCH)["branch"]["activeJobId"]


def test_the_active_job_is_known_before_the_jobs_are(amplify_mock, amplify_client):
    amplify_mock.load(app_document())
    amplify_mock.load(branch_document(activeJobId="0000000268"))
    assert active(amplify_client) == "0000000268"
    amplify_mock.load({"jobSummaries": [job_document(number=268), job_document(number=270), job_document("FAILED", 9)]})
    assert active(amplify_client) == "0000000268"
    assert deploy(amplify_client, BRANCH)["jobId"] == "271"
    assert active(amplify_client) == "0000000268"
    amplify_mock.job("dloaded", "main").succeed()
    assert active(amplify_client) == "0000000271"


def test_a_job_that_is_built_later_is_active(amplify_mock, amplify_client):
    amplify_mock.load({**app_document(), **branch_document(activeJobId="0000000268")})
    amplify_mock.add_job(**amplify_names(), job_id=5)
    amplify_mock.add_job(**amplify_names(), status="FAILED")
    assert active(amplify_client) == "0000000268"
    amplify_mock.add_job(**amplify_names())
    assert active(amplify_client) == "0000000270"


def amplify_names():
    return {"app_id": "dloaded", "branch_name": "main"}


def test_the_active_job_can_be_deleted(amplify_mock, amplify_client):
    amplify_mock.load({**app_document(), **branch_document(activeJobId="0000000007")})
    amplify_mock.load({"jobSummaries": [job_document(number=7), job_document(number=6)]})
    amplify_client.delete_job(**BRANCH, jobId="7")
    assert active(amplify_client) == "0000000006"


# Jobs that have not ended


@pytest.mark.parametrize("status", ["PENDING", "PROVISIONING", "RUNNING", "CANCELLING"])
def test_the_first_read_finds_the_job_as_it_was_loaded_and_the_next_ones_move_it(amplify_mock, amplify_client, status):
    steps = [] if status == "PENDING" else [step("BUILD", "RUNNING", logUrl=LOG)]
    document = whole(*steps, status=status)
    connected(amplify_mock, document)
    assert get(amplify_client)["steps"] == steps
    seen = [get(amplify_client)["summary"]["status"] for _ in range(3)]
    courses = {
        "PENDING": ["RUNNING", "SUCCEED", "SUCCEED"],
        "PROVISIONING": ["RUNNING", "SUCCEED", "SUCCEED"],
        "RUNNING": ["SUCCEED"] * 3,
        "CANCELLING": ["CANCELLED"] * 3,
    }
    assert seen == courses[status]
    assert [event["detail"]["jobStatus"] for event in amplify_mock.events] == [seen[-1]]


def test_listeners_hear_only_of_the_end(amplify_mock, amplify_client):
    told = []
    amplify_mock.on_event(told.append)
    connected(amplify_mock, whole(status="RUNNING"))
    for _ in range(2):
        get(amplify_client)
    assert [event["detail"]["jobStatus"] for event in told] == ["SUCCEED"]


def test_steps_that_have_ended_stay_and_the_running_one_goes_on(amplify_mock, amplify_client):
    steps = [step("BUILD", end=300, logUrl=LOG), step("DEPLOY", "RUNNING", begin=301, context="a")]
    with freezegun.freeze_time(START + seconds(310)):
        connected(amplify_mock, whole(*steps, status="RUNNING"))
        amplify_mock.clock.advance(seconds=60)
        job = get(amplify_client)
    assert names(job) == [("BUILD", "SUCCEED"), ("DEPLOY", "SUCCEED"), ("VERIFY", "SUCCEED")]
    build, deployed, verified = job["steps"]
    assert build == steps[0]
    assert (deployed["startTime"], deployed["context"]) == (steps[1]["startTime"], "a")
    # What is left of the plan, 16 seconds, begins when the job is loaded.
    assert deployed["endTime"] == verified["startTime"] <= verified["endTime"] == START + seconds(310 + 16)


def test_a_job_between_two_steps_goes_on_with_the_next(amplify_mock, amplify_client):
    with freezegun.freeze_time(START + seconds(310)):
        connected(amplify_mock, whole(step("BUILD", end=300, logUrl=LOG), status="RUNNING"))
        amplify_mock.clock.advance(seconds=60)
        job = get(amplify_client)
    assert names(job) == [("BUILD", "SUCCEED"), ("DEPLOY", "SUCCEED"), ("VERIFY", "SUCCEED")]
    assert job["steps"][1]["startTime"] == START + seconds(300)


def test_a_job_whose_steps_have_all_ended_ends_without_more(amplify_mock, amplify_client):
    steps = [step(name, end=10) for name in ("BUILD", "DEPLOY", "VERIFY")]
    connected(amplify_mock, whole(*steps, status="RUNNING"))
    get(amplify_client)
    job = get(amplify_client)
    assert job["summary"]["status"] == "SUCCEED"
    assert job["steps"] == steps


@pytest.mark.parametrize("progress", ["poll", "clock", "manual"])
def test_a_step_that_no_plan_knows_goes_on_into_those_of_the_plan(progress):
    with freezegun.freeze_time(START) as frozen, mock_amplify(plan=JobPlan(progress=progress)) as amplify:
        client = client_of("eu-west-2", "111122223333")
        connected(amplify, whole(step("PROVISION", "RUNNING", logUrl=LOG), status="RUNNING"))
        assert names(get(client)) == [("PROVISION", "RUNNING")]
        frozen.tick(600)
        if progress == "manual":
            amplify.job("dloaded", "main").advance()
        job = get(client)
        assert job["summary"]["status"] == "SUCCEED"
        assert [name for name, _ in names(job)] == ["PROVISION", "BUILD", "DEPLOY", "VERIFY"]
        assert [each["startTime"] for each in job["steps"]][:2] == [START, START]


@pytest.mark.parametrize(("default", "lasts"), [(10, 10), (None, 0)])
def test_a_step_that_no_plan_knows_lasts_as_others_that_are_not_named_and_else_no_time(default, lasts):
    plan = JobPlan(progress="clock", default=default)
    with freezegun.freeze_time(START) as frozen, mock_amplify(plan=plan) as amplify:
        connected(amplify, whole(step("PROVISION", "RUNNING"), status="RUNNING"))
        frozen.tick(600)
        provision, build, *_ = get(client_of("eu-west-2", "111122223333"))["steps"]
    assert provision["endTime"] == build["startTime"] == START + seconds(lasts)


def test_a_running_job_without_known_steps_has_those_of_the_plan(amplify_mock, amplify_client):
    with freezegun.freeze_time(START + seconds(45)):
        connected(amplify_mock, {"jobSummaries": [job_document("RUNNING", startTime=START)]})
        assert names(get(amplify_client)) == [("BUILD", "SUCCEED"), ("DEPLOY", "RUNNING")]


def test_a_loaded_job_can_be_stopped(amplify_mock, amplify_client):
    connected(amplify_mock, whole(step("BUILD", end=1), step("DEPLOY", "RUNNING", begin=1), status="RUNNING"))
    amplify_client.stop_job(**BRANCH, jobId="7")
    amplify_mock.clock.advance(minutes=1)
    job = get(amplify_client)
    assert job["summary"]["status"] == "CANCELLED"
    assert names(job) == [("BUILD", "SUCCEED"), ("DEPLOY", "CANCELLED")]


def test_a_job_that_was_being_cancelled_when_it_was_loaded_keeps_its_steps(amplify_mock, amplify_client):
    steps = [step("BUILD", end=1), step("DEPLOY", "CANCELLING", begin=1)]
    connected(amplify_mock, whole(*steps, status="CANCELLING"))
    amplify_mock.clock.advance(hours=1)
    assert names(get(amplify_client)) == [("BUILD", "SUCCEED"), ("DEPLOY", "CANCELLED")]


@pytest.mark.parametrize("step_name", ["DEPLOY", "VERIFY"])
def test_a_loaded_job_can_fail_at_a_step_that_is_left(amplify_mock, amplify_client, step_name):
    connected(amplify_mock, whole(step("BUILD", end=1), step("DEPLOY", "RUNNING", begin=1), status="RUNNING"))
    job = amplify_mock.job("dloaded", "main")
    with pytest.raises(ValueError, match="It has run BUILD already"):
        job.fail("BUILD")
    job.fail(step_name, reason="no space")
    assert job.status == "FAILED"
    assert (job.steps[-1].step_name, job.steps[-1].status_reason) == (step_name, "no space")
    assert names(get(amplify_client))[0] == ("BUILD", "SUCCEED")


def test_a_plan_to_fail_at_a_step_that_is_over_lets_the_job_succeed():
    with mock_amplify(plan=JobPlan(fail_at="BUILD")) as amplify:
        connected(amplify, whole(step("BUILD", end=1), step("DEPLOY", "RUNNING", begin=1), status="RUNNING"))
        amplify.clock.advance(hours=1)
        assert amplify.job("dloaded", "main").status == "SUCCEED"


def test_a_plan_to_fail_at_a_step_to_come_is_kept():
    with mock_amplify(plan=JobPlan(fail_at="VERIFY", reason="no answer")) as amplify:
        connected(amplify, whole(step("BUILD", end=1), step("DEPLOY", "RUNNING", begin=1), status="RUNNING"))
        amplify.clock.advance(hours=1)
        job = amplify.job("dloaded", "main")
        assert (job.status, job.steps[-1].status_reason) == ("FAILED", "no answer")


def test_a_job_that_moves_only_by_hand_stays():
    with mock_amplify(plan=JobPlan(progress="manual")) as amplify:
        connected(amplify, whole(step("BUILD", "RUNNING"), status="RUNNING"))
        amplify.clock.advance(hours=1)
        job = amplify.job("dloaded", "main")
        assert job.status == "RUNNING"
        job.advance()
        assert job.status == "SUCCEED"


def test_a_job_is_replaced_by_what_is_known_later(amplify_mock, amplify_client):
    connected(amplify_mock, whole(step("BUILD", "RUNNING"), status="RUNNING"))
    amplify_mock.load(whole(step("BUILD", "FAILED", end=9), status="FAILED", endTime=START + seconds(9)))
    assert names(get(amplify_client)) == [("BUILD", "FAILED")]
    amplify_mock.load(whole(step("BUILD", "RUNNING"), status="RUNNING"))
    amplify_mock.load(whole(step("BUILD", "RUNNING"), status="RUNNING"))
    amplify_mock.job("dloaded", "main").succeed()
    assert [event["detail"]["jobStatus"] for event in amplify_mock.events] == ["SUCCEED"]


def test_an_unfinished_job_keeps_others_from_starting(amplify_mock, amplify_client):
    loaded(amplify_mock, {"jobSummaries": [job_document("RUNNING")]})
    with pytest.raises(amplify_client.exceptions.BadRequestException, match="was not finished"):
        deploy(amplify_client, BRANCH)


def test_running_jobs_take_places_and_pending_ones_wait_for_theirs():
    with mock_amplify(quotas={"concurrent_jobs": 1}, plan=JobPlan(progress="manual")) as amplify:
        loaded(amplify)
        for name, status in (("a", "RUNNING"), ("b", "RUNNING"), ("c", "PENDING"), ("d", "PENDING")):
            amplify.add_branch("dloaded", name)
            amplify.add_job("dloaded", name, status=status)
        jobs = {name: amplify.job("dloaded", name) for name in "abcd"}
        jobs["a"].succeed()
        with pytest.raises(ValueError, match="waits until another job has ended"):
            jobs["c"].advance()
        jobs["b"].succeed()
        assert jobs["c"].status == "PENDING"
        jobs["c"].advance()
        assert {name: job.status for name, job in jobs.items()} == {
            "a": "SUCCEED", "b": "SUCCEED", "c": "RUNNING", "d": "PENDING"
        }  # fmt: skip


def test_a_time_ahead_of_the_clock_is_taken_as_it_is(amplify_mock, amplify_client):
    with freezegun.freeze_time(START - datetime.timedelta(days=1)):
        connected(amplify_mock, whole(step("BUILD", "RUNNING"), status="RUNNING"))
        assert [get(amplify_client)["summary"]["status"] for _ in range(2)] == ["RUNNING", "SUCCEED"]


def test_a_pending_job_waits_for_the_one_before_it(amplify_mock, amplify_client):
    summaries = [job_document("PENDING", 8), job_document("RUNNING", 7)]
    assert [job.job_id for job in connected(amplify_mock, {"jobSummaries": summaries})] == ["8", "7"]
    amplify_mock.clock.advance(seconds=30)
    assert amplify_mock.job("dloaded", "main", 8).status == "PENDING"
    amplify_mock.job("dloaded", "main", 7).succeed()
    amplify_mock.clock.advance(seconds=30)
    assert amplify_mock.job("dloaded", "main", 8).status == "RUNNING"


@needs("JobStatus.CREATED")
def test_a_created_job_is_pending(amplify_mock, amplify_client):
    connected(amplify_mock, {"jobSummaries": [job_document("CREATED")]})
    assert get(amplify_client)["summary"]["status"] == "PENDING"
