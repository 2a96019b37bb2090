"""The plugin's option that refuses calls which no mock answers: nothing leaves the process, and the error advises."""

from __future__ import annotations

import concurrent.futures
import socket

import boto3
import botocore.session
import pytest
import wrapt
from botocore.config import Config
from botocore.endpoint import Endpoint
from botocore.session import Session
from botocore.stub import Stubber
from moto import mock_aws

from amplify_mock import mock_amplify
from amplify_mock.blocking import AmplifyBlockedError, Block
from support.botocore_clients import KEYS, RETRY_MODES, app_names, new_client, respond
from support.plugin_runs import IN_ORDER, run

pytestmark = pytest.mark.usefixtures("no_default_session")

ADVICE = r"ListApps .*@mock_amplify.*the fixture amplify_mock.*amplify_mock_block = false"


@pytest.fixture
def client():
    """A client that was made before."""
    return new_client()


@pytest.fixture
def block(client):
    block = Block()
    block.begin()
    yield block
    block.end()


@pytest.fixture
def listening():
    """The URL of a server on this machine, which nobody may connect to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(BlockingIOError):
            server.accept()


# What is refused


@pytest.mark.usefixtures("block")
def test_a_call_of_a_client_that_was_made_before_is_refused_with_advice(client, network):
    with pytest.raises(AmplifyBlockedError, match=ADVICE):
        client.list_apps()
    assert network == []


@pytest.mark.usefixtures("block")
def test_the_error_names_the_operation(client):
    with pytest.raises(AmplifyBlockedError, match=r"^CreateApp of AWS Amplify was called while no mock was active"):
        client.create_app(name="shop")


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize("mode", RETRY_MODES)
def test_the_error_surfaces_as_itself_without_a_retry(slept, mode):
    attempts = []
    client = new_client(config=Config(retries={"mode": mode}))
    client.meta.events.register("before-send", lambda **_: attempts.append(1))
    with pytest.raises(RuntimeError) as caught:
        client.list_apps()
    assert type(caught.value) is AmplifyBlockedError
    assert attempts == [1]
    assert sum(slept) == 0


@pytest.mark.usefixtures("block")
def test_no_connection_is_made(listening):
    client = new_client(endpoint_url=listening)
    with pytest.raises(AmplifyBlockedError, match=ADVICE):
        client.list_apps()
    with concurrent.futures.ThreadPoolExecutor() as pool, pytest.raises(AmplifyBlockedError, match=ADVICE):
        pool.submit(client.list_apps).result()


@pytest.mark.usefixtures("block")
def test_no_credentials_are_looked_for(listening, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", listening)
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with pytest.raises(AmplifyBlockedError, match=ADVICE):
        boto3.client("amplify").list_apps()
    with pytest.raises(AmplifyBlockedError, match=ADVICE):
        botocore.session.Session().create_client(service_name="amplify", region_name="eu-west-1").list_apps()


@pytest.mark.usefixtures("block")
def test_nothing_is_signed(client):
    headers = []
    client.meta.events.register("before-send", lambda request, **_: headers.append(set(request.headers)))
    with pytest.raises(AmplifyBlockedError):
        client.list_apps()
    assert not {"Authorization", "X-Amz-Date"} & headers[0]


@pytest.mark.usefixtures("block")
async def test_an_asynchronous_client_is_refused():
    session = pytest.importorskip("aiobotocore.session").get_session()
    async with session.create_client("amplify") as client:
        with pytest.raises(AmplifyBlockedError, match=ADVICE):
            await client.list_apps()


# What is not


@pytest.mark.usefixtures("block")
def test_mocks_answer(client):
    with mock_amplify():
        client.create_app(name="shop")
        assert app_names(boto3.client("amplify")) == ["shop"]
    with pytest.raises(AmplifyBlockedError):
        client.list_apps()


def test_a_mock_that_is_active_before_answers(client):
    block = Block()
    with mock_amplify():
        block.begin()
        client.create_app(name="shop")
        assert app_names(client) == ["shop"]
    with pytest.raises(AmplifyBlockedError):
        client.list_apps()
    with mock_amplify():
        assert app_names(client) == []
    block.end()


@pytest.mark.usefixtures("block")
def test_a_stubber_answers(client):
    with Stubber(client) as stubber:
        stubber.add_response("list_apps", {"apps": []})
        assert app_names(client) == []


@pytest.mark.usefixtures("block")
def test_an_event_handler_answers(client):
    client.meta.events.register("before-send.amplify.ListApps", lambda **_: respond(body=b'{"apps": [{"name": "a"}]}'))
    assert app_names(client) == ["a"]


@pytest.mark.usefixtures("block")
def test_what_an_event_handler_answers_is_retried_as_always(slept):
    client = new_client(config=Config(retries={"mode": "standard", "max_attempts": 1}))
    answers = [respond(500), respond(body=b'{"apps": []}')]
    client.meta.events.register("before-send", lambda **_: answers.pop(0))
    assert app_names(client) == []
    [seconds] = slept
    assert seconds > 0


@pytest.mark.usefixtures("block")
def test_moto_does_not_answer():
    with mock_aws(), pytest.raises(AmplifyBlockedError, match=ADVICE):
        boto3.client("amplify", "us-east-1").list_apps()


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize(("service", "operation"), [("s3", "list_buckets"), ("amplifybackend", "list_s3_buckets")])
def test_other_services_are_left_alone(network, service, operation):
    getattr(new_client(service), operation)()
    assert len(network) == 1


# The end


def functions():
    return [id(vars(Endpoint)["make_request"]), id(vars(Session)["create_client"])]


def test_botocore_is_as_before(client, network):
    before = functions()
    block = Block()
    block.begin()
    assert not set(functions()) & set(before)
    block.end()
    assert functions() == before
    client.list_apps()
    assert len(network) == 1


def test_a_patch_that_others_have_wrapped_in_the_meantime_lets_everything_through(monkeypatch, network):
    block = Block()
    block.begin()
    for owner, name in ((Endpoint, "make_request"), (Session, "create_client")):
        wrapper = wrapt.FunctionWrapper(vars(owner)[name], lambda wrapped, _, args, kwargs: wrapped(*args, **kwargs))
        monkeypatch.setattr(owner, name, wrapper)
    block.end()
    new_client().list_apps()
    assert len(network) == 1


def test_a_client_that_was_made_meanwhile_asks_for_credentials_afterwards(monkeypatch, network, block):
    client = boto3.client("amplify", "us-east-1")
    block.end()
    for name, value in KEYS.items():
        monkeypatch.setenv(name.upper(), value)
    client.list_apps()
    assert len(network) == 1


# The option

CALLS = """
import boto3
import pytest

client = boto3.client("amplify", "us-east-1")


def test_blocked():
    client.list_apps()


def test_mocked(amplify_mock):
    assert client.list_apps()["apps"] == []
"""


def test_the_option_blocks_for_the_whole_session_and_no_longer(pytester):
    before = functions()
    result = run(pytester, CALLS, head="", amplify_mock_block="true")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["E *AmplifyBlockedError: ListApps of AWS Amplify was called*"])
    assert functions() == before


def test_calls_at_import_are_blocked(pytester):
    result = run(pytester, CALLS + "\n\nclient.list_apps()\n", head="", amplify_mock_block="true")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E *AmplifyBlockedError: ListApps of AWS Amplify was called*"])


def test_nothing_is_blocked_by_default(pytester, network):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name.upper(), value)
        result = run(pytester, CALLS, head="")
    result.assert_outcomes(passed=2)
    assert len(network) == 1


def test_a_session_imports_nothing_that_it_does_not_need(pytester):
    pytester.makeconftest(
        """
import sys

import pytest


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    ours = {name for name in sys.modules if name.startswith("amplify_mock.")}
    block = config.getini("amplify_mock_block")
    assert (ours == {"amplify_mock.pytest_plugin"}) is not block
    assert not {"botocore", "boto3"} & set(sys.modules)
    assert ("wrapt" in sys.modules) is block
"""
    )
    for value, source in (("true", CALLS), ("false", "def test_mocked():\n    pass\n")):
        pytester.makepyfile(source)
        pytester.makeini(f"[pytest]\namplify_mock_block = {value}\n")
        result = pytester.runpytest_subprocess(*IN_ORDER)
        result.assert_outcomes(passed=1, failed=source.count("test_blocked"))
