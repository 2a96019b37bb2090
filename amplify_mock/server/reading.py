"""Read a request of another program, and refuse it at the door if it is malformed, or not meant for this server."""

from __future__ import annotations

import gzip
import io
import ipaddress
import re
import zlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from amplify_mock.service.http import Request

# What is left of a target after its host, if it has one at all.
_TARGET = re.compile(r"(?:[a-z]+://(?P<host>[^/?#]*))?(?P<path>[^?]*)(?:\?(?P<query>.*))?", re.DOTALL | re.IGNORECASE)
_VISIBLE = re.compile(r"[!-~]*")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]{1,253})(?::[0-9]{1,5})?")
# Nobody can register a name that ends like these and let it lead elsewhere.
_LOCAL_NAMES = ("localhost", "host.docker.internal")
#: The most bytes that the body of a request may have: of an upload, which is a PUT, and of everything else, which is
#: taken apart, and then takes many times as much memory.
LARGEST_UPLOAD, LARGEST_CALL = 100 * 1024 * 1024, 10 * 1024 * 1024

_HEADERS_WITHOUT_PREFIX = {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}


class RefusalError(Exception):
    """A request is answered with an error before it reaches the mock.

    Args:
        status: the HTTP status.
        message: the text that the caller sees.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Reader:
    """Turns WSGI's environment into a request.

    A server that listens on the loopback interface alone also has to keep out web pages: a page from anywhere can let
    the browser of whoever looks at it ask this server, and read the answers if the page's own host name suddenly leads
    to 127.0.0.1 (DNS rebinding). The ``Host`` and ``Origin`` headers tell these requests from others.

    Args:
        bound: the names and addresses that the server was told to listen on.
        is_local: whether it listens on the loopback interface alone.
    """

    def __init__(self, bound: Collection[str], *, is_local: bool) -> None:
        self._bound = {name.lower() for name in bound}
        self._is_local = is_local

    def read(self, environ: Mapping[str, Any], default_host: str) -> Request:
        """Return the request.

        Raises:
            RefusalError: when it is malformed, or not meant for this server.
        """
        target = _TARGET.fullmatch(environ["REQUEST_URI"])
        if target is None or not target["path"].startswith("/") or not _VISIBLE.fullmatch(environ["REQUEST_URI"]):
            raise RefusalError(400, "The request target is no path of printable ASCII characters.")
        if _BAD_ESCAPE.search(target["path"]):
            raise RefusalError(400, "The path has a % that no two hexadecimal digits follow.")
        headers = _headers(environ)
        host = headers.get("host") or default_host if target["host"] is None else target["host"]
        self._check_host(host)
        self._check_origin(headers.get("origin"))
        method, query = environ["REQUEST_METHOD"], target["query"] or ""
        if method != "PUT":
            _check_size(int(headers.get("content-length") or 0), "as it was sent")
        return Request(
            method=method,
            path=target["path"],
            query=query,
            headers=headers,
            body=environ["wsgi.input"].read(),
            host=host,
            url=f"http://{host}{target['path']}?{query}".removesuffix("?"),
        )

    def _check_host(self, host: str) -> None:
        found = _HOST.fullmatch(host)
        if found is None:
            raise RefusalError(400, "The Host header is no host name or address with an optional port.")
        if self._is_local and not self._is_local_name(found["name"]):
            raise RefusalError(
                421,
                f"This server listens on the loopback interface, and {found['name']} is none of its names: they are "
                "localhost, 127.0.0.1 and [::1]. Start it with --host to reach it by others.",
            )

    def _check_origin(self, origin: str | None) -> None:
        if self._is_local and origin is not None and not self._is_local_name(_host_of(origin)):
            raise RefusalError(403, f"A web page of {origin} must not use this server, only one of localhost.")

    def _is_local_name(self, name: str) -> bool:
        name = name.lower().strip("[]")
        if name in self._bound or name in _LOCAL_NAMES or name.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    headers.update((name, environ[key]) for key, name in _HEADERS_WITHOUT_PREFIX.items() if key in environ)
    return headers


def _check_size(size: int, when: str) -> None:
    if size > LARGEST_CALL:
        raise RefusalError(413, f"The body has more than {LARGEST_CALL} bytes {when}, and only that of a PUT may.")


def unpacked(request: Request) -> Request:
    """Return a request with its body as it was before it was compressed.

    Raises:
        RefusalError: when it is compressed by something other than gzip, or badly, or is too large.
    """
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return request
    if encoding != "gzip":
        raise RefusalError(415, f"The Content-Encoding {encoding!r} is not known here: only gzip is.")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(request.body)) as file:
            body = file.read(LARGEST_CALL + 1)
    except (OSError, EOFError, zlib.error):
        raise RefusalError(400, "The body is not what gzip makes, although its Content-Encoding says so.") from None
    _check_size(len(body), "when it is unpacked")
    return replace(request, body=body)
