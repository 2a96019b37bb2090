"""Runs the tests with botocore 1.35.0, each later minor version, aioboto3, the oldest moto, and the newest of all.

Each has an environment of its own, which is thrown away afterwards. Which botocore is the newest is asked of the index.
aiobotocore, which works with a few versions of it only, goes along where one of its own fits.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
OURS = ".[examples,server,tests,yaml]"
# The oldest one works with botocore 1.35.0.
ASYNCHRONOUS = "aiobotocore>=2.14"

ASYNC = [
    "aiobotocore", "aiobotocore_answers", "aiobotocore_hooks", "aiobotocore_sessions", "aiobotocore_tasks",
]  # fmt: skip
# Whose outcome can depend on the version: the seam in botocore, and what is read out of its model.
CORE = [
    *ASYNC,
    "answers_and_retries", "blocking", "client_hooks", "clients_reach_the_mock", "codec", "credentials", "drift",
    "errors", "fault_errors", "input_members", "loading_recorded_answers", "model_constraints",
    "nothing_left_behind", "pagination", "presigned_calls", "recorded_answers", "regions_and_accounts", "responses",
    "router", "service", "updates", "validation",
]  # fmt: skip
MOTO = ["sources", *sorted(path.stem.removeprefix("test_") for path in ROOT.glob("tests/test_moto*.py"))]
# What was new when the oldest moto was. Later ones need not work with it.
MOTOS_BOTOCORE = "botocore==1.42.*"
# Those of other programs: they bring what they need, and it is the same everywhere.
WHOLE = ["tests", "--ignore=tests/outside"]
# A socket is what an event loop wakes itself up with, so those that lead nowhere are allowed.
NO_SOCKETS = ["--disable-socket", "--allow-unix-socket"]


class Environment(NamedTuple):
    """What to install beside the package, and what to run there."""

    name: str
    requirements: list[str]
    tests: list[str]


def files(names: list[str]) -> list[str]:
    """Return the files of tests."""
    return [f"tests/test_{name}.py" for name in names]


def environments(oldest: str, newest: str, *, is_quick: bool) -> list[Environment]:
    """Return one for the oldest version, one for each later minor, aioboto3, the oldest moto, and the newest of all.

    Args:
        oldest: the version that the package asks for at least, such as ``"1.35.0"``.
        newest: the newest one that there is.
        is_quick: whether those in between run only the tests that can depend on the version.
    """
    (major, first, _), (last_major, last, _) = oldest.split("."), newest.split(".")
    if major != last_major:
        raise ValueError(f"botocore {newest} is out, and minor versions are counted for {major} only")
    between = files(CORE) if is_quick else WHOLE
    minors = [f"{major}.{minor}" for minor in range(int(first) + 1, int(last) + 1)]
    return [
        Environment(oldest, [f"botocore=={oldest}"], WHOLE),
        *(Environment(minor, [f"botocore=={minor}.*"], between) for minor in minors),
        Environment("aioboto3", ["aioboto3"], files(["aioboto3", "pagination", *ASYNC])),
        Environment("moto", [f"moto=={oldest_version('moto')}", MOTOS_BOTOCORE], files(MOTO)),
        Environment("newest", ["pytest-socket"], [*WHOLE, *NO_SOCKETS]),
    ]


def oldest_version(name: str = "botocore") -> str:
    """Return the version of botocore, or of something else, that the package or its tests ask for at least."""
    asked = re.search(rf'"{name}(?:\[.*\])?>=([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    if asked is None:
        raise LookupError(f"pyproject.toml does not say which {name} is needed")
    return asked[1]


def uv(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run uv in the project."""
    command = [sys.executable, "-m", "uv", *arguments]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=False)


def newest_version() -> str:
    """Return the newest version of botocore on the index."""
    answer = uv("pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-deps", "-", given="botocore\n")
    answer.check_returncode()
    return answer.stdout.strip().removeprefix("botocore==")


def run(environment: Environment, folder: Path, python: str) -> bool:
    """Set up an environment, run its tests there, say what came of it, and return whether they passed."""
    began = time.monotonic()
    there = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    uv("venv", "--quiet", "--python", python, str(folder)).check_returncode()
    install = ["pip", "install", "--quiet", "--python", there, "--editable", OURS, *environment.requirements]
    # The newest of everything is what this one is for, and aiobotocore would hold botocore back.
    fits = environment.name != "newest" and uv(*install, ASYNCHRONOUS).returncode == 0
    if not fits and (done := uv(*install)).returncode:
        print(f"{environment.name}: cannot be installed\n{done.stderr}")
        return False
    shown = uv("pip", "freeze", "--python", there).stdout
    versions = re.findall(r"^(?:aiobotocore|boto3|botocore|moto)==.*$", shown, re.MULTILINE)
    print(f"{environment.name}: {' '.join(versions)}", flush=True)
    # Where CI is set nothing may be missing, but here aiobotocore may be. Development mode tells what nobody closes.
    variables = {name: value for name, value in os.environ.items() if name != "CI"} | {"PYTHONDEVMODE": "1"}
    options = ["-q", "-n", "auto", "-p", "no:cacheprovider", "--no-header", "-o", "addopts=--strict-markers"]
    command = [there, "-m", "pytest", *options, *environment.tests]
    tested = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    passed = tested.returncode == 0
    print(tested.stdout.strip().splitlines()[-1] if passed else tested.stdout + tested.stderr)
    print(f"{environment.name}: {'passed' if passed else 'FAILED'} after {time.monotonic() - began:.0f} s", flush=True)
    return passed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all environments, or those that are named, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="only these, such as: 1.35.0 1.40 newest")
    parser.add_argument(
        "--quick", action="store_true", help="between the ends, run only what can depend on the version"
    )
    parser.add_argument("--python", default=sys.executable, help="the Python of the environments (%(default)s)")
    given = parser.parse_args(arguments)
    found = environments(oldest_version(), newest_version(), is_quick=given.quick)
    names = [each.name for each in found]
    if unknown := set(given.names) - set(names):
        parser.error(f"there is no {', '.join(sorted(unknown))}, only {', '.join(names)}")
    failed = []
    for environment in found:
        if environment.name in (given.names or names):
            with tempfile.TemporaryDirectory() as folder:
                if not run(environment, Path(folder) / "environment", given.python):
                    failed.append(environment.name)
    print(f"failed: {', '.join(failed)}" if failed else "all passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
