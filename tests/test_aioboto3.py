"""aioboto3, which makes aiobotocore's clients in boto3's way."""

import asyncio

import boto3
import pytest

from amplify_mock import mock_amplify
from support.botocore_clients import app_names

aioboto3 = pytest.importorskip("aioboto3")

pytestmark = pytest.mark.usefixtures("no_default_session")


async def names(client):
    return [app["name"] for page in [page async for page in pages(client)] for app in page["apps"]]


def pages(client):
    return client.get_paginator("list_apps").paginate(PaginationConfig={"PageSize": 1})


async def test_a_client_made_inside_the_mock_needs_no_credentials_and_no_region():
    async with mock_amplify() as amplify, aioboto3.Session().client("amplify") as client:
        app = (await client.create_app(name="shop"))["app"]
        assert app["appArn"].startswith("arn:aws:amplify:us-east-1:123456789012:")
        assert list(amplify.backend().apps) == [app["appId"]]


async def test_a_session_and_a_client_made_before_the_mock_reach_it():
    session = aioboto3.Session(aws_access_key_id="111122223333", aws_secret_access_key="x", region_name="eu-west-1")
    async with session.client("amplify") as before:
        with mock_amplify():
            await before.create_app(name="shop")
            async with session.client("amplify") as client:
                assert await names(client) == ["shop"]
                (app,) = (await client.list_apps())["apps"]
    assert app["appArn"].startswith("arn:aws:amplify:eu-west-1:111122223333:")


async def test_boto3_and_aioboto3_share_their_state(amplify_mock):
    boto3.client("amplify", region_name="us-east-1").create_app(name="from boto3")
    async with aioboto3.Session().client("amplify", region_name="us-east-1") as client:
        await client.create_app(name="from aioboto3")
        assert sorted(await names(client)) == ["from aioboto3", "from boto3"]
    assert len(app_names(boto3.client("amplify", region_name="us-east-1"))) == 2


@mock_amplify
async def test_errors_are_those_of_the_client():
    async with aioboto3.Session().client("amplify") as client:
        with pytest.raises(client.exceptions.NotFoundException, match="App d123 not found"):
            await client.get_app(appId="d123")


async def test_200_calls_at_once_are_all_done(amplify_mock):
    async with aioboto3.Session().client("amplify") as client:
        await asyncio.gather(*(client.create_app(name=f"app{number}") for number in range(200)))
    assert {app.name for app in amplify_mock.backend().apps.values()} == {f"app{number}" for number in range(200)}


async def test_errors_are_retried_without_sleeping(amplify_mock, monkeypatch):
    slept, sleep = [], asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda delay, *_: slept.append(delay) or sleep(0))
    amplify_mock.fail("ListApps", "ThrottlingException", times=2, per_attempt=True)
    async with aioboto3.Session().client("amplify") as client:
        assert (await client.list_apps())["ResponseMetadata"]["RetryAttempts"] == 2
    assert set(slept) == {0}
