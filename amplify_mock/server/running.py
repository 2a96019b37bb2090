"""A running server: from when it is made until it is stopped, or its mock ends."""

from __future__ import annotations

import ipaddress
import socket
import threading
from types import TracebackType
from typing import TYPE_CHECKING, final

from .listening import Listener
from .reading import LARGEST_UPLOAD, Reader
from .wsgi import Application

if TYPE_CHECKING:
    from amplify_mock.controller import AmplifyMock

_THREADS = 8
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


@final
class Server:
    """Answers other programs over HTTP from the state of a mock: ``server = amplify.serve()``.

    Attributes:
        url: what all of its URLs begin with, such as ``http://127.0.0.1:50312``; the ``endpoint_url`` of clients.
        host: the address that it listens on.
        port: the port that it listens on.
        is_local: whether only programs of this machine reach it.
    """

    def __init__(self, amplify: AmplifyMock, *, host: str, port: int, largest_body: int = LARGEST_UPLOAD) -> None:
        listening = _listening(host, port)
        self.host: str
        self.port: int
        self.host, self.port = listening.getsockname()[:2]
        self.is_local: bool = ipaddress.ip_address(self.host).is_loopback
        name = _EVERYWHERE.get(self.host, self.host)
        place = f"[{name}]:{self.port}" if ":" in name else f"{name}:{self.port}"
        self.url: str = f"http://{place}"
        reader = Reader({host, self.host}, is_local=self.is_local)
        application = Application(amplify, reader, place)
        self._lock = threading.Lock()
        self._listener: Listener | None = Listener(listening, application, threads=_THREADS, largest_body=largest_body)

    def stop(self) -> None:
        """End the server: no thread and no socket is left. Safe to repeat."""
        with self._lock:
            listener, self._listener = self._listener, None
        if listener is not None:
            listener.end()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<server of amplify_mock at {self.url}{'' if self._listener else ', stopped'}>"


def _listening(host: str, port: int) -> socket.socket:
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError:
        address = str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.create_server((address, port), family=family, backlog=128)
