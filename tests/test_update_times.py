"""An update moves updateTime, unless the clock stands still; and no time lies ahead of the clock."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from freezegun import freeze_time

NOON = datetime.datetime(2026, 1, 2, 12, 0, tzinfo=datetime.timezone.utc)


@pytest.fixture
def changes(client):
    """Functions that change something, and return its updateTime."""
    app_id = client.create_app(name="shop")["app"]["appId"]
    branch = {"appId": app_id, "branchName": "main"}
    client.create_branch(**branch)
    webhook_id = client.create_webhook(**branch)["webhook"]["webhookId"]
    return [
        lambda: client.update_app(appId=app_id, name="shop")["app"]["updateTime"],
        lambda: client.update_branch(**branch, description="x")["branch"]["updateTime"],
        lambda: client.update_webhook(webhookId=webhook_id, description="x")["webhook"]["updateTime"],
    ]


def test_each_update_is_later_than_the_one_before(changes):
    for change in changes:
        times = [change() for _ in range(20)]
        assert times == sorted(set(times))
        assert times[-1] <= datetime.datetime.now(datetime.timezone.utc)


@freeze_time(NOON)
def test_under_freezegun_it_stays(changes):
    assert {change() for change in changes} == {NOON}


def test_under_a_time_machine_that_stands_still_it_stays(changes):
    with time_machine.travel(NOON + datetime.timedelta(days=9999), tick=False):
        assert {change() for change in changes for _ in range(2)} == {NOON + datetime.timedelta(days=9999)}
