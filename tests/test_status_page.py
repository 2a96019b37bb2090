"""The page that shows people what a mock has."""

from __future__ import annotations

import pytest

from amplify_mock import JobPlan
from amplify_mock.server.status_page import page
from support.jobs import GITHUB
from support.outlines import Outline
from support.servers import ask


@pytest.fixture
def look(amplify_mock):
    return lambda: Outline(page(amplify_mock, "1.2.3"))


@pytest.fixture
def app_id(amplify_client):
    return amplify_client.create_app(name="shop", **GITHUB)["app"]["appId"]


def test_an_empty_mock_says_that_it_is_empty(look):
    shown = look()
    assert "amplify_mock 1.2.3" in shown.text
    assert "There are no apps yet." in shown.text
    assert "There were no calls yet." in shown.text


@pytest.mark.enable_socket
def test_the_server_shows_it_to_browsers(amplify_mock):
    with amplify_mock.serve() as server:
        answer = ask(server, "GET", "/", Accept="text/html")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "There are no apps yet." in Outline(answer.body.decode()).text


@pytest.mark.enable_socket
def test_a_name_with_half_a_character_is_shown_too(amplify_mock):
    amplify_mock.add_app("half \ud800")
    with amplify_mock.serve() as server:
        answer = ask(server, "GET", "/", Accept="text/html")
    assert answer.status == 200
    assert "half &#55296;" in answer.body.decode()


def test_it_shows_apps_branches_jobs_and_domains(look, amplify_mock, amplify_client, app_id):
    branch = {"appId": app_id, "branchName": "feature/x"}
    amplify_mock.plan_jobs(JobPlan(fail_at="DEPLOY", reason="no space", progress="instant"))
    amplify_client.create_branch(**branch, stage="BETA")
    amplify_client.start_job(**branch, jobType="RELEASE")
    settings = [{"prefix": "www", "branchName": "feature/x"}]
    amplify_client.create_domain_association(appId=app_id, domainName="example.com", subDomainSettings=settings)
    shown = look()
    for text in ("us-east-1", "account 123456789012", "shop", app_id, GITHUB["repository"], "feature/x", "BETA",
                 "job 1 RELEASE", "FAILED", "BUILD", "DEPLOY", "no space", "example.com", "CREATING"):  # fmt: skip
        assert text in shown.text, text
    assert shown.classes.count("bar") == 1
    assert shown.links == ["data:,", f"/sites/{app_id}/feature-x/"]


def test_a_job_that_goes_on_has_no_end(look, amplify_client, app_id):
    branch = {"appId": app_id, "branchName": "main"}
    amplify_client.create_branch(**branch)
    amplify_client.start_job(**branch, jobType="RELEASE")
    assert "bar" not in look().classes
    amplify_client.get_job(**branch, jobId="1")
    assert {"bar", "RUNNING"} <= set(look().classes)
    assert " to " not in look().text


def test_it_shows_the_last_calls(look, amplify_client, app_id):
    with pytest.raises(amplify_client.exceptions.NotFoundException):
        amplify_client.get_branch(appId=app_id, branchName="none")
    text = look().text
    assert f"GetBranch {app_id}, none NotFoundException" in text
    assert text.index("GetBranch") < text.index("CreateApp shop success")


def test_it_shows_how_far_the_clock_is_ahead(look, amplify_mock):
    assert "ahead" not in look().text
    amplify_mock.clock.advance(days=2, minutes=5)
    assert "2 days, 0:05:00 ahead of the system" in look().text


def test_looking_moves_nothing(look, amplify_client, app_id):
    branch = {"appId": app_id, "branchName": "main"}
    amplify_client.create_branch(**branch)
    amplify_client.start_job(**branch, jobType="RELEASE")
    for _ in range(3):
        assert "PENDING" in look().classes


def test_everything_is_escaped(look, amplify_client):
    hostile = "<script>alert('x')</script>&amp;\""
    app_id = amplify_client.create_app(name=hostile, repository=f"https://a/{hostile}", oauthToken="t")["app"]["appId"]
    amplify_client.create_branch(appId=app_id, branchName=hostile, displayName="x")
    shown = look()
    assert shown.text.count(hostile) == 5
    assert "script" not in shown.tags


def test_there_is_no_secret_on_it(amplify_mock, amplify_client):
    app = {"repository": "https://user:secret@github.com/a/b", "accessToken": "secret", "buildSpec": "secret",
           "environmentVariables": {"A": "secret"}, "basicAuthCredentials": "secret"}  # fmt: skip
    app_id = amplify_client.create_app(name="shop", **app)["app"]["appId"]
    branch = {"appId": app_id, "branchName": "main"}
    amplify_client.create_branch(**branch, environmentVariables={"A": "secret"}, basicAuthCredentials="secret")
    amplify_client.create_webhook(**branch)
    shown = page(amplify_mock, "1")
    assert "secret" not in shown
    assert "token" not in shown
    assert "https://github.com/a/b" in shown


def test_of_many_things_the_newest_are_shown(look, amplify_client, app_id):
    for number in range(25):
        amplify_client.create_branch(appId=app_id, branchName=f"branch-{number}")
    for number in range(60):
        amplify_client.create_app(name=f"app-{number}")
    text = look().text
    for note in ("and 11 older apps", "and 66 older calls"):
        assert note in text
    assert "app-59" in text
    assert "app-9 " not in text


def test_of_many_branches_domains_and_jobs_the_newest_are_shown(look, amplify_client, app_id):
    for number in range(25):
        amplify_client.create_branch(appId=app_id, branchName=f"branch-{number}")
        settings = [{"prefix": "", "branchName": "branch-0"}]
        domain = f"example{number}.com"
        amplify_client.create_domain_association(appId=app_id, domainName=domain, subDomainSettings=settings)
    branch = {"appId": app_id, "branchName": "branch-24"}
    for number in range(7):
        amplify_client.start_job(**branch, jobType="RELEASE")
        amplify_client.stop_job(**branch, jobId=str(number + 1))
    text = look().text
    for note in ("and 5 older branches", "and 5 older domains", "and 2 older jobs"):
        assert note in text
    assert "job 7" in text
    assert "job 2 " not in text


def test_long_texts_are_cut(look, amplify_client):
    amplify_client.create_app(name="n" * 255)
    assert f"{'n' * 80}…" in look().text
    assert "n" * 81 not in look().text


def test_nothing_comes_from_elsewhere(amplify_mock, look):
    assert not {"script", "img", "iframe"} & look().tags
    source = page(amplify_mock, "1")
    assert "url(" not in source
    assert 'http-equiv="refresh"' in source
    assert 'name="viewport"' in source
