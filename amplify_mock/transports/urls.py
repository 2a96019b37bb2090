"""Answer in memory what HTTP clients ask of the URLs that Amplify hands out: requests, urllib3, urllib.request, httpx.

Each client is caught at the place where it would turn to the network for one host. Other hosts are not touched.
"""

from __future__ import annotations

import http.client
import inspect
import io
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from amplify_mock.service.http import Request, Response

from .patches import Patch


class Target(Protocol):
    """What this transport needs of an active mock."""

    def owns(self, host: str) -> bool: ...

    def fetch(self, request: Request) -> Response: ...


Current = Callable[[], "Target | None"]
"""Returns the active mock, or None."""


def patches(current: Current) -> list[Patch]:
    """Return the patches of the HTTP clients."""

    def owner(url: str) -> Target | None:
        target = current()
        return target if target is not None and target.owns(urlsplit(url).hostname or "") else None

    def get_adapter(wrapped: Any, session: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        target = owner(args[0] if args else kwargs["url"])
        # Above the adapters: moto and responses answer for all of S3 in theirs.
        return wrapped(*args, **kwargs) if target is None else _requests_adapter(target)

    def urlopen(wrapped: Any, pool: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        path = args[1] if len(args) > 1 else kwargs["url"]
        url = path if path.startswith(("http://", "https://")) else f"{pool.scheme}://{pool.host}{path}"
        target = owner(url)
        if target is None:
            return wrapped(*args, **kwargs)
        return _urllib3(target, url, pool, inspect.signature(wrapped).bind(*args, **kwargs).arguments)

    def do_open(wrapped: Any, handler: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        request = args[1] if len(args) > 1 else kwargs["req"]
        target = owner(request.full_url)
        return wrapped(*args, **kwargs) if target is None else _urllib(target, request)

    def handle_request(wrapped: Any, transport: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        request = args[0] if args else kwargs["request"]
        target = owner(str(request.url))
        if target is None:
            return wrapped(*args, **kwargs)
        request.read()
        return _httpx(target, request)

    def handle_async_request(wrapped: Any, transport: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        request = args[0] if args else kwargs["request"]
        target = owner(str(request.url))
        return wrapped(*args, **kwargs) if target is None else _httpx_async(target, request)

    return [
        Patch("requests.sessions", "Session.get_adapter", get_adapter),
        Patch("urllib3.connectionpool", "HTTPConnectionPool.urlopen", urlopen),
        Patch("urllib.request", "AbstractHTTPHandler.do_open", do_open),
        Patch("httpx", "HTTPTransport.handle_request", handle_request),
        Patch("httpx", "AsyncHTTPTransport.handle_async_request", handle_async_request),
    ]


def _request(method: str, url: str, headers: Mapping[str, str], body: Any) -> Request:
    parts = urlsplit(url)
    return Request(
        method=method,
        path=parts.path or "/",
        query=parts.query,
        headers={name.lower(): value for name, value in headers.items()},
        body=_bytes(body),
        host=parts.hostname or "",
    )


def _bytes(body: Any) -> bytes:
    """Read a body in any of the forms that HTTP clients take: text, bytes, a file, or pieces."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if hasattr(body, "read"):
        return _bytes(body.read())
    pieces: Iterable[Any] = body
    return b"".join(map(_bytes, pieces))


def _requests_adapter(target: Target) -> Any:
    from requests.adapters import HTTPAdapter
    from urllib3.response import HTTPResponse

    class MemoryAdapter(HTTPAdapter):
        def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            asked = _request(request.method, request.url, request.headers, request.body)
            return self.build_response(request, _urllib3_response(HTTPResponse, asked, target.fetch(asked)))

    return MemoryAdapter()


def _urllib3(target: Target, address: str, pool: Any, given: Mapping[str, Any]) -> Any:
    from urllib3.response import HTTPResponse

    headers = given.get("headers")
    asked = _request(given["method"], address, pool.headers if headers is None else headers, given.get("body"))
    options = {**given, **given.get("response_kw", {})}
    return _urllib3_response(
        HTTPResponse,
        asked,
        target.fetch(asked),
        preload_content=options.get("preload_content", True),
        decode_content=options.get("decode_content", True),
    )


def _urllib3_response(
    response_class: Any, asked: Request, answer: Response, *, preload_content: bool = False, decode_content: bool = True
) -> Any:
    return response_class(
        body=io.BytesIO(answer.body),
        headers=dict(answer.headers),
        status=answer.status,
        reason=http.client.responses.get(answer.status),
        version=11,
        preload_content=preload_content,
        decode_content=decode_content,
        request_method=asked.method,
        request_url=asked.path,
    )


class _Connection:
    """The one thing http.client's response wants of a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def _urllib(target: Target, request: Any) -> http.client.HTTPResponse:
    headers = dict(request.header_items())
    answer = target.fetch(_request(request.get_method(), request.full_url, headers, request.data))
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    status_line = f"HTTP/1.1 {answer.status} {http.client.responses.get(answer.status, '')}\r\n"
    raw = f"{status_line}{head}Connection: close\r\n\r\n".encode("latin-1") + answer.body
    response: Any = http.client.HTTPResponse(_Connection(raw), method=request.get_method())  # type: ignore[arg-type]
    response.begin()
    response.url = request.full_url
    response.msg = response.reason
    return response  # type: ignore[no-any-return]


def _httpx(target: Target, request: Any) -> Any:
    import httpx

    answer = target.fetch(_request(request.method, str(request.url), request.headers, request.content))
    return httpx.Response(
        answer.status, headers=dict(answer.headers), stream=httpx.ByteStream(answer.body), request=request
    )


def _httpx_async(target: Target, request: Any) -> Coroutine[Any, Any, Any]:
    async def answer() -> Any:
        await request.aread()
        return _httpx(target, request)

    return answer()
