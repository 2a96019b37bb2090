"""Many tasks share one mock through aiobotocore: no call is lost, and none keeps the others waiting."""

import asyncio
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from amplify_mock import JobPlan, mock_amplify
from support.sleeps import seconds

pytest.importorskip("aiobotocore")

from aiobotocore.config import AioConfig
from aiobotocore.endpoint import AioEndpoint
from aiobotocore.session import get_session

from support.aiobotocore_clients import app_names, connected_app, new_client, once

CALLS = 200


@pytest.fixture
async def client(amplify_mock):
    """A client that tries once."""
    async with new_client(config=once()) as client:
        yield client


# At once


@pytest.mark.parametrize("number", [1, 4])
async def test_200_calls_at_once_through_one_client_or_several_are_all_done(amplify_mock, number):
    clients = [await new_client(config=AioConfig(max_pool_connections=1)).__aenter__() for _ in range(number)]
    turns = itertools.cycle(clients)
    names = [f"app{each}" for each in range(CALLS)]
    apps = await asyncio.gather(*(next(turns).create_app(name=name) for name in names))
    assert [app["app"]["name"] for app in apps] == names
    assert len(amplify_mock.backend().apps) == CALLS
    assert len({call.call_id for call in amplify_mock.calls}) == CALLS
    for each in clients:
        await each.close()


async def test_updates_at_once_lose_nothing(amplify_mock, client):
    arn = (await client.create_app(name="shop"))["app"]["appArn"]
    await asyncio.gather(*(client.tag_resource(resourceArn=arn, tags={f"tag{each}": "x"}) for each in range(40)))
    assert len((await client.list_tags_for_resource(resourceArn=arn))["tags"]) == 40


async def test_no_two_jobs_have_the_same_number(client):
    app_id = (await client.create_app(name="shop"))["app"]["appId"]
    names = [f"branch{each}" for each in range(20)]
    await asyncio.gather(*(client.create_branch(appId=app_id, branchName=name) for name in names))

    async def number(name):
        deployment = await client.create_deployment(appId=app_id, branchName=name)
        await client.stop_job(appId=app_id, branchName=name, jobId=deployment["jobId"])
        return name, deployment["jobId"]

    numbers = await asyncio.gather(*(number(name) for name in names * 10), return_exceptions=True)
    made = [each for each in numbers if not isinstance(each, client.exceptions.BadRequestException)]
    assert len(set(made)) == len(made) >= len(names)


async def test_only_one_of_many_calls_at_once_starts_a_job(client):
    app_id = await connected_app(client)
    job = {"appId": app_id, "branchName": "main", "jobType": "RELEASE"}
    answers = await asyncio.gather(*(client.start_job(**job) for _ in range(CALLS)), return_exceptions=True)
    started = [answer for answer in answers if isinstance(answer, dict)]
    assert len(started) == 1
    assert {type(answer) for answer in answers} == {dict, client.exceptions.LimitExceededException}


async def test_other_tasks_have_their_turn_while_one_calls(client):
    turns = []

    async def other():
        for _ in range(5):
            turns.append("other")
            await asyncio.sleep(0)

    async def calling():
        for _ in range(5):
            await client.list_apps()
            turns.append("call")

    await asyncio.gather(calling(), other())
    assert "call" in turns
    assert turns[:2] != ["call", "call"]
    assert turns.index("call") > turns.index("other")


def test_event_loops_of_several_threads_share_the_mock():
    async def calling():
        async with get_session().create_client("amplify") as client:
            await asyncio.gather(*(client.create_app(name="shop") for _ in range(20)))

    with mock_amplify() as amplify:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: asyncio.run(calling()), range(4)))
        assert len(amplify.backend().apps) == 80


# Calls that do not come to their end


async def test_a_cancelled_call_does_nothing_and_leaves_the_mock_usable(amplify_mock, client):
    task = asyncio.ensure_future(client.create_app(name="cancelled"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await client.create_app(name="shop")
    assert await app_names(client) == ["shop"]
    assert [call.operation for call in amplify_mock.calls] == ["CreateApp", "ListApps"]


async def test_many_tasks_may_be_cancelled_at_any_point(amplify_mock, client):
    for turns in range(30):
        task = asyncio.ensure_future(client.create_app(name=f"app{turns}"))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        answer = (await asyncio.gather(task, return_exceptions=True))[0]
        # Nobody can tell from a cancelled call whether it was done; one that has answered was.
        if isinstance(answer, dict):
            assert f"app{turns}" in await app_names(client)
    assert len(await app_names(client)) <= 30


async def test_a_call_that_times_out_leaves_the_mock_usable(client):
    async def never(**_):
        await asyncio.Event().wait()

    client.meta.events.register("before-send.amplify.CreateApp", never)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(client.create_app(name="shop"), 0.01)
    assert await app_names(client) == []


async def test_a_call_that_began_inside_the_mock_ends_there_although_the_mock_has_ended():
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def wait(**_):
        reached.set()
        await go_on.wait()

    async with new_client() as client:
        client.meta.events.register("before-send.amplify", wait)
        with mock_amplify() as amplify:
            task = asyncio.ensure_future(client.create_app(name="shop"))
            await reached.wait()
        go_on.set()
        app = (await task)["app"]
    assert list(amplify.backend().apps) == [app["appId"]]


# Time


async def test_pollers_in_tasks_wait_in_virtual_time():
    plan = JobPlan(progress="clock", default=30)
    with mock_amplify(sleep="virtual", plan=plan) as amplify:
        async with new_client() as client:

            async def deploy():
                job = {"appId": await connected_app(client), "branchName": "main", "jobId": "1"}
                await client.start_job(appId=job["appId"], branchName="main", jobType="RELEASE")
                polls = 0
                while (await client.get_job(**job))["job"]["summary"]["status"] != "SUCCEED":
                    await asyncio.sleep(10)
                    polls += 1
                return polls

            polls = await asyncio.gather(*(deploy() for _ in range(5)))
            assert seconds(amplify) == 10 * max(polls)
    assert set(polls) == {10}


async def test_calls_take_no_virtual_time(client):
    with mock_amplify(sleep="virtual", isolated=True) as amplify:
        for _ in range(3):
            await client.list_apps()
        assert seconds(amplify) == 0


@pytest.mark.parametrize("mode", ["legacy", "standard"])
async def test_with_retry_sleep_retries_wait_in_virtual_time(mode):
    with mock_amplify(sleep="virtual", retry_sleep=True) as amplify:
        amplify.fail("ListApps", "ThrottlingException", times=2, per_attempt=True)
        async with new_client(config=AioConfig(retries={"mode": mode})) as client:
            await client.list_apps()
        assert seconds(amplify) > 0


# Other HTTP sessions, and another event loop


def with_httpx():
    httpxsession = pytest.importorskip("aiobotocore.httpxsession")
    return AioConfig(http_session_cls=httpxsession.HttpxSession)


async def use(client):
    app_id = await connected_app(client)
    with pytest.raises(client.exceptions.NotFoundException):
        await client.get_branch(appId=app_id, branchName="other")
    pages = [page async for page in client.get_paginator("list_branches").paginate(appId=app_id)]
    assert [branch["branchName"] for page in pages for branch in page["branches"]] == ["main"]


@pytest.mark.filterwarnings("ignore:aiobotocore's httpx backend:DeprecationWarning")
@pytest.mark.parametrize("made", ["before", "inside"])
async def test_clients_with_httpxs_session_reach_the_mock(made):
    config = with_httpx()
    before = await new_client(config=config).__aenter__() if made == "before" else None
    with mock_amplify() as amplify:
        client = before or await new_client(config=config).__aenter__()
        await use(client)
        assert len(amplify.backend().apps) == 1
    await client.close()


@pytest.mark.filterwarnings("ignore:aiobotocore's httpx backend:DeprecationWarning")
@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_clients_on_trio_reach_the_mock_and_retry_without_sleeping(mode):
    trio = pytest.importorskip("trio")
    if not hasattr(pytest.importorskip("aiobotocore.endpoint"), "AnyioEndpoint"):
        pytest.skip("this aiobotocore does not run on trio")
    made = with_httpx().merge(AioConfig(retries={"mode": mode}))

    async def main():
        with mock_amplify() as amplify:
            async with new_client(config=made) as client:
                assert type(client._endpoint) is not AioEndpoint
                await use(client)
                amplify.fail("ListApps", "ThrottlingException", times=2, per_attempt=True)
                began = trio.current_time()
                assert (await client.list_apps())["ResponseMetadata"]["RetryAttempts"] == 2
                assert trio.current_time() == began
                async with trio.open_nursery() as nursery:
                    for number in range(50):
                        nursery.start_soon(lambda name: client.create_app(name=name), f"app{number}")
                assert len(amplify.backend().apps) == 51

    clock = pytest.importorskip("trio.testing").MockClock()
    trio.run(main, clock=clock)
