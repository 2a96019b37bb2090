"""What aiobotocore's clients make of answers, errors and faults: what boto3's do; and their retries do not sleep."""

import asyncio
import datetime

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from amplify_mock import JobPlan, mock_amplify, operations
from support.botocore_clients import RETRY_MODES
from support.clients import client_of, refusal

pytest.importorskip("aiobotocore")

from aiobotocore.config import AioConfig

from support.aiobotocore_clients import app_names, busy_branch, connected_app, new_client, once, respond


@pytest.fixture
async def client(amplify_mock):
    """A client that tries once."""
    async with new_client(config=once()) as client:
        yield client


@pytest.fixture
def slept(monkeypatch):
    """The seconds of each sleep of a task, none of which is slept."""
    seconds, sleep = [], asyncio.sleep

    async def note(delay, result=None):
        seconds.append(delay)
        return await sleep(0, result)

    monkeypatch.setattr(asyncio, "sleep", note)
    return seconds


async def error_of(call, **parameters):
    with pytest.raises(ClientError) as caught:
        await call(**parameters)
    return caught.value


# Answers and errors


async def test_response_metadata_is_complete(client):
    first, second = (await client.list_apps())["ResponseMetadata"], (await client.list_apps())["ResponseMetadata"]
    assert (first["HTTPStatusCode"], first["RetryAttempts"]) == (200, 0)
    assert first["RequestId"] == first["HTTPHeaders"]["x-amzn-requestid"]
    assert first["HTTPHeaders"]["content-type"] == "application/json"
    assert {"date", "content-length"} <= first["HTTPHeaders"].keys()
    assert first["RequestId"] != second["RequestId"]


async def test_times_are_datetimes(client):
    app = (await client.create_app(name="shop"))["app"]
    assert isinstance(app["createTime"], datetime.datetime)
    assert client_of().get_app(appId=app["appId"])["app"] == app


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("get_app", {"appId": "d123"}),
        ("create_app", {"name": "shop", "platform": "MAINFRAME"}),
        ("create_app", {"name": "shop", "environmentVariables": {"AWSOME": "yes"}}),
        ("list_tags_for_resource", {"resourceArn": "arn:aws:amplify:us-east-1:123456789012:apps/d123"}),
        ("list_apps", {"nextToken": "nonsense"}),
    ],
)
async def test_errors_are_those_of_boto3(client, operation, parameters):
    error = await error_of(getattr(client, operation), **parameters)
    answer = error.response
    told = answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]
    assert told == refusal(getattr(client_of(), operation), **parameters)
    assert type(error) is client.exceptions.from_code(answer["Error"]["Code"])


async def test_the_clients_exception_classes_catch_errors(client):
    with pytest.raises(client.exceptions.NotFoundException, match="App d123 not found"):
        await client.get_app(appId="d123")


async def test_botocore_validates_parameters_first(client):
    with pytest.raises(ParamValidationError):
        await client.create_app()


async def test_paginators_lead_from_page_to_page(client):
    for number in range(5):
        await client.create_app(name=f"app{number}")
    paginator = client.get_paginator("list_apps")
    pages = [page["apps"] async for page in paginator.paginate(PaginationConfig={"PageSize": 2})]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [app for page in pages for app in page] == client_of().list_apps()["apps"]
    found = [name async for name in paginator.paginate().search("apps[].name")]
    assert sorted(found) == [f"app{number}" for number in range(5)]
    first = await paginator.paginate(PaginationConfig={"PageSize": 2, "MaxItems": 3}).build_full_result()
    rest = await paginator.paginate(PaginationConfig={"StartingToken": first["NextToken"]}).build_full_result()
    assert [len(each["apps"]) for each in (first, rest)] == [3, 2]


# Retries


@pytest.mark.parametrize(("mode", "retries"), [("legacy", 4), ("standard", 2), ("adaptive", 2)])
async def test_errors_are_retried_as_often_as_always_but_nobody_sleeps(slept, mode, retries):
    async with new_client(config=AioConfig(retries={"mode": mode})) as client:
        with mock_amplify() as amplify:
            error = await error_of(client.start_job, **await busy_branch(client))
            attempts = [call for call in amplify.calls if call.operation == "StartJob"][1:]
    assert isinstance(error, client.exceptions.LimitExceededException)
    assert error.response["ResponseMetadata"]["RetryAttempts"] == retries
    assert [call.attempt for call in attempts] == list(range(1, retries + 2))
    assert len({call.call_id for call in attempts}) == 1
    assert sum(slept) == 0


@pytest.mark.parametrize("mode", ["legacy", "standard"])
async def test_retry_sleep_brings_the_waits_back(slept, mode):
    async with new_client(config=AioConfig(retries={"mode": mode})) as client:
        with mock_amplify(retry_sleep=True):
            error = await error_of(client.start_job, **await busy_branch(client))
    waits = [seconds for seconds in slept if seconds > 0]
    assert len(waits) == error.response["ResponseMetadata"]["RetryAttempts"]


@pytest.mark.parametrize(("retry_sleep", "times"), [(False, 0), (True, 1)])
async def test_the_adaptive_mode_holds_back_the_next_call_only_with_retry_sleep(slept, monkeypatch, retry_sleep, times):
    from aiobotocore.retries.bucket import AsyncTokenBucket

    held_back = []

    async def acquire(*_, **__):
        held_back.append("held back")

    monkeypatch.setattr(AsyncTokenBucket, "acquire", acquire)
    config = AioConfig(retries={"mode": "adaptive", "total_max_attempts": 1})
    async with new_client(config=config) as client:
        with mock_amplify(retry_sleep=retry_sleep):
            await error_of(client.start_job, **await busy_branch(client))
            await client.list_apps()
    assert len(held_back) == times
    assert sum(slept) == 0


async def test_the_adaptive_mode_still_holds_back_after_the_mock_what_it_held_back_before(monkeypatch):
    from aiobotocore.retries.bucket import AsyncTokenBucket

    held_back = []

    async def acquire(*_, **__):
        held_back.append("held back")

    monkeypatch.setattr(AsyncTokenBucket, "acquire", acquire)
    answers = [respond(429, b'{"message": "slow down", "__type": "ThrottlingException"}')]
    async with new_client(config=AioConfig(retries={"mode": "adaptive", "total_max_attempts": 1})) as client:
        client.meta.events.register("before-send", lambda **_: answers[0], unique_id="network")
        await error_of(client.list_apps)
        client.meta.events.unregister("before-send", unique_id="network")
        with mock_amplify():
            await client.list_apps()
        held_back.clear()
        answers[0] = respond(body=b'{"apps": []}')
        client.meta.events.register("before-send", lambda **_: answers[0], unique_id="network")
        await client.list_apps()
    assert held_back == ["held back"]


@pytest.mark.parametrize("mode", RETRY_MODES)
async def test_a_bug_inside_the_mock_surfaces_as_itself_and_unretried(monkeypatch, slept, mode):
    calls, bug = [], ConnectionError("bug")

    def broken(*_, **__):
        calls.append("called")
        raise bug

    monkeypatch.setitem(operations.OPERATIONS, "list_apps", broken)
    async with new_client(config=AioConfig(retries={"mode": mode})) as client:
        with mock_amplify(), pytest.raises(ConnectionError) as caught:
            await client.list_apps()
    assert caught.value is bug
    assert calls == ["called"]
    assert sum(slept) == 0


# Faults, delays, canned answers and the log


@pytest.mark.parametrize("mode", RETRY_MODES)
async def test_a_call_that_is_throttled_twice_succeeds_when_it_is_tried_again(amplify_mock, slept, mode):
    amplify_mock.fail("ListApps", "ThrottlingException", times=2, per_attempt=True)
    async with new_client(config=AioConfig(retries={"mode": mode})) as client:
        assert (await client.list_apps())["ResponseMetadata"]["RetryAttempts"] == 2
    assert [(call.outcome, call.attempt) for call in amplify_mock.calls] == [
        ("ThrottlingException", 1),
        ("ThrottlingException", 2),
        ("success", 3),
    ]
    assert len({call.call_id for call in amplify_mock.calls}) == 1
    amplify_mock.assert_called("ListApps", times=1)
    amplify_mock.assert_no_pending_faults()
    assert sum(slept) == 0


@pytest.mark.parametrize("kind", [ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError])
async def test_botocores_exceptions_are_raised_and_retried(amplify_mock, slept, kind):
    amplify_mock.fail("ListApps", kind)
    async with new_client() as client:
        with pytest.raises(kind, match=r"amplify\.us-east-1\.amazonaws\.com"):
            await client.list_apps()
        assert [call.outcome for call in amplify_mock.calls] == [kind.__name__] * 5
        amplify_mock.fail("ListApps", kind, per_attempt=True)
        assert await app_names(client) == []
    assert sum(slept) == 0


async def test_an_answer_may_be_lost_after_the_call_was_done(amplify_mock, client):
    amplify_mock.fail("CreateApp", ReadTimeoutError, after=True)
    with pytest.raises(ReadTimeoutError):
        await client.create_app(name="shop")
    assert await app_names(client) == ["shop"]


async def test_a_delay_moves_the_clock(amplify_mock, client):
    amplify_mock.delay("ListApps", seconds=3600)
    before = amplify_mock.clock.now()
    await client.list_apps()
    assert amplify_mock.clock.now() - before >= datetime.timedelta(hours=1)


async def test_a_canned_answer_is_given(amplify_mock, client):
    app = (await client.create_app(name="shop"))["app"]
    amplify_mock.on("GetApp", appId=app["appId"]).respond({"app": {**app, "name": "canned"}})
    assert (await client.get_app(appId=app["appId"]))["app"] == {**app, "name": "canned"}
    assert (await client.list_apps())["apps"] == [app]


# Listeners


async def test_listeners_hear_of_events_after_the_call(amplify_mock, client):
    heard = []
    amplify_mock.on_event(lambda event: heard.append((event["detail"]["jobStatus"], len(amplify_mock.calls))))
    app_id = await connected_app(client)
    await client.start_job(appId=app_id, branchName="main", jobType="RELEASE")
    await client.get_job(appId=app_id, branchName="main", jobId="1")
    await client.get_job(appId=app_id, branchName="main", jobId="1")
    assert heard == [("STARTED", 3), ("SUCCEED", 5)]


async def test_the_error_of_a_listener_surfaces_unretried_and_the_next_call_works(amplify_mock, slept):
    def broken(event):
        raise ConnectionError("from the listener")

    async with new_client() as client:
        app_id = await connected_app(client)
        amplify_mock.on_event(broken)
        amplify_mock.plan_jobs(JobPlan(progress="instant"))
        with pytest.raises(ConnectionError, match="from the listener"):
            await client.start_job(appId=app_id, branchName="main", jobType="RELEASE")
        assert await app_names(client) == ["shop"]
    amplify_mock.assert_called("StartJob", times=1)
    assert sum(slept) == 0


async def test_a_listener_may_call_boto3_and_start_tasks_that_call_aiobotocore(amplify_mock, client):
    tasks = []

    def tag(event):
        arn = client_of().get_app(appId=event["detail"]["appId"])["app"]["appArn"]
        tasks.append(asyncio.ensure_future(client.tag_resource(resourceArn=arn, tags={"status": "told"})))

    amplify_mock.on_event(tag)
    app_id = await connected_app(client)
    amplify_mock.plan_jobs(JobPlan(progress="instant"))
    await client.start_job(appId=app_id, branchName="main", jobType="RELEASE")
    await asyncio.gather(*tasks)
    assert tasks
    assert (await client.get_app(appId=app_id))["app"]["tags"] == {"status": "told"}
