"""What the site of a branch answers: its files, its rules, and whom it lets in."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amplify_mock.resources.contents import Content
from amplify_mock.service.http import Request
from amplify_mock.web.sites import Site, answer

FILES = {
    "index.html": b"<h1>home</h1>",
    "about.html": b"about",
    "blog/index.html": b"blog",
    "both.html": b"the page",
    "both/index.html": b"the folder",
    "plain": b"plain",
    "404.html": b"lost",
    "a b/\u00fc%41.txt": b"names",
    "numbers.bin": b"0123456789",
    "empty.txt": b"",
}
USER = base64.b64encode(b"user:secret").decode()


def site(files=FILES, *rules, headers=None, basic_auth=None, is_deployed=True):
    content = None if files is None else Content.of_files(None, files)
    return Site(content, rules, headers, basic_auth, is_deployed)


def rule(source, target, status):
    return {"source": source, "target": target, "status": status}


def get(of, path, *, method="GET", query="", host="main.d1.amplifyapp.com", **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer(of, Request(method, path, query, names, host=host))


def seen(of, path, **more):
    """The status and what was answered: the body, or where it leads."""
    response = get(of, path, **more)
    return response.status, response.headers.get("Location") or response.body


# Files


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", (200, FILES["index.html"])),
        ("", (200, FILES["index.html"])),
        ("/index.html", (200, FILES["index.html"])),
        ("/about", (200, b"about")),
        ("/about.html", (200, b"about")),
        ("/blog", (301, "/blog/")),
        ("/blog/", (200, b"blog")),
        ("/both", (200, b"the page")),
        ("/both/", (200, b"the folder")),
        ("/plain", (200, b"plain")),
        ("/a%20b/%C3%BC%2541.txt", (200, b"names")),
        ("/empty.txt", (200, b"")),
    ],
)
def test_a_path_leads_to_a_file(path, expected):
    assert seen(site(), path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/missing",
        "/about/",
        "/plain/",
        "/About",
        "//index.html",
        "/blog/../index.html",
        "/%2e%2e/index.html",
        "/%2Findex.html",
        "/a%20b/%C3%BC%41.txt",
        "/%00",
        "/%ff",
        "/%",
    ],
)
def test_nothing_is_at_any_other_path(path):
    assert seen(site(), path) == (404, b"Not Found\n")


def test_the_way_to_a_folder_keeps_the_query():
    assert seen(site(), "/blog", query="a=1") == (301, "/blog/?a=1")


def test_an_answer_tells_all_about_the_file():
    response = get(site(), "/about")
    assert response.headers == {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": "5",
        "ETag": f'"{hashlib.md5(b"about").hexdigest()}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "public, max-age=0, s-maxage=31536000",
        "Server": "AmazonS3",
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.css", "text/css; charset=utf-8"),
        ("a.min.JS", "text/javascript; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.svg", "image/svg+xml"),
        ("a.woff2", "font/woff2"),
        ("a.xyz", "application/octet-stream"),
        ("css", "text/css; charset=utf-8"),
        ("folder.css/file", "application/octet-stream"),
    ],
)
def test_the_type_follows_from_the_name(name, expected):
    assert get(site({name: b""}), f"/{name}").headers["Content-Type"] == expected


@pytest.mark.parametrize("path", ["/", "/missing", "/blog"])
def test_head_is_answered_as_get_without_the_body(path):
    whole, head = get(site(), path), get(site(), path, method="HEAD")
    assert (head.status, head.headers, head.body) == (whole.status, whole.headers, b"")
    assert whole.headers["Content-Length"] == str(len(whole.body))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get"])
def test_other_methods_are_not_allowed(method):
    response = get(site(), "/", method=method)
    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")


# Parts, and what the client has already


TAG = get(site(), "/numbers.bin").headers["ETag"]


@pytest.mark.parametrize("tags", [TAG, f"W/{TAG}", f'"other", {TAG}', "*", " * "])
def test_what_the_client_has_is_not_sent_again(tags):
    response = get(site(), "/numbers.bin", if_none_match=tags)
    assert (response.status, response.body, response.headers["ETag"]) == (304, b"", TAG)
    assert "Content-Length" not in response.headers


@pytest.mark.parametrize("tags", ['"other"', "", TAG[:-2]])
def test_what_the_client_does_not_have_is_sent(tags):
    assert seen(site(), "/numbers.bin", if_none_match=tags) == (200, b"0123456789")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("bytes=0-0", b"0"),
        ("bytes=2-4", b"234"),
        ("bytes=8-", b"89"),
        ("bytes=8-99", b"89"),
        ("bytes=-3", b"789"),
        ("bytes=-99", b"0123456789"),
    ],
)
def test_a_part_is_sent(wanted, expected):
    response = get(site(), "/numbers.bin", range=wanted, if_range=TAG)
    assert (response.status, response.body, response.headers["Content-Length"]) == (206, expected, str(len(expected)))
    first = int(response.headers["Content-Range"].removeprefix("bytes ").partition("-")[0])
    assert FILES["numbers.bin"][first:].startswith(expected)


@pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(wanted):
    response = get(site(), "/numbers.bin", range=wanted)
    assert (response.status, response.headers["Content-Range"]) == (416, "bytes */10")


@pytest.mark.parametrize("wanted", ["bytes=-", "bytes=4-2", "bytes=0-1,3-4", "lines=1-2", f"bytes=0-{'9' * 5000}", ""])
def test_what_is_no_single_part_is_the_whole(wanted):
    assert seen(site(), "/numbers.bin", range=wanted) == (200, b"0123456789")


def test_a_part_of_an_older_file_is_the_whole():
    assert get(site(), "/numbers.bin", range="bytes=0-1", if_range='"old"').status == 200
    assert get(site(), "/numbers.bin", range="bytes=0-1", method="HEAD").status == 200


# Who is let in, and what there is to see


def test_without_the_password_nothing_is_told():
    for more in ({}, {"method": "PUT"}, {"authorization": "Basic bm8="}, {"authorization": f"Bearer {USER}"}):
        response = get(site(basic_auth=USER, is_deployed=False), "/", **more)
        assert response.status == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_with_the_password_the_site_answers():
    assert get(site(basic_auth=f"{USER}\n"), "/", authorization=f"basic {USER}").status == 200
    assert get(site(basic_auth="\ud800"), "/", authorization="Basic \ud801").status == 200


def test_a_password_that_was_never_set_lets_nobody_in():
    assert {get(site(basic_auth=""), "/", authorization=each).status for each in ("", "Basic", "Basic ")} == {401}


def test_the_password_does_not_show():
    assert USER not in repr(site(basic_auth=USER))


def test_a_branch_that_was_never_deployed_has_a_welcome_page():
    response = get(site(None, rule("/<*>", "/x", "301"), is_deployed=False), "/")
    assert response.status == 404
    assert b"first deployment" in response.body
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_site_of_unknown_content_says_so():
    for rules in ([], [rule("/<*>", "/index.html", "200")], [rule("/<*>", "/404.html", "404")]):
        status, body = seen(site(None, *rules), "/about")
        assert status == 404
        assert b"amplify_mock does not know the content of this site" in body


def test_a_site_of_unknown_content_redirects_all_the_same():
    assert seen(site(None, rule("/old", "/new", "301")), "/old") == (301, "/new")


# Rules


def test_a_rewrite_serves_the_target_whatever_is_there():
    app = site(FILES, rule("/<*>", "/index.html", "200"))
    assert {seen(app, path) for path in ("/", "/about", "/users/7")} == {(200, FILES["index.html"])}
    assert get(app, "/users/7", if_none_match="*").status == 304


def test_a_rewrite_to_what_is_not_there_is_not_found():
    assert seen(site(FILES, rule("/about", "/missing", "200")), "/about") == (404, b"Not Found\n")


@pytest.mark.parametrize("target", ["/both.html", "/both", "both?a=1#b", "/b%6Fth.html"])
def test_a_target_leads_to_a_file_as_a_path_does(target):
    assert seen(site(FILES, rule("/x", target, "200")), "/x") == (200, b"the page")
    assert seen(site(FILES, rule("/x", "/blog", "200")), "/x") == (200, b"blog")


def test_a_placeholder_in_a_rewrite_is_decoded_once():
    app = site(FILES, rule("/to/<*>", "/a b/<*>", "200"))
    assert seen(app, "/to/%C3%BC%2541.txt") == (200, b"names")


@pytest.mark.parametrize(("status", "expected"), [("404", 404), ("404-200", 200)])
def test_a_rule_for_what_is_missing_serves_the_target(status, expected):
    app = site(FILES, rule("/<*>", "/404.html", status))
    assert seen(app, "/missing", range="bytes=0-0" if expected == 404 else "") == (expected, b"lost")
    assert seen(app, "/about") == (200, b"about")
    assert seen(app, "/blog") == (301, "/blog/")
    assert seen(site(FILES, rule("/<*>", "/gone", status)), "/missing") == (404, b"Not Found\n")


@pytest.mark.parametrize("status", [301, 302])
def test_a_redirect_has_no_body(status):
    response = get(site(FILES, rule("/about", "https://example.com/", str(status))), "/about", query="a=1")
    assert (response.status, response.body, response.headers["Content-Length"]) == (status, b"", "0")
    assert response.headers["Location"] == "https://example.com/?a=1"


@pytest.mark.parametrize("status", ["200", "404"])
def test_another_site_is_never_asked(status):
    code, body = seen(site(FILES, rule("/api/<*>", "https://api.example.com/<*>", status)), "/api/x")
    assert code == 502
    assert b"https://api.example.com/x" in body


def test_the_country_of_the_viewer_is_in_a_header():
    app = site(FILES, {**rule("/about", "/us/", "302"), "condition": "<US>"})
    assert seen(app, "/about", cloudfront_viewer_country="US") == (302, "/us/")
    assert seen(app, "/about") == (200, b"about")


def test_rules_go_by_the_host_of_the_request():
    app = site(FILES, rule("https://example.com", "https://www.example.com", "301"))
    assert seen(app, "/about", host="Example.com") == (301, "https://www.example.com/about")
    assert seen(app, "/about", host="www.example.com") == (200, b"about")


# Whatever is asked

PIECES = st.sampled_from(
    ["/", "..", "%2e%2e", "%", "%2F", "\\", "about", "blog", "<*>", "<x>", "\r\n", "?", "https://"]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=6).map("".join)
STATUSES = st.sampled_from(["200", "301", "302", "404", "404-200"])
RULES = st.lists(st.builds(rule, TEXTS, TEXTS, STATUSES), max_size=3)
HEADERS = st.dictionaries(st.sampled_from(["range", "if-none-match", "if-range", "authorization"]), TEXTS)


@given(st.sampled_from(["GET", "HEAD", "POST"]), TEXTS, TEXTS, RULES, HEADERS, st.none() | TEXTS)
def test_every_request_is_answered_with_the_files_of_the_site_or_none(method, path, query, rules, headers, basic_auth):
    response = answer(site(FILES, *rules, basic_auth=basic_auth), Request(method, path, query, headers, host="h"))
    assert 200 <= response.status < 600
    for name, value in response.headers.items():
        assert f"{name}{value}".isascii()
        assert f"{name}{value}".isprintable()
    if response.status == 200 and method == "GET":
        assert response.body in FILES.values()
    assert not response.body or method != "HEAD"
