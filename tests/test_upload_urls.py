"""PUT to the URLs of CreateDeployment, with the HTTP clients that people use."""

import asyncio
import contextlib
import functools
import hashlib
import http.server
import io
import subprocess
import sys
import textwrap
import threading
import urllib.error
import urllib.request
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import boto3
import botocore.httpsession
import freezegun
import httpx
import pytest
import requests
import responses
import urllib3
from botocore.awsrequest import AWSRequest
from moto import mock_aws
from requests.adapters import HTTPAdapter

from amplify_mock import mock_amplify

BODY = b"PK\x03\x04 the site"


class Answer(NamedTuple):
    status: int
    headers: dict
    body: bytes

    @classmethod
    def of(cls, status, headers, body):
        return cls(status, {name.lower(): value for name, value in headers.items()}, body)

    @property
    def code(self):
        """The error code of S3's XML."""
        assert self.headers["content-type"] == "application/xml"
        assert int(self.headers["content-length"]) == len(self.body)
        root = ET.fromstring(self.body)
        assert root.tag == "Error"
        assert root.findtext("Message")
        return root.findtext("Code")


# One function for each way to send a request.


def with_requests(method, url, body):
    answer = requests.request(method, url, data=body, timeout=5)
    return Answer.of(answer.status_code, answer.headers, answer.content)


def with_a_requests_session(method, url, body):
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=3, pool_maxsize=1))
        session.mount("http://", HTTPAdapter())
        answer = session.request(method, url, data=body, timeout=5)
    return Answer.of(answer.status_code, answer.headers, answer.content)


def with_a_requests_adapter(method, url, body):
    with contextlib.closing(HTTPAdapter()) as adapter:
        answer = adapter.send(requests.Request(method, url, data=body).prepare(), timeout=5)
        return Answer.of(answer.status_code, answer.headers, answer.content)


def with_urllib3(method, url, body):
    with urllib3.PoolManager() as pools:
        answer = pools.request(method, url, body=body, timeout=5, retries=False)
    return Answer.of(answer.status, answer.headers, answer.data)


def pool_for(url):
    parts = urlsplit(url)
    kind = urllib3.HTTPSConnectionPool if parts.scheme == "https" else urllib3.HTTPConnectionPool
    return kind(parts.hostname, parts.port), f"{parts.path}?{parts.query}"


def with_a_urllib3_pool(method, url, body):
    pool, target = pool_for(url)
    with pool:
        answer = pool.urlopen(method, target, body, {"Content-Type": "application/zip"}, False)
    return Answer.of(answer.status, answer.headers, answer.data)


def with_a_urllib3_pool_by_keyword(method, url, body):
    pool, target = pool_for(url)
    with pool:
        answer = pool.urlopen(method=method, url=target, body=body, retries=False, preload_content=False)
        return Answer.of(answer.status, answer.headers, answer.read())


def with_urllib_request(method, url, body):
    request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": "application/zip"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return Answer.of(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer.of(error.code, error.headers, error.read())


def with_an_opener(method, url, body):
    class Plain(urllib.request.HTTPErrorProcessor):
        def http_response(self, request, response):
            return response

        https_response = http_response

    request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": "application/zip"})
    with urllib.request.build_opener(Plain, urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
        return Answer.of(answer.status, answer.headers, answer.read())


def with_httpx(method, url, body):
    answer = httpx.request(method, url, content=body)
    return Answer.of(answer.status_code, answer.headers, answer.content)


def with_an_httpx_client(method, url, body):
    with (
        httpx.Client(transport=httpx.HTTPTransport(retries=2)) as client,
        client.stream(method, url, content=body) as answer,
    ):
        return Answer.of(answer.status_code, answer.headers, b"".join(answer.iter_bytes()))


def with_async_httpx(method, url, body):
    async def pieces(iterable):
        for piece in iterable:
            yield piece

    async def ask():
        content = body if body is None or isinstance(body, bytes) else pieces(body)
        async with httpx.AsyncClient() as client:
            answer = await client.request(method, url, content=content)
        return Answer.of(answer.status_code, answer.headers, answer.content)

    return asyncio.run(ask())


def with_botocores_http_session(method, url, body):
    with contextlib.closing(botocore.httpsession.URLLib3Session()) as session:
        answer = session.send(AWSRequest(method, url, data=body).prepare())
        return Answer.of(answer.status_code, answer.headers, answer.content)


WAYS = [
    with_requests,
    with_a_requests_session,
    with_a_requests_adapter,
    with_urllib3,
    with_a_urllib3_pool,
    with_a_urllib3_pool_by_keyword,
    with_urllib_request,
    with_an_opener,
    with_httpx,
    with_an_httpx_client,
    with_async_httpx,
    with_botocores_http_session,
]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def send(request):
    return request.param


@functools.cache
def shared_client():
    return boto3.Session().client(
        "amplify", region_name="us-east-1", aws_access_key_id="AKIA", aws_secret_access_key="s"
    )


def open_deployment(branch_name="main", **arguments):
    client = shared_client()
    app_id = client.create_app(name="shop")["app"]["appId"]
    client.create_branch(appId=app_id, branchName=branch_name)
    return app_id, client.create_deployment(appId=app_id, branchName=branch_name, **arguments)


def uploads(amplify, app_id, branch_name="main"):
    return amplify.backend().apps[app_id].branches[branch_name].jobs["1"].uploads


@pytest.fixture
def amplify():
    with mock_amplify() as controller:
        yield controller


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


# Uploads


def test_a_zip_is_kept_and_answered_as_s3_does(amplify, send):
    app_id, deployment = open_deployment()
    answer = send("PUT", deployment["zipUploadUrl"], BODY)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["etag"] == f'"{hashlib.md5(BODY).hexdigest()}"'
    assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


def test_the_urls_have_the_recorded_form(amplify):
    app_id, deployment = open_deployment()
    url = urlsplit(deployment["zipUploadUrl"])
    assert f"{url.scheme}://{url.netloc}" == "https://aws-amplify-prod-us-east-1-artifacts.s3.us-east-1.amazonaws.com"
    assert url.path == f"/{app_id}/main/0000000001/DEPLOY/artifacts.zip"
    assert url.query.startswith("X-Amz-Security-Token=")
    assert "&X-Amz-Algorithm=AWS4-HMAC-SHA256&" in url.query
    assert deployment["fileUploadUrls"] == {}
    assert amplify.backend().apps[app_id].branches["main"].jobs["1"].status == "PENDING"


def test_single_files_are_kept_by_name(amplify, send):
    files = {"index.html": b"<h1>hello</h1>", "css/site.css": b"", "js/app.js": b"go()"}
    sums = {name: hashlib.md5(content).hexdigest() for name, content in files.items()}
    app_id, deployment = open_deployment(fileMap=sums)
    assert deployment["fileUploadUrls"].keys() == files.keys()
    for name, content in files.items():
        assert send("PUT", deployment["fileUploadUrls"][name], content).headers["etag"] == f'"{sums[name]}"'
    assert uploads(amplify, app_id) == files


def test_file_names_may_have_any_characters(amplify, send):
    names = [
        "a b.html",
        "übersicht.html",
        "100%.txt",
        "a%20b.txt",
        "a+b.txt",
        "~home.txt",
        "[id].js",
        "it's (new)!.txt",
        "a&b=c#d?e.txt",
        "@scope/name;v=1,2:$*.js",
        "日本/語.html",
        '"quoted" <&>\\.txt',
    ]
    app_id, deployment = open_deployment(fileMap=dict.fromkeys(names, "0" * 32))
    for name in names:
        assert send("PUT", deployment["fileUploadUrls"][name], name.encode()).status == 200
    assert uploads(amplify, app_id) == {name: name.encode() for name in names}


@pytest.mark.parametrize("branch_name", ["feature/x", "fix #1", "größe"])
def test_branch_names_may_have_any_characters(amplify, branch_name):
    app_id, deployment = open_deployment(branch_name)
    assert with_requests("PUT", deployment["zipUploadUrl"], BODY).status == 200
    assert uploads(amplify, app_id, branch_name) == {"artifacts.zip": BODY}


def test_an_empty_body_is_kept(amplify, send):
    app_id, deployment = open_deployment()
    assert send("PUT", deployment["zipUploadUrl"], b"").status == 200
    assert uploads(amplify, app_id) == {"artifacts.zip": b""}


def test_a_second_upload_replaces_the_first(amplify, send):
    app_id, deployment = open_deployment()
    send("PUT", deployment["zipUploadUrl"], b"first")
    send("PUT", deployment["zipUploadUrl"], b"second")
    assert uploads(amplify, app_id) == {"artifacts.zip": b"second"}


def test_a_body_is_read_from_an_open_file(amplify, send, tmp_path):
    path = tmp_path / "site.zip"
    path.write_bytes(BODY)
    app_id, deployment = open_deployment()
    with path.open("rb") as file:
        assert send("PUT", deployment["zipUploadUrl"], file).status == 200
    assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


def test_a_body_is_read_from_a_buffer(amplify, send):
    app_id, deployment = open_deployment()
    assert send("PUT", deployment["zipUploadUrl"], io.BytesIO(BODY)).status == 200
    assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


def test_a_body_is_read_from_a_generator(amplify, send):
    app_id, deployment = open_deployment()
    pieces = (bytes([byte]) for byte in BODY)
    assert send("PUT", deployment["zipUploadUrl"], pieces).status == 200
    assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


def test_other_forms_of_a_body_are_read(amplify):
    app_id, deployment = open_deployment()
    url = deployment["zipUploadUrl"]
    requests.put(url, files={"file": ("site.zip", BODY)}, timeout=5)
    assert BODY in uploads(amplify, app_id)["artifacts.zip"]
    requests.put(url, data="grün".encode(), timeout=5)
    assert uploads(amplify, app_id)["artifacts.zip"] == "grün".encode()
    urllib3.request("PUT", url, body=bytearray(BODY))
    assert uploads(amplify, app_id)["artifacts.zip"] == BODY
    urllib3.request("PUT", url, body=io.StringIO("text"))
    assert uploads(amplify, app_id)["artifacts.zip"] == b"text"
    httpx.put(url, json={"a": 1})
    assert uploads(amplify, app_id)["artifacts.zip"].replace(b" ", b"") == b'{"a":1}'


def test_a_file_is_read_from_where_it_stands(amplify):
    app_id, deployment = open_deployment()
    file = io.BytesIO(b"skipped" + BODY)
    file.seek(len(b"skipped"))
    requests.put(deployment["zipUploadUrl"], data=file, timeout=5)
    assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


def test_uploads_can_be_read_after_the_mock(send):
    with mock_amplify() as amplify:
        app_id, deployment = open_deployment()
        send("PUT", deployment["zipUploadUrl"], BODY)
    assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


def test_an_upload_does_not_start_the_job(amplify, send):
    app_id, deployment = open_deployment()
    send("PUT", deployment["zipUploadUrl"], BODY)
    assert amplify.backend().apps[app_id].branches["main"].jobs["1"].status == "PENDING"


def test_uploads_in_many_threads_are_all_kept(amplify):
    names = [f"{number}.html" for number in range(20)]
    app_id, deployment = open_deployment(fileMap=dict.fromkeys(names, "0" * 32))
    with requests.Session() as session:
        threads = [
            threading.Thread(target=session.put, args=(deployment["fileUploadUrls"][name], name.encode()))
            for name in names
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert uploads(amplify, app_id) == {name: name.encode() for name in names}


@pytest.mark.parametrize("way", [with_requests, with_urllib_request, with_httpx, with_async_httpx])
def test_proxies_of_the_environment_are_not_asked(amplify, monkeypatch, way):
    # urllib.request keeps its first opener, and with it the proxies of that moment.
    monkeypatch.setattr("urllib.request._opener", None)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    app_id, deployment = open_deployment()
    assert way("PUT", deployment["zipUploadUrl"], BODY).status == 200
    assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


def test_a_urllib3_proxy_is_not_asked(amplify):
    app_id, deployment = open_deployment()
    with urllib3.ProxyManager("http://127.0.0.1:9") as pools:
        assert pools.request("PUT", deployment["zipUploadUrl"], body=BODY, retries=False).status == 200
    assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


# Answers are whole


def test_an_answer_of_requests_is_whole(amplify):
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


def test_an_answer_of_urllib3_is_whole(amplify):
    _, deployment = open_deployment()
    answer = urllib3.request("PUT", deployment["zipUploadUrl"], body=BODY, preload_content=False)
    assert (answer.status, answer.reason, answer.version, answer.read()) == (200, "OK", 11, b"")
    answer.release_conn()
    assert answer.geturl()


def test_an_answer_of_urllib_request_is_whole(amplify):
    _, deployment = open_deployment()
    url = deployment["zipUploadUrl"]
    with urllib.request.urlopen(urllib.request.Request(url, data=BODY, method="PUT")) as answer:
        assert (answer.status, answer.reason, answer.msg, answer.geturl()) == (200, "OK", "OK", url)
        assert answer.info()["ETag"]
    with pytest.raises(urllib.error.HTTPError, match="Forbidden") as caught:
        urllib.request.urlopen(url)
    with caught.value:
        assert b"SignatureDoesNotMatch" in caught.value.read()


def test_an_answer_of_httpx_is_whole(amplify):
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


def test_an_answer_of_async_httpx_is_whole(amplify):
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


def test_another_method_is_refused(amplify, send):
    app_id, deployment = open_deployment()
    for method in ("GET", "POST", "DELETE"):
        answer = send(method, deployment["zipUploadUrl"], None)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    assert uploads(amplify, app_id) == {}


def test_a_wrong_signature_is_refused(amplify, send):
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
        answer = send("PUT", changed, BODY)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    assert uploads(amplify, app_id) == {}


def test_an_unknown_key_is_refused(amplify, send):
    app_id, deployment = open_deployment()
    answer = send("PUT", deployment["zipUploadUrl"].replace("artifacts.zip", "other.zip"), BODY)
    assert (answer.status, answer.code) == (404, "NoSuchKey")
    assert uploads(amplify, app_id) == {}


def test_the_urls_of_another_mock_are_refused(amplify, send):
    app_id, deployment = open_deployment()
    with mock_amplify(isolated=True):
        assert send("PUT", deployment["zipUploadUrl"], BODY).status == 404
    assert uploads(amplify, app_id) == {}


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


# Beside other mocks


@contextlib.contextmanager
def moto_around():
    with mock_aws(), mock_amplify() as controller:
        yield controller


@contextlib.contextmanager
def moto_inside():
    with mock_amplify() as controller, mock_aws():
        yield controller


@pytest.mark.parametrize("both", [moto_around, moto_inside])
# moto answers inside the adapters of requests, so that one which is used by hand does not come by us.
@pytest.mark.parametrize("send", [way for way in WAYS if way is not with_a_requests_adapter], indirect=True)
def test_an_upload_is_kept_while_moto_is_active(send, both):
    with both() as amplify:
        app_id, deployment = open_deployment()
        assert send("PUT", deployment["zipUploadUrl"], BODY).status == 200
        assert send("PUT", deployment["zipUploadUrl"] + "0", BODY).code == "SignatureDoesNotMatch"
        assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


@contextlib.contextmanager
def responses_around():
    with responses.RequestsMock() as other, mock_amplify() as controller:
        yield controller, other


@contextlib.contextmanager
def responses_inside():
    with mock_amplify() as controller, responses.RequestsMock() as other:
        yield controller, other


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


def test_a_transport_of_the_user_wins(amplify):
    app_id, deployment = open_deployment()
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(418))) as client:
        assert client.put(deployment["zipUploadUrl"], content=BODY).status_code == 418
    assert uploads(amplify, app_id) == {}


# Modules that are imported late

LATE = {
    "requests": "import requests; status = requests.put(url, data=b'zip', timeout=5).status_code",
    "httpx": "import httpx; status = httpx.put(url, content=b'zip').status_code",
    "async httpx": """
import asyncio, httpx
async def put():
    async with httpx.AsyncClient() as client:
        return (await client.put(url, content=b"zip")).status_code
status = asyncio.run(put())
""",
    "urllib3": "import urllib3; status = urllib3.request('PUT', url, body=b'zip').status",
    "urllib.request": """
import urllib.request
status = urllib.request.urlopen(urllib.request.Request(url, data=b"zip", method="PUT")).status
""",
}


@pytest.mark.parametrize("name", LATE)
def test_a_module_imported_after_the_mock_started_is_answered(name):
    script = textwrap.dedent("""
        import sys
        from amplify_mock import mock_amplify
        amplify = mock_amplify.start()
        import boto3
        client = boto3.client("amplify")
        app_id = client.create_app(name="shop")["app"]["appId"]
        client.create_branch(appId=app_id, branchName="main")
        url = client.create_deployment(appId=app_id, branchName="main")["zipUploadUrl"]
        early = {"requests", "httpx"} & sys.modules.keys()
        assert not early, early
    """)
    end = "assert amplify.backend().apps[app_id].branches['main'].jobs['1'].uploads == {'artifacts.zip': b'zip'}\n"
    script += LATE[name] + "\n" + end + "mock_amplify.stop()\nprint(status)\n"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (run.stdout, run.stderr) == ("200\n", "")


@pytest.mark.parametrize("name", ["requests.sessions", "httpx"])
def test_a_module_imported_between_two_mocks_is_answered_in_the_second_and_whole_after_it(name):
    owner, attribute = {
        "requests.sessions": ("Session", "get_adapter"),
        "httpx": ("HTTPTransport", "handle_request"),
    }[name]
    script = textwrap.dedent(f"""
        from amplify_mock import mock_amplify
        with mock_amplify():
            pass
        import {name} as module
        original = vars(module.{owner})["{attribute}"]
        with mock_amplify():
            assert vars(module.{owner})["{attribute}"] is not original
        assert vars(module.{owner})["{attribute}"] is original
        print("whole")
    """)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (run.stdout, run.stderr) == ("whole\n", "")


def test_the_mock_imports_no_http_client():
    script = textwrap.dedent("""
        import sys
        from amplify_mock import mock_amplify
        with mock_amplify():
            print(sorted({"requests", "httpx", "moto", "aiohttp"} & sys.modules.keys()))
    """)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (run.stdout, run.stderr) == ("[]\n", "")


# Other hosts, and afterwards


def test_other_hosts_are_reached(amplify, send, loopback):
    answer = send("PUT", f"{loopback.url}/site.zip?v=1", BODY)
    assert (answer.status, answer.body) == (200, b"hello")
    assert loopback.requests == [("PUT", "/site.zip?v=1", BODY)]


def test_an_address_of_ours_in_the_path_of_another_host_changes_nothing(amplify, send, loopback):
    app_id, deployment = open_deployment()
    target = f"/fetch?url={deployment['zipUploadUrl']}"
    assert send("PUT", loopback.url + target, BODY).body == b"hello"
    assert loopback.requests == [("PUT", target, BODY)]
    assert uploads(amplify, app_id) == {}


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
def test_hosts_that_look_similar_are_not_ours(amplify, host):
    with responses.RequestsMock() as other:
        other.put(f"https://{host}/key", body="theirs")
        assert requests.put(f"https://{host}/key", timeout=5).text == "theirs"


PATCHED = [
    (requests.Session, "get_adapter"),
    (urllib3.HTTPConnectionPool, "urlopen"),
    (urllib.request.AbstractHTTPHandler, "do_open"),
    (httpx.HTTPTransport, "handle_request"),
    (httpx.AsyncHTTPTransport, "handle_async_request"),
]


def patched():
    return [id(vars(owner)[name]) for owner, name in PATCHED]


def class_contents():
    # By identity, because a wrapper says that it equals what it wraps.
    classes = {owner for owner, _ in PATCHED} | {
        HTTPAdapter,
        urllib3.HTTPSConnectionPool,
        urllib3.PoolManager,
        urllib.request.HTTPSHandler,
        urllib.request.OpenerDirector,
        httpx.Client,
        httpx.AsyncClient,
    }
    return {(cls, name): id(value) for cls in classes for name, value in vars(cls).items()}


def test_all_functions_are_the_originals_afterwards():
    before, originals = class_contents(), patched()
    with mock_amplify():
        assert not set(patched()) & set(originals)
        with mock_amplify(isolated=True):
            open_deployment()
    assert class_contents() == before


def test_all_functions_are_the_originals_after_an_error():
    before = class_contents()
    with pytest.raises(ZeroDivisionError), mock_amplify():
        raise ZeroDivisionError
    assert class_contents() == before


@pytest.mark.parametrize("both", [moto_around, moto_inside, responses_around, responses_inside])
def test_all_functions_are_the_originals_after_two_mocks(both):
    before = class_contents()
    with both():
        pass
    assert class_contents() == before


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
