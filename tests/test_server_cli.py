"""The command that serves until it is told to end."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from amplify_mock import __main__ as command
from amplify_mock import __version__
from support.servers import READY, SIGNED, ask, ask_on, connection_to, new_app, running

pytestmark = pytest.mark.enable_socket


def ended(process, number):
    """End the command by a signal, and return the exit code, what else it has written, and the seconds that it took."""
    began = time.perf_counter()
    process.send_signal(number)
    rest, log = process.communicate(timeout=10)
    return process.returncode, rest, log, time.perf_counter() - began


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(number):
    with running() as (process, server), contextlib.closing(connection_to(server)) as idle:
        ask_on(idle, "GET", "/apps")
        ask_on(idle, "GET", "/_amplify/state")
        code, rest, log, seconds = ended(process, number)
    assert (code, rest) == (0, "")
    assert seconds < 0.9
    first, second = log.splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d GET /apps ListApps 200 \d+\.\d ms", first)
    assert re.fullmatch(r"\d\d:\d\d:\d\d GET /_amplify/state 200 \d+\.\d ms", second)


def test_it_takes_the_settings_of_a_mock():
    options = ("--account-id", "111122223333", "--seed", "5", "--quotas", "aws", "--fidelity", "recorded", "--quiet")
    with running(*options) as (process, server):
        app = new_app(server, Authorization=SIGNED.format("AKIAIOSFODNN7EXAMPLE", "eu-west-1"))
        assert app["appArn"].startswith("arn:aws:amplify:eu-west-1:111122223333:apps/")
        assert "description" not in app
        code, rest, log, _ = ended(process, signal.SIGTERM)
    assert (code, rest, log) == (0, "", "")
    with running(*options) as (_, server):
        assert new_app(server)["appId"] == app["appId"]


# In this process


class EndsWhenReady:
    """An output that ends the command by a signal as soon as it is ready."""

    def __init__(self, do=lambda _: None):
        self.text = ""
        self._do = do

    def write(self, text):
        self.text += text

    def flush(self):
        url, port = READY.fullmatch(self.text).groups()
        self._do(SimpleNamespace(url=url, host="127.0.0.1", port=int(port)))
        threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGTERM)).start()


def run(monkeypatch, *arguments, do=lambda _: None):
    output = EndsWhenReady(do)
    monkeypatch.setattr(sys, "stdout", output)
    return command.main(["--port", "0", *arguments]), output.text


def test_signals_and_logs_are_as_before_afterwards(monkeypatch):
    log = logging.getLogger("amplify_mock.server")
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)], log.level, list(log.handlers)
    assert run(monkeypatch)[0] == 0
    assert ([signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)], log.level, log.handlers) == before


@pytest.mark.parametrize(("option", "expected"), [("--quiet", 0), (None, 1), ("--verbose", 2)])
def test_the_log_is_as_long_as_one_likes(monkeypatch, capsys, option, expected):
    run(monkeypatch, *filter(None, [option]), do=lambda server: ask(server, "GET", "/apps/d0000000000000"))
    log = capsys.readouterr().err
    assert ("GET /apps/d0000000000000 GetApp 404 NotFoundException" in log) + (
        "App d0000000000000 not" in log
    ) == expected


def test_a_host_that_others_reach_is_warned_of(monkeypatch, capsys):
    code, text = run(monkeypatch, "--host", "0.0.0.0")
    port = READY.fullmatch(text)[2]
    assert (code, capsys.readouterr().err) == (0, f"Everybody who reaches 0.0.0.0 port {port} can use this mock.\n")


def test_a_port_that_is_in_use_is_said_so(capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert command.main(["--port", str(port)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"amplify-mock: port {port} of 127.0.0.1 is in use; choose another with --port, or a free one with --port 0\n"
    )


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--host", "192.0.2.1"], "cannot listen on port 4577 of 192.0.2.1: "),
        (["--account-id", "5"], "account_id must be a string of 12 digits, such as '123456789012', and not '5'"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(capsys, arguments, text):
    assert command.main(arguments) == 1
    assert capsys.readouterr().err.startswith(f"amplify-mock: {text}")


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["--port", "x"], 2, "'x' is no port: it is a number from 0 to 65535"),
        (["--port", "65536"], 2, "'65536' is no port: it is a number from 0 to 65535"),
        (["--quiet", "--verbose"], 2, "not allowed with argument"),
        (["--fidelity", "x"], 2, "invalid choice: 'x'"),
        (["--help"], 0, "the port (4577), or 0 for a free one"),
        (["--version"], 0, f"amplify_mock {__version__}"),
    ],
)
def test_mistakes_and_questions_are_answered(capsys, arguments, code, text):
    with pytest.raises(SystemExit) as ending:
        command.main(arguments)
    assert ending.value.code == code
    assert text in " ".join("".join(capsys.readouterr()).split())


def test_it_is_the_module_that_python_runs(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["amplify_mock", "--version"])
    source = compile(Path(command.__file__).read_text("utf-8"), command.__file__, "exec")
    with pytest.raises(SystemExit) as ending:
        exec(source, {"__name__": "__main__", "__package__": "amplify_mock"})
    assert (ending.value.code, capsys.readouterr().out) == (0, f"amplify_mock {__version__}\n")
