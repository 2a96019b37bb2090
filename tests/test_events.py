"""The events that EventBridge would get of jobs: their form, which there are, and when."""

from __future__ import annotations

import contextlib
import datetime
import json
import re
from pathlib import Path

import pytest
import time_machine
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of
from support.jobs import GITHUB, UTC, deploy, finish, listed, new_app, new_branch, read, release

START = datetime.datetime(2024, 9, 1, 12, 0, 0, 987000, UTC)
ENDS = ["SUCCEED", "FAILED", "CANCELLED"]
RECORDED = [
    each["event"]
    for each in json.loads((Path(__file__).parent / "recorded/20_eventbridge_events.json").read_text("utf-8"))
]
FORMS = {
    "version": "0",
    "id": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "detail-type": "Amplify Deployment Status Change",
    "source": r"aws\.amplify",
    "account": r"\d{12}",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "region": r"[a-z]+-[a-z]+-\d",
    "resources": [r"arn:aws:amplify:[a-z]+-[a-z]+-\d:\d{12}:apps/\w+/branches/.+/jobs/\d{10}"],
    "detail": {"appId": r"\w+", "branchName": ".+", "jobId": r"[1-9]\d*", "jobStatus": "STARTED|" + "|".join(ENDS)},
}


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def main(amplify_client, clock):
    """Make a branch of an app with a repository, while the clock stands still."""
    return new_branch(amplify_client, app=GITHUB)


def has_form(value, form):
    if isinstance(form, dict):
        return value.keys() == form.keys() and all(has_form(value[name], form[name]) for name in form)
    if isinstance(form, list):
        return len(value) == len(form) and all(map(has_form, value, form))
    return re.fullmatch(form, value) is not None


def named(branch):
    return {"app_id": branch["appId"], "branch_name": branch["branchName"]}


def brief(amplify):
    """Return of which branch, job and status the events are."""
    details = [event["detail"] for event in amplify.events]
    return [(each["branchName"], each["jobId"], each["jobStatus"]) for each in details]


def statuses(amplify):
    return [status for _, _, status in brief(amplify)]


def written(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


# Their form


def test_the_events_have_the_recorded_form(amplify_client, amplify_mock, main, clock):
    assert all(has_form(event, FORMS) for event in RECORDED[:2])
    release(amplify_client, main)
    finish(amplify_client, main)
    release(amplify_client, main)
    amplify_client.stop_job(**main, jobId="2")
    clock.shift(60)
    assert statuses(amplify_mock) == ["STARTED", "SUCCEED", "STARTED", "CANCELLED"]
    assert [event for event in amplify_mock.events if not has_form(event, FORMS)] == []
    assert {tuple(event) for event in amplify_mock.events} == {tuple(RECORDED[0])}


def test_an_event_says_all_about_the_job(amplify_client, amplify_mock, main):
    release(amplify_client, main)
    (event,) = amplify_mock.events
    arn = f"arn:aws:amplify:us-east-1:123456789012:apps/{main['appId']}/branches/main/jobs/0000000001"
    assert (event["account"], event["region"], event["resources"]) == ("123456789012", "us-east-1", [arn])
    assert event["detail"] == {**main, "jobId": "1", "jobStatus": "STARTED"}


def test_times_are_cut_to_whole_seconds(amplify_client, amplify_mock, main):
    release(amplify_client, main)
    assert [event["time"] for event in amplify_mock.events] == ["2024-09-01T12:00:00Z"]


@pytest.mark.parametrize("name", ["feature/x", "a/jobs/1", "branches/jobs/b", "jobs", "ü b"])
def test_a_branch_may_have_any_name(amplify_client, amplify_mock, name):
    branch = new_branch(amplify_client, name, app=GITHUB)
    release(amplify_client, branch)
    assert amplify_mock.events[0]["detail"] == {**branch, "jobId": "1", "jobStatus": "STARTED"}


def test_ids_differ_between_events_and_stay_the_same(amplify_client, amplify_mock, main):
    for job_id in ("1", "2"):
        release(amplify_client, main)
        finish(amplify_client, main, job_id)
    events = amplify_mock.events
    assert len({event["id"] for event in events}) == 4
    assert amplify_mock.events == events


@pytest.mark.parametrize("seconds", [1, 0])
def test_ids_differ_when_a_branch_is_made_again(amplify_client, amplify_mock, main, clock, seconds):
    release(amplify_client, main)
    amplify_client.delete_branch(**main)
    clock.shift(seconds)
    amplify_client.create_branch(**main)
    release(amplify_client, main)
    assert len({event["id"] for event in amplify_mock.events}) == len(amplify_mock.events) == 2


def test_what_one_does_to_an_event_changes_no_other(amplify_client, amplify_mock, main):
    release(amplify_client, main)
    kept = amplify_mock.events
    amplify_mock.events[0]["detail"].clear()
    assert amplify_mock.events == kept


# Which there are


@pytest.mark.parametrize("start", [release, deploy])
def test_a_job_starts_and_ends(amplify_client, amplify_mock, start):
    branch = new_branch(amplify_client, app=GITHUB if start is release else None)
    found = []
    start(amplify_client, branch)
    found.append(statuses(amplify_mock))
    for _ in range(2):
        read(amplify_client, branch)
        found.append(statuses(amplify_mock))
    assert found == [["STARTED"], ["STARTED"], ["STARTED", "SUCCEED"]]


@pytest.mark.parametrize("end", ENDS)
def test_the_last_event_says_how_the_job_ended(amplify_client, amplify_mock, main, clock, end):
    amplify_mock.plan_jobs(JobPlan(fail_at="BUILD" if end == "FAILED" else None))
    release(amplify_client, main)
    clock.shift(10)
    if end == "CANCELLED":
        amplify_client.stop_job(**main, jobId="1")
    clock.shift(60)
    summary = read(amplify_client, main)
    assert summary["status"] == end
    assert statuses(amplify_mock) == ["STARTED", end]
    times = [written(summary[name].astimezone(UTC)) for name in ("startTime", "endTime")]
    assert [event["time"] for event in amplify_mock.events] == times


def test_looking_at_events_moves_nothing(amplify_client, amplify_mock, main):
    release(amplify_client, main)
    assert [statuses(amplify_mock) for _ in range(5)] == [["STARTED"]] * 5
    assert read(amplify_client, main)["status"] == "RUNNING"


def test_the_clock_alone_ends_jobs(amplify_client, amplify_mock, main):
    release(amplify_client, main)
    amplify_mock.clock.advance(seconds=60)
    assert statuses(amplify_mock) == ["STARTED"]
    amplify_mock.clock.advance(seconds=1)
    assert statuses(amplify_mock) == ["STARTED", "SUCCEED"]


def test_a_job_that_takes_no_time_starts_before_it_ends(amplify_client, amplify_mock, main):
    amplify_mock.plan_jobs(JobPlan(progress="instant"))
    release(amplify_client, main)
    assert statuses(amplify_mock) == ["STARTED", "SUCCEED"]


def test_a_job_that_the_test_moves_ends_when_it_says_so(amplify_client, amplify_mock, main, clock):
    amplify_mock.plan_jobs(JobPlan(progress="manual"))
    release(amplify_client, main)
    clock.shift(3600)
    assert statuses(amplify_mock) == ["STARTED"]
    amplify_mock.job(**named(main)).fail("DEPLOY")
    assert statuses(amplify_mock) == ["STARTED", "FAILED"]
    assert amplify_mock.events[-1]["time"] == "2024-09-01T13:00:00Z"


def test_a_deployment_starts_with_start_deployment(amplify_client, amplify_mock, clock):
    branch = new_branch(amplify_client)
    amplify_client.create_deployment(**branch)
    clock.shift(1800)
    assert amplify_mock.events == []
    deploy(amplify_client, branch, jobId="1")
    assert [(event["detail"]["jobStatus"], event["time"]) for event in amplify_mock.events] == [
        ("STARTED", "2024-09-01T12:30:00Z")
    ]


def test_a_deployment_that_nobody_started_only_fails(amplify_client, amplify_mock, clock):
    amplify_client.create_deployment(**new_branch(amplify_client))
    clock.shift(9 * 3600)
    assert brief(amplify_mock) == [("main", "1", "FAILED")]


def test_a_deployment_that_was_stopped_instead_is_only_cancelled(amplify_client, amplify_mock, clock):
    branch = new_branch(amplify_client)
    amplify_client.create_deployment(**branch)
    amplify_client.stop_job(**branch, jobId="1")
    clock.shift(9 * 3600)
    assert brief(amplify_mock) == [("main", "1", "CANCELLED")]


@pytest.mark.amplify_mock(quotas={"concurrent_jobs": 1})
def test_a_job_that_waits_for_its_turn_starts_when_that_comes(amplify_client, amplify_mock, main, clock):
    amplify_client.create_branch(**{**main, "branchName": "dev"})
    for name in ("main", "dev"):
        release(amplify_client, {**main, "branchName": name})
    assert brief(amplify_mock) == [("main", "1", "STARTED")]
    clock.shift(3600)
    ends = [("main", "1", "SUCCEED"), ("dev", "1", "STARTED"), ("dev", "1", "SUCCEED")]
    assert brief(amplify_mock) == [("main", "1", "STARTED"), *ends]
    assert [event["time"][-6:-1] for event in amplify_mock.events] == ["00:00", "01:01", "01:01", "02:02"]


@pytest.mark.amplify_mock(quotas={"concurrent_jobs": 1})
def test_a_job_that_was_stopped_while_it_waited_is_only_cancelled(amplify_client, amplify_mock, main, clock):
    amplify_client.create_branch(**{**main, "branchName": "dev"})
    for name in ("main", "dev"):
        release(amplify_client, {**main, "branchName": name})
    amplify_client.stop_job(**{**main, "branchName": "dev"}, jobId="1")
    clock.shift(3600)
    assert brief(amplify_mock) == [("main", "1", "STARTED"), ("dev", "1", "CANCELLED"), ("main", "1", "SUCCEED")]


# Where they come from


def test_events_of_all_regions_and_accounts_are_in_the_order_of_time(amplify_mock, clock):
    places = [("us-east-1", "testing"), ("eu-west-1", "testing"), ("us-east-1", "111122223333")]
    for region, key in places * 2:
        client = client_of(region, key)
        release(client, new_branch(client, app=GITHUB))
        clock.shift(7)
    clock.shift(3600)
    events = amplify_mock.events
    homes = [("123456789012", "us-east-1"), ("123456789012", "eu-west-1"), ("111122223333", "us-east-1")]
    assert [(event["account"], event["region"]) for event in events] == homes * 4
    assert all(event["resources"][0].split(":")[3:5] == [event["region"], event["account"]] for event in events)
    assert [event["time"] for event in events] == sorted(event["time"] for event in events)
    assert statuses(amplify_mock) == ["STARTED"] * 6 + ["SUCCEED"] * 6


@pytest.mark.parametrize("what", ["job", "branch", "app"])
def test_events_stay_when_what_they_tell_of_is_deleted(amplify_client, amplify_mock, main, what):
    release(amplify_client, main)
    finish(amplify_client, main)
    events = amplify_mock.events
    named = {"job": {**main, "jobId": "1"}, "branch": main, "app": {"appId": main["appId"]}}[what]
    getattr(amplify_client, f"delete_{what}")(**named)
    assert len(events) == 2
    assert amplify_mock.events == events


@pytest.mark.parametrize("what", ["branch", "app"])
def test_a_job_whose_home_is_deleted_is_cancelled(amplify_client, amplify_mock, main, clock, what):
    release(amplify_client, main)
    getattr(amplify_client, f"delete_{what}")(**(main if what == "branch" else {"appId": main["appId"]}))
    clock.shift(60)
    assert statuses(amplify_mock) == ["STARTED", "CANCELLED"]


def test_events_can_be_read_after_the_mock_has_ended(clock):
    with mock_amplify() as amplify:
        release(client_of(), new_branch(client_of(), app=GITHUB))
    clock.shift(60)
    assert statuses(amplify) == ["STARTED"]
    clock.shift(1)
    assert statuses(amplify) == ["STARTED", "SUCCEED"]


def test_an_isolated_mock_has_events_of_its_own():
    with mock_amplify() as outer:
        with mock_amplify() as shared, mock_amplify(isolated=True) as inner:
            release(client_of(), new_branch(client_of(), app=GITHUB))
        assert (statuses(outer), statuses(shared), statuses(inner)) == ([], [], ["STARTED"])


# Events go with the state


def test_restoring_brings_back_the_events(amplify_client, amplify_mock, main):
    release(amplify_client, main)
    events, saved = amplify_mock.events, amplify_mock.snapshot()
    finish(amplify_client, main)
    release(amplify_client, main)
    assert statuses(amplify_mock) == ["STARTED", "SUCCEED", "STARTED"]
    amplify_mock.restore(saved)
    assert amplify_mock.events == events
    finish(amplify_client, main)
    assert statuses(amplify_mock) == ["STARTED", "SUCCEED"]


def test_reset_forgets_the_events(amplify_client, amplify_mock, main):
    release(amplify_client, main)
    amplify_mock.reset()
    assert amplify_mock.events == []
    release(amplify_client, new_branch(amplify_client, "dev", app=GITHUB))
    assert brief(amplify_mock) == [("dev", "1", "STARTED")]


# What holds in every history

PLANS = st.sampled_from([None, {"fail_at": "BUILD"}, *({"progress": each} for each in ("clock", "instant", "manual"))])
ACTIONS = {
    "push": lambda amplify, client, branch, _: amplify.push(**named(branch)),
    "start": lambda amplify, client, branch, _: release(client, branch),
    "list": lambda amplify, client, branch, _: listed(client, branch),
    "stop": lambda amplify, client, branch, job_id: client.stop_job(**branch, jobId=job_id),
    "delete": lambda amplify, client, branch, job_id: client.delete_job(**branch, jobId=job_id),
    "fail": lambda amplify, client, branch, job_id: amplify.job(**named(branch), job_id=job_id).fail(),
    "advance": lambda amplify, client, branch, job_id: amplify.job(**named(branch), job_id=job_id).advance(),
    "delete branch": lambda amplify, client, branch, _: client.delete_branch(**branch),
}


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    plan=PLANS,
    quota=st.sampled_from([None, 1, 2]),
    actions=st.lists(
        st.tuples(
            st.sampled_from(sorted(ACTIONS)),
            st.sampled_from(["main", "dev", "b/c"]),
            st.sampled_from("123"),
            st.sampled_from([0, 0, 0, 1, 500, 6_000, 47_000, 3_600_000]),
        ),
        max_size=16,
    ),
)
@example(plan=None, quota=1, actions=[("push", "main", "1", 5), ("push", "dev", "1", 0), ("stop", "dev", "1", 9000)])
def test_events_are_sorted_and_each_job_starts_and_ends_at_most_once(plan, quota, actions):
    client = client_of()
    quotas = quota and {"concurrent_jobs": quota}
    with (
        time_machine.travel(START, tick=False) as clock,
        mock_amplify(plan=JobPlan(**plan or {}), quotas=quotas) as mock,
    ):
        told = []
        mock.on_event(told.append)
        app_id = new_app(client, **GITHUB)
        for name in ("main", "dev", "b/c"):
            client.create_branch(appId=app_id, branchName=name)
        seen = []
        for name, branch, job_id, milliseconds in actions:
            # Not every history is possible.
            with contextlib.suppress(ClientError, LookupError, ValueError):
                ACTIONS[name](mock, client, {"appId": app_id, "branchName": branch}, job_id)
            clock.shift(datetime.timedelta(milliseconds=milliseconds))
            before, seen = seen, mock.events
            assert [event for event in before if event not in seen] == []
        check(mock, seen)
        client.list_apps()
        assert sorted(told, key=repr) == sorted(seen, key=repr)


def check(mock, events):
    times = [event["time"] for event in events]
    assert times == sorted(times)
    assert all(time <= written(mock.clock.now()) for time in times)
    course = {}
    for event in events:
        course.setdefault(event["resources"][0], []).append(event["detail"]["jobStatus"])
    courses = [["STARTED"], ["CANCELLED"], *(["STARTED", end] for end in ENDS)]
    assert [of_one_job for of_one_job in course.values() if of_one_job not in courses] == []
    for app in mock.backend().apps.values():
        for job in [job for branch in app.branches.values() for job in branch.jobs.values()]:
            happened = course.get(job.job_arn, [])
            assert (happened[-1:] == [job.status]) == job.is_finished
