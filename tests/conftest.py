"""What holds for every test: no AWS of the machine it runs on, no network, and no mock that outlives its test."""

from __future__ import annotations

import importlib
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader

from amplify_mock import activation, mock_amplify

pytest.register_assert_rewrite("support")
pytest_plugins = ["pytester", "support.fixtures", "support.searches", "support.transports"]

# Runs of pytest inside a test forget the modules that they import first, and nothing may be there twice.
importlib.import_module("amplify_mock.blocking")
with mock_amplify():
    pass

# pytest-socket, where it is at work, has others in their place when a fixture looks.
_SOCKET, _GETADDRINFO = socket.socket, socket.getaddrinfo
_FIXTURES_THAT_LISTEN = {"httpserver", "listening", "loopback", "server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests with a server of their own open sockets, which pytest-socket refuses to all others."""
    for item in items:
        if _FIXTURES_THAT_LISTEN.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("enable_socket")


@pytest.fixture(autouse=True, scope="session")
def _no_aws_configuration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    nowhere = tmp_path_factory.mktemp("aws") / "nothing"
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_CONFIG_FILE", str(nowhere))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Fail whoever looks up or connects to another host, past every ``except Exception``."""
    connect, connect_ex, getaddrinfo = _SOCKET.connect, _SOCKET.connect_ex, _GETADDRINFO

    def check(host: Any) -> None:
        text = host.decode() if isinstance(host, bytes) else host
        if text is not None and text != "localhost" and not text.startswith("127.") and text != "::1":
            pytest.fail(f"the test tried to reach {text} over the network")

    def check_address(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            check(address[0])

    def checked_connect(self: socket.socket, address: Any) -> None:
        check_address(self, address)
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> int:
        check_address(self, address)
        return connect_ex(self, address)

    def checked_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_SOCKET, "connect", checked_connect)
        patch.setattr(_SOCKET, "connect_ex", checked_connect_ex)
        patch.setattr(socket, "getaddrinfo", checked_getaddrinfo)
        yield


@pytest.fixture(autouse=True, scope="session")
def _data_files_are_read_once() -> Iterator[None]:
    """Keep what botocore has read from its files: every session reads them anew, which takes longer than most tests."""
    load, kept = JSONFileLoader.load_file, {}

    def load_once(self: JSONFileLoader, path: str) -> Any:
        if path not in kept:
            kept[path] = load(self, path)
        return kept[path]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", load_once)
        yield


def _nothing_stays_active() -> Iterator[None]:
    # What is active before belongs to a test class, or to a fixture of a wider scope.
    before = activation.active()
    yield
    left = [each for each in activation.active() if each not in before]
    for each in left:
        activation.remove(each)
    assert not left, f"{len(left)} mocks are still active"


@pytest.fixture(autouse=True, scope="module")
def _no_module_leaves_a_mock_active() -> Iterator[None]:
    yield from _nothing_stays_active()


@pytest.fixture(autouse=True, scope="class")
def _no_class_leaves_a_mock_active() -> Iterator[None]:
    yield from _nothing_stays_active()


@pytest.fixture(autouse=True)
def _no_test_leaves_a_mock_active() -> Iterator[None]:
    yield from _nothing_stays_active()
