"""However a mock ends, everything is as it was before: classes, clients, boto3's default session, the environment."""

from __future__ import annotations

import gc
import http.client
import os
import urllib.request
import weakref
from collections.abc import Iterator

import aiohttp
import boto3
import httpx
import pytest
import requests
import requests_mock
import urllib3
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.config import Config
from botocore.endpoint import Endpoint, EndpointCreator
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from botocore.signers import RequestSigner
from requests.adapters import HTTPAdapter

from amplify_mock import mock_amplify
from support.apps import create, is_mocked, names
from support.botocore_clients import EVENTS, KEYS, RETRY_MODES, busy_branch, new_client
from support.other_mocks import moto_around, moto_inside, responses_around, responses_inside

pytestmark = pytest.mark.usefixtures("no_default_session")


# Classes

PATCHED = [
    (Endpoint, "make_request"),
    (Session, "create_client"),
    (RequestSigner, "generate_presigned_url"),
    (requests.Session, "get_adapter"),
    (requests_mock.Adapter, "send"),
    (urllib3.HTTPConnectionPool, "urlopen"),
    (urllib.request.AbstractHTTPHandler, "do_open"),
    (http.client.HTTPConnection, "connect"),
    (http.client.HTTPSConnection, "connect"),
    (httpx.HTTPTransport, "handle_request"),
    (httpx.AsyncHTTPTransport, "handle_async_request"),
    (aiohttp.BaseConnector, "connect"),
]
CLASSES = {owner for owner, _ in PATCHED} | {
    AWSResponse,
    BaseClient,
    EndpointCreator,
    EventAliaser,
    HierarchicalEmitter,
    URLLib3Session,
    boto3.Session,
    HTTPAdapter,
    urllib3.HTTPSConnectionPool,
    urllib3.PoolManager,
    urllib.request.HTTPSHandler,
    urllib.request.OpenerDirector,
    httpx.Client,
    httpx.AsyncClient,
    aiohttp.ClientSession,
    aiohttp.TCPConnector,
}


def patched():
    return [id(vars(owner)[name]) for owner, name in PATCHED]


def class_contents():
    # By identity, because a wrapper says that it equals what it wraps. Python itself keeps __slotnames__ with classes
    # whose objects are copied.
    contents = {(cls, name): id(value) for cls in CLASSES for name, value in vars(cls).items()}
    return {key: value for key, value in contents.items() if key[1] != "__slotnames__"}


def test_classes_are_as_before():
    client = new_client()
    before, originals = class_contents(), patched()
    with mock_amplify():
        assert not set(patched()) & set(originals)
        new_client().list_apps()
        with mock_amplify(isolated=True):
            client.list_apps()
    assert class_contents() == before


def test_classes_are_as_before_when_a_test_fails():
    @mock_amplify
    def fail():
        new_client().list_apps()
        raise ZeroDivisionError

    before = class_contents()
    with pytest.raises(ZeroDivisionError):
        fail()
    assert class_contents() == before


def test_classes_are_as_before_when_mocks_end_in_the_order_in_which_they_began():
    before, originals = class_contents(), patched()
    outer, inner = mock_amplify(), mock_amplify(isolated=True)
    outer.start()
    inner.start()
    outer.stop()
    assert not set(patched()) & set(originals)
    inner.stop()
    assert class_contents() == before


def test_classes_are_as_before_when_a_setting_cannot_be_applied():
    before = class_contents()
    nested = mock_amplify(account_id="111122223333")
    with mock_amplify(), pytest.raises(TypeError):
        nested.start()
    assert class_contents() == before


@pytest.mark.parametrize("both", [moto_around, moto_inside, responses_around, responses_inside])
def test_classes_are_as_before_after_two_mocks(both):
    before = class_contents()
    with both():
        pass
    assert class_contents() == before


# Clients


def handlers(client):
    emitter = client.meta.events._emitter._handlers
    return {event: list(emitter.prefix_search(event)) for event in [*EVENTS, "after-call-error"]}


@pytest.mark.parametrize("mode", RETRY_MODES)
def test_the_client_is_as_before(slept, mode):
    client = new_client(config=Config(retries={"mode": mode}))

    def parts():
        return [handlers(client), *(dict(vars(part)) for part in (client, client._endpoint, client._request_signer))]

    too_many = client.exceptions.LimitExceededException
    before = parts()
    with mock_amplify():
        arguments = busy_branch(client)
        with pytest.raises(too_many):
            client.start_job(**arguments)
        assert parts() == before
    assert parts() == before
    assert sum(slept) == 0


# The default session and the environment


def test_there_is_no_default_session_afterwards_if_there_was_none():
    with mock_amplify():
        boto3.client("amplify").list_apps()
        assert boto3.DEFAULT_SESSION is not None
    assert boto3.DEFAULT_SESSION is None


def test_the_default_session_is_the_same_afterwards():
    boto3.setup_default_session(region_name="eu-west-1", **KEYS)
    before = boto3.DEFAULT_SESSION
    with mock_amplify():
        assert boto3.client("amplify").meta.region_name == "eu-west-1"
        boto3.setup_default_session(region_name="us-west-2")
        with mock_amplify():
            boto3.DEFAULT_SESSION = None
        assert boto3.DEFAULT_SESSION is None
    assert boto3.DEFAULT_SESSION is before
    assert before.get_credentials().access_key == KEYS["aws_access_key_id"]


def test_the_default_session_is_the_same_after_an_error():
    @mock_amplify
    def fail():
        boto3.setup_default_session(region_name="us-west-2")
        raise ZeroDivisionError

    boto3.setup_default_session(region_name="eu-west-1")
    before = boto3.DEFAULT_SESSION
    with pytest.raises(ZeroDivisionError):
        fail()
    assert boto3.DEFAULT_SESSION is before


def test_the_default_session_is_the_same_after_start_and_stop():
    boto3.setup_default_session(region_name="eu-west-1")
    before = boto3.DEFAULT_SESSION
    mock = mock_amplify()
    mock.start()
    boto3.setup_default_session(region_name="us-west-2")
    mock.stop()
    assert boto3.DEFAULT_SESSION is before


def test_a_default_session_made_between_two_stops_is_left_alone():
    mock = mock_amplify()
    mock.start()
    mock.stop()
    boto3.setup_default_session(region_name="eu-west-1")
    made = boto3.DEFAULT_SESSION
    mock.stop()
    assert boto3.DEFAULT_SESSION is made


def test_the_environment_is_exactly_as_before():
    before = dict(os.environ)
    with mock_amplify():
        boto3.client("amplify").list_apps()
        assert dict(os.environ) == before
    assert dict(os.environ) == before


def test_what_a_test_does_to_the_environment_is_its_own(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS["aws_access_key_id"])
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_amplify():
        boto3.client("amplify").list_apps()
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
        expected = dict(os.environ)
    assert dict(os.environ) == expected


# What was kept alive, and generators


def test_an_ended_mock_is_not_kept_alive():
    with mock_amplify() as amplify:
        create("shop")
    ended = weakref.ref(amplify)
    del amplify
    gc.collect()
    assert ended() is None


def test_a_mock_made_inside_another_one_does_not_keep_it_alive():
    with mock_amplify() as amplify:
        inner = mock_amplify()
        with inner:
            create("shop")
    ended = weakref.ref(amplify)
    del amplify
    gc.collect()
    assert ended() is None
    with inner:
        assert names() == []


def test_an_abandoned_generator_ends_its_mock_when_it_is_closed():
    def use() -> Iterator[list[str]]:
        with mock_amplify():
            create("shop")
            yield names()

    generator = use()
    assert next(generator) == ["shop"]
    assert is_mocked()
    generator.close()
    assert not is_mocked()


def test_an_abandoned_generator_ends_its_mock_when_it_is_collected():
    def use() -> Iterator[None]:
        with mock_amplify():
            yield

    for _ in use():
        break
    gc.collect()
    assert not is_mocked()


def test_generators_of_one_mock_may_end_in_the_order_in_which_they_began():
    def use(name: str) -> Iterator[None]:
        with mock_amplify:
            create(name)
            yield

    first, second = use("first"), use("second")
    next(first)
    next(second)
    first.close()
    assert names() == ["first", "second"]
    second.close()
    assert not is_mocked()
