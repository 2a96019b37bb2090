"""The commands and the scripts that the page on the server shows."""

from __future__ import annotations

import os
import re

import pytest

from support import outside
from support.sites import zipped

PAGE = (outside.ROOT / "docs/recipes/server.md").read_text("utf-8")
PORT = "127.0.0.1:4577"


@pytest.fixture(autouse=True)
def _a_site(tmp_path):
    (tmp_path / "site.zip").write_bytes(zipped({"index.html": "<p>home"}))


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_commands_work(amplify_mock, server, run):
    assert PORT in PAGE
    script = "\n".join(["set -e", *blocks("sh")]).replace(f"http://{PORT}", server.url)
    outside.curl()
    path = os.pathsep.join([os.path.dirname(outside.aws()), os.environ["PATH"]])
    out, _ = run(["sh", "-c", script], PATH=path)
    assert '"RUNNING"\n[\n    "SUCCEED"\n]\n<p>home{' in out
    assert [call.outcome for call in amplify_mock.calls] == ["success"] * 7


def test_the_script_for_node_works(server, run, tmp_path):
    (script,) = blocks("javascript")
    program = outside.node()
    (tmp_path / "node_modules").symlink_to(outside.FOLDER / "node_modules")
    (tmp_path / "deploy.mjs").write_text(script, "utf-8")
    out, _ = run([program, "deploy.mjs"], AWS_ENDPOINT_URL_AMPLIFY=server.url)
    assert out == "SUCCEED\n"
