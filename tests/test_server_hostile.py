"""Requests that mean no good are refused, cost little, and leave the server as it was."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import random
import socket
import tracemalloc

import pytest

from amplify_mock import mock_amplify
from amplify_mock.server import listening
from amplify_mock.server.reading import LARGEST_CALL, LARGEST_UPLOAD
from amplify_mock.server.running import Server
from support.servers import ask, connection_to, left_open, received, send, status_of

pytestmark = pytest.mark.enable_socket

HEAD = b"Host: localhost\r\n"


@pytest.fixture(scope="module")
def shared():
    """A mock and its server, which no request here may change."""
    with mock_amplify(isolated=True) as amplify, amplify.serve() as server:
        yield amplify, server


@pytest.fixture
def server(shared, caplog):
    amplify, server = shared
    before = left_open()
    yield server
    assert amplify.backend().apps == {}
    assert ask(server, "GET", "/apps").json == {"apps": []}
    assert [record.getMessage() for record in caplog.records] == []
    assert left_open()[0] == before[0]


def request(target, method="GET", headers=b"", body=b""):
    return f"{method} {target} HTTP/1.1\r\n".encode("latin-1") + HEAD + headers + b"\r\n" + body


# Paths


@pytest.mark.parametrize(
    "target",
    [
        "/../../etc/passwd",
        "/apps/../../etc/passwd",
        "/apps/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/sites/d1/main/../../../etc/passwd",
        "/sites/d1/main/%2e%2e/%2e%2e/etc/passwd",
        "/sites/../main/",
        "/urls/../../x",
        "/urls/aws-amplify-prod-us-east-1-artifacts.s3.us-east-1.amazonaws.com/../../x",
        "/urls/aws-amplify-prod-us-east-1-artifacts.s3.us-east-1.amazonaws.com/%00",
        "/_amplify/../apps",
        "/%5Famplify/reset",
        "//_amplify/reset",
        "/_amplify//reset",
        "/_amplify/reset/",
        "/moto-api/reset/../../_amplify/reset",
        "/apps/%00",
        "/apps/%ff%fe",
        "/apps/" + "%2F" * 1000,
        "/apps/" + "a" * 10_000,
        "/" * 10_000,
        "/\\..\\..\\windows",
        "/apps/d1;x=y",
        "/apps/d1#fragment",
        "/apps/" + "x/" * 5000,
    ],
    ids=lambda target: target[:40],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT"])
def test_a_path_that_leads_astray_leads_nowhere(server, target, method):
    assert status_of(send(server, request(target, method))) in range(400, 500)


@pytest.mark.parametrize(
    "target",
    ["/apps/%", "/apps/%2", "/apps/%zz", "/%u0061pps", "/apps/ä", "/apps/\x1b[31m", "/\x00", "*", "apps", "ftp:apps",
     "http:///apps", "http://example.com/apps", "http://[/", "http://a@b/", "https://localhost", "/apps\x7f", "/\x85"],
)  # fmt: skip
def test_a_target_that_is_none_is_refused(server, target):
    assert status_of(send(server, request(target))) in (400, 421)


# Requests that are not HTTP


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"hello\r\n\r\n",
        b"GET\r\n\r\n",
        b"get /apps HTTP/1.1\r\n\r\n",
        b"GET  /apps HTTP/1.1\r\n\r\n",
        b"GET /apps HTTP/11\r\n\r\n",
        b"GET /apps HTTP/1.1\nHost: localhost\n\n",
        b"GET /apps HTTP/1.1\r\nHost localhost\r\n\r\n",
        b"GET /apps HTTP/1.1\r\nHost: localhost\r\nHost: example.com\r\n\r\n",
        b"GET /apps HTTP/1.1\r\n Host: localhost\r\n\r\n",
        b"GET /apps HTTP/1.1\r\nHost: localhost\r\nA\x00: b\r\n\r\n",
        request("/apps", "POST", b"Content-Length: -1\r\n"),
        request("/apps", "POST", b"Content-Length: x\r\n"),
        request("/apps", "POST", b"Content-Length: 1, 2\r\n"),
        request("/apps", "POST", b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{}"),
        request("/apps", "POST", b"Content-Length: " + b"9" * 5000 + b"\r\n"),
        request("/apps", "POST", b"Transfer-Encoding: chunked, gzip\r\n", b"0\r\n\r\n"),
        request("/apps", "POST", b"Transfer-Encoding: chunked\r\n", b"zz\r\n\r\n"),
        request("/apps", "POST", b"Transfer-Encoding: chunked\r\n", b"2\r\n{}xx0\r\n\r\n"),
        request("/apps", "POST", b"Transfer-Encoding: chunked\r\n", b"2;" + b"\x00" * 10 + b"\r\n{}\r\n0\r\n\r\n"),
        request("/apps", "POST", b"Transfer-Encoding: chunked\r\n", b"f" * 100_000),
        request("/apps", "POST", b"Transfer-Encoding: chunked\r\n", b"0\r\n" + b"a: b\r\n" * 100_000),
    ],
    ids=lambda data: repr(data[-30:]),
)
def test_what_is_not_http_is_refused(server, data):
    # 505 and 501 are for what a better server might understand.
    assert status_of(send(server, data)) in {None, 400, 404, 405, 413, 421, 501}


def test_nothing_follows_a_request_that_was_refused(server):
    smuggled = request("/apps", "POST", b"Content-Length: 16\r\n", b'{"name": "shop"}')
    refused = request("/apps", "POST", f"Content-Length: {LARGEST_UPLOAD + 1}\r\n".encode(), smuggled)
    answer = send(server, refused)
    assert status_of(answer) == 413
    assert answer.count(b"HTTP/1.1") == 1


def test_random_bytes_do_no_harm(server):
    source = random.Random(1)
    valid = request("/apps/d1/branches/main", "PATCH", b"Content-Length: 2\r\nAccept: */*\r\n", b"{}")
    for _ in range(150):
        data = bytearray(valid)
        for _ in range(source.randrange(1, 6)):
            data[source.randrange(len(data))] = source.randrange(256)
        status = status_of(send(server, bytes(data)))
        assert status is None or 200 <= status < 502


# Too much


def test_too_many_headers_are_refused(server):
    for headers in (b"A: " + b"b" * 70_000 + b"\r\n", b"A: b\r\n" * 20_000):
        assert status_of(send(server, request("/apps", headers=headers))) == 431
    assert status_of(send(server, request("/" + "a" * 70_000))) == 431


def test_a_body_over_the_size_is_refused_before_it_is_sent(server):
    for method in ("PUT", "POST"):
        head = request("/apps", method, f"Content-Length: {LARGEST_UPLOAD + 1}\r\nExpect: 100-continue\r\n".encode())
        answer = send(server, head)
        assert status_of(answer) == 413
        assert b"100 Continue" not in answer


@pytest.mark.parametrize(
    ("size", "is_chunked", "status"),
    [
        (999_999, False, 200),
        (1_000_000, False, 413),
        # The lines between the chunks count as well.
        (999_900, True, 200),
        (1_000_000, True, 413),
    ],
)
def test_the_largest_body_is_taken_and_a_larger_one_is_not(size, is_chunked, status):
    with (
        mock_amplify(isolated=True) as amplify,
        Server(amplify, host="127.0.0.1", port=0, largest_body=999_999) as server,
    ):
        app_id = ask(server, "POST", "/apps", {"name": "shop"}).json["app"]["appId"]
        ask(server, "POST", f"/apps/{app_id}/branches", {"branchName": "main"})
        url = ask(server, "POST", f"/apps/{app_id}/branches/main/deployments", "{}").json["zipUploadUrl"]
        length, body = f"Content-Length: {size}\r\n", bytes(size)
        if is_chunked:
            length, body = "Transfer-Encoding: chunked\r\n", f"{size:x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        answer = send(server, request(url.removeprefix(server.url), "PUT", length.encode(), body))
        assert status_of(answer) == status
        uploads = amplify.backend().apps[app_id].branches["main"].jobs["1"].uploads
        assert [len(each) for each in uploads.values()] == ([size] if status == 200 else [])


def test_a_body_that_is_to_be_taken_apart_has_a_smaller_limit(server):
    body = b'{"name": "' + b"a" * LARGEST_CALL + b'"}'
    for target in ("/apps", "/_amplify/reset"):
        answer = ask(server, "POST", target, body)
        assert (answer.status, str(LARGEST_CALL) in answer.message) == (413, True)
    assert ask(server, "PUT", "/apps", body).status == 405


@pytest.mark.parametrize("target", ["/apps", "/_amplify/clock"])
@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"", "gzip", 400),
        (b"{}", "gzip", 400),
        (gzip.compress(b'{"name": "shop"}' * 100)[:-9], "gzip", 400),
        (gzip.compress(b"{}") + b"x", "gzip", 400),
        (gzip.compress(b"{}")[:4] + b"\xff" * 20, "gzip", 400),
        (gzip.compress(gzip.compress(b"{}")), "gzip", 400),
        (b"{}", "br", 415),
        (b"{}", "gzip, gzip", 415),
    ],
    ids=["empty", "plain", "cut off", "longer", "damaged", "twice", "unknown", "several"],
)
def test_what_is_badly_compressed_is_refused(server, target, body, encoding, status):
    answer = ask(server, "POST", target, body, Content_Encoding=encoding)
    assert answer.status == status
    assert answer.message


def test_a_zip_bomb_costs_no_more_than_its_limit(server):
    bomb = gzip.compress(bytes(8 * LARGEST_CALL), 9)
    assert len(bomb) < LARGEST_CALL
    tracemalloc.start()
    try:
        answer = ask(server, "POST", "/apps", bomb, Content_Encoding="gzip")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status == 413
    assert most < 4 * LARGEST_CALL


@pytest.mark.parametrize("target", ["/apps", "/_amplify/push", "/_amplify/clock"])
@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b"\xff\xfe", b"\x00" * 1000, b'{"a":' * 100_000, b"[" * 1_000_000,
     b'{"name": NaN, "app_id": 1}', b'{"name": "\\ud800", "advance": 1, "app_id": "\\ud800"}',
     b'{"name": ' + b"9" * 100_000 + b"}"],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
def test_what_is_no_good_json_is_refused(shared, server, target, body):
    status = ask(server, "POST", target, body).status
    if target == "/apps" and b"ud800" in body:
        # Half a character is a name like any other for Amplify's model.
        ask(server, "POST", "/_amplify/reset")
        assert status in (200, 400)
    else:
        assert status == 400


# Slow and many clients


def test_slow_clients_keep_no_thread_and_are_closed(monkeypatch):
    monkeypatch.setattr(listening, "_IDLE", 0)
    with mock_amplify(isolated=True) as amplify, amplify.serve() as server, contextlib.ExitStack() as clients:
        slow = []
        for _ in range(30):
            connection = clients.enter_context(socket.create_connection((server.host, server.port), timeout=10))
            connection.sendall(b"GET /apps HTTP/1.1\r\nHost: loc")
            slow.append(connection)
        assert ask(server, "GET", "/apps").status == 200
        assert [received(connection) for connection in slow] == [b""] * 30


def test_clients_that_go_away_do_no_harm(server):
    upload = request("/urls/x/y", "PUT", b"Content-Length: 5000000\r\n", bytes(3_000_000))
    for data in (b"GET /ap", request("/apps"), upload, request("/apps") * 5):
        with contextlib.closing(connection_to(server)) as connection:
            connection.connect()
            connection.sock.sendall(data)
    assert ask(server, "GET", "/apps").status == 200


def test_requests_may_follow_each_other_without_waiting(server):
    answers = send(server, request("/apps") * 50)
    assert answers.count(b"HTTP/1.1 200 OK") == 50


def test_what_a_client_sends_is_not_repeated_as_it_came(server):
    text = "<script>alert(1)</script>"
    for target in (f"/{text}", f"/_amplify/{text}", f"/urls/{text}/", "/sites/<script>"):
        answer = send(server, request(target))
        assert b"text/html" not in answer.lower()
    answer = ask(server, "GET", "/apps", Host="<script>")
    assert json.loads(answer.body)["message"].startswith("The Host header")
    assert answer.headers["Content-Type"] == "application/json"


def test_headers_of_the_client_add_none_to_the_answer(server):
    with contextlib.closing(connection_to(server)) as connection:
        connection.putrequest("GET", "/sites/d1/a%0d%0aSet-Cookie:%20a=b", skip_host=True)
        connection.putheader("Host", "localhost")
        connection.endheaders()
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Set-Cookie"]) == (308, None)
        assert http.client.responses[308]
