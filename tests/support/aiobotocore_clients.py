"""Clients of aiobotocore that are made as a test needs them, and what the network would answer them."""

from __future__ import annotations

import functools

from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from support.botocore_clients import KEYS


@functools.cache
def session():
    # One for all tests, because it keeps the service models, which take long to load.
    return get_session()


def new_client(service="amplify", **options):
    """Return what ``async with`` makes a client of."""
    return session().create_client(service, **{"region_name": "us-east-1", **KEYS, **options})


def once(**options):
    """Return the configuration of a client that tries once."""
    return AioConfig(retries={"total_max_attempts": 1}, **options)


class RawBody:
    def __init__(self, body):
        self._body = body
        self.raw_headers = []

    async def read(self):
        return self._body


def respond(status=200, body=b"{}", url="https://example.com/"):
    return AioAWSResponse(url, status, {}, RawBody(body))


async def app_names(client):
    return [app["name"] for app in (await client.list_apps())["apps"]]


async def busy_branch(client):
    """Return the arguments of a StartJob that is refused, because a job of the branch is running."""
    arguments = {"appId": await connected_app(client), "branchName": "main", "jobType": "RELEASE"}
    await client.start_job(**arguments)
    return arguments


async def connected_app(client):
    """Make an app that builds, with the branch main, and return its id."""
    app = await client.create_app(name="shop", repository="https://github.com/octo/shop", accessToken="t")
    app_id = app["app"]["appId"]
    await client.create_branch(appId=app_id, branchName="main")
    return app_id
