"""aiohttp is answered in memory, with all that it does by itself as it is with a server."""

import asyncio
import gc
import http
import io
import socket
import zlib

import aiohttp
import pytest
import yarl

from amplify_mock import mock_amplify
from amplify_mock.service.http import Response
from support.clients import client_of
from support.uploads import BODY, new_site, open_deployment, pieces, uploads

URL = "https://main.d1.amplifyapp.com/"


class Loopback(aiohttp.abc.AbstractResolver):
    """Finds every host on this machine."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self):
        pass


@pytest.fixture
def asked(amplify_mock, monkeypatch):
    """The requests that reached the mock; ``asked.answer`` makes the answers, which are "hello" at first."""

    class Asked(list):
        def answer(self, _request):
            return Response(200, {"Content-Type": "text/plain"}, b"hello")

    requests = Asked()

    def fetch(request):
        requests.append(request)
        return requests.answer(request)

    monkeypatch.setattr(amplify_mock, "fetch", fetch)
    return requests


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


# What is sent


async def test_a_body_may_come_in_pieces(amplify_mock, session):
    app_id, deployment = open_deployment()
    answer = await session.put(deployment["zipUploadUrl"], data=pieces([b"PK", b"", b"\x03\x04" * 50_000]))
    assert (answer.status, await answer.read()) == (200, b"")
    assert uploads(amplify_mock, app_id) == {"artifacts.zip": b"PK" + b"\x03\x04" * 50_000}


async def test_a_file_is_sent_with_its_length(session, asked, tmp_path):
    path = tmp_path / "site.zip"
    path.write_bytes(BODY * 20_000)
    with path.open("rb") as file:
        await session.put(URL, data=file)
    assert asked[0].body == BODY * 20_000
    assert asked[0].headers["content-length"] == str(len(BODY) * 20_000)


async def test_a_body_waits_for_the_sign_to_go_on(session, asked):
    seen = []

    async def body():
        seen.append(len(asked))
        yield b"the body"

    async with session.put(URL, data=body(), expect100=True) as answer:
        assert await answer.text() == "hello"
    assert (seen, asked[0].body, asked[0].headers["expect"]) == ([0], b"the body", "100-continue")


async def test_a_compressed_body_comes_as_it_was_sent(session, asked):
    await session.put(URL, data=BODY, compress="deflate")
    assert asked[0].headers["content-encoding"] == "deflate"
    assert zlib.decompress(asked[0].body) == BODY


async def test_a_form_is_sent(session, asked):
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(BODY), filename="site.zip")
    await session.post(URL, data=form)
    await session.post(URL, data={"a": "1"})
    await session.post(URL, json={"a": 1})
    assert BODY in asked[0].body
    assert asked[0].headers["content-type"].startswith("multipart/form-data; boundary=")
    assert [request.body for request in asked[1:]] == [b"a=1", b'{"a": 1}']


async def test_method_address_and_headers_arrive(session, asked):
    headers = [("X-Many", "one"), ("X-Many", "two"), ("X-Name", "grün")]
    await session.get(yarl.URL(f"{URL}a%2Fb?x=%7E", encoded=True), headers=headers)
    request = asked[0]
    assert (request.method, request.host, request.path, request.query) == (
        "GET",
        "main.d1.amplifyapp.com",
        "/a%2Fb",
        "x=%7E",
    )
    assert request.url == f"{URL}a%2Fb?x=%7E"
    assert (request.headers["x-many"], request.headers["x-name"]) == ("one, two", "grün")


async def test_a_body_that_fails_never_arrives(session, asked):
    async def body():
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises((ZeroDivisionError, aiohttp.ClientError)):
        await session.put(URL, data=body())
    assert asked == []


@pytest.mark.skipif(not hasattr(aiohttp, "UploadTracker"), reason="this aiohttp does not count what it sends")
async def test_what_is_sent_can_be_counted(session, asked):
    tracker, counted = aiohttp.UploadTracker(), []

    async def body():
        for _ in range(3):
            counted.append(tracker.bytes_written)
            yield b"12345"

    await session.put(URL, data=body(), upload_tracker=tracker)
    assert (counted, tracker.bytes_written) == ([0, 5, 10], 15)


# What is answered


async def test_an_answer_is_whole(session, asked):
    async with session.get(URL) as answer:
        assert (answer.ok, answer.reason, answer.url, answer.method) == (True, "OK", yarl.URL(URL), "GET")
        assert (answer.version, answer.content_type, answer.content_length) == (
            aiohttp.HttpVersion11,
            "text/plain",
            5,
        )
        assert await answer.text() == "hello"


async def test_an_answer_can_be_read_in_pieces(session):
    with mock_amplify():
        content = bytes(range(256)) * 4096
        _, url = new_site({"big.bin": content})
        async with session.get(f"{url}/big.bin") as answer:
            assert await answer.content.readexactly(300) == content[:300]
            rest = [chunk async for chunk in answer.content.iter_chunked(1000)]
    assert b"".join(rest) == content[300:]


async def test_a_head_has_a_length_and_no_body(amplify_mock, session):
    _, url = new_site({"index.html": b"home"})
    async with session.head(url) as answer:
        assert (answer.status, answer.headers["Content-Length"], await answer.read()) == (200, "4", b"")


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body_is_not_waited_for(session, asked, status):
    asked.answer = lambda _: Response(status, {}, b"never seen")
    async with session.get(URL) as answer:
        assert (answer.status, await answer.read()) == (status, b"")


async def test_cookies_are_kept(session, asked):
    asked.answer = lambda _: Response(200, {"Set-Cookie": "a=1", "set-cookie": "b=2"})
    await session.get(URL)
    await session.get(URL)
    assert sorted(asked[1].headers["cookie"].split("; ")) == ["a=1", "b=2"]


async def test_errors_can_be_raised(amplify_mock, session):
    _, deployment = open_deployment()
    with pytest.raises(aiohttp.ClientResponseError, match="Forbidden") as caught:
        await session.get(deployment["zipUploadUrl"], raise_for_status=True)
    assert caught.value.status == http.HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_errors_of_the_mock_reach_the_caller(asked, error):
    def fail(_request):
        raise error

    async def ask():
        async with aiohttp.ClientSession() as session:
            await session.get(URL)

    asked.answer = fail
    with pytest.raises(error):
        asyncio.run(ask())
    assert len(asked) == 1


async def test_there_is_no_web_socket(amplify_mock, session):
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(URL.replace("https", "wss"))


async def test_timeouts_do_not_run_out(amplify_mock):
    timeout = aiohttp.ClientTimeout(total=5, connect=0.001, sock_connect=0.001, sock_read=5)
    _, url = new_site({"index.html": b"home"})
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
        assert await answer.read() == b"home"


async def test_a_trace_sees_the_connection(amplify_mock):
    seen = []
    trace = aiohttp.TraceConfig()
    for name in ("connection_create_start", "connection_create_end", "request_end", "connection_reuseconn"):

        async def note(*_, name=name):
            seen.append(name)

        getattr(trace, f"on_{name}").append(note)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        for _ in range(2):
            await session.get(URL)
    assert seen == ["connection_create_start", "connection_create_end", "request_end"] * 2


# Sessions, proxies and loops


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_is_not_asked(session, asked, scheme):
    await session.get(f"{scheme}://main.d1.amplifyapp.com/a?b=c", proxy="http://me:secret@127.0.0.1:9")
    assert (asked[0].path, asked[0].query, asked[0].url) == (
        "/a",
        "b=c",
        f"{scheme}://main.d1.amplifyapp.com/a?b=c",
    )


async def test_a_proxy_of_the_environment_is_not_asked(asked, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with aiohttp.ClientSession(trust_env=True) as session:
        await session.get(URL)
    assert len(asked) == 1


async def test_a_session_asks_the_network_before_and_after_the_mock(httpserver):
    httpserver.expect_request("/").respond_with_data("from the network")
    url = f"http://main.d1.amplifyapp.com:{httpserver.port}/"

    async def ask():
        async with session.get(url) as answer:
            return answer.status, await answer.text()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=Loopback())) as session:
        assert await ask() == (200, "from the network")
        with mock_amplify():
            # The open connection of before is not used either.
            assert (await ask())[0] == http.HTTPStatus.NOT_FOUND
            async with session.get(httpserver.url_for("/")) as answer:
                assert await answer.text() == "from the network"
        assert await ask() == (200, "from the network")


async def test_no_connection_is_kept(asked):
    connector = aiohttp.TCPConnector(limit=1, limit_per_host=1)
    async with aiohttp.ClientSession(connector=connector) as session:
        for _ in range(3):
            async with session.get(URL) as answer:
                await answer.read()
            await session.get(URL)
        assert not connector._conns
        assert not connector._acquired
        answers = await asyncio.gather(*(session.get(URL) for _ in range(20)))
        assert [await answer.text() for answer in answers] == ["hello"] * 20
        assert not connector._conns


async def test_a_connection_ends_once(asked, monkeypatch):
    transports, ended = [], []

    class Connector(aiohttp.TCPConnector):
        async def connect(self, *args, **kwargs):
            connection = await super().connect(*args, **kwargs)
            end = connection.protocol.connection_lost
            monkeypatch.setattr(connection.protocol, "connection_lost", lambda error: ended.append(end(error)))
            transports.append(connection.transport)
            return connection

    async with aiohttp.ClientSession(connector=Connector()) as session:
        await session.get(URL)
        (transport,) = transports
        assert transport.is_closing()
        # Some versions do this again some time later.
        transport.abort()
        await asyncio.sleep(0)
    assert ended == [None]


async def test_answers_may_be_left_unread(session, asked):
    asked.answer = lambda _: Response(200, {}, b"x" * 1_000_000)
    (await session.get(URL)).close()
    (await session.get(URL)).release()
    await session.close()
    gc.collect()


async def test_a_request_that_is_given_up_when_it_was_sent_has_arrived(session, asked):
    async def body():
        yield b"the body"
        asking.cancel()

    asking = asyncio.ensure_future(session.put(URL, data=body(), headers={"Content-Length": "8"}))
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(0)
    assert [request.body for request in asked] == [b"the body"]


def test_every_event_loop_is_answered(amplify_mock):
    app_id, deployment = open_deployment()

    async def put(body):
        async with aiohttp.ClientSession() as session, session.put(deployment["zipUploadUrl"], data=body) as answer:
            return answer.status

    for body in (b"1", b"2", b"3"):
        assert asyncio.run(put(body), debug=True) == 200
        assert uploads(amplify_mock, app_id) == {"artifacts.zip": body}


async def test_a_signed_request_reaches_the_api(amplify_mock, session):
    client_of().create_app(name="shop")
    url = client_of().generate_presigned_url("list_apps")
    async with session.get(yarl.URL(url, encoded=True)) as answer:
        assert [app["name"] for app in (await answer.json())["apps"]] == ["shop"]
        assert len(answer.headers.getall("Date")) == 1
