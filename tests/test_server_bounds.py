"""Whatever clients send, the server takes no more memory than it says, and goes on answering the others."""

from __future__ import annotations

import contextlib
import json
import pathlib
import re
import socket

import pytest

from amplify_mock import mock_amplify
from support.hostile import BOMBS, request
from support.servers import ask, follow, new_app, received, running, send, status_of

pytestmark = pytest.mark.enable_socket

MIB = 1024 * 1024


def most_memory(process):
    """Return the most bytes of memory that a process has had."""
    status = pathlib.Path(f"/proc/{process.pid}/status")
    if not status.exists():
        pytest.skip("only Linux tells how much memory a process has had")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) * 1024


@pytest.fixture(scope="module")
def other():
    """A server in a process of its own, with a branch to deploy to."""
    with running() as (process, server):
        app_id = new_app(server)["appId"]
        ask(server, "POST", f"/apps/{app_id}/branches", {"branchName": "main"})
        # What it loads at first is not to be counted.
        deployed(server, app_id, b"PK")
        yield process, server, app_id


@pytest.fixture
def no_more_than(other):
    """Check how much more memory the server has taken in the meantime."""

    @contextlib.contextmanager
    def check(limit):
        process, server, _ = other
        before = most_memory(process)
        yield
        assert ask(server, "GET", "/apps").status == 200
        assert most_memory(process) - before < limit

    return check


def deployed(server, app_id, zip_file):
    branch = f"/apps/{app_id}/branches/main"
    opened = ask(server, "POST", f"{branch}/deployments", "{}").json
    follow(opened["zipUploadUrl"], "PUT", zip_file)
    ask(server, "POST", f"{branch}/deployments/start", {"jobId": opened["jobId"]})
    jobs = [ask(server, "GET", f"{branch}/jobs/{opened['jobId']}").json["job"] for _ in range(2)]
    return jobs[-1]["summary"]["status"], jobs[-1]["steps"][-1].get("statusReason", "")


# Memory


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__)
def test_a_zip_that_would_fill_the_memory_does_not(other, no_more_than, bomb):
    _, server, app_id = other
    data = bomb()
    with no_more_than(64 * MIB + 4 * len(data)):
        status, reason = deployed(server, app_id, data)
    # Zips in zips are files like others, and stay as they are.
    assert (status == "SUCCEED") == (bomb.__name__ == "nested_bomb"), reason
    assert reason == "" or re.search("unpacks to more than|damaged|overlap", reason)


DEEP = 100_000


@pytest.mark.parametrize("target", ["/apps", "/_amplify/clock", "/_amplify/faults"])
@pytest.mark.parametrize(
    "body",
    [
        b"[" * DEEP + b"]" * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b'{"name": ' + b'[{"a":' * DEEP + b"1" + b"}]" * DEEP + b"}",
        b'{"name": "' + b"\\u0041" * DEEP + b'"}',
        json.dumps({f"k{number}": number for number in range(DEEP)}).encode(),
        b'{"name": "a", ' + b", ".join([b'"name": "a"'] * DEEP) + b', "x": }',
    ],
    ids=["lists", "objects", "both", "escapes", "members", "the same member"],
)
def test_json_that_is_deep_or_wide_is_refused(other, no_more_than, target, body):
    with no_more_than(64 * MIB):
        assert ask(other[1], "POST", target, body).status == 400


@pytest.mark.parametrize(
    "headers",
    [
        b"".join(b"X-%d: b\r\n" % number for number in range(5000)),
        b"X: y\r\n" * 8000,
        b"X: " + b" " * 60_000 + b"\r\n",
        b"Cookie: " + b"a=b; " * 12_000 + b"\r\n",
        b"Accept-Encoding: " + b"gzip, " * 10_000 + b"\r\n",
    ],
    ids=["many", "the same", "blanks", "cookies", "encodings"],
)
def test_thousands_of_headers_are_refused_or_ignored(other, no_more_than, headers):
    with no_more_than(32 * MIB):
        for _ in range(20):
            assert status_of(send(other[1], request("/apps", headers=headers))) in {200, 400, 431}


@pytest.mark.parametrize(
    "headers",
    [b"X: a\0b\r\n", b"X\0: b\r\n", b"X: \x7f\x01\r\n", b"\0\r\n", b"X: a\r\n\0folded\r\n", b"Host: local\0host\r\n"],
    ids=repr,
)
def test_a_header_with_a_nul_does_no_harm(other, headers):
    assert status_of(send(other[1], request("/apps", headers=headers))) in {200, 400}


def test_uploads_that_never_end_are_kept_on_disk_and_then_nowhere(other, no_more_than):
    head = request("/urls/x/y", "PUT", headers=b"").replace(b"Content-Length: 0", b"Content-Length: 90000000")
    with no_more_than(48 * MIB), contextlib.ExitStack() as clients:
        for _ in range(40):
            connection = clients.enter_context(connected(other[1]))
            connection.sendall(head + bytes(2 * MIB))
        assert ask(other[1], "GET", "/apps").status == 200


# Slow clients


def connected(server):
    return socket.create_connection((server.host, server.port), timeout=10)


def test_clients_that_send_a_byte_now_and_then_keep_nobody_waiting(other):
    head = request("/apps", headers=b"X: " + b"a" * 100 + b"\r\n")
    with contextlib.ExitStack() as clients:
        slow = [clients.enter_context(connected(other[1])) for _ in range(100)]
        for number in range(20):
            for connection in slow:
                connection.sendall(head[number : number + 1])
            assert ask(other[1], "GET", "/apps").status == 200
        slow[0].sendall(head[20:])
        assert status_of(received(slow[0])) == 200


def test_clients_that_do_not_read_keep_nobody_waiting(other):
    with contextlib.ExitStack() as clients:
        for _ in range(20):
            connection = clients.enter_context(connected(other[1]))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            connection.sendall(request("/_amplify/").replace(b"Connection: close\r\n", b"") * 50)
        assert ask(other[1], "GET", "/apps").status == 200


# One request inside another


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        b"Content-Length: 6\r\nTransfer-Encoding: xchunked\r\n",
        b"Content-Length: 6\r\nTransfer-Encoding : chunked\r\n",
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Content-Length: 6\r\nContent-Length: 0\r\n",
        b"Content-Length: 0,6\r\n",
        b"Content-Length: +6\r\n",
        b"Content-Length: 6\r\n Transfer-Encoding: chunked\r\n",
        b"Content_Length: 0\r\nTransfer-Encoding: \x0bchunked\r\n",
    ],
    ids=repr,
)
def test_no_request_hides_in_the_body_of_another(headers):
    hidden = b'POST /apps HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16\r\n\r\n{"name": "hidden"}'
    with mock_amplify(isolated=True) as amplify, amplify.serve() as server:
        head = b"POST /apps HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n"
        answer = send(server, head + b"0\r\n\r\nX" + hidden)
        names = [app.name for app in amplify.backend().apps.values()]
        assert answer.count(b"HTTP/1.1 200") == len(names)
        assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4", b"HTTP/1.1 501"))
