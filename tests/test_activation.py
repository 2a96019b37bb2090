"""When a mock is active: with, async with, start, stop and stop_all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from amplify_mock import AmplifyMock, activation, mock_amplify
from support.apps import create, is_mocked, names

# with, async with


def test_with_gives_the_controller_and_ends() -> None:
    with mock_amplify as amplify:
        assert isinstance(amplify, AmplifyMock)
        app_id = create("shop")
        assert amplify.backend().apps[app_id].name == "shop"
    assert not is_mocked()


async def test_async_with_gives_the_controller_and_ends() -> None:
    async with mock_amplify() as amplify:
        app_id = create("shop")
        assert amplify.backend().apps[app_id].name == "shop"
    assert not is_mocked()


def test_each_with_starts_with_empty_state() -> None:
    mock = mock_amplify()
    with mock as first:
        create("shop")
    with mock as second:
        assert names() == []
    assert first is not second


def test_an_exception_leaves_with_as_itself_and_ends_the_mock() -> None:
    error = KeyError("mine")
    with pytest.raises(KeyError) as caught, mock_amplify():
        raise error
    assert caught.value is error
    assert not is_mocked()


async def test_a_cancelled_task_ends_its_mock() -> None:
    entered = asyncio.Event()

    async def wait() -> None:
        async with mock_amplify():
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await entered.wait()
    assert is_mocked()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_mocked()


async def test_overlapping_tasks_may_end_in_any_order() -> None:
    async def enter(entered: asyncio.Event, leave: asyncio.Event) -> None:
        async with mock_amplify:
            entered.set()
            await leave.wait()
            create("shop")

    first, second, first_leaves, second_leaves = (asyncio.Event() for _ in range(4))
    outer = asyncio.create_task(enter(first, first_leaves))
    await first.wait()
    inner = asyncio.create_task(enter(second, second_leaves))
    await second.wait()
    first_leaves.set()
    await outer
    assert names() == ["shop"]
    second_leaves.set()
    await inner
    assert not is_mocked()


# start, stop


def test_start_gives_the_controller_and_stop_ends() -> None:
    amplify = mock_amplify.start()
    app_id = create("shop")
    mock_amplify.stop()
    assert amplify.backend().apps[app_id].name == "shop"
    assert not is_mocked()


def test_starting_again_changes_nothing() -> None:
    mock = mock_amplify(account_id="111122223333")
    amplify = mock.start()
    create("shop")
    assert mock.start() is amplify
    assert names() == ["shop"]
    mock.stop()
    assert not is_mocked()


def test_stop_is_safe_to_repeat() -> None:
    mock = mock_amplify()
    mock.stop()
    mock.start()
    mock.stop()
    mock.stop()
    assert not is_mocked()


def test_stopping_a_mock_again_leaves_another_one_active() -> None:
    mock = mock_amplify()
    mock.start()
    mock.stop()
    with mock_amplify():
        mock.stop()
        assert is_mocked()


def test_a_mock_that_starts_after_its_stop_is_fresh() -> None:
    mock = mock_amplify()
    mock.start()
    create("shop")
    mock.stop()
    mock.start()
    assert names() == []
    mock.stop()


def test_stop_does_not_end_a_with_of_the_same_mock() -> None:
    with mock_amplify:
        mock_amplify.stop()
        assert is_mocked()


def test_a_mock_started_inside_its_own_with_lasts_until_stop() -> None:
    mock = mock_amplify()
    with mock:
        create("shop")
        mock.start()
    assert names() == ["shop"]
    mock.stop()
    assert not is_mocked()


def test_mocks_may_stop_in_the_order_in_which_they_started() -> None:
    outer, inner = mock_amplify(), mock_amplify()
    outer.start()
    create("shop")
    inner.start()
    outer.stop()
    assert names() == ["shop"]
    inner.stop()
    assert not is_mocked()


def test_isolated_mocks_may_stop_in_the_order_in_which_they_started() -> None:
    outer, inner = mock_amplify(), mock_amplify(isolated=True)
    outer.start()
    create("outer")
    inner.start()
    create("inner")
    outer.stop()
    assert names() == ["inner"]
    inner.stop()
    assert not is_mocked()


def test_the_controller_stops_its_mock_for_everyone_who_shares_it() -> None:
    amplify = mock_amplify().start()
    with mock_amplify() as shared:
        shared.stop()
        assert not is_mocked()
        amplify.stop()
    assert not is_mocked()


def test_the_controller_of_an_isolated_mock_stops_only_that() -> None:
    with mock_amplify():
        create("outer")
        with mock_amplify(isolated=True) as inner:
            inner.stop()
            assert names() == ["outer"]
        assert names() == ["outer"]


def test_a_mock_can_start_again_after_its_controller_stopped_it() -> None:
    mock = mock_amplify()
    amplify = mock.start()
    create("shop")
    amplify.stop()
    assert mock.start() is not amplify
    assert names() == []
    mock.stop()
    assert not is_mocked()


# stop_all


def test_stop_all_ends_whatever_is_active() -> None:
    mock_amplify().start()
    mock_amplify(isolated=True, account_id="111122223333").start()
    mock_amplify.start()
    mock_amplify.stop_all()
    assert activation.active() == []
    assert not is_mocked()


def test_stop_all_without_a_mock_does_nothing() -> None:
    mock_amplify.stop_all()
    assert not is_mocked()


def test_a_mock_that_was_stopped_with_all_others_ends_quietly_and_can_be_used_again() -> None:
    mock = mock_amplify()
    with mock:
        create("shop")
        mock_amplify.stop_all()
        assert not is_mocked()
    with mock:
        assert names() == []
    mock.start()
    mock_amplify().stop_all()
    mock.stop()
    assert not is_mocked()


def test_an_end_that_comes_after_stop_all_does_not_end_a_later_use() -> None:
    def use() -> Iterator[None]:
        with mock_amplify:
            yield

    abandoned, later = use(), use()
    next(abandoned)
    mock_amplify.stop_all()
    next(later)
    abandoned.close()
    assert is_mocked()
    later.close()
    assert not is_mocked()


def test_a_mock_that_was_ended_for_others_can_be_resumed() -> None:
    with mock_amplify() as outer, mock_amplify(isolated=True) as inner:
        ended = activation.active()[0]
        outer.stop()
        assert activation.current() is inner
        activation.resume(ended)
        assert activation.current() is outer
