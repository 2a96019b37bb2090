"""HTML as a reader meets it: texts, links and tags."""

from __future__ import annotations

import html.parser

VOID = {"meta", "link", "br"}


class Outline(html.parser.HTMLParser):
    """Reads a page, and keeps its text, its links and its tags; every tag must be closed."""

    def __init__(self, source):
        super().__init__()
        self.texts, self.links, self.tags, self.classes, self._open = [], [], set(), [], []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        self.classes += [value for name, value in attrs if name == "class"]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" not in self._open and data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def text(self):
        return " ".join(self.texts)
