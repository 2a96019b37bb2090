"""The app's production branch is the one of stage PRODUCTION that was deployed last."""

from __future__ import annotations

import pytest


@pytest.fixture
def app_id(amplify_client):
    return amplify_client.create_app(name="shop")["app"]["appId"]


def deploy(client, app_id, branch_name):
    client.start_deployment(appId=app_id, branchName=branch_name, sourceUrl="s3://bucket/site.zip")
    for _ in range(2):
        client.list_jobs(appId=app_id, branchName=branch_name)


def production_branch(client, app_id):
    return client.get_app(appId=app_id)["app"].get("productionBranch", {}).get("branchName")


def test_it_appears_with_its_first_deployment(amplify_client, app_id):
    amplify_client.create_branch(appId=app_id, branchName="main", stage="PRODUCTION")
    assert production_branch(amplify_client, app_id) is None
    amplify_client.start_deployment(appId=app_id, branchName="main", sourceUrl="s3://bucket/site.zip")
    assert production_branch(amplify_client, app_id) is None
    job = [amplify_client.list_jobs(appId=app_id, branchName="main")["jobSummaries"][0] for _ in range(2)][-1]
    assert amplify_client.get_app(appId=app_id)["app"]["productionBranch"] == {
        "lastDeployTime": job["endTime"],
        "status": "SUCCEED",
        "branchName": "main",
    }


def test_a_branch_of_another_stage_is_none(amplify_client, app_id):
    amplify_client.create_branch(appId=app_id, branchName="main", stage="BETA")
    deploy(amplify_client, app_id, "main")
    assert production_branch(amplify_client, app_id) is None


def test_the_stage_alone_is_not_enough(amplify_client, app_id):
    amplify_client.create_branch(appId=app_id, branchName="main")
    deploy(amplify_client, app_id, "main")
    amplify_client.update_branch(appId=app_id, branchName="main", stage="PRODUCTION")
    assert production_branch(amplify_client, app_id) is None
    deploy(amplify_client, app_id, "main")
    assert production_branch(amplify_client, app_id) == "main"


def test_a_branch_that_leaves_the_stage_is_shown_no_longer(amplify_client, app_id):
    amplify_client.create_branch(appId=app_id, branchName="main", stage="PRODUCTION")
    deploy(amplify_client, app_id, "main")
    amplify_client.update_branch(appId=app_id, branchName="main", stage="BETA")
    assert production_branch(amplify_client, app_id) is None


def test_of_several_the_last_one_counts(amplify_mock, amplify_client, app_id):
    for name in ("blue", "green"):
        amplify_client.create_branch(appId=app_id, branchName=name, stage="PRODUCTION")
    for name in ("blue", "green", "blue"):
        amplify_mock.clock.advance(minutes=1)
        deploy(amplify_client, app_id, name)
        assert production_branch(amplify_client, app_id) == name
