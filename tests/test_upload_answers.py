"""What PUT to the URLs of CreateDeployment is answered: whole answers of each HTTP client, and refusals."""

import asyncio
import urllib.error
import urllib.request

import freezegun
import httpx
import pytest
import requests
import urllib3

from amplify_mock import mock_amplify
from support.uploads import (
    BODY,
    open_deployment,
    uploads,
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
        url.partition("?")[0],
        url + "&partNumber=1",
        url + "&next=https://example.com/",
        url.replace("X-Amz-Expires=28800", "X-Amz-Expires=99999"),
    ):
        assert changed != url
        answer = with_requests("PUT", changed, BODY)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
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
