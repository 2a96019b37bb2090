"""Programs that are not this one: where they are, and how they run beside a test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests/outside"

_TIMEOUT = 40


def aws():
    return _needed("the AWS CLI", ROOT / ".venv/aws/bin/aws")


def node():
    _needed("@aws-sdk/client-amplify", FOLDER / "node_modules/@aws-sdk/client-amplify")
    return _needed("node", shutil.which("node"))


def curl():
    return _needed("curl", shutil.which("curl"))


def chromium():
    return _needed("Chromium", shutil.which("chromium"))


def _needed(name, path):
    """Return a path if something is there. Otherwise skip the test, or fail it in CI, where nothing may be missing."""
    if path is None or not Path(path).exists():
        missing = f"{name} is missing: `make outside` gets what this needs, or says how to get it"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return str(path)


def environment(home, **more):
    """Return the environment of a program that sees nothing of the user, and whose credentials are for nothing."""
    folders = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")
    return {
        **dict.fromkeys(folders, str(home)),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }


def run(command, home, *, code=0, given=None, **more):
    """Run a program to its end, and return what it has written: to stdout, and to stderr.

    Nothing that it has started goes on.

    Args:
        command: the program and its arguments.
        home: a folder for whatever it writes.
        code: the exit code that is expected.
        given: the bytes that it reads.
        more: environment variables.
    """
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(
        list(map(str, command)), env=environment(home, **more), cwd=home, start_new_session=True, **pipes
    ) as process:
        try:
            out, err = process.communicate(given, timeout=_TIMEOUT)
        finally:
            left = _left_of(process.pid)
    assert process.returncode == code, err.decode()
    assert left == []
    return out.decode(), err.decode()


def _left_of(session):
    """Return the processes of a session that go on although they have had a moment to end, and end them."""
    deadline = time.monotonic() + 5
    while (left := _running(session)) and time.monotonic() < deadline:
        time.sleep(0.01)
    for process in left:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    return left


def _running(session):
    """Return the processes of a session, as far as the system tells."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        # Whatever has ended meanwhile.
        with suppress(OSError):
            state, _, _, its_session = path.read_text().rpartition(") ")[2].split()[:4]
            if its_session == str(session) and state not in "ZX":
                found.append(int(path.parent.name))
    return found
