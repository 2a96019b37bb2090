"""The example notebook runs from top to bottom, and what is stored in it is what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.outlines import Outline

pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
nbformat = pytest.importorskip("nbformat")

NOTEBOOK = Path(__file__).parent.parent / "examples/notebook.ipynb"
# In a process of its own: kernels and what talks to them have event loops, sockets and warnings of their own.
RUN = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(notebook, kernel_name="python3", timeout=300).execute()
nbformat.write(notebook, sys.argv[2])
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Run the notebook, and return what its cells show."""
    folder = tmp_path_factory.mktemp("notebook")
    places = {name: str(folder / name) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    result = folder / "executed.ipynb"
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(NOTEBOOK), str(result)],
        env={**os.environ, **places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return shown(nbformat.read(result, 4))


def shown(notebook):
    """Return what the cells of a notebook show: HTML where there is some, else text."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert {output.output_type for output in outputs} == {"execute_result"}
    return [output.data.get("text/html", output.data["text/plain"]) for output in outputs]


def without_numbers(text):
    """Return a text without what differs from run to run: times, and what follows from how long the run took."""
    return re.sub(r"\d+(\.\d+)?", "0", text)


def test_it_shows_tables_and_bars(executed):
    apps, waiting, running, app, failed, answer, branch, ended = executed
    assert "<table>" in apps
    assert "shop" in Outline(apps).text
    assert "BUILD 40 s planned" in Outline(waiting).text
    assert re.search(r"BUILD \d+(\.\d)? s of 40 s RUNNING DEPLOY 15 s planned", Outline(running).text)
    assert re.search(r"Branches .* dev NONE 1 FAILED .* main PRODUCTION 1 SUCCEED", Outline(app).text)
    assert "npm run build exited with 1" in Outline(failed).text
    assert answer == "('FAILED', 'npm run build exited with 1')"
    assert re.search(r" 2 RELEASE CANCELLED .* 1 RELEASE SUCCEED", Outline(branch).text)
    assert "The mock has ended." in Outline(ended).text


def test_what_is_stored_in_it_is_what_it_shows(executed):
    stored = shown(nbformat.read(NOTEBOOK, 4))
    assert list(map(without_numbers, stored)) == list(map(without_numbers, executed)), (
        "what examples/notebook.ipynb shows has changed: run `jupyter execute --inplace examples/notebook.ipynb`"
    )


def test_it_was_stored_by_a_run_from_top_to_bottom():
    notebook = nbformat.read(NOTEBOOK, 4)
    nbformat.validate(notebook)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
