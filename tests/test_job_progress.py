"""How a job comes to its end: by reads, by the clock, and never back."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amplify_mock import mock_amplify
from support.clients import client_of, refusal
from support.jobs import GITHUB, HOUR, START, UTC, ZIP, finish, get, listed, new_branch, now, read, release

FINISHED = {"SUCCEED", "FAILED", "CANCELLED"}


@pytest.fixture
def main(client):
    """Make a branch of an app with a repository, and return what names it."""
    return new_branch(client, app=GITHUB)


# The way of a job, by reads


@pytest.mark.parametrize("look", [read, lambda client, branch: listed(client, branch)[0]], ids=["GetJob", "ListJobs"])
def test_each_read_moves_a_job_one_stage_on(client, main, look):
    assert release(client, main)["status"] == "PENDING"
    summaries = [look(client, main) for _ in range(4)]
    assert [each["status"] for each in summaries] == ["RUNNING", "SUCCEED", "SUCCEED", "SUCCEED"]
    assert ["endTime" in each for each in summaries] == [False, True, True, True]
    assert summaries[1] == summaries[3]


def test_reading_other_things_moves_nothing(client, amplify_mock, main):
    release(client, main)
    for _ in range(3):
        client.get_branch(**main)
        client.list_branches(appId=main["appId"])
        client.get_app(appId=main["appId"])
        client.list_apps()
        refusal(client.start_job, **main, jobType="RELEASE")
        refusal(client.delete_job, **main, jobId="1")
        job = amplify_mock.backend().apps[main["appId"]].branches["main"].jobs["1"]
        assert (job.status, job.steps, job.is_finished, repr(job) != "") == ("PENDING", [], False, True)
    assert read(client, main)["status"] == "RUNNING"


def test_a_page_moves_only_the_jobs_on_it(client, main):
    release(client, main)
    client.stop_job(**main, jobId="1")
    release(client, main)
    assert [each["jobId"] for each in listed(client, main, maxResults=1)] == ["2"]
    assert client.stop_job(**main, jobId="1")["jobSummary"]["status"] == "CANCELLING"


def test_a_polling_loop_ends_under_a_frozen_clock(client, main, frozen):
    with frozen():
        release(client, main)
        summary = finish(client, main)
        assert summary["status"] == "SUCCEED"
        job = get(client, main)
        times = [summary[name] for name in ("commitTime", "startTime", "endTime")]
        times += [each[name] for each in job["steps"] for name in ("startTime", "endTime")]
        assert set(times) == {now()}


# The way of a job, by the clock


def test_the_clock_brings_a_job_to_its_end(client, main, frozen):
    with frozen() as move:
        release(client, main)
        move(HOUR)
        job = get(client, main)
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
def test_a_jump_of_any_size_gives_the_same_end(client, main, jump):
    with time_machine.travel(START, tick=False) as clock:
        release(client, main)
        clock.shift(jump)
        summary = read(client, main)
        assert summary["status"] == "SUCCEED"
        assert summary["endTime"] < START + HOUR
        assert read(client, main) == summary


def test_a_jump_after_a_read_counts_from_the_read(client, main, frozen):
    with frozen() as move:
        release(client, main)
        read(client, main)
        running_since = now()
        move(HOUR)
        summary = read(client, main)
        assert summary["status"] == "SUCCEED"
        assert running_since < summary["endTime"] < now()


def test_small_jumps_go_through_every_stage(client, amplify_mock, main):
    with time_machine.travel(START, tick=False) as clock:
        release(client, main)
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


def test_a_read_does_not_move_what_the_clock_has_moved(client, amplify_mock, main):
    with time_machine.travel(START, tick=False) as clock:
        release(client, main)
        job = amplify_mock.backend().apps[main["appId"]].branches["main"].jobs["1"]
        while job.status == "PENDING":
            clock.shift(1)
        assert read(client, main)["status"] == "RUNNING"
        assert read(client, main)["status"] == "SUCCEED"


def test_what_was_seen_stays_when_the_clock_is_turned_back(client, main):
    with time_machine.travel(START, tick=False) as clock:
        release(client, main)
        clock.shift(HOUR)
        summary = read(client, main)
        clock.shift(-HOUR)
        assert read(client, main) == summary


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


@settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    actions=st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 30_000)), max_size=14),
    connected=st.booleans(),
)
def test_time_and_status_only_go_ahead(actions, connected):
    client = client_of()
    repository = {"repository": "https://github.com/a/b", "accessToken": "t"} if connected else {}
    with mock_amplify(), time_machine.travel(START, tick=False) as clock:
        target = new_branch(client, app=repository)
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
