"""Stacks of moto's CloudFormation that are changed and deleted: what Amplify's resources become."""

from __future__ import annotations

import contextlib

import boto3
import pytest
from moto import mock_aws

from amplify_mock import DomainPlan, mock_amplify
from support.other_mocks import moto_around
from support.stacks import APP, Stack, app, branch, domain, get, refusal_of, template

pytestmark = pytest.mark.usefixtures("no_default_session")

PLAIN = template(App=APP, Branch=branch(), Domain=domain())
OTHER = app(Name="other")


@pytest.fixture
def amplify():
    with moto_around() as amplify:
        yield amplify


@pytest.fixture
def client(amplify):
    return boto3.client("amplify", region_name="us-east-1")


@pytest.fixture
def stack(amplify):
    return Stack(PLAIN)


def apps(client):
    return {each["name"]: each for each in client.list_apps()["apps"]}


def branches(client, name="shop"):
    return [each["branchName"] for each in client.list_branches(appId=apps(client)[name]["appId"])["branches"]]


def domains(client, name="shop"):
    found = client.list_domain_associations(appId=apps(client)[name]["appId"])["domainAssociations"]
    return [each["domainName"] for each in found]


# Without interruption


def test_an_update_changes_an_app(stack, client):
    before = apps(client)["shop"]["appId"]
    stack.update(template(App=app(Name="store", Description="New"), Branch=branch(), Domain=domain()))
    assert apps(client).keys() == {"store"}
    assert (apps(client)["store"]["appId"], apps(client)["store"]["description"]) == (before, "New")
    assert branches(client, "store") == ["main"]


def test_an_update_changes_a_branch(stack, client):
    stack.update(template(App=APP, Branch=branch(Stage="BETA"), Domain=domain()))
    found = client.get_branch(appId=apps(client)["shop"]["appId"], branchName="main")["branch"]
    assert found["stage"] == "BETA"


def test_an_update_changes_a_domain(stack, client):
    settings = [{"Prefix": "shop", "BranchName": "main"}]
    stack.update(template(App=APP, Branch=branch(), Domain=domain(SubDomainSettings=settings)))
    (found,) = client.list_domain_associations(appId=apps(client)["shop"]["appId"])["domainAssociations"]
    assert [each["subDomainSetting"]["prefix"] for each in found["subDomains"]] == ["shop"]


def test_attributes_follow_an_update(amplify):
    wanted = {"Name": get("App", "AppName")}
    stack = Stack(template(wanted, App=APP))
    stack.update(template(wanted, App=OTHER))
    assert stack.outputs == {"Name": "other"}


def test_a_property_that_a_template_no_longer_has_stays_as_it_is(client):
    stack = Stack(template(App=app(Description="Hats", EnvironmentVariables=[{"Name": "A", "Value": "1"}])))
    stack.update(template(App=app(Platform="WEB_COMPUTE", EnvironmentVariables=[])))
    found = apps(client)["shop"]
    assert (found["description"], found["environmentVariables"]) == ("Hats", {"A": "1"})
    assert found["platform"] == "WEB_COMPUTE"


@pytest.mark.parametrize(("kind", "place"), [(app, "App"), (branch, "Branch")])
def test_tags_are_those_of_the_template(client, kind, place):
    def tagged(**tags):
        properties = {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        resources = {"App": APP, "Branch": branch(), place: kind(**properties)}
        return template({"Arn": {"Ref": place}}, **resources)

    stack = Stack(tagged(team="web", cost="7", kept="yes"))
    stack.update(tagged(team="shop", kept="yes", new="true"))
    found = client.list_tags_for_resource(resourceArn=stack.outputs["Arn"])["tags"]
    assert found == {"team": "shop", "kept": "yes", "new": "true"}


def test_a_parameter_that_changes_changes_what_refers_to_it(client):
    text = """
    Parameters: {Stage: {Type: String}}
    Resources:
      App: {Type: AWS::Amplify::App, Properties: {Name: !Sub "shop-${Stage}"}}
      Other: {Type: AWS::Amplify::App, Properties: {Name: !Ref Stage}}
    """
    stack = Stack(text, Stage="test")
    stack.update(text, Stage="beta")
    assert "beta" in apps(client)


def test_an_update_without_a_change_calls_nothing(stack, amplify):
    before = len(amplify.calls)
    stack.update(PLAIN)
    assert len(amplify.calls) == before


def test_an_update_adds_and_removes_resources(stack, client):
    stack.update(template(App=APP, Branch=branch(), Dev=branch(BranchName="dev")))
    assert (branches(client), domains(client)) == (["main", "dev"], [])


# By replacement


def test_another_branch_name_makes_another_branch(client):
    stack = Stack(template(App=APP, Branch=branch()))
    stack.update(template(App=APP, Branch=branch(BranchName="dev")))
    assert branches(client) == ["dev"]


def test_another_domain_name_makes_another_domain(stack, client):
    stack.update(template(App=APP, Branch=branch(), Domain=domain(DomainName="example.org")))
    assert domains(client) == ["example.org"]


def test_another_app_makes_another_branch(client):
    stack = Stack(template(App=APP, Other=OTHER, Branch=branch()))
    stack.update(template(App=APP, Other=OTHER, Branch=branch(app_id=get("Other", "AppId"))))
    assert (branches(client), branches(client, "other")) == ([], ["main"])


def test_a_domain_cannot_go_to_another_app_while_the_first_one_has_it(client):
    # The new one is made before the old one is deleted, here as at AWS.
    stack = Stack(template(App=APP, Other=OTHER, Branch=branch(), Domain=domain()))
    moved = domain(app_id=get("Other", "AppId"), SubDomainSettings=[{"Prefix": "", "BranchName": "main"}])
    reason = refusal_of(lambda: stack.update(template(App=APP, Other=OTHER, Branch=branch(), Domain=moved)))
    assert "already associated with another Amplify app: example.com" in reason
    assert domains(client) == ["example.com"]


def test_what_is_replaced_may_be_retained(client):
    stack = Stack(template(App=APP, Branch=branch()))
    stack.update(template(App=APP, Branch={**branch(BranchName="dev"), "UpdateReplacePolicy": "Retain"}))
    assert branches(client) == ["main", "dev"]


# Deletion


def test_deleting_a_stack_deletes_its_resources(stack, client):
    stack.delete()
    assert client.list_apps()["apps"] == []


def test_deleting_a_stack_leaves_what_others_have_made(stack, client):
    client.create_app(name="mine")
    stack.delete()
    assert apps(client).keys() == {"mine"}


def test_a_domain_of_an_app_of_another_stack_is_deleted_alone(client):
    app_id = client.create_app(name="mine")["app"]["appId"]
    client.create_branch(appId=app_id, branchName="main")
    settings = [{"Prefix": "", "BranchName": "main"}]
    stack = Stack(
        template(Domain=domain(app_id=app_id, SubDomainSettings=settings), Dev=branch(app_id, BranchName="d"))
    )
    assert domains(client, "mine") == ["example.com"]
    stack.delete()
    assert (domains(client, "mine"), branches(client, "mine")) == ([], ["main"])


def test_what_is_gone_already_is_no_obstacle(stack, client):
    client.delete_app(appId=apps(client)["shop"]["appId"])
    stack.delete()
    assert client.list_apps()["apps"] == []


def test_what_is_to_be_retained_stays(client):
    stack = Stack(template(App={**APP, "DeletionPolicy": "Retain"}, Branch=branch()))
    stack.delete()
    assert branches(client) == []


def test_a_resource_that_cannot_be_deleted_is_reported(stack, amplify):
    amplify.fail("DeleteApp", "DependentServiceFailureException", times=20)
    assert "HandlerErrorCode: GeneralServiceException" in refusal_of(stack.delete)


# Several mocks


def test_a_stack_belongs_to_the_mock_in_which_it_was_made(client):
    stack = Stack(template(App=APP))
    with mock_amplify(isolated=True) as inner:
        stack.delete()
        assert inner.calls == []
    assert client.list_apps()["apps"] == []


def test_a_stack_may_outlive_the_mock():
    with mock_aws():
        with mock_amplify() as amplify:
            stack = Stack(template(App=APP))
        stack.delete()
        assert amplify.backend().apps == {}


def test_a_domain_that_fails_fails_its_stack():
    with mock_aws(), mock_amplify(domain_plan=DomainPlan(fail_at="REQUESTING_CERTIFICATE", reason="No CNAME.")):
        reason = refusal_of(lambda: Stack(PLAIN))
    assert reason.startswith("Resource of type 'AWS::Amplify::Domain' with identifier 'arn:aws:amplify:us-east-1:")
    assert reason.endswith("did not stabilize. No CNAME.")


@pytest.mark.parametrize("first", [mock_aws, mock_amplify])
def test_stacks_work_with_both_decorators(first):
    second = mock_amplify if first is mock_aws else mock_aws

    @first
    @second
    def deploy():
        Stack(template(App=APP))
        return list(apps(boto3.client("amplify", region_name="us-east-1")))

    assert [deploy(), deploy()] == [["shop"], ["shop"]]


def test_moto_may_begin_and_end_while_the_mock_runs():
    with mock_amplify() as amplify:
        for _ in range(2):
            with mock_aws():
                Stack(template(App=APP))
        assert [each.name for each in amplify.backend().apps.values()] == ["shop", "shop"]


@pytest.mark.parametrize("nested", [contextlib.nullcontext, mock_amplify])
def test_mocks_that_end_in_the_order_they_began(nested):
    ours, motos = mock_amplify(), mock_aws()
    ours.start()
    motos.start()
    with nested():
        stack = Stack(template(App=APP))
    ours.stop()
    stack.delete()
    motos.stop()
