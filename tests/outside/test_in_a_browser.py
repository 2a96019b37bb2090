"""Headless Chromium: the page of the server's own, and sites that were deployed to it."""

from __future__ import annotations

import struct
import tempfile
import zlib
from typing import NamedTuple

import pytest

from amplify_mock import JobPlan
from support import outside
from support.jobs import GITHUB, finish, new_branch
from support.sites import started, zipped

# No sandbox, because Chromium has none for root, as whom CI runs; nothing that would ask hosts of elsewhere; and two
# seconds for scripts, which take less, because its clock runs ahead while nothing happens.
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--no-first-run",
    "--disable-breakpad", "--disable-extensions", "--hide-scrollbars", "--user-data-dir=profile",
    "--virtual-time-budget=2000", "--dump-dom", "--screenshot=shot.png",
]  # fmt: skip

SITE = {
    "index.html": '<!DOCTYPE html><html><head><link rel="stylesheet" href="{0}style.css"></head><body><h1>The shop</h1>'
    '<p id="p">no script has run</p><img src="{0}images/hat.svg"><script type="module" src="{0}app.js"></script>'
    "</body></html>",
    "style.css": "body{background:#fde68a}",
    "app.js": 'const hats = await (await fetch("{0}hats.json")).json();'
    'const { naturalWidth } = document.querySelector("img");'
    'document.getElementById("p").textContent = `${hats[0]}, ${naturalWidth} wide, at ${location.pathname}`;',
    "hats.json": '["bowler"]',
    "images/hat.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="77" height="10"/>',
}


class Shown(NamedTuple):
    dom: str
    width: int
    background: tuple[int, ...]
    colours: int


@pytest.fixture
def look(run, tmp_path):
    """Open a page, and return what it has become once its scripts have run."""

    def look_at(url, *flags, width=1280):
        program = outside.chromium()
        # Chromium makes a socket in it, and the paths of sockets must be short.
        with tempfile.TemporaryDirectory() as folder:
            dom, _ = run([program, *FLAGS, f"--window-size={width},900", *flags, url], TMPDIR=folder)
        return Shown(dom, *picture((tmp_path / "shot.png").read_bytes()))

    return look_at


def picture(png):
    """Return the width of a picture, the colour of its first pixel, and about how many different ones there are."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, rest = [], png[8:]
    while rest:
        size = int.from_bytes(rest[:4], "big")
        chunks.append((rest[4:8], rest[8 : 8 + size]))
        rest = rest[12 + size :]
    width, _, depth, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    assert (depth, kind) in ((8, 2), (8, 6))
    pixels = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    # Before the first pixel stands how its row is packed, which changes nothing of the pixel itself. Of what follows,
    # an empty page is the same everywhere, and so are the differences that the rows are packed as.
    return width, tuple(pixels[1:4]), len(set(pixels))


def deploy(client, branch, files):
    started(client, branch, zipped(files))
    assert finish(client, branch)["status"] == "SUCCEED"


def with_paths(files, start):
    return {name: text.replace("{0}", start) for name, text in files.items()}


@pytest.mark.parametrize("width", [1280, 390])
def test_the_status_page_shows_what_there_is(amplify_mock, amplify_client, server, look, width):
    amplify_mock.plan_jobs(JobPlan(fail_at="BUILD", reason="no space", progress="instant"))
    branch = new_branch(amplify_client, "feature/x", app=GITHUB)
    amplify_client.start_job(**branch, jobType="RELEASE")
    shown = look(f"{server.url}/", width=width)
    for text in ("amplify_mock", "us-east-1", "shop", branch["appId"], "feature/x", "FAILED", "no space", "StartJob"):
        assert text in shown.dom, text
    assert (shown.width, shown.background) == (width, (255, 255, 255))
    assert shown.colours > 50


def test_an_empty_page_would_be_noticed(look):
    shown = look("about:blank")
    assert shown.colours < 10


def test_a_deployed_site_works(amplify_client, server, look):
    branch = new_branch(amplify_client)
    deploy(amplify_client, branch, with_paths(SITE, ""))
    path = f"/sites/{branch['appId']}/main/"
    shown = look(server.url + path)
    assert f"bowler, 77 wide, at {path}</p>" in shown.dom
    assert shown.background == (0xFD, 0xE6, 0x8A)


def test_a_site_whose_paths_begin_with_a_slash_works_at_a_host_of_its_own(amplify_client, server, look):
    branch = new_branch(amplify_client, "feature/x")
    deploy(amplify_client, branch, with_paths(SITE, "/"))
    shown = look(f"http://feature-x.{branch['appId']}.localhost:{server.port}/")
    assert "bowler, 77 wide, at /</p>" in shown.dom
    assert shown.background == (0xFD, 0xE6, 0x8A)


def test_a_name_that_leads_here_by_deceit_shows_nothing(amplify_mock, server, look):
    amplify_mock.add_app("secret")
    shown = look(f"http://rebound.example:{server.port}/", "--host-resolver-rules=MAP rebound.example 127.0.0.1")
    assert "rebound.example is none of its names" in shown.dom
    assert "secret" not in shown.dom
