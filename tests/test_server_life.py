"""How a server begins and ends, and that nothing of it is left."""

from __future__ import annotations

import contextlib
import datetime
import importlib
import socket
import sys
import threading
import time

import boto3
import pytest
import time_machine

from amplify_mock import mock_amplify
from amplify_mock.service.http import Response
from support.jobs import ZIP
from support.servers import ask, ask_on, connection_to, left_open, new_app, received

pytestmark = pytest.mark.enable_socket


def is_listening(server):
    with contextlib.closing(socket.socket()) as client:
        return client.connect_ex((server.host, server.port)) == 0


def test_a_server_takes_a_free_port_of_the_loopback_interface(amplify_mock):
    with amplify_mock.serve() as first, amplify_mock.serve() as second:
        assert first.url == f"http://127.0.0.1:{first.port}"
        assert first.port != second.port
        assert first.is_local
        assert ask(second, "GET", f"/apps/{new_app(first)['appId']}").status == 200
        assert repr(first) == f"<server of amplify_mock at {first.url}>"
    assert repr(first) == f"<server of amplify_mock at {first.url}, stopped>"


def test_a_server_takes_the_port_that_it_is_given_and_gives_it_back(amplify_mock):
    with amplify_mock.serve() as first:
        port = first.port
        with pytest.raises(OSError, match="in use"):
            amplify_mock.serve(port)
    with amplify_mock.serve(port) as second:
        assert ask(second, "GET", "/apps").status == 200


@pytest.mark.parametrize(
    ("host", "url", "is_local"),
    [("localhost", "http://127.0.0.1:", True), ("0.0.0.0", "http://127.0.0.1:", False), ("::1", "http://[::1]:", True)],
)
def test_a_server_listens_where_it_is_told(amplify_mock, host, url, is_local):
    if host == "::1" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with amplify_mock.serve(host=host) as server:
        assert server.url.replace("[::1]", "127.0.0.1").startswith(url.replace("[::1]", "127.0.0.1"))
        assert server.is_local is is_local
        with contextlib.closing(connection_to(server)) as connection:
            assert ask_on(connection, "GET", "/apps").status == 200


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def test_a_host_of_another_machine_is_refused(amplify_mock):
    before = left_open()
    with pytest.raises(OSError, match="assign"):
        amplify_mock.serve(host="192.0.2.1")
    assert left_open() == before


# The end


def assert_nothing_is_left(before):
    """Wait a moment for what ends by itself."""
    deadline = time.perf_counter() + 5
    while left_open() != before and time.perf_counter() < deadline:
        time.sleep(0.01)
    assert left_open() == before


def stop(server, mock):
    server.stop()


def stop_twice(server, mock):
    server.stop()
    server.stop()


def stop_the_mock(server, mock):
    mock.stop()


def stop_all(server, mock):
    mock_amplify.stop_all()


def leave_it_to_the_with_block(server, mock):
    pass


@pytest.mark.parametrize("end", [stop, stop_twice, stop_the_mock, stop_all, leave_it_to_the_with_block])
def test_nothing_is_left(end):
    boto3.DEFAULT_SESSION = None
    before = left_open()
    with mock_amplify() as amplify, contextlib.ExitStack() as clients:
        server = amplify.serve()
        idle, half, unused = (clients.enter_context(contextlib.closing(connection_to(server))) for _ in range(3))
        ask_on(idle, "GET", "/apps")
        half.connect()
        half.sock.sendall(
            b"PUT /urls/x/y HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n" + bytes(9999998)
        )
        unused.connect()
        began = time.perf_counter()
        end(server, amplify)
        assert end is leave_it_to_the_with_block or not is_listening(server)
        assert time.perf_counter() - began < 0.9
    assert not is_listening(server)
    assert left_open() == before


def test_a_mock_that_others_still_use_keeps_its_server():
    with mock_amplify() as amplify:
        with mock_amplify() as same, same.serve() as server:
            assert same is amplify
        second = amplify.serve()
        with mock_amplify():
            pass
        assert is_listening(second)
        assert not is_listening(server)
    assert not is_listening(second)


def test_a_mock_that_has_ended_cannot_be_served():
    with mock_amplify() as amplify:
        pass
    with pytest.raises(RuntimeError, match="the mock has ended"):
        amplify.serve()


def started_job(server):
    app_id = new_app(server)["appId"]
    ask(server, "POST", f"/apps/{app_id}/branches", {"branchName": "main"})
    target = f"/apps/{app_id}/branches/main/deployments/start"
    ask(server, "POST", target, {"sourceUrl": ZIP})
    return f"/apps/{app_id}/branches/main/jobs/1"


def test_a_server_can_be_stopped_by_what_a_request_sets_off():
    before = left_open()
    with mock_amplify() as amplify:
        server = amplify.serve()
        amplify.on_event(lambda _: amplify.stop())
        job = started_job(server)
        for _ in range(3):
            with contextlib.suppress(OSError):
                ask(server, "GET", job)
    assert_nothing_is_left(before)
    assert not is_listening(server)


def test_a_request_that_takes_for_ever_does_not_keep_the_server_from_ending(monkeypatch):
    entered, may_end = threading.Event(), threading.Event()

    def wait(_):
        entered.set()
        may_end.wait(10)

    before = left_open()
    with mock_amplify() as amplify, amplify.serve() as server:
        monkeypatch.setattr(amplify, "handle", wait)
        with contextlib.closing(connection_to(server)) as connection:
            connection.request("GET", "/apps")
            assert entered.wait(10)
            began = time.perf_counter()
            server.stop()
            assert time.perf_counter() - began < 0.9
            assert received(connection.sock) == b""
        may_end.set()
    assert_nothing_is_left(before)


def test_an_answer_that_nobody_reads_does_not_keep_the_server_from_ending(monkeypatch):
    # More than the sockets' buffers take, and more than waitress keeps.
    body = bytes(40_000_000)
    before = left_open()
    with mock_amplify() as amplify, amplify.serve() as server:
        monkeypatch.setattr(amplify, "handle", lambda _: Response(200, {"Content-Length": str(len(body))}, body))
        with socket.create_connection((server.host, server.port), timeout=10) as connection:
            connection.sendall(b"GET /apps HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2)
            received(connection)
            began = time.perf_counter()
            server.stop()
            assert time.perf_counter() - began < 0.9
    assert_nothing_is_left(before)


def test_a_thread_that_is_late_wakes_nobody_up(amplify_mock):
    server = amplify_mock.serve()
    waitress = server._listener._server
    server.stop()
    # The number that the file had for waking up the server may be that of another file by now.
    waitress.pull_trigger()


def test_steered_clocks_do_not_matter(frozen):
    with frozen() as move, mock_amplify() as amplify, amplify.serve() as server:
        with contextlib.closing(connection_to(server)) as connection:
            assert ask_on(connection, "GET", "/apps").status == 200
            move(3600)
        assert ask(server, "GET", "/_amplify/clock").json["now"] == "2024-02-08T22:54:42.398Z"


def test_without_waitress_the_way_to_get_it_is_told(amplify_mock, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("amplify_mock.server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "waitress", None)
    with pytest.raises(ImportError, match=r"pip install 'amplify-mock\[server\]'"):
        amplify_mock.serve()
    monkeypatch.undo()
    importlib.import_module("amplify_mock.server.running")


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"port": "x"}, TypeError, "port must be a number from 0 to 65535, and not 'x'"),
        ({"port": True}, TypeError, "and not True"),
        ({"port": 70000}, ValueError, "from 0 to 65535, and not 70000"),
        ({"port": -1}, ValueError, "and not -1"),
        ({"host": None}, TypeError, "host must be a name or an address, such as '127.0.0.1', and not None"),
        ({"host": ""}, TypeError, "and not ''"),
    ],
)
def test_a_place_where_nobody_can_listen_is_refused(amplify_mock, wrong, error, words):
    with pytest.raises(error, match=words):
        amplify_mock.serve(**wrong)


def test_a_connection_stays_open_when_a_test_moves_the_time(amplify_mock):
    with (
        amplify_mock.serve() as server,
        time_machine.travel(time.time()) as traveller,
        contextlib.closing(connection_to(server)) as connection,
    ):
        for _ in range(3):
            connection.request("GET", "/apps")
            assert connection.getresponse().read()
            traveller.shift(datetime.timedelta(days=1))
            # The server looks for what to close once in a second.
            threading.Event().wait(1.2)
