"""Every error text of the real service that is known and that the mock raises by itself: class, status and message."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from amplify_mock import DomainPlan
from support.jobs import GITHUB
from support.model import needs

BAD_REQUEST = ("BadRequestException", 400)
NOT_FOUND = ("NotFoundException", 404)
LIMIT = ("LimitExceededException", 429)
RESERVED = 'Environment variables cannot start with the reserved prefix "AWS".'
NO_ROLE = "The compute role provided cannot be assumed by Amplify."
NO_TOKEN = "You should at least provide one valid token"
NO_REPOSITORY_URL = "The repository url is not valid."
MANUAL_BRANCHES = (
    "Cannot connect your app to repository while manually deployed branch still exists. "
    "Please delete all branches and try again."
)
CONNECTED = "Operation not supported. App is already connected a repository."
NOT_CONNECTED = "Operation not supported for app that was not connected to a repository provider."
NO_MANUAL = "The requested jobType MANUAL does not support."
UNFINISHED = (
    "The last job(deployment) 1 was not finished, please wait until it finish or use StopJob operation to cancel it "
    "before creating a new deployment."
)
NO_SOURCE = "Must specify jobId or sourceUrl for StartDeploymentRequest."
BUSY = "The requested branch main already have pending or running jobs"
NO_BRANCH = "A subdomain cannot point to a non-existent branch"
TAKEN = "One or more domains requested are already associated with another Amplify app: www.example.com, example.com"
NO_ENVIRONMENT_NAME = (
    "Failed to create backend environment.The environment name Q is invalid. "
    "Environment name should be between 2 and 10 characters (only lowercase alphabets)."
)
AWS = {"environmentVariables": {"AWSOME": "yes"}}
DOMAIN = {"domainName": "example.com"}
HOSTS = [{"prefix": "www", "branchName": "main"}, {"prefix": "", "branchName": "main"}]
ZIP = {"sourceUrl": "s3://bucket/site.zip"}


class Scene:
    """What has happened before the call: an app with a branch, and more if asked for."""

    def __init__(self, client, *, branch=True, connected=False, job=None, domain=False, other=False):
        self.ids = {"app": self.app(client, connected, branch)}
        app = {"appId": self.ids["app"]}
        main = {**app, "branchName": "main"}
        if job == "deployment":
            client.create_deployment(**main)
        elif job == "release":
            client.start_job(**main, jobType="RELEASE")
        if domain:
            client.create_domain_association(**app, **DOMAIN, subDomainSettings=HOSTS)
        if other:
            self.ids["other"] = self.app(client, connected=False, branch=True)

    def app(self, client, connected, branch):
        app_id = client.create_app(name="shop", **(GITHUB if connected else {}))["app"]["appId"]
        if branch:
            client.create_branch(appId=app_id, branchName="main")
        return app_id

    def fill(self, value):
        return value.format(**self.ids) if isinstance(value, str) and "{" in value else value


def app(**members):
    return {"appId": "{app}", **members}


def main(**members):
    return {"appId": "{app}", "branchName": "main", **members}


def unknown(**members):
    return {"appId": "dunknown", **members}


NO_APP = "App dunknown not found."
NO_SUCH_BRANCH = "Branch a/b not found."
NO_DOMAIN = "Domain association example.com not found."
NO_ENVIRONMENT = "BackendEnvironment dev does not exist."
nowhere = {"branchName": "a/b"}
dev = {"environmentName": "dev"}

# The call, what has happened before, the error.
ROLES = needs("CreateAppRequest.computeRoleArn", "CreateBranchRequest.computeRoleArn")
TABLE = [
    # NotFoundException
    ("get_app", unknown(), {}, NOT_FOUND, NO_APP),
    ("update_app", unknown(), {}, NOT_FOUND, NO_APP),
    ("delete_app", unknown(), {}, NOT_FOUND, NO_APP),
    ("list_branches", unknown(), {}, NOT_FOUND, NO_APP),
    ("create_branch", unknown(branchName="main"), {}, NOT_FOUND, NO_APP),
    ("get_branch", unknown(branchName="main"), {}, NOT_FOUND, NO_APP),
    ("create_webhook", unknown(branchName="main"), {}, NOT_FOUND, NO_APP),
    ("create_backend_environment", unknown(**dev), {}, NOT_FOUND, NO_APP),
    ("create_domain_association", unknown(**DOMAIN, subDomainSettings=[]), {}, NOT_FOUND, NO_APP),
    ("start_job", unknown(branchName="main", jobType="RELEASE"), {}, NOT_FOUND, NO_APP),
    ("start_deployment", unknown(branchName="main", **ZIP), {}, NOT_FOUND, NO_APP),
    ("get_branch", app(**nowhere), {}, NOT_FOUND, NO_SUCH_BRANCH),
    ("update_branch", app(**nowhere), {}, NOT_FOUND, NO_SUCH_BRANCH),
    ("delete_branch", app(**nowhere), {}, NOT_FOUND, NO_SUCH_BRANCH),
    ("start_job", app(**nowhere, jobType="RELEASE"), {"connected": True}, NOT_FOUND, NO_SUCH_BRANCH),
    ("start_deployment", app(**nowhere, **ZIP), {}, NOT_FOUND, NO_SUCH_BRANCH),
    ("get_backend_environment", app(**dev), {}, NOT_FOUND, NO_ENVIRONMENT),
    ("delete_backend_environment", app(**dev), {}, NOT_FOUND, NO_ENVIRONMENT),
    ("get_domain_association", app(**DOMAIN), {}, NOT_FOUND, NO_DOMAIN),
    ("update_domain_association", app(**DOMAIN), {}, NOT_FOUND, NO_DOMAIN),
    ("delete_domain_association", app(**DOMAIN), {}, NOT_FOUND, NO_DOMAIN),
    # Apps
    ("create_app", {"name": "x", **AWS}, {}, BAD_REQUEST, RESERVED),
    ("update_app", app(**AWS), {}, BAD_REQUEST, RESERVED),
    pytest.param("create_app", {"name": "x", "computeRoleArn": "nonsense"}, {}, BAD_REQUEST, NO_ROLE, marks=ROLES),
    pytest.param("update_app", app(computeRoleArn="nonsense"), {}, BAD_REQUEST, NO_ROLE, marks=ROLES),
    ("create_app", {"name": "x", "repository": GITHUB["repository"]}, {}, BAD_REQUEST, NO_TOKEN),
    ("update_app", app(repository=GITHUB["repository"]), {"branch": False}, BAD_REQUEST, NO_TOKEN),
    ("create_app", {"name": "x", "repository": "shop", "accessToken": "t"}, {}, BAD_REQUEST, NO_REPOSITORY_URL),
    ("update_app", app(**GITHUB), {}, BAD_REQUEST, MANUAL_BRANCHES),
    # Branches
    (
        "create_branch",
        main(),
        {},
        BAD_REQUEST,
        "Failed to create branch. The branch main already exists for the app {app}",
    ),
    ("create_branch", app(branchName="new", **AWS), {}, BAD_REQUEST, RESERVED),
    ("update_branch", main(**AWS), {}, BAD_REQUEST, RESERVED),
    pytest.param(
        "create_branch", app(branchName="new", computeRoleArn="nonsense"), {}, BAD_REQUEST, NO_ROLE, marks=ROLES
    ),
    pytest.param("update_branch", main(computeRoleArn="nonsense"), {}, BAD_REQUEST, NO_ROLE, marks=ROLES),
    # Jobs and deployments
    ("create_deployment", main(), {"connected": True}, BAD_REQUEST, CONNECTED),
    ("create_deployment", main(), {"job": "deployment"}, BAD_REQUEST, UNFINISHED),
    ("start_deployment", main(), {}, BAD_REQUEST, NO_SOURCE),
    ("start_job", main(jobType="RELEASE"), {}, BAD_REQUEST, NOT_CONNECTED),
    ("start_job", main(jobType="MANUAL"), {"connected": True}, BAD_REQUEST, NO_MANUAL),
    ("start_job", main(jobType="RELEASE"), {"connected": True, "job": "release"}, LIMIT, BUSY),
    # Domain associations
    (
        "create_domain_association",
        app(**DOMAIN, subDomainSettings=[{"prefix": "", "branchName": "a/b"}]),
        {},
        BAD_REQUEST,
        NO_BRANCH,
    ),
    (
        "update_domain_association",
        app(**DOMAIN, subDomainSettings=[{"prefix": "", "branchName": "a/b"}]),
        {"domain": True},
        BAD_REQUEST,
        NO_BRANCH,
    ),
    (
        "create_domain_association",
        {"appId": "{other}", **DOMAIN, "subDomainSettings": HOSTS},
        {"domain": True, "other": True},
        BAD_REQUEST,
        TAKEN,
    ),
    (
        "update_domain_association",
        app(**DOMAIN),
        {"domain": True},
        BAD_REQUEST,
        "Cannot update domain while the domain is in CREATING status.",
    ),
    # Backend environments
    ("create_backend_environment", app(environmentName="Q"), {}, BAD_REQUEST, NO_ENVIRONMENT_NAME),
]


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    assert caught.type.__name__ == answer["Error"]["Code"]
    return (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]), answer["Error"]["Message"]


def check(client, operation, parameters, before, kind, text):
    scene = Scene(client, **before)
    filled = {name: scene.fill(value) for name, value in parameters.items()}
    assert refusal(getattr(client, operation), **filled) == (kind, scene.fill(text))


@pytest.mark.parametrize(("operation", "parameters", "before", "kind", "text"), TABLE)
def test_the_recorded_text_is_raised(client, operation, parameters, before, kind, text):
    check(client, operation, parameters, before, kind, text)


@pytest.mark.amplify_mock(fidelity="recorded")
@pytest.mark.parametrize(("operation", "parameters", "before", "kind", "text"), TABLE)
def test_the_same_text_is_raised_where_answers_are_as_recorded(client, operation, parameters, before, kind, text):
    check(client, operation, parameters, before, kind, text)


@pytest.mark.amplify_mock(quotas={"apps": 1})
def test_too_many_apps_have_the_recorded_text(client):
    Scene(client)
    answer = refusal(client.create_app, name="one more")
    assert answer == (LIMIT, "You have reached the maximum number of apps in this account")


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="CREATING"))
def test_a_failed_domain_has_the_recorded_reason(client):
    domain = {"appId": Scene(client, domain=True).ids["app"], **DOMAIN}
    failed = client.get_domain_association(**domain)["domainAssociation"]
    assert failed["domainStatus"] == "FAILED"
    assert failed["statusReason"] == (
        "One or more of the CNAMEs you provided are already associated with a different resource."
    )


@pytest.mark.parametrize(
    ("status", "reads"),
    [("REQUESTING_CERTIFICATE", 1), ("UPDATING", 4)],
)
def test_the_status_that_forbids_an_update_is_named(client, status, reads):
    domain = {"appId": Scene(client, domain=True).ids["app"], **DOMAIN}
    for _ in range(reads):
        client.get_domain_association(**domain)
    if status == "UPDATING":
        client.update_domain_association(**domain)
    answer = refusal(client.update_domain_association, **domain)
    assert answer == (BAD_REQUEST, f"Cannot update domain while the domain is in {status} status.")


def test_the_number_of_the_unfinished_job_is_named(client):
    branch = {"appId": Scene(client).ids["app"], "branchName": "main"}
    for number in range(1, 17):
        client.create_deployment(**branch)
        client.stop_job(**branch, jobId=str(number))
    client.create_deployment(**branch)
    _, text = refusal(client.create_deployment, **branch)
    assert text == UNFINISHED.replace("(deployment) 1 ", "(deployment) 17 ")


def test_a_broken_constraint_is_worded_as_aws_does(client):
    branch = {"appId": Scene(client).ids["app"], "branchName": "dev"}
    kind, text = refusal(client.create_branch, **branch, stage="NONE")
    assert kind == BAD_REQUEST
    assert text == (
        "1 validation error detected: Value 'NONE' at 'stage' failed to satisfy constraint: Member must satisfy enum "
        "value set: [PRODUCTION, BETA, DEVELOPMENT, EXPERIMENTAL, PULL_REQUEST]"
    )
