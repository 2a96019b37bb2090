"""What importing costs, in processes of their own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator

from .measuring import Limits, Table

ROUNDS = 15
PACKAGE, PLUGIN = "from amplify_mock import mock_amplify, after boto3", "the plugin, after pytest"
# What is imported before, and what is measured then.
STEPS = {
    "import boto3": ("", "import boto3"),
    PACKAGE: ("import boto3", "from amplify_mock import mock_amplify"),
    PLUGIN: ("import pytest", "import amplify_mock.pytest_plugin"),
    "the first mock_amplify.start()": ("import boto3, amplify_mock", "amplify_mock.mock_amplify.start()"),
    "import moto, after boto3": ("import boto3", "from moto import mock_aws"),
    "the first mock_aws().start()": ("import boto3; from moto import mock_aws", "mock_aws().start()"),
}
PROGRAM = "import time; {}\nbegan = time.perf_counter(); {}; print(time.perf_counter() - began)"


def seconds(before: str, code: str) -> float:
    command = [sys.executable, "-c", PROGRAM.format(before, code)]
    # With its bytecode, as whoever has imported the package once has it.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    finished = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(finished.stdout)


def measure() -> Iterator[Table | Limits]:
    measured: dict[str, list[float]] = {name: [] for name in STEPS}
    for _ in range(ROUNDS):
        for name, step in STEPS.items():
            measured[name].append(seconds(*step))
    table = Table("Importing", {name: statistics.median(each) for name, each in measured.items()})
    yield table
    yield Limits("What nobody has asked for yet", [table.time(PACKAGE, 6_000), table.time(PLUGIN, 1_000)])
