"""Functions that are called with each event, when the mock notices it."""

from __future__ import annotations

import contextlib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
import requests
import time_machine
from botocore.exceptions import EndpointConnectionError

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of, not_found, refusal
from support.jobs import GITHUB, START, finish, get, new_app, new_branch, read, release

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20240901/us-east-1/amplify/aws4_request"}


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


@pytest.fixture
def told(amplify_mock):
    """What a listener was told, in the order it was told."""
    events = []
    amplify_mock.on_event(events.append)
    return events


def statuses(events):
    return [event["detail"]["jobStatus"] for event in events]


def raising(error):
    def listener(event):
        raise error

    return listener


# Once each


def test_a_listener_is_told_of_each_event_once(amplify_client, amplify_mock, main, told):
    release(amplify_client, main)
    finish(amplify_client, main)
    for _ in range(3):
        read(amplify_client, main)
    assert statuses(told) == ["STARTED", "SUCCEED"]
    assert told == amplify_mock.events


def test_on_event_is_a_decorator_that_leaves_the_function_as_it_is(amplify_client, amplify_mock, main):
    def listener(event):
        told.append(event)

    told = []
    assert amplify_mock.on_event(listener) is listener
    release(amplify_client, main)
    assert told == amplify_mock.events


@pytest.mark.parametrize("seconds", [0, 3600])
def test_a_listener_is_not_told_of_what_happened_before(amplify_client, amplify_mock, main, clock, seconds):
    told = []
    release(amplify_client, main)
    clock.shift(seconds)
    amplify_mock.on_event(told.append)
    amplify_client.list_apps()
    assert told == []
    clock.shift(3600)
    amplify_client.list_apps()
    assert statuses(told) == ([] if seconds else ["SUCCEED"])


def test_a_second_listener_is_not_told_of_what_happened_before(amplify_client, amplify_mock, main, clock, told):
    later = []
    release(amplify_client, main)
    clock.shift(3600)
    amplify_mock.on_event(later.append)
    amplify_client.list_apps()
    assert later == []


def test_a_second_listener_takes_nothing_from_the_first(amplify_client, amplify_mock, main, clock, told):
    release(amplify_client, main)
    clock.shift(3600)
    amplify_mock.on_event(len)
    amplify_client.list_apps()
    assert statuses(told) == ["STARTED", "SUCCEED"]


def test_several_listeners_are_told_in_the_order_they_were_given(amplify_client, amplify_mock, main):
    told = []
    for name in ("first", "second"):
        amplify_mock.on_event(lambda event, name=name: told.append((name, event["detail"]["jobStatus"])))
    amplify_mock.plan_jobs(JobPlan(progress="instant"))
    release(amplify_client, main)
    assert told == [(name, status) for status in ("STARTED", "SUCCEED") for name in ("first", "second")]


def test_listeners_are_told_of_every_region_and_account(amplify_mock, told):
    for client in (client_of("eu-west-1"), client_of(key="111122223333")):
        release(client, new_branch(client, app=GITHUB))
    assert [(each["region"], each["account"]) for each in told] == [
        ("eu-west-1", "123456789012"),
        ("us-east-1", "111122223333"),
    ]


def test_a_listener_of_an_outer_mock_is_not_told_of_an_isolated_one(told):
    with mock_amplify(isolated=True) as inner:
        release(client_of(), new_branch(client_of(), app=GITHUB))
        assert statuses(inner.events) == ["STARTED"]
    client_of().list_apps()
    assert told == []


def test_events_come_in_the_order_of_time(amplify_client, amplify_mock, main, clock, told):
    # The job that is asked for first ends last.
    branches = [{**main, "branchName": name} for name in ("slow", "quick")]
    for branch, seconds in zip(branches, (100, 10), strict=True):
        amplify_client.create_branch(**branch)
        amplify_mock.plan_jobs(JobPlan(default=seconds), branch_name=branch["branchName"])
        release(amplify_client, branch)
    clock.shift(3600)
    amplify_client.list_apps()
    assert [each["detail"]["branchName"] for each in told] == ["slow", "quick", "quick", "slow"]
    assert told == amplify_mock.events


# When the mock notices


def notice_by_call(amplify, client):
    client.list_apps()


def notice_by_refused_call(amplify, client):
    assert refusal(client.get_app, appId="d0") == not_found("App d0 not found.")


def notice_by_request(amplify, client):
    requests.get("https://amplify.us-east-1.amazonaws.com/apps", headers=SIGNED, timeout=5)


def notice_by_advance(amplify, client):
    amplify.clock.advance(seconds=1)


@pytest.mark.parametrize("notice", [notice_by_call, notice_by_refused_call, notice_by_request, notice_by_advance])
def test_what_the_clock_does_is_noticed_when_the_mock_is_used(amplify_client, amplify_mock, main, clock, told, notice):
    release(amplify_client, main)
    clock.shift(3600)
    assert statuses(told) == ["STARTED"]
    notice(amplify_mock, amplify_client)
    assert statuses(told) == ["STARTED", "SUCCEED"]


def test_looking_at_the_events_is_no_use_of_the_mock(amplify_client, amplify_mock, main, clock, told):
    release(amplify_client, main)
    clock.shift(3600)
    assert statuses(amplify_mock.events) == ["STARTED", "SUCCEED"]
    assert statuses(told) == ["STARTED"]
    amplify_client.list_apps()
    assert statuses(told) == ["STARTED", "SUCCEED"]


@pytest.mark.parametrize(
    ("end", "move"),
    [
        ("SUCCEED", lambda job: job.succeed()),
        ("FAILED", lambda job: job.fail()),
        ("SUCCEED", lambda job: [job.advance() for _ in range(2)]),
    ],
    ids=["succeed", "fail", "advance"],
)
def test_what_a_handle_does_is_noticed_at_once(amplify_client, amplify_mock, main, told, end, move):
    release(amplify_client, main)
    move(amplify_mock.job(main["appId"], "main"))
    assert statuses(told) == ["STARTED", end]


def test_pushes_and_pull_requests_are_noticed_at_once(amplify_client, amplify_mock, main, told):
    amplify_client.update_branch(**main, enablePullRequestPreview=True)
    amplify_mock.push(main["appId"], "main")
    assert len(told) == 1
    amplify_mock.open_pull_request(main["appId"], 1, "feature", "main")
    assert [each["detail"]["branchName"] for each in told] == ["main", "pr-1"]
    amplify_mock.job(main["appId"], "main").fail()
    amplify_mock.close_pull_request(main["appId"], 1)
    amplify_mock.clock.advance(minutes=1)
    assert statuses(told) == ["STARTED", "STARTED", "FAILED", "CANCELLED"]


# What a listener may do


def test_a_listener_may_call_boto3(amplify_client, amplify_mock, main, told):
    seen = []

    @amplify_mock.on_event
    def poll(event):
        # Each read moves the job on, so the listener is told of its end while it is still at its start.
        job = {**main, "jobId": event["detail"]["jobId"]}
        seen.append([amplify_client.get_job(**job)["job"]["summary"]["status"] for _ in range(2)])

    release(amplify_client, main)
    assert statuses(told) == ["STARTED", "SUCCEED"]
    assert sorted(seen) == [["RUNNING", "SUCCEED"], ["SUCCEED", "SUCCEED"]]


def test_a_listener_may_start_the_next_job(amplify_client, amplify_mock, main, told):
    @amplify_mock.on_event
    def retry(event):
        detail = event["detail"]
        if detail["jobStatus"] == "FAILED" and detail["jobId"] != "3":
            amplify_client.start_job(**main, jobType="RETRY", jobId=detail["jobId"])

    amplify_mock.plan_jobs(JobPlan(fail_at="BUILD", progress="instant"))
    release(amplify_client, main)
    assert [(each["detail"]["jobId"], each["detail"]["jobStatus"]) for each in told] == [
        (job_id, status) for job_id in "123" for status in ("STARTED", "FAILED")
    ]


def test_a_listener_may_wait_for_another_thread_that_uses_the_mock(amplify_client, amplify_mock, main):
    found = []

    @amplify_mock.on_event
    def look(event):
        thread = threading.Thread(target=lambda: found.append(get(amplify_client, main)["summary"]["status"]))
        thread.start()
        thread.join(5)
        assert not thread.is_alive()

    release(amplify_client, main)
    assert found == ["RUNNING"]


def test_a_listener_may_add_a_listener(amplify_client, amplify_mock, main):
    told = []

    @amplify_mock.on_event
    def add(event):
        if event["detail"]["jobStatus"] == "STARTED":
            amplify_mock.on_event(told.append)

    release(amplify_client, main)
    finish(amplify_client, main)
    assert statuses(told) == ["SUCCEED"]


def test_a_listener_may_delete_what_was_pushed_to(amplify_client, amplify_mock, main):
    amplify_mock.on_event(lambda event: amplify_client.delete_branch(**main))
    amplify_mock.push(main["appId"], "main")
    assert amplify_mock.backend().apps[main["appId"]].branches == {}


USES = {
    "boto3": lambda amplify, client, branch: release(client, branch),
    "advance": lambda amplify, client, branch: amplify.clock.advance(hours=1),
    "handle": lambda amplify, client, branch: amplify.job(branch["appId"], "dev").fail(),
    "push": lambda amplify, client, branch: amplify.push(branch["appId"], "main"),
}


@pytest.mark.parametrize("use", USES)
def test_what_a_listener_raises_comes_out_of_the_call(amplify_client, amplify_mock, main, use):
    dev = {**main, "branchName": "dev"}
    amplify_client.create_branch(**dev)
    release(amplify_client, dev)
    amplify_mock.on_event(raising(ZeroDivisionError("told")))
    before = len(amplify_mock.events)
    with pytest.raises(ZeroDivisionError, match="told"):
        USES[use](amplify_mock, amplify_client, main)
    assert len(amplify_mock.events) == before + 1
    # It has been told, and is not told of the same again.
    amplify_client.list_apps()


def test_an_error_that_botocore_retries_comes_out_of_the_call_too(amplify_mock, main):
    amplify_mock.on_event(raising(EndpointConnectionError(endpoint_url="https://sns.us-east-1.amazonaws.com")))
    with pytest.raises(EndpointConnectionError):
        release(boto3.client("amplify", "us-east-1"), main)


def test_what_a_listener_raises_keeps_no_event_from_the_others(amplify_client, amplify_mock, main):
    amplify_mock.on_event(raising(ZeroDivisionError()))
    told = []
    amplify_mock.on_event(told.append)
    amplify_mock.plan_jobs(JobPlan(progress="instant"))
    with pytest.raises(ZeroDivisionError):
        release(amplify_client, main)
    for _ in range(4):
        with contextlib.suppress(ZeroDivisionError):
            amplify_client.list_apps()
    assert statuses(told) == ["STARTED", "SUCCEED"]


# Threads


@pytest.fixture
def _threads_take_turns_often():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("_threads_take_turns_often")
def test_threads_lose_no_event_and_repeat_none(amplify_client, amplify_mock, told):
    app_id = new_app(amplify_client, **GITHUB)
    branches = [{"appId": app_id, "branchName": f"b{number}"} for number in range(8)]
    for branch in branches:
        amplify_client.create_branch(**branch)
    barrier = threading.Barrier(8)

    def work(branch):
        barrier.wait(10)
        for number in range(1, 6):
            release(amplify_client, branch)
            finish(amplify_client, branch, str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, branches))
    assert len(told) == 8 * 5 * 2
    assert sorted(told, key=repr) == sorted(amplify_mock.events, key=repr)
    assert len({event["id"] for event in told}) == len(told)


# Snapshot, restore, reset


def test_a_restored_state_is_not_told_of_anew(amplify_client, amplify_mock, main, clock, told):
    release(amplify_client, main)
    saved = amplify_mock.snapshot()
    finish(amplify_client, main)
    release(amplify_client, main)
    amplify_mock.restore(saved)
    amplify_client.list_apps()
    assert statuses(told) == ["STARTED", "SUCCEED", "STARTED"]
    # The second job, which was running, is no more.
    clock.shift(3600)
    amplify_client.list_apps()
    assert [each["detail"]["jobId"] for each in told] == ["1", "1", "2", "1"]


def test_what_happens_after_a_restore_is_told(amplify_client, amplify_mock, main, told):
    release(amplify_client, main)
    saved = amplify_mock.snapshot()
    finish(amplify_client, main)
    amplify_mock.restore(saved)
    amplify_mock.job(main["appId"], "main").fail()
    release(amplify_client, main)
    assert statuses(told) == ["STARTED", "SUCCEED", "FAILED", "STARTED"]


def test_restore_forgets_the_listeners_that_came_after_the_snapshot(amplify_client, amplify_mock, main, told):
    saved, later = amplify_mock.snapshot(), []
    amplify_mock.on_event(later.append)
    amplify_mock.restore(saved)
    release(amplify_client, main)
    assert (statuses(told), later) == (["STARTED"], [])


def test_reset_forgets_the_listeners_and_restore_brings_them_back(amplify_client, amplify_mock, main, told):
    saved = amplify_mock.snapshot()
    amplify_mock.reset()
    release(amplify_client, new_branch(amplify_client, app=GITHUB))
    assert told == []
    amplify_mock.restore(saved)
    release(amplify_client, main)
    assert [each["detail"]["appId"] for each in told] == [main["appId"]]


def test_what_cannot_be_called_cannot_listen(amplify_mock):
    with pytest.raises(TypeError, match="takes a function of one event, and not None"):
        amplify_mock.on_event(None)
