"""What tests of other programs share: a server, and a way to run them."""

from __future__ import annotations

from functools import partial

import pytest

from support import outside


@pytest.fixture
def server(amplify_mock):
    with amplify_mock.serve() as server:
        yield server


@pytest.fixture
def run(tmp_path):
    """Run a program, with the environment variables that are given by name, and return its stdout and stderr."""
    return partial(outside.run, home=tmp_path)
