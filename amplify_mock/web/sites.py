"""Answer as the site of a branch does."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from amplify_mock.resources.contents import Content
from amplify_mock.resources.custom_rules import Outcome, Rules, escaped, is_elsewhere
from amplify_mock.service.http import Request, Response

from .custom_headers import custom_headers

# By the end of a file's name. Fixed, because what Python knows of types depends on the machine.
_TEXT = {
    "css": "css",
    "csv": "csv",
    "htm": "html",
    "html": "html",
    "ics": "calendar",
    "js": "javascript",
    "md": "markdown",
    "mjs": "javascript",
    "txt": "plain",
    "vtt": "vtt",
}
_TYPES = {
    **{ending: f"text/{name}; charset=utf-8" for ending, name in _TEXT.items()},
    "avif": "image/avif",
    "bmp": "image/bmp",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "map": "application/json",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xml": "application/xml",
    "zip": "application/zip",
}
_OTHER_TYPE = "application/octet-stream"

# What rules answer with, by the status in the rule. Those of the 404 rules are chosen: of live sites people report a
# redirect (302) for 404, and the status 404 for 404-200.
_REDIRECTS = {"301": 301, "302": 302}
_REWRITES = {"200": 200, "404": 404, "404-200": 200}

_SERVER = {"Server": "AmazonS3"}
# The year at the edge is documented as the default; the whole header was seen on live sites.
_CACHED = {"Cache-Control": "public, max-age=0, s-maxage=31536000"}

_RANGE = re.compile(r"bytes=(?P<first>\d{1,18})?-(?P<last>\d{1,18})?", re.ASCII)

_WELCOME = (
    "<!DOCTYPE html><html><head><title>Welcome</title></head>"
    "<body><p>Your app will appear here once you complete your first deployment.</p></body></html>"
)
_UNKNOWN = (
    "amplify_mock does not know the content of this site: nothing was uploaded, or it came from a source that the mock "
    "does not read, such as a build of a git repository.\n"
)
_NEVER_FETCHED = "amplify_mock does not ask other sites, so it cannot answer for this one: a custom rule leads to {}\n"


@dataclass(frozen=True, slots=True)
class Site:
    """What there is to know about the site of a branch.

    Args:
        content: its files; None when they are not known, as those of a git build.
        rules: the app's custom rules.
        custom_headers: the app's custom headers, in YAML or JSON.
        basic_auth: ``user:password`` in base64 when it is required, else None.
        is_deployed: whether the branch was ever deployed.
    """

    content: Content | None
    rules: Sequence[Mapping[str, str]]
    custom_headers: str | None
    basic_auth: str | None = field(repr=False)
    is_deployed: bool


def answer(site: Site, request: Request) -> Response:
    """Answer a request to a site.

    Documented: custom rules go before files; ``/about`` is the file ``about.html``, or leads to ``/about/`` and its
    ``index.html``; custom headers. The header ``CloudFront-Viewer-Country`` of the request says where the viewer is.
    A rule that leads to another site is answered with 502, because nothing is ever fetched.

    Raises:
        ImportError: when the site has custom headers in YAML and PyYAML is not installed.
    """
    response = _answer(site, request)
    return replace(response, body=b"") if request.method == "HEAD" else response


def _answer(site: Site, request: Request) -> Response:
    refusal = _refusal(site, request)
    if refusal is not None:
        return refusal
    path = request.path or "/"
    asked = unquote(path)
    name = _found(site.content, asked)
    outcome = Rules(site.rules).apply(
        request.host,
        path,
        request.query,
        request.headers.get("cloudfront-viewer-country"),
        # Nobody knows what is missing from a site whose content is not known.
        lambda _: name is not None or site.content is None,
    )
    if outcome is not None:
        return _ruled(site, request, asked, outcome)
    if name is not None and name == f"{asked.removeprefix('/')}/index.html":
        query = f"?{request.query}" if request.query else ""
        return _dressed(site, _redirect(301, escaped(f"{path}/{query}")), asked)
    return _file(site, request, asked, name)


def _refusal(site: Site, request: Request) -> Response | None:
    """Return what is answered whatever the site may have at the address, if that is so."""
    if site.basic_auth is not None and not _knows(site.basic_auth, request):
        return _text(401, "Unauthorized\n", {"WWW-Authenticate": 'Basic realm="Protected"'})
    if request.method not in ("GET", "HEAD"):
        return _text(405, "Method Not Allowed\n", {"Allow": "GET, HEAD"})
    return None if site.is_deployed else _text(404, _WELCOME, {"Content-Type": _TYPES["html"]})


def _ruled(site: Site, request: Request, asked: str, outcome: Outcome) -> Response:
    if outcome.status in _REDIRECTS:
        return _redirect(_REDIRECTS[outcome.status], outcome.target)
    if is_elsewhere(outcome.target):
        return _text(502, _NEVER_FETCHED.format(outcome.target))
    name = _found(site.content, unquote(re.split(r"[?#]", outcome.target)[0]))
    return _file(site, request, asked, name, _REWRITES[outcome.status])


def _knows(credentials: str, request: Request) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    # In a time that does not tell how much of it is right.
    right = hmac.compare_digest(given.strip().encode(errors="replace"), credentials.strip().encode(errors="replace"))
    # Where no password was ever set, none is right.
    return right and scheme.lower() == "basic" and bool(credentials.strip())


def _found(content: Content | None, path: str) -> str | None:
    """Return the name of the file that a decoded path leads to, if there is one."""
    if content is None:
        return None
    name = path.removeprefix("/")
    is_folder = not name or name.endswith("/")
    names = [f"{name}index.html"] if is_folder else [name, f"{name}.html", f"{name}/index.html"]
    # Names are compared as they are, and none that a site has goes up: nothing outside of it can be meant.
    return next((each for each in names if content.read(each) is not None), None)


def _file(site: Site, request: Request, asked: str, name: str | None, status: int = 200) -> Response:
    if site.content is None:
        return _text(404, _UNKNOWN)
    if name is None:
        return _dressed(site, _text(404, "Not Found\n"), asked)
    body = site.content.files[name]
    tag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
    headers = {
        "Content-Type": _TYPES.get(name.rpartition(".")[2].lower(), _OTHER_TYPE),
        "Content-Length": str(len(body)),
        "ETag": tag,
        "Accept-Ranges": "bytes",
        **_SERVER,
    }
    response = Response(status, headers, body)
    if status == 200:  # noqa: PLR2004
        response = Response(status, {**headers, **_CACHED}, body)
        if _has(tag, request.headers.get("if-none-match", "")):
            response = Response(304, {"ETag": tag, **_CACHED, **_SERVER})
        elif request.method == "GET" and request.headers.get("if-range", tag) == tag:
            response = _part(response, request.headers.get("range", ""))
    return _dressed(site, response, asked, f"/{name}")


def _has(tag: str, tags: str) -> bool:
    return tag in [each.strip().removeprefix("W/") for each in tags.split(",")] or tags.strip() == "*"


def _part(whole: Response, wanted: str) -> Response:
    """Return the part that a Range header asks for; the whole if it asks for none or for several."""
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or not (found["first"] or found["last"]):
        return whole
    size = len(whole.body)
    if found["first"]:
        first = int(found["first"])
        last = min(int(found["last"] or size), size - 1)
        if found["last"] and int(found["last"]) < first:
            return whole
    else:
        first, last = max(size - int(found["last"]), 0), size - 1
    if first > last:
        return _text(416, "Range Not Satisfiable\n", {"Content-Range": f"bytes */{size}"})
    body = whole.body[first : last + 1]
    part = {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(len(body))}
    return Response(206, {**whole.headers, **part}, body)


def _dressed(site: Site, response: Response, *paths: str) -> Response:
    """Return an answer with the site's custom headers for any of the paths."""
    own = custom_headers(site.custom_headers, *paths)
    # Documented: Amplify lets only successful answers be cached as the app wants.
    if response.status not in (200, 206, 304):
        own = {name: value for name, value in own.items() if name.lower() != "cache-control"}
    replaced = {name.lower() for name in own}
    kept = {name: value for name, value in response.headers.items() if name.lower() not in replaced}
    return replace(response, headers={**kept, **own})


def _redirect(status: int, location: str) -> Response:
    return Response(status, {"Location": location, "Content-Length": "0", **_SERVER})


def _text(status: int, text: str, more: Mapping[str, str] | None = None) -> Response:
    body = text.encode()
    headers = {"Content-Type": _TYPES["txt"], "Content-Length": str(len(body)), **_SERVER, **(more or {})}
    return Response(status, headers, body)
