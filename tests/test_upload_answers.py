"""What PUT to the URLs of CreateDeployment is answered: whole answers of each HTTP client, and refusals."""

import asyncio
import hashlib
import http.client
import re
import urllib.error
import urllib.request
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import freezegun
import httpx
import pytest
import requests
import urllib3
from botocore.exceptions import ReadTimeoutError

from amplify_mock import mock_amplify
from amplify_mock.service.http import Response
from support.clients import client_of
from support.uploads import (
    BODY,
    WAYS,
    new_site,
    open_deployment,
    uploads,
    with_a_requests_adapter,
    with_aiohttp,
    with_an_aiohttp_connector,
    with_botocores_http_session,
    with_httpx,
    with_requests,
    with_urllib3,
    with_urllib_request,
)

# Answers are whole


def test_an_answer_of_requests_is_whole(amplify_mock):
    _, deployment = open_deployment()
    url = deployment["zipUploadUrl"]
    with requests.Session() as session:
        seen = []
        answer = session.put(url, data=BODY, stream=True, hooks={"response": lambda got, **_: seen.append(got)})
    assert (answer.ok, answer.reason, answer.url, answer.request.method) == (True, "OK", url, "PUT")
    assert answer.raw.read() == b""
    assert answer.elapsed.total_seconds() >= 0
    assert seen == [answer]
    with pytest.raises(requests.HTTPError, match="403"):
        requests.get(url, timeout=5).raise_for_status()


def test_an_answer_of_urllib3_is_whole(amplify_mock):
    _, deployment = open_deployment()
    answer = urllib3.request("PUT", deployment["zipUploadUrl"], body=BODY, preload_content=False)
    assert (answer.status, answer.reason, answer.version, answer.read()) == (200, "OK", 11, b"")
    answer.release_conn()
    assert answer.geturl()


def test_an_answer_of_urllib_request_is_whole(amplify_mock):
    _, deployment = open_deployment()
    url = deployment["zipUploadUrl"]
    with urllib.request.urlopen(urllib.request.Request(url, data=BODY, method="PUT")) as answer:
        assert (answer.status, answer.reason, answer.msg, answer.geturl()) == (200, "OK", "OK", url)
        assert answer.info()["ETag"]
    with pytest.raises(urllib.error.HTTPError, match="Forbidden") as caught:
        urllib.request.urlopen(url)
    with caught.value:
        assert b"SignatureDoesNotMatch" in caught.value.read()


def test_an_answer_of_httpx_is_whole(amplify_mock):
    _, deployment = open_deployment()
    url = deployment["zipUploadUrl"]
    answer = httpx.put(url, content=BODY)
    assert (answer.is_success, answer.reason_phrase, str(answer.url), answer.http_version) == (
        True,
        "OK",
        str(httpx.URL(url)),
        "HTTP/1.1",
    )
    assert answer.elapsed.total_seconds() >= 0
    assert answer.raise_for_status() is answer
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        httpx.get(url).raise_for_status()


def test_an_answer_of_async_httpx_is_whole(amplify_mock):
    _, deployment = open_deployment()

    async def ask():
        async with httpx.AsyncClient() as client:
            answer = await client.put(deployment["zipUploadUrl"], content=BODY)
            async with client.stream("PUT", deployment["zipUploadUrl"], content=BODY) as streamed:
                pieces = [piece async for piece in streamed.aiter_raw()]
        return answer, pieces

    answer, pieces = asyncio.run(ask())
    assert answer.elapsed.total_seconds() >= 0
    assert b"".join(pieces) == b""


# Answers of every form

SITE = "https://main.d1.amplifyapp.com/"


@pytest.fixture
def answers(amplify_mock, monkeypatch):
    """Lets the mock give one answer to everything."""

    def give(*response):
        monkeypatch.setattr(amplify_mock, "fetch", lambda _: Response(*response))

    return give


def test_the_time_is_there_once(send):
    with freezegun.freeze_time("2026-03-01 12:00:00"), mock_amplify() as amplify:
        _, deployment = open_deployment()
        amplify.clock.advance(hours=1)
        assert send("PUT", deployment["zipUploadUrl"], BODY).headers["date"] == "Sun, 01 Mar 2026 13:00:00 GMT"


@pytest.mark.parametrize("name", ["Date", "date"])
def test_a_time_that_is_there_stays(answers, send, name):
    answers(200, {name: "Sun, 01 Mar 2026 13:00:00 GMT"})
    assert send("GET", SITE, None).headers["date"] == "Sun, 01 Mar 2026 13:00:00 GMT"


def test_an_answer_of_the_api_has_one_time(amplify_mock):
    url = client_of().generate_presigned_url("list_apps")
    connection = http.client.HTTPSConnection("amplify.us-east-1.amazonaws.com")
    connection.request("GET", url.partition("amazonaws.com")[2])
    assert len(connection.getresponse().headers.get_all("Date")) == 1


def test_a_head_has_the_length_of_a_body_but_none(amplify_mock, send):
    _, url = new_site({"index.html": b"home"})
    answer = send("HEAD", f"{url}/index.html", None)
    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "4", b"")


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("HEAD", 404), ("GET", 204), ("GET", 304)])
def test_a_body_where_none_may_be_is_not_sent(answers, send, method, status):
    answers(status, {"Content-Length": "5"} if status != 204 else {}, b"hello")
    answer = send(method, SITE, None)
    assert (answer.status, answer.body) == (status, b"")


def test_a_body_without_a_length_is_whole(answers, send):
    answers(200, {"Content-Type": "text/plain"}, b"hello")
    answer = send("GET", SITE, None)
    assert (answer.headers["content-length"], answer.body) == ("5", b"hello")


def test_an_unknown_status_is_passed_on(answers, send):
    answers(599, {}, b"hello")
    assert send("GET", SITE, None)[::2] == (599, b"hello")


def test_headers_with_the_same_name_all_arrive(answers):
    answers(200, {"X-Many": "one", "x-many": "two"})
    assert requests.get(SITE, timeout=5).headers["X-Many"] == "one, two"
    assert urllib3.request("GET", SITE).headers.getlist("X-Many") == ["one", "two"]
    assert httpx.get(SITE).headers.get_list("X-Many") == ["one", "two"]
    with urllib.request.urlopen(SITE) as answer:
        assert answer.headers.get_all("X-Many") == ["one", "two"]


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("grün", {"grün", "gr\udcfcn"}),
        ("日本", {"日本", "\u00e6\u0097\u00a5\u00e6\u009c\u00ac"}),
    ],
)
def test_headers_need_not_be_ascii(answers, send, value, seen):
    answers(200, {"X-Name": value}, b"hello")
    answer = send("GET", SITE, None)
    # Clients disagree about how headers are encoded.
    assert (answer.headers["x-name"] in seen, answer.body) == (True, b"hello")


def test_headers_of_requests_need_not_be_ascii(amplify_mock, monkeypatch):
    seen = []

    def fetch(request):
        seen.append(request.headers["x-name"])
        return Response(200, {})

    monkeypatch.setattr(amplify_mock, "fetch", fetch)
    for value in ("grün", "grün".encode()):
        requests.get(SITE, headers={"X-Name": value}, timeout=5)
    assert seen == ["grün", "grün"]


@pytest.mark.parametrize(
    "error",
    [ZeroDivisionError(), ConnectionResetError(), http.client.IncompleteRead(b""), KeyboardInterrupt(),
     ReadTimeoutError(endpoint_url=SITE)],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
# The others make errors of their own of whatever comes from urllib3.
@pytest.mark.parametrize(
    "send", [way for way in WAYS if way not in {with_a_requests_adapter, with_botocores_http_session}], indirect=True
)
def test_an_error_of_the_mock_passes_through_as_it_is(amplify_mock, monkeypatch, send, error):
    calls = []

    def fail(_request):
        calls.append(1)
        raise error

    monkeypatch.setattr(amplify_mock, "fetch", fail)
    expected = type(error)
    if isinstance(error, OSError) and send in {with_aiohttp, with_an_aiohttp_connector}:
        # aiohttp makes errors of its own of these.
        expected = aiohttp.ClientOSError
    with pytest.raises(expected) as caught:
        send("GET", SITE, None)
    assert error in {caught.value, caught.value.__cause__}
    assert calls == [1]


# Refusals


def test_another_method_is_refused(amplify_mock, send):
    app_id, deployment = open_deployment()
    for method in ("GET", "POST", "DELETE"):
        answer = send(method, deployment["zipUploadUrl"], None)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    assert uploads(amplify_mock, app_id) == {}


def test_a_wrong_signature_is_refused(amplify_mock):
    app_id, deployment = open_deployment()
    url = deployment["zipUploadUrl"]
    for changed in (
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url + "&partNumber=1",
        url + "&next=https://example.com/",
        url.replace("X-Amz-Expires=28800", "X-Amz-Expires=99999"),
    ):
        assert changed != url
        answer = with_requests("PUT", changed, BODY)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    assert uploads(amplify_mock, app_id) == {}


def test_no_signature_is_refused(amplify_mock):
    app_id, deployment = open_deployment()
    answer = with_requests("PUT", deployment["zipUploadUrl"].partition("?")[0], BODY)
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert uploads(amplify_mock, app_id) == {}


def test_an_unknown_key_is_refused(amplify_mock):
    app_id, deployment = open_deployment()
    answer = with_requests("PUT", deployment["zipUploadUrl"].replace("artifacts.zip", "other.zip"), BODY)
    assert (answer.status, answer.code) == (404, "NoSuchKey")
    assert uploads(amplify_mock, app_id) == {}


def test_the_urls_of_another_mock_are_refused(amplify_mock):
    app_id, deployment = open_deployment()
    with mock_amplify(isolated=True):
        assert with_requests("PUT", deployment["zipUploadUrl"], BODY).status == 404
    assert uploads(amplify_mock, app_id) == {}


# The second is in names of files that are not in the encoding of the machine.
@pytest.mark.parametrize("code", [0xD800, 0xDCFC])
@pytest.mark.parametrize("length", [1, 200])
def test_names_that_no_url_can_hold_have_urls_of_their_own(amplify_mock, code, length):
    files = {name * length: f"What {name * length!r} holds".encode() for name in (chr(code), chr(code + 1), "?")}
    app_id, deployment = open_deployment(fileMap={name: hashlib.md5(body).hexdigest() for name, body in files.items()})
    for name, body in files.items():
        assert with_requests("PUT", deployment["fileUploadUrls"][name], body).status == 200
    assert uploads(amplify_mock, app_id) == files


@freezegun.freeze_time("2026-03-01 12:00:00")
def test_nobody_can_tell_the_signature_of_another_mock():
    queries = []
    for _ in range(2):
        with mock_amplify() as amplify:
            amplify.add_app(app_id="d123", branches=["main"])
            url = client_of().create_deployment(appId="d123", branchName="main")["zipUploadUrl"]
            queries.append(dict(parse_qsl(urlsplit(url).query)))
    one, other = queries
    assert one.keys() == other.keys()
    names = {name for name in one if one[name] != other[name]}
    assert names == {"X-Amz-Credential", "X-Amz-Security-Token", "X-Amz-Signature"}
    # What is secret of one does not tell another.
    assert one["X-Amz-Security-Token"] != one["X-Amz-Signature"]
    assert re.fullmatch("[0-9a-f]{64}", one["X-Amz-Signature"])


@pytest.mark.parametrize("way", [with_requests, with_urllib3, with_urllib_request, with_httpx])
def test_an_expired_url_is_refused(way):
    with freezegun.freeze_time("2026-03-01 12:00:00") as clock, mock_amplify() as amplify:
        app_id, deployment = open_deployment()
        clock.move_to("2026-03-01 20:00:00")
        assert way("PUT", deployment["zipUploadUrl"], BODY).status == 200
        clock.move_to("2026-03-01 20:00:01")
        answer = way("PUT", deployment["zipUploadUrl"], b"too late")
        assert (answer.status, answer.code) == (403, "AccessDenied")
        assert b"expired" in answer.body
        assert uploads(amplify, app_id) == {"artifacts.zip": BODY}
