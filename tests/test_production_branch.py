"""The app's production branch is the one of stage PRODUCTION that was deployed last."""

from __future__ import annotations

import pytest


@pytest.fixture
def app_id(client):
    return client.create_app(name="shop")["app"]["appId"]


def deploy(client, app_id, branch_name):
    client.start_deployment(appId=app_id, branchName=branch_name, sourceUrl="s3://bucket/site.zip")
    for _ in range(2):
        client.list_jobs(appId=app_id, branchName=branch_name)


def production_branch(client, app_id):
    return client.get_app(appId=app_id)["app"].get("productionBranch", {}).get("branchName")


def test_it_appears_with_its_first_deployment(client, app_id):
    client.create_branch(appId=app_id, branchName="main", stage="PRODUCTION")
    assert production_branch(client, app_id) is None
    client.start_deployment(appId=app_id, branchName="main", sourceUrl="s3://bucket/site.zip")
    assert production_branch(client, app_id) is None
    job = [client.list_jobs(appId=app_id, branchName="main")["jobSummaries"][0] for _ in range(2)][-1]
    assert client.get_app(appId=app_id)["app"]["productionBranch"] == {
        "lastDeployTime": job["endTime"],
        "status": "SUCCEED",
        "branchName": "main",
    }


def test_a_branch_of_another_stage_is_none(client, app_id):
    client.create_branch(appId=app_id, branchName="main", stage="BETA")
    deploy(client, app_id, "main")
    assert production_branch(client, app_id) is None


def test_the_stage_alone_is_not_enough(client, app_id):
    client.create_branch(appId=app_id, branchName="main")
    deploy(client, app_id, "main")
    client.update_branch(appId=app_id, branchName="main", stage="PRODUCTION")
    assert production_branch(client, app_id) is None
    deploy(client, app_id, "main")
    assert production_branch(client, app_id) == "main"


def test_a_branch_that_leaves_the_stage_is_shown_no_longer(client, app_id):
    client.create_branch(appId=app_id, branchName="main", stage="PRODUCTION")
    deploy(client, app_id, "main")
    client.update_branch(appId=app_id, branchName="main", stage="BETA")
    assert production_branch(client, app_id) is None


def test_of_several_the_last_one_counts(amplify_mock, client, app_id):
    for name in ("blue", "green"):
        client.create_branch(appId=app_id, branchName=name, stage="PRODUCTION")
    for name in ("blue", "green", "blue"):
        amplify_mock.clock.advance(minutes=1)
        deploy(client, app_id, name)
        assert production_branch(client, app_id) == name
