"""What the README and the docs show is run, and what they list is complete."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest

from amplify_mock.operations import OPERATIONS
from amplify_mock.service.codec import attribute_name
from amplify_mock.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_the_readme_runs(code, pytester):
    if "def test_" not in code:
        exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
        return
    pytester.makepyfile(code)
    result = pytester.runpytest("-p", "no:randomly", "-p", "no:asyncio")
    result.assert_outcomes(passed=len(re.findall(r"def test_", code)))


def test_the_example_deploys_a_site(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["deploy_site.py"])
    runpy.run_path(str(ROOT / "examples/deploy_site.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert "polled           SUCCEED" in printed
    assert "deployed         https://main." in printed


def test_the_readme_lists_every_setting():
    rows = re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)
    assert rows == Settings.names()


def test_the_fidelity_page_has_every_operation_and_no_other():
    page = (ROOT / "docs/fidelity.md").read_text()
    sections = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    bodies = {title: body for title, _, body in (section.partition("\n") for section in sections)}
    del bodies["All operations"], bodies["The two contracts"]
    assert {attribute_name(name) for name in bodies} == set(OPERATIONS)
    for name, body in bodies.items():
        assert re.search(r"\b([Rr]ecorded|[Dd]ocumented|[Ii]nferred|[Cc]hosen)\b", body), name


def test_the_architecture_page_names_every_file():
    page = (ROOT / "docs/architecture.md").read_text()
    for path in (ROOT / "amplify_mock").rglob("*.py"):
        if path.name != "__init__.py":
            assert path.name in page, path
