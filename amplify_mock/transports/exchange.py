"""One request and its answer as they go over a connection, and what all plain HTTP answers have in common."""

from __future__ import annotations

import email.utils
import http.client
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from amplify_mock.clock import Clock
from amplify_mock.service.http import Request, Response


class Target(Protocol):
    """What answers plain HTTP requests: an active mock."""

    @property
    def clock(self) -> Clock: ...

    def owns(self, host: str) -> bool: ...

    def fetch(self, request: Request) -> Response: ...


Current = Callable[[], "Target | None"]
"""Returns the active mock, or None."""

_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_STATUSES_WITHOUT_BODY = (204, 304)


def owner(current: Current, host: str | None) -> Target | None:
    """Return the active mock if a host is its to answer for."""
    target = current()
    return target if target is not None and target.owns((host or "").lower()) else None


def owner_of(current: Current, url: str) -> Target | None:
    """Return the active mock if the host of a URL is its to answer for."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        # What is wrong with it is for the client to say.
        return None
    return owner(current, host)


def request_to(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Request:
    """Return the request that a client makes."""
    parts = urlsplit(url)
    return Request(
        method=method,
        path=parts.path or "/",
        query=parts.query,
        headers={name.lower(): value for name, value in headers.items()},
        body=body,
        host=parts.hostname or "",
        url=url,
    )


def answer_to(target: Target, request: Request) -> Response:
    """Let the mock answer a request, and return the answer as it may go over a connection."""
    answer = target.fetch(request)
    # No connection outlives the mock.
    headers = {**answer.headers, "Connection": "close"}
    names = {name.lower() for name in headers}
    if "date" not in names:
        headers["Date"] = email.utils.format_datetime(target.clock.now(), usegmt=True)
    if request.method == "HEAD" or answer.status in _STATUSES_WITHOUT_BODY:
        return Response(answer.status, headers)
    if "content-length" not in names:
        # Without it a client would wait for the connection to be closed.
        headers["Content-Length"] = str(len(answer.body))
    return replace(answer, headers=headers)


def encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return headers as they go over a connection."""
    return [(name.encode("ascii"), _encoded(value)) for name, value in headers.items()]


def _encoded(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _decoded(value: bytes) -> str:
    # Some clients write headers in UTF-8, others in Latin-1.
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def raw_answer_to(target: Target, request: Request) -> bytes:
    """Let the mock answer a request, and return the bytes of the answer."""
    answer = answer_to(target, request)
    head = [f"HTTP/1.1 {answer.status} {http.client.responses.get(answer.status, '')}".encode()]
    head += [name + b": " + value for name, value in encoded(answer.headers)]
    return b"\r\n".join([*head, b"", answer.body])


class Incoming:
    """The request that a client writes piece by piece.

    Args:
        origin: scheme, host and port that the client asks.

    Attributes:
        expects_continue: whether the client waits for a sign before it sends the body.
    """

    def __init__(self, origin: str) -> None:
        self.expects_continue: bool = False
        self._origin = origin
        self._received = bytearray()
        self._reading = self._read()

    def feed(self, data: bytes | bytearray | memoryview) -> Request | None:
        """Take the next piece, and return the request if that was the last one."""
        self._received += data
        return next(self._reading, None)

    def _read(self) -> Iterator[Request | None]:
        # The clients are whole HTTP libraries, so that nothing here has to expect anything malformed.
        method, target, _ = _decoded((yield from self._line())).split(" ")
        headers: dict[str, str] = {}
        while line := (yield from self._line()):
            name, _, value = _decoded(line).partition(":")
            name, value = name.lower(), value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        self.expects_continue = headers.get("expect", "").lower() == "100-continue"
        if headers.get("transfer-encoding", "").lower().endswith("chunked"):
            body = yield from self._chunks()
        else:
            body = yield from self._bytes(int(headers.get("content-length", 0)))
        # A client that knows of a proxy writes all of the URL.
        path = _ORIGIN.sub("", target, count=1)
        url = self._origin + (path if path.startswith("/") else f"/{path}")
        yield request_to(method, url, headers, body)

    def _line(self) -> Generator[None, None, bytes]:
        while (end := self._received.find(b"\r\n")) < 0:
            yield
        line = yield from self._bytes(end + 2)
        return line[:-2]

    def _bytes(self, size: int) -> Generator[None, None, bytes]:
        while len(self._received) < size:
            yield
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def _chunks(self) -> Generator[None, None, bytes]:
        body = bytearray()
        while size := int((yield from self._line()).partition(b";")[0], 16):
            body += yield from self._bytes(size)
            yield from self._line()
        while (yield from self._line()):
            # Trailers, which nobody asked for.
            pass
        return bytes(body)
