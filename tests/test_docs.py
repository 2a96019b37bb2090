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
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs/recipes").glob("*.md"))]
# A block, and the configuration of pytest that stands right before it.
BLOCK = re.compile(r"(?:^```ini\n(?P<ini>[^`]*)^```\n\s*)?^```python\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = [
    pytest.param(found["code"], found["ini"] or "", id=f"{page.stem}-{number}")
    for page in PAGES
    for number, found in enumerate(BLOCK.finditer(page.read_text()), 1)
]


@pytest.mark.parametrize(("code", "ini"), BLOCKS)
def test_what_the_docs_show_runs(code, ini, pytester):
    if "def test_" not in code:
        exec(compile(code, "<docs>", "exec"), {"__name__": "docs"})
        return
    pytester.makepyfile(code)
    if ini:
        pytester.makefile(".ini", pytest=ini)
    result = pytester.runpytest("-p", "no:randomly", "-p", "no:asyncio", "-rx")
    tests, xfailed = code.count("def test_"), code.count("pytest.mark.xfail")
    result.assert_outcomes(passed=tests - xfailed, xfailed=xfailed)


def test_the_example_deploys_a_site(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["deploy_site.py"])
    runpy.run_path(str(ROOT / "examples/deploy_site.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert "polled           SUCCEED" in printed
    assert "deployed         https://main." in printed


def test_the_readme_lists_every_setting():
    table = README[README.index("| setting |") :].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
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
