"""With fidelity="recorded", what the real service leaves out is left out."""

from __future__ import annotations

import freezegun
import pytest

from amplify_mock import mock_amplify
from support.clients import body, client_of
from support.domains import associate, get, listed, update
from support.jobs import GITHUB, app_with_branches, deploy, finish, new_app, new_branch


@pytest.fixture
def recorded_client():
    with mock_amplify(fidelity="recorded"):
        yield client_of()


def test_code_that_reads_what_the_service_leaves_out_fails(recorded_client):
    app = recorded_client.create_app(name="shop")["app"]
    branch = recorded_client.create_branch(appId=app["appId"], branchName="main")["branch"]
    for name in ("description", "repository", "environmentVariables", "tags", "buildSpec"):
        with pytest.raises(KeyError):
            app[name]
    for name in ("description", "environmentVariables", "customDomains", "framework", "activeJobId", "tags"):
        with pytest.raises(KeyError):
            branch[name]


def test_what_was_given_is_sent(recorded_client):
    given = {"description": "where we sell", "environmentVariables": {"A": "1"}, "tags": {"team": "web"}}
    app = recorded_client.create_app(name="shop", **given)["app"]
    branch = recorded_client.create_branch(appId=app["appId"], branchName="main", **given)["branch"]
    for shown in (app, branch, recorded_client.get_app(appId=app["appId"])["app"]):
        assert shown.items() >= given.items()


def test_tags_are_empty_everywhere_but_in_the_answer_to_a_creation(recorded_client):
    app_id = new_app(recorded_client)
    branch = {"appId": app_id, "branchName": "main"}
    recorded_client.create_branch(**branch)
    apps = [
        recorded_client.get_app(appId=app_id)["app"],
        recorded_client.update_app(appId=app_id)["app"],
        recorded_client.list_apps()["apps"][0],
    ]
    branches = [
        recorded_client.get_branch(**branch)["branch"],
        recorded_client.update_branch(**branch)["branch"],
        recorded_client.list_branches(appId=app_id)["branches"][0],
        recorded_client.delete_branch(**branch)["branch"],
    ]
    assert [each["tags"] for each in (*apps, *branches)] == [{}] * 7
    assert [each.get("backend") for each in branches] == [{}, None, None, None]


def test_what_was_cleared_is_left_out_again(recorded_client):
    app_id = new_app(recorded_client, environmentVariables={"A": "1"}, customRules=[{"source": "/a", "target": "/b"}])
    app = recorded_client.update_app(appId=app_id, environmentVariables={"": ""}, customRules=[])["app"]
    assert ("environmentVariables" in app, app["customRules"]) == (False, [])


def test_a_started_job_has_no_start_and_no_type(recorded_client):
    job = recorded_client.start_job(**new_branch(recorded_client, app=GITHUB), jobType="RELEASE")["jobSummary"]
    assert job.keys() == {"jobArn", "jobId", "commitId", "commitTime", "status"}


def test_a_deployment_has_a_zip_url_or_file_urls(recorded_client):
    zipped = recorded_client.create_deployment(**new_branch(recorded_client))
    files = recorded_client.create_deployment(**new_branch(recorded_client), fileMap={"index.html": "0" * 32})
    assert body(zipped).keys() == {"jobId", "zipUploadUrl"}
    assert body(files).keys() == {"jobId", "fileUploadUrls"}


@pytest.mark.parametrize("given", ["at the creation", "in an update", None])
def test_a_certificate_is_sent_where_one_was_asked_for(recorded_client, given):
    certificate = {"certificateSettings": {"type": "AMPLIFY_MANAGED"}}
    app_id = app_with_branches(recorded_client, "main")
    associate(recorded_client, app_id, **(certificate if given == "at the creation" else {}))
    for _ in range(4):
        get(recorded_client, app_id)
    if given == "in an update":
        update(recorded_client, app_id, **certificate)
    shown = [get(recorded_client, app_id), *listed(recorded_client, app_id)]
    assert [each.get("certificate", {}).get("type") for each in shown] == [given and "AMPLIFY_MANAGED"] * 2


def test_auto_branch_creation_has_the_recorded_config(recorded_client):
    app = recorded_client.create_app(name="shop", enableAutoBranchCreation=True)["app"]
    assert app["autoBranchCreationConfig"] == {
        "stage": "NONE",
        "enableAutoBuild": False,
        "enableBasicAuth": False,
        "enablePerformanceMode": False,
        "enablePullRequestPreview": False,
        "environmentVariables": {},
    }


def test_empty_lists_are_sent_as_lists(recorded_client):
    branch = new_branch(recorded_client)
    app = {"appId": branch["appId"]}
    assert recorded_client.list_jobs(**branch)["jobSummaries"] == []
    assert recorded_client.list_webhooks(**app)["webhooks"] == []
    assert recorded_client.list_domain_associations(**app)["domainAssociations"] == []
    assert recorded_client.list_backend_environments(**app)["backendEnvironments"] == []
    assert client_of("eu-west-1").list_apps()["apps"] == []


def test_the_fidelity_is_one_of_two():
    with pytest.raises(ValueError, match="recorded"):
        mock_amplify(fidelity="real")


def test_both_contracts_have_the_same_state():
    apps = []
    for fidelity in ("model", "recorded"):
        with mock_amplify(fidelity=fidelity, seed=7) as amplify, freezegun.freeze_time("2024-09-01T12:00:00Z"):
            branch = new_branch(client_of())
            deploy(client_of(), branch)
            finish(client_of(), branch)
            apps.append(repr(amplify.backend()) + repr(amplify.backend().apps[branch["appId"]].branches))
    assert apps[0] == apps[1]
