"""Answer in memory what HTTP clients ask of the URLs that Amplify hands out.

They are requests, urllib3, urllib.request, http.client, httpx, httpx2 and aiohttp. Each is caught where it would turn
to the network for one host, and runs as always up to there. Other hosts are not touched.

Not answered are connections that were open before the mock began, and what http.client by itself asks of a proxy in
plain HTTP.
"""

from __future__ import annotations

import functools
import http.client
import inspect
import io
import sys
import types
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection

from amplify_mock.service.http import Request

from . import aiohttp
from .exchange import Current, Incoming, Target, answer_to, encoded, owner, owner_of, raw_answer_to, request_to
from .patches import Patch

_DEFAULT_PORTS = {"http": 80, "https": 443}


def patches(current: Current) -> list[Patch]:
    """Return the patches of the HTTP clients."""

    def get_adapter(wrapped: Any, session: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        adapter = wrapped(*args, **kwargs)
        target = owner_of(current, args[0] if args else kwargs["url"])
        return adapter if target is None else _requests_adapter(target, adapter)

    def send_mocked(wrapped: Any, adapter: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return _requests_mock(current, wrapped, args, kwargs)

    def urlopen(wrapped: Any, pool: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if isinstance(pool, _Pool):
            return wrapped(*args, **kwargs)
        # For a proxy of plain HTTP it is all of the URL.
        url = args[1] if len(args) > 1 else kwargs["url"]
        if not url.lower().startswith(("http://", "https://")):
            url = _origin(pool.scheme, pool.host, pool.port)
        target = owner_of(current, url)
        return wrapped(*args, **kwargs) if target is None else _Pool(target, url, pool).urlopen(*args, **kwargs)

    def do_open(wrapped: Any, handler: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        given = inspect.signature(wrapped).bind(*args, **kwargs)
        url = given.arguments["req"].full_url
        target = owner_of(current, url)
        if target is not None:
            given.arguments["http_class"] = functools.partial(_Connection, target, url)
        return wrapped(*given.args, **given.kwargs)

    def connect(wrapped: Any, connection: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        host = connection._tunnel_host or connection.host  # noqa: SLF001  (it has no other name)
        target = owner(current, host)
        if target is None:
            return wrapped(*args, **kwargs)
        scheme = "https" if isinstance(connection, http.client.HTTPSConnection) else "http"
        connection.sock = _Socket(functools.partial(raw_answer_to, target), f"{scheme}://{host}")
        return None

    return [
        Patch("requests.sessions", "Session.get_adapter", get_adapter),
        Patch("requests_mock.adapter", "Adapter.send", send_mocked),
        Patch("urllib3.connectionpool", "HTTPConnectionPool.urlopen", urlopen),
        Patch("urllib.request", "AbstractHTTPHandler.do_open", do_open),
        Patch("http.client", "HTTPConnection.connect", connect),
        Patch("http.client", "HTTPSConnection.connect", connect),
        *_httpx_patches("httpx", current),
        *_httpx_patches("httpx2", current),
        *aiohttp.patches(current),
    ]


def _origin(scheme: str, host: str, port: int | None) -> str:
    return f"{scheme}://{host}" if port in (None, _DEFAULT_PORTS.get(scheme)) else f"{scheme}://{host}:{port}"


# http.client, and what stands on it


class _Socket:
    """What http.client wants of a socket: it takes a request, and then gives the answer.

    Args:
        answer: returns the bytes of the answer.
        url: a URL of the host that is asked.
    """

    def __init__(self, answer: Callable[[Request], bytes], url: str) -> None:
        parts = urlsplit(url)
        self._answer = answer
        self._incoming = Incoming(f"{parts.scheme}://{parts.netloc}")
        self._request: Request | None = None

    def sendall(self, data: bytes) -> None:
        self._request = self._incoming.feed(data) or self._request

    def makefile(self, *_: Any) -> io.BytesIO:
        if self._request is None:
            # To half a request, a server would say nothing either.
            return io.BytesIO()
        try:
            return io.BytesIO(self._answer(self._request))
        except BaseException as error:
            return _Broken(error)

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing: there is nothing to wait for."""

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


class _Broken(io.BytesIO):
    """An answer that cannot be read. Raised any earlier, the error would leave a response behind that is half made."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self._error = error

    def readline(self, *_: Any) -> bytes:
        raise self._error


class _Connection(http.client.HTTPConnection):
    """What urllib.request takes for its connection."""

    def __init__(self, target: Target, url: str, host: str, *, timeout: Any, **_: Any) -> None:
        super().__init__(host, timeout=timeout)
        self._target = target
        self._url = url

    def connect(self) -> None:
        self.sock: Any = _Socket(functools.partial(raw_answer_to, self._target), self._url)


# urllib3


class _Pool(urllib3.HTTPConnectionPool):
    """Stands in for a pool of connections during one call: retries, redirects and reading are as they are there."""

    def __init__(self, target: Target, url: str, pool: Any = None) -> None:
        parts = urlsplit(url)
        self.scheme = parts.scheme
        super().__init__(parts.hostname or "", parts.port)
        if pool is not None:
            self.headers, self.retries = pool.headers, pool.retries
        self.ConnectionCls = functools.partial(_PoolConnection, target, url)  # type: ignore[assignment]

    def urlopen(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().urlopen(*args, **kwargs)
        except _Failure as failure:
            error = failure.error
        raise error


class _PoolConnection(HTTPConnection):
    def __init__(self, target: Target, url: str, **given: Any) -> None:
        self._target = target
        self._url = url
        self.default_port = _DEFAULT_PORTS[urlsplit(url).scheme]  # type: ignore[misc]
        super().__init__(**given)

    def connect(self) -> None:
        self.sock: Any = _Socket(self._answer, self._url)

    def _answer(self, request: Request) -> bytes:
        try:
            return raw_answer_to(self._target, request)
        except BaseException as error:
            raise _Failure(error) from None


class _Failure(BaseException):
    """Carries an error of the mock past urllib3, which would take some for those of a network and try again."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


# requests


def _requests_adapter(target: Target, adapter: Any) -> Any:
    """Return an adapter that does as a session's own, and leads to the mock in the end.

    It stands above HTTPAdapter, where moto and responses answer for all of S3.
    """
    from requests.adapters import HTTPAdapter
    from requests.exceptions import RetryError

    if not isinstance(adapter, HTTPAdapter):
        # A user's own, which asks no network.
        return adapter

    class MemoryAdapter(HTTPAdapter):
        def send(
            self,
            request: Any,
            stream: bool = False,
            timeout: Any = None,
            verify: Any = True,
            cert: Any = None,
            proxies: Any = None,
        ) -> Any:
            self.add_headers(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)
            try:
                response = _Pool(target, request.url).urlopen(
                    method=request.method,
                    url=self.request_url(request, {}),
                    body=request.body,
                    headers=request.headers,
                    redirect=False,
                    assert_same_host=False,
                    preload_content=False,
                    decode_content=False,
                    retries=self.max_retries,
                    chunked=request.body is not None and "Content-Length" not in request.headers,
                )
            except urllib3.exceptions.MaxRetryError as error:
                raise RetryError(error, request=request) from error
            return self.build_response(request, response)

    own: type = type(adapter)
    # Before HTTPAdapter in the order of the bases: what the user's own send() calls is that of the mock.
    bases = (MemoryAdapter,) if own is HTTPAdapter else (own, MemoryAdapter)
    copied: Any = object.__new__(types.new_class(own.__name__, bases))
    copied.__dict__ = vars(adapter)
    return copied


def _requests_mock(current: Current, wrapped: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Let an adapter of requests_mock answer, unless it has nothing to say about a host of the mock."""
    from requests.adapters import HTTPAdapter
    from requests_mock.exceptions import NoMockAddress

    try:
        return wrapped(*args, **kwargs)
    except NoMockAddress:
        request = args[0] if args else kwargs["request"]
        target = owner_of(current, request.url)
        if target is None:
            raise
    return _requests_adapter(target, HTTPAdapter()).send(request)


# httpx, and httpx2, which has come out of it


def _httpx_patches(library: str, current: Current) -> list[Patch]:
    def handle_request(wrapped: Any, transport: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        request = args[0] if args else kwargs["request"]
        target = owner_of(current, str(request.url))
        return wrapped(*args, **kwargs) if target is None else answer(target, request, b"".join(request.stream))

    def handle_async_request(wrapped: Any, transport: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        request = args[0] if args else kwargs["request"]
        target = owner_of(current, str(request.url))
        return wrapped(*args, **kwargs) if target is None else answer_async(target, request)

    def answer(target: Target, request: Any, body: bytes) -> Any:
        answer = answer_to(target, request_to(request.method, str(request.url), request.headers, body))
        httpx: Any = sys.modules[library]
        stream = httpx.ByteStream(answer.body)
        return httpx.Response(answer.status, headers=encoded(answer.headers), stream=stream, request=request)

    async def answer_async(target: Target, request: Any) -> Any:
        return answer(target, request, b"".join([part async for part in request.stream]))

    return [
        Patch(library, "HTTPTransport.handle_request", handle_request),
        Patch(library, "AsyncHTTPTransport.handle_async_request", handle_async_request),
    ]
