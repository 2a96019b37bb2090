"""CreateBranch, GetBranch, ListBranches and DeleteBranch."""

from __future__ import annotations

import pytest

from support.clients import bad_request, not_found, refusal
from support.model import known

STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/amplify-shop/1f2e"

FULL = known(
    "CreateBranchRequest",
    {
        "branchName": "main",
        "description": "what is live",
        "stage": "PRODUCTION",
        "framework": "Next.js - SSR",
        "enableNotification": True,
        "enableAutoBuild": False,
        "enableSkewProtection": True,
        "environmentVariables": {"USER_BRANCH": "prod"},
        "basicAuthCredentials": "dXNlcjpwYXNzd29yZA==",
        "enableBasicAuth": True,
        "enablePerformanceMode": True,
        "tags": {"team": "web"},
        "buildSpec": "version: 1",
        "ttl": "60",
        "displayName": "live",
        "enablePullRequestPreview": True,
        "pullRequestEnvironmentName": "pr",
        "backendEnvironmentArn": "arn:aws:amplify:us-east-1:123456789012:apps/d1/backendenvironments/prod",
        "backend": {"stackArn": STACK},
        "computeRoleArn": "arn:aws:iam::123456789012:role/compute",
    },
)


@pytest.fixture
def app_id(client):
    return client.create_app(name="shop")["app"]["appId"]


def create(client, app_id, name="main", **members):
    return client.create_branch(**{"appId": app_id, "branchName": name, **members})["branch"]


def get(client, app_id, name="main"):
    return client.get_branch(appId=app_id, branchName=name)["branch"]


def update(client, app_id, name="main", **members):
    return client.update_branch(appId=app_id, branchName=name, **members)["branch"]


# What the service fills in


def test_a_minimal_branch_has_the_recorded_members(client, app_id):
    branch = create(client, app_id, "dev")
    recorded = {
        "branchArn": f"arn:aws:amplify:us-east-1:123456789012:apps/{app_id}/branches/dev",
        "branchName": "dev",
        "stage": "NONE",
        "displayName": "dev",
        "enableNotification": False,
        "enableAutoBuild": True,
        "totalNumberOfJobs": "0",
        "enableBasicAuth": False,
        "enablePerformanceMode": False,
        "enableSkewProtection": False,
        "ttl": "5",
        "enablePullRequestPreview": False,
        "tags": {},
        "backend": {},
        "customDomains": [],
    }
    recorded = known("Branch", recorded)
    assert {name: branch.get(name) for name in recorded} == recorded
    assert branch["createTime"] == branch["updateTime"]


def test_what_the_model_requires_is_there_and_empty(client, app_id):
    branch = create(client, app_id)
    empty = {"description": "", "environmentVariables": {}, "framework": "", "activeJobId": "", "customDomains": []}
    assert {name: branch.get(name) for name in empty} == empty


def test_a_minimal_branch_lacks_what_nobody_set(client, app_id):
    assert not create(client, app_id).keys() & {
        "thumbnailUrl", "sourceBranch", "destinationBranch", "backendEnvironmentArn", "computeRoleArn", "buildSpec",
        "basicAuthCredentials", "pullRequestEnvironmentName",
    }  # fmt: skip
    assert get(client, app_id).get("associatedResources", []) == []


def test_what_was_given_comes_back(client, app_id):
    branch = create(client, app_id, **FULL)
    assert {name: branch[name] for name in FULL} == FULL
    assert get(client, app_id) == branch
    assert client.list_branches(appId=app_id)["branches"] == [branch]


def test_a_new_branch_builds_although_its_app_does_not_build_new_branches(client, app_id):
    assert not client.get_app(appId=app_id)["app"]["enableBranchAutoBuild"]
    assert create(client, app_id)["enableAutoBuild"]


def test_a_new_branch_has_no_jobs(client, app_id):
    create(client, app_id)
    assert client.list_jobs(appId=app_id, branchName="main")["jobSummaries"] == []


def test_a_branch_of_a_connected_app_looks_the_same(client):
    connected = client.create_app(name="x", repository="https://github.com/a/b", accessToken="t")["app"]
    branch = create(client, connected["appId"], "master")
    assert (branch["stage"], branch["displayName"], branch["ttl"]) == ("NONE", "master", "5")


def test_a_name_unfit_for_a_host_gets_a_display_name_that_fits(client, app_id):
    assert create(client, app_id, "feature/deployment")["displayName"] == "feature-deployment"


@pytest.mark.parametrize(
    "name",
    ["feature/x", "a/b/c/", "a b", "a+b", "%2F", "%", "#1", "?x=1", "a;b&c=d", ".", "..", "../x", "ünï", "😀" * 255,
     "\n", "branches", "jobs/1/stop", "\x00", "'\"\\"],
)  # fmt: skip
def test_a_branch_of_any_name_can_be_found_again(client, app_id, name):
    branch = create(client, app_id, name)
    assert branch["branchName"] == name
    assert branch["branchArn"].endswith(f"/branches/{name}")
    assert get(client, app_id, name) == branch
    assert update(client, app_id, name, ttl="7")["ttl"] == "7"
    client.start_deployment(appId=app_id, branchName=name, sourceUrl="s3://bucket/site.zip")
    arn = client.get_job(appId=app_id, branchName=name, jobId="1")["job"]["summary"]["jobArn"]
    assert arn == f"{branch['branchArn']}/jobs/0000000001"
    assert client.delete_branch(appId=app_id, branchName=name)["branch"]["branchName"] == name


# Refusals


def test_a_branch_cannot_be_made_twice(client, app_id):
    branch = create(client, app_id)
    assert refusal(client.create_branch, appId=app_id, branchName="main", ttl="9") == bad_request(
        f"Failed to create branch. The branch main already exists for the app {app_id}"
    )
    assert get(client, app_id) == branch


@pytest.mark.parametrize("operation", ["create_branch", "get_branch", "update_branch", "delete_branch"])
def test_an_unknown_app_is_not_found(client, operation):
    answer = refusal(getattr(client, operation), appId="dunknown", branchName="main")
    assert answer == not_found("App dunknown not found.")


@pytest.mark.parametrize("operation", ["get_branch", "update_branch", "delete_branch", "list_jobs"])
def test_an_unknown_branch_is_not_found(client, app_id, operation):
    answer = refusal(getattr(client, operation), appId=app_id, branchName="renovate/graphql")
    assert answer == not_found("Branch renovate/graphql not found.")


def test_a_branch_belongs_to_its_app(client, app_id):
    create(client, app_id)
    other = client.create_app(name="other")["app"]["appId"]
    answer = refusal(client.get_branch, appId=other, branchName="main")
    assert answer == not_found("Branch main not found.")


def test_a_display_name_is_unique_in_its_app(client, app_id):
    create(client, app_id, "main", displayName="live")
    create(client, app_id, "dev")
    for call, name in ((client.create_branch, "other"), (client.update_branch, "dev")):
        assert refusal(call, appId=app_id, branchName=name, displayName="live") == bad_request(
            f"The display name live is already used by the branch main of the app {app_id}"
        )
    other = client.create_app(name="other")["app"]["appId"]
    assert create(client, other, displayName="live")["displayName"] == "live"


def test_a_branch_may_keep_its_display_name(client, app_id):
    create(client, app_id, displayName="live")
    assert update(client, app_id, displayName="live", ttl="9")["ttl"] == "9"


def test_a_display_name_never_becomes_empty(client, app_id):
    assert create(client, app_id, "dev", displayName="")["displayName"] == "dev"
    assert update(client, app_id, "dev", displayName="")["displayName"] == "dev"


# Deletion


def test_delete_branch_returns_the_branch_as_it_was(client, app_id):
    branch = create(client, app_id, **FULL)
    assert client.delete_branch(appId=app_id, branchName="main")["branch"] == branch
    for call in (client.get_branch, client.delete_branch):
        assert refusal(call, appId=app_id, branchName="main") == not_found("Branch main not found.")
    assert client.list_branches(appId=app_id)["branches"] == []


def test_a_branch_goes_with_its_jobs(client, app_id):
    create(client, app_id)
    client.start_deployment(appId=app_id, branchName="main", sourceUrl="s3://bucket/site.zip")
    client.delete_branch(appId=app_id, branchName="main")
    assert refusal(client.get_job, appId=app_id, branchName="main", jobId="1") == not_found("Branch main not found.")
    assert create(client, app_id)["activeJobId"] == ""
    assert client.list_jobs(appId=app_id, branchName="main")["jobSummaries"] == []


# Domains, as a branch shows them


def test_what_is_restored_shows_the_domains_that_come_later(client, amplify_mock, app_id):
    create(client, app_id)
    amplify_mock.restore(amplify_mock.snapshot())
    amplify_mock.add_domain_association(app_id, "example.com")
    assert get(client, app_id)["customDomains"] == ["www.example.com"]


# Jobs, as a branch shows them


def deploy(client, app_id):
    job_id = client.start_deployment(appId=app_id, branchName="main", sourceUrl="s3://bucket/site.zip")["jobSummary"][
        "jobId"
    ]
    for _ in range(2):
        job = client.get_job(appId=app_id, branchName="main", jobId=job_id)["job"]["summary"]
    return job


def test_the_active_job_is_the_last_that_succeeded(client, app_id):
    create(client, app_id)
    assert deploy(client, app_id)["status"] == "SUCCEED"
    assert get(client, app_id)["activeJobId"] == "0000000001"
    client.start_deployment(appId=app_id, branchName="main", sourceUrl="s3://bucket/site.zip")
    client.stop_job(appId=app_id, branchName="main", jobId="2")
    assert get(client, app_id)["activeJobId"] == "0000000001"
    deploy(client, app_id)
    assert get(client, app_id)["activeJobId"] == "0000000003"


def test_a_running_job_is_not_active(client, app_id):
    create(client, app_id)
    client.start_deployment(appId=app_id, branchName="main", sourceUrl="s3://bucket/site.zip")
    client.get_job(appId=app_id, branchName="main", jobId="1")
    assert get(client, app_id)["activeJobId"] == ""


def test_the_number_of_jobs_never_rises(client, app_id):
    create(client, app_id)
    deploy(client, app_id)
    deploy(client, app_id)
    assert get(client, app_id)["totalNumberOfJobs"] == "0"


def test_display_names_are_unique_in_whatever_case(client):
    app_id = client.create_app(name="shop")["app"]["appId"]
    client.create_branch(appId=app_id, branchName="main", displayName="Main")
    with pytest.raises(client.exceptions.BadRequestException, match="already used by the branch main"):
        client.create_branch(appId=app_id, branchName="other", displayName="mAIN")
    client.update_branch(appId=app_id, branchName="main", displayName="main")
