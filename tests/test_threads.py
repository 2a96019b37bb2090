"""Mocks that several threads use, start and stop."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from amplify_mock import activation, mock_amplify
from support.apps import create, is_mocked
from support.races import at_once

# Threads share one client, because making clients from one session is not safe in threads.


def test_a_mock_reaches_threads_that_run_before_it_and_threads_that_it_starts() -> None:
    client = boto3.client("amplify", region_name="us-east-1")
    started, found = threading.Event(), list[list[str]]()

    def wait_and_look() -> None:
        started.wait(10)
        found.append([app["name"] for app in client.list_apps()["apps"]])

    threads = [threading.Thread(target=wait_and_look)]
    threads[0].start()
    with mock_amplify():
        create("shop")
        threads.append(threading.Thread(target=wait_and_look))
        threads[1].start()
        started.set()
        for thread in threads:
            thread.join()
    assert found == [["shop"], ["shop"]]


def test_a_mock_can_be_stopped_in_another_thread() -> None:
    mock_amplify.start()
    thread = threading.Thread(target=mock_amplify.stop)
    thread.start()
    thread.join()
    assert not is_mocked()


def test_threads_may_enter_and_leave_the_same_mock_at_once() -> None:
    client = boto3.client("amplify", region_name="us-east-1")
    barrier, errors = threading.Barrier(8), list[BaseException]()

    def use(number: int) -> None:
        try:
            barrier.wait(10)
            for _ in range(20):
                with mock_amplify:
                    app_id = client.create_app(name=f"shop-{number}")["app"]["appId"]
                    client.get_app(appId=app_id)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert activation.active() == []
    assert not is_mocked()


@pytest.fixture
def _threads_take_turns_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("_threads_take_turns_often")
def test_threads_may_stop_all_at_once() -> None:
    mocks = [mock_amplify() for _ in range(500)]
    for mock in mocks:
        mock.start()
    at_once(*[mock_amplify.stop_all] * 4)
    assert activation.active() == []


def test_the_state_can_be_looked_at_while_others_change_it(amplify_mock):
    app_id = amplify_mock.add_app("shop").app_id
    stop = threading.Event()

    def make_branches():
        number = 0
        while not stop.is_set() and number < 40:
            number += 1
            amplify_mock.add_branch(app_id, f"b{number}")
            amplify_mock.add_job(app_id, f"b{number}", status="PENDING")

    maker = threading.Thread(target=make_branches)
    maker.start()
    try:
        while maker.is_alive():
            for branch in amplify_mock.apps[app_id].branches.values():
                assert {job.status for job in branch.jobs.values()} <= {"PENDING", "RUNNING"}
    finally:
        stop.set()
        maker.join()


def test_two_threads_that_leave_the_same_mock_at_once_both_leave() -> None:
    both, inside = threading.Barrier(2), threading.Barrier(2)

    class Entries(list[Any]):
        def remove(self, entry: Any, /) -> None:
            # Whoever has chosen what to leave waits for the other one to choose.
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(0.2)
            super().remove(entry)

    def use() -> None:
        with mock:
            inside.wait(10)

    mock = mock_amplify()
    mock._entered = Entries()
    at_once(use, use)
    assert activation.active() == []
