"""Cells of a notebook: they share one namespace, run one by one, and again in any order."""

from __future__ import annotations

import itertools
from typing import Any

import boto3
import pytest

from amplify_mock import activation, mock_amplify

IMPORTS = "import boto3\nfrom amplify_mock import mock_amplify"
CLIENT = 'client = boto3.client("amplify", region_name="us-east-1")'
CREATE = 'app_id = client.create_app(name="shop")["app"]["appId"]'
LIST = 'names = [app["name"] for app in client.list_apps()["apps"]]'

# How people start a mock, in one cell or several, and how they stop it.
FORMS = {
    "mock_amplify itself": (["mock_amplify.start()"], "mock_amplify.stop()"),
    "its controller": (["amplify = mock_amplify.start()"], "amplify.stop()"),
    "a mock": (["mock = mock_amplify(); amplify = mock.start()"], "mock.stop()"),
    "a mock in two cells": (["mock = mock_amplify()", "amplify = mock.start()"], "mock.stop()"),
    "a mock with settings": (["mock = mock_amplify(account_id='111122223333'); mock.start()"], "mock.stop()"),
    "the controller of a mock": (["mock = mock_amplify(); amplify = mock.start()"], "amplify.stop()"),
    "a controller with settings": (["amplify = mock_amplify(account_id='111122223333').start()"], "amplify.stop()"),
    "an isolated mock": (["mock = mock_amplify(isolated=True); amplify = mock.start()"], "mock.stop()"),
}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> tuple[list[str], str]:
    return FORMS[request.param]


class Notebook:
    """Run cells as a kernel does."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__"}

    def run(self, *cells: str) -> None:
        for cell in cells:
            exec(compile(cell, "<cell>", "exec"), self.names)


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


def test_a_notebook_from_top_to_bottom(notebook: Notebook, form: tuple[list[str], str]) -> None:
    start, stop = form
    notebook.run(IMPORTS, *start, CLIENT, CREATE, LIST, stop)
    assert notebook.names["names"] == ["shop"]
    assert activation.active() == []


def test_a_start_that_runs_again_keeps_the_state(notebook: Notebook, form: tuple[list[str], str]) -> None:
    start, stop = form
    notebook.run(IMPORTS, *start, CLIENT, CREATE, *start, LIST)
    assert notebook.names["names"] == ["shop"]
    notebook.run(*start, *start, LIST, stop)
    assert notebook.names["names"] == ["shop"]
    assert activation.active() == []


def test_a_stop_that_runs_again_does_nothing(notebook: Notebook, form: tuple[list[str], str]) -> None:
    start, stop = form
    notebook.run(IMPORTS, *start, CLIENT, CREATE, stop, stop)
    assert activation.active() == []


def test_a_notebook_that_runs_twice_starts_fresh(notebook: Notebook, form: tuple[list[str], str]) -> None:
    start, stop = form
    cells = [IMPORTS, *start, CLIENT, CREATE, LIST, stop]
    notebook.run(*cells)
    first = notebook.names["app_id"]
    notebook.run(*cells)
    assert notebook.names["names"] == ["shop"]
    assert notebook.names["app_id"] != first
    assert activation.active() == []


def test_a_client_of_an_earlier_run_reaches_the_mock(notebook: Notebook, form: tuple[list[str], str]) -> None:
    start, stop = form
    notebook.run(IMPORTS, *start, CLIENT, CREATE, stop, *start, LIST, stop)
    assert notebook.names["names"] == []


def test_cells_run_in_any_order(notebook: Notebook, form: tuple[list[str], str]) -> None:
    start, stop = form
    notebook.run(IMPORTS, *start, CLIENT)
    orders = list(itertools.permutations([*start, CREATE, LIST]))
    for cells in orders:
        notebook.run(*cells)
    notebook.run(LIST)
    assert notebook.names["names"] == ["shop"] * len(orders)
    notebook.run(stop)
    assert activation.active() == []


def test_stop_ends_the_mock_whichever_cells_ran_again(notebook: Notebook, form: tuple[list[str], str]) -> None:
    start, stop = form
    notebook.run(IMPORTS, CLIENT)
    for cells in itertools.product([IMPORTS, *start, LIST], repeat=2):
        notebook.run(*start, *cells, stop)
        assert activation.active() == []


def test_a_cell_that_fails_leaves_the_mock_active_for_the_next(notebook: Notebook, form: tuple[list[str], str]) -> None:
    start, stop = form
    notebook.run(IMPORTS, *start, CLIENT, CREATE)
    with pytest.raises(ZeroDivisionError):
        notebook.run("1 / 0")
    notebook.run(LIST, stop)
    assert notebook.names["names"] == ["shop"]
    assert activation.active() == []


def test_a_client_made_before_the_start_reaches_the_mock(notebook: Notebook, form: tuple[list[str], str]) -> None:
    start, stop = form
    notebook.run(IMPORTS, CLIENT, *start, CREATE, LIST, stop)
    assert notebook.names["names"] == ["shop"]


def test_decorated_helpers_and_with_share_the_state_of_the_notebook(
    notebook: Notebook, form: tuple[list[str], str]
) -> None:
    start, stop = form
    helper = "@mock_amplify\ndef helper():\n    client.create_app(name='helper')\nhelper()"
    block = "with mock_amplify() as inner:\n    client.create_app(name='block')"
    started = "other = mock_amplify(); other.start(); client.create_app(name='started'); other.stop()"
    notebook.run(IMPORTS, *start, CLIENT, helper, block, started, started, LIST, stop)
    assert sorted(notebook.names["names"]) == ["block", "helper", "started", "started"]
    assert activation.active() == []


def test_a_cell_with_other_settings_is_an_error_that_changes_nothing(notebook: Notebook) -> None:
    notebook.run(IMPORTS, "mock_amplify.start()", CLIENT, CREATE)
    with pytest.raises(TypeError, match="inside another mock"):
        notebook.run("amplify = mock_amplify(account_id='111122223333').start()")
    notebook.run(LIST, "mock_amplify.stop()")
    assert notebook.names["names"] == ["shop"]
    assert activation.active() == []


def test_stop_all_is_a_last_cell_for_every_form(notebook: Notebook, form: tuple[list[str], str]) -> None:
    start, _ = form
    notebook.run(IMPORTS, *start, CLIENT, *start, CREATE, "mock_amplify.stop_all()")
    assert activation.active() == []


def test_the_controller_shows_the_state_after_stop(notebook: Notebook) -> None:
    notebook.run(IMPORTS, "amplify = mock_amplify.start()", CLIENT, CREATE, "mock_amplify.stop()")
    assert notebook.names["amplify"].backend().apps[notebook.names["app_id"]].name == "shop"


def test_the_default_session_of_the_kernel_is_as_before(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, form: tuple[list[str], str]
) -> None:
    start, stop = form
    session = boto3.Session(region_name="eu-west-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    notebook.run(IMPORTS, *start, "boto3.setup_default_session(region_name='us-west-2')", *start, stop)
    assert boto3.DEFAULT_SESSION is session
    mock_amplify.stop_all()
