"""Patterns with wildcards, as custom headers and the creation of branches have them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amplify_mock.resources.globs import matches

EXPRESSIONS = {"**/": ".*/", "**": ".*", "*": "[^/]*", "?": "[^/]"}
parts = st.sampled_from([*EXPRESSIONS, "a", "b", "/", ".", "a/"])


@pytest.mark.parametrize("options", [{}, {"spans_no_folder": False}, {"spans_no_folder": True}])
@given(pattern=st.lists(parts, max_size=7).map("".join), name=st.text("ab/.", max_size=8))
@example(pattern="**/a*b", name="a/aab")
@example(pattern="***", name="a/b")
@example(pattern="**/a", name="a")
def test_a_pattern_matches_what_the_regular_expression_for_it_does(options, pattern, name):
    expressions = {**EXPRESSIONS, **({"**/": "(?:.*/)?"} if options.get("spans_no_folder") else {})}
    tokens = re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", pattern)
    expression = "".join(expressions.get(each) or re.escape(each) for each in tokens)
    assert matches(pattern, name, **options) == bool(re.fullmatch(expression, name))


@pytest.mark.parametrize("pattern", ["*" * 501, "**/" * 300 + "x", "**/a/" * 200 + "x", "*a" * 300 + "x", "?" * 999])
def test_no_pattern_takes_for_ever(pattern):
    # A regular expression would still be at it when the universe ends.
    assert matches(pattern, "a/" * 500 + "b") == (pattern == "*" * 501)
