"""The two contracts: answers as the real service was recorded to give them, and as the service model asks for them."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import logging
import pathlib
import re
from collections.abc import Iterable, Mapping

import boto3
import freezegun
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, StructureShape

from amplify_mock import DomainPlan, mock_amplify
from amplify_mock.fidelity import LENIENT_MEMBERS, LENIENT_VALUES

RECORDED = pathlib.Path(__file__).parent / "recorded"
GITHUB = {"repository": "https://github.com/example/vite-app", "accessToken": "t"}
PACKAGES = {"_LIVE_PACKAGE_UPDATES": '[{"pkg":"@aws-amplify/cli","type":"npm","version":"latest"}]'}
TEST_PHASE = "version: 1\ntest:\n  phases:\n    test:\n      commands: [npm test]\n"
ROLE = "arn:aws:iam::123456789012:role/amplify"


@functools.cache
def client_of(region="us-east-1"):
    """Return a client; one for the whole file, because to make one takes longer than a test."""
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=region)
    return session.client("amplify", config=Config(retries={"total_max_attempts": 1}))


def body(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def new_app(client, **members):
    return client.create_app(**{"name": "example-web", **members})["app"]["appId"]


def new_branch(client, name="main", app=None, **members):
    branch = {"appId": new_app(client, **(app or {})), "branchName": name}
    client.create_branch(**branch, **members)
    return branch


def deploy(client, branch, source_url):
    job = client.start_deployment(**branch, sourceUrl=source_url)["jobSummary"]
    return finish(client, branch, job["jobId"])


def release(client, branch, **members):
    job = client.start_job(**branch, jobType="RELEASE", **members)["jobSummary"]
    return finish(client, branch, job["jobId"])


def finish(client, branch, job_id):
    for _ in range(2):
        answer = client.get_job(**branch, jobId=job_id)
    return answer


# The calls behind the recorded answers


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
    release(client, new_branch(client, "master", app, stage="PRODUCTION"))
    return client.list_apps()


def list_apps_of_2020():
    client = client_of("ap-northeast-1")
    new_app(client, name="hoge", environmentVariables=PACKAGES)
    return client.list_apps()


def list_jobs_of_a_release():
    client = client_of("ap-northeast-1")
    branch = new_branch(client, "hogehoge", GITHUB)
    for _ in range(10):
        release(client, branch)
    for number in range(1, 10):
        client.delete_job(**branch, jobId=str(number))
    return client.list_jobs(**branch)


def list_jobs_of_a_commit():
    client = client_of("ap-northeast-1")
    branch = new_branch(client, "main", GITHUB)
    release(client, branch, commitMessage="<omitted>")
    return client.list_jobs(**branch)


def list_jobs_of_deployments():
    client = client_of()
    branch = new_branch(client, "staging")
    sources = [each["sourceUrl"] for each in reversed(recorded(12)["jobSummaries"])]
    for source in [*["s3://bucket/older.zip"] * 13, *sources]:
        deploy(client, branch, source)
    for number in range(1, 14):
        client.delete_job(**branch, jobId=str(number))
    return client.list_jobs(**branch)


def get_job_of_a_deployment():
    client = client_of()
    branch = new_branch(client, "staging")
    for _ in range(9):
        job = deploy(client, branch, recorded(13)["sourceUrl"])["job"]
    # Its author laid summary and steps together, and left out the ARN.
    summary = dict(job["summary"])
    del summary["jobArn"]
    return {**summary, "steps": job["steps"]}


def get_job_of_a_release():
    client = client_of("us-west-2")
    branch = new_branch(client, "main", GITHUB)
    release(client, branch)
    job = release(client, branch)["job"]
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
    release(client, branch)
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
    names = ("name", "iamServiceRoleArn", "environmentVariables", "customRules", "buildSpec")
    return client.get_app(appId=new_app(client, **GITHUB, **{name: given[name] for name in names}))


def get_branch():
    client = client_of()
    branch = new_branch(client, "main", GITHUB, stage="PRODUCTION", framework="Next.js - SSR")
    release(client, branch)
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

# Members that later recordings have and this one lacks, or the other way round; by the end of their path.
NEWER = {
    1: {"app.cacheConfig": "always since 2024", "app.jobConfig": "always since 2025"},
    2: {"branch.thumbnailUrl": "no longer in 2024 (17)"},
    6: {
        "app.cacheConfig": "always since 2024",
        "app.jobConfig": "always since 2025",
        "app.enableBranchAutoDeletion": "the member came in June 2020 (01)",
    },
    8: {"apps.cacheConfig": "always since 2024", "apps.jobConfig": "always since 2025"},
    9: {"apps.cacheConfig": "always since 2024", "apps.jobConfig": "always since 2025"},
    19: dict.fromkeys(
        ("app.enableAutoBranchCreation", "app.repositoryCloneMethod", "app.cacheConfig", "app.jobConfig"),
        "the paste ends before it",
    ),
}

# Values that differ, and why.
OTHER_VALUES = {
    5: {"domainStatus": "a status between PENDING_VERIFICATION and AVAILABLE that the mock leaves out"},
    7: {"dnsRecord": "the placeholder null became <pending> (04)"},
    11: {"status": "builds of the mock succeed", "commitId": "a push builds a commit, StartJob builds HEAD"},
    18: {"verified": "the mock verifies all subdomains together"},
}

# Values that whoever published the recording has made unreadable: only ours has to have the form.
UNREADABLE = {
    7: {"domainAssociationArn"},
    10: {"jobArn"},
    11: {"jobArn", "jobId"},
    13: {"startTime", "endTime"},
    14: {"jobArn", "logUrl"},
    17: {"branchArn"},
    18: {"domainAssociationArn", "certificateVerificationDNSRecord", "dnsRecord"},
}

ARN = r"arn:aws:amplify:[a-z]+-[a-z]+-\d:123456789012:apps/d[a-z0-9]+"
NAME = r"[a-z0-9-]+"
FORMS = {
    "appId": r"d[a-z0-9]{11,13}",
    "appArn": ARN,
    "branchArn": rf"{ARN}/branches/{NAME}",
    "jobArn": rf"{ARN}/branches/{NAME}/jobs/\d{{10}}",
    "jobId": r"[1-9]\d*",
    "activeJobId": r"\d{10}",
    "domainAssociationArn": rf"{ARN}/domains/[a-z.]+",
    "backendEnvironmentArn": rf"{ARN}/backendenvironments/{NAME}|hoge-arn",
    "defaultDomain": r"d[a-z0-9]{11,13}\.amplifyapp\.com",
    "certificateVerificationDNSRecord": (
        r"_[0-9a-f]{32}\.[a-z.]+\. CNAME _[0-9a-f]{32}\.[a-z]{10}\.acm-validations\.aws\."
    ),
    "dnsRecord": r"[a-z]* CNAME (<pending>|d[a-z0-9]+\.cloudfront\.net)",
    "logUrl": (
        r"https://aws-amplify-prod-([a-z0-9-]+)-artifacts\.s3\.\1\.amazonaws\.com/"
        r"[a-z0-9]+/[a-z]+/\d{10}/BUILD/log\.txt\?X-Amz-Security-Token=.+"
    ),
}
TIMES = {"createTime", "updateTime", "startTime", "endTime", "commitTime", "lastDeployTime"}


@functools.cache
def recorded(number):
    (path,) = RECORDED.glob(f"{number:02}_*.json")
    return json.loads(path.read_text())


def differences(theirs, ours, number, path=""):
    """Yield where two answers differ, as ``(path, what)``."""
    name = path.rpartition(".")[2]
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for member in theirs.keys() | ours.keys():
            below = f"{path}.{member}".strip(".")
            if member not in ours or member not in theirs:
                yield below, "is missing" if member in theirs else "is too much"
            else:
                yield from differences(theirs[member], ours[member], number, below)
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield path, f"has {len(ours)} items and not {len(theirs)}"
        for one, other in zip(theirs, ours, strict=False):
            yield from differences(one, other, number, path)
    elif name in TIMES:
        if not is_time(ours) or not (name in UNREADABLE.get(number, ()) or is_time(parsed(theirs))):
            yield path, f"is no time with milliseconds: {ours}"
    elif name in FORMS:
        readable = [] if name in UNREADABLE.get(number, ()) else [theirs]
        if name not in OTHER_VALUES.get(number, ()) and not all(
            re.fullmatch(FORMS[name], value) for value in [ours, *readable]
        ):
            yield path, f"has another form: {ours}, and not {theirs}"
    elif theirs != ours and name not in OTHER_VALUES.get(number, ()):
        yield path, f"is {ours!r} and not {theirs!r}"


def parsed(text):
    return datetime.datetime.fromisoformat(text)


def is_time(value):
    return isinstance(value, datetime.datetime) and value.tzinfo is not None and value.microsecond % 1000 == 0


@pytest.mark.amplify_mock(fidelity="recorded")
@pytest.mark.parametrize("number", CALLS)
def test_the_mock_answers_what_was_recorded(number):
    found = dict(differences(recorded(number), body(CALLS[number]()), number))
    newer = NEWER.get(number, {})
    assert {path: what for path, what in found.items() if path not in newer} == {}
    assert found.keys() >= newer.keys(), "the table names what does not differ"


def test_every_recorded_answer_is_replayed():
    numbers = {int(path.name[:2]) for path in RECORDED.glob("*.json")}
    # The events are not answers.
    assert numbers - {20} == CALLS.keys()


@pytest.mark.amplify_mock(fidelity="recorded")
def test_job_ids_and_numbers_agree_with_the_arns():
    for number in (10, 12):
        for job in CALLS[number]()["jobSummaries"]:
            assert job["jobArn"].endswith(f"/jobs/{int(job['jobId']):010}")
    assert [job["jobId"] for job in recorded(12)["jobSummaries"]] == ["16", "15", "14"]


# More of the recorded contract


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


# The contract of the service model


class Script:
    """Calls every operation, in many states; what they answer is collected by the fixture."""

    def __init__(self, client):
        self.client = client

    def run(self):
        manual, connected = self.apps()
        self.branches(manual)
        self.jobs(connected)
        self.deployments(manual)
        self.domains(manual["appId"])
        self.others(manual)
        self.tags(manual["appId"])
        self.client.list_apps(maxResults=1)
        for app in (manual, connected):
            self.client.delete_app(appId=app["appId"])

    def apps(self):
        client = self.client
        manual = client.create_app(name="e-plantShopping", enableAutoBranchCreation=True)["app"]
        everything = {
            "description": "",
            "basicAuthCredentials": "",
            "customHeaders": "",
            "computeRoleArn": "",
            "iamServiceRoleArn": "",
            "environmentVariables": {"": ""},
            "customRules": [{"source": "/<*>", "target": "/index.html"}],
            "autoBranchCreationPatterns": [],
            "autoBranchCreationConfig": {},
        }
        connected = client.create_app(
            name="n" * 255, **{**GITHUB, "repository": "ssh://git@example.com/x"}, **everything, buildSpec=TEST_PHASE
        )["app"]
        for app in (manual, connected):
            client.get_app(appId=app["appId"])
            client.update_app(appId=app["appId"], description="new")
        return manual, connected

    def branches(self, app):
        client = self.client
        for name in ("main", "feature/x", "ä" * 255):
            branch = {"appId": app["appId"], "branchName": name}
            client.create_branch(**branch, description="", displayName="", ttl="", pullRequestEnvironmentName="")
            client.get_branch(**branch)
            client.update_branch(**branch, framework="", backendEnvironmentArn="", stage="PRODUCTION")
        client.list_branches(appId=app["appId"], maxResults=2)
        client.delete_branch(appId=app["appId"], branchName="feature/x")

    def jobs(self, app):
        client = self.client
        branch = {"appId": app["appId"], "branchName": "main"}
        client.create_branch(**branch)
        for number, job_type in enumerate(("RELEASE", "RETRY", "WEB_HOOK"), 1):
            job = {**branch, "jobId": str(number)}
            client.start_job(**branch, jobType=job_type, jobId="1")
            client.get_job(**job)
            if job_type == "WEB_HOOK":
                client.stop_job(**job)
            client.get_job(**job)
            client.list_jobs(**branch)
            client.list_artifacts(**job)
        artifacts = client.list_artifacts(**{**job, "jobId": "1"}, maxResults=1)["artifacts"]
        client.get_artifact_url(artifactId=artifacts[0]["artifactId"])
        client.delete_job(**job)

    def deployments(self, app):
        client = self.client
        for name in ("main", "ä" * 255):
            branch = {"appId": app["appId"], "branchName": name}
            client.create_deployment(**branch)
            client.start_deployment(**branch, jobId="1")
            finish(client, branch, "1")
            client.create_deployment(**branch, fileMap={"ä" * 255: "0" * 32})
            client.get_job(**branch, jobId="2")
            client.stop_job(**branch, jobId="2")
            client.get_job(**branch, jobId="2")
            deploy(client, branch, "https://example.com/site.zip")
            client.get_branch(**branch)
        client.get_app(appId=app["appId"])

    def domains(self, app_id):
        client = self.client
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

    def others(self, app):
        client = self.client
        webhook = client.create_webhook(appId=app["appId"], branchName="main")["webhook"]["webhookId"]
        client.create_webhook(appId=app["appId"], branchName="ä" * 255, description="")
        client.get_webhook(webhookId=webhook)
        client.update_webhook(webhookId=webhook, description="new")
        client.list_webhooks(appId=app["appId"], maxResults=1)
        client.delete_webhook(webhookId=webhook)
        for name in ("dev", "production"):
            environment = {"appId": app["appId"], "environmentName": name}
            client.create_backend_environment(**environment)
            client.get_backend_environment(**environment)
        client.list_backend_environments(appId=app["appId"], maxResults=1)
        client.delete_backend_environment(**environment)

    def tags(self, app_id):
        arn = self.client.get_app(appId=app_id)["app"]["appArn"]
        self.client.tag_resource(resourceArn=arn, tags={"a": "", "b": "x y"})
        self.client.untag_resource(resourceArn=arn, tagKeys=["b"])
        self.client.list_tags_for_resource(resourceArn=arn)
        self.client.get_app(appId=app_id)


def wrong(shape, value, path="", *, requires=True):
    """Yield what the model does not allow in a parsed answer; written anew, so that the mock does not judge itself."""
    below = functools.partial(wrong, requires=requires)
    if isinstance(shape, StructureShape):
        for name in shape.required_members if requires else ():
            if name not in value and (shape.name, name) not in LENIENT_MEMBERS:
                yield f"{path}.{name} is missing"
        for name, member in value.items():
            yield from below(shape.members[name], member, f"{path}.{name}")
        return
    if isinstance(shape, (ListShape, MapShape)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from below(shape.value if isinstance(shape, MapShape) else shape.member, each, path)
    if isinstance(shape, MapShape):
        for key in value:
            yield from below(shape.key, key, path)
    if not is_allowed(shape, value):
        yield f"{path} is not allowed: {value!r}"


def is_allowed(shape, value):
    limits = shape.metadata
    if shape.type_name == "timestamp":
        return is_time(value)
    if shape.type_name == "boolean":
        return isinstance(value, bool)
    if not limits.get("min", 0) <= len(value) <= limits.get("max", 10**9):
        return False
    if shape.type_name != "string":
        return True
    if "enum" in limits:
        return value in {*limits["enum"], *LENIENT_VALUES.get(shape.name, ())}
    # Python's re knows no categories.
    plain = re.sub(r"\\p\{(\w)\}", lambda found: CATEGORIES[found[1]], limits.get("pattern", ".*"))
    return re.fullmatch(plain, value, re.DOTALL) is not None


CATEGORIES = {"L": "a-zA-Z", "N": "0-9", "Z": " "}


@pytest.fixture
def answers():
    """Collect ``(operation, parsed answer)`` of every call."""
    found = []

    def remember(parsed, model, http_response, **_):
        if http_response.status_code == 200:
            found.append((model, body(parsed)))

    events = client_of().meta.events
    events.register("after-call.amplify", remember, unique_id="remember")
    yield found
    events.unregister("after-call.amplify", unique_id="remember")


PLANS = [
    DomainPlan(),
    DomainPlan(fail_at="PENDING_DEPLOYMENT"),
    DomainPlan(fail_at="REQUESTING_CERTIFICATE", reason=""),
]


@pytest.mark.parametrize("plan", PLANS, ids=["available", "failed", "failed early"])
def test_every_answer_of_every_operation_satisfies_the_model(answers, plan):
    with mock_amplify(domain_plan=plan):
        Script(client_of()).run()
    assert {model.name for model, _ in answers} == set(client_of().meta.service_model.operation_names)
    assert [f"{model.name}: {each}" for model, answer in answers for each in wrong(model.output_shape, answer)] == []


def test_the_answers_come_in_many_states(answers):
    with mock_amplify():
        Script(client_of()).run()
    text = repr([answer for _, answer in answers])
    domain = ["CREATING", "REQUESTING_CERTIFICATE", "IMPORTING_CUSTOM_CERTIFICATE", "PENDING_VERIFICATION", "UPDATING"]
    for status in ("PENDING", "RUNNING", "SUCCEED", "CANCELLING", "CANCELLED", "AVAILABLE", "UPDATE_COMPLETE", *domain):
        assert f"'{status}'" in text


def test_the_exceptions_to_the_model_are_in_use(answers):
    with mock_amplify():
        Script(client_of()).run()
    strict = [
        f"{model.name}: {each}"
        for model, answer in answers
        for each in (*_missing(model.output_shape, answer), *_not_in_enum(model.output_shape, answer))
    ]
    assert {each.rpartition(".")[2] for each in strict} == {"endTime", "NONE"}


def _missing(shape, value):
    return [
        f".{name}"
        for structure, each in _structures(shape, value)
        for name in structure.required_members
        if name not in each
    ]


def _not_in_enum(shape, value):
    for structure, each in _structures(shape, value):
        for name, member in each.items():
            allowed = structure.members[name].metadata.get("enum")
            if allowed and member not in allowed:
                yield f".{member}"


def _structures(shape, value):
    if isinstance(shape, StructureShape):
        yield shape, value
        for name, member in value.items():
            yield from _structures(shape.members[name], member)
    elif isinstance(shape, ListShape):
        for each in value:
            yield from _structures(shape.member, each)


#: Members that the real service was seen to send although they are empty, and the envelopes of lists.
SENT_EMPTY = {
    "App.tags",
    "App.customRules",
    "App.customHeaders",
    "AutoBranchCreationConfig.environmentVariables",
    "Branch.tags",
    "Branch.backend",
    "Job.steps",
    "ListArtifactsResult.artifacts",
    "ListTagsForResourceResponse.tags",
}


@pytest.mark.parametrize("plan", PLANS, ids=["available", "failed", "failed early"])
def test_recorded_answers_are_allowed_and_hold_nothing_empty(answers, plan):
    with mock_amplify(fidelity="recorded", domain_plan=plan):
        Script(client_of()).run()
    empty = {
        f"{structure.name}.{name}"
        for model, answer in answers
        for structure, each in _structures(model.output_shape, answer)
        for name, value in each.items()
        if value in ("", {}, [])
    }
    assert empty <= SENT_EMPTY
    assert [each for model, answer in answers for each in wrong(model.output_shape, answer, requires=False)] == []


def test_both_contracts_have_the_same_state():
    apps = []
    for fidelity in ("model", "recorded"):
        with mock_amplify(fidelity=fidelity, seed=7) as amplify, freezegun.freeze_time("2024-09-01T12:00:00Z"):
            branch = new_branch(client_of())
            deploy(client_of(), branch, "s3://bucket/site.zip")
            apps.append(repr(amplify.backend()) + repr(amplify.backend().apps[branch["appId"]].branches))
    assert apps[0] == apps[1]


# Secrets

SECRETS = ("secret-access-token", "secret-oauth-token")
ACCESS, OAUTH = SECRETS


def texts(value, seen):
    """Yield every string that can be reached from an object of the mock."""
    if id(value) in seen or isinstance(value, (int, float, datetime.datetime, datetime.timedelta, type(None))):
        return
    seen.add(id(value))
    if isinstance(value, (str, bytes)):
        yield value if isinstance(value, str) else value.decode("latin-1")
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from texts(key, seen)
            yield from texts(each, seen)
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from texts(getattr(value, each.name, None), seen)
    elif isinstance(value, Iterable):
        for each in value:
            yield from texts(each, seen)


def spend_tokens(client):
    """Use the tokens in every place that takes them, rightly and wrongly; return answers and errors."""
    said = []

    def call(operation, **parameters):
        try:
            said.append(operation(**parameters))
        except ClientError as error:
            said.append((str(error), error.response))
        return said[-1]

    github = {"repository": "https://github.com/example/shop"}
    app_id = call(client.create_app, name="a", **github, accessToken=ACCESS)["app"]["appId"]
    call(client.create_app, name="b", **github, oauthToken=OAUTH)
    call(client.create_app, name="c", accessToken=ACCESS, oauthToken=OAUTH)
    for token in (ACCESS, ACCESS * 500):
        call(client.create_app, name="d", repository="nonsense", accessToken=token)
        call(client.create_app, name="d", **github, oauthToken=token, platform="X")
        call(client.update_app, appId=app_id, **github, accessToken=token, oauthToken=OAUTH)
        call(client.update_app, appId=app_id, **github, accessToken=token, environmentVariables={"AWS_X": "1"})
    call(client.get_app, appId=app_id)
    call(client.list_apps)
    for wrong_body in (
        {"name": "x", "accessToken": {"token": ACCESS}, "oauthToken": [OAUTH]},
        {"accessToken": ACCESS, "oauthToken": OAUTH},
        [ACCESS],
        ACCESS,
    ):
        answer = requests.post("https://amplify.us-east-1.amazonaws.com/apps", json=wrong_body)
        assert answer.status_code == 400
        said.append((answer.text, dict(answer.headers)))
    answer = requests.post("https://amplify.us-east-1.amazonaws.com/apps", data=f'{{"accessToken": "{ACCESS}", ')
    said.append((answer.text, dict(answer.headers)))
    said.append(call(client.delete_app, appId=app_id))
    return said


@pytest.mark.parametrize("fidelity", ["model", "recorded"])
def test_tokens_are_never_answered_or_named_in_an_error(fidelity):
    with mock_amplify(fidelity=fidelity):
        said = repr(spend_tokens(client_of()))
    assert "BadRequestException" in said
    assert not any(secret in said for secret in SECRETS)


def test_tokens_are_not_kept():
    with mock_amplify() as amplify:
        spend_tokens(client_of())
        client_of().create_app(name="kept", repository="https://github.com/me/x", accessToken=ACCESS, oauthToken=OAUTH)
        kept = list(texts(amplify.backend(), set()))
        shown = repr([amplify, vars(amplify), amplify.backend(), *amplify.backend().apps.values()])
    assert "kept" in kept
    assert "name='kept'" in shown
    assert not any(secret in text for secret in SECRETS for text in [*kept, shown])


def test_credentials_and_webhook_tokens_do_not_show():
    with mock_amplify() as amplify:
        client = client_of()
        secret = {"basicAuthCredentials": "c2VjcmV0"}
        branch = new_branch(client, app={**secret, "autoBranchCreationConfig": secret}, **secret)
        token = client.create_webhook(**branch)["webhook"]["webhookUrl"].partition("token=")[2]
        app = amplify.backend().apps[branch["appId"]]
        shown = repr([amplify.backend(), app, app.branches, app.webhooks])
    assert "c2VjcmV0" not in shown
    assert token not in shown


def test_tokens_are_not_logged(caplog):
    caplog.set_level(logging.DEBUG)
    with mock_amplify():
        spend_tokens(client_of())
    ours = [record.getMessage() for record in caplog.records if record.name.partition(".")[0] == "amplify_mock"]
    assert not any(secret in text for secret in SECRETS for text in ours)
