"""Whoever asks the server for what, nothing but the mock's own memory is read or written."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).parent
SECRET = "nobody may see this"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a server in a process of its own has touched, in an empty folder beside a file with a secret."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.txt").write_text(SECRET)
    temporary = folder / "temporary"
    temporary.mkdir()
    paths = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    run = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore:customHeaders", "-m", "support.audited_server", SECRET],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return {**json.loads(run.stdout), "files": sorted(each.name for each in folder.rglob("*")), "log": run.stderr}


def test_nothing_outside_is_touched(told):
    assert told["touched"] == []
    assert told["files"] == ["secret.txt", "temporary"]


def test_nothing_outside_is_shown(told):
    assert told["leaks"] == 0
    assert told["log"] == ""


def test_all_of_it_is_answered(told):
    assert told["count"] > 1000
    assert not [status for status in told["statuses"] if status >= 500 or status == 0]


def test_no_zip_with_a_way_out_is_deployed(told):
    # Names that start with ~ mean nothing here.
    assert told["deployed"] in (["FAILED"], ["FAILED", "SUCCEED"])
