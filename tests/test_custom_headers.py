"""The custom headers of an app: which files they are for, how they are written, and what is ignored."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amplify_mock.resources.contents import Content
from amplify_mock.service.http import Request
from amplify_mock.web.custom_headers import custom_headers
from amplify_mock.web.sites import Site, answer

DOCUMENTED = """
customHeaders:
  - pattern: '*.json'
    headers:
    - key: 'custom-header-name-1'
      value: 'custom-header-value-1'
    - key: 'custom-header-name-2'
      value: 'custom-header-value-2'
  - pattern: '/path/*'
    headers:
    - key: 'custom-header-name-1'
      value: 'custom-header-value-2'
"""
FILES = {"index.html": b"home", "blog/index.html": b"blog", "404.html": b"lost", "data.json": b"{}"}


def written(*groups):
    """Return patterns with their headers as JSON."""
    groups = [
        {"pattern": pattern, "headers": [{"key": key, "value": value} for key, value in headers.items()]}
        for pattern, headers in groups
    ]
    return json.dumps({"customHeaders": groups})


def takes(pattern, path):
    return bool(custom_headers(written((pattern, {"x": "1"})), path))


def get(headers, path, *rules, **more):
    site = Site(Content.of_files(None, FILES), rules, headers, None, is_deployed=True)
    return answer(site, Request("GET", path, headers=more))


# Which files


def test_the_example_of_the_documentation():
    assert custom_headers(DOCUMENTED, "/data.json") == {
        "custom-header-name-1": "custom-header-value-1",
        "custom-header-name-2": "custom-header-value-2",
    }
    assert custom_headers(DOCUMENTED, "/path/data.json")["custom-header-name-1"] == "custom-header-value-2"
    assert custom_headers(DOCUMENTED, "/index.html") == {}


def test_the_example_of_a_monorepo():
    text = """
        applications:
          - appRoot: app1
            customHeaders:
            - pattern: '**/*'
              headers: [{key: a, value: '1'}]
          - appRoot: app2
            customHeaders:
            - pattern: '/path/*.json'
              headers: [{key: b, value: '2'}]
          - appRoot: app3
    """
    assert custom_headers(text, "/x") == {"a": "1"}
    assert custom_headers(text, "/path/x.json") == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*.json", ["/a.json", "/x/y/a.json"]),
        ("/path/*", ["/path/a", "/path/"]),
        ("path/*", ["/path/a"]),
        ("**/*", ["/", "/a", "/a/b/c"]),
        ("**", ["/", "/a", "/a/b/c"]),
        ("*", ["/", "/a", "/a/b/c"]),
        ("**/*.html", ["/a.html", "/a/b.html"]),
        ("/a/**/b", ["/a/b", "/a/x/b", "/a/x/y/b"]),
        ("/a/**", ["/a/b", "/a/b/c"]),
        ("/index.html", ["/index.html"]),
        ("/", ["/"]),
        ("a?c", ["/abc", "/x/a.c"]),
        ("a.{js,css}", ["/a.{js,css}"]),
    ],
)
def test_a_pattern_takes_paths(pattern, paths):
    assert [takes(pattern, path) for path in paths] == [True] * len(paths)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.json", "/a.jsonx"),
        ("*.json", "/ajson"),
        ("/*.json", "/x/a.json"),
        ("/path/*", "/path/a/b"),
        ("/path/*", "/other/path/a"),
        ("/path/*", "/path"),
        ("**/*.html", "/a.css"),
        ("/index.html", "/x/index.html"),
        ("a?c", "/a/c"),
        ("a.{js,css}", "/a.js"),
    ],
)
def test_a_pattern_leaves_other_paths(pattern, path):
    assert not takes(pattern, path)


def test_of_the_same_header_the_one_further_down_counts():
    text = written(("**", {"X-Frame-Options": "DENY", "a": "1"}), ("*.html", {"x-frame-options": "SAMEORIGIN"}))
    assert custom_headers(text, "/a.html") == {"x-frame-options": "SAMEORIGIN", "a": "1"}
    assert custom_headers(text, "/a.css") == {"X-Frame-Options": "DENY", "a": "1"}


# How they are written


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_there_may_be_none(text):
    assert custom_headers(text, "/") == {}


@pytest.mark.parametrize("value", ["on", "0x10", "2024-01-01", "1e3", "null", "max-age=1"])
def test_values_are_as_they_are_written(value):
    text = f"customHeaders: [{{pattern: '**', headers: [{{key: x, value: {value}}}]}}]"
    assert custom_headers(text, "/") == {"x": value}


def test_a_value_in_several_lines_of_yaml_is_folded():
    text = "customHeaders:\n- pattern: '**'\n  headers:\n  - key: csp\n    value: >\n      a;\n      b\n"
    assert custom_headers(text, "/") == {"csp": "a; b"}


def test_json_needs_no_yaml(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert custom_headers(written(("**", {"json": 1, "too": True})), "/") == {"json": "1", "too": "true"}


def test_yaml_without_its_parser_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(ImportError, match=r"pip install amplify-mock\[yaml\]"):
        custom_headers("customHeaders: [] # without", "/")


# What is ignored


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("customHeaders: [", "neither YAML nor JSON"),
        ("[" * 600, "recursion"),
        ("just a text", "no list called customHeaders"),
        ("customHeaders: none", "no list called customHeaders"),
        ("applications: none", "no list called customHeaders"),
        ("customHeaders: [text]", "needs a pattern and a list of headers"),
        ("customHeaders: [{pattern: x}]", "needs a pattern and a list of headers"),
        ("customHeaders: [{headers: []}]", "needs a pattern and a list of headers"),
        (written(("**", {"a b": "1"})), "name of a header"),
        (written(("**", {"x": "1\r\nSet-Cookie: a=b"})), "value in one line"),
        (written(("**", {"x": "雪"})), "value in one line"),
        ("customHeaders: [{pattern: '**', headers: [text]}]", "needs a key"),
        ("customHeaders: [{pattern: '**', headers: [{value: x}]}]", "needs a key"),
        ("customHeaders: [{pattern: '**', headers: [{key: x}]}]", "a value in one line"),
        (written(("**", {"x": {}})), "a value in one line"),
        (written(("**", {"Content-Length": "1"})), "Content-Length follows from the answer"),
    ],
)
def test_what_is_wrong_is_ignored_with_a_warning(text, problem):
    for _ in range(2):
        with pytest.warns(UserWarning, match=problem):
            assert custom_headers(text, "/") == {}


def test_what_is_right_stays():
    with pytest.warns(UserWarning, match="ignored in part"):
        assert custom_headers(written(("**", {"": "1", "ok": "2"})), "/") == {"ok": "2"}


@given(st.text(max_size=10), st.text(max_size=10))
@pytest.mark.filterwarnings("ignore:customHeaders")
def test_no_header_ends_before_its_end(name, value):
    for found in custom_headers(written(("**", {name: value})), "/").items():
        assert not set("\r\n\0") & set("".join(found))
        assert "".join(found).encode("latin-1") is not None


# In answers


def test_answers_have_the_headers_for_the_path_and_for_the_file():
    text = written(("/", {"path": "1"}), ("*.html", {"file": "1"}), ("*.json", {"other": "1"}))
    headers = get(text, "/").headers
    assert (headers.get("path"), headers.get("file"), headers.get("other")) == ("1", "1", None)


def test_they_replace_those_of_the_answer():
    text = written(("**", {"cache-control": "no-store", "SERVER": "mine"}))
    headers = get(text, "/data.json").headers
    assert {name: headers[name] for name in ("cache-control", "SERVER")} == {
        "cache-control": "no-store",
        "SERVER": "mine",
    }
    assert not {"Cache-Control", "Server"} & set(headers)


def test_every_answer_of_a_file_and_of_none_has_them():
    text = written(("**", {"x": "1", "Cache-Control": "max-age=60"}))
    missing = {"source": "/m<*>", "target": "/404.html", "status": "404"}
    answers = [
        get(text, "/"),
        get(text, "/", range="bytes=0-1"),
        get(text, "/", **{"if-none-match": "*"}),
        get(text, "/blog"),
        get(text, "/lost"),
        get(text, "/missing", missing),
    ]
    assert [each.status for each in answers] == [200, 206, 304, 301, 404, 404]
    assert {each.headers["x"] for each in answers} == {"1"}
    # Documented: how long an answer is kept can be told for successful ones only.
    own = [each.headers.get("Cache-Control") == "max-age=60" for each in answers]
    assert own == [True, True, True, False, False, False]
