"""Regions and credentials of aiobotocore's sessions: real ones are not looked for, read or refreshed inside a mock."""

import datetime

import httpx
import pytest

from amplify_mock import mock_amplify

pytest.importorskip("aiobotocore")

from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioDeferredRefreshableCredentials, AioRefreshableCredentials
from aiobotocore.session import AioSession, get_session

from support.aiobotocore_clients import app_names, new_client, respond

REAL_KEY = "AKIAREAL"


async def signed_with(client):
    """Return the Authorization header of a call, which a hook answers."""
    headers = []

    def answer(request, **_):
        headers.append(request.headers["Authorization"].decode())
        return respond(body=b'{"apps": []}')

    client.meta.events.register_first("before-send", answer, unique_id="answer")
    await client.list_apps()
    client.meta.events.unregister("before-send", answer, unique_id="answer")
    return headers[0]


def expired_credentials(refreshed):
    async def refresh():
        refreshed.append("refreshed")
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        return {"access_key": REAL_KEY, "secret_key": "s", "token": "t", "expiry_time": later.isoformat()}

    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    yield AioRefreshableCredentials("AKIAOLD", "s", "t", past, refresh, "sts")
    yield AioDeferredRefreshableCredentials(refresh, "sts")


# None are needed


@pytest.mark.usefixtures("no_sockets")
async def test_neither_region_nor_credentials_are_needed_and_nobody_asks_the_machines_metadata(monkeypatch):
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with mock_amplify():
        async with get_session().create_client("amplify") as client:
            assert client.meta.region_name == "us-east-1"
            assert (await client.create_app(name="shop"))["app"]["appArn"].split(":")[3:5] == [
                "us-east-1",
                "123456789012",
            ]


@pytest.mark.usefixtures("no_sockets")
async def test_nobody_asks_the_machines_metadata_where_it_is(monkeypatch):
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with mock_amplify():
        async with get_session().create_client("amplify", config=AioConfig(defaults_mode="auto")) as client:
            assert await app_names(client) == []
        async with get_session().create_client("amplify", config=AioConfig(defaults_mode="standard")) as standard:
            assert client.meta.config.retries == standard.meta.config.retries


@pytest.mark.usefixtures("no_sockets")
async def test_a_client_made_before_without_credentials_asks_nobody_for_them(monkeypatch):
    async with get_session().create_client("amplify", region_name="us-east-1") as client:
        monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
        with mock_amplify():
            assert await app_names(client) == []


async def test_the_profile_says_where_and_who(configure, monkeypatch):
    configure(
        config="[profile shop]\nregion = eu-central-1\n",
        credentials="[shop]\naws_access_key_id = 444455556666\naws_secret_access_key = x\n",
    )
    with mock_amplify():
        async with AioSession(profile="shop").create_client("amplify") as client:
            arn = (await client.create_app(name="shop"))["app"]["appArn"]
    assert arn.startswith("arn:aws:amplify:eu-central-1:444455556666:")


async def test_the_environment_says_where_and_who(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "444455556666")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    with mock_amplify():
        async with get_session().create_client("amplify") as client:
            arn = (await client.create_app(name="shop"))["app"]["appArn"]
    assert arn.startswith("arn:aws:amplify:ap-south-1:444455556666:")


# Real ones are left alone


@pytest.mark.parametrize("index", [0, 1], ids=["refreshable", "deferred"])
@pytest.mark.parametrize("made", ["before", "inside"])
async def test_expired_credentials_are_refreshed_only_after_the_mock(index, made):
    refreshed = []
    session = AioSession()
    session._credentials = list(expired_credentials(refreshed))[index]
    before = await session.create_client("amplify", region_name="us-east-1").__aenter__() if made == "before" else None
    with mock_amplify():
        client = before or await session.create_client("amplify", region_name="us-east-1").__aenter__()
        await client.create_app(name="shop")
        url = await client.generate_presigned_url("list_apps")
        async with httpx.AsyncClient() as http:
            answer = await http.get(url)
        assert refreshed == []
    assert "Credential=testing%2F" in url
    assert [app["name"] for app in answer.json()["apps"]] == ["shop"]
    assert REAL_KEY in await signed_with(client)
    assert refreshed == ["refreshed"]
    await client.close()


async def test_a_client_made_inside_without_credentials_asks_its_session_for_them_afterwards(monkeypatch):
    with mock_amplify():
        client = await get_session().create_client("amplify", region_name="us-east-1").__aenter__()
        await client.list_apps()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", REAL_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert REAL_KEY in await signed_with(client)
    await client.close()


async def test_a_presigned_url_is_of_the_account_inside_the_mock_and_after_it():
    async with new_client(aws_access_key_id="111122223333") as client:
        with mock_amplify():
            assert "Credential=111122223333%2F" in await client.generate_presigned_url("list_apps")
        assert "Credential=111122223333%2F" in await client.generate_presigned_url("list_apps")


async def test_credentials_given_to_the_session_say_who():
    session = AioSession()
    session.set_credentials("111122223333", "x")
    with mock_amplify():
        async with session.create_client("amplify", region_name="us-east-1") as client:
            assert ":111122223333:" in (await client.create_app(name="shop"))["app"]["appArn"]


async def test_whoever_reads_the_credentials_inside_gets_made_up_ones(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", REAL_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    with mock_amplify():
        async with get_session().create_client("amplify", region_name="us-east-1") as client:
            credentials = await client._request_signer._credentials.get_frozen_credentials()
    assert (credentials.access_key, credentials.secret_key) == ("testing", "testing")
