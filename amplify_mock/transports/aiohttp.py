"""Answer in memory what aiohttp asks: its connection leads to a transport that no network is behind.

All of aiohttp runs as it does with a server, because it writes and reads bytes as always.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterable
from typing import Any

from amplify_mock.service.http import Request

from .exchange import Current, Incoming, Target, owner, raw_answer_to
from .patches import Patch


def patches(current: Current) -> list[Patch]:
    """Return the patches of aiohttp."""

    def connect(wrapped: Any, connector: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        given = inspect.signature(wrapped).bind(*args, **kwargs).arguments
        target = owner(current, given["req"].url.raw_host)
        if target is None:
            return wrapped(*args, **kwargs)
        return _connect(target, connector, given["req"], given["traces"])

    # Where all connectors begin: above their proxies, pools and limits.
    return [Patch("aiohttp.connector", "BaseConnector.connect", connect)]


async def _connect(target: Target, connector: Any, request: Any, traces: Iterable[Any]) -> Any:
    # Only now: aiohttp is there, because it has called this.
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection

    for trace in traces:
        await trace.send_connection_create_start()
    for trace in traces:
        await trace.send_connection_create_end()
    loop = asyncio.get_running_loop()
    protocol = ResponseHandler(loop=loop)
    protocol.connection_made(_Transport(target, str(request.url.origin()), protocol, loop))
    return Connection(connector, request.connection_key, protocol, loop)


class _Transport(asyncio.Transport):
    """Takes what aiohttp writes, and gives its protocol what the mock answers.

    The protocol hears of everything from the event loop, as it does of what comes from a socket.
    """

    def __init__(self, target: Target, origin: str, protocol: Any, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._target = target
        self._incoming = Incoming(origin)
        self._protocol = protocol
        self._loop = loop
        self._is_closing = False
        self._has_continued = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        request = self._incoming.feed(data)
        if request is not None:
            self._loop.call_soon(self._answer, request)
        elif self._incoming.expects_continue and not self._has_continued:
            self._has_continued = True
            self._loop.call_soon(self._protocol.data_received, b"HTTP/1.1 100 Continue\r\n\r\n")

    def _answer(self, request: Request) -> None:
        try:
            data = raw_answer_to(self._target, request)
        except BaseException as error:
            # For whoever waits for the answer.
            self._protocol.set_exception(error)
        else:
            self._protocol.data_received(data)

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._loop.call_soon(self._protocol.connection_lost, None)

    abort = close

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """Go on: there is nothing to come but what is there already."""

    def resume_reading(self) -> None:
        """Go on as before."""
