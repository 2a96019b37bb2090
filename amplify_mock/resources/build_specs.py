"""Find out whether a build spec has a test phase.

A look at the keys that can hold one, and not a YAML parser, which the package does without.
"""

from __future__ import annotations

import json
import re
from typing import Any

_TEST = r"""["']?test["']?\s*:"""
_AT_THE_TOP = re.compile(rf"^{_TEST}", re.MULTILINE)
_IN_BRACES = re.compile(rf"[{{,]\s*{_TEST}")
# The applications of a monorepo: a list, each item of which is a build spec of its own.
_APPLICATIONS = re.compile(r"^applications\s*:[^\n]*\n((?:[ \t]+[^\n]*\n?|-[^\n]*\n?|\s*\n)*)", re.MULTILINE)
_FIRST_ITEM = re.compile(r"^([ \t]*-[ \t]+)\S", re.MULTILINE)


def has_tests(build_spec: str) -> bool:
    """Say whether a build spec, in YAML or JSON, has a test phase: at its top, or in one of its applications."""
    try:
        spec = json.loads(build_spec)
    except (ValueError, RecursionError):
        return _yaml_has_tests(build_spec)
    return _has_tests(spec)


def _has_tests(spec: Any) -> bool:
    applications = spec.get("applications") if isinstance(spec, dict) else None
    parts = [spec, *(applications if isinstance(applications, list) else [])]
    return any(isinstance(part, dict) and "test" in part for part in parts)


def _yaml_has_tests(build_spec: str) -> bool:
    if build_spec.lstrip().startswith("{"):
        return _IN_BRACES.search(build_spec) is not None
    if _AT_THE_TOP.search(build_spec):
        return True
    applications = _APPLICATIONS.search(build_spec)
    item = _FIRST_ITEM.search(applications[1]) if applications else None
    if applications is None or item is None:
        return False
    # A key of an item stands behind its dash, or below in the same column.
    dash, column = re.escape(item[1]), len(item[1])
    return re.search(rf"^(?:{dash}| {{{column}}}){_TEST}", applications[1], re.MULTILINE) is not None
