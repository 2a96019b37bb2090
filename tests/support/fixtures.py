"""Fixtures that tests of several files use."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import textwrap
import time

import boto3
import freezegun
import pytest
import time_machine
from botocore.httpsession import URLLib3Session

from amplify_mock import mock_amplify
from support.botocore_clients import respond
from support.jobs import START
from support.raw import post_to
from support.uploads import WAYS


@pytest.fixture
def no_default_session(monkeypatch):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def configure(monkeypatch, tmp_path):
    """Write ``~/.aws/config`` and ``~/.aws/credentials``."""

    def write(config="", credentials=""):
        for name, text in (("AWS_CONFIG_FILE", config), ("AWS_SHARED_CREDENTIALS_FILE", credentials)):
            path = tmp_path / name
            path.write_text(textwrap.dedent(text))
            monkeypatch.setenv(name, str(path))

    return write


@pytest.fixture
def network(monkeypatch):
    """The URLs of all requests that botocore would have sent, each of which is answered with nothing."""
    urls = []

    def send(_self, request):
        urls.append(request.url)
        return respond(body=b"")

    monkeypatch.setattr(URLLib3Session, "send", send)
    return urls


@pytest.fixture
def no_sockets(monkeypatch):
    """Fail whoever opens a connection, also to this machine."""

    def refuse(*_, **__):
        pytest.fail("a connection was opened")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(asyncio.BaseEventLoop, "sock_connect", refuse, raising=False)


@pytest.fixture
def slept(monkeypatch):
    """The seconds of each sleep, none of which is slept."""
    seconds = []
    monkeypatch.setattr(time, "sleep", seconds.append)
    return seconds


@contextlib.contextmanager
def frozen_by_freezegun():
    with freezegun.freeze_time(START) as clock:
        yield clock.tick


@contextlib.contextmanager
def frozen_by_time_machine():
    with time_machine.travel(START, tick=False) as clock:
        yield clock.shift


@pytest.fixture(params=[frozen_by_freezegun, frozen_by_time_machine])
def frozen(request):
    """What stops the clock and gives the function that moves it ahead."""
    return request.param


@pytest.fixture(params=["bare", "empty call", "settings"])
def decorator(request):
    forms = {"bare": mock_amplify, "empty call": mock_amplify(), "settings": mock_amplify(account_id="111122223333")}
    return forms[request.param]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def send(request):
    """One way after the other to send a request: ``send(method, url, body)``."""
    return request.param


@pytest.fixture
def post(amplify_mock):
    """What creates an app from a raw body, and gives the status, and the message or the app."""
    return lambda body: post_to(amplify_mock, "/apps", body)
