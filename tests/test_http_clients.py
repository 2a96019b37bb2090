"""HTTP clients are answered for the mock's hosts only, beside other mocks too, and whenever they are imported."""

import contextlib
import gc
import http.server
import subprocess
import sys
import threading
import urllib.request
from functools import partial

import httpx
import pytest
import requests
import requests_mock
import responses
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.util import Retry

from amplify_mock import JobPlan, mock_amplify
from amplify_mock.service.http import Response
from support.clients import client_of
from support.jobs import GITHUB, TEST_PHASE, new_branch, release
from support.other_mocks import moto_around, moto_inside, responses_around, responses_inside
from support.uploads import (
    BODY,
    WAYS,
    open_deployment,
    uploads,
    with_a_requests_adapter,
    with_a_requests_session,
    with_an_httpx_client,
    with_async_httpx,
    with_httpx,
    with_requests,
)


@pytest.fixture
def loopback():
    """A server whose ``requests`` are the method, path and body of each request to it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.server.requests.append((self.command, self.path, body))
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        do_PUT = do_GET = answer  # noqa: N815  (the base class looks for these names)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.requests = []
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


# Every URL


@pytest.fixture
def urls(amplify_mock):
    """A URL of every kind that is read."""
    amplify_mock.plan_jobs(JobPlan(progress="instant"))
    client = client_of()
    branch = new_branch(client, app={"buildSpec": TEST_PHASE, **GITHUB})
    release(client, branch)
    job = {**branch, "jobId": "1"}
    build, test, _, verify = client.get_job(**job)["job"]["steps"]
    artifact = client.list_artifacts(**job)["artifacts"][0]["artifactId"]
    domain = f"{branch['appId']}.amplifyapp.com"
    return [
        build["logUrl"],
        build["artifactsUrl"],
        test["testArtifactsUrl"],
        *verify["screenshots"].values(),
        client.get_artifact_url(artifactId=artifact)["artifactUrl"],
        client.generate_access_logs(appId=branch["appId"], domainName=domain)["logUrl"],
    ]


def test_what_can_be_read_is_answered(urls, send):
    for url in urls:
        answer = send("GET", url, None)
        assert (answer.status, len(answer.body)) == (200, int(answer.headers["content-length"]))
        head = send("HEAD", url, None)
        assert (head.status, head.headers["etag"], head.body) == (200, answer.headers["etag"], b"")
        assert send("PUT", url, BODY).code == "SignatureDoesNotMatch"


def test_what_is_posted_is_answered(amplify_mock, send):
    client = client_of()
    branch = new_branch(client, app=GITHUB)
    url = client.create_webhook(**branch)["webhook"]["webhookUrl"]
    # The mock asks for a content type that not all of these ways send, and says so as the real service does.
    assert send("POST", url, b"{}").status == 415
    assert send("GET", url, None).status == 403
    assert requests.post(url, json={}, timeout=5).status_code == 200
    assert len(client.list_jobs(**branch)["jobSummaries"]) == 1


def test_a_site_that_is_not_there_is_answered(amplify_mock, send):
    assert send("GET", "https://main.dunknown.amplifyapp.com/?a=b", None).status == 404


# Other hosts, and afterwards


def test_other_hosts_are_reached(amplify_mock, send, loopback):
    answer = send("PUT", f"{loopback.url}/site.zip?v=1", BODY)
    assert (answer.status, answer.body) == (200, b"hello")
    assert loopback.requests == [("PUT", "/site.zip?v=1", BODY)]


def test_an_address_of_ours_in_the_path_of_another_host_changes_nothing(amplify_mock, send, loopback):
    app_id, deployment = open_deployment()
    target = f"/fetch?url={deployment['zipUploadUrl']}"
    assert send("PUT", loopback.url + target, BODY).body == b"hello"
    assert loopback.requests == [("PUT", target, BODY)]
    assert uploads(amplify_mock, app_id) == {}


HOST = "aws-amplify-prod-us-east-1-artifacts.s3.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    "host",
    [
        "aws-amplify-prod-us-east-1-artifacts.s3.eu-west-1.amazonaws.com",
        "other-bucket.s3.us-east-1.amazonaws.com",
        f"x{HOST}",
        f"{HOST}.example.com",
        "s3.us-east-1.amazonaws.com",
        "amplifybackend.us-east-1.amazonaws.com",
    ],
)
def test_hosts_that_look_similar_are_not_ours(amplify_mock, host):
    with responses.RequestsMock() as other:
        other.put(f"https://{host}/key", body="theirs")
        assert requests.put(f"https://{host}/key", timeout=5).text == "theirs"


def test_after_the_mock_other_hosts_are_reached_as_before(send, loopback):
    with mock_amplify():
        pass
    assert send("PUT", f"{loopback.url}/site.zip?v=1", BODY).body == b"hello"


def test_a_session_used_inside_the_mock_asks_the_network_afterwards(loopback):
    with requests.Session() as session:
        with mock_amplify():
            _, deployment = open_deployment()
            session.put(deployment["zipUploadUrl"], data=BODY)
        assert session.get(loopback.url).text == "hello"
        with responses.RequestsMock() as other:
            other.put(deployment["zipUploadUrl"], status=500)
            assert session.put(deployment["zipUploadUrl"], data=BODY).status_code == 500


# Beside other mocks


@pytest.mark.parametrize("both", [moto_around, moto_inside])
# moto answers inside the adapters of requests, so that one which is used by hand does not come by us.
@pytest.mark.parametrize("send", [way for way in WAYS if way is not with_a_requests_adapter], indirect=True)
def test_an_upload_is_kept_while_moto_is_active(send, both):
    with both() as amplify:
        app_id, deployment = open_deployment()
        assert send("PUT", deployment["zipUploadUrl"], BODY).status == 200
        assert send("PUT", deployment["zipUploadUrl"] + "0", BODY).code == "SignatureDoesNotMatch"
        assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


@pytest.mark.parametrize("both", [responses_around, responses_inside])
@pytest.mark.parametrize("way", [with_requests, with_a_requests_session])
def test_an_upload_is_kept_while_responses_is_active(both, way):
    with both() as (amplify, other):
        other.get("https://example.com/", body="from responses")
        app_id, deployment = open_deployment()
        assert way("PUT", deployment["zipUploadUrl"], BODY).status == 200
        assert way("GET", "https://example.com/", None).body == b"from responses"
        with pytest.raises(requests.ConnectionError):
            way("GET", "https://example.com/unknown", None)
        assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


@pytest.mark.parametrize("inner", ["respx", "amplify"])
@pytest.mark.parametrize("way", [with_httpx, with_an_httpx_client, with_async_httpx])
def test_an_upload_is_kept_while_respx_is_active(inner, way):
    respx = pytest.importorskip("respx")
    with contextlib.ExitStack() as stack:
        mocks = [mock_amplify(), respx.mock()]
        entered = [stack.enter_context(mock) for mock in (mocks if inner == "respx" else reversed(mocks))]
        amplify, other = entered if inner == "respx" else reversed(entered)
        other.get("https://example.com/").respond(text="from respx")
        app_id, deployment = open_deployment()
        assert way("PUT", deployment["zipUploadUrl"], BODY).status == 200
        assert way("GET", "https://example.com/", None).body == b"from respx"
        assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


def test_a_transport_of_the_user_wins(amplify_mock):
    app_id, deployment = open_deployment()
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(418))) as client:
        assert client.put(deployment["zipUploadUrl"], content=BODY).status_code == 418
    assert uploads(amplify_mock, app_id) == {}


@pytest.mark.parametrize("inner", ["requests_mock", "amplify"])
@pytest.mark.parametrize("settings", [{}, {"real_http": True}])
@pytest.mark.parametrize("way", [with_requests, with_a_requests_session])
def test_an_upload_is_kept_while_requests_mock_is_active(inner, settings, way):
    with contextlib.ExitStack() as stack:
        mocks = [mock_amplify(), requests_mock.Mocker(**settings)]
        entered = [stack.enter_context(mock) for mock in (mocks if inner == "requests_mock" else reversed(mocks))]
        amplify, other = entered if inner == "requests_mock" else reversed(entered)
        other.get("https://example.com/", text="from requests_mock")
        app_id, deployment = open_deployment()
        assert way("PUT", deployment["zipUploadUrl"], iter([BODY])).status == 200
        assert way("GET", "https://example.com/", None).body == b"from requests_mock"
        if not settings:
            with pytest.raises(requests_mock.NoMockAddress):
                way("GET", "https://example.com/unknown", None)
        assert uploads(amplify, app_id) == {"artifacts.zip": BODY}
        other.put(deployment["zipUploadUrl"], status_code=418)
        assert way("PUT", deployment["zipUploadUrl"], BODY).status == 418


# Adapters of requests


@pytest.fixture
def session():
    with requests.Session() as session:
        yield session


@pytest.mark.parametrize("both", [moto_around, moto_inside, responses_around, responses_inside])
def test_an_adapter_of_the_user_does_what_it_always_does(session, both):
    class Adapter(HTTPAdapter):
        calls = 0

        def send(self, request, *args, **kwargs):
            self.calls += 1
            return super().send(request, *args, **{**kwargs, "timeout": 1})

        def add_headers(self, request, **kwargs):
            assert kwargs["timeout"] == 1
            request.headers["X-Added"] = "yes"

        def build_response(self, request, response):
            built = super().build_response(request, response)
            built.reason = "BUILT"
            return built

    adapter = Adapter()
    session.mount("https://", adapter)
    with both() as entered:
        amplify = entered[0] if isinstance(entered, tuple) else entered
        app_id, deployment = open_deployment()
        answer = session.put(deployment["zipUploadUrl"], data=BODY)
        assert uploads(amplify, app_id) == {"artifacts.zip": BODY}
    assert (answer.status_code, answer.reason, answer.request.headers["X-Added"]) == (200, "BUILT", "yes")
    assert (adapter.calls, type(adapter)) == (1, Adapter)


def test_an_adapter_tries_again_as_it_was_told(amplify_mock, session, monkeypatch):
    statuses = [503, 503, 200]
    monkeypatch.setattr(amplify_mock, "fetch", lambda _: Response(statuses.pop(0), {}))
    session.mount("https://", HTTPAdapter(max_retries=Retry(total=2, status_forcelist=[503])))
    assert session.get("https://main.d1.amplifyapp.com/").status_code == 200
    statuses[:] = [503] * 3
    with pytest.raises(requests.exceptions.RetryError):
        session.get("https://main.d1.amplifyapp.com/")


def test_an_adapter_that_asks_no_network_wins(amplify_mock, session):
    class Adapter(BaseAdapter):
        def send(self, request, *_, **__):
            answer = requests.Response()
            answer.status_code, answer.url = 418, request.url
            return answer

        def close(self):
            pass

    session.mount("https://", Adapter())
    app_id, deployment = open_deployment()
    assert session.put(deployment["zipUploadUrl"], data=BODY).status_code == 418
    assert uploads(amplify_mock, app_id) == {}


def test_an_adapter_is_found_for_what_is_no_address(amplify_mock, session):
    assert session.get_adapter(url="http://[::1") is session.adapters["http://"]


# Modules that are imported late


def run(script):
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout, done.stderr


LATE = """
import sys
from amplify_mock import mock_amplify

amplify = mock_amplify.start()
early = {"requests", "httpx", "moto", "aiohttp", "requests_mock"} & sys.modules.keys()
assert not early, early

import boto3

client = boto3.client("amplify")
branch = {"appId": client.create_app(name="shop")["app"]["appId"], "branchName": "main"}
client.create_branch(**branch)
names = ["urllib.request", "urllib3", "requests", "httpx", "async httpx", "aiohttp"]
urls = client.create_deployment(**branch, fileMap=dict.fromkeys(names, "0" * 32))["fileUploadUrls"]

import urllib.request, urllib3
urllib.request.urlopen(urllib.request.Request(urls["urllib.request"], data=b"1", method="PUT")).close()
urllib3.request("PUT", urls["urllib3"], body=b"2")

import requests
requests.put(urls["requests"], data=b"3", timeout=5)

import asyncio, httpx
httpx.put(urls["httpx"], content=b"4")

async def put():
    async with httpx.AsyncClient() as client:
        await client.put(urls["async httpx"], content=b"5")

asyncio.run(put(), debug=False)  # which would tell how long it takes

import aiohttp

async def put():
    async with aiohttp.ClientSession() as session:
        await session.put(urls["aiohttp"], data=b"6")

asyncio.run(put(), debug=False)
uploads = amplify.backend().apps[branch["appId"]].branches["main"].jobs["1"].uploads
assert uploads == dict(zip(names, [b"1", b"2", b"3", b"4", b"5", b"6"])), uploads
mock_amplify.stop()
print("answered")
"""


def test_modules_imported_after_the_mock_started_are_answered():
    assert run(LATE) == ("answered\n", "")


BETWEEN = """
from amplify_mock import mock_amplify

with mock_amplify():
    pass

import httpx, requests

patched = [(requests.Session, "get_adapter"), (httpx.HTTPTransport, "handle_request")]
originals = [vars(owner)[name] for owner, name in patched]
with mock_amplify():
    assert not any(vars(owner)[name] is original for (owner, name), original in zip(patched, originals))
assert all(vars(owner)[name] is original for (owner, name), original in zip(patched, originals))
print("whole")
"""


def test_modules_imported_between_two_mocks_are_answered_in_the_second_and_whole_after_it():
    assert run(BETWEEN) == ("whole\n", "")


def test_an_error_instead_of_an_answer_leaves_nothing_half_made(amplify_mock, monkeypatch):
    def broken(_request):
        raise LookupError("a bug of the mock")

    monkeypatch.setattr(amplify_mock, "fetch", broken)
    unraisable = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    url = "https://main.d123.amplifyapp.com/"
    for ask in (requests.get, urllib.request.urlopen, partial(urllib3.PoolManager().request, "GET")):
        with pytest.raises(LookupError, match="a bug of the mock"):
            ask(url)
    gc.collect()
    assert unraisable == []
