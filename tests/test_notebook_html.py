"""The HTML that notebooks show: safe, readable in every page, and without what is nobody's business."""

from __future__ import annotations

import re

import freezegun
import pytest

from amplify_mock import JobPlan
from support.clients import client_of
from support.jobs import release
from support.outlines import Outline
from support.plans import START

TAGS = {
    *("div", "p", "b", "bdi", "br", "code", "span", "ol", "li"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}
HOSTILE = "<script>alert('x')</script>&amp;\""
BACKWARDS = "\u202elive"


@pytest.fixture(autouse=True)
def clock():
    with freezegun.freeze_time(START) as frozen:
        yield frozen


@pytest.fixture
def client(amplify_mock):
    return client_of()


@pytest.fixture
def branch(amplify_mock):
    app = amplify_mock.add_app("shop", app_id="d1", branches=["main"], repository="https://github.com/me/shop")
    return {"appId": app.app_id, "branchName": "main"}


def show(thing):
    return thing._repr_html_()


def everything(amplify, client):
    """Return all that notebooks show of a state, whose every text is hostile and whose every secret is "secret"."""
    secrets = {"environment_variables": {"A": "secret"}, "basic_auth_credentials": "secret", "build_spec": "secret: 1"}
    app = amplify.add_app(HOSTILE, repository=f"https://me:secret@example.com/{HOSTILE}", **secrets)
    branch = amplify.add_branch(app.app_id, HOSTILE, display_name="x", **secrets)
    amplify.add_webhook(app.app_id, HOSTILE)
    amplify.add_backend_environment(app.app_id, "dev", stack_name=HOSTILE)
    amplify.plan_jobs(JobPlan(progress="instant", fail_at="BUILD", reason=HOSTILE))
    release(client, {"appId": app.app_id, "branchName": HOSTILE}, commitMessage=HOSTILE)
    job = amplify.job(app.app_id, HOSTILE)
    several = (amplify.apps, app.branches, branch.jobs, app.webhooks, app.backend_environments)
    return [show(each) for each in (amplify, app, branch, job, job.resource, *several)]


def test_everything_is_escaped(amplify_mock, client):
    for shown in everything(amplify_mock, client):
        assert HOSTILE in Outline(shown).text
        assert "script" not in Outline(shown).tags


def test_there_is_no_secret_in_it(amplify_mock, client):
    for shown in everything(amplify_mock, client):
        assert "secret" not in shown
        assert "token" not in shown


def test_long_texts_are_cut(amplify_mock):
    amplify_mock.add_app("n" * 255)
    assert f"{'n' * 80}…" in Outline(show(amplify_mock)).text
    assert "n" * 81 not in show(amplify_mock)


def test_a_text_that_changes_direction_changes_it_for_no_other(amplify_mock, client):
    """An override of the direction ends with the element that isolates it."""
    app = amplify_mock.add_app(BACKWARDS, branches=["dev"], repository=f"https://example.com/{BACKWARDS}")
    branch = amplify_mock.add_branch(app.app_id, BACKWARDS)
    amplify_mock.add_webhook(app.app_id, BACKWARDS, description=BACKWARDS)
    amplify_mock.add_backend_environment(app.app_id, "dev", stack_name=BACKWARDS)
    domain = amplify_mock.add_domain_association(app.app_id, "example.com", sub_domains={"www": BACKWARDS})
    amplify_mock.plan_jobs(JobPlan(progress="instant", fail_at="BUILD", reason=BACKWARDS))
    release(client, {"appId": app.app_id, "branchName": BACKWARDS}, commitMessage=BACKWARDS)
    job = amplify_mock.job(app.app_id, BACKWARDS)
    several = (amplify_mock.apps, app.branches, branch.jobs, app.webhooks, app.backend_environments)
    for each in map(show, (amplify_mock, app, branch, domain, job, *several)):
        assert "\u202e" in each
        others = re.sub(r"<bdi[^>]*>[^<]*</bdi>", "", each)
        assert "\u202e" not in re.sub(r'(title|aria-label)="[^"]*"', "", others)


def test_long_names_may_be_broken_and_times_may_not(amplify_mock, branch):
    amplify_mock.add_branch("d1", "b" * 70)
    amplify_mock.add_job("d1", "b" * 70)
    shown = show(amplify_mock.apps["d1"].branches["b" * 70])
    assert f'<bdi style="overflow-wrap:anywhere">{"b" * 70}</bdi>' in shown
    assert '<span style="white-space:nowrap">2024-09-01 11:58:59</span>' in shown
    assert '<span style="white-space:nowrap">1 min 1 s</span>' in shown


def test_nothing_comes_from_elsewhere_and_colours_are_the_pages_own(amplify_mock, client):
    for shown in everything(amplify_mock, client):
        outline = Outline(shown)
        assert outline.tags <= TAGS
        assert outline.links == []
        assert "url(" not in shown
        assert set(re.findall(r"[^-]color:(\w+)", shown)) == {"inherit"}


def test_tables_and_bars_say_what_they_are(amplify_mock, branch):
    amplify_mock.add_job("d1")
    shown = show(amplify_mock.apps["d1"])
    assert "<caption" in shown
    assert shown.count('scope="col"') == 6
    assert shown.count('scope="row"') == 1
    assert '<ol aria-label="Steps of job 1 of branch main"' in shown
