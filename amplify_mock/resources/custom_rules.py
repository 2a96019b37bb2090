"""Which of an app's custom rules applies to a request, and where it leads."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote_plus

_STATUSES = ("200", "301", "302", "404", "404-200")
# These are for addresses where nothing is (documented).
_WHEN_MISSING = ("404", "404-200")
# The service model lets a rule go without, and the documentation of the order of rules calls such a rule a redirect.
_USUAL_STATUS = "301"

# CloudFront takes no longer addresses; and the time of a careless pattern grows with what it is tried on.
_LONGEST_PATH = 8192

_PLACEHOLDER = re.compile(r"<([^<>/]+)>")
_WILDCARD = "<*>"
_ADDRESS = re.compile(r"https?://(?P<host>[^/?#]+)(?P<path>/?|/<\*>)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"https?://", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_NEEDS_NO_ESCAPE = re.compile(r"[A-Za-z0-9._~-]")


class Outcome(NamedTuple):
    """What a rule says: the status as it is written in the rule, and the address to go to, percent-encoded."""

    status: str
    target: str


class Rules:
    """The custom rules of an app, in their order.

    Documented: the first rule that applies is the one that counts; ``<*>`` stands at the end of a source, and once;
    a ``<name>`` is one part of a path, or a parameter of the query; ``</.../>`` is a regular expression; a source with
    a domain has no path, and the path of the request is appended to its target. Rules of any other form are ignored.

    Chosen: paths are compared as they are percent-encoded, with upper and lower case and with or without the slash at
    the end being different; a rule without a status is a permanent redirect.

    Args:
        rules: as in CreateApp: ``source``, ``target``, ``status`` and ``condition``.
    """

    def __init__(self, rules: Sequence[Mapping[str, str]]) -> None:
        self._rules = [rule for each in rules if (rule := _Rule.of(each)) is not None]

    def apply(
        self, host: str, path: str, query: str, country: str | None, exists: Callable[[str], bool]
    ) -> Outcome | None:
        """Return what the first rule says that applies to a request, or None if none does.

        Args:
            host: the host of the request; a port does not count.
            path: the raw path, that is, still percent-encoded.
            query: the raw query. Redirects keep it (documented), unless the source or the target of the rule has one.
            country: the viewer's country, such as ``US``; None if it is not known, and no rule for a country applies.
            exists: says whether something is there at a path. Rules with a status of 404 apply where nothing is.
        """
        asked = _Asked(host.partition(":")[0].lower(), escaped(path), query)
        for rule in self._rules:
            if not rule.is_for(country):
                continue
            values = rule.source.values(asked)
            if values is not None and not (rule.status in _WHEN_MISSING and exists(path)):
                return Outcome(rule.status, rule.filled(values, query))
        return None


def escaped(address: str) -> str:
    """Return an address with nothing in it that has to be percent-encoded, and no letter or digit that is."""
    spelled = _ESCAPE.sub(_one_spelling, address)
    return quote(spelled, safe="%/:?#[]@!$&'()*+,;=~", errors="surrogatepass")


def is_elsewhere(target: str) -> bool:
    """Say whether an address is that of another site."""
    return _ELSEWHERE.match(target) is not None


def _one_spelling(escape: re.Match[str]) -> str:
    # A percent sign on its own stands for itself, and must not become the beginning of an escape.
    character = chr(int(escape[1] or "25", 16))
    return character if _NEEDS_NO_ESCAPE.fullmatch(character) else f"%{ord(character):02X}"


class _Asked(NamedTuple):
    host: str
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class _Source:
    """What a rule applies to: each part is None, or empty, where it does not matter."""

    path: re.Pattern[str]
    names: Sequence[str] = ()
    host: str | None = None
    query: Sequence[tuple[str, str]] = ()

    def values(self, asked: _Asked) -> dict[str, str] | None:
        """Return what stands for each placeholder; None if the rule does not apply."""
        if self.host not in (None, asked.host) or len(asked.path) > _LONGEST_PATH:
            return None
        found = self.path.search(asked.path)
        if found is None:
            return None
        given = list(zip(self.names, found.groups(), strict=False))
        if self.query:
            # Of a parameter that comes more than once, the first counts.
            parameters = dict(reversed(parse_qsl(asked.query, keep_blank_values=True)))
            for name, expected in self.query:
                value = parameters.get(name)
                placeholder = _PLACEHOLDER.fullmatch(expected)
                if value is None or (placeholder is None and value != unquote_plus(expected)):
                    return None
                if placeholder is not None:
                    given.append((placeholder[1], quote(value, safe="", errors="surrogatepass")))
        values = dict(given)
        return values if all(values[name] == value for name, value in given) else None


@functools.lru_cache(maxsize=256)
def _source(text: str) -> _Source | None:
    """Return what a source stands for; None for one that never applies."""
    if text.startswith("</") and text[2:].endswith("/>"):
        pattern = _compiled(text[2:-2])
        return pattern and _Source(pattern)
    if _ELSEWHERE.match(text):
        address = _ADDRESS.fullmatch(text)
        # Documented: a domain with a path is ignored without a word.
        return address and _Source(re.compile(r"\A/(.*)\Z", re.DOTALL), ("*",), host=address["host"].lower())
    path, _, query = text.partition("?")
    if not text or _WILDCARD in text.removesuffix(_WILDCARD):
        return None
    names = _PLACEHOLDER.findall(path)
    literals = [re.escape(escaped(each)) for each in _PLACEHOLDER.split(_rooted(path))[::2]]
    parts = [part for pair in zip(literals, [*map(_group, names), ""], strict=True) for part in pair]
    expected = [part.partition("=") for part in query.split("&") if part]
    return _Source(
        re.compile(rf"\A{''.join(parts)}\Z", re.DOTALL),
        tuple(names),
        query=tuple((unquote_plus(name), value) for name, _, value in expected),
    )


def _conditions(country: str) -> tuple[str, str]:
    return f"<{country}>", country


def _group(name: str) -> str:
    return "(.*)" if name == "*" else "([^/]+)"


def _rooted(path: str) -> str:
    """Return a path with the slash at its beginning that some examples of the documentation go without."""
    return path if path.startswith("/") else f"/{path}"


@dataclass(frozen=True, slots=True)
class _Rule:
    source: _Source
    target: str
    status: str
    condition: str

    @classmethod
    def of(cls, rule: Mapping[str, str]) -> _Rule | None:
        source, target = rule.get("source") or "", rule.get("target") or ""
        status = rule.get("status") or _USUAL_STATUS
        found = _source(source)
        if found is None or not target or status not in _STATUSES:
            return None
        if found.host is not None and not source.endswith(_WILDCARD):
            address, mark, query = target.partition("?")
            target = f"{address.rstrip('/')}/{_WILDCARD}{mark}{query}"
        return cls(found, target if is_elsewhere(target) else _rooted(target), status, rule.get("condition") or "")

    def is_for(self, country: str | None) -> bool:
        return not self.condition or bool(country and self.condition.upper() in _conditions(country.upper()))

    def filled(self, values: Mapping[str, str], query: str) -> str:
        """Return the target with what stands for its placeholders, and with the query if that is to be kept."""
        target = _PLACEHOLDER.sub(lambda name: values.get(name[1], name[0]), self.target)
        if query and self.status not in ("200", *_WHEN_MISSING) and not self.source.query and "?" not in target:
            address, mark, fragment = target.partition("#")
            target = f"{address}?{query}{mark}{fragment}"
        return escaped(target)


# Regular expressions: sources are written in JavaScript's, and Python's differ in small things.

_TOKEN = re.compile(
    r"""
    \\k<(?P<reference>[A-Za-z_]\w*)>
    | \(\?<(?P<group>[A-Za-z_]\w*)>
    | \\(?P<escape>c[A-Za-z]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[\s\S])
    | \[(?P<set>\^?(?:\\[\s\S]|[^\]\\])*)\]
    | (?P<brace>\{(?=,))
    | (?P<only_python>\[|[*+?}]\+|\(\?(?![:=!]|<[=!]))
    | [\s\S]
    """,
    re.VERBOSE,
)
_IN_SET = re.compile(
    r"""
    (?P<kind>\\[dDwWsS])(?P<after>-?)
    | \\(?P<escape>c[A-Za-z]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[\s\S])
    | (?P<dashes>(?<!^)--)
    | (?P<plain>[\[&|~]|^-|-(?=\\[dDwWsS]))
    | [\s\S]
    """,
    re.VERBOSE,
)
# What a backslash makes of these letters is the same in both.
_SAME = "dDwWsSnrtfv"


def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return a regular expression of JavaScript as one of Python; None for one that either of them refuses."""
    try:
        return re.compile(_TOKEN.sub(_translated, pattern), re.ASCII)
    except (re.error, OverflowError, RecursionError):
        return None


def _translated(token: re.Match[str]) -> str:
    kind = token.lastgroup
    if kind == "only_python":
        # Python reads this as something that JavaScript does not have, or warns of a set that has no end.
        raise re.error(f"{token[0]} is not allowed")
    if kind == "reference":
        return f"(?P={token[kind]})"
    if kind == "group":
        return f"(?P<{token[kind]}>"
    if kind == "escape":
        return _escape(token[kind], "bB")
    if kind == "set":
        return _set(token[kind])
    # A $ means the end in both, but for a line break behind it, which an address never has.
    return r"\{" if kind == "brace" else token[0]


def _set(inside: str) -> str:
    if inside in ("", "^"):
        return r"[\s\S]" if inside else "(?!)"
    negation = "^" if inside.startswith("^") else ""
    return f"[{negation}{_IN_SET.sub(_translated_in_set, inside.removeprefix('^'))}]"


def _translated_in_set(token: re.Match[str]) -> str:
    if token["kind"]:
        return token["kind"] + (r"\-" if token["after"] else "")
    if token["escape"]:
        return _escape(token["escape"], "b")
    if token["dashes"]:
        return r"-\-"
    return re.escape(token[0]) if token["plain"] else token[0]


def _escape(text: str, same: str) -> str:
    """Translate what follows a backslash; ``same`` are the letters that mean the same at this place."""
    if len(text) > 1:
        return re.escape(chr(ord(text[1]) % 32)) if text[0] == "c" else f"\\{text}"
    if text in _SAME or text in same:
        return f"\\{text}"
    if text == "0":
        return r"\x00"
    # In a set there is nothing to refer to.
    return f"(?:\\{text})" if text in "123456789" and "B" in same else re.escape(text)
