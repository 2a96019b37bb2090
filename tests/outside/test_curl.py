"""curl, as scripts use it."""

from __future__ import annotations

import json

import pytest

from amplify_mock.server.reading import LARGEST_UPLOAD
from support import outside
from support.jobs import GITHUB, finish, new_branch
from support.sites import zipped

SITE = {"index.html": "<p>home", "style.css": "p{color:red}", "a b/ü.txt": "text"}


@pytest.fixture
def curl(run):
    """Run curl, and return what it has written to stdout."""
    return lambda *arguments, **named: run([outside.curl(), "-sS", *arguments], **named)[0]


@pytest.fixture
def branch(amplify_client):
    rules = [{"source": "/old", "target": "/", "status": "301"}]
    return new_branch(amplify_client, app={"customRules": rules})


@pytest.fixture
def uploads(amplify_mock, branch):
    """Return what was uploaded for the branch's first job."""
    return lambda: amplify_mock.apps[branch["appId"]].branches["main"].jobs["1"].uploads


@pytest.fixture
def deployment(server, curl, branch):
    """Open a deployment, and return where the server says that its zip goes."""
    target = f"{server.url}/apps/{branch['appId']}/branches/main/deployments"
    return json.loads(curl("-f", "-d", "{}", "-H", "Content-Type: application/json", target))["zipUploadUrl"]


# So large that curl asks first whether it may send it.
LARGE = bytes(range(256)) * 20_000


@pytest.mark.parametrize("body", [b"small", LARGE], ids=["small", "large"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["-T", "site.zip"],
        ["-X", "PUT", "--data-binary", "@site.zip"],
        ["-T", "site.zip", "-H", "Transfer-Encoding: chunked"],
        ["-T", "site.zip", "-H", "Expect: 100-continue"],
        ["-T", "site.zip", "-H", "Expect:"],
        ["-T", "site.zip", "--http1.0"],
    ],
    ids=" ".join,
)
def test_an_upload_arrives_whole(curl, deployment, uploads, tmp_path, arguments, body):
    (tmp_path / "site.zip").write_bytes(body)
    assert curl("-w", "%{http_code}", *arguments, deployment) == "200"
    assert uploads() == {"artifacts.zip": body}


@pytest.mark.parametrize("expect", ["Expect: 100-continue", "Expect:"])
def test_an_upload_may_be_empty(curl, deployment, uploads, tmp_path, expect):
    (tmp_path / "site.zip").touch()
    assert curl("-f", "-T", "site.zip", "-H", expect, deployment) == ""
    assert uploads() == {"artifacts.zip": b""}


def test_an_upload_may_come_from_a_pipe(curl, deployment, uploads):
    assert curl("-f", "-T", "-", deployment, given=LARGE) == ""
    assert uploads() == {"artifacts.zip": LARGE}


def test_it_is_told_to_go_on_before_it_sends(run, deployment, tmp_path):
    (tmp_path / "site.zip").write_bytes(LARGE)
    _, log = run([outside.curl(), "-sSv", "-T", "site.zip", deployment])
    assert "> Expect: 100-continue" in log
    assert log.index("< HTTP/1.1 100 Continue") < log.index("< HTTP/1.1 200 OK")


def test_what_is_too_large_is_refused_before_it_is_sent(curl, deployment, uploads, tmp_path):
    with (tmp_path / "site.zip").open("wb") as file:
        file.truncate(LARGEST_UPLOAD + 1)
    assert curl("-o", "answer", "-w", "%{http_code} %{size_upload}", "-T", "site.zip", deployment) == "413 0"
    assert uploads() == {}


def test_a_changed_url_is_refused_as_by_s3(curl, deployment, tmp_path):
    (tmp_path / "site.zip").write_bytes(b"small")
    assert "<Code>SignatureDoesNotMatch</Code>" in curl("-T", "site.zip", f"{deployment}0")


# Sites


@pytest.fixture
def site(server, curl, branch, deployment, amplify_client, tmp_path):
    (tmp_path / "site.zip").write_bytes(zipped(SITE))
    curl("-f", "-T", "site.zip", deployment)
    amplify_client.start_deployment(**branch, jobId="1")
    assert finish(amplify_client, branch)["status"] == "SUCCEED"
    return f"{server.url}/sites/{branch['appId']}/main"


def test_the_pages_of_a_site_are_read(curl, site):
    assert curl(f"{site}/", f"{site}/style.css", f"{site}/a%20b/%C3%BC.txt") == "".join(SITE.values())
    assert curl("-r", "3-", f"{site}/") == "home"


def test_only_the_headers_are_read(curl, site):
    status, *headers = curl("-I", f"{site}/").splitlines()
    assert status == "HTTP/1.1 200 OK"
    assert {"Content-Length: 7", "Content-Type: text/html; charset=utf-8"} <= set(headers)


def test_redirects_are_followed(curl, site):
    shown = ["-w", " %{http_code} %{num_redirects} %{url_effective}"]
    assert curl("-L", *shown, f"{site}/old") == f"<p>home 200 1 {site}/"
    assert curl("-L", *shown, site) == f"<p>home 200 1 {site}/"


def test_what_is_not_there_is_not_found(curl, site):
    assert curl("-o", "page", "-w", "%{http_code}", f"{site}/missing.png") == "404"


# Webhooks


def test_a_post_to_a_webhook_starts_a_build(amplify_mock, server, curl):
    app = amplify_mock.add_app("shop", branches=["main"], **GITHUB)
    amplify_mock.add_webhook(app.app_id, "main")
    (webhook,) = json.loads(curl(f"{server.url}/apps/{app.app_id}/webhooks"))["webhooks"]
    url = webhook["webhookUrl"]
    assert url.startswith(f"{server.url}/urls/webhooks.amplify.us-east-1.amazonaws.com/")
    answer = curl("-X", "POST", "-d", "{}", "-H", "Content-Type: application/json", url)
    assert "SendMessageResponse" in answer
    assert [job.job_type for job in amplify_mock.apps[app.app_id].branches["main"].jobs.values()] == ["WEB_HOOK"]
    assert "Unsupported Media Type" in curl("-X", "POST", "-d", "{}", url)
