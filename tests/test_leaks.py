"""After ten thousand mocks, many of which ended badly, nothing of them remains."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.mark.parametrize("what", ["objects", "memory"])
def test_nothing_remains_of_many_mocks(what):
    places = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-W", "error", "-m", "support.ten_thousand_mocks", what]
    run = subprocess.run(command, env={**os.environ, "PYTHONPATH": places}, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
