"""The mock and the service model of the installed botocore: neither has anything that the other lacks.

Values are made up from the model's shapes, so a member that a later botocore adds is tested, or fails, by itself.
"""

from __future__ import annotations

import datetime
import functools
import itertools

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, StructureShape
from botocore.serialize import create_serializer

from amplify_mock import exceptions, fidelity, mock_amplify
from amplify_mock.operations import OPERATIONS
from amplify_mock.resources import (
    apps,
    artifacts,
    backend_environments,
    branches,
    domain_associations,
    jobs,
    webhooks,
)
from amplify_mock.service.router import Router

ROLE = "arn:aws:iam::123456789012:role/amplify"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1"
LONG_AGO = datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)

# What a string must look like, by the name of its shape. Everything else may be any text.
TEXTS = {
    "AppId": "dunknown",
    "AutoSubDomainIAMRole": ROLE,
    "CertificateArn": CERTIFICATE,
    "ComputeRoleArn": ROLE,
    "DomainName": "unknown.com",
    "EnvironmentName": "unknown",
    "JobId": "7",
    "Repository": "https://github.com/example/shop",
    "ResourceArn": "arn:aws:amplify:us-east-1:123456789012:apps/dunknown",
    "SourceUrl": "s3://bucket/site.zip",
    "StackArn": "arn:aws:cloudformation:us-east-1:123456789012:stack/one/1",
    "Status": "200",
    "TTL": "17",
    "WebAclArn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/one/1",
}


@functools.cache
def client_of():
    """Return a client; one for the whole file, because to make one takes longer than a test."""
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    return session.client("amplify", config=Config(retries={"total_max_attempts": 1}))


MODEL = client_of().meta.service_model


def values(shape):
    """Return some values that a shape allows."""
    if isinstance(shape, StructureShape):
        return [{name: values(member)[-1] for name, member in shape.members.items()}]
    if isinstance(shape, ListShape):
        return [values(shape.member)]
    if isinstance(shape, MapShape):
        return [{values(shape.key)[0]: values(shape.value)[0]}]
    return {
        "boolean": [True, False],
        "integer": [1],
        "timestamp": [LONG_AGO],
        "string": getattr(shape, "enum", None) or [TEXTS.get(shape.name, "text")],
    }[shape.type_name]


def input_members(operation):
    shape = MODEL.operation_model(operation).input_shape
    return {} if shape is None else shape.members


def output_of(operation):
    """Return the structure that an operation answers, out of its envelope."""
    shape = MODEL.operation_model(operation).output_shape
    members = list(shape.members.values())
    return members[0] if len(members) == 1 and isinstance(members[0], StructureShape) else shape


class World:
    """One resource of every kind, and the names by which operations find them."""

    def __init__(self):
        self.client = client_of()
        connected = self.make("create_app", name="built", repository=TEXTS["Repository"], accessToken="t")["app"]
        self.names = {"appId": connected["appId"], "branchName": "main", "domainName": "example.com"}
        self.make("create_branch", appId=connected["appId"], branchName="main", buildSpec=TEST_PHASE)
        self.make("create_domain_association", **self.pick("appId", "domainName"), subDomainSettings=[])
        for _ in range(5):
            self.make("get_domain_association", **self.pick("appId", "domainName"))
        self.names["environmentName"] = "dev"
        self.make("create_backend_environment", **self.pick("appId", "environmentName"))
        webhook = self.make("create_webhook", **self.pick("appId", "branchName"))["webhook"]
        self.names["webhookId"] = webhook["webhookId"]
        self.names["resourceArn"] = connected["appArn"]
        self.names["jobId"] = "1"
        self.make("start_job", **self.pick("appId", "branchName"), jobType="RELEASE")
        for _ in range(2):
            self.make("get_job", **self.pick("appId", "branchName", "jobId"))
        found = self.make("list_artifacts", **self.pick("appId", "branchName", "jobId"))["artifacts"]
        self.names["artifactId"] = found[0]["artifactId"]
        manual = self.make("create_app", name="deployed")["app"]["appId"]
        self.manual = {"appId": manual, "branchName": "main"}
        self.make("create_branch", **self.manual)

    def make(self, operation, **parameters):
        return getattr(self.client, operation)(**parameters)

    def pick(self, *names):
        return {name: self.names[name] for name in names}

    def parameters(self, operation):
        """Return the least that an operation can be called with."""
        found = {}
        for name, member in input_members(operation).items():
            if member.serialization.get("location") == "uri":
                found[name] = self.names[name]
            elif name in MODEL.operation_model(operation).input_shape.required_members:
                found[name] = LEAST.get((operation, name)) or self.names.get(name) or values(member)[0]
        if operation in ("CreateDeployment", "StartDeployment"):
            found.update(self.manual)
        return found

    def good_parameters(self, operation):
        """Return parameters that the operation takes now."""
        parameters = self.parameters(operation)
        if operation == "StartDeployment":
            parameters["sourceUrl"] = TEXTS["SourceUrl"]
        elif operation == "StopJob":
            started = self.make("start_job", **self.pick("appId", "branchName"), jobType="RELEASE")
            parameters["jobId"] = started["jobSummary"]["jobId"]
        return parameters


TEST_PHASE = "version: 1\ntest:\n  phases:\n    test:\n      commands: [npm test]\n"
# New names where the name of what is there already does not do.
LEAST = {
    ("CreateBranch", "branchName"): "new",
    ("CreateDomainAssociation", "domainName"): "new.com",
    ("CreateBackendEnvironment", "environmentName"): "new",
    ("CreateDomainAssociation", "subDomainSettings"): [{"prefix": "www", "branchName": "main"}],
    ("StartJob", "jobType"): "RELEASE",
}


@pytest.fixture
def world(amplify_mock):
    return World()


# Operations


def test_every_operation_has_a_function_and_every_function_an_operation():
    assert OPERATIONS.keys() == {xform_name(name) for name in MODEL.operation_names}


def test_every_operation_has_a_route():
    router = Router(MODEL)
    serializer = create_serializer(MODEL.metadata["protocol"])
    for name in MODEL.operation_names:
        model = MODEL.operation_model(name)
        labels = {
            member: values(shape)[0].replace("x", "/")
            for member, shape in input_members(name).items()
            if shape.serialization.get("location") == "uri"
        }
        parameters = {
            member: labels.get(member, values(shape)[0])
            for member, shape in input_members(name).items()
            if member in model.input_shape.required_members
        }
        request = serializer.serialize_to_request(parameters, model)
        assert router.match(request["method"], request["url_path"]) == (name, labels)


@pytest.mark.parametrize("operation", MODEL.operation_names)
def test_every_operation_answers(world, operation):
    answer = world.make(xform_name(operation), **world.good_parameters(operation))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_every_error_of_the_model_has_a_class():
    for shape in MODEL.error_shapes:
        assert issubclass(getattr(exceptions, shape.name), exceptions.AmplifyError)


# Members of inputs: how each that is not simply returned is acted on.


def connects(name):
    def check(world, operation):
        more = {"repository": TEXTS["Repository"]}
        parameters = {**world.parameters(operation), **more, name: "secret-token"}
        assert "secret-token" not in repr(world.make(xform_name(operation), **parameters))

    return check


def starts_an_upload_for_each_file(world, operation):
    files = {"index.html": "0" * 32, "a/b.js": "1" * 32}
    assert world.make("create_deployment", **world.manual, fileMap=files)["fileUploadUrls"].keys() == files.keys()


def sub_domains_are_shown(world, operation):
    given = [{"prefix": "a", "branchName": "main"}, {"prefix": "", "branchName": "main"}]
    answer = world.make(xform_name(operation), **{**world.parameters(operation), "subDomainSettings": given})
    assert [each["subDomainSetting"] for each in answer["domainAssociation"]["subDomains"]] == given


def certificate_is_shown(world, operation):
    given = {"type": "CUSTOM", "customCertificateArn": CERTIFICATE}
    answer = world.make(xform_name(operation), **world.parameters(operation), certificateSettings=given)
    assert answer["domainAssociation"]["certificate"] == given


def automatic_sub_domains_need_a_role(world, operation):
    parameters = {**world.parameters(operation), "enableAutoSubDomain": True, "autoSubDomainIAMRole": ROLE}
    assert world.make(xform_name(operation), **parameters)["domainAssociation"]["enableAutoSubDomain"] is True


def changes_the_answer(name, value, more=None):
    def check(world, operation):
        parameters = {**world.parameters(operation), **(more or {})}
        answers = [world.make(xform_name(operation), **parameters, **each) for each in ({}, {name: value})]
        assert _body(answers[0]) != _body(answers[1])

    return check


def must_be_the_apps(world, operation):
    parameters = {**world.parameters(operation), "domainName": "unknown.com"}
    with pytest.raises(world.client.exceptions.NotFoundException):
        world.make(xform_name(operation), **parameters)


def starts_what_was_created(world, operation):
    job_id = world.make("create_deployment", **world.manual)["jobId"]
    assert world.make("start_deployment", **world.manual, jobId=job_id)["jobSummary"]["jobId"] == job_id


def is_in_the_summary(name, value, more=None):
    def check(world, operation):
        parameters = {**world.parameters(operation), **(more or {}), name: value}
        assert world.make(xform_name(operation), **parameters)["jobSummary"][name] == value

    return check


def names_the_job_to_retry(world, operation):
    parameters = {**world.parameters(operation), "jobType": "RETRY"}
    with pytest.raises(world.client.exceptions.NotFoundException):
        world.make("start_job", **parameters, jobId="99")
    assert world.make("start_job", **parameters, jobId="1")["jobSummary"]["jobType"] == "RETRY"


def tags_are_listed(world, operation):
    world.make("tag_resource", **world.pick("resourceArn"), tags={"a": "1"})
    assert world.make("list_tags_for_resource", **world.pick("resourceArn"))["tags"] == {"a": "1"}


def tags_are_taken_off(world, operation):
    world.make("tag_resource", **world.pick("resourceArn"), tags={"a": "1", "b": "2"})
    world.make("untag_resource", **world.pick("resourceArn"), tagKeys=["a"])
    assert world.make("list_tags_for_resource", **world.pick("resourceArn"))["tags"] == {"b": "2"}


def narrows_the_list(world, operation):
    answer = world.make("list_backend_environments", **world.pick("appId"), environmentName="other")
    assert answer["backendEnvironments"] == []


def cuts_pages(world, operation):
    _second_of_each(world)
    found = _pages(world, operation)
    assert len(found) > 1
    assert all(len(page) == 1 for page in found)


def leads_to_the_next_page(world, operation):
    _second_of_each(world)
    found = _pages(world, operation)
    assert all(one != other for one, other in itertools.pairwise(found))


def _second_of_each(world):
    world.make("create_branch", **world.pick("appId"), branchName="other")
    world.make("create_domain_association", **world.pick("appId"), domainName="other.com", subDomainSettings=[])
    world.make("create_backend_environment", **world.pick("appId"), environmentName="other")
    world.make("create_webhook", **world.pick("appId", "branchName"))
    world.make("start_job", **world.pick("appId", "branchName"), jobType="RELEASE")


def _pages(world, operation):
    parameters, found = {**world.parameters(operation), "maxResults": 1}, []
    while len(found) < 10:
        answer = world.make(xform_name(operation), **parameters)
        found.append(next(value for value in answer.values() if isinstance(value, list)))
        if "nextToken" not in answer:
            break
        parameters["nextToken"] = answer["nextToken"]
    return found


def _body(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


ACTED_ON = {
    ("CreateApp", "oauthToken"): connects("oauthToken"),
    ("CreateApp", "accessToken"): connects("accessToken"),
    ("UpdateApp", "oauthToken"): connects("oauthToken"),
    ("UpdateApp", "accessToken"): connects("accessToken"),
    ("CreateDeployment", "fileMap"): starts_an_upload_for_each_file,
    ("CreateDomainAssociation", "subDomainSettings"): sub_domains_are_shown,
    ("UpdateDomainAssociation", "subDomainSettings"): sub_domains_are_shown,
    ("CreateDomainAssociation", "certificateSettings"): certificate_is_shown,
    ("UpdateDomainAssociation", "certificateSettings"): certificate_is_shown,
    ("CreateDomainAssociation", "enableAutoSubDomain"): automatic_sub_domains_need_a_role,
    ("UpdateDomainAssociation", "enableAutoSubDomain"): automatic_sub_domains_need_a_role,
    ("GenerateAccessLogs", "domainName"): must_be_the_apps,
    ("GenerateAccessLogs", "startTime"): changes_the_answer(
        "startTime", LONG_AGO - datetime.timedelta(days=1), {"endTime": LONG_AGO}
    ),
    ("GenerateAccessLogs", "endTime"): changes_the_answer("endTime", LONG_AGO),
    ("ListBackendEnvironments", "environmentName"): narrows_the_list,
    ("StartDeployment", "jobId"): starts_what_was_created,
    ("StartDeployment", "sourceUrl"): is_in_the_summary("sourceUrl", "s3://bucket/other.zip"),
    ("StartDeployment", "sourceUrlType"): is_in_the_summary(
        "sourceUrlType", "BUCKET_PREFIX", {"sourceUrl": "s3://bucket/prefix/"}
    ),
    ("StartJob", "jobType"): is_in_the_summary("jobType", "WEB_HOOK"),
    ("StartJob", "jobId"): names_the_job_to_retry,
    ("StartJob", "commitMessage"): is_in_the_summary("commitMessage", "fix the cart"),
    ("StartJob", "commitTime"): is_in_the_summary("commitTime", LONG_AGO),
    ("TagResource", "tags"): tags_are_listed,
    ("UntagResource", "tagKeys"): tags_are_taken_off,
}

IGNORED = {
    ("StartJob", "commitId"): "the service builds HEAD whatever commit is named",
    ("StartJob", "jobReason"): "the service returns it nowhere",
}

INPUTS = [(operation, member) for operation in MODEL.operation_names for member in input_members(operation)]


@pytest.mark.parametrize(("operation", "member"), INPUTS)
def test_every_member_of_every_input_counts(world, operation, member):
    shape = input_members(operation)[member]
    if shape.serialization.get("location") == "uri":
        must_exist(world, operation, member)
    elif (operation, member) in ACTED_ON:
        ACTED_ON[operation, member](world, operation)
    elif member == "maxResults":
        cuts_pages(world, operation)
    elif member == "nextToken":
        leads_to_the_next_page(world, operation)
    elif (operation, member) in IGNORED:
        answer = world.make(xform_name(operation), **world.parameters(operation), **{member: "no such text"})
        assert "no such text" not in repr(answer)
    else:
        comes_back(world, operation, member)


def must_exist(world, operation, label):
    parameters = world.good_parameters(operation)
    parameters[label] = values(input_members(operation)[label])[0]
    with pytest.raises(ClientError) as caught:
        world.make(xform_name(operation), **parameters)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def comes_back(_, operation, member):
    assert member in output_of(operation).members, f"{operation}.{member} is not accounted for"
    for value in values(input_members(operation)[member]):
        with mock_amplify(isolated=True):
            world = World()
            given = world.parameters(operation)
            given.setdefault(member, world.names.get(member, value))
            if member == "repository":
                given["accessToken"] = "t"
            (shown,) = _body(world.make(xform_name(operation), **given)).values()
        assert shown[member] == given[member]


def test_what_is_ignored_is_there():
    assert set(INPUTS) >= IGNORED.keys()


# Members of outputs: every one can be set, or is on this list.

NEVER_SET = {
    ("App", "wafConfiguration"): "no operation of this API associates a web ACL",
    ("Branch", "thumbnailUrl"): "the service stopped sending it",
    ("Step", "artifactsUrl"): "nothing is built",
    ("Step", "testArtifactsUrl"): "nothing is tested",
    ("Step", "testConfigUrl"): "nothing is tested",
    ("Step", "screenshots"): "no page is loaded",
    ("Step", "statusReason"): "no recorded step has one",
    ("Step", "context"): "no recorded step has one",
}

RESOURCES = {
    "App": apps.App,
    "Branch": branches.Branch,
    "DomainAssociation": domain_associations.DomainAssociation,
    "SubDomain": domain_associations.SubDomain,
    "Webhook": webhooks.Webhook,
    "BackendEnvironment": backend_environments.BackendEnvironment,
    "Artifact": artifacts.Artifact,
    "Step": jobs.Step,
}


@pytest.mark.parametrize("name", RESOURCES)
def test_every_member_of_a_resource_has_an_attribute(name):
    for member in MODEL.shape_for(name).members:
        has_one = hasattr(RESOURCES[name], xform_name(member))
        assert has_one is ((name, member) not in NEVER_SET), f"{name}.{member}"


def test_every_member_of_a_job_summary_is_written(world, amplify_mock):
    job = amplify_mock.backend().apps[world.names["appId"]].branches["main"].jobs["1"]
    written = job.summary(job.progress()).keys()
    assert {xform_name(member) for member in MODEL.shape_for("JobSummary").members} <= written


# The tables of fidelity.py


def test_the_exceptions_name_shapes_and_members_of_the_model():
    for shape in fidelity.LENIENT_VALUES:
        assert shape in MODEL.shape_names
    for structure, member in (*fidelity.LENIENT_MEMBERS, *fidelity.STAND_INS):
        assert member in MODEL.shape_for(structure).required_members


def test_the_recorded_contract_names_operations_structures_and_members_of_the_model():
    tables = [fidelity._EVERYWHERE, *fidelity._BY_OPERATION.values()]
    assert set(MODEL.operation_names) >= fidelity._BY_OPERATION.keys()
    for structure, seen in [item for table in tables for item in table.items()]:
        members = MODEL.shape_for(structure).members
        newer = {"cacheConfig", "jobConfig", "enableSkewProtection", "webhookCreateTime", "sourceUrlType", "sourceUrl"}
        named = seen.empty | seen.never | seen.not_false | set(seen.read_from)
        assert named - newer <= members.keys()
