"""Bodies that are sent or read piece by piece, with each HTTP client."""

import asyncio
import http.client
import io
import urllib.request

import httpx
import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter

from support.uploads import (
    BODY,
    new_site,
    open_deployment,
    pieces,
    pool_for,
    uploads,
    with_a_requests_session,
    with_an_httpx_client,
    with_async_httpx,
    with_http_client,
    with_httpx,
    with_requests,
    with_urllib3,
    with_urllib_request,
)

LARGE = bytes(range(256)) * 1024


@pytest.fixture
def deployment(amplify_mock):
    return open_deployment()


@pytest.fixture
def url(deployment):
    return deployment[1]["zipUploadUrl"]


@pytest.fixture
def uploaded(amplify_mock, deployment):
    """Returns the body that was uploaded, or None."""
    return lambda: uploads(amplify_mock, deployment[0]).get("artifacts.zip")


@pytest.fixture
def headers(amplify_mock, monkeypatch):
    """The headers of each request."""
    seen, fetch = [], amplify_mock.fetch

    def note(request):
        seen.append(request.headers)
        return fetch(request)

    monkeypatch.setattr(amplify_mock, "fetch", note)
    return seen


def in_pieces(body, size=1000):
    return (body[start : start + size] for start in range(0, len(body), size))


# Sent


def test_a_large_body_in_pieces_arrives_whole(url, uploaded, send):
    assert send("PUT", url, in_pieces(LARGE, 60_000)).status == 200
    assert uploaded() == LARGE


def test_a_large_file_arrives_whole(url, uploaded, send, tmp_path):
    path = tmp_path / "site.zip"
    path.write_bytes(LARGE)
    with path.open("rb") as file:
        assert send("PUT", url, file).status == 200
    assert uploaded() == LARGE


def test_pieces_that_look_like_the_end_do_not_end_a_body(url, uploaded, send):
    awkward = [b"0\r\n\r\n", b"", b"\r\n\r\n", b"5\r\nhello", b"", b"\r"]
    assert send("PUT", url, (piece for piece in awkward)).status == 200
    assert uploaded() == b"".join(awkward)


@pytest.mark.parametrize(
    "way", [with_requests, with_a_requests_session, with_urllib3, with_urllib_request, with_httpx, with_http_client]
)
def test_a_generator_is_sent_in_chunks(url, headers, way):
    assert way("PUT", url, in_pieces(BODY, 3)).status == 200
    assert headers[-1]["transfer-encoding"] == "chunked"
    assert "content-length" not in headers[-1]


@pytest.mark.parametrize("way", [with_requests, with_a_requests_session, with_httpx, with_an_httpx_client])
def test_a_file_is_sent_with_its_length(url, headers, way):
    assert way("PUT", url, io.BytesIO(BODY)).status == 200
    assert headers[-1]["content-length"] == str(len(BODY))
    assert "transfer-encoding" not in headers[-1]


@pytest.mark.parametrize("body", [[BODY[:2], BODY[2:]], (BODY,), iter([BODY]), memoryview(BODY), bytearray(BODY)])
def test_urllib3_sends_what_can_be_iterated(url, uploaded, body):
    assert urllib3.request("PUT", url, body=body).status == 200
    assert uploaded() == BODY


def test_a_urllib3_pool_sends_chunks(url, uploaded, headers):
    pool, target = pool_for(url)
    with pool:
        pool.urlopen("PUT", target, BODY, chunked=True)
        assert (uploaded(), headers[-1]["transfer-encoding"]) == (BODY, "chunked")
        pool.urlopen("PUT", target, io.StringIO("text"))
    assert uploaded() == b"text"


@pytest.mark.parametrize("body", [[BODY[:2], BODY[2:]], iter([BODY]), io.BytesIO(BODY)])
def test_urllib_request_sends_what_can_be_iterated(url, uploaded, body):
    with urllib.request.urlopen(urllib.request.Request(url, data=body, method="PUT")) as answer:
        assert answer.status == 200
    assert uploaded() == BODY


def test_http_client_sends_a_body_by_hand(url, uploaded):
    pool, target = pool_for(url)
    connection = http.client.HTTPSConnection(pool.host)
    connection.putrequest("PUT", target)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.putheader("X-Many", "one", "two")
    connection.endheaders()
    connection.send(b"3;name=value\r\nabc\r\n")
    connection.send(b"0\r\nX-Trailer: 1\r\n\r\n")
    assert connection.getresponse().status == 200
    assert uploaded() == b"abc"


def test_http_client_hears_nothing_before_all_is_sent(url, uploaded):
    pool, target = pool_for(url)
    connection = http.client.HTTPSConnection(pool.host)
    connection.putrequest("PUT", target)
    connection.putheader("Content-Length", "10")
    connection.endheaders()
    connection.send(b"half")
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    assert uploaded() is None


def test_an_error_of_a_generator_reaches_the_caller(url, uploaded):
    def body():
        yield b"half"
        raise ZeroDivisionError

    for way in (with_requests, with_urllib3, with_urllib_request, with_httpx, with_async_httpx, with_http_client):
        with pytest.raises(ZeroDivisionError):
            way("PUT", url, body())
    assert uploaded() is None


def test_an_asynchronous_generator_is_sent_by_httpx(url, uploaded):
    async def ask():
        async with httpx.AsyncClient() as client:
            return await client.put(url, content=pieces([b"PK", b"", BODY]))

    assert asyncio.run(ask()).status_code == 200
    assert uploaded() == b"PK" + BODY


def test_what_httpx_cannot_send_it_refuses(url, uploaded):
    with pytest.raises(RuntimeError):
        httpx.put(url, content=pieces([BODY]))
    assert uploaded() is None


def test_forms_with_files_are_sent(url, uploaded):
    for put in (requests.put, httpx.put):
        put(url, files={"file": ("site.zip", io.BytesIO(BODY))}, data={"a": "1"}, timeout=5)
        assert BODY in uploaded()
        assert b'name="a"' in uploaded()


def test_a_session_with_an_adapter_of_its_own_sends_pieces(url, uploaded, headers):
    with requests.Session() as session:
        session.mount("https://aws-amplify", HTTPAdapter(pool_connections=1, pool_maxsize=1, pool_block=True))
        for _ in range(3):
            assert session.put(url, data=in_pieces(BODY, 2)).status_code == 200
    assert uploaded() == BODY
    assert [each["transfer-encoding"] for each in headers] == ["chunked"] * 3


# Read


@pytest.fixture
def large(amplify_mock):
    return new_site({"large.bin": LARGE})[1] + "/large.bin"


def test_requests_reads_in_pieces(large):
    with requests.get(large, stream=True, timeout=5) as answer:
        assert next(answer.iter_content(100)) == LARGE[:100]
        assert answer.raw.read(50) == LARGE[100:150]
        assert b"".join(answer.iter_content(10_000)) == LARGE[150:]
    with requests.get(large, stream=True, timeout=5):
        pass


def test_urllib3_reads_in_pieces(large):
    with urllib3.PoolManager() as pools:
        answer = pools.request("GET", large, preload_content=False)
        assert answer.read(100) == LARGE[:100]
        assert b"".join(answer.stream(10_000)) == LARGE[100:]
        answer.release_conn()
        unread = pools.request("GET", large, preload_content=False)
        unread.close()


def test_urllib_request_reads_in_pieces(large):
    with urllib.request.urlopen(large) as answer:
        assert answer.read(100) == LARGE[:100]
        assert answer.length == len(LARGE) - 100
        assert answer.read() == LARGE[100:]


def test_httpx_reads_in_pieces(large):
    with httpx.stream("GET", large) as answer:
        assert b"".join(answer.iter_bytes(10_000)) == LARGE
    with httpx.stream("GET", large):
        pass


def test_async_httpx_reads_in_pieces(large):
    async def ask():
        async with httpx.AsyncClient() as client, client.stream("GET", large) as answer:
            return b"".join([piece async for piece in answer.aiter_bytes(10_000)])

    assert asyncio.run(ask()) == LARGE


def test_a_part_can_be_asked_for(large):
    answer = requests.get(large, headers={"Range": "bytes=10-19"}, timeout=5)
    assert (answer.status_code, answer.content) == (206, LARGE[10:20])
