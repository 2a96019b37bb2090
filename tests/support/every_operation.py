"""Calls of every operation, in many states, and what they answered."""

from __future__ import annotations

import contextlib
import functools
import json

from amplify_mock import DomainPlan, mock_amplify
from support.clients import client_of
from support.jobs import GITHUB, TEST_PHASE, deploy, finish, release
from support.model import known

LONG_NAME = "ä" * 255
NOTHING_GIVEN = known("CreateAppRequest", {
    "description": "", "basicAuthCredentials": "", "customHeaders": "", "computeRoleArn": "", "iamServiceRoleArn": "",
    "environmentVariables": {"": ""}, "autoBranchCreationPatterns": [], "autoBranchCreationConfig": {},
})  # fmt: skip
FULL_APP = known("CreateAppRequest", {
    "description": "shop", "platform": "WEB_COMPUTE", "environmentVariables": {"A": "1"}, "enableBasicAuth": True,
    "computeRoleArn": "arn:aws:iam::123456789012:role/x", "iamServiceRoleArn": "arn:aws:iam::123456789012:role/y",
    "basicAuthCredentials": "dTpw", "customRules": [{"source": "/a", "target": "/b", "status": "200"}],
    "tags": {"a": "b"}, "buildSpec": TEST_PHASE, "customHeaders": "", "enableAutoBranchCreation": True,
    "autoBranchCreationPatterns": ["*"], "autoBranchCreationConfig": {"stage": "BETA", "framework": "React"},
    "jobConfig": {"buildComputeType": "LARGE_16GB"}, "cacheConfig": {"type": "AMPLIFY_MANAGED"},
})  # fmt: skip
FULL_BRANCH = known("CreateBranchRequest", {
    "description": "live", "stage": "PRODUCTION", "framework": "React", "environmentVariables": {"A": "1"},
    "basicAuthCredentials": "dTpw", "tags": {"a": "b"}, "buildSpec": TEST_PHASE, "ttl": "", "displayName": "live",
    "pullRequestEnvironmentName": "pr", "backendEnvironmentArn": "arn",
    "computeRoleArn": "arn:aws:iam::123456789012:role/x",
    "backend": {"stackArn": "arn:aws:cloudformation:us-east-1:123456789012:stack/a/b"},
})  # fmt: skip
PLANS = {
    "available": DomainPlan(),
    "failed": DomainPlan(fail_at="PENDING_DEPLOYMENT"),
    "failed early": DomainPlan(fail_at="REQUESTING_CERTIFICATE", reason=""),
}


@functools.cache
def answers(fidelity, plan="available"):
    """Return ``(operation, answer)`` of every call, with the answer as it is on the wire."""
    with mock_amplify(isolated=True, fidelity=fidelity, domain_plan=PLANS[plan]), kept(client_of()) as found:
        ask_everything(client_of())
    return found


@contextlib.contextmanager
def kept(client):
    found = []

    def keep(model, http_response, **_):
        if http_response.status_code < 300:
            found.append((model.name, json.loads(http_response.content)))

    client.meta.events.register("after-call.amplify", keep, unique_id="keep")
    try:
        yield found
    finally:
        client.meta.events.unregister("after-call.amplify", unique_id="keep")


def ask_everything(client):
    manual = ask_for_apps(client)
    ask_for_branches(client, manual["appId"])
    ask_for_jobs(client)
    ask_for_deployments(client, manual["appId"])
    ask_for_domains(client, manual["appId"])
    ask_for_webhooks(client, manual["appId"])
    ask_for_environments(client, manual["appId"])
    ask_for_tags(client, manual["appArn"])
    client.list_apps(maxResults=1)
    client.delete_app(appId=manual["appId"])


def ask_for_apps(client):
    client.list_apps()
    client.create_app(name="n" * 255, repository="ssh://git@example.com/x", accessToken="t", **NOTHING_GIVEN)
    manual = client.create_app(name="e-plantShopping", enableAutoBranchCreation=True)["app"]
    client.get_app(appId=manual["appId"])
    client.update_app(appId=manual["appId"], description="new")
    client.list_apps()
    return manual


def ask_for_branches(client, app_id):
    for name in ("main", "feature/x", LONG_NAME):
        branch = {"appId": app_id, "branchName": name}
        client.create_branch(**branch, description="", displayName="", ttl="", pullRequestEnvironmentName="")
        client.get_branch(**branch)
        client.update_branch(**branch, framework="", backendEnvironmentArn="", stage="PRODUCTION")
    client.list_branches(appId=app_id, maxResults=2)
    client.delete_branch(appId=app_id, branchName="feature/x")


def ask_for_jobs(client):
    branch = {"appId": client.create_app(name="built", **FULL_APP, **GITHUB)["app"]["appId"], "branchName": "main"}
    client.create_branch(**branch, **FULL_BRANCH)
    given = {"commitId": "1", "commitMessage": "m", "commitTime": 0, "jobReason": "r"}
    for number, job_type in enumerate(("RELEASE", "RETRY", "WEB_HOOK"), 1):
        job = {**branch, "jobId": str(number)}
        release(client, branch, jobType=job_type, **({"jobId": "1"} if job_type == "RETRY" else given))
        client.get_job(**job)
        if job_type == "WEB_HOOK":
            client.stop_job(**job)
        client.get_job(**job)
        client.list_jobs(**branch)
        client.list_artifacts(**job)
    artifacts = client.list_artifacts(**{**job, "jobId": "1"}, maxResults=1)["artifacts"]
    client.get_artifact_url(artifactId=artifacts[0]["artifactId"])
    client.delete_job(**job)
    client.get_app(appId=branch["appId"])


def ask_for_deployments(client, app_id):
    for name in ("main", LONG_NAME):
        branch = {"appId": app_id, "branchName": name}
        client.create_deployment(**branch)
        deploy(client, branch, jobId="1")
        finish(client, branch)
        client.create_deployment(**branch, fileMap={"ä" * 255: "0" * 32})
        client.get_job(**branch, jobId="2")
        client.stop_job(**branch, jobId="2")
        client.get_job(**branch, jobId="2")
        deploy(client, branch, sourceUrl="https://example.com/site.zip")
        finish(client, branch, "3")
        client.get_branch(**branch)
    client.get_app(appId=app_id)


def ask_for_domains(client, app_id):
    certificate = {"type": "CUSTOM", "customCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}
    for name, more in (("a.com", {}), ("b.com", {"certificateSettings": certificate})):
        domain = {"appId": app_id, "domainName": name}
        settings = [{"prefix": "", "branchName": "main"}, {"prefix": "p" * 60, "branchName": "main"}]
        client.create_domain_association(**domain, subDomainSettings=settings, autoSubDomainIAMRole="", **more)
        for _ in range(5):
            client.get_domain_association(**domain)
            client.list_domain_associations(appId=app_id, maxResults=1)
        client.update_domain_association(**domain, certificateSettings={"type": "AMPLIFY_MANAGED"})
        for _ in range(3):
            client.get_domain_association(**domain)
        client.generate_access_logs(**domain)
    client.get_branch(appId=app_id, branchName="main")
    client.delete_domain_association(appId=app_id, domainName="b.com")


def ask_for_webhooks(client, app_id):
    webhook = client.create_webhook(appId=app_id, branchName="main")["webhook"]["webhookId"]
    client.create_webhook(appId=app_id, branchName=LONG_NAME, description="")
    client.get_webhook(webhookId=webhook)
    client.update_webhook(webhookId=webhook, description="new")
    client.list_webhooks(appId=app_id, maxResults=1)
    client.delete_webhook(webhookId=webhook)


def ask_for_environments(client, app_id):
    for name in ("dev", "production"):
        environment = {"appId": app_id, "environmentName": name}
        client.create_backend_environment(**environment)
        client.get_backend_environment(**environment)
    client.list_backend_environments(appId=app_id, maxResults=1)
    client.delete_backend_environment(**environment)


def ask_for_tags(client, arn):
    client.tag_resource(resourceArn=arn, tags={"a": "", "b": "x y"})
    client.untag_resource(resourceArn=arn, tagKeys=["b"])
    client.list_tags_for_resource(resourceArn=arn)
    client.get_app(appId=arn.rpartition("/")[2])
