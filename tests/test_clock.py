"""The mock's clock follows the system's, and goes ahead when it is told."""

from __future__ import annotations

import datetime

import pytest
from freezegun import freeze_time

from amplify_mock import mock_amplify
from amplify_mock.clock import Clock

NOON = datetime.datetime(2026, 1, 2, 12, 0, 0, 123000, tzinfo=datetime.timezone.utc)


@freeze_time("2026-01-02T12:00:00.123999Z")
def test_time_is_cut_to_milliseconds():
    with mock_amplify() as amplify:
        assert amplify.clock.now() == NOON


@freeze_time("2026-01-02T12:00:00.123Z")
def test_the_clock_goes_ahead_by_a_timedelta_or_its_keywords():
    with mock_amplify() as amplify:
        assert amplify.clock.advance(datetime.timedelta(minutes=1)) == NOON + datetime.timedelta(minutes=1)
        assert amplify.clock.advance(hours=1, seconds=0.5) == NOON + datetime.timedelta(minutes=61, seconds=0.5)
        assert amplify.clock.now() == NOON + datetime.timedelta(minutes=61, seconds=0.5)


@freeze_time("2026-01-02T12:00:00.123Z")
def test_the_clock_does_not_go_back():
    with mock_amplify() as amplify:
        with pytest.raises(ValueError, match="only goes ahead"):
            amplify.clock.advance(seconds=-1)
        assert amplify.clock.now() == NOON


def test_every_mock_has_a_clock_of_its_own():
    with mock_amplify() as outer:
        before = outer.clock.now()
        with mock_amplify(isolated=True) as inner:
            inner.clock.advance(days=1)
        assert outer.clock.now() - before < datetime.timedelta(hours=1)


def test_a_clock_of_its_own_can_be_moved():
    clock = Clock()
    before = clock.now()
    assert clock.advance(seconds=5) >= before + datetime.timedelta(seconds=5)


@pytest.mark.parametrize("days", [4_000_000, 1e8])
def test_a_clock_goes_no_further_than_dates_do(amplify_mock, days):
    before = amplify_mock.clock.now()
    with pytest.raises(ValueError, match="goes no further than 9000-01-01"):
        amplify_mock.clock.advance(days=days)
    assert amplify_mock.clock.now() - before < datetime.timedelta(days=1)


def test_a_clock_says_how_it_is_moved(amplify_mock):
    with pytest.raises(TypeError, match=r"and not 5\. The keywords are: weeks, days"):
        amplify_mock.clock.advance(5)
    with pytest.raises(TypeError, match=r"and not minute=\.\.\.\. The keywords are"):
        amplify_mock.clock.advance(minute=5)
