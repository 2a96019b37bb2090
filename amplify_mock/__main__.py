"""The command ``python -m amplify_mock``, or ``amplify-mock``: a server that runs until it is told to end."""

from __future__ import annotations

import argparse
import errno
import logging
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from . import __version__

if TYPE_CHECKING:
    from .server.running import Server

_PORT = 4577
_SETTINGS = ("account_id", "fidelity", "quotas", "seed", "uploads")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM, and return the exit code."""
    given = _parser().parse_args(arguments)
    ending = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        ending.set()

    previous = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return _serve(given, ending)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="amplify-mock",
        description="Answer as AWS Amplify would, on this machine: the endpoint is http://127.0.0.1:<port>. "
        "All state is in memory, and gone at the end.",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="the name or address to listen on (%(default)s). With one that other machines reach, anybody who reaches "
        "it can use the mock",
    )
    parser.add_argument("--port", type=_port, default=_PORT, help="the port (%(default)s), or 0 for a free one")
    parser.add_argument("--account-id", help="the account of callers whose access key id is not 12 digits")
    parser.add_argument("--fidelity", choices=["model", "recorded"], help="what answers have (model)")
    parser.add_argument("--quotas", choices=["aws"], help="the limits that an account has by default (none)")
    parser.add_argument(
        "--uploads", choices=["optional", "required"], help="whether deployments without an upload fail (optional)"
    )
    parser.add_argument("--seed", help="makes ids, tokens and URLs repeat from run to run")
    logs = parser.add_mutually_exclusive_group()
    logs.set_defaults(level=logging.INFO)
    logs.add_argument(
        "--quiet", dest="level", action="store_const", const=logging.WARNING, help="log no requests, only what breaks"
    )
    logs.add_argument(
        "--verbose",
        dest="level",
        action="store_const",
        const=logging.DEBUG,
        help="log also the texts of errors, which may quote what was sent",
    )
    parser.add_argument("--version", action="version", version=f"amplify_mock {__version__}")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) not in range(65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: it is a number from 0 to 65535")
    return int(text)


def _serve(given: argparse.Namespace, ending: threading.Event) -> int:
    # Only now: --help and mistakes are to be answered at once.
    from .mock import mock_amplify

    settings = {name: getattr(given, name) for name in _SETTINGS if getattr(given, name) is not None}
    try:
        mock = mock_amplify(isolated=True, **settings)
        with mock as amplify, _logged(given.level), amplify.serve(given.port, given.host) as server:
            _announce(server)
            # With a limit, because without one Windows notices no signal.
            while not ending.is_set():
                ending.wait(1)
    except OSError as error:
        return _failed(_in_words(error, given.host, given.port))
    except (ImportError, ValueError) as error:
        return _failed(str(error))
    return 0


def _announce(server: Server) -> None:
    if not server.is_local:
        sys.stderr.write(f"Everybody who reaches {server.host} port {server.port} can use this mock.\n")
    sys.stdout.write(f"amplify_mock {__version__} is ready at {server.url}\n")
    sys.stdout.flush()


def _in_words(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use; choose another with --port, or a free one with --port 0"
    return f"cannot listen on port {port} of {host}: {error.strerror or error}"


def _failed(reason: str) -> int:
    sys.stderr.write(f"amplify-mock: {reason}\n")
    return 1


@contextmanager
def _logged(level: int) -> Iterator[None]:
    """Write what the server logs to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log = logging.getLogger("amplify_mock.server")
    previous = log.level
    log.setLevel(level)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(previous)


if __name__ == "__main__":
    sys.exit(main())
