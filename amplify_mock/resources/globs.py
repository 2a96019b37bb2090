"""Match paths and names against patterns with wildcards, in a time that no pattern makes long."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"(?P<folders>\*\*/)|(?P<everything>\*\*)|(?P<part>\*)|(?P<one>\?)|(?P<text>[^*?]+)")


def matches(pattern: str, name: str, *, spans_no_folder: bool = False) -> bool:
    """Say whether a pattern matches all of a name: ``*`` and ``?`` stay before the next slash, ``**`` does not.

    Args:
        pattern: the pattern.
        name: the path or name.
        spans_no_folder: whether ``**/`` may also stand for nothing at all.
    """
    # Not by a regular expression: for many wildcards it tries all the ways to share out a name among them.
    reached: set[int] = {0}
    for token in _TOKEN.finditer(pattern):
        kind, text = token.lastgroup, token[0]
        if kind == "folders":
            reached = (reached if spans_no_folder else set()) | _after_slashes(name, reached)
        elif kind == "text":
            reached = {start + len(text) for start in reached if name.startswith(text, start)}
        elif kind == "one":
            reached = {start + 1 for start in reached if start < len(name) and name[start] != "/"}
        else:
            reached = _stretched(name, reached, is_stopped=kind == "part")
    return len(name) in reached


def _after_slashes(name: str, reached: set[int]) -> set[int]:
    first = min(reached, default=len(name))
    return {position + 1 for position in range(first, len(name)) if name[position] == "/"}


def _stretched(name: str, reached: set[int], *, is_stopped: bool) -> set[int]:
    found: set[int] = set()
    for position in range(len(name) + 1):
        goes_on = position - 1 in found and not (is_stopped and name[position - 1] == "/")
        if position in reached or goes_on:
            found.add(position)
    return found
