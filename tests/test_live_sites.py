"""The site of a branch answers at its address, with files, rules, headers and basic auth; and keeps a log of that."""

from __future__ import annotations

import base64
import csv
import datetime
import io
import json
import threading
import time

import freezegun
import pytest
import requests

from support.clients import client_of
from support.jobs import GITHUB, deploy, finish, new_branch, release
from support.sites import SUCCEEDED, UNKNOWN, ask, deployed, host_of, md5, page, seen, started

FILES = {
    "index.html": b"<h1>home</h1>",
    "about.html": b"about",
    "docs/index.html": b"docs",
    "app.js": b"go()",
    "data.json": b"{}",
    "logo.png": b"\x89PNG",
    "404.html": b"lost",
}
SPA = r"</^[^.]+$|\.(?!(css|gif|ico|jpg|js|png|txt|svg|woff|woff2|ttf|map|json|webp)$)([^.]+$)/>"
NOON = datetime.datetime(2024, 9, 19, 12, tzinfo=datetime.timezone.utc)
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def site(amplify_client):
    """Make a branch that is deployed, and return what names it."""
    branch = new_branch(amplify_client)
    assert deployed(amplify_client, branch, FILES) == SUCCEEDED
    return branch


def change_app(client, branch, **members):
    client.update_app(appId=branch["appId"], **members)


def rule(source, target, status, **more):
    return {"source": source, "target": target, "status": status, **more}


def location(site, path, **options):
    answer = ask(site, path, **options)
    return answer.status_code, answer.headers.get("Location")


# Files


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/about", "text/html; charset=utf-8"),
        ("/docs/", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/data.json", "application/json"),
        ("/logo.png", "image/png"),
    ],
)
def test_a_file_is_answered_with_its_type(site, path, content_type):
    name = {"/": "index.html", "/about": "about.html", "/docs/": "docs/index.html"}.get(path, path[1:])
    answer = ask(site, path)
    assert (answer.status_code, answer.content) == (200, FILES[name])
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["ETag"] == f'"{md5(FILES[name])}"'


def test_a_folder_is_found_by_following(site):
    answer = requests.get(f"https://{host_of(site)}/docs?a=1", timeout=5)
    assert (answer.status_code, answer.text, answer.url) == (200, "docs", f"https://{host_of(site)}/docs/?a=1")
    assert [each.status_code for each in answer.history] == [301]


def test_head_parts_and_what_the_client_has_already(site):
    head = ask(site, "/about", "HEAD")
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", "5")
    part = ask(site, "/about", headers={"Range": "bytes=1-2"})
    assert (part.status_code, part.text, part.headers["Content-Range"]) == (206, "bo", "bytes 1-2/5")
    again = ask(site, "/about", headers={"If-None-Match": head.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_site_is_only_read(site, method):
    answer = ask(site, "/", method, data=b"x")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert seen(site) == (200, "<h1>home</h1>")


def test_the_address_is_the_same_in_whatever_case_and_scheme(site):
    host = host_of(site)
    for url in (f"https://{host.upper()}/about", f"http://{host}/about", f"https://{host}:443/about"):
        assert requests.get(url, timeout=5).text == "about"


@pytest.mark.parametrize(
    ("name", "members", "label"),
    [
        ("feature/x", {}, "feature-x"),
        ("Fix_1.2", {}, "fix-1-2"),
        ("main", {"displayName": "stable"}, "stable"),
        ("größe", {}, "gr--e"),
    ],
)
def test_a_branch_has_its_display_name_in_its_address(amplify_client, name, members, label):
    branch = new_branch(amplify_client, name, **members)
    deployed(amplify_client, branch, page(name))
    assert ask(f"{label}.{branch['appId']}.amplifyapp.com").content.decode() == name


def test_a_new_display_name_is_a_new_address(amplify_client, site):
    amplify_client.update_branch(**site, displayName="next")
    assert seen(f"next.{site['appId']}.amplifyapp.com", "/about") == (200, "about")
    assert seen(site, "/about")[0] == 404


def test_sites_of_all_regions_and_accounts_answer(amplify_mock):
    for number, arguments in enumerate([("us-east-1",), ("eu-west-1",), ("us-east-1", "111122223333")]):
        client = client_of(*arguments)
        branch = new_branch(client)
        deployed(client, branch, page(str(number)))
        assert seen(branch) == (200, str(number))


def test_there_is_no_site_of_what_there_is_not(amplify_client, site):
    app_id = site["appId"]
    for host in (f"dev.{app_id}.amplifyapp.com", f"{app_id}.amplifyapp.com", "main.dother.amplifyapp.com"):
        assert ask(host).status_code == 404
    amplify_client.delete_app(appId=app_id)
    assert seen(site)[1] != "<h1>home</h1>"
    assert seen(site)[0] == 404


def test_what_came_from_elsewhere_is_not_known(amplify_client, site):
    deploy(amplify_client, site, sourceUrl="https://example.com/site.zip")
    finish(amplify_client, site, "2")
    built = new_branch(amplify_client, app=GITHUB)
    release(amplify_client, built)
    finish(amplify_client, built)
    for branch in (site, built):
        status, text = seen(branch, "/about")
        assert (status, UNKNOWN in text) == (404, True)
    # A rule needs no content to lead elsewhere.
    change_app(amplify_client, built, customRules=[rule("/old", "/new", "301")])
    assert location(built, "/old") == (301, "/new")


def test_many_threads_may_ask_while_the_site_is_deployed(amplify_client, site):
    texts = set()

    def ask_often():
        texts.update(seen(site)[1] for _ in range(20))

    threads = [threading.Thread(target=ask_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    job_id = started(amplify_client, site, page("new"))
    finish(amplify_client, site, job_id)
    for thread in threads:
        thread.join(10)
    assert texts <= {"<h1>home</h1>", "new"}
    assert seen(site) == (200, "new")


# Custom rules


def test_rules_of_every_status_are_followed(amplify_client, site):
    rules = [
        rule("/old", "/about", "301"),
        rule("/moved/<*>", "https://example.com/<*>", "302"),
        rule("/users/<id>", "/about.html", "200"),
        rule("/data", "/data.json", "200"),
        rule("/<*>", "/404.html", "404"),
    ]
    change_app(amplify_client, site, customRules=rules)
    assert location(site, "/old?a=1") == (301, "/about?a=1")
    assert location(site, "/moved/a/b%20c") == (302, "https://example.com/a/b%20c")
    assert seen(site, "/users/7") == (200, "about")
    assert ask(site, "/data").headers["Content-Type"] == "application/json"
    assert seen(site, "/nowhere") == (404, "lost")
    assert seen(site, "/about") == (200, "about")
    assert requests.get(f"https://{host_of(site)}/old", timeout=5).text == "about"


@pytest.mark.parametrize("rules", [[rule("/<*>", "/index.html", "404-200")], [rule(SPA, "/index.html", "200")]])
def test_a_single_page_app_has_one_page_for_all_its_paths(amplify_client, site, rules):
    change_app(amplify_client, site, customRules=rules)
    assert [seen(site, path) for path in ("/", "/users/7", "/a/b/c")] == [(200, "<h1>home</h1>")] * 3
    assert seen(site, "/app.js") == (200, "go()")


def test_placeholders_and_queries_are_put_into_the_target(amplify_client, site):
    rules = [
        rule("/blog/<year>/<slug>", "/posts/<slug>-<year>", "302"),
        rule("/find?q=<word>", "/search/<word>", "301"),
    ]
    change_app(amplify_client, site, customRules=rules)
    assert location(site, "/blog/2024/hello") == (302, "/posts/hello-2024")
    assert location(site, "/find?q=a+b") == (301, "/search/a%20b")


def test_a_condition_is_the_country_of_the_viewer(amplify_client, site):
    change_app(amplify_client, site, customRules=[rule("/", "/about", "302", condition="<DE>")])
    assert location(site, "/", headers={"CloudFront-Viewer-Country": "DE"}) == (302, "/about")
    assert ask(site, "/", headers={"CloudFront-Viewer-Country": "US"}).status_code == 200
    assert ask(site, "/").status_code == 200


def test_rules_are_those_of_now(amplify_client, site):
    for rules, expected in ([rule("/about", "/docs/", "301")], (301, "/docs/")), ([], (200, None)):
        change_app(amplify_client, site, customRules=rules)
        assert location(site, "/about") == expected


# Custom headers


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_custom_headers_are_sent(amplify_client, site, form):
    headers = {"X-Frame-Options": "DENY", "Cache-Control": "no-store"}
    pairs = [{"key": key, "value": value} for key, value in headers.items()]
    text = json.dumps({"customHeaders": [{"pattern": "**/*.html", "headers": pairs}]})
    if form == "yaml":
        text = "customHeaders:\n  - pattern: '**/*.html'\n    headers:\n" + "".join(
            f"      - key: {key}\n        value: {value}\n" for key, value in headers.items()
        )
    change_app(amplify_client, site, customHeaders=text)
    answer = ask(site, "/about")
    assert {name: answer.headers[name] for name in headers} == headers
    assert "X-Frame-Options" not in ask(site, "/app.js").headers


# Who is let in


def credentials(user, password):
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def test_the_password_of_the_app_is_asked_for_on_all_branches(amplify_client, site):
    change_app(amplify_client, site, enableBasicAuth=True, basicAuthCredentials=credentials("user", "secret"))
    refused = ask(site, "/about")
    assert (refused.status_code, refused.headers["WWW-Authenticate"][:6]) == (401, "Basic ")
    assert "about" not in refused.text
    assert ask(site, "/about", auth=("user", "wrong")).status_code == 401
    assert ask(site, "/about", auth=("user", "secret")).text == "about"


def test_the_password_of_the_branch_counts_before_that_of_the_app(amplify_client, site):
    change_app(amplify_client, site, enableBasicAuth=True, basicAuthCredentials=credentials("app", "a"))
    amplify_client.update_branch(**site, enableBasicAuth=True, basicAuthCredentials=credentials("branch", "b"))
    assert ask(site, auth=("app", "a")).status_code == 401
    assert ask(site, auth=("branch", "b")).status_code == 200
    amplify_client.update_branch(**site, enableBasicAuth=False)
    assert ask(site, auth=("app", "a")).status_code == 200
    change_app(amplify_client, site, enableBasicAuth=False)
    assert ask(site).status_code == 200


def test_without_credentials_nobody_is_let_in(amplify_client, site):
    amplify_client.update_branch(**site, enableBasicAuth=True)
    for auth in (None, ("", ""), ("user", "secret")):
        assert ask(site, auth=auth).status_code == 401


# Access logs


def rows(client, site, host=None, **window):
    """Return the rows of an access log as dicts."""
    url = client.generate_access_logs(appId=site["appId"], domainName=host or host_of(site), **window)["logUrl"]
    answer = requests.get(url, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_an_access_log_tells_what_was_asked_and_answered(amplify_client, site):
    change_app(amplify_client, site, customRules=[rule("/old", "/about", "301")])
    with freezegun.freeze_time(NOON + 46 * MINUTE):
        ask(site, "/a%20b?x=1&y=2", headers={"Referer": "https://example.com/", "User-Agent": "Browser (1)"})
        ask(site, "/about", "HEAD")
        ask(site, "/old")
        found = rows(amplify_client, site)
    assert {(each["date"], each["time"], each["x-host-header"]) for each in found} == {
        ("2024-09-19", "12:46:00", host_of(site))
    }
    asked = [(each["cs-method"], each["cs-uri-stem"], each["sc-status"], each["x-edge-result-type"]) for each in found]
    assert asked == [
        ("GET", "/a%20b", "404", "Error"),
        ("HEAD", "/about", "200", "Miss"),
        ("GET", "/old", "301", "Redirect"),
    ]
    assert (found[0]["cs-uri-query"], found[0][r"cs\(Referer)"]) == ("x=1&y=2", "https://example.com/")
    assert (found[0][r"cs\(User-Agent)"], found[1]["sc-content-type"]) == (
        r"Browser%20\(1)",
        "text/html;%20charset=utf-8",
    )


def test_an_access_log_is_of_one_host_and_has_no_secrets(amplify_client, site):
    dev = {**site, "branchName": "dev"}
    amplify_client.create_branch(**dev, enableBasicAuth=True, basicAuthCredentials=credentials("user", "secret"))
    ask(site, "/main")
    ask(dev, "/dev", auth=("user", "secret"), headers={"Cookie": "session=hidden", "X-Api-Key": "hidden"})
    (row,) = rows(amplify_client, site)
    assert row["cs-uri-stem"] == "/main"
    (row,) = rows(amplify_client, dev, host_of(dev).upper())
    assert (row["cs-uri-stem"], row["sc-status"]) == ("/dev", "404")
    assert not any(word in str(row) for word in ("hidden", "secret", credentials("user", "secret")))


def test_an_access_log_has_whole_hours_of_the_time_that_was_asked_for(amplify_client, site):
    with freezegun.freeze_time(NOON) as clock:
        for _ in range(8):
            ask(site, f"/{datetime.datetime.now(datetime.timezone.utc):%H:%M}")
            clock.tick(30 * MINUTE)
        window = {"startTime": NOON + HOUR + 10 * MINUTE, "endTime": NOON + 2 * HOUR + 20 * MINUTE}
        found = rows(amplify_client, site, **window)
        assert [each["cs-uri-stem"] for each in found] == ["/13:00", "/13:30", "/14:00", "/14:30"]
        assert rows(amplify_client, site, startTime=NOON - 2 * HOUR, endTime=NOON - MINUTE) == []
        assert len(rows(amplify_client, site)) == 8
        clock.tick(datetime.timedelta(days=15))
        assert rows(amplify_client, site) == []


@pytest.fixture
def far_east(monkeypatch):
    """Put the machine into a time zone where it is later."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EAST-9")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows takes no time zone from the environment")
@pytest.mark.usefixtures("far_east")
def test_access_logs_are_the_same_in_every_time_zone(amplify_client, site):
    ask(site)
    (row,) = rows(amplify_client, site)
    asked = datetime.datetime.fromisoformat(f"{row['date']}T{row['time']}+00:00")
    assert abs(datetime.datetime.now(datetime.timezone.utc) - asked) < HOUR


def test_a_name_with_the_dot_at_its_end_is_the_same_host(amplify_client, site):
    ask(site, "/asked")
    assert [each["cs-uri-stem"] for each in rows(amplify_client, site, f"{host_of(site)}.")] == ["/asked"]


def test_access_logs_are_kept_and_restored_with_the_state(amplify_mock, amplify_client, site):
    ask(site, "/before")
    saved = amplify_mock.snapshot()
    ask(site, "/after")
    assert len(rows(amplify_client, site)) == 2
    amplify_mock.restore(saved)
    assert [each["cs-uri-stem"] for each in rows(amplify_client, site)] == ["/before"]
    amplify_mock.reset()
    amplify_mock.add_app(app_id=site["appId"], branches=["main"])
    assert rows(amplify_client, site) == []


def test_an_app_goes_with_its_access_logs(amplify_mock, amplify_client, site):
    ask(site, "/of/the/old/app")
    amplify_client.delete_app(appId=site["appId"])
    amplify_mock.add_app(app_id=site["appId"], branches=["main"])
    assert rows(amplify_client, site) == []
