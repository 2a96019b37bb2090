"""What importing costs, in processes of their own."""

from __future__ import annotations

import statistics
import subprocess
import sys

from .measuring import Table

ROUNDS = 15
# What is imported before, and what is measured then.
STEPS = {
    "import boto3": ("", "import boto3"),
    "import amplify_mock, after boto3": ("import boto3", "import amplify_mock"),
    "the plugin, after pytest": ("import pytest", "import amplify_mock.pytest_plugin"),
    "the first mock_amplify.start()": ("import boto3, amplify_mock", "amplify_mock.mock_amplify.start()"),
    "import moto, after boto3": ("import boto3", "from moto import mock_aws"),
    "the first mock_aws().start()": ("import boto3; from moto import mock_aws", "mock_aws().start()"),
}
PROGRAM = "import time; {}\nbegan = time.perf_counter(); {}; print(time.perf_counter() - began)"


def seconds(before: str, code: str) -> float:
    command = [sys.executable, "-c", PROGRAM.format(before, code)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def measure() -> Table:
    measured: dict[str, list[float]] = {name: [] for name in STEPS}
    for _ in range(ROUNDS):
        for name, step in STEPS.items():
            measured[name].append(seconds(*step))
    return Table("Importing", {name: statistics.median(each) for name, each in measured.items()})
