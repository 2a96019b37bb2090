"""aiobotocore's clients reach the mock: whoever made them and when, with the state that boto3's clients have."""

import subprocess
import sys
import textwrap

import boto3
import botocore
import pytest

from amplify_mock import mock_amplify
from amplify_mock.blocking import AmplifyBlockedError, Block
from support.botocore_clients import KEYS
from support.botocore_clients import app_names as boto3_app_names
from support.botocore_clients import new_client as new_boto3_client

pytest.importorskip("aiobotocore")

from aiobotocore.client import AioBaseClient
from aiobotocore.config import AioConfig
from aiobotocore.endpoint import AioEndpoint
from aiobotocore.hooks import AioHierarchicalEmitter
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import AioSession, get_session
from aiobotocore.signers import AioRequestSigner

from support.aiobotocore_clients import app_names, new_client, respond

CLASSES = [
    AIOHTTPSession,
    AioBaseClient,
    AioEndpoint,
    AioHierarchicalEmitter,
    AioRequestSigner,
    AioSession,
]

pytestmark = pytest.mark.usefixtures("no_default_session")


@pytest.fixture
def network(monkeypatch):
    """The URLs of all requests that aiobotocore would have sent, each of which is answered with nothing."""
    urls = []

    async def send(_self, request):
        urls.append(request.url)
        return respond(body=b"")

    monkeypatch.setattr(AIOHTTPSession, "send", send)
    return urls


# Whoever made them, and when


async def test_a_client_made_before_the_mock_reaches_it(network):
    async with new_client() as client:
        with mock_amplify() as amplify:
            app_id = (await client.create_app(name="shop"))["app"]["appId"]
            assert list(amplify.backend().apps) == [app_id]
    assert network == []


async def test_a_client_made_inside_the_mock_reaches_it(network):
    with mock_amplify() as amplify:
        async with new_client() as client:
            app_id = (await client.create_app(name="shop"))["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]
    assert network == []


async def test_a_client_made_inside_one_mock_reaches_the_next(network):
    with mock_amplify():
        client = await new_client().__aenter__()
    with mock_amplify() as amplify:
        app_id = (await client.create_app(name="shop"))["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]
    await client.close()
    assert network == []


async def test_a_session_made_before_the_mock_makes_clients_that_reach_it(network):
    before = AioSession()
    with mock_amplify():
        async with before.create_client("amplify", region_name="us-east-1") as client:
            await client.create_app(name="shop")
            assert await app_names(client) == ["shop"]
    assert network == []


async def test_what_makes_a_client_may_be_older_than_the_mock(network):
    made = new_client()
    with mock_amplify():
        async with made as client:
            assert await app_names(client) == []
    assert network == []


def test_a_client_made_before_the_import_reaches_the_mock():
    script = textwrap.dedent(f"""
        import asyncio
        from aiobotocore.session import get_session

        async def main():
            async with get_session().create_client("amplify", region_name="us-east-1", **{KEYS!r}) as client:
                create_app = client.create_app
                from amplify_mock import mock_amplify
                with mock_amplify() as amplify:
                    app_id = (await create_app(name="shop"))["app"]["appId"]
                    assert list(amplify.backend().apps) == [app_id]

        asyncio.run(main(), debug=False)  # which would tell how long an import takes
        print("reached")
    """)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (run.stdout, run.stderr) == ("reached\n", "")


def test_aiobotocore_may_be_imported_inside_the_mock():
    script = textwrap.dedent("""
        import asyncio
        from amplify_mock import mock_amplify

        async def main():
            async with mock_amplify() as amplify:
                from aiobotocore.session import get_session
                async with get_session().create_client("amplify") as client:
                    app_id = (await client.create_app(name="shop"))["app"]["appId"]
                assert list(amplify.backend().apps) == [app_id]

        asyncio.run(main(), debug=False)  # which would tell how long an import takes
        print("reached")
    """)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (run.stdout, run.stderr) == ("reached\n", "")


@pytest.mark.parametrize("endpoint_url", ["http://localhost:4566", "https://proxy.example.com/aws/amplify/"])
@pytest.mark.parametrize("made", ["before", "inside"])
async def test_a_client_with_a_custom_endpoint_reaches_the_mock(endpoint_url, made, network):
    before = await new_client(endpoint_url=endpoint_url).__aenter__() if made == "before" else None
    with mock_amplify():
        client = before or await new_client(endpoint_url=endpoint_url).__aenter__()
        app_id = (await client.create_app(name="shop"))["app"]["appId"]
        await client.create_branch(appId=app_id, branchName="feature/x")
        branch = await client.get_branch(appId=app_id, branchName="feature/x")
        assert branch["branch"]["branchName"] == "feature/x"
    await client.close()
    assert network == []


@pytest.mark.parametrize(
    "config",
    [
        AioConfig(use_fips_endpoint=True),
        AioConfig(use_dualstack_endpoint=True),
        AioConfig(signature_version=botocore.UNSIGNED),
        AioConfig(signature_version="v4"),
        AioConfig(parameter_validation=False),
        AioConfig(defaults_mode="standard"),
        AioConfig(proxies={"https": "http://localhost:9"}),
    ],
)
async def test_a_client_with_any_configuration_reaches_the_mock(config, network):
    async with new_client(config=config) as before:
        with mock_amplify():
            await before.create_app(name="shop")
            async with new_client(config=config) as inside:
                assert await app_names(inside) == ["shop"]
    assert network == []


# One state with boto3


async def test_boto3_sees_what_aiobotocore_made_and_the_other_way_round():
    with mock_amplify() as amplify:
        sync = new_boto3_client()
        async with new_client() as client:
            await client.create_app(name="from aiobotocore")
            sync.create_app(name="from boto3")
            names = sorted(await app_names(client))
            assert names == sorted(boto3_app_names(sync)) == ["from aiobotocore", "from boto3"]
        assert [call.operation for call in amplify.calls] == ["CreateApp", "CreateApp", "ListApps", "ListApps"]


async def test_regions_and_accounts_are_those_of_boto3():
    account = {"aws_access_key_id": "111122223333", "region_name": "eu-west-1"}
    with mock_amplify() as amplify:
        async with new_client(**account) as client:
            arn = (await client.create_app(name="shop"))["app"]["appArn"]
        assert arn.startswith("arn:aws:amplify:eu-west-1:111122223333:apps/")
        assert boto3_app_names(new_boto3_client(**account)) == ["shop"]
        assert boto3_app_names(new_boto3_client()) == []
        assert len(amplify.backend("eu-west-1", "111122223333").apps) == 1


# However the mock is switched on


async def test_async_with():
    async with mock_amplify() as amplify, new_client() as client:
        await client.create_app(name="shop")
        assert [app.name for app in amplify.backend().apps.values()] == ["shop"]


@mock_amplify
async def test_a_decorated_test():
    async with new_client() as client:
        assert await app_names(client) == []
        await client.create_app(name="shop")
        assert await app_names(client) == ["shop"]


async def test_the_fixture(amplify_mock):
    async with new_client() as client:
        await client.create_app(name="shop")
    assert len(amplify_mock.backend().apps) == 1


async def test_an_inner_mock_answers_with_state_of_its_own():
    async with new_client() as client:
        with mock_amplify():
            await client.create_app(name="outer")
            with mock_amplify(isolated=True):
                assert await app_names(client) == []
            assert await app_names(client) == ["outer"]


# Beside moto's mock, whose answers are none that aiobotocore can await


@pytest.mark.parametrize("made", ["before", "inside"])
@pytest.mark.parametrize("order", ["moto_around", "moto_inside"])
async def test_beside_moto_our_mock_answers(order, made):
    pytest.importorskip("moto")
    from support import other_mocks

    # moto answers sessions that are younger than its import.
    session = get_session()
    before = await session.create_client("amplify", "us-east-1", **KEYS).__aenter__() if made == "before" else None
    with getattr(other_mocks, order)() as amplify:
        client = before or await session.create_client("amplify", "us-east-1").__aenter__()
        app_id = (await client.create_app(name="shop"))["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]
        s3 = boto3.Session().client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="site")
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["site"]
        assert await app_names(client) == ["shop"]
    await client.close()


# Where no mock is active


async def test_after_the_mock_calls_go_where_they_went_before(network):
    async with new_client() as before:
        with mock_amplify():
            inside = await new_client(endpoint_url="https://proxy.example.com/aws").__aenter__()
            await before.list_apps()
        await before.list_apps()
        await inside.list_apps()
        await inside.close()
    assert network == ["https://amplify.us-east-1.amazonaws.com/apps", "https://proxy.example.com/aws/apps"]


async def test_after_the_mock_a_client_reaches_its_server(httpserver):
    httpserver.expect_request("/apps").respond_with_json({"apps": []})
    with mock_amplify():
        client = await new_client(endpoint_url=httpserver.url_for("/")).__aenter__()
        await client.create_app(name="shop")
    assert await app_names(client) == []
    await client.close()
    (request, _) = httpserver.log[0]
    assert KEYS["aws_access_key_id"] in request.headers["Authorization"]


def test_after_the_mock_the_classes_are_as_before():
    def contents():
        # By identity, because a wrapper says that it equals what it wraps.
        return {(cls, name): id(value) for cls in CLASSES for name, value in vars(cls).items()}

    before = contents()
    with mock_amplify():
        assert contents() != before
    assert contents() == before


async def test_other_services_reach_the_network_with_their_credentials(network):
    signed = []
    with mock_amplify():
        async with new_client("s3") as s3:
            s3.meta.events.register("before-send", lambda request, **_: signed.append(request.headers["Authorization"]))
            await s3.list_buckets()
    assert KEYS["aws_access_key_id"].encode() in signed[0]
    assert len(network) == 1


async def test_a_blocked_call_is_refused_with_advice_and_nothing_is_sent(network):
    block = Block()
    block.begin()
    try:
        async with get_session().create_client("amplify") as client:
            with pytest.raises(AmplifyBlockedError, match=r"ListApps .*@mock_amplify"):
                await client.list_apps()
            with mock_amplify():
                assert await app_names(client) == []
    finally:
        block.end()
    assert network == []


@pytest.mark.usefixtures("no_sockets")
async def test_no_connection_is_opened():
    with mock_amplify():
        async with new_client(config=AioConfig(connector_args={"force_close": True})) as client:
            await client.create_app(name="shop")
            assert await app_names(client) == ["shop"]


def test_clients_of_boto3_are_as_always_where_aiobotocore_is_imported():
    with mock_amplify():
        client = boto3.client("amplify")
        client.create_app(name="shop")
        assert boto3_app_names(client) == ["shop"]
