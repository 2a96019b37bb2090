"""Stacks of moto's CloudFormation when something fails halfway, and the order in which their resources go."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import boto3
import pytest

from amplify_mock import mock_amplify
from support.other_mocks import moto_around
from support.stacks import APP, Stack, app, branch, domain, get, refusal_of, template

pytestmark = pytest.mark.usefixtures("no_default_session")

PLAIN = template(App=APP, Branch=branch(), Domain=domain())
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}


@pytest.fixture
def amplify():
    with moto_around() as amplify:
        yield amplify


@pytest.fixture
def client(amplify):
    return boto3.client("amplify", region_name="us-east-1")


def changes(amplify):
    """Return what was called that changes something, and how it ended."""
    return [
        f"{each.operation} {each.outcome}" for each in amplify.calls if not each.operation.startswith(("Get", "List"))
    ]


def branches(client):
    (found,) = client.list_apps()["apps"]
    return [each["branchName"] for each in client.list_branches(appId=found["appId"])["branches"]]


# A replacement that fails halfway


def test_a_replacement_is_made_once_however_often_the_old_one_cannot_be_deleted(amplify, client):
    stack = Stack(template(App=APP, Branch=branch()))
    amplify.fail("DeleteBranch", "InternalFailureException", times=None)
    reason = refusal_of(lambda: stack.update(template(App=APP, Branch=branch(BranchName="dev"))))
    assert reason.endswith("HandlerErrorCode: ServiceInternalError)")
    amplify.assert_called("CreateBranch", branchName="dev", times=1)
    assert branches(client) == ["main", "dev"]


def test_a_replacement_that_failed_halfway_goes_on_where_it_was(amplify, client):
    stack = Stack(template(App=APP, Branch=branch()))
    amplify.fail("DeleteBranch", "InternalFailureException")
    stack.update(template(App=APP, Branch=branch(BranchName="dev")))
    assert branches(client) == ["dev"]
    amplify.assert_called("CreateBranch", branchName="dev", times=1)


@pytest.fixture
def half_replaced(amplify):
    """Have a stack whose branch main was to become dev: both are there."""
    stack = Stack(template(App=APP, Branch=branch()))
    # As often as moto tries.
    amplify.fail("DeleteBranch", "InternalFailureException", times=4)
    refusal_of(lambda: stack.update(template(App=APP, Branch=branch(BranchName="dev"))))
    amplify.assert_no_pending_faults()
    return stack


def test_deleting_the_stack_deletes_both(half_replaced, client):
    client.create_app(name="mine")
    half_replaced.delete()
    assert [each["name"] for each in client.list_apps()["apps"]] == ["mine"]


def test_a_template_that_goes_back_deletes_the_replacement(half_replaced, client):
    half_replaced.update(template(App=APP, Branch=branch(Stage="BETA")))
    assert branches(client) == ["main"]


def test_a_template_that_wants_another_replacement_deletes_the_first(half_replaced, client):
    half_replaced.update(template(App=APP, Branch=branch(BranchName="test")))
    assert branches(client) == ["test"]


def test_a_domain_that_fails_as_a_replacement_is_the_reason(amplify):
    stack = Stack(PLAIN)
    (app_id,) = amplify.backend().apps
    failed = {
        "domainAssociationArn": f"arn:aws:amplify:us-east-1:123456789012:apps/{app_id}/domains/example.org",
        "domainName": "example.org",
        "enableAutoSubDomain": False,
        "domainStatus": "FAILED",
        "statusReason": "No CNAME.",
        "subDomains": [],
    }
    amplify.on("CreateDomainAssociation").respond({"domainAssociation": failed}, times=1)
    moved = template(App=APP, Branch=branch(), Domain=domain(DomainName="example.org"))
    reason = refusal_of(lambda: stack.update(moved))
    assert reason.endswith("did not stabilize. No CNAME.")
    amplify.assert_called("CreateDomainAssociation", domainName="example.org", times=1)


# The order in which resources go

DEPLOY_AND_DELETE = """
import json, sys, boto3
from moto import mock_aws
from amplify_mock import mock_amplify
with mock_aws(), mock_amplify() as amplify:
    client = boto3.client("cloudformation", region_name="us-east-1")
    client.create_stack(StackName="site", TemplateBody=sys.argv[1])
    client.delete_stack(StackName="site")
    print([each.operation for each in amplify.calls if each.operation.startswith("Delete")])
    assert all(each.outcome == "success" for each in amplify.calls)
"""


@pytest.mark.parametrize("seed", ["0", "1", "2", "3"])
def test_what_was_made_last_goes_first_whatever_python_hashes(seed):
    text = json.dumps(template(App=APP, Branch=branch(), Dev=branch(BranchName="dev"), Domain=domain()))
    variables = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", DEPLOY_AND_DELETE, text]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.stdout == "['DeleteDomainAssociation', 'DeleteBranch', 'DeleteBranch', 'DeleteApp']\n", done.stderr


def test_an_update_that_drops_an_app_and_its_parts_deletes_the_parts_first(amplify):
    other = template(
        App=APP, Branch=branch(), Domain=domain(), Other=app(Name="other"), Dev=branch(get("Other", "AppId"))
    )
    stack = Stack(other)
    stack.update(template(Other=app(Name="other"), Dev=branch(get("Other", "AppId"))))
    assert changes(amplify)[-3:] == ["DeleteDomainAssociation success", "DeleteBranch success", "DeleteApp success"]


def test_an_update_may_drop_an_app_and_give_its_branch_another(amplify, client):
    stack = Stack(template(App=APP, Branch=branch()))
    stack.update(template(Other=app(Name="other"), Branch=branch(get("Other", "AppId"))))
    assert [each["name"] for each in client.list_apps()["apps"]] == ["other"]
    assert branches(client) == ["main"]


def test_an_app_goes_although_its_branch_is_to_be_retained(client):
    stack = Stack(template(App=APP, Branch={**branch(), "DeletionPolicy": "Retain"}))
    stack.delete()
    assert client.list_apps()["apps"] == []


def test_a_deletion_that_fails_leaves_what_the_resource_was_made_from(amplify, client):
    stack = Stack(PLAIN)
    amplify.fail("DeleteBranch", "InternalFailureException")
    assert refusal_of(stack.delete).endswith("HandlerErrorCode: ServiceInternalError)")
    assert branches(client) == ["main"]
    amplify.assert_called("DeleteBranch", times=1)
    amplify.assert_called("DeleteDomainAssociation", times=1)
    amplify.assert_not_called("DeleteApp")


def test_a_resource_that_was_dropped_may_come_back(amplify, client):
    stack = Stack(template(App=APP, Branch=branch()))
    stack.update(template(App=APP))
    assert branches(client) == []
    stack.update(template(App=APP, Branch=branch()))
    assert branches(client) == ["main"]


def test_a_resource_that_was_dropped_by_a_failed_update_may_come_back(amplify, client):
    stack = Stack(template(App=APP, Branch=branch()))
    amplify.fail("UpdateApp", "InternalFailureException", times=4)
    refusal_of(lambda: stack.update(template(App=app(Description="New"))))
    stack.update(template(App=APP, Branch=branch()))
    assert branches(client) == ["main"]


# Another type


@pytest.mark.usefixtures("amplify")
@pytest.mark.parametrize(("before", "after"), [(APP, QUEUE), (QUEUE, APP), (branch(), APP)])
def test_a_resource_keeps_its_type(client, before, after):
    stack = Stack(template(App=APP, Thing=before))
    count = len(client.list_apps()["apps"])
    reason = refusal_of(lambda: stack.update(template(App=APP, Thing=after, New=app(Name="new"))))
    assert reason == (
        "Update of resource type is not permitted. The new template modifies resource type of the following "
        "resources: [Thing]"
    )
    assert len(client.list_apps()["apps"]) == count


# The mock that a stack is in


def test_what_is_new_in_a_stack_goes_to_the_mock_of_what_is_old(amplify, client):
    stack = Stack(template(App=APP))
    with mock_amplify(isolated=True) as inner:
        stack.update(template(App=APP, Branch=branch()))
        stack.update(template(App=APP, Branch=branch(BranchName="dev")))
        assert inner.calls == []
    assert branches(client) == ["dev"]


def test_a_new_stack_goes_to_the_mock_that_is_active(amplify):
    Stack(template(App=APP))
    with mock_amplify(isolated=True) as inner:
        cloudformation = boto3.client("cloudformation", region_name="us-east-1")
        cloudformation.create_stack(StackName="other", TemplateBody=json.dumps(template(App=APP)))
        assert len(inner.backend().apps) == len(amplify.backend().apps) == 1
