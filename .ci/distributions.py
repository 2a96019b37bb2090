"""Builds the sdist and the wheel into dist/, and checks what is in them and that a clean installation works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"

# What an installation brings along, each for the one before it or for botocore, and how it was installed.
NEEDED = {"amplify-mock", "boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3", "wrapt"}
INSTALLERS = {"pip", "setuptools"}
EXTRAS = {"dev", "docs", "examples", "mutants", "server", "tests", "yaml"}
ENTRY_POINTS = """\
[console_scripts]
amplify-mock = amplify_mock.__main__:main

[pytest11]
amplify_mock = amplify_mock.pytest_plugin
"""


def run(*command: str | Path, folder: Path = ROOT) -> str:
    """Run a program, and return what it prints; if it fails, so does this, with all that it has said."""
    done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def differ(what: str, found: set[str], expected: set[str]) -> None:
    """End with the differences, if there are any."""
    if found != expected:
        missing, besides = sorted(expected - found), sorted(found - expected)
        raise SystemExit(f"{what}: missing {missing}, and not expected {besides}")


def built() -> tuple[Path, Path]:
    """Build the sdist, and the wheel out of it, and return both."""
    run(sys.executable, "-m", "build", "--outdir", DIST, ROOT)
    run(sys.executable, "-m", "twine", "check", "--strict", *DIST.iterdir())
    (sdist,), (wheel,) = DIST.glob("*.tar.gz"), DIST.glob("*.whl")
    return sdist, wheel


def check_sdist(sdist: Path) -> None:
    """Check that it holds what the project has, all of it and nothing else."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    expected = {name for name in listed if name and (ROOT / name).exists()}
    with tarfile.open(sdist) as archive:
        found = {member.name.partition("/")[2] for member in archive if member.isfile()}
    differ("the sdist", found, expected | {"PKG-INFO"})


def check_wheel(wheel: Path, version: str) -> None:
    """Check its files and its metadata, and that building it out of the project gives the same bytes."""
    package = {f"amplify_mock/{path.relative_to(ROOT / 'amplify_mock').as_posix()}" for path in modules()}
    about = f"amplify_mock-{version}.dist-info"
    names = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
    with zipfile.ZipFile(wheel) as archive:
        found = set(archive.namelist())
        differ("the wheel", found, package | {"amplify_mock/py.typed"} | {f"{about}/{name}" for name in names})
        check_metadata(Parser().parsestr(archive.read(f"{about}/METADATA").decode()), version)
        entry_points = archive.read(f"{about}/entry_points.txt").decode()
    if entry_points.strip() != ENTRY_POINTS.strip():
        raise SystemExit(f"the entry points are others: {entry_points}")
    with tempfile.TemporaryDirectory() as folder:
        run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT)
        if (Path(folder) / wheel.name).read_bytes() != wheel.read_bytes():
            raise SystemExit("the wheel out of the sdist is another than the one out of the project")


def modules() -> list[Path]:
    """Return the modules of the package."""
    return list((ROOT / "amplify_mock").rglob("*.py"))


def check_metadata(metadata: Message, version: str) -> None:
    """Check the version, the extras, what is needed without any of them, and that the README is shown."""
    needed = [each for each in metadata.get_all("Requires-Dist", []) if "extra ==" not in each]
    differ("what is needed", set(needed), {"boto3>=1.35.0", "botocore>=1.35.0", "wrapt>=1.16"})
    differ("the extras", set(metadata.get_all("Provides-Extra", [])), EXTRAS)
    found = {name: metadata[name] for name in ("Version", "Requires-Python", "License-Expression")}
    expected = {"Version": version, "Requires-Python": ">=3.10", "License-Expression": "Apache-2.0"}
    if found != expected:
        raise SystemExit(f"the metadata says {found}, and not {expected}")
    if (ROOT / "README.md").read_text("utf-8").strip() != str(metadata.get_payload()).strip():
        raise SystemExit("the description is not the README")


def check_installation(wheel: Path, version: str) -> None:
    """Check in an environment of its own that the wheel needs little, can be used, and runs the demo."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "venv", folder / "environment")
        programs = folder / "environment" / ("Scripts" if os.name == "nt" else "bin")
        pip: list[str | Path] = [programs / "python", "-m", "pip", "--disable-pip-version-check"]
        run(*pip, "install", "--quiet", wheel)
        installed = {each["name"] for each in json.loads(run(*pip, "list", "--format", "json"))}
        differ("the installation", installed - INSTALLERS, NEEDED)
        said = [
            run(programs / "amplify-mock", "--version", folder=folder),
            run(programs / "python", "-W", "error", "-c", USE, folder=folder),
        ]
        if said != [f"amplify_mock {version}\n"] * 2:
            raise SystemExit(f"the package says {said}")
        run(*pip, "install", "--quiet", f"{wheel}[examples]")
        # A copy, beside which there is no package that Python could take instead.
        shutil.copy(ROOT / "examples/deploy_site.py", folder)
        if "deployed" not in run(programs / "python", "-W", "error", "deploy_site.py", folder=folder):
            raise SystemExit("the demo does not say that it has deployed")


USE = """
import boto3
import amplify_mock

with amplify_mock.mock_amplify():
    assert boto3.client("amplify").list_apps()["apps"] == []
print("amplify_mock", amplify_mock.__version__)
"""


def main() -> None:
    """Build and check."""
    version = run(sys.executable, "-c", "import amplify_mock; print(amplify_mock.__version__)").strip()
    sdist, wheel = built()
    check_sdist(sdist)
    check_wheel(wheel, version)
    check_installation(wheel, version)
    print(f"{sdist.name} and {wheel.name} are ready in dist/")


if __name__ == "__main__":
    main()
