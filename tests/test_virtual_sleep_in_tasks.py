"""With sleep="virtual", asyncio.sleep moves the mock's clock, and the sleeps of several tasks overlap."""

from __future__ import annotations

import asyncio
import gc
import inspect
import math
import threading
import time
import weakref

import boto3
import pytest
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from amplify_mock import JobPlan, activation, mock_amplify
from support.jobs import GITHUB, START, get, new_branch, release
from support.sleeps import all_as_before, seconds

VIRTUAL = mock_amplify(sleep="virtual")


@pytest.fixture(autouse=True)
def _everything_is_as_before():
    with all_as_before():
        yield


async def nap(amplify, log, name, *lengths):
    for length in lengths:
        await asyncio.sleep(length)
        log.append((name, seconds(amplify)))


# One task


async def test_a_polling_loop_takes_no_time():
    async with mock_amplify(sleep="virtual", plan=JobPlan(progress="clock")) as amplify:
        client = boto3.client("amplify", region_name="us-east-1")
        branch = await asyncio.to_thread(new_branch, client, app=GITHUB)
        await asyncio.to_thread(release, client, branch)
        polls = 0
        while (await asyncio.to_thread(get, client, branch))["summary"]["status"] != "SUCCEED":
            await asyncio.sleep(10)
            polls += 1
        assert polls == 7
        assert seconds(amplify) == 70


async def test_sleeps_of_one_task_add_up():
    with VIRTUAL as amplify:
        for _ in range(3):
            await asyncio.sleep(10)
        assert seconds(amplify) == 30


@settings(max_examples=30, deadline=None, database=None)
@given(st.lists(st.lists(st.integers(1, 10**6), max_size=5), max_size=5))
def test_tasks_take_as_long_as_the_longest_and_wake_up_in_the_order_of_time(lengths):
    async def run():
        log = []
        with VIRTUAL as amplify:
            await asyncio.gather(*(nap(amplify, log, name, *each) for name, each in enumerate(lengths)))
        return log, seconds(amplify)

    log, passed = asyncio.run(run())
    assert passed == max(map(sum, lengths), default=0)
    assert [moment for _, moment in log] == sorted(
        sum(each[: number + 1]) for each in lengths for number in range(len(each))
    )


async def test_a_decorated_coroutine_sleeps_virtually():
    @mock_amplify(sleep="virtual")
    async def deploy():
        await asyncio.sleep(1000)
        return seconds(activation.current())

    assert await deploy() == 1000


@freeze_time(START, real_asyncio=True)
async def test_freezegun_moves():
    with VIRTUAL as amplify:
        before = amplify.clock.now()
        await asyncio.gather(asyncio.sleep(10), asyncio.sleep(20))
        assert (amplify.clock.now() - before).total_seconds() == 20
        assert seconds(amplify) == 0


# The function itself


async def test_it_gives_its_result_after_others_had_a_turn():
    with VIRTUAL:
        turns = []
        asyncio.get_running_loop().call_soon(turns.append, 1)
        assert await asyncio.sleep(10, "slept") == "slept"
        assert turns == [1]
        assert await asyncio.sleep(delay=10, result="by name") == "by name"


async def test_it_is_a_coroutine_function():
    with VIRTUAL:
        assert inspect.iscoroutinefunction(asyncio.sleep)
        sleep = asyncio.sleep(10)
        assert inspect.iscoroutine(sleep)
        sleep.close()


@pytest.mark.parametrize("value", ["x", None, 1j])
async def test_errors_are_those_of_the_real_function(value):
    with pytest.raises(TypeError) as expected:
        await asyncio.sleep(value)
    with VIRTUAL, pytest.raises(TypeError) as caught:
        await asyncio.sleep(value)
    assert str(caught.value) == str(expected.value)


@pytest.mark.parametrize("value", [0, -1, -math.inf])
async def test_a_sleep_of_nothing_lets_others_have_a_turn_and_moves_nothing(value):
    with VIRTUAL as amplify:
        turns = []
        asyncio.get_running_loop().call_soon(turns.append, 1)
        assert await asyncio.sleep(value, "slept") == "slept"
        assert turns == [1]
        assert seconds(amplify) == 0


async def test_a_sleep_for_ever_lasts():
    with VIRTUAL as amplify:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.sleep(math.inf), 0.001)
        assert seconds(amplify) == 0


async def test_sleeps_are_real_outside_and_in_real_mocks_inside():
    sleep = asyncio.sleep
    with VIRTUAL as outer:
        virtual = asyncio.sleep
        assert virtual is not sleep
        with mock_amplify(isolated=True) as inner:
            await asyncio.sleep(0.001)
        assert (seconds(outer), seconds(inner)) == (0, 0)
    await virtual(0.001)
    assert seconds(outer) == 0
    assert asyncio.sleep is sleep


# Several tasks


async def test_sleeps_of_several_tasks_overlap():
    with VIRTUAL as amplify:
        await asyncio.gather(asyncio.sleep(10), asyncio.sleep(20))
        assert seconds(amplify) == 20


async def test_whoever_wakes_up_gets_as_far_as_it_can_before_the_next_one():
    log = []

    async def walk(amplify):
        await asyncio.sleep(10)
        for _ in range(20):
            await asyncio.sleep(0)
        await nap(amplify, log, "walk", 5)

    with VIRTUAL as amplify:
        await asyncio.gather(nap(amplify, log, "nap", 20), walk(amplify), nap(amplify, log, "early", 2))
    assert log == [("early", 2), ("walk", 15), ("nap", 20)]


async def test_equal_sleeps_end_in_the_order_in_which_they_began():
    log = []
    with VIRTUAL as amplify:
        await asyncio.gather(*(nap(amplify, log, name, 5) for name in "abc"))
    assert log == [("a", 5), ("b", 5), ("c", 5)]


async def test_a_sleep_that_blocks_the_loop_counts_for_all():
    log = []

    async def block(amplify):
        time.sleep(15)  # noqa: ASYNC251  (that is the case)
        log.append(("block", seconds(amplify)))

    with VIRTUAL as amplify:
        await asyncio.gather(nap(amplify, log, "late", 20), nap(amplify, log, "early", 10), block(amplify))
    assert log == [("block", 15), ("early", 15), ("late", 20)]


async def test_a_cancelled_sleep_moves_nothing():
    with VIRTUAL as amplify:
        tasks = [asyncio.create_task(asyncio.sleep(length)) for length in (10, 10, 1000)]
        await asyncio.sleep(5)
        tasks[0].cancel()
        tasks[2].cancel()
        assert await asyncio.gather(*tasks, return_exceptions=True) != [None, None, None]
        assert [task.cancelled() for task in tasks] == [True, False, True]
        assert seconds(amplify) == 10


async def test_a_task_that_polls_without_sleeping_does_not_hold_up_the_others():
    with VIRTUAL as amplify:
        sleeping = asyncio.create_task(asyncio.sleep(10))
        while not sleeping.done():  # noqa: ASYNC110  (that is the case)
            await asyncio.sleep(0)
        assert seconds(amplify) == 10


def test_a_loop_that_does_not_show_its_queue_serves_as_well():
    class Loop(asyncio.SelectorEventLoop):
        def __getattribute__(self, name):
            if name == "_ready" and not inspect.currentframe().f_back.f_code.co_filename.endswith("base_events.py"):
                raise AttributeError(name)
            return super().__getattribute__(name)

    with VIRTUAL as amplify:
        log = []
        loop = Loop()
        try:
            loop.run_until_complete(asyncio.wait_for(nap(amplify, log, "a", 10, 10), None))
        finally:
            loop.close()
    assert log == [("a", 10), ("a", 20)]


# Other threads and loops


async def test_what_goes_on_in_another_thread_ends_before_the_others_wake_up():
    log = []

    async def poll(amplify):
        for _ in range(3):
            await asyncio.to_thread(threading.Event().wait, 0.01)
            await nap(amplify, log, "poll", 10)

    with VIRTUAL as amplify:
        watching = asyncio.create_task(nap(amplify, log, "watchdog", 600))
        await poll(amplify)
        assert not watching.done()
        watching.cancel()
    assert log == [("poll", 10), ("poll", 20), ("poll", 30)]


async def test_a_thread_that_waits_for_a_sleeper_does_not_stop_it():
    done = threading.Event()

    async def work():
        await asyncio.sleep(0.05)
        done.set()

    with VIRTUAL as amplify:
        _, was_done = await asyncio.gather(work(), asyncio.to_thread(done.wait, 5))
        assert was_done
        assert seconds(amplify) == 0.05


def test_loops_in_several_threads_sleep_beside_each_other():
    logs = {}
    start = threading.Barrier(2)

    def run(amplify, name, lengths):
        async def main():
            log = logs[name] = []
            start.wait(5)
            await asyncio.gather(nap(amplify, log, "a", *lengths), nap(amplify, log, "b", sum(lengths)))

        asyncio.run(main())

    with VIRTUAL as amplify:
        threads = [threading.Thread(target=run, args=(amplify, name, [1] * 50)) for name in ("first", "second")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 50 <= seconds(amplify) <= 100
    for log in logs.values():
        moments = [moment for _, moment in log]
        assert len(moments) == 51
        assert moments == sorted(moments)


# The end of the mock


async def test_a_sleep_that_outlives_its_mock_ends_as_it_began():
    with VIRTUAL as amplify:
        sleeping = asyncio.create_task(asyncio.sleep(1000))
        await asyncio.sleep(1)
    await sleeping
    assert seconds(amplify) == 1000


async def test_an_error_in_a_task_ends_everything():
    async def fail():
        await asyncio.sleep(10)
        raise ZeroDivisionError

    sleep = asyncio.sleep
    with pytest.raises(ZeroDivisionError):
        async with mock_amplify(sleep="virtual"):
            await asyncio.gather(fail(), fail())
    assert asyncio.sleep is sleep


def test_neither_mock_nor_loop_is_kept_alive():
    async def use():
        with mock_amplify(sleep="virtual") as amplify:
            await asyncio.gather(asyncio.sleep(10), asyncio.to_thread(time.sleep, 10))
        return weakref.ref(amplify), weakref.ref(asyncio.get_running_loop())

    refs = asyncio.run(use())
    gc.collect()
    assert [ref() for ref in refs] == [None, None]
