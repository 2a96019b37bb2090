"""PUT to the URLs of CreateDeployment, with the HTTP clients that people use."""

import hashlib
import http.client
import io
import threading

import httpx
import pytest
import requests
import urllib3

from amplify_mock import mock_amplify
from support.uploads import (
    BODY,
    open_deployment,
    pool_for,
    uploads,
    with_aiohttp,
    with_an_aiohttp_connector,
    with_async_httpx,
    with_httpx,
    with_requests,
    with_urllib_request,
)


def test_a_zip_is_kept_and_answered_as_s3_does(amplify_mock, send):
    app_id, deployment = open_deployment()
    answer = send("PUT", deployment["zipUploadUrl"], BODY)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["etag"] == f'"{hashlib.md5(BODY).hexdigest()}"'
    assert uploads(amplify_mock, app_id) == {"artifacts.zip": BODY}


def test_single_files_are_kept_by_name(amplify_mock):
    files = {"index.html": b"<h1>hello</h1>", "css/site.css": b"", "js/app.js": b"go()"}
    sums = {name: hashlib.md5(content).hexdigest() for name, content in files.items()}
    app_id, deployment = open_deployment(fileMap=sums)
    assert deployment["fileUploadUrls"].keys() == files.keys()
    for name, content in files.items():
        assert with_requests("PUT", deployment["fileUploadUrls"][name], content).headers["etag"] == f'"{sums[name]}"'
    assert uploads(amplify_mock, app_id) == files


def test_file_names_may_have_any_characters(amplify_mock, send):
    names = [
        "a b~+.html",
        "übersicht 100%.txt",
        "a%20b.txt",
        "it's [new] (id)!.js",
        "@scope/a&b=c#d?e;v=1,2:$*.js",
        "日本/語.html",
        '"quoted" <&>\\.txt',
    ]
    app_id, deployment = open_deployment(fileMap=dict.fromkeys(names, "0" * 32))
    for name in names:
        assert send("PUT", deployment["fileUploadUrls"][name], name.encode()).status == 200
    assert uploads(amplify_mock, app_id) == {name: name.encode() for name in names}


@pytest.mark.parametrize("branch_name", ["feature/x", "fix #1", "größe"])
def test_branch_names_may_have_any_characters(amplify_mock, branch_name):
    app_id, deployment = open_deployment(branch_name)
    assert with_requests("PUT", deployment["zipUploadUrl"], BODY).status == 200
    assert uploads(amplify_mock, app_id, branch_name) == {"artifacts.zip": BODY}


def test_an_empty_body_is_kept(amplify_mock, send):
    app_id, deployment = open_deployment()
    assert send("PUT", deployment["zipUploadUrl"], b"").status == 200
    assert uploads(amplify_mock, app_id) == {"artifacts.zip": b""}


def test_a_second_upload_replaces_the_first(amplify_mock):
    app_id, deployment = open_deployment()
    with_requests("PUT", deployment["zipUploadUrl"], b"first")
    with_requests("PUT", deployment["zipUploadUrl"], b"second")
    assert uploads(amplify_mock, app_id) == {"artifacts.zip": b"second"}


def test_a_body_is_read_from_an_open_file(amplify_mock, send, tmp_path):
    path = tmp_path / "site.zip"
    path.write_bytes(BODY)
    app_id, deployment = open_deployment()
    with path.open("rb") as file:
        assert send("PUT", deployment["zipUploadUrl"], file).status == 200
    assert uploads(amplify_mock, app_id) == {"artifacts.zip": BODY}


def test_a_body_is_read_from_a_buffer(amplify_mock, send):
    app_id, deployment = open_deployment()
    assert send("PUT", deployment["zipUploadUrl"], io.BytesIO(BODY)).status == 200
    assert uploads(amplify_mock, app_id) == {"artifacts.zip": BODY}


def test_a_body_is_read_from_a_generator(amplify_mock, send):
    app_id, deployment = open_deployment()
    pieces = (bytes([byte]) for byte in BODY)
    assert send("PUT", deployment["zipUploadUrl"], pieces).status == 200
    assert uploads(amplify_mock, app_id) == {"artifacts.zip": BODY}


def test_other_forms_of_a_body_are_read(amplify_mock):
    app_id, deployment = open_deployment()
    url = deployment["zipUploadUrl"]
    requests.put(url, files={"file": ("site.zip", BODY)}, timeout=5)
    assert BODY in uploads(amplify_mock, app_id)["artifacts.zip"]
    requests.put(url, data="grün".encode(), timeout=5)
    assert uploads(amplify_mock, app_id)["artifacts.zip"] == "grün".encode()
    urllib3.request("PUT", url, body=bytearray(BODY))
    assert uploads(amplify_mock, app_id)["artifacts.zip"] == BODY
    urllib3.request("PUT", url, body=io.StringIO("text"))
    assert uploads(amplify_mock, app_id)["artifacts.zip"] == b"text"
    httpx.put(url, json={"a": 1})
    assert uploads(amplify_mock, app_id)["artifacts.zip"].replace(b" ", b"") == b'{"a":1}'


def test_a_file_is_read_from_where_it_stands(amplify_mock):
    app_id, deployment = open_deployment()
    file = io.BytesIO(b"skipped" + BODY)
    file.seek(len(b"skipped"))
    requests.put(deployment["zipUploadUrl"], data=file, timeout=5)
    assert uploads(amplify_mock, app_id) == {"artifacts.zip": BODY}


def test_uploads_can_be_read_after_the_mock():
    with mock_amplify() as amplify:
        app_id, deployment = open_deployment()
        with_requests("PUT", deployment["zipUploadUrl"], BODY)
    assert uploads(amplify, app_id) == {"artifacts.zip": BODY}


def test_an_upload_does_not_start_the_job(amplify_mock):
    app_id, deployment = open_deployment()
    with_requests("PUT", deployment["zipUploadUrl"], BODY)
    assert amplify_mock.backend().apps[app_id].branches["main"].jobs["1"].status == "PENDING"


def test_http_client_asks_through_a_tunnel(amplify_mock):
    app_id, deployment = open_deployment()
    pool, target = pool_for(deployment["zipUploadUrl"])
    connection = http.client.HTTPSConnection("127.0.0.1", 9)
    connection.set_tunnel(pool.host.upper())
    connection.request("PUT", target, BODY)
    assert connection.getresponse().status == 200
    assert uploads(amplify_mock, app_id) == {"artifacts.zip": BODY}


def test_uploads_in_many_threads_are_all_kept(amplify_mock):
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
    assert uploads(amplify_mock, app_id) == {name: name.encode() for name in names}


@pytest.mark.parametrize(
    "way",
    [with_requests, with_urllib_request, with_httpx, with_async_httpx, with_aiohttp, with_an_aiohttp_connector],
)
def test_proxies_of_the_environment_are_not_asked(amplify_mock, monkeypatch, way):
    # urllib.request keeps its first opener, and with it the proxies of that moment.
    monkeypatch.setattr("urllib.request._opener", None)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    app_id, deployment = open_deployment()
    assert way("PUT", deployment["zipUploadUrl"], BODY).status == 200
    assert uploads(amplify_mock, app_id) == {"artifacts.zip": BODY}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_urllib3_proxy_is_not_asked(amplify_mock, scheme):
    app_id, deployment = open_deployment()
    url = deployment["zipUploadUrl"].replace("https", scheme, 1)
    with urllib3.ProxyManager("http://127.0.0.1:9") as pools:
        assert pools.request("PUT", url, body=BODY, retries=False).status == 200
    assert uploads(amplify_mock, app_id) == {"artifacts.zip": BODY}
