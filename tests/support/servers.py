"""Requests to a server of the mock, over a connection as another program would have it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import NamedTuple
from urllib.parse import urlsplit

from amplify_mock import __version__

READY = re.compile(rf"amplify_mock {re.escape(__version__)} is ready at (http://\S+:(\d+))\n")
SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260101/{}/amplify/aws4_request, SignedHeaders=host, Signature=0"


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def message(self):
        return self.json["message"]


def ask(server, method, target, body=None, **headers):
    """Ask on a connection of its own; headers have ``_`` for ``-``."""
    with contextlib.closing(connection_to(server)) as connection:
        return ask_on(connection, method, target, body, **headers)


@contextlib.contextmanager
def running(*options):
    """Run the command ``amplify-mock`` in another process, from when it is ready."""
    arguments = [sys.executable, "-W", "error", "-m", "amplify_mock", "--port", "0", *options]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            url, port = READY.fullmatch(process.stdout.readline()).groups()
            yield process, SimpleNamespace(url=url, host="127.0.0.1", port=int(port))
        finally:
            process.kill()


def connection_to(server):
    parts = urlsplit(server.url)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)


def ask_on(connection, method, target, body=None, **headers):
    if isinstance(body, dict):
        body = json.dumps(body)
    connection.request(method, target, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return Answer(answer.status, answer.headers, answer.read())


def follow(url, method="GET", body=None, **headers):
    """Ask for a URL that the server has handed out."""
    parts = urlsplit(url)
    with contextlib.closing(http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)) as connection:
        return ask_on(connection, method, f"{parts.path}?{parts.query}".removesuffix("?"), body, **headers)


def send(server, data):
    """Send bytes as they are, and return all that comes back until the server closes the connection."""
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        # Whoever is refused may find the connection closed before all is sent.
        with contextlib.suppress(OSError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: received(connection), b""))


def received(connection):
    try:
        return connection.recv(65536)
    except ConnectionError:
        return b""


def status_of(answer):
    """Return the status of an answer that came as bytes; None if there was none."""
    return int(answer.split(b" ", 2)[1]) if answer else None


def new_app(server, **headers):
    return ask(server, "POST", "/apps", {"name": "shop"}, **headers).json["app"]


def left_open():
    """Return what a server could leave behind: threads, and files as far as the system tells."""
    files = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ()
    return {thread.name for thread in threading.enumerate()}, len(files)
