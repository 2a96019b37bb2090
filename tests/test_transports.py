"""The clients that the same tests run with go the ways that they are named for."""

import inspect
import socket

import pytest

from support.transports import at_aws


@pytest.fixture
def connections(monkeypatch):
    """The addresses that somebody connects to."""
    addresses, connect = [], socket.socket.connect

    def note(self, address):
        addresses.append(address)
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", note)
    return addresses


def used(client, connections):
    """Return whether a client is one that awaits, and whether it connects to somebody."""
    client.create_app(name="shop")
    awaits = inspect.iscoroutinefunction(type(client._endpoint)._send_request)
    return awaits, bool(connections)


def test_boto3s_client_connects_to_nobody(boto3_client, connections):
    assert used(boto3_client, connections) == (False, False)


@pytest.mark.enable_socket
def test_the_same_through_a_server_connects_to_it(server_client, connections, amplify_mock):
    assert used(server_client, connections) == (False, True)
    assert len(amplify_mock.backend().apps) == 1


def test_aiobotocores_client_connects_to_nobody(aiobotocore_client, connections):
    assert used(aiobotocore_client, connections) == (True, False)


@pytest.mark.parametrize("url", ["https://example.com/a%20b?c=d", "http://127.0.0.1:8080/urls/example.com/a%20b?c=d"])
def test_urls_of_a_server_are_those_of_aws(url):
    assert at_aws(url) == "https://example.com/a%20b?c=d"
