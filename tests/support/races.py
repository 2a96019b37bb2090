"""Many threads or many tasks that do the same thing at the same moment."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from support.clients import client_of

THREADS, TASKS = 16, 200
# Longer than anything here takes: who has not come back by then never will.
PATIENCE = 60


def at_once(*functions):
    """Run functions in threads that begin together, and return what each has returned; raise what one has raised."""
    barrier, results, errors = threading.Barrier(len(functions)), [None] * len(functions), []

    def run(number, function):
        try:
            barrier.wait(PATIENCE)
            results[number] = function()
        except BaseException as error:  # to be raised in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not [thread for thread in threads if thread.is_alive()], "some threads wait for each other"
    if errors:
        raise errors[0]
    return results


def in_threads(function, threads=THREADS):
    """Run ``function(number)`` in so many threads, and return all that they have returned."""
    return at_once(*((lambda number=number: function(number)) for number in range(threads)))


def new_client():
    """Return a client with a session of its own: sessions are not made for threads, clients are."""
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    return session.client("amplify", config=Config(retries={"total_max_attempts": 1}))


@functools.cache
def own_clients():
    return [new_client() for _ in range(THREADS)]


def shared_clients():
    return [client_of()] * THREADS


@contextlib.asynccontextmanager
async def boto3_in_threads():
    """Give a function that awaits calls of boto3's client, each in a thread."""

    async def call(operation, **parameters):
        return await asyncio.to_thread(getattr(client_of(), operation), **parameters)

    yield call


@contextlib.asynccontextmanager
async def aiobotocore_by_itself():
    """Give a function that awaits calls of aiobotocore's client, which needs no threads."""
    pytest.importorskip("aiobotocore")
    # It imports what need not be there.
    from support.aiobotocore_clients import new_client, once

    async with new_client(config=once()) as client:

        async def call(operation, **parameters):
            return await getattr(client, operation)(**parameters)

        yield call


# The ways in which tasks can call Amplify.
WAYS_OF_TASKS = [boto3_in_threads, aiobotocore_by_itself]


def code_of(error):
    return error.response["Error"]["Code"]


def unless_refused(call, **parameters):
    """Return what a call answers, or None if it was refused because of others."""
    try:
        return call(**parameters)
    except ClientError as error:
        if code_of(error) not in {"BadRequestException", "LimitExceededException", "NotFoundException"}:
            raise
        return None
