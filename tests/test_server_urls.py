"""The URLs of answers lead to the server itself, whatever name it was reached by; and who may reach it by which."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from botocore.model import ListShape, MapShape, StructureShape

from amplify_mock import JobPlan, mock_amplify
from amplify_mock.server.rewriting import URL_MEMBERS, USER_MAPS, LoopbackUrls, site_prefix
from amplify_mock.service.http import Response
from support.jobs import GITHUB, TEST_PHASE
from support.model import MODEL
from support.servers import ask, follow, new_app

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def server(amplify_mock):
    with amplify_mock.serve() as server:
        yield server


def new_branch(server, **members):
    app = ask(server, "POST", "/apps", {"name": "shop", **members}).json["app"]
    ask(server, "POST", f"/apps/{app['appId']}/branches", {"branchName": "feature/x"})
    return app["appId"], f"/apps/{app['appId']}/branches/feature%2Fx"


# Uploads, logs, artifacts


def test_a_deployment_is_uploaded_to_the_server(amplify_mock, server):
    app_id, branch = new_branch(server)
    deployment = ask(server, "POST", f"{branch}/deployments", "{}").json
    assert deployment["zipUploadUrl"].startswith(f"{server.url}/urls/aws-amplify-prod-us-east-1-artifacts.s3.")
    answer = follow(deployment["zipUploadUrl"], "PUT", b"the zip", Content_Type="application/zip")
    assert (answer.status, answer.headers["Server"]) == (200, "AmazonS3")
    jobs = amplify_mock.backend().apps[app_id].branches["feature/x"].jobs
    assert jobs["1"].uploads == {"artifacts.zip": b"the zip"}


def test_the_files_of_a_deployment_are_uploaded_to_the_server(amplify_mock, server):
    app_id, branch = new_branch(server)
    files = {"a b/ü.html": "0" * 32, "index.html": "0" * 32}
    urls = ask(server, "POST", f"{branch}/deployments", {"fileMap": files}).json["fileUploadUrls"]
    assert urls.keys() == files.keys()
    for name, url in urls.items():
        assert follow(url, "PUT", name.encode()).status == 200
    jobs = amplify_mock.backend().apps[app_id].branches["feature/x"].jobs
    assert jobs["1"].uploads == {name: name.encode() for name in files}


def test_an_upload_is_kept_as_it_comes(amplify_mock, server):
    app_id, branch = new_branch(server)
    url = ask(server, "POST", f"{branch}/deployments", "{}").json["zipUploadUrl"]
    assert follow(url, "PUT", b"no gzip", Content_Encoding="gzip").status == 200
    jobs = amplify_mock.backend().apps[app_id].branches["feature/x"].jobs
    assert jobs["1"].uploads == {"artifacts.zip": b"no gzip"}


def test_a_changed_signature_is_refused(server):
    _, branch = new_branch(server)
    url = ask(server, "POST", f"{branch}/deployments", "{}").json["zipUploadUrl"]
    assert follow(url + "0", "PUT", b"the zip").status == 403
    assert follow(url.replace("artifacts.zip", "other.zip"), "PUT", b"the zip").status == 404


def test_the_log_of_a_failed_step_is_read_from_the_server(amplify_mock, server):
    amplify_mock.plan_jobs(JobPlan(fail_at="BUILD", log="line 1\nline 2", progress="instant"))
    _, branch = new_branch(server, **GITHUB)
    ask(server, "POST", f"{branch}/jobs", {"jobType": "RELEASE"})
    (step,) = ask(server, "GET", f"{branch}/jobs/1").json["job"]["steps"]
    assert follow(step["logUrl"])[::2] == (200, b"line 1\nline 2")
    assert follow(step["logUrl"], "HEAD")[::2] == (200, b"")


def test_other_urls_lead_to_the_server_too(server):
    app_id, branch = new_branch(server, buildSpec=TEST_PHASE, **GITHUB)
    ask(server, "POST", f"{branch}/jobs", {"jobType": "RELEASE"})
    for _ in range(2):
        ask(server, "GET", f"{branch}/jobs/1")
    artifacts = ask(server, "GET", f"{branch}/jobs/1/artifacts").json["artifacts"]
    artifact = ask(server, "GET", f"/artifacts/{artifacts[0]['artifactId']}").json["artifactUrl"]
    query = {"domainName": f"{app_id}.amplifyapp.com"}
    logs = ask(server, "POST", f"/apps/{app_id}/accesslogs", query).json["logUrl"]
    for url in (artifact, logs):
        assert url.startswith(f"{server.url}/urls/aws-amplify-prod-us-east-1-artifacts.s3.us-east-1.amazonaws.com/")


def test_the_names_of_hosts_and_what_is_the_users_own_stay(server):
    url = "https://amplify.us-east-1.amazonaws.com/x"
    variables = {"logUrl": url, "A": url}
    app_id, branch = new_branch(server, environmentVariables=variables, tags=variables, description=url, **GITHUB)
    app = ask(server, "GET", f"/apps/{app_id}").json["app"]
    assert (app["defaultDomain"], app["repository"]) == (f"{app_id}.amplifyapp.com", GITHUB["repository"])
    assert app["environmentVariables"] == app["tags"] == variables
    assert app["description"] == url
    assert ask(server, "GET", branch).json["branch"]["customDomains"] == []


def test_the_api_can_also_be_asked_by_its_own_host_names(amplify_mock, server):
    ask(server, "POST", "/urls/amplify.eu-west-1.amazonaws.com/apps", {"name": "shop"})
    assert len(amplify_mock.backend("eu-west-1").apps) == 1


@pytest.mark.parametrize(
    "target",
    ["/urls/example.com/", "/urls/127.0.0.1/", "/urls/s3.amazonaws.com/x", "/urls//x", "/urls", "/urls/x",
     "/urls/a%2Fb/c", "/urls/../x", "/sites", "/sites/", "/sites/d1", "/sites/d1/", "/sites/d1//",
     "/sites/%2E%2E/main/", "/sites/a@b/main/"],
)  # fmt: skip
def test_nothing_leads_to_other_hosts(server, target):
    answer = ask(server, "GET", target)
    assert answer.status == 404
    assert answer.message


def test_a_site_begins_with_a_slash(server):
    answer = ask(server, "GET", "/sites/d1/feature%2Fx?a=b")
    assert (answer.status, answer.headers["Location"]) == (308, "/sites/d1/feature%2Fx/?a=b")


def test_a_site_is_found_by_the_branch_or_by_its_display_name(amplify_mock, server, monkeypatch):
    asked = []

    def fetch(request):
        asked.append((request.host, request.path, request.query, request.url))
        return Response(302, {"Location": "/other", "Content-Length": "0", "Connection": "close"})

    app_id, _ = new_branch(server)
    monkeypatch.setattr(amplify_mock, "owns", lambda host: host.endswith(".amplifyapp.com"))
    monkeypatch.setattr(amplify_mock, "fetch", fetch)
    for branch in ("feature%2Fx", "feature-x"):
        answer = ask(server, "GET", f"/sites/{app_id}/{branch}/a%2Fb//c?d=e%20f")
        assert answer.status == 302
        assert answer.headers["Location"] == f"/sites/{app_id}/{branch}/other"
        assert answer.headers["Connection"] is None
    host = f"feature-x.{app_id}.amplifyapp.com"
    assert asked == [(host, "/a%2Fb//c", "d=e%20f", f"https://{host}/a%2Fb//c?d=e%20f")] * 2


def zipped(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return file.getvalue()


def test_what_was_deployed_is_read_at_its_site(server):
    app_id, branch = new_branch(server, customRules=[{"source": "/old", "target": "/a/", "status": "301"}])
    deployment = ask(server, "POST", f"{branch}/deployments", "{}").json
    site = f"/sites/{app_id}/feature%2Fx"
    assert ask(server, "GET", f"{site}/").status == 404
    follow(deployment["zipUploadUrl"], "PUT", zipped({"index.html": "<p>home", "a/index.html": "<p>a"}))
    ask(server, "POST", f"{branch}/deployments/start", {"jobId": deployment["jobId"]})
    for _ in range(2):
        ask(server, "GET", f"{branch}/jobs/1")
    assert ask(server, "GET", f"{site}/")[::2] == (200, b"<p>home")
    assert ask(server, "HEAD", f"{site}/")[::2] == (200, b"")
    for path in ("/a", "/old"):
        answer = ask(server, "GET", f"{site}{path}")
        assert (answer.status, answer.headers["Location"]) == (301, f"{site}/a/")
    etag = ask(server, "GET", f"{site}/a/").headers["ETag"]
    assert ask(server, "GET", f"{site}/a/", If_None_Match=etag)[::2] == (304, b"")
    assert ask(server, "GET", f"/urls/feature-x.{app_id}.amplifyapp.com/").body == b"<p>home"


def test_a_site_has_a_host_of_its_own_where_its_paths_are_its_own(server):
    rules = [{"source": "/old", "target": "/a/", "status": "301"}]
    app_id, branch = new_branch(server, customRules=rules)
    deployment = ask(server, "POST", f"{branch}/deployments", "{}").json
    follow(deployment["zipUploadUrl"], "PUT", zipped({"index.html": "<p>home", "sites/a.txt": "a"}))
    ask(server, "POST", f"{branch}/deployments/start", {"jobId": deployment["jobId"]})
    for _ in range(2):
        ask(server, "GET", f"{branch}/jobs/1")
    host = f"Feature-X.{app_id.upper()}.localhost:{server.port}"
    assert ask(server, "GET", "/", Host=host)[::2] == (200, b"<p>home")
    assert ask(server, "GET", "/sites/a.txt", Host=host).body == b"a"
    assert ask(server, "GET", "/_amplify/state", Host=host).status == 404
    assert ask(server, "GET", "/old", Host=host).headers["Location"] == "/a/"
    assert ask(server, "GET", "/apps", Host="main.d0000000000000.localhost").json["apps"]


def test_a_webhook_starts_a_build(server):
    app_id, branch = new_branch(server, **GITHUB)
    hook = ask(server, "POST", f"/apps/{app_id}/webhooks", {"branchName": "feature/x"}).json["webhook"]["webhookUrl"]
    assert hook.startswith(f"{server.url}/urls/webhooks.amplify.us-east-1.amazonaws.com/prod/webhooks?id=")
    assert follow(hook, "POST", "{}", Content_Type="application/json").status == 200
    assert ask(server, "GET", f"{branch}/jobs/1").json["job"]["summary"]["jobType"] == "WEB_HOOK"


# The model, and the turning of URLs by itself


def members_of(shape, seen=()):
    if shape.name in seen:
        return
    seen = (*seen, shape.name)
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield name, member
            yield from members_of(member, seen)
    elif isinstance(shape, ListShape):
        yield from members_of(shape.member, seen)


def test_every_url_and_every_map_of_the_model_is_known():
    outputs = [MODEL.operation_model(name).output_shape for name in MODEL.operation_names]
    members = [member for shape in outputs if shape for member in members_of(shape)]
    # What the caller has given himself.
    urls = {name for name, _ in members if name.lower().endswith(("url", "urls"))} - {"sourceUrl"}
    assert urls | {"screenshots"} == URL_MEMBERS
    assert {name for name, shape in members if isinstance(shape, MapShape)} - URL_MEMBERS == USER_MAPS


URLS = LoopbackUrls("http://localhost:1", lambda host: host in {"owned.com", "main.d1.amplifyapp.com"})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://owned.com/a?b=c%2F#d", "http://localhost:1/urls/owned.com/a?b=c%2F#d"),
        ("https://owned.com", "http://localhost:1/urls/owned.com/"),
        ("https://owned.com?a", "http://localhost:1/urls/owned.com/?a"),
        ("http://owned.com/", "http://localhost:1/urls/owned.com/"),
        ("https://main.d1.amplifyapp.com/a/b", "http://localhost:1/sites/d1/main/a/b"),
        ("https://other.com/a", "https://other.com/a"),
        ("https://owned.com.evil.com/", "https://owned.com.evil.com/"),
        ("https://owned.com:1/", "https://owned.com:1/"),
        ("https://a@owned.com/", "https://a@owned.com/"),
        ("s3://owned.com/a", "s3://owned.com/a"),
        ("/a", "/a"),
        ("", ""),
    ],
)
def test_only_urls_of_owned_hosts_are_turned(url, expected):
    assert URLS.url(url) == expected


def test_only_answers_of_the_api_are_turned():
    body = json.dumps({"webhooks": [{"webhookUrl": "https://owned.com/a", "n": [1, None]}]}).encode()
    turned = URLS.answer(Response(200, {"x-amzn-RequestId": "1", "Content-Length": "9"}, body))
    assert json.loads(turned.body) == {
        "webhooks": [{"webhookUrl": "http://localhost:1/urls/owned.com/a", "n": [1, None]}]
    }
    assert turned.headers["Content-Length"] == str(len(turned.body))
    assert URLS.answer(Response(200, {}, body)).body == body


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/a", "/sites/d1/a%2Fb/a"),
        ("//other.com/a", "//other.com/a"),
        ("https://owned.com/a", "http://localhost:1/urls/owned.com/a"),
        ("https://other.com/a", "https://other.com/a"),
        ("a", "a"),
    ],
)
def test_redirects_stay_on_the_server(location, expected):
    redirect = URLS.redirect(Response(302, {"Location": location, "A": location}), site_prefix("d1", "a/b"))
    assert redirect.headers == {"Location": expected, "A": location}


# By which name


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:9999", "LOCALHOST", "a.localhost", "127.0.0.9:80", "[::1]:80", "host.docker.internal:80"],
)  # fmt: skip
def test_urls_begin_as_the_caller_has_reached_the_server(server, host):
    _, branch = new_branch(server)
    url = ask(server, "POST", f"{branch}/deployments", "{}", Host=host).json["zipUploadUrl"]
    assert url.startswith(f"http://{host}/urls/")


@pytest.mark.parametrize(
    "host", ["example.com", "127.0.0.1.example.com", "localhost.example.com", "192.168.1.1", "[::2]"]
)
def test_names_that_may_lead_here_by_deceit_are_refused(server, host):
    answer = ask(server, "POST", "/_amplify/reset", Host=f"{host}:80")
    assert answer.status == 421
    assert "--host" in answer.message


@pytest.mark.parametrize(
    "host", ["a b", "a/b", "a@localhost", "localhost:x", "localhost:123456", "[localhost]", "a,b", "ü"]
)
def test_what_is_no_host_is_refused(server, host):
    assert ask(server, "GET", "/apps", Host=host.encode()).status == 400


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:3000", 200),
        ("https://127.0.0.1", 200),
        ("https://example.com", 403),
        ("null", 403),
        ("http://[", 403),
        ("", 403),
    ],
)
def test_web_pages_from_elsewhere_are_kept_out(server, origin, status):
    assert ask(server, "GET", "/apps", Origin=origin).status == status


def test_a_server_for_others_answers_to_any_name():
    with mock_amplify() as amplify, amplify.serve(host="0.0.0.0") as server:
        assert new_app(server, Host="amplify.test:80", Origin="https://example.com")["name"] == "shop"
        assert ask(server, "GET", "/apps", Host="a/b").status == 400
