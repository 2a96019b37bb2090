"""The fixture ``client``: the same test over boto3, over boto3 through a server, and over aiobotocore."""

from __future__ import annotations

import asyncio
import os
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.endpoint import Endpoint

from support.botocore_clients import new_client
from support.clients import client_of
from support.synchronous import SynchronousClient

OTHERS = ["server", "aiobotocore"]
ONCE = {"total_max_attempts": 1}
# Taken while no mock is active: it sends.
SENDING = Endpoint.make_request


@pytest.fixture(params=["boto3", *OTHERS])
def client(request, amplify_mock):
    """A client that tries once, inside the fixture ``amplify_mock``: each transport's, one after the other."""
    return request.getfixturevalue(f"{request.param}_client")


@pytest.fixture
def boto3_client(amplify_mock):
    return client_of()


@pytest.fixture
def server_client(amplify_mock):
    pytest.importorskip("waitress")
    server = amplify_mock.serve()
    client = new_client(endpoint_url=server.url, aws_access_key_id="testing", config=Config(retries=ONCE))
    # The mock would answer without the server: it is in this process too.
    client._endpoint.make_request = SENDING.__get__(client._endpoint)
    yield client
    client.close()
    server.stop()


@pytest.fixture
def aiobotocore_client(amplify_mock, _lasting_aiobotocore_client):
    return _lasting_aiobotocore_client


@pytest.fixture(scope="session")
def _lasting_aiobotocore_client():
    session = pytest.importorskip("aiobotocore.session").get_session()
    from aiobotocore.config import AioConfig

    made = session.create_client(
        "amplify",
        "us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=AioConfig(retries=ONCE),
    )
    loop = asyncio.new_event_loop()
    yield SynchronousClient(loop.run_until_complete(made.__aenter__()), loop.run_until_complete)
    loop.run_until_complete(made.__aexit__(None, None, None))
    loop.close()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Run all tests over boto3, but each one only once over each other transport, unless in CI: it would take long."""
    kept, left_out, known = [], [], set()
    for item in items:
        transport = item.callspec.params.get("client") if hasattr(item, "callspec") else None
        if transport not in OTHERS:
            kept.append(item)
            continue
        is_again = (item.function, transport) in known
        known.add((item.function, transport))
        (left_out if is_again and not os.environ.get("CI") else kept).append(item)
        if transport == "server":
            item.add_marker("enable_socket")
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


def at_aws(url):
    """Return a URL as Amplify hands it out: those that come through a server lead to the server."""
    parts = urlsplit(url)
    if parts.hostname != "127.0.0.1":
        return url
    host, _, path = parts.path.removeprefix("/urls/").partition("/")
    return parts._replace(scheme="https", netloc=host, path=f"/{path}").geturl()
