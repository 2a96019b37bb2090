"""What the README and the docs show is run, and what they list is complete."""

from __future__ import annotations

import re
import runpy
import sys
from typing import NamedTuple

import pytest

from amplify_mock.operations import OPERATIONS
from amplify_mock.service.decoding import attribute_name
from amplify_mock.settings import Settings
from support.model import needs
from support.pages import PAGES, ROOT

README = (ROOT / "README.md").read_text()

# A block with the name of its file, if it has one, and what stands right before it: a remark on what the service model
# must have, or the configuration of pytest.
BLOCK = re.compile(
    r"(?:^<!-- needs (?P<needs>\S+) -->\n\s*)?(?:^```ini\n(?P<ini>[^`]*)^```\n\s*)?"
    r'^```python(?: title="(?P<title>[\w.]+)")?\n(?P<code>.*?)^```',
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A block of Python, and the files that its page has shown before it, by name."""

    code: str
    ini: str
    title: str
    files: dict[str, str]


def blocks(page):
    """Yield the blocks of a page as parameters."""
    files = {}
    for number, found in enumerate(BLOCK.finditer(page.read_text("utf-8")), 1):
        block = Block(found["code"], found["ini"] or "", found["title"] or "", dict(files))
        if block.title:
            files[block.title] = block.code
        marks = [needs(*filter(None, [found["needs"]]))]
        if "serve(" in block.code:
            marks.append(pytest.mark.enable_socket)
        if "HttpxSession" in block.code:
            marks.append(pytest.mark.filterwarnings("ignore:aiobotocore's httpx backend:DeprecationWarning"))
        yield pytest.param(block, id=f"{page.stem}-{number}", marks=marks)


def skip_what_is_missing(code):
    """Skip the test of a block that needs what older Pythons and the present aiobotocore do not have."""
    if "asyncio.TaskGroup" in code and sys.version_info < (3, 11):
        pytest.skip("Python has task groups from 3.11 on")
    if "from aiobotocore" in code:
        pytest.importorskip("aiobotocore", reason="aiobotocore works with some versions of botocore only")
    if "HttpxSession" in code:
        pytest.importorskip("aiobotocore.httpxsession", reason="older versions have aiohttp's session only")
    if "import trio" in code:
        pytest.importorskip("trio")
        if not hasattr(pytest.importorskip("aiobotocore.endpoint"), "AnyioEndpoint"):
            pytest.skip("this aiobotocore does not run on trio")


@pytest.mark.parametrize("block", [block for page in (ROOT / "README.md", *PAGES) for block in blocks(page)])
def test_what_the_docs_show_runs(block, pytester):
    skip_what_is_missing(block.code)
    if "def test_" not in block.code:
        exec(compile(block.code, block.title or "<docs>", "exec"), {"__name__": "docs"})
        return
    for name, code in {**block.files, block.title or "test_block.py": block.code}.items():
        (pytester.path / name).write_text(code, "utf-8")
    if block.ini:
        pytester.makefile(".ini", pytest=block.ini)
    without = ["-p", "no:randomly"] if "asyncio" in block.ini else ["-p", "no:randomly", "-p", "no:asyncio"]
    outcomes = pytester.runpytest(block.title or "test_block.py", *without, "-rx").parseoutcomes()
    xfailed = block.code.count("pytest.mark.xfail")
    assert outcomes.pop("xfailed", 0) == xfailed
    # Those with parameters are several.
    assert outcomes.pop("passed", 0) >= block.code.count("def test_") - xfailed
    assert outcomes == {}


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
