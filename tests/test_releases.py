"""What a release is made of: one version, a changelog that knows it, and workflows that do what the guide says."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import amplify_mock

ROOT = Path(__file__).parent.parent
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
HEADING = re.compile(r"\[(?P<version>Unreleased|\d+\.\d+\.\d+)\](?: - (?P<day>\d{4}-\d\d-\d\d))?")


def releases():
    """Return heading and body of every section of the changelog, the newest first."""
    sections = re.split(r"^## ", CHANGELOG, flags=re.MULTILINE)[1:]
    return [(HEADING.fullmatch(heading), body) for heading, _, body in (each.partition("\n") for each in sections)]


def version_of(heading):
    return tuple(map(int, heading["version"].split(".")))


# The changelog


def test_it_begins_with_what_is_not_released_yet():
    assert CHANGELOG.startswith("# Changelog\n")
    first, *others = [heading for heading, _ in releases()]
    assert (first["version"], first["day"]) == ("Unreleased", None)
    assert all(heading and heading["day"] for heading in others)


def test_the_newest_release_comes_first():
    released = [heading for heading, _ in releases()[1:]]
    days = [date.fromisoformat(heading["day"]) for heading in released]
    assert all(version_of(newer) > version_of(older) for newer, older in pairwise(released))
    assert days == sorted(days, reverse=True)


def test_the_version_is_the_newest_release_or_the_first_that_is_to_come():
    assert re.fullmatch(r"\d+\.\d+\.\d+", amplify_mock.__version__)
    released = [heading["version"] for heading, _ in releases()[1:]]
    assert (released or ["0.1.0"])[0] == amplify_mock.__version__


def test_changes_are_sorted_by_kind_and_each_is_an_item():
    for _, body in releases():
        kinds = re.findall(r"^### (.*)$", body, re.MULTILINE)
        assert kinds == [kind for kind in KINDS if kind in kinds]
        before, *groups = re.split(r"^### .*$", body, flags=re.MULTILINE)
        assert before.strip() == ""
        for group in groups:
            lines = group.strip().splitlines()
            assert lines[0].startswith("- ")
            assert all(line.startswith(("- ", "  ")) or not line for line in lines)


def test_what_is_linked_by_name_has_an_address():
    named = set(re.findall(r"\]\[([^\]]+)\]", CHANGELOG))
    assert named <= set(re.findall(r"^\[([^\]]+)\]: \S+$", CHANGELOG, re.MULTILINE))


# One version


def test_the_version_is_written_down_once():
    assert 'dynamic = ["version"]' in PROJECT
    assert 'path = "amplify_mock/__init__.py"' in PROJECT
    assert not re.search(r"^version *=", PROJECT, re.MULTILINE)
    found = [path for path in (ROOT / "amplify_mock").rglob("*.py") if "__version__ = " in path.read_text("utf-8")]
    assert found == [ROOT / "amplify_mock/__init__.py"]


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"])
def test_what_people_look_for_is_there(name):
    assert (ROOT / name).read_text("utf-8").strip()


# Workflows


def workflow(name):
    yaml = pytest.importorskip("yaml")
    return yaml.safe_load((ROOT / ".github/workflows" / name).read_text("utf-8"))


def commands(job):
    return [step["run"] for step in job["steps"] if "run" in step]


def test_the_workflow_runs_what_has_to_pass():
    assert ".ci/run" in commands(workflow("ci.yml")["jobs"]["all"])


def test_every_python_that_the_package_is_for_is_tested():
    jobs = workflow("ci.yml")["jobs"]
    tested = {*jobs["python"]["strategy"]["matrix"]["python"], re.findall(r"3\.\d+", jobs["all"]["container"])[0]}
    assert set(re.findall(r"Python :: (3\.\d+)", PROJECT)) <= tested


def test_a_release_is_published_without_a_token_and_only_after_its_checks():
    jobs = workflow("release.yml")["jobs"]
    assert any("make dist" in command for command in commands(jobs["build"]))
    assert jobs["publish"]["needs"] == "build"
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert "secrets" not in (ROOT / ".github/workflows/release.yml").read_text("utf-8")
