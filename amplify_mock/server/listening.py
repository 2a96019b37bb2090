"""The parts of waitress: sockets, connections and worker threads, with what they do otherwise here than by default."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import BadRequest

# Waitress warns of what is no problem here, such as that all of its threads are busy.
_LOG = logging.getLogger("amplify_mock.server.waitress")
_LOG.setLevel(logging.ERROR)

_LARGEST_HEAD = 64 * 1024
_LARGEST_CHUNK_LINE = 4 * 1024
_MOST_CONNECTIONS = 200
# Seconds without a byte, after which a connection is closed.
_IDLE = 60
# Seconds that requests have to come to their end when the server does.
_PATIENCE = 0.3


class _Parser(HTTPRequestParser):
    """Refuses what would end waitress's connection without an answer, or take ever more memory."""

    def received(self, data: bytes) -> int:
        consumed = super().received(data)
        chunks = self.body_rcv
        # Waitress keeps a line until it ends, whatever its length.
        if isinstance(chunks, ChunkedReceiver) and len(chunks.control_line + chunks.trailer) > _LARGEST_CHUNK_LINE:
            self.error = BadRequest("A line between the chunks of the body is too long")
            self.completed = True
        if self.completed:
            # Waitress would ask for the body nevertheless, and wait for it for ever, or forget that it has refused it.
            self.expect_continue = False
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            raise ParsingError(f"Invalid request: {error}") from None


def _elapsed() -> float:
    # freezegun and time-machine replace the other clocks.
    return os.times().elapsed


class _Channel(HTTPChannel):
    logger = _LOG
    parser_class = _Parser

    @property
    def last_activity(self) -> float:
        """When it was last heard of, by a clock that nobody moves."""
        return self._last_activity

    @last_activity.setter
    def last_activity(self, _: float) -> None:
        self._last_activity = _elapsed()

    def handle_close(self) -> None:
        super().handle_close()
        # What has not been received to its end may lie in a temporary file.
        if self.request is not None:
            self.request.close()


class _Workers(ThreadedTaskDispatcher):
    """The threads that answer requests; they can be waited for."""

    logger = queue_logger = _LOG

    def __init__(self, number: int) -> None:
        super().__init__()
        self._started: list[threading.Thread] = []
        self.set_thread_count(number)

    def start_new_thread(self, target: Callable[[int], Any], thread_no: int) -> None:
        name = f"amplify_mock-server-worker-{thread_no}"
        thread = threading.Thread(target=target, args=(thread_no,), name=name, daemon=True)
        self._started.append(thread)
        thread.start()

    def is_current_thread(self) -> bool:
        return threading.current_thread() in self._started

    def end(self) -> None:
        """End all threads, and wait a moment for those that answer a request."""
        self.set_thread_count(0)
        patience = _PATIENCE
        for thread in self._started:
            thread.join(patience)
            if thread.is_alive():
                patience = 0


class _Server(TcpWSGIServer):
    logger = _LOG
    channel_class = _Channel

    def __init__(self, *args: Any, **named: Any) -> None:
        self._open = True
        self._closing = threading.Lock()
        super().__init__(*args, **named)

    def pull_trigger(self) -> None:
        # The file that it writes to may be another one by the time when the server is closed.
        with self._closing:
            if self._open:
                super().pull_trigger()

    def maintenance(self, now: float) -> None:
        """Close what has not been heard of for long; a test that moves the time has not waited for anything."""
        super().maintenance(int(_elapsed()))

    def close_all(self) -> None:
        """Close everything: this socket, and those of all clients."""
        with self._closing:
            self._open = False
            sockets: Any = self._map  # type: ignore[attr-defined]
            wasyncore.close_all(sockets)


class Listener:
    """Takes requests from a socket, and has them answered by a WSGI application, until it is ended.

    Args:
        listening: a socket that listens already.
        application: the WSGI application.
        threads: how many requests are answered beside each other.
        largest_body: the most bytes that the body of a request may have.
    """

    def __init__(self, listening: socket.socket, application: Any, *, threads: int, largest_body: int) -> None:
        self._sockets: Any = {}
        self._workers = _Workers(threads)
        self._server = _Server(
            application,
            self._sockets,
            _sock=listening,
            dispatcher=self._workers,
            adj=Adjustments(
                # Looked up, and then not used, because the socket is there already.
                host="127.0.0.1",
                port=0,
                ident=None,
                connection_limit=_MOST_CONNECTIONS,
                channel_timeout=_IDLE,
                cleanup_interval=1,
                max_request_header_size=_LARGEST_HEAD,
                # The first size that is refused.
                max_request_body_size=largest_body + 1,
                recv_bytes=64 * 1024,
                # What is larger lies in a temporary file until it is read.
                inbuf_overflow=128 * 1024,
                log_socket_errors=False,
                # Of two ways to wait for sockets, the one that also takes numbers beyond 1024.
                asyncore_use_poll=True,
                # Nobody looks at them.
                clear_untrusted_proxy_headers=False,
            ),
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            bind_socket=False,
        )
        self._is_ending = False
        self._loop = threading.Thread(target=self._run, name="amplify_mock-server", daemon=True)
        self._loop.start()

    def end(self) -> None:
        """End everything, and wait until nothing is left: no thread and no socket."""
        self._is_ending = True
        self._server.pull_trigger()
        # What answers a request cannot wait for its own end.
        if not self._workers.is_current_thread():
            self._loop.join()

    def _run(self) -> None:
        while not self._is_ending:
            wasyncore.loop(timeout=1, use_poll=True, map=self._sockets, count=1)
        self._workers.end()
        channels: Any = self._server.active_channels
        for channel in list(channels.values()):
            # Wakes up also those who wait for a slow reader.
            channel.handle_close()
            for request in channel.requests:
                request.close()
        self._workers.end()
        self._server.close_all()
