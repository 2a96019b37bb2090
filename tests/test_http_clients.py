"""HTTP clients are answered for the mock's hosts only, beside other mocks too, and whenever they are imported."""

import contextlib
import http.server
import subprocess
import sys
import threading

import httpx
import pytest
import requests
import responses

from amplify_mock import mock_amplify
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


# Modules that are imported late


def run(script):
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout, done.stderr


LATE = """
import sys
from amplify_mock import mock_amplify

amplify = mock_amplify.start()
early = {"requests", "httpx", "moto", "aiohttp"} & sys.modules.keys()
assert not early, early

import boto3

client = boto3.client("amplify")
branch = {"appId": client.create_app(name="shop")["app"]["appId"], "branchName": "main"}
client.create_branch(**branch)
names = ["urllib.request", "urllib3", "requests", "httpx", "async httpx"]
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

asyncio.run(put())
uploads = amplify.backend().apps[branch["appId"]].branches["main"].jobs["1"].uploads
assert uploads == dict(zip(names, [b"1", b"2", b"3", b"4", b"5"])), uploads
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
