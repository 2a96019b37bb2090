"""Custom rules: the examples of the documentation all work, and no rule and no request ever raises."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amplify_mock.resources.custom_rules import Outcome, Rules, escaped, is_elsewhere

SPA = r"</^[^.]+$|\.(?!(css|gif|ico|jpg|js|png|txt|svg|woff|woff2|ttf|map|json|webp)$)([^.]+$)/>"


def rule(source, target="/target", status="301", condition=None):
    return {"source": source, "target": target, "status": status, "condition": condition}


def apply(rules, path, query="", *, host="example.com", country=None, there=()):
    found = Rules(rules).apply(host, path, query, country, lambda asked: asked in there)
    return found and tuple(found)


def target(rules, path, query="", **more):
    outcome = apply(rules, path, query, **more)
    return outcome and outcome[1]


def matches(source, path, query="", **more):
    return apply([rule(source)], path, query, **more) is not None


# The examples of the documentation


def test_the_example_of_a_page():
    rules = [rule("/original.html", "/destination.html")]
    assert apply(rules, "/original.html") == ("301", "/destination.html")
    assert apply(rules, "/other.html") is None


def test_the_example_of_a_folder():
    rules = [rule("/docs/<*>", "/documents/<*>")]
    assert target(rules, "/docs/a/b.html") == "/documents/a/b.html"
    assert target(rules, "/docs/") == "/documents/"
    assert target(rules, "/docs") is None
    # One of its tables goes without the first slash.
    assert target([rule("docs/<*>", "/documents/<*>")], "/docs/a") == "/documents/a"


def test_the_example_of_everything():
    rules = [rule("/<*>", "/index.html", "200")]
    assert {apply(rules, path) for path in ("/", "/a/b", "/app.js")} == {("200", "/index.html")}


def test_the_example_of_a_subdomain():
    rules = [rule("https://mydomain.com", "https://www.mydomain.com", "200")]
    assert apply(rules, "/", host="mydomain.com") == ("200", "https://www.mydomain.com/")
    assert target(rules, "/a/b", host="MyDomain.COM") == "https://www.mydomain.com/a/b"
    assert target(rules, "/", host="www.mydomain.com") is None


def test_the_example_of_a_subdomain_with_a_prefix():
    rules = [rule("https://mydomain.com", "https://www.mydomain.com/documents/", "302")]
    assert apply(rules, "/a", "x=1", host="mydomain.com:443") == ("302", "https://www.mydomain.com/documents/a?x=1")


def test_the_example_of_a_page_for_what_is_missing():
    rules = [rule("/<*>", "/404.html", "404")]
    assert apply(rules, "/missing") == ("404", "/404.html")
    assert apply(rules, "/about", there=["/about"]) is None


@pytest.mark.parametrize("path", ["/", "/about", "/users/7", "/a.b", "/file.html", "/x.css.exe"])
def test_the_example_of_a_single_page_app_takes_pages(path):
    assert apply([rule(SPA, "/index.html", "200")], path) == ("200", "/index.html")
    assert apply([rule(SPA, "index.html", "200")], path) == ("200", "/index.html")


@pytest.mark.parametrize("path", ["/app.js", "/a/b.css", "/fonts/x.woff2", "/data.json", "/i.webp", "/v1.2/app.js"])
def test_the_example_of_a_single_page_app_leaves_assets(path):
    assert apply([rule(SPA, "/index.html", "200")], path) is None


def test_the_example_of_a_reverse_proxy():
    for to in ("https://images.otherdomain.com/<*>", "https://images.otherdomain.com<*>"):
        outcome = apply([rule("/images/<*>", to, "200")], "/images/a.png")
        assert outcome == ("200", to.replace("<*>", "a.png"))
        assert is_elsewhere(outcome[1])


def test_the_example_of_placeholders():
    rules = [rule("/docs/<year>/<month>/<date>/<itemid>", "/documents/<year>/<month>/<date>/<itemid>")]
    assert target(rules, "/docs/2024/9/19/x") == "/documents/2024/9/19/x"
    assert target(rules, "/docs/2024/9/19") is None
    assert target(rules, "/docs/2024/9/19/x/y") is None
    assert target(rules, "/docs/2024//19/x") is None


def test_the_example_of_a_query():
    rules = [rule("/docs?id=<my-blog-id-value>", "/documents/<my-blog-id-value>")]
    # A query that the source asks for is not passed on.
    assert target(rules, "/docs", "id=7") == "/documents/7"
    assert target(rules, "/docs", "a=b&id=a%20b&c") == "/documents/a%20b"
    assert target(rules, "/docs", "id=a+b%2Fc&id=2") == "/documents/a%20b%2Fc"
    assert target(rules, "/docs", "id=") == "/documents/"
    assert target(rules, "/docs", "id=\ud800") == "/documents/%ED%A0%80"
    assert target(rules, "/docs", "other=7") is None
    assert target(rules, "/docs") is None


def test_the_example_of_a_level_of_folders():
    rules = [rule("/documents/<x>/<y>/<z>", "/documents/index.html", "404")]
    assert apply(rules, "/documents/1/2/3") == ("404", "/documents/index.html")
    assert apply(rules, "/documents/1/2") is None
    assert apply(rules, "/documents/1/2/3", there=["/documents/1/2/3"]) is None


def test_the_example_of_a_country():
    rules = [rule("/documents", "/documents/us/", "302", "<US>")]
    assert apply(rules, "/documents", country="US") == ("302", "/documents/us/")
    assert apply(rules, "/documents", country="us") == ("302", "/documents/us/")
    assert apply(rules, "/documents", country="CA") is None
    assert apply(rules, "/documents") is None


@pytest.mark.parametrize("source", ["/docs/<*>/content", "/docs/<*>/content/<*>", "/<*>?a=<*>", "<*><*>", "/<*>/"])
def test_the_examples_of_wrong_wildcards_are_ignored(source):
    assert not any(matches(source, path, "a=b") for path in ("/docs/a/content", "/docs/a/content/b", "/", "/a/"))


def test_the_example_of_a_domain_with_a_path_is_ignored():
    assert not matches("https://example.com/path", "/path")


def test_the_examples_of_the_order():
    first, second = rule("/docs/specific.html", "/documents/different.html"), rule("/docs/<*>", "/documents/<*>")
    assert target([first, second], "/docs/specific.html") == "/documents/different.html"
    assert target([second, first], "/docs/specific.html") == "/documents/specific.html"


def test_the_example_of_a_rule_without_a_status_is_a_redirect():
    assert apply([{"source": "/docs/<*>", "target": "/documents/<*>"}], "/docs/a") == ("301", "/documents/a")


# Which rule applies


def test_there_may_be_no_rule():
    assert Rules([]).apply("h", "/", "", None, lambda _: True) is None
    assert isinstance(Rules([rule("/")]).apply("h", "/", "", None, lambda _: True), Outcome)


@pytest.mark.parametrize("status", ["200", "301", "302"])
def test_a_rewrite_or_redirect_applies_whatever_is_there(status):
    assert apply([rule("/a", status=status)], "/a", there=["/a"]) == (status, "/target")


@pytest.mark.parametrize("status", ["404", "404-200"])
def test_a_rule_for_what_is_missing_leaves_what_is_there_to_later_rules(status):
    rules = [rule("/a", "/missing", status), rule("/a", "/later")]
    assert apply(rules, "/a") == (status, "/missing")
    assert apply(rules, "/a", there=["/a"]) == ("301", "/later")


@pytest.mark.parametrize("broken", [rule("/a", status="999"), rule(""), rule("/a", ""), {}, {"source": "/a"}])
def test_rules_that_say_nothing_are_ignored(broken):
    assert target([broken, rule("/a", "/next")], "/a") == "/next"


@pytest.mark.parametrize("condition", ["<DE>", "DE", "<de>"])
def test_a_country_is_written_with_or_without_brackets(condition):
    assert target([rule("/a", condition=condition)], "/a", country="DE")


def test_a_rule_for_another_country_leaves_the_path_to_later_rules():
    rules = [rule("/a", "/us", condition="<US>"), rule("/a", "/all")]
    assert [target(rules, "/a", country=country) for country in ("US", "DE", None)] == ["/us", "/all", "/all"]


@pytest.mark.parametrize("condition", ["<>", "<US><CA>", "?"])
def test_a_condition_that_is_no_country_is_never_met(condition):
    assert {target([rule("/a", condition=condition)], "/a", country=each) for each in (None, "", "US")} == {None}


def test_a_slash_at_the_end_makes_another_path():
    assert not matches("/documents", "/documents/")
    assert not matches("/documents/", "/documents")


def test_the_case_of_paths_matters_and_a_dot_is_a_dot():
    assert not matches("/Docs", "/docs")
    assert not matches("/a.html", "/aXhtml")


def test_a_wildcard_in_a_domain():
    assert target([rule("https://example.com/<*>", "/there/<*>")], "/a/b") == "/there/a/b"
    assert target([rule("HTTPS://Example.com/<*>", "/there")], "/a/b") == "/there"
    assert target([rule("https://example.com/", "https://x.org/?a=b")], "/c") == "https://x.org/c?a=b"
    assert target([rule("https://example.com", "https://x.org/X//")], "/c") == "https://x.org/X/c"


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("/a b", "/a%20b"),
        ("/ü", "/%c3%bc"),
        ("/%7Ea", "/~a"),
        ("/~a", "/%7ea"),
        ("/%C3%BC", "/ü"),
        ("/a%2fb", "/a%2Fb"),
    ],
)
def test_a_path_is_the_same_in_each_of_its_spellings(source, path):
    assert matches(source, path)


def test_an_escaped_slash_is_no_slash():
    assert target([rule("/<x>", "/to/<x>")], "/a%2Fb") == "/to/a%2Fb"
    assert not matches("/a/b", "/a%2Fb")


def test_a_placeholder_may_be_a_part_of_a_name_and_come_twice():
    rules = [rule("/<name>-<name>.html", "/<name>")]
    assert target(rules, "/a-a.html") == "/a"
    assert target(rules, "/a-b.html") is None
    assert target([rule("/<x>?y=<x>", "/<x>")], "/1", "y=2") is None


def test_a_placeholder_that_the_source_does_not_have_stays():
    assert target([rule("/<a>", "/<b>")], "/1") == "/%3Cb%3E"


def test_a_source_may_ask_for_a_value_of_the_query():
    assert matches("/a?b=c%20d&&e=", "/a", "e=&b=c+d")
    assert not matches("/a?b=c", "/a", "b=d")


@pytest.mark.parametrize(
    ("to", "status", "expected"),
    [
        ("/b", "301", "/b?x=1&y=%2F"),
        ("/b", "302", "/b?x=1&y=%2F"),
        ("/b#part", "302", "/b?x=1&y=%2F#part"),
        ("/b?own=1", "301", "/b?own=1"),
        ("/b", "200", "/b"),
        ("/b", "404", "/b"),
        ("/b", "404-200", "/b"),
    ],
)
def test_redirects_keep_the_query_unless_the_target_has_one(to, status, expected):
    assert target([rule("/a", to, status)], "/a", "x=1&y=%2F") == expected


# Regular expressions


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        (r"^\/docs\/", "/docs/a"),
        (r"index\.html", "/x/index.html"),
        (r"^/(?<id>\d+)-\k<id>$", "/7-7"),
        (r"^/(\d)-\1$", "/7-7"),
        (r"^/[^]+$", "/a"),
        (r"^/[\w-.]+$", "/a-b.c"),
        (r"^/[.-\w]+$", "/a-b.c"),
        (r"^/[-a]+$", "/a-"),
        (r"^/[[a&&b||c~~d]+$", "/a&b"),
        (r"^/[+--]$", "/,"),
        (r"^/[--/]$", "/."),
        (r"^/[+-^]$", "/A"),
        (r"^/[^-z]$", "/a"),
        (r"^/[^\0]\0*$", "/X"),
        (r"^/[^\1]$", "/("),
        (r"^/[\X][^\b]$", "/Xb"),
        (r"^/\e\_\A\u0061\x62[\u0061\e\_]$", "/e_Aabe"),
        (r"^/[^\ca\0\b\1]$", "/a"),
        (r"^/a{,2}$", "/a%7B,2%7D"),
        (r"^/(?:a|b)(?=c)(?!d)(?<=[ab])(?<!x)c\b", "/ac"),
        (r"^/[\]]$", "/]"),
        (r"^/a[]*$", "/a"),
        (r"^/\X\B", "/XX"),
    ],
)
def test_patterns_are_those_of_javascript(pattern, path):
    if "{,2}" in pattern:
        # A brace has to be percent-encoded in a path, so that only this shows it not to be a repetition.
        assert not matches(f"</{pattern}/>", "/aa")
    else:
        assert matches(f"</{pattern}/>", path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("(", "/("),
        ("[[a--&&", "/a"),
        ("a**", "/a"),
        ("(?i)a", "/a"),
        ("(?P<x>a)", "/a"),
        ("(?>a)", "/a"),
        ("a++", "/a"),
        ("a{9999999999999}", "/a"),
        ("[]", "/a"),
        (r"(?<=a+)b", "/ab"),
        (r"\ca\0", "/a"),
        (r"^/\0$", "/0"),
        (r"^/[^\cB-\cA]$", "/a"),
        (r"^/[^\w-]$", "/-"),
        ("^/a$", "/a%0A"),
        (r"^/\w+$", "/ü"),
        ("(" * 3000, "/("),
    ],
)
def test_patterns_that_mean_nothing_here_never_match(pattern, path):
    assert not matches(f"</{pattern}/>", path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        (r"^/[\w-.]$", "/~"),
        (r"^/[\d-z]$", "/X"),
        (r"^/[\d]$", "/X"),
        (r"^/[\d]$", "/-"),
        (r"^/[+--]$", "/a"),
        (r"^/[[a&&b]$", "/c"),
        (r"^/a$", "/a%0A"),
    ],
)
def test_patterns_take_nothing_else(pattern, path):
    assert not matches(f"</{pattern}/>", path)


def test_a_pattern_with_a_blank_behind_it_is_no_pattern():
    assert matches("</a/>", "/a")
    assert not matches("</a/> ", "/a")
    assert not matches("</>", "/a")


def test_patterns_are_not_tried_on_addresses_that_are_too_long():
    assert matches("</a/>", "/" + "a" * 8191)
    assert not matches("</a/>", "/" + "a" * 8192)


# Whatever there is

PIECES = st.lists(
    st.sampled_from(
        ["/", "<*>", "<x>", "<y>", "<", ">", "</", "/>", "?", "a", "%", "%2F", "=", "&", "https://", "é", "\n"]
    )
    | st.text(max_size=3),
    max_size=8,
).map("".join)
STATUSES = st.sampled_from(["200", "301", "302", "404", "404-200", ""])
RULES = st.lists(st.builds(rule, PIECES, PIECES, STATUSES, PIECES), max_size=4)


@given(RULES, PIECES, PIECES, PIECES, st.none() | st.text(max_size=3), st.booleans())
@example([rule("</[/>")], "/", "", "", None, False)
def test_no_rule_and_no_request_raises_and_targets_are_safe(rules, host, path, query, country, is_there):
    outcome = Rules(rules).apply(host, path, query, country, lambda _: is_there)
    if outcome is not None:
        assert outcome.target.isascii()
        assert outcome.target.isprintable()
        assert " " not in outcome.target


@given(st.text(st.characters()))
def test_escaping_twice_changes_nothing(address):
    assert escaped(escaped(address)) == escaped(address)


def test_a_percent_sign_on_its_own_never_becomes_an_escape():
    assert escaped("%%34%31") == "%2541"


@given(st.text(max_size=15))
def test_every_pattern_either_matches_or_does_not(pattern):
    assert matches(f"</{pattern}/>", "/some/path") in (True, False)
