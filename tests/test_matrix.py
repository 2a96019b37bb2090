"""Which environments the tests run in, beside the one at hand."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MATRIX = runpy.run_path(str(ROOT / ".ci/matrix.py"))


def environments(oldest, newest, **more):
    return MATRIX["environments"](oldest, newest, **{"is_quick": False, **more})


def test_the_oldest_version_is_the_one_that_the_package_asks_for():
    assert MATRIX["oldest_version"]() == "1.35.0"


def test_the_oldest_moto_is_the_one_that_the_recipe_names():
    oldest = MATRIX["oldest_version"]("moto")
    assert f"moto {oldest} is the oldest" in (ROOT / "docs/recipes/moto.md").read_text("utf-8")
    for is_quick in (True, False):
        found = environments("1.35.0", "1.37.5", is_quick=is_quick)[-2]
        assert (found.name, found.requirements[0]) == ("moto", f"moto=={oldest}")
        assert {"tests/test_moto_eventbridge.py", "tests/test_sources.py"} < set(found.tests)
        assert [name for name in found.tests if not (ROOT / name).is_file()] == []


def test_a_package_that_pyproject_does_not_name_has_no_oldest_version():
    with pytest.raises(LookupError, match="which nosuch is needed"):
        MATRIX["oldest_version"]("nosuch")


def test_there_is_one_for_each_minor_version_up_to_the_newest():
    found = environments("1.35.0", "1.37.5")
    assert [each.name for each in found] == ["1.35.0", "1.36", "1.37", "aioboto3", "moto", "newest"]
    pinned = [each.requirements[0] for each in found if each.name != "moto"]
    assert pinned == ["botocore==1.35.0", "botocore==1.36.*", "botocore==1.37.*", "aioboto3", "pytest-socket"]


def test_all_run_all_tests_and_the_newest_without_sockets():
    first, *between, _, _, last = environments("1.35.0", "1.37.5")
    assert {tuple(each.tests) for each in (first, *between)} == {("tests", "--ignore=tests/outside")}
    assert last.tests == ["tests", "--ignore=tests/outside", "--disable-socket", "--allow-unix-socket"]


def test_a_quick_run_is_whole_at_the_ends():
    whole, quick = environments("1.35.0", "1.37.5"), environments("1.35.0", "1.37.5", is_quick=True)
    assert (quick[0], quick[-1]) == (whole[0], whole[-1])
    for each in quick[1:-1]:
        assert "tests" not in each.tests
        assert [name for name in each.tests if not (ROOT / name).is_file()] == []


def test_the_tests_of_aioboto3_run_with_it():
    found = environments("1.35.0", "1.37.5")[-3]
    assert "tests/test_aioboto3.py" in found.tests
    assert [name for name in found.tests if not (ROOT / name).is_file()] == []


def test_another_major_version_is_not_passed_over():
    with pytest.raises(ValueError, match=r"botocore 2\.0\.0 is out"):
        environments("1.35.0", "2.0.0")
