"""The pages of the documentation, as its site has them: their order, their links, and what can be linked to."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_REFERENCE = re.compile(r"\[[^\]]*\]\[(?P<name>[\w.]+)\]")
_OBJECT = re.compile(r"^::: (?P<name>[\w.]+)$(?P<options>(?:\n +.*)*)", re.MULTILINE)


def prose(page):
    """Return the text of a page without its blocks of code."""
    return _FENCE.sub("", page.read_text("utf-8"))


def navigation():
    """Return the pages that mkdocs.yml lists, in its order."""
    listed = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    return [DOCS / name for name in re.findall(r": (\S+\.md)$", listed, re.MULTILINE)]


def links(page):
    """Yield the file and the anchor that each link of a page to another page leads to."""
    for found in _LINK.finditer(_CODE.sub("", prose(page))):
        path, _, anchor = found["target"].partition("#")
        if "://" not in path:
            yield (page.parent / path).resolve() if path else page, anchor


def anchors(page):
    """Return what can be linked to on a page: its headings, as Python-Markdown names them."""
    return {_slug(heading) for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)}


def references(page):
    """Yield the names of the objects of the package that a page refers to."""
    return (found["name"] for found in _REFERENCE.finditer(_CODE.sub("", prose(page))))


class Entry(NamedTuple):
    """An object of the package on a page of the reference, and those of its members that are named there."""

    name: str
    members: list[str]
    with_inherited: bool


def entries(page):
    """Yield what a page documents from docstrings."""
    for found in _OBJECT.finditer(page.read_text("utf-8")):
        members = re.search(r" members: \[(.*)\]", found["options"])
        named = members[1].split(", ") if members else []
        yield Entry(found["name"], named, "inherited_members: true" in found["options"])


def _slug(heading):
    plain = unicodedata.normalize("NFKD", heading.replace("`", "")).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())
