"""CreateBackendEnvironment, GetBackendEnvironment, ListBackendEnvironments and DeleteBackendEnvironment."""

from __future__ import annotations

import functools

import freezegun
import pytest

from amplify_mock import mock_amplify
from support.clients import bad_request, client_of, not_found, refusal


@pytest.fixture
def app_id(client):
    return new_app(client)


def new_app(client, name="e-plantShopping"):
    return client.create_app(name=name)["app"]["appId"]


def create(client, app_id, name="paradise", **members):
    return client.create_backend_environment(appId=app_id, environmentName=name, **members)["backendEnvironment"]


def get(client, app_id, name="paradise"):
    return client.get_backend_environment(appId=app_id, environmentName=name)["backendEnvironment"]


def listed(client, app_id, **parameters):
    return client.list_backend_environments(appId=app_id, **parameters)["backendEnvironments"]


@pytest.mark.parametrize("fidelity", ["model", "recorded"])
def test_names_are_made_of_the_apps_name_the_environments_and_the_time(fidelity):
    client = client_of("us-east-2")
    with mock_amplify(fidelity=fidelity), freezegun.freeze_time("2025-09-15T16:16:29.402Z"):
        app_id = new_app(client)
        environment = create(client, app_id)
    assert environment.keys() == {
        "backendEnvironmentArn",
        "environmentName",
        "stackName",
        "deploymentArtifacts",
        "createTime",
        "updateTime",
    }
    arn = f"arn:aws:amplify:us-east-2:123456789012:apps/{app_id}/backendenvironments/paradise"
    assert environment["backendEnvironmentArn"] == arn
    assert environment["environmentName"] == "paradise"
    assert environment["stackName"] == "amplify-e-plantShopp-paradise-161629"
    assert environment["deploymentArtifacts"] == "e-plantshopp-paradise-161629-deployment"
    assert environment["createTime"] == environment["updateTime"]
    assert environment["createTime"].microsecond == 402000


def test_given_names_are_kept(client, app_id):
    given = {"stackName": "amplify-bug-test1-125218", "deploymentArtifacts": "amplify-bug-test1-125218-deployment"}
    create(client, app_id, "test1", **given)
    environment = get(client, app_id, "test1")
    assert {name: environment[name] for name in given} == given


def test_a_given_name_does_not_keep_the_other_from_being_made(client, app_id):
    environment = create(client, app_id, stackName="mine")
    assert environment["stackName"] == "mine"
    assert environment["deploymentArtifacts"].startswith("e-plantshopp-paradise-")


@pytest.mark.parametrize("name", ["dev", "ab", "abcdefghij", "test1"])
def test_names_of_2_to_10_characters_are_taken(client, app_id, name):
    assert get(client, app_id, create(client, app_id, name)["environmentName"]) is not None


@pytest.mark.parametrize("name", ["a", "abcdefghijk", "Dev", "my-env", "a b", "dév", "a/b"])
def test_other_names_are_refused_with_the_recorded_text(client, app_id, name):
    answer = refusal(client.create_backend_environment, appId=app_id, environmentName=name)
    assert answer == (
        "BadRequestException",
        400,
        f"Failed to create backend environment.The environment name {name} is invalid. "
        "Environment name should be between 2 and 10 characters (only lowercase alphabets).",
    )
    assert listed(client, app_id) == []


def test_an_environment_cannot_be_made_twice(client, app_id):
    environment = create(client, app_id, stackName="mine")
    call = functools.partial(client.create_backend_environment, appId=app_id, environmentName="paradise")
    assert refusal(call) == bad_request(
        f"Failed to create backend environment.The environment paradise already exists for the app {app_id}"
    )
    assert listed(client, app_id) == [environment]


def test_environments_of_two_apps_do_not_mix(client, app_id):
    other = new_app(client)
    environment = create(client, app_id)
    create(client, other, "dev")
    assert listed(client, app_id) == [environment]
    assert refusal(client.get_backend_environment, appId=other, environmentName="paradise") == not_found(
        "BackendEnvironment paradise does not exist."
    )


def test_the_list_can_be_narrowed_to_one_name(client, app_id):
    environments = [create(client, app_id, name) for name in ("dev", "develop", "prod")]
    assert listed(client, app_id) == environments
    assert listed(client, app_id, environmentName="dev") == environments[:1]
    assert listed(client, app_id, environmentName="de") == []


def test_environments_are_listed_in_pages(client, app_id):
    for name in ("aa", "bb", "cc"):
        create(client, app_id, name)
    first = client.list_backend_environments(appId=app_id, maxResults=2)
    last = client.list_backend_environments(appId=app_id, maxResults=2, nextToken=first["nextToken"])
    names = [each["environmentName"] for page in (first, last) for each in page["backendEnvironments"]]
    assert (names, "nextToken" in last) == (["aa", "bb", "cc"], False)
    # A token of the whole list does not serve the narrowed one.
    answer = refusal(client.list_backend_environments, appId=app_id, environmentName="cc", nextToken=first["nextToken"])
    assert answer[:2] == ("BadRequestException", 400)


@pytest.mark.parametrize("operation", ["get_backend_environment", "delete_backend_environment"])
def test_an_unknown_environment_does_not_exist(client, app_id, operation):
    create(client, app_id)
    for name in ("dev", "a/b"):
        answer = refusal(getattr(client, operation), appId=app_id, environmentName=name)
        assert answer == not_found(f"BackendEnvironment {name} does not exist.")


@pytest.mark.parametrize("operation", ["create", "get", "delete"])
def test_an_unknown_app_is_not_found(client, app_id, operation):
    call = getattr(client, f"{operation}_backend_environment")
    answer = refusal(call, appId="dunknown", environmentName="dev")
    assert answer == not_found("App dunknown not found.")
    assert refusal(client.list_backend_environments, appId="dunknown") == answer


def test_a_deleted_environment_is_gone_and_can_be_made_again(client, app_id):
    environment = create(client, app_id)
    parameters = {"appId": app_id, "environmentName": "paradise"}
    assert client.delete_backend_environment(**parameters)["backendEnvironment"] == environment
    for operation in (client.get_backend_environment, client.delete_backend_environment):
        assert refusal(operation, **parameters) == not_found("BackendEnvironment paradise does not exist.")
    assert listed(client, app_id) == []
    assert create(client, app_id)["environmentName"] == "paradise"


def test_an_app_goes_with_its_environments(client, app_id):
    create(client, app_id)
    client.delete_app(appId=app_id)
    answer = refusal(client.get_backend_environment, appId=app_id, environmentName="paradise")
    assert answer == not_found(f"App {app_id} not found.")


def test_a_branch_names_its_environment_and_lists_no_resources(client, app_id):
    arn = create(client, app_id)["backendEnvironmentArn"]
    branch = client.create_branch(appId=app_id, branchName="main", backendEnvironmentArn=arn)["branch"]
    assert (branch["backendEnvironmentArn"], branch.get("associatedResources", [])) == (arn, [])
