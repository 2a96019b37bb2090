"""StartJob, GetJob, ListJobs, StopJob and DeleteJob, and how a job comes to its end."""

from __future__ import annotations

import contextlib
import datetime
import functools
import json

import boto3
import freezegun
import pytest
import time_machine
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amplify_mock import mock_amplify

UTC = datetime.timezone.utc
START = datetime.datetime(2024, 2, 8, 21, 54, 42, 398765, UTC)
HOUR = datetime.timedelta(hours=1)
FINISHED = {"SUCCEED", "FAILED", "CANCELLED"}
ZIP = "s3://bucket/site.zip"

NOT_CONNECTED = "Operation not supported for app that was not connected to a repository provider."
NO_MANUAL = "The requested jobType MANUAL does not support."
BUSY = "The requested branch main already have pending or running jobs"

TEST_PHASE = "version: 1\nfrontend:\n  phases: {}\ntest:\n  phases:\n    test:\n      commands: [npm test]\n"


@functools.cache
def client_of(region="us-east-1"):
    """Return a client; one for the whole file, because to make one takes longer than a test."""
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=region)
    return session.client("amplify", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def main(amplify_client):
    """Make a branch of an app with a repository, and return what names it."""
    return branch_of(amplify_client, repository="https://github.com/example/shop", accessToken="t")


@pytest.fixture
def manual(amplify_client):
    """Make a branch of an app without a repository."""
    return branch_of(amplify_client)


def branch_of(client, **app):
    app_id = client.create_app(name="shop", **app)["app"]["appId"]
    client.create_branch(appId=app_id, branchName="main")
    return {"appId": app_id, "branchName": "main"}


def release(client, branch, **members):
    return client.start_job(**{**branch, "jobType": "RELEASE", **members})["jobSummary"]


def get(client, branch, job_id="1"):
    return client.get_job(**branch, jobId=job_id)["job"]


def read(client, branch, job_id="1"):
    return get(client, branch, job_id)["summary"]


def listed(client, branch, **parameters):
    return client.list_jobs(**branch, **parameters)["jobSummaries"]


def finish(client, branch, job_id="1"):
    return [read(client, branch, job_id) for _ in range(2)][-1]


def steps(client, branch, job_id="1"):
    return [(each["stepName"], each["status"]) for each in get(client, branch, job_id)["steps"]]


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    assert caught.type.__name__ == answer["Error"]["Code"]
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def bad_request(text):
    return "BadRequestException", 400, text


def not_found(text):
    return "NotFoundException", 404, text


def now():
    moment = datetime.datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@contextlib.contextmanager
def frozen_by_freezegun():
    with freezegun.freeze_time(START) as clock:
        yield clock.tick


@contextlib.contextmanager
def frozen_by_time_machine():
    with time_machine.travel(START, tick=False) as clock:
        yield clock.shift


@pytest.fixture(params=[frozen_by_freezegun, frozen_by_time_machine])
def frozen(request):
    """Return what stops the clock and gives the function that moves it ahead."""
    return request.param


# StartJob


def test_a_release_answers_the_recorded_members(amplify_client, main):
    summary = release(amplify_client, main)
    arn = f"arn:aws:amplify:us-east-1:123456789012:apps/{main['appId']}/branches/main/jobs/0000000001"
    assert (summary["jobArn"], summary["jobId"]) == (arn, "1")
    assert (summary["commitId"], summary["status"], summary["jobType"]) == ("HEAD", "PENDING", "RELEASE")
    assert not summary.keys() & {"endTime", "sourceUrl", "sourceUrlType"}


def test_a_release_builds_head_whatever_commit_is_named(amplify_client, main):
    summary = release(amplify_client, main, commitId="4f3c2b1", commitMessage="fix the cart")
    assert (summary["commitId"], summary["commitMessage"]) == ("HEAD", "fix the cart")
    assert read(amplify_client, main)["commitMessage"] == "fix the cart"


def test_a_release_was_committed_when_it_was_asked_for(amplify_client, main, frozen):
    with frozen():
        summary = release(amplify_client, main)
        assert summary["commitTime"] == now()
        assert summary["startTime"] >= summary["commitTime"]


def test_the_commit_time_is_kept(amplify_client, main):
    committed = datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert release(amplify_client, main, commitTime=committed)["commitTime"] == committed
    assert read(amplify_client, main)["commitTime"] == committed


def test_no_commit_time_lies_ahead(amplify_client, main, frozen):
    with frozen():
        assert release(amplify_client, main, commitTime=START + HOUR)["commitTime"] == now()


def test_the_reason_is_taken_and_returned_nowhere(amplify_client, main):
    answer = release(amplify_client, main, jobReason="because I can")
    assert "because I can" not in repr([answer, get(amplify_client, main), listed(amplify_client, main)])


def test_a_web_hook_builds_head(amplify_client, main):
    summary = release(amplify_client, main, jobType="WEB_HOOK")
    assert (summary["commitId"], summary["status"], summary["jobType"]) == ("HEAD", "PENDING", "WEB_HOOK")


def test_a_connected_app_starts_no_manual_job(amplify_client, main):
    assert refusal(amplify_client.start_job, **main, jobType="MANUAL") == bad_request(NO_MANUAL)
    assert listed(amplify_client, main) == []


@pytest.mark.parametrize("job_type", ["RELEASE", "RETRY", "MANUAL", "WEB_HOOK"])
def test_an_app_without_a_repository_starts_no_job(amplify_client, manual, job_type):
    answer = refusal(amplify_client.start_job, **manual, jobType=job_type, jobId="1")
    assert answer == bad_request(NOT_CONNECTED)
    assert listed(amplify_client, manual) == []


@pytest.mark.parametrize("job_type", ["RELEASE", "WEB_HOOK"])
def test_a_branch_builds_one_job_at_a_time(amplify_client, main, job_type):
    release(amplify_client, main)
    for _ in ("PENDING", "RUNNING"):
        assert refusal(amplify_client.start_job, **main, jobType=job_type) == ("LimitExceededException", 429, BUSY)
        read(amplify_client, main)
    assert release(amplify_client, main, jobType=job_type)["jobId"] == "2"


def test_branches_build_side_by_side(amplify_client, main):
    dev = {**main, "branchName": "dev"}
    amplify_client.create_branch(**dev)
    assert [release(amplify_client, each)["jobId"] for each in (main, dev)] == ["1", "1"]


def test_the_clock_ends_the_wait_too(amplify_client, main, frozen):
    with frozen() as move:
        release(amplify_client, main)
        move(HOUR)
        assert release(amplify_client, main)["jobId"] == "2"


@pytest.mark.parametrize("operation", ["start_job", "get_job", "stop_job", "delete_job", "list_jobs"])
def test_an_unknown_app_or_branch_is_not_found(amplify_client, main, operation):
    more = {"start_job": {"jobType": "RELEASE"}, "list_jobs": {}}.get(operation, {"jobId": "1"})
    call = getattr(amplify_client, operation)
    assert refusal(call, appId="dunknown", branchName="main", **more) == not_found("App dunknown not found.")
    assert refusal(call, appId=main["appId"], branchName="a/b", **more) == not_found("Branch a/b not found.")


# RETRY


def test_a_retry_builds_the_same_commit_again(amplify_client, main):
    first = release(amplify_client, main, commitMessage="fix", commitTime=START)
    finish(amplify_client, main)
    again = release(amplify_client, main, jobType="RETRY", jobId="1")
    assert (again["jobId"], again["jobType"], again["status"]) == ("2", "RETRY", "PENDING")
    same = ("commitId", "commitMessage", "commitTime")
    assert [again[name] for name in same] == [first[name] for name in same]


def test_a_stopped_job_can_be_retried(amplify_client, main):
    release(amplify_client, main)
    amplify_client.stop_job(**main, jobId="1")
    assert release(amplify_client, main, jobType="RETRY", jobId="1")["jobId"] == "2"


def test_a_retry_names_a_job(amplify_client, main):
    assert refusal(amplify_client.start_job, **main, jobType="RETRY")[:2] == ("BadRequestException", 400)
    assert refusal(amplify_client.start_job, **main, jobType="RETRY", jobId="7")[:2] == ("NotFoundException", 404)
    assert listed(amplify_client, main) == []


def test_a_running_job_cannot_be_retried(amplify_client, main):
    release(amplify_client, main)
    answer = refusal(amplify_client.start_job, **main, jobType="RETRY", jobId="1")
    assert answer == ("LimitExceededException", 429, BUSY)


# GetJob and ListJobs


def test_an_unknown_job_is_not_found(amplify_client, main):
    release(amplify_client, main)
    for operation in ("get_job", "stop_job", "delete_job"):
        for job_id in ("2", "0", "00", "10", "9" * 255):
            answer = refusal(getattr(amplify_client, operation), **main, jobId=job_id)
            assert answer[:2] == ("NotFoundException", 404)
            assert job_id in answer[2]


@pytest.mark.parametrize("operation", ["get_job", "stop_job", "delete_job"])
def test_an_empty_job_id_is_refused(amplify_client, main, operation):
    release(amplify_client, main)
    code, status, text = refusal(getattr(amplify_client, operation), **main, jobId="")
    assert (code, status) == ("BadRequestException", 400)
    assert "'jobId' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9]+" in text


def test_a_job_is_found_by_its_padded_number(amplify_client, main):
    release(amplify_client, main)
    assert read(amplify_client, main, "0000000001")["jobId"] == "1"


def test_jobs_are_listed_newest_first(amplify_client, manual):
    for number in range(1, 12):
        amplify_client.start_deployment(**manual, sourceUrl=ZIP)
        finish(amplify_client, manual, str(number))
    assert [each["jobId"] for each in listed(amplify_client, manual)] == [str(number) for number in range(11, 0, -1)]
    assert [each["jobId"] for each in listed(amplify_client, manual, maxResults=1)] == ["11"]


def test_a_listed_job_is_the_summary_of_get_job(amplify_client, main):
    release(amplify_client, main, commitMessage="fix")
    finish(amplify_client, main)
    assert listed(amplify_client, main) == [read(amplify_client, main)]


# The way of a job, by reads


@pytest.mark.parametrize("look", [read, lambda client, branch: listed(client, branch)[0]], ids=["GetJob", "ListJobs"])
def test_each_read_moves_a_job_one_stage_on(amplify_client, main, look):
    assert release(amplify_client, main)["status"] == "PENDING"
    summaries = [look(amplify_client, main) for _ in range(4)]
    assert [each["status"] for each in summaries] == ["RUNNING", "SUCCEED", "SUCCEED", "SUCCEED"]
    assert ["endTime" in each for each in summaries] == [False, True, True, True]
    assert summaries[1] == summaries[3]


def test_reading_other_things_moves_nothing(amplify_client, amplify_mock, main):
    release(amplify_client, main)
    for _ in range(3):
        amplify_client.get_branch(**main)
        amplify_client.list_branches(appId=main["appId"])
        amplify_client.get_app(appId=main["appId"])
        amplify_client.list_apps()
        refusal(amplify_client.start_job, **main, jobType="RELEASE")
        refusal(amplify_client.delete_job, **main, jobId="1")
        job = amplify_mock.backend().apps[main["appId"]].branches["main"].jobs["1"]
        assert (job.status, job.steps, job.is_finished, repr(job) != "") == ("PENDING", [], False, True)
    assert read(amplify_client, main)["status"] == "RUNNING"


def test_a_page_moves_only_the_jobs_on_it(amplify_client, main):
    release(amplify_client, main)
    amplify_client.stop_job(**main, jobId="1")
    release(amplify_client, main)
    assert [each["jobId"] for each in listed(amplify_client, main, maxResults=1)] == ["2"]
    assert amplify_client.stop_job(**main, jobId="1")["jobSummary"]["status"] == "CANCELLING"


def test_a_polling_loop_ends_under_a_frozen_clock(amplify_client, main, frozen):
    with frozen():
        release(amplify_client, main)
        summary = finish(amplify_client, main)
        assert summary["status"] == "SUCCEED"
        job = get(amplify_client, main)
        times = [summary[name] for name in ("commitTime", "startTime", "endTime")]
        times += [each[name] for each in job["steps"] for name in ("startTime", "endTime")]
        assert set(times) == {now()}


# The way of a job, by the clock


def test_the_clock_brings_a_job_to_its_end(amplify_client, main, frozen):
    with frozen() as move:
        release(amplify_client, main)
        move(HOUR)
        job = get(amplify_client, main)
        summary = job["summary"]
        assert summary["status"] == "SUCCEED"
        assert START - HOUR < summary["startTime"] < summary["endTime"] < now()
        assert [each["status"] for each in job["steps"]] == ["SUCCEED"] * 3
        moments = [summary["startTime"]]
        for step in job["steps"]:
            moments += [step["startTime"], step["endTime"]]
        moments.append(summary["endTime"])
        assert moments == sorted(moments)
        assert len(set(moments)) > 3


@pytest.mark.parametrize("jump", [HOUR, 24 * HOUR, 100 * 365 * 24 * HOUR])
def test_a_jump_of_any_size_gives_the_same_end(amplify_client, main, jump):
    with time_machine.travel(START, tick=False) as clock:
        release(amplify_client, main)
        clock.shift(jump)
        summary = read(amplify_client, main)
        assert summary["status"] == "SUCCEED"
        assert summary["endTime"] < START + HOUR
        assert read(amplify_client, main) == summary


def test_a_jump_after_a_read_counts_from_the_read(amplify_client, main, frozen):
    with frozen() as move:
        release(amplify_client, main)
        read(amplify_client, main)
        running_since = now()
        move(HOUR)
        summary = read(amplify_client, main)
        assert summary["status"] == "SUCCEED"
        assert running_since < summary["endTime"] < now()


def test_small_jumps_go_through_every_stage(amplify_client, amplify_mock, main):
    with time_machine.travel(START, tick=False) as clock:
        release(amplify_client, main)
        job = amplify_mock.backend().apps[main["appId"]].branches["main"].jobs["1"]
        seen = []
        for _ in range(200):
            seen.append((job.status, tuple(step.step_name for step in job.steps)))
            clock.shift(1)
    assert list(dict.fromkeys(seen)) == [
        ("PENDING", ()),
        ("RUNNING", ("BUILD",)),
        ("RUNNING", ("BUILD", "DEPLOY")),
        ("RUNNING", ("BUILD", "DEPLOY", "VERIFY")),
        ("SUCCEED", ("BUILD", "DEPLOY", "VERIFY")),
    ]


def test_a_read_does_not_move_what_the_clock_has_moved(amplify_client, amplify_mock, main):
    with time_machine.travel(START, tick=False) as clock:
        release(amplify_client, main)
        job = amplify_mock.backend().apps[main["appId"]].branches["main"].jobs["1"]
        while job.status == "PENDING":
            clock.shift(1)
        assert read(amplify_client, main)["status"] == "RUNNING"
        assert read(amplify_client, main)["status"] == "SUCCEED"


def test_what_was_seen_stays_when_the_clock_is_turned_back(amplify_client, main):
    with time_machine.travel(START, tick=False) as clock:
        release(amplify_client, main)
        clock.shift(HOUR)
        summary = read(amplify_client, main)
        clock.shift(-HOUR)
        assert read(amplify_client, main) == summary


def times_in(value):
    if isinstance(value, datetime.datetime):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from times_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from times_in(member)


ACTIONS = {
    "get_job": lambda client, target: client.get_job(**target, jobId="1"),
    "list_jobs": lambda client, target: client.list_jobs(**target),
    "stop_job": lambda client, target: client.stop_job(**target, jobId="1"),
    "get_branch": lambda client, target: client.get_branch(**target),
    "get_app": lambda client, target: client.get_app(appId=target["appId"]),
    "start_job": lambda client, target: client.start_job(
        **target, jobType="RELEASE", commitTime=datetime.datetime(2999, 1, 1, tzinfo=UTC)
    ),
    "start_deployment": lambda client, target: client.start_deployment(**target, sourceUrl=ZIP),
    "create_deployment": lambda client, target: client.create_deployment(**target),
}
ORDER = ["PENDING", "RUNNING", "SUCCEED", "CANCELLING", "CANCELLED", "FAILED"]


@settings(max_examples=80, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    actions=st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 30_000)), max_size=14),
    connected=st.booleans(),
)
def test_time_and_status_only_go_ahead(actions, connected):
    client = client_of()
    repository = {"repository": "https://github.com/a/b", "accessToken": "t"} if connected else {}
    with mock_amplify(), time_machine.travel(START, tick=False) as clock:
        target = branch_of(client, **repository)
        client.update_branch(**target, stage="PRODUCTION")
        seen, refused = {}, set()
        for name, milliseconds in actions:
            try:
                answer = ACTIONS[name](client, target)
            except ClientError as error:
                refused.add(error.response["Error"]["Code"])
                continue
            finally:
                clock.shift(datetime.timedelta(milliseconds=milliseconds))
            moment = now() - datetime.timedelta(milliseconds=milliseconds)
            assert all(each <= moment for each in times_in(answer))
            summaries = answer.get("jobSummaries") or [answer.get("jobSummary") or answer.get("job", {}).get("summary")]
            for summary in filter(None, summaries):
                before = seen.get(summary["jobId"], summary)
                seen[summary["jobId"]] = summary
                assert ORDER.index(before["status"]) <= ORDER.index(summary["status"])
                assert ("endTime" in summary) == (summary["status"] in FINISHED)
                assert summary.get("endTime", summary["startTime"]) >= summary["startTime"]
                if before["status"] in FINISHED:
                    assert summary == before
            moments = [
                each[name]
                for each in answer.get("job", {}).get("steps", ())
                for name in ("startTime", "endTime")
                if name in each
            ]
            assert moments == sorted(moments)
        assert refused <= {"BadRequestException", "NotFoundException", "LimitExceededException"}


# Steps


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


JSON_SPEC = {"version": 1, "frontend": {"phases": {}}, "test": {"phases": {"test": {"commands": ["npm test"]}}}}


TESTED = {
    "yaml": TEST_PHASE,
    "windows": TEST_PHASE.replace("\n", "\r\n"),
    "comment": "test: # end to end\n  phases:\n    test:\n      commands: []\nversion: 1\n",
    "quoted": "version: 1\n'test':\n    phases:\n        test:\n            commands: []\n",
    "monorepo": "version: 1\napplications:\n  - appRoot: web\n    test:\n      phases:\n        test: {}",
    "json": json.dumps(JSON_SPEC),
    "indented json": json.dumps(JSON_SPEC, indent=2),
    "json in another order": json.dumps(dict(reversed(JSON_SPEC.items()))),
}
UNTESTED = {
    "command": "version: 1\nfrontend:\n  phases:\n    preBuild:\n      commands:\n        - echo test:\n",
    "variable": "version: 1\nenv:\n  variables:\n    test: 1\n",
    "comment": "# test:\nversion: 1\n",
    "longer word": "version: 1\ntests:\n  phases: {}\n",
    "json": json.dumps({"version": 1, "frontend": {"phases": {"build": {"commands": ["npm run test: all"]}}}}),
    "no yaml": "not: [yaml",
}


@pytest.mark.parametrize("spec", TESTED.values(), ids=TESTED.keys())
@pytest.mark.parametrize("level", ["app", "branch"])
def test_a_build_spec_with_a_test_phase_adds_the_step_test(amplify_client, main, spec, level):
    if level == "app":
        amplify_client.update_app(appId=main["appId"], buildSpec=spec)
    else:
        amplify_client.update_branch(**main, buildSpec=spec)
    release(amplify_client, main)
    finish(amplify_client, main)
    assert [name for name, _ in steps(amplify_client, main)] == ["BUILD", "TEST", "DEPLOY", "VERIFY"]


@pytest.mark.parametrize("spec", UNTESTED.values(), ids=UNTESTED.keys())
def test_the_word_test_alone_adds_no_step(amplify_client, main, spec):
    amplify_client.update_app(appId=main["appId"], buildSpec=spec)
    release(amplify_client, main)
    finish(amplify_client, main)
    assert [name for name, _ in steps(amplify_client, main)] == ["BUILD", "DEPLOY", "VERIFY"]


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


# StopJob


@pytest.mark.parametrize("reads", [0, 1], ids=["PENDING", "RUNNING"])
def test_a_stopped_job_is_cancelled(amplify_client, main, reads):
    release(amplify_client, main)
    for _ in range(reads):
        read(amplify_client, main)
    stopped = amplify_client.stop_job(**main, jobId="1")["jobSummary"]
    assert (stopped["jobId"], stopped["status"]) == ("1", "CANCELLING")
    assert "endTime" not in stopped
    summaries = [read(amplify_client, main) for _ in range(2)]
    assert [each["status"] for each in summaries] == ["CANCELLED", "CANCELLED"]
    assert summaries[0]["endTime"] >= summaries[0]["startTime"]


def test_the_clock_cancels_a_stopped_job(amplify_client, main, frozen):
    with frozen() as move:
        release(amplify_client, main)
        amplify_client.stop_job(**main, jobId="1")
        stopped = now()
        move(HOUR)
        summary = read(amplify_client, main)
        assert summary["status"] == "CANCELLED"
        assert stopped <= summary["endTime"] < now()


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


def test_stopping_twice_changes_nothing(amplify_client, main, frozen):
    with frozen():
        release(amplify_client, main)
        first = amplify_client.stop_job(**main, jobId="1")["jobSummary"]
        assert amplify_client.stop_job(**main, jobId="1")["jobSummary"] == first


@pytest.mark.parametrize("end", ["SUCCEED", "CANCELLED"])
def test_a_finished_job_cannot_be_stopped(amplify_client, main, end):
    release(amplify_client, main)
    if end == "CANCELLED":
        amplify_client.stop_job(**main, jobId="1")
    summary = finish(amplify_client, main)
    assert refusal(amplify_client.stop_job, **main, jobId="1")[:2] == ("BadRequestException", 400)
    assert read(amplify_client, main) == summary
    assert summary["status"] == end


def test_a_created_deployment_can_be_stopped(amplify_client, manual):
    amplify_client.create_deployment(**manual)
    assert amplify_client.stop_job(**manual, jobId="1")["jobSummary"]["status"] == "CANCELLING"
    assert read(amplify_client, manual)["status"] == "CANCELLED"


def test_stopping_makes_way_for_the_next_job_at_once(amplify_client, main):
    release(amplify_client, main)
    amplify_client.stop_job(**main, jobId="1")
    assert release(amplify_client, main)["jobId"] == "2"
    assert refusal(amplify_client.start_job, **main, jobType="RELEASE") == ("LimitExceededException", 429, BUSY)


# DeleteJob


def test_a_deleted_job_is_gone(amplify_client, main):
    release(amplify_client, main)
    summary = finish(amplify_client, main)
    assert amplify_client.delete_job(**main, jobId="1")["jobSummary"] == summary
    assert listed(amplify_client, main) == []
    assert refusal(amplify_client.get_job, **main, jobId="1")[:2] == ("NotFoundException", 404)


@pytest.mark.parametrize("reads", [0, 1], ids=["PENDING", "RUNNING"])
def test_an_unfinished_job_cannot_be_deleted(amplify_client, main, reads):
    release(amplify_client, main)
    for _ in range(reads):
        read(amplify_client, main)
    assert refusal(amplify_client.delete_job, **main, jobId="1")[:2] == ("BadRequestException", 400)
    assert len(listed(amplify_client, main)) == 1


def test_the_number_of_a_deleted_job_is_not_given_again(amplify_client, main):
    release(amplify_client, main)
    finish(amplify_client, main)
    amplify_client.delete_job(**main, jobId="1")
    assert release(amplify_client, main)["jobId"] == "2"


def test_without_the_active_job_the_one_before_it_is_active(amplify_client, main):
    for job_id in ("1", "2"):
        release(amplify_client, main)
        finish(amplify_client, main, job_id)
    amplify_client.delete_job(**main, jobId="2")
    assert amplify_client.get_branch(**main)["branch"]["activeJobId"] == "0000000001"


# Regions


def test_regions_are_separate(amplify_client, main):
    release(amplify_client, main)
    answer = refusal(client_of("eu-west-1").get_job, **main, jobId="1")
    assert answer == not_found(f"App {main['appId']} not found.")
