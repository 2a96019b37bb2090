"""Every answer, as it is on the wire, against botocore's output shapes, by a checker of its own."""

from __future__ import annotations

import copy
import functools
import json
import re

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import create_loader
from botocore.model import ServiceModel

from amplify_mock import mock_amplify
from amplify_mock.fidelity import LENIENT_MEMBERS, LENIENT_VALUES, contract
from amplify_mock.operations import OPERATIONS
from amplify_mock.service.http import Request

RAW_MODEL = create_loader().load_service_model("amplify", "service-2")
MODEL = ServiceModel(RAW_MODEL, "amplify")
TESTED = "version: 1\ntest:\n  phases:\n    test:\n      commands: []\n"
GITHUB = {"repository": "https://github.com/example/shop", "accessToken": "t"}
TYPES = {"string": str, "boolean": bool, "integer": int, "timestamp": (int, float), "list": list, "map": dict}

FULL_APP = {
    "description": "shop", "platform": "WEB_COMPUTE", "environmentVariables": {"A": "1"}, "enableBasicAuth": True,
    "computeRoleArn": "arn:aws:iam::123456789012:role/x", "iamServiceRoleArn": "arn:aws:iam::123456789012:role/y",
    "basicAuthCredentials": "dTpw", "customRules": [{"source": "/a", "target": "/b", "status": "200"}],
    "tags": {"a": "b"}, "buildSpec": TESTED, "customHeaders": "", "enableAutoBranchCreation": True,
    "autoBranchCreationPatterns": ["*"], "autoBranchCreationConfig": {"stage": "BETA", "framework": "React"},
    "jobConfig": {"buildComputeType": "LARGE_16GB"}, "cacheConfig": {"type": "AMPLIFY_MANAGED"},
}  # fmt: skip
FULL_BRANCH = {
    "description": "live", "stage": "PRODUCTION", "framework": "React", "environmentVariables": {"A": "1"},
    "basicAuthCredentials": "dTpw", "tags": {"a": "b"}, "buildSpec": TESTED, "ttl": "", "displayName": "live",
    "pullRequestEnvironmentName": "pr", "backendEnvironmentArn": "arn",
    "computeRoleArn": "arn:aws:iam::123456789012:role/x",
    "backend": {"stackArn": "arn:aws:cloudformation:us-east-1:123456789012:stack/a/b"},
}  # fmt: skip


# The checker


def problems(shape, value, path=""):
    """Yield what is wrong with a value of the wire."""
    about = shape.metadata
    if shape.type_name == "structure":
        yield from problems_of_structure(shape, value, path)
        return
    if not isinstance(value, TYPES[shape.type_name]) or (shape.type_name != "boolean" and isinstance(value, bool)):
        yield f"{path}: {value!r} is no {shape.type_name}"
        return
    size = {"string": len, "list": len, "map": len, "integer": int}.get(shape.type_name, lambda _: None)(value)
    if size is not None and not about.get("min", size) <= size <= about.get("max", size):
        yield f"{path}: {value!r} is too short or too long"
    if shape.type_name == "list":
        for number, member in enumerate(value):
            yield from problems(shape.member, member, f"{path}[{number}]")
    elif shape.type_name == "map":
        for key, member in value.items():
            yield from problems(shape.key, key, f"{path} key")
            yield from problems(shape.value, member, f"{path}[{key}]")
    elif shape.type_name == "string" and value not in LENIENT_VALUES.get(shape.name, ()):
        if "enum" in about and value not in about["enum"]:
            yield f"{path}: {value!r} is none of {about['enum']}"
        # Python has no such categories, and the values here are ASCII.
        pattern = about.get("pattern", "(?s).*").replace(r"\p{L}\p{Z}\p{N}", "a-zA-Z 0-9")
        if not re.fullmatch(pattern, value):
            yield f"{path}: {value!r} is not {pattern}"


def problems_of_structure(shape, value, path):
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no structure"
        return
    for name in shape.required_members:
        if name not in value and (shape.name, name) not in LENIENT_MEMBERS:
            yield f"{path}.{name}: missing"
    for name, member in value.items():
        if name in shape.members:
            yield from problems(shape.members[name], member, f"{path}.{name}")
        else:
            yield f"{path}.{name}: unknown"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": None}, "no string"),
        ({"name": ""}, "too short"),
        ({"appId": "x1"}, "is not d"),
        ({"platform": "X"}, "none of"),
        ({"shoeSize": 43}, "unknown"),
        ({"enableBasicAuth": 1}, "no boolean"),
        ({"createTime": "now"}, "no timestamp"),
        ({"createTime": True}, "no timestamp"),
        ({"customRules": [{"source": "a"}]}, "missing"),
        ({"tags": {"aws:a": "b"}}, "is not"),
        ({"tags": []}, "no map"),
        ({"jobConfig": "x"}, "no structure"),
    ],
)
def test_the_checker_finds_what_is_wrong(amplify_mock, change, problem):
    body = amplify_mock.handle(Request("POST", "/apps", body=b'{"name": "shop"}')).body
    answer = json.loads(body)
    shape = MODEL.operation_model("CreateApp").output_shape
    assert list(problems(shape, answer)) == []
    answer["app"].update(change)
    assert any(problem in each for each in problems(shape, answer))
    del answer["app"]["appArn"]
    assert ".app.appArn: missing" in list(problems(shape, answer))


# Answers


class Recorder:
    """A client that keeps the raw body of every successful answer, by operation."""

    def __init__(self):
        session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
        self.client = session.client("amplify", config=Config(retries={"total_max_attempts": 1}))
        self.client.meta.events.register("before-parse.amplify.*", self.keep)
        self.answers = []

    def keep(self, operation_model, response_dict, **_):
        if response_dict["status_code"] < 300:
            self.answers.append((operation_model.name, json.loads(response_dict["body"])))


def manual_deployments(client):
    app_id = client.create_app(name="shop")["app"]["appId"]
    branch = {"appId": app_id, "branchName": "feature/x"}
    client.create_branch(**branch)
    client.get_branch(**branch)
    client.create_deployment(**branch, fileMap={"a": "b"})
    client.list_jobs(**branch)
    client.stop_job(**branch, jobId="1")
    client.get_job(**branch, jobId="1")
    client.create_deployment(**branch)
    client.start_deployment(**branch, jobId="2")
    for _ in range(3):
        client.get_job(**branch, jobId="2")
    client.start_deployment(**branch, sourceUrl="s3://b/k")
    client.list_jobs(**branch, maxResults=1)
    client.get_branch(**branch)
    client.list_branches(appId=app_id)
    client.delete_branch(**branch)
    client.delete_app(appId=app_id)


def builds(client):
    app_id = client.create_app(name="shop", **FULL_APP, **GITHUB)["app"]["appId"]
    branch = {"appId": app_id, "branchName": "main"}
    client.create_branch(**branch, **FULL_BRANCH)
    client.start_job(**branch, jobType="RELEASE", commitId="1", commitMessage="m", commitTime=0, jobReason="r")
    for _ in range(3):
        client.get_job(**branch, jobId="1")
    for artifact in client.list_artifacts(**branch, jobId="1")["artifacts"][:1]:
        client.get_artifact_url(artifactId=artifact["artifactId"])
    client.start_job(**branch, jobType="RETRY", jobId="1")
    client.get_job(**branch, jobId="2")
    client.stop_job(**branch, jobId="2")
    for _ in range(2):
        client.get_job(**branch, jobId="2")
    client.delete_job(**branch, jobId="2")
    client.update_branch(**branch, stage="BETA")
    client.update_app(appId=app_id, name="store")
    client.get_app(appId=app_id)
    client.list_apps()


def everything_else(client):
    app = client.create_app(name="shop")["app"]
    target = {"appId": app["appId"]}
    client.create_branch(**target, branchName="main")
    domain = {**target, "domainName": "example.com"}
    client.create_domain_association(**domain, subDomainSettings=[{"prefix": "", "branchName": "main"}])
    for _ in range(6):
        client.get_domain_association(**domain)
    client.list_domain_associations(**target)
    client.get_branch(**target, branchName="main")
    client.update_domain_association(**domain, enableAutoSubDomain=True)
    client.generate_access_logs(**domain)
    client.delete_domain_association(**domain)
    webhook_id = client.create_webhook(**target, branchName="main")["webhook"]["webhookId"]
    client.get_webhook(webhookId=webhook_id)
    client.update_webhook(webhookId=webhook_id, description="d")
    client.list_webhooks(**target)
    client.delete_webhook(webhookId=webhook_id)
    client.create_backend_environment(**target, environmentName="prod")
    client.get_backend_environment(**target, environmentName="prod")
    client.list_backend_environments(**target)
    client.delete_backend_environment(**target, environmentName="prod")
    client.tag_resource(resourceArn=app["appArn"], tags={"a": "b"})
    client.list_tags_for_resource(resourceArn=app["appArn"])
    client.untag_resource(resourceArn=app["appArn"], tagKeys=["a"])


@functools.cache
def recorded(fidelity):
    recorder = Recorder()
    with mock_amplify(isolated=True, fidelity=fidelity):
        for scenario in (manual_deployments, builds, everything_else):
            scenario(recorder.client)
    return recorder.answers


@pytest.mark.parametrize("name", sorted(MODEL.operation_names))
def test_every_answer_satisfies_the_output_shape(name):
    answers = [answer for operation, answer in recorded("model") if operation == name]
    assert answers
    shape = MODEL.operation_model(name).output_shape
    assert [problem for answer in answers for problem in problems(shape, answer)] == []


@pytest.mark.parametrize("name", sorted(MODEL.operation_names))
def test_what_is_sent_as_recorded_satisfies_all_but_what_is_required(name):
    answers = [answer for operation, answer in recorded("recorded") if operation == name]
    assert answers
    shape = MODEL.operation_model(name).output_shape
    found = [problem for answer in answers for problem in problems(shape, answer)]
    assert [problem for problem in found if not problem.endswith(": missing")] == []


def test_the_members_come_in_the_order_of_the_model():
    for name, answer in recorded("recorded"):
        for member, value in answer.items():
            shape = MODEL.operation_model(name).output_shape.members[member]
            if shape.type_name == "structure":
                assert list(value) == [each for each in shape.members if each in value]


def test_every_exemption_is_needed():
    answers = json.dumps(recorded("model"))
    assert '"stage": "NONE"' in answers
    steps = [step for _, answer in recorded("model") for step in answer.get("job", {}).get("steps", [])]
    assert [step["stepName"] for step in steps if "endTime" not in step]
    assert (set(LENIENT_VALUES), set(LENIENT_MEMBERS)) == ({"Stage"}, {("Step", "endTime")})


def test_every_operation_was_asked():
    assert {xform_name(name) for name, _ in recorded("model")} == set(OPERATIONS)


# Errors and headers


def test_an_error_has_its_class_in_the_header_and_its_text_in_the_body(amplify_mock):
    response = amplify_mock.handle(Request("GET", "/apps/dnone"))
    assert (response.status, response.headers["x-amzn-ErrorType"]) == (404, "NotFoundException")
    assert json.loads(response.body) == {"message": "App dnone not found."}


def test_every_answer_is_json_of_the_length_it_says_with_an_id_of_its_own(amplify_mock):
    responses = [amplify_mock.handle(Request("GET", path)) for path in ("/apps", "/apps", "/apps/dnone", "/nowhere")]
    for response in responses:
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Content-Length"] == str(len(response.body))
        json.loads(response.body)
    ids = {response.headers["x-amzn-RequestId"] for response in responses}
    assert len(ids) == 4
    assert all(re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each) for each in ids)


def test_a_client_sees_status_and_request_id(amplify_client):
    answer = amplify_client.list_apps()["ResponseMetadata"]
    assert (answer["HTTPStatusCode"], answer["RetryAttempts"], bool(answer["RequestId"])) == (200, 0, True)
    with pytest.raises(ClientError) as caught:
        amplify_client.get_app(appId="dnone")
    metadata = caught.value.response["ResponseMetadata"]
    assert (metadata["HTTPStatusCode"], bool(metadata["RequestId"])) == (404, True)


# Another botocore


def without(*members):
    """Return the contract of a botocore that does not know some members yet."""
    raw = copy.deepcopy(RAW_MODEL)
    for structure, member in members:
        del raw["shapes"][structure]["members"][member]
    return contract(ServiceModel(raw, "amplify"), "model")


def test_an_older_botocore_is_sent_only_what_it_knows(amplify_mock):
    amplify_mock.handle(Request("POST", "/apps", body=b'{"name": "shop"}'))
    (app,) = amplify_mock.backend().apps.values()
    body = without(("App", "jobConfig"), ("App", "cacheConfig")).operation("GetApp").answer({"app": app})
    known = json.loads(body)["app"]
    assert known["name"] == "shop"
    assert not known.keys() & {"jobConfig", "cacheConfig"}


def test_what_an_older_botocore_does_not_know_is_not_read():
    request = Request("POST", "/apps", body=b'{"name": "shop", "cacheConfig": {"type": "ZZ"}}')
    parameters = without(("CreateAppRequest", "cacheConfig")).operation("CreateApp").parameters(request, {})
    assert parameters == {"name": "shop"}
