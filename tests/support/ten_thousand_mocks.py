"""Ten thousand mocks that begin and end in every way, and what remains of them, in a process of their own.

Nothing else goes on there, so that a few objects more are theirs.
"""

from __future__ import annotations

import asyncio
import atexit
import collections
import contextlib
import gc
import itertools
import logging
import os
import signal
import sys
import threading
import time
import tracemalloc
import warnings

import boto3
from botocore.exceptions import ClientError

from amplify_mock import JobPlan, activation, mock_amplify
from support.clients import client_of
from support.jobs import ZIP, new_branch
from support.races import new_client

CYCLES = 10_000
# What may differ by accident: caches of Python and of botocore that fill up.
FEW_OBJECTS = 300
FEW_BYTES = 200_000


class Boom(Exception):
    """What goes wrong in a test."""


# Ways in which mocks begin and end


def the_body_fails():
    with mock_amplify():
        raise Boom


def somebody_interrupts():
    with mock_amplify() as amplify:
        amplify.add_app("shop")
        raise KeyboardInterrupt


def the_start_fails():
    with mock_amplify(), mock_amplify(account_id="111122223333"):
        raise AssertionError("another account inside a mock should be refused")


def an_inner_mock_fails():
    with mock_amplify(), mock_amplify(), mock_amplify(isolated=True) as inner:
        inner.add_app("shop")
        raise Boom


@mock_amplify(seed=1)
def a_function_fails():
    raise Boom


def the_order_is_wrong():
    one, two = mock_amplify(), mock_amplify(isolated=True)
    one.start()
    two.start()
    one.stop()
    two.stop()


def nobody_stops():
    mock_amplify(isolated=True).start()
    mock_amplify.stop_all()


def a_job_still_runs():
    with mock_amplify(plan=JobPlan(stuck_at="RUNNING"), quotas={"concurrent_jobs": 1}) as amplify:
        app_id = amplify.add_app("shop", branches=["main", "dev"]).app_id
        for name in ("main", "dev"):
            amplify.add_job(app_id, name, status="PENDING")
        amplify.snapshot()
        raise Boom


def a_listener_fails():
    with mock_amplify() as amplify:
        app_id = amplify.add_app("shop", branches=["main"]).app_id
        amplify.on_event(fail)
        amplify.add_job(app_id, "main", status="RUNNING")
        amplify.clock.advance(hours=1)


def fail(_event):
    raise Boom


def somebody_sleeps():
    with mock_amplify(sleep="virtual"):
        time.sleep(3600)
        raise Boom


def a_task_is_cancelled():
    async def sleep():
        async with mock_amplify(sleep="virtual"):
            await asyncio.sleep(3600)
            raise asyncio.CancelledError

    asyncio.run(sleep())


def a_generator_is_left():
    def use():
        with mock_amplify() as amplify:
            yield amplify

    next(use())


def faults_are_left():
    with mock_amplify() as amplify:
        amplify.fail("ListApps", "ThrottlingException", times=9)
        amplify.delay("GetApp", seconds=3)
        amplify.on("ListApps").respond({"apps": []})
        raise Boom


def a_call_fails():
    with mock_amplify():
        client_of().get_app(appId="dunknown")


def a_deployment_runs():
    with mock_amplify(uploads="required"):
        client_of().start_deployment(**new_branch(client_of()), sourceUrl=ZIP)
        raise Boom


def a_client_is_made():
    with mock_amplify():
        boto3.client("amplify").list_apps()
        new_client().list_apps()
        raise Boom


def a_server_runs():
    with mock_amplify() as amplify:
        amplify.serve()
        raise Boom


# One in so many is of these kinds; all others are of the first, which take the least time.
OFTEN = [the_body_fails, somebody_interrupts, the_start_fails, an_inner_mock_fails, a_function_fails,
         the_order_is_wrong, nobody_stops, a_generator_is_left]  # fmt: skip
NOW_AND_THEN = {
    10: [a_job_still_runs, a_listener_fails, faults_are_left, a_call_fails, a_deployment_runs],
    250: [somebody_sleeps, a_task_is_cancelled, a_server_runs],
    5000: [a_client_is_made],
}


def ways(cycles):
    often = itertools.cycle(OFTEN)
    others = {each: itertools.cycle(kinds) for each, kinds in NOW_AND_THEN.items()}
    for number in range(1, cycles + 1):
        yield next(others[max(each for each in others if number % each == 0)] if number % 10 == 0 else often)


def every_way():
    return [*OFTEN, *itertools.chain(*NOW_AND_THEN.values())]


def go_through(all_ways):
    for way in all_ways:
        with contextlib.suppress(Boom, KeyboardInterrupt, TypeError, ClientError, asyncio.CancelledError):
            way()
        assert activation.active() == []


# What may remain


def remains():
    """Return all that a mock could leave behind, beside memory."""
    emitter = client_of().meta.events._emitter._handlers
    return {
        "threads": threading.active_count(),
        "files": os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else None,
        "environment": dict(os.environ),
        "directory": os.getcwd(),
        "handlers of the client": {event: len(emitter.prefix_search(event)) for event in EVENTS},
        "handlers of logs": [*logging.getLogger().handlers, *logging.getLogger("amplify_mock").handlers],
        "handlers of signals": {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)},
        "handlers of the end": atexit._ncallbacks(),
        "hooks": [sys.excepthook, sys.unraisablehook, threading.excepthook, *sys.meta_path, *sys.path_hooks],
        "filters": list(warnings.filters),
        "callbacks": list(gc.callbacks),
        "sleeping": (time.sleep, asyncio.sleep),
        "session": boto3.DEFAULT_SESSION,
        "switches": (sys.getswitchinterval(), sys.getrecursionlimit(), sys.gettrace()),
    }


EVENTS = [
    "before-send.amplify",
    "request-created.amplify",
    "before-call.amplify",
    "needs-retry.amplify",
    "choose-signer",
]


def objects():
    # What one collection finds may let go of more.
    while gc.collect():
        pass
    return collections.Counter(type(each) for each in gc.get_objects())


def count_objects():
    """Raise an AssertionError if anything remains of ten thousand mocks."""
    # Every way once or twice, so that what is loaded once is loaded.
    go_through(every_way() * 2)
    before, objects_before = remains(), objects()
    go_through(ways(CYCLES))
    more = objects() - objects_before
    assert remains() == before
    assert sum(more.values()) < FEW_OBJECTS, more.most_common(5)
    assert [kind for kind in more if kind.__module__.startswith("amplify_mock") and more[kind] > 2] == []


def weigh():
    """Raise an AssertionError if memory remains of a thousand mocks."""
    go_through(every_way() * 2)
    gc.collect()
    tracemalloc.start()
    try:
        go_through([*every_way(), *ways(200)])
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        go_through(ways(1000))
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < FEW_BYTES, after - before


if __name__ == "__main__":
    {"objects": count_objects, "memory": weigh}[sys.argv[1]]()
