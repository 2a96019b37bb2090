"""The site of the documentation has every page, its links lead somewhere, and its reference is complete."""

from __future__ import annotations

import inspect
import re
from pkgutil import resolve_name
from typing import Literal, get_args, get_origin

import boto3
import pytest
from freezegun import freeze_time

import amplify_mock
from amplify_mock import AmplifyMock, exceptions, mock_amplify
from amplify_mock.__main__ import main
from amplify_mock.resources import domain_plans, literals, planning, plans
from amplify_mock.resources.plans import JobPlan
from support.pages import DOCS, PAGES, ROOT, anchors, entries, links, navigation, references
from support.servers import ask

ENTRIES = [entry for page in PAGES for entry in entries(page)]
REFERENCE = {entry.name for entry in ENTRIES}
REFERENCE |= {f"{entry.name}.{member}" for entry in ENTRIES for member in entry.members}
# What the mock's own parts use of the controller.
NOT_FOR_TESTS = {
    "deliver",
    "ended",
    "fetch",
    "handle",
    "holding",
    "operation_of",
    "owns",
    "retry_sleep",
    "service_model",
}


def public(owner):
    return {name for name in dir(owner) if not name.startswith("_")}


def test_the_navigation_has_every_page_once():
    assert sorted(navigation()) == PAGES


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.stem)
def test_every_link_leads_to_a_page_and_a_heading(page):
    for target, anchor in links(page):
        assert target.exists(), target
        if anchor:
            assert anchor in anchors(target), f"{target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_name_that_a_page_refers_to_is_in_the_reference(page):
    assert set(references(page)) <= REFERENCE


def test_pages_link_only_to_pages():
    outside = {target for page in PAGES for target, _ in links(page) if DOCS not in target.parents}
    assert outside == set()


@pytest.mark.parametrize("name", ["index", "tutorial", "moving", "recipes/server", "recipes/async"])
def test_code_that_newcomers_read_fits_a_small_desktop(name):
    page = (DOCS / f"{name}.md").read_text("utf-8")
    code = "\n".join(re.findall(r"^```.*?^```", page, re.MULTILINE | re.DOTALL))
    assert [line for line in code.splitlines() if len(line) > 100] == []


# The reference


@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_what_the_reference_documents_exists_and_has_a_docstring(name):
    found = resolve_name(name)
    assert inspect.getdoc(found), name


@pytest.mark.parametrize("entry", [each for each in ENTRIES if each.members], ids=lambda entry: entry.name)
def test_members_of_a_base_are_asked_for(entry):
    assert entry.with_inherited or set(entry.members) <= vars(resolve_name(entry.name)).keys()


def test_every_public_name_is_in_the_reference():
    text = "".join((DOCS / "reference" / page).read_text("utf-8") for page in ("calls.md", "mock-amplify.md"))
    for name in amplify_mock.__all__:
        assert f"amplify_mock.{name}" in REFERENCE or name in text, name


def test_the_reference_has_all_of_the_controller():
    named = {name.removeprefix("amplify_mock.AmplifyMock.") for name in REFERENCE}
    assert public(AmplifyMock) - NOT_FOR_TESTS <= named


@pytest.mark.parametrize("handle", ["JobHandle", "DomainAssociationHandle"])
def test_the_reference_has_all_of_the_handles(handle):
    named = {name.removeprefix(f"amplify_mock.{handle}.") for name in REFERENCE}
    assert public(getattr(amplify_mock, handle)) <= named


def test_the_reference_names_attributes_that_views_have():
    page = (DOCS / "reference/state.md").read_text("utf-8")
    rows = re.findall(r"^\| (?:`(\w+)`)? *\| (.+?) \|", page.partition("## Beside the API's members")[2], re.MULTILINE)
    with mock_amplify() as amplify:
        app = amplify.add_app("shop", branches=["main"])
        job = amplify.add_job(app.app_id)
        shown = {"Backend": amplify.backend(), "App": app, "Branch": app.branches["main"], "Job": job}
        kind, checked = "", set()
        for owner, names in rows:
            kind = owner or kind
            for name in re.findall(r"`(\w+)(?:\(\))?`", names):
                assert name in dir(shown[kind]), f"{kind}.{name}"
                checked.add(kind)
    assert checked == set(shown)


def test_the_words_are_those_of_the_types():
    page = (DOCS / "reference/words.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", page, re.MULTILINE)
    documented = {name: tuple(re.findall(r"`(\w+)`", words)) for name, words in rows}
    types = {}
    for module in (literals, plans, planning, domain_plans):
        types |= {name: get_args(each) for name, each in vars(module).items() if get_origin(each) is Literal}
    assert documented == types


def test_what_is_imported_from_elsewhere_is_there():
    table = (DOCS / "reference/mock-amplify.md").read_text("utf-8").partition("## Where the rest is")[2]
    rows = re.findall(r"^\| `(amplify_mock\.[\w.]+)` \| (.+) \|$", table, re.MULTILINE)
    assert rows
    for module, text in rows:
        for name in re.findall(r"`([A-Z]\w+)`", text):
            assert resolve_name(f"{module}:{name}").__module__ in (module, "typing"), name


def test_every_patch_is_on_the_page():
    page = (DOCS / "reference/mock-amplify.md").read_text("utf-8").partition("## What it changes")[2]
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "amplify_mock").rglob("*.py"))
    names = set(re.findall(r'\bPatch\([\w"., ]*?"([\w.]+)", \w', sources))
    assert "Endpoint.make_request" in names
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_the_page_on_notebooks_shows_what_a_notebook_shows():
    with freeze_time("2026-01-01"), mock_amplify(plan=JobPlan(progress="clock")) as amplify:
        app = amplify.add_app("shop", branches=["main"], repository="https://github.com/me/shop")
        boto3.client("amplify").start_job(appId=app.app_id, branchName="main", jobType="RELEASE")
        amplify.clock.advance(seconds=20)
        shown = amplify.job(app.app_id, "main")._repr_html_()
    assert (DOCS / "assets/job.html").read_text("utf-8") == f"{shown}\n"


def test_every_exception_says_when_it_is_raised():
    assert "amplify_mock.exceptions" in REFERENCE
    for each in vars(exceptions).values():
        assert not isinstance(each, type) or each.__doc__, each


def test_the_command_line_is_documented_as_its_help_says(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000")
    monkeypatch.setenv("NO_COLOR", "1")
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    page = (DOCS / "reference/server.md").read_text("utf-8")
    table = dict(re.findall(r"^\| `(--[^`]+)` \| (.+) \|$", page, re.MULTILINE))
    assert {option.split()[0] for option in table} == set(re.findall(r"--[a-z-]+", told))
    for option, help_text in table.items():
        assert option in told
        assert help_text in told


@pytest.mark.enable_socket
def test_the_admin_api_is_documented_as_it_is():
    page = (DOCS / "reference/admin-api.md").read_text("utf-8")
    with mock_amplify() as amplify, amplify.serve() as server:
        message = ask(server, "GET", "/_amplify/nothing").message
    paths = message.partition("It has: ")[2].rstrip(".").split(", ")
    assert set(re.findall(r"^\| `[A-Z]+ (\S+)`", page, re.MULTILINE)) == set(paths)
    plans = page.partition("| `plans` |")[2].partition("|")[0]
    assert set(re.findall(r"`(\w+)`", plans)) == set(JobPlan.__dataclass_fields__)


def test_the_options_of_pytest_are_documented(pytestconfig):
    page = (DOCS / "reference/pytest-plugin.md").read_text("utf-8")
    ours = {name for name in pytestconfig._parser._inidict if name.startswith("amplify_mock")}
    assert set(re.findall(r"^\| `(amplify_mock_\w+)` \|", page, re.MULTILINE)) == ours
