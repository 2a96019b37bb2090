"""Sleeping is virtual as long as a mock with sleep="virtual" is the innermost one, and then everything is as before."""

from __future__ import annotations

import asyncio
import time

import pytest

from amplify_mock import activation, mock_amplify
from support.sleeps import all_as_before, seconds


@pytest.fixture(autouse=True)
def _everything_is_as_before():
    with all_as_before():
        yield


# Which mock


def test_the_innermost_mock_decides(slept):
    with mock_amplify(sleep="virtual") as outer:
        time.sleep(1)
        with mock_amplify(isolated=True) as real:
            time.sleep(2)
            with mock_amplify(isolated=True, sleep="virtual") as inner:
                time.sleep(4)
        with mock_amplify() as shared:
            time.sleep(8)
    assert slept == [2]
    assert shared is outer
    assert (seconds(outer), seconds(real), seconds(inner)) == (9, 0, 4)


def test_a_virtual_mock_inside_a_real_one_ends_by_itself(slept):
    with mock_amplify():
        with mock_amplify(isolated=True, sleep="virtual") as inner:
            time.sleep(1)
        assert time.sleep == slept.append
    assert slept == []
    assert seconds(inner) == 1


def test_mocks_may_end_in_the_order_in_which_they_began():
    first, second = mock_amplify(sleep="virtual"), mock_amplify(isolated=True, sleep="virtual")
    real, virtual = time.sleep, first.start() and time.sleep
    second.start()
    first.stop()
    assert time.sleep is virtual
    second.stop()
    assert time.sleep is real


def test_the_setting_is_refused_inside_another_mock():
    with mock_amplify():
        with pytest.raises(TypeError, match=r"mock_amplify\(sleep=\.\.\.\)"):
            mock_amplify(sleep="virtual").start()
        assert time.sleep(0) is None


# Everything is as before


def test_stop_all_ends_it():
    real = time.sleep
    mock_amplify(sleep="virtual").start()
    mock_amplify(isolated=True, sleep="virtual").start()
    mock_amplify.stop_all()
    assert time.sleep is real


def test_decorators_and_errors_end_it():
    real = time.sleep

    @mock_amplify(sleep="virtual")
    def fail():
        assert time.sleep is not real
        time.sleep(1000)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert time.sleep is real


@pytest.fixture
@mock_amplify(sleep="virtual")
def slept_in_a_fixture():
    time.sleep(10)
    yield seconds(activation.current())
    time.sleep(1000)


def test_generator_fixtures_sleep_virtually(slept_in_a_fixture):
    assert slept_in_a_fixture == 10
    time.sleep(1000)


def test_a_mock_that_cannot_become_active_leaves_nothing(monkeypatch):
    with mock_amplify(sleep="virtual"):
        pass
    monkeypatch.setattr(activation._sleep._turns.patch, "apply", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mock_amplify(sleep="virtual").start()
    assert activation.active() == []


def test_somebody_elses_stand_in_is_put_back(monkeypatch, slept):
    stand_in = time.sleep
    monkeypatch.setattr(asyncio, "sleep", stand_in)
    with mock_amplify(sleep="virtual") as amplify:
        time.sleep(10)
        assert seconds(amplify) == 10
    assert time.sleep is asyncio.sleep is stand_in
    assert slept == []


def test_somebody_elses_stand_in_from_inside_the_mock_stays():
    slept, real = [], time.sleep
    try:
        with mock_amplify(sleep="virtual") as amplify:
            time.sleep = stand_in = slept.append
            time.sleep(10)
            assert seconds(amplify) == 0
        assert time.sleep is stand_in
        assert slept == [10]
    finally:
        time.sleep = real


@pytest.mark.parametrize("module", [time, asyncio])
def test_what_a_stand_in_puts_back_too_late_is_gone_after_the_next_mock(module):
    real = module.sleep
    with pytest.MonkeyPatch.context() as patch, mock_amplify(sleep="virtual"):
        patch.setattr(module, "sleep", lambda _: None)
    assert module.sleep is not real
    with mock_amplify(sleep="virtual") as amplify:
        time.sleep(10)
        asyncio.run(asyncio.sleep(10))
        assert seconds(amplify) == 20
    assert module.sleep is real
