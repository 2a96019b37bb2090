"""Every member of every input counts: it comes back, or is acted on, or is known to be ignored."""

from __future__ import annotations

import datetime
import itertools

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import StructureShape

from amplify_mock import mock_amplify
from support.clients import body
from support.model import MODEL, needs
from support.world import CERTIFICATE, LONG_AGO, ROLE, TEXTS, World, input_members, values


@pytest.fixture(scope="module")
def made():
    with mock_amplify() as amplify:
        yield World(amplify)


@pytest.fixture
def world(made):
    with made.rolled_back():
        yield made


def output_of(operation):
    """Return the structure that an operation answers, out of its envelope."""
    shape = MODEL.operation_model(operation).output_shape
    members = list(shape.members.values())
    return members[0] if len(members) == 1 and isinstance(members[0], StructureShape) else shape


# How each member that is not simply returned is acted on


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
        assert body(answers[0]) != body(answers[1])

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

# Values are made up from the model's shapes, so a member that a later botocore adds is tested, or fails, by itself.
INPUTS = [(operation, member) for operation in MODEL.operation_names for member in input_members(operation)]
NEEDS = {("StartDeployment", "sourceUrl"): needs("JobSummary.sourceUrl")}


@pytest.mark.parametrize(
    ("operation", "member"), [pytest.param(*each, marks=NEEDS[each]) if each in NEEDS else each for each in INPUTS]
)
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


def comes_back(world, operation, member):
    assert member in output_of(operation).members, f"{operation}.{member} is not accounted for"
    for value in values(input_members(operation)[member]):
        with world.rolled_back():
            given = world.parameters(operation)
            given.setdefault(member, world.names.get(member, value))
            if member == "repository":
                given["accessToken"] = "t"
            (shown,) = body(world.make(xform_name(operation), **given)).values()
        assert shown[member] == given[member]


def test_what_is_ignored_is_there():
    assert set(INPUTS) >= IGNORED.keys()
