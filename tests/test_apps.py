"""CreateApp, GetApp, ListApps and DeleteApp, and how UpdateApp connects a repository."""

from __future__ import annotations

import datetime
import re

import pytest
import time_machine

from support.clients import bad_request, client_of, not_found, refusal
from support.model import known, knows, needs

GITHUB = {"repository": "https://github.com/example/shop", "accessToken": "ghp_token"}

NO_TOKEN = "You should at least provide one valid token"
NO_ROLE = "The compute role provided cannot be assumed by Amplify."

FULL = known(
    "CreateAppRequest",
    {
        "name": "shop",
        "description": "where we sell",
        "platform": "WEB_COMPUTE",
        "computeRoleArn": "arn:aws:iam::123456789012:role/compute",
        "iamServiceRoleArn": "arn:aws:iam::123456789012:role/service",
        "environmentVariables": {"STAGE": "live", "_LIVE_PACKAGE_UPDATES": "[]"},
        "enableBranchAutoBuild": True,
        "enableBranchAutoDeletion": True,
        "enableBasicAuth": True,
        "basicAuthCredentials": "dXNlcjpwYXNzd29yZA==",
        "customRules": [
            {"source": "https://example.com", "target": "https://www.example.com", "status": "302"},
            {"source": "/<*>", "target": "/index.html", "status": "404-200", "condition": "<US>"},
        ],
        "tags": {"team": "web"},
        "buildSpec": "version: 1",
        "customHeaders": "customHeaders: []",
        "enableAutoBranchCreation": True,
        "autoBranchCreationPatterns": ["feature/*", "fix/*"],
        "autoBranchCreationConfig": {
            "stage": "DEVELOPMENT",
            "framework": "React",
            "enableAutoBuild": True,
            "environmentVariables": {"A": "1"},
            "basicAuthCredentials": "dTpw",
            "enableBasicAuth": True,
            "enablePerformanceMode": True,
            "buildSpec": "version: 1",
            "enablePullRequestPreview": True,
            "pullRequestEnvironmentName": "pr",
        },
        "jobConfig": {"buildComputeType": "LARGE_16GB"},
        "cacheConfig": {"type": "AMPLIFY_MANAGED"},
    },
)


def create(client, **members):
    return client.create_app(**{"name": "shop", **members})["app"]


def get(client, app):
    return client.get_app(appId=app["appId"])["app"]


def update(client, app, **members):
    return client.update_app(appId=app["appId"], **members)["app"]


# What the service fills in


def test_a_minimal_app_has_the_recorded_members(client):
    app = create(client)
    recorded = {
        "name": "shop",
        "platform": "WEB",
        "enableBranchAutoBuild": False,
        "enableBranchAutoDeletion": False,
        "enableBasicAuth": False,
        "customRules": [],
        "enableAutoBranchCreation": False,
        "tags": {},
        "jobConfig": {"buildComputeType": "STANDARD_8GB"},
        "cacheConfig": {"type": "AMPLIFY_MANAGED_NO_COOKIES"},
    }
    recorded = known("App", recorded)
    assert {name: app.get(name) for name in recorded} == recorded


def test_what_the_model_requires_is_there_and_empty(client):
    app = create(client)
    assert (app["description"], app["repository"], app["environmentVariables"]) == ("", "", {})


def test_a_minimal_app_lacks_what_nobody_set(client):
    assert not create(client).keys() & {
        "productionBranch", "buildSpec", "customHeaders", "computeRoleArn", "iamServiceRoleArn",
        "basicAuthCredentials", "autoBranchCreationConfig", "autoBranchCreationPatterns", "repositoryCloneMethod",
        "wafConfiguration", "webhookCreateTime",
    }  # fmt: skip


def test_ids_and_arns_have_the_recorded_forms(amplify_mock):
    app = create(client_of("eu-west-2"))
    assert re.fullmatch("d[a-z0-9]{11,13}", app["appId"])
    assert app["appArn"] == f"arn:aws:amplify:eu-west-2:123456789012:apps/{app['appId']}"
    assert app["defaultDomain"] == f"{app['appId']}.amplifyapp.com"


def test_a_new_app_was_updated_when_it_was_created(client):
    before = datetime.datetime.now(datetime.timezone.utc)
    app = create(client)
    after = datetime.datetime.now(datetime.timezone.utc)
    assert app["createTime"] == app["updateTime"]
    assert before - datetime.timedelta(milliseconds=1) <= app["createTime"] <= after


def test_times_have_milliseconds(client):
    with time_machine.travel("2024-02-03 04:05:06.789999+00:00", tick=False):
        app = create(client)
    assert app["createTime"].astimezone(datetime.timezone.utc).isoformat() == "2024-02-03T04:05:06.789000+00:00"


def test_names_need_not_be_unique(client):
    assert create(client)["appId"] != create(client)["appId"]
    assert len(client.list_apps()["apps"]) == 2


def test_what_was_given_comes_back(client):
    app = create(client, **FULL)
    assert {name: app[name] for name in FULL} == FULL
    assert get(client, app) == app
    assert client.list_apps()["apps"] == [app]


def test_auto_branch_creation_without_a_config_gets_the_recorded_one(client):
    app = create(client, enableAutoBranchCreation=True)
    assert app["autoBranchCreationConfig"] == {
        "stage": "NONE",
        "enableAutoBuild": False,
        "enableBasicAuth": False,
        "enablePerformanceMode": False,
        "enablePullRequestPreview": False,
        "environmentVariables": {},
    }


def test_switching_auto_branch_creation_on_later_gets_the_recorded_config(client):
    app = update(client, create(client), enableAutoBranchCreation=True)
    assert app["autoBranchCreationConfig"]["stage"] == "NONE"


def test_the_empty_variable_falls_away(client):
    assert create(client, environmentVariables={"": "", "A": ""})["environmentVariables"] == {"A": ""}


# Repositories


@pytest.mark.parametrize(
    ("repository", "method"),
    [
        ("https://github.com/example/shop", "TOKEN"),
        ("https://www.github.com/example/shop", "TOKEN"),
        ("https://GitHub.com/example/shop", "TOKEN"),
        ("git@github.com:example/shop.git", "TOKEN"),
        ("https://gitlab.com/example/shop", "SSH"),
        ("https://github.com.example.com/example/shop", "SSH"),
        ("https://bitbucket.org/example/shop", "SSH"),
        ("https://git-codecommit.us-east-1.amazonaws.com/v1/repos/shop", "SIGV4"),
    ],
)
def test_the_git_host_decides_how_the_repository_is_cloned(client, repository, method):
    app = create(client, repository=repository, accessToken="t")
    assert (app["repository"], app["repositoryCloneMethod"]) == (repository, method)
    assert not knows("App.webhookCreateTime") or app["webhookCreateTime"] == app["createTime"]


@pytest.mark.parametrize("token", ["accessToken", "oauthToken"])
def test_either_token_connects_a_repository(client, token):
    app = create(client, repository="https://github.com/example/shop", **{token: "t"})
    assert app["repository"] == "https://github.com/example/shop"


def test_a_repository_of_codecommit_needs_no_token(client):
    repository = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/shop"
    assert create(client, repository=repository)["repositoryCloneMethod"] == "SIGV4"


def test_an_empty_repository_is_none(client):
    app = update(client, create(client, repository=""), repository="")
    client.create_branch(appId=app["appId"], branchName="main")
    assert client.create_deployment(appId=app["appId"], branchName="main")["jobId"] == "1"


def test_an_empty_repository_disconnects_no_app(client):
    app = update(client, create(client, **GITHUB), repository="")
    assert app["repository"] == GITHUB["repository"]


def test_a_repository_needs_a_token(client):
    parameters = {"name": "shop", "repository": GITHUB["repository"]}
    assert refusal(client.create_app, **parameters) == bad_request(NO_TOKEN)
    assert refusal(client.create_app, **parameters, oauthToken="") == bad_request(NO_TOKEN)
    assert client.list_apps()["apps"] == []


@pytest.mark.parametrize("repository", ["shop", "ftp://github.com/a/b", "https://github.com", "https:// /x", "http://"])
def test_a_repository_must_be_a_url(client, repository):
    assert refusal(client.create_app, name="shop", repository=repository, accessToken="t") == bad_request(
        "The repository url is not valid."
    )


def test_update_app_connects_a_repository(client):
    app = update(client, create(client), **GITHUB)
    assert (app["repository"], app["repositoryCloneMethod"]) == (GITHUB["repository"], "TOKEN")


@needs("App.webhookCreateTime")
def test_a_repository_has_its_webhook_since_it_was_connected(client):
    with time_machine.travel("2024-02-03 04:05:06+00:00", tick=False) as clock:
        app = create(client, **GITHUB)
        clock.shift(60)
        app = update(client, app, repository="https://gitlab.com/example/shop", accessToken="t")
    assert app["webhookCreateTime"] == app["updateTime"] == app["createTime"] + datetime.timedelta(minutes=1)


def test_update_app_needs_a_token_for_a_repository(client):
    app = create(client)
    answer = refusal(client.update_app, appId=app["appId"], repository=GITHUB["repository"])
    assert answer == bad_request(NO_TOKEN)
    assert get(client, app) == app


def test_an_app_with_manual_branches_cannot_be_connected(client):
    app = create(client)
    client.create_branch(appId=app["appId"], branchName="main")
    assert refusal(client.update_app, appId=app["appId"], **GITHUB) == bad_request(
        "Cannot connect your app to repository while manually deployed branch still exists. "
        "Please delete all branches and try again."
    )
    client.delete_branch(appId=app["appId"], branchName="main")
    assert update(client, app, **GITHUB)["repository"] == GITHUB["repository"]


def test_a_connected_app_with_branches_moves_to_another_repository(client):
    app = create(client, **GITHUB)
    client.create_branch(appId=app["appId"], branchName="main")
    moved = update(client, app, repository="https://gitlab.com/example/shop", accessToken="t")
    assert (moved["repository"], moved["repositoryCloneMethod"]) == ("https://gitlab.com/example/shop", "SSH")


# Refusals of settings


@pytest.mark.parametrize("role", ["nonsense", "arn:aws:iam::123456789012:user/me", "arn:aws:iam::1:role/x"])
@needs("CreateAppRequest.computeRoleArn")
def test_the_compute_role_must_be_a_role(client, role):
    app = create(client)
    for call, target in (
        (client.create_app, {"name": "shop"}),
        (client.update_app, {"appId": app["appId"]}),
    ):
        assert refusal(call, **target, computeRoleArn=role) == bad_request(NO_ROLE)


# Deletion


def test_delete_app_returns_the_app_as_it_was(client):
    app = create(client, **FULL)
    assert client.delete_app(appId=app["appId"])["app"] == app
    for call in (client.get_app, client.delete_app, client.update_app):
        assert refusal(call, appId=app["appId"]) == not_found(f"App {app['appId']} not found.")
    assert client.list_apps()["apps"] == []


def test_an_app_goes_with_its_branches_and_running_jobs(client):
    app_id = create(client)["appId"]
    client.create_branch(appId=app_id, branchName="main")
    client.start_deployment(appId=app_id, branchName="main", sourceUrl="s3://bucket/site.zip")
    client.delete_app(appId=app_id)
    assert refusal(client.get_branch, appId=app_id, branchName="main") == not_found(f"App {app_id} not found.")
    assert refusal(client.get_job, appId=app_id, branchName="main", jobId="1") == not_found(f"App {app_id} not found.")


# Regions and accounts


def test_an_empty_account_has_no_apps(client):
    answer = client.list_apps()
    del answer["ResponseMetadata"]
    assert answer == {"apps": []}


def test_regions_are_separate(amplify_mock):
    first, second = client_of("us-east-1"), client_of("eu-west-1")
    app = create(first)
    assert second.list_apps()["apps"] == []
    assert refusal(second.get_app, appId=app["appId"]) == not_found(f"App {app['appId']} not found.")
    assert list(amplify_mock.backend("us-east-1").apps) == [app["appId"]]
    assert not amplify_mock.backend("eu-west-1").apps


def test_accounts_are_separate(amplify_mock):
    first, second, unnumbered = (client_of(key=key) for key in ("111122223333", "444455556666", "AKIAIOSFODNN7EXAMPLE"))
    app = create(first)
    assert ":111122223333:" in app["appArn"]
    assert ":123456789012:" in create(unnumbered)["appArn"]
    assert second.list_apps()["apps"] == []
    assert refusal(second.get_app, appId=app["appId"]) == not_found(f"App {app['appId']} not found.")
    assert list(amplify_mock.backend(account_id="111122223333").apps) == [app["appId"]]


@pytest.mark.amplify_mock(account_id="999988887777")
def test_the_account_can_be_set(client):
    assert ":999988887777:" in create(client)["appArn"]
