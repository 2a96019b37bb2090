"""The answers of the real service that were recorded, and the calls that ask the mock for the same."""

from __future__ import annotations

import functools
import json
import pathlib

import freezegun

from support.clients import client_of
from support.jobs import GITHUB, deploy, finish, get, new_app, new_branch, release

RECORDED = pathlib.Path(__file__).parent.parent / "recorded"
PACKAGES = {"_LIVE_PACKAGE_UPDATES": '[{"pkg":"@aws-amplify/cli","type":"npm","version":"latest"}]'}


@functools.cache
def recorded(number):
    (path,) = RECORDED.glob(f"{number:02}_*.json")
    return json.loads(path.read_text())


def ended(client, branch, summary):
    """Read a job until it has ended, and return it."""
    finish(client, branch, summary["jobId"])
    return get(client, branch, summary["jobId"])


def create_app():
    return client_of("eu-west-2").create_app(name="example-web")


def create_branch():
    client = client_of("eu-west-2")
    return client.create_branch(appId=new_app(client), branchName="dev")


def start_deployment():
    client = client_of("eu-west-2")
    return client.start_deployment(**new_branch(client, "dev"), sourceUrl="https://example.com/site.zip")


def create_domain(client, branch, prefix):
    return client.create_domain_association(
        appId=branch["appId"],
        domainName="example.com",
        enableAutoSubDomain=True,
        subDomainSettings=[{"prefix": prefix, "branchName": branch["branchName"]}],
    )


def create_domain_association():
    client = client_of("eu-west-2")
    return create_domain(client, new_branch(client, "dev"), "dev")


def get_domain_association():
    client = client_of("eu-west-2")
    branch = new_branch(client, "dev")
    create_domain(client, branch, "dev")
    return [client.get_domain_association(appId=branch["appId"], domainName="example.com") for _ in range(2)][-1]


def create_app_with_repository():
    return client_of().create_app(
        name="blog", repository="https://gitlab.com/example/blog", oauthToken="t", enableBranchAutoBuild=True
    )


def create_domain_association_of_may_2020():
    return create_domain(client_of(), new_branch(client_of(), "master"), "www")


def list_apps():
    client = client_of()
    app = {
        "name": "hugo-site",
        "repository": "https://github.com/example/hugo-site",
        "accessToken": "t",
        "environmentVariables": {"_CUSTOM_IMAGE": "amplify:al2"},
        "customRules": [
            {"source": "https://example.com", "target": "https://www.example.com", "status": "302"},
            {"source": "/<*>", "target": "/index.html", "status": "404-200"},
        ],
        "buildSpec": recorded(8)["apps"][0]["buildSpec"],
        "customHeaders": "",
    }
    branch = new_branch(client, "master", app, stage="PRODUCTION")
    ended(client, branch, release(client, branch))
    return client.list_apps()


def list_apps_of_2020():
    client = client_of("ap-northeast-1")
    new_app(client, name="hoge", environmentVariables=PACKAGES)
    return client.list_apps()


def list_jobs_of_a_release():
    client = client_of("ap-northeast-1")
    branch = new_branch(client, "hogehoge", GITHUB)
    for _ in range(10):
        ended(client, branch, release(client, branch))
    for number in range(1, 10):
        client.delete_job(**branch, jobId=str(number))
    return client.list_jobs(**branch)


def list_jobs_of_a_commit():
    client = client_of("ap-northeast-1")
    branch = new_branch(client, "main", GITHUB)
    ended(client, branch, release(client, branch, commitMessage="<omitted>"))
    return client.list_jobs(**branch)


def list_jobs_of_deployments():
    client = client_of()
    branch = new_branch(client, "staging")
    sources = [each["sourceUrl"] for each in reversed(recorded(12)["jobSummaries"])]
    for source in [*["s3://bucket/older.zip"] * 13, *sources]:
        ended(client, branch, deploy(client, branch, sourceUrl=source))
    for number in range(1, 14):
        client.delete_job(**branch, jobId=str(number))
    return client.list_jobs(**branch)


def get_job_of_a_deployment():
    client = client_of()
    branch = new_branch(client, "staging")
    for _ in range(9):
        job = ended(client, branch, deploy(client, branch, sourceUrl=recorded(13)["sourceUrl"]))
    # Its author laid summary and steps together, and left out the ARN.
    summary = dict(job["summary"])
    del summary["jobArn"]
    return {**summary, "steps": job["steps"]}


def get_job_of_a_release():
    client = client_of("us-west-2")
    branch = new_branch(client, "main", GITHUB)
    ended(client, branch, release(client, branch))
    job = ended(client, branch, release(client, branch))
    # The paste ends after the first step.
    return {"job": {"summary": job["summary"], "steps": job["steps"][:1]}}


def start_deployment_after_create_deployment():
    client = client_of()
    branch = new_branch(client)
    return client.start_deployment(**branch, jobId=client.create_deployment(**branch)["jobId"])


def create_backend_environment():
    client = client_of("us-east-2")
    with freezegun.freeze_time(recorded(16)["backendEnvironment"]["createTime"]):
        app_id = new_app(client, name="e-plantShopping")
        return client.create_backend_environment(appId=app_id, environmentName="paradise")


def list_branches():
    client = client_of()
    branch = new_branch(
        client,
        "development",
        GITHUB,
        stage="DEVELOPMENT",
        environmentVariables={"NODE_VERSION": "20", "USER_BRANCH": "dev"},
        framework="Next.js - SSR",
        backendEnvironmentArn="hoge-arn",
    )
    ended(client, branch, release(client, branch))
    return client.list_branches(appId=branch["appId"])


def list_domain_associations():
    client = client_of("ap-northeast-1")
    branch = new_branch(client, "dev")
    client.create_domain_association(
        appId=branch["appId"],
        domainName="demodemo.fugafuga.com",
        subDomainSettings=[{"prefix": "", "branchName": "dev"}, {"prefix": "www", "branchName": "dev"}],
    )
    return [client.list_domain_associations(appId=branch["appId"]) for _ in range(4)][-1]


def get_app():
    client = client_of()
    given = recorded(19)["app"]
    names = ("name", "repository", "iamServiceRoleArn", "environmentVariables", "customRules", "buildSpec")
    return client.get_app(appId=new_app(client, accessToken="t", **{name: given[name] for name in names}))


def get_branch():
    client = client_of()
    branch = new_branch(client, "main", GITHUB, stage="PRODUCTION", framework="Next.js - SSR")
    ended(client, branch, release(client, branch))
    answer = client.get_branch(**branch)["branch"]
    # Its author chose these, and a member that was not there became null.
    return {name: answer.get(name) for name in recorded(21)}


CALLS = {
    1: create_app,
    2: create_branch,
    3: start_deployment,
    4: create_domain_association,
    5: get_domain_association,
    6: create_app_with_repository,
    7: create_domain_association_of_may_2020,
    8: list_apps,
    9: list_apps_of_2020,
    10: list_jobs_of_a_release,
    11: list_jobs_of_a_commit,
    12: list_jobs_of_deployments,
    13: get_job_of_a_deployment,
    14: get_job_of_a_release,
    15: start_deployment_after_create_deployment,
    16: create_backend_environment,
    17: list_branches,
    18: list_domain_associations,
    19: get_app,
    21: get_branch,
}
