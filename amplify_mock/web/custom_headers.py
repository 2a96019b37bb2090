"""Read the custom headers of an app, which are YAML or JSON, and find those for a path."""

from __future__ import annotations

import functools
import json
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from amplify_mock.resources.globs import matches

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Anything else could end the header and begin another one.
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
# They say where the answer ends, and an answer that does not keep to them cannot be read.
_KEPT = ("content-length", "transfer-encoding", "connection", "content-range")


class _Header(NamedTuple):
    pattern: str
    name: str
    value: str


class _Headers(NamedTuple):
    headers: tuple[_Header, ...]
    problem: str | None


def custom_headers(text: str | None, *paths: str) -> dict[str, str]:
    """Return the headers that an app's ``customHeaders`` has for any of some paths.

    Documented: the text has a list ``customHeaders`` of patterns with their headers, for a monorepo in each of its
    ``applications``. Recorded: of headers with the same name the one further down counts.

    Chosen: ``*`` is anything but a slash, ``**`` anything at all, and a pattern without a slash goes for the files of
    that name in every folder. All applications of a monorepo count. What is not of this form is ignored, with a
    warning that says what was wrong.

    Args:
        text: the custom headers, in YAML or JSON; None or an empty text for none.
        paths: the paths of one answer, decoded: the one that was asked for, and that of the file.

    Raises:
        ImportError: for YAML while PyYAML is not installed. An answer without its headers would be a wrong one.
    """
    if not text or not text.strip():
        return {}
    found = _read(text)
    if found.problem is not None:
        warnings.warn(f"customHeaders of an app are ignored in part or as a whole: {found.problem}", stacklevel=2)
    headers: dict[str, tuple[str, str]] = {}
    for each in found.headers:
        if any(matches(each.pattern, path.removeprefix("/"), spans_no_folder=True) for path in paths):
            headers[each.name.lower()] = (each.name, each.value)
    return dict(headers.values())


@functools.lru_cache(maxsize=64)
def _read(text: str) -> _Headers:
    problems: list[str] = []
    try:
        headers = tuple(_headers(_parsed(text), problems))
    except (ValueError, RecursionError) as error:
        return _Headers((), str(error) or type(error).__name__)
    return _Headers(headers, problems[0] if problems else None)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        # Only who uses custom headers needs it, and importing it takes longer than importing this package.
        import yaml
    except ImportError as error:
        raise ImportError(
            "the app has custom headers in YAML, which needs PyYAML: pip install amplify-mock[yaml]"
        ) from error
    try:
        # It makes text of everything, so that "on", "0x10" and "2024-01-01" stay as they are written.
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise ValueError(f"they are neither YAML nor JSON: {error}") from error


def _headers(document: Any, problems: list[str]) -> Iterator[_Header]:
    for group in _groups(document, problems):
        pattern, headers = group.get("pattern"), group.get("headers")
        if not isinstance(pattern, str) or not isinstance(headers, list):
            problems.append("an entry of customHeaders needs a pattern and a list of headers")
            continue
        pattern = _glob(pattern)
        for header in headers:
            name, value = _pair(header)
            if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
                problems.append("a header needs a key that is the name of a header, and a value in one line")
            elif name.lower() in _KEPT:
                problems.append(f"{name} follows from the answer and cannot be set")
            else:
                yield _Header(pattern, name, value)


def _pair(header: Any) -> tuple[str, str]:
    """Return name and value of a header; the name is empty, which none may be, where it is not written as one."""
    if not isinstance(header, dict) or not isinstance(header.get("key"), str):
        return "", ""
    value = header.get("value")
    if isinstance(value, (int, float)):
        value = json.dumps(value)
    return (header["key"], value.strip()) if isinstance(value, str) else ("", "")


def _groups(document: Any, problems: list[str]) -> Iterable[dict[str, Any]]:
    """Return the patterns with their headers, of the app or of all applications of a monorepo."""
    applications = document.get("applications") if isinstance(document, dict) else None
    lists = [
        part["customHeaders"]
        for part in [document, *(applications if isinstance(applications, list) else [])]
        if isinstance(part, dict) and isinstance(part.get("customHeaders"), list)
    ]
    if not lists:
        problems.append("there is no list called customHeaders")
    groups = [group for each in lists for group in each]
    if not all(isinstance(group, dict) for group in groups):
        problems.append("an entry of customHeaders needs a pattern and a list of headers")
    return [group for group in groups if isinstance(group, dict)]


def _glob(pattern: str) -> str:
    return pattern.removeprefix("/") if "/" in pattern else f"**/{pattern}"
