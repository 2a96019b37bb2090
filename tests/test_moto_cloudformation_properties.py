"""Properties of Amplify's resources in CloudFormation: what the API gets of them, and which templates are refused."""

from __future__ import annotations

import base64
import copy
import re
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.loaders import create_loader
from botocore.model import ServiceModel

from amplify_mock import mock_amplify
from amplify_mock.integrations.stack_calls import Account
from support.other_mocks import moto_around
from support.stacks import APP, Stack, app, branch, domain, get, refusal_of, refused, template

pytestmark = pytest.mark.usefixtures("no_default_session")

ROLE = "arn:aws:iam::123456789012:role/amplify"
LOGIN = {"EnableBasicAuth": True, "Username": "me", "Password": "secret"}
CREDENTIALS = base64.b64encode(b"me:secret").decode()
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture
def amplify():
    with moto_around() as amplify:
        yield amplify


def of_calls(amplify, operation_name):
    """Return the parameters of all calls of an operation."""
    return [dict(each.parameters) for each in amplify.calls if each.operation == operation_name]


IN_THE_API = {
    "AccessToken": ("token", {"accessToken": "token"}),
    "BasicAuthConfig": (LOGIN, {"enableBasicAuth": True, "basicAuthCredentials": CREDENTIALS}),
    "BuildSpec": ("version: 1", {"buildSpec": "version: 1"}),
    "CacheConfig": ({"Type": "AMPLIFY_MANAGED"}, {"cacheConfig": {"type": "AMPLIFY_MANAGED"}}),
    "ComputeRoleArn": (ROLE, {"computeRoleArn": ROLE}),
    "CustomHeaders": ("customHeaders: []", {"customHeaders": "customHeaders: []"}),
    "CustomRules": (
        [{"Source": "/a", "Target": "/b", "Status": "302", "Condition": "<US>"}],
        {"customRules": [{"source": "/a", "target": "/b", "status": "302", "condition": "<US>"}]},
    ),
    "Description": ("Hats", {"description": "Hats"}),
    "EnableBranchAutoDeletion": (True, {"enableBranchAutoDeletion": True}),
    "EnvironmentVariables": ([{"Name": "A", "Value": "1"}], {"environmentVariables": {"A": "1"}}),
    "IAMServiceRole": (ROLE, {"iamServiceRoleArn": ROLE}),
    "JobConfig": ({"BuildComputeType": "LARGE_16GB"}, {"jobConfig": {"buildComputeType": "LARGE_16GB"}}),
    "OauthToken": ("token", {"oauthToken": "token"}),
    "Platform": ("WEB_COMPUTE", {"platform": "WEB_COMPUTE"}),
    "Repository": ("https://github.com/me/shop", {"repository": "https://github.com/me/shop"}),
    "AutoBranchCreationConfig": (
        {
            "AutoBranchCreationPatterns": ["feature/*"],
            "BasicAuthConfig": LOGIN,
            "BuildSpec": "version: 1",
            "EnableAutoBranchCreation": True,
            "EnableAutoBuild": True,
            "EnablePerformanceMode": False,
            "EnablePullRequestPreview": True,
            "EnvironmentVariables": [{"Name": "A", "Value": "1"}],
            "Framework": "React",
            "PullRequestEnvironmentName": "dev",
            "Stage": "BETA",
        },
        {
            "enableAutoBranchCreation": True,
            "autoBranchCreationPatterns": ["feature/*"],
            "autoBranchCreationConfig": {
                "enableBasicAuth": True,
                "basicAuthCredentials": CREDENTIALS,
                "buildSpec": "version: 1",
                "enableAutoBuild": True,
                "enablePerformanceMode": False,
                "enablePullRequestPreview": True,
                "environmentVariables": {"A": "1"},
                "framework": "React",
                "pullRequestEnvironmentName": "dev",
                "stage": "BETA",
            },
        },
    ),
}
STACK_ARN = "arn:aws:cloudformation:us-east-1:123456789012:stack/backend/1"
OF_A_BRANCH = {
    "Backend": ({"StackArn": STACK_ARN}, {"backend": {"stackArn": STACK_ARN}}),
    "BasicAuthConfig": IN_THE_API["BasicAuthConfig"],
    "BuildSpec": IN_THE_API["BuildSpec"],
    "ComputeRoleArn": IN_THE_API["ComputeRoleArn"],
    "Description": IN_THE_API["Description"],
    "EnableAutoBuild": (False, {"enableAutoBuild": False}),
    "EnablePerformanceMode": (True, {"enablePerformanceMode": True}),
    "EnablePullRequestPreview": (True, {"enablePullRequestPreview": True}),
    "EnableSkewProtection": (True, {"enableSkewProtection": True}),
    "EnvironmentVariables": IN_THE_API["EnvironmentVariables"],
    "Framework": ("React", {"framework": "React"}),
    "PullRequestEnvironmentName": ("dev", {"pullRequestEnvironmentName": "dev"}),
    "Stage": ("PRODUCTION", {"stage": "PRODUCTION"}),
}
OF_A_DOMAIN = {
    "AutoSubDomainCreationPatterns": (["*"], {"autoSubDomainCreationPatterns": ["*"]}),
    "AutoSubDomainIAMRole": (ROLE, {"autoSubDomainIAMRole": ROLE}),
    "CertificateSettings": (
        {"CertificateType": "CUSTOM", "CustomCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"},
        {
            "certificateSettings": {
                "type": "CUSTOM",
                "customCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
            }
        },
    ),
    "EnableAutoSubDomain": (True, {"enableAutoSubDomain": True}),
}


def known(parameters, operation_name):
    """Return the parameters that the installed botocore knows."""
    members = (
        boto3.client("amplify", "us-east-1").meta.service_model.operation_model(operation_name).input_shape.members
    )
    return {name: value for name, value in parameters.items() if name in members}


@pytest.mark.parametrize("name", IN_THE_API)
def test_properties_of_an_app(amplify, name):
    value, parameters = IN_THE_API[name]
    token = {} if name != "Repository" else {"AccessToken": "token"}
    stack = Stack(template(App=app(**{name: value}, **token)))
    expected = {"name": "shop", **parameters, **({"accessToken": "token"} if token else {})}
    assert of_calls(amplify, "CreateApp") == [known(expected, "CreateApp")]
    stack.update(template(App=app(Name="store", **{name: value}, **token)))
    (update,) = of_calls(amplify, "UpdateApp")
    del update["appId"]
    assert update == known({**expected, "name": "store"}, "UpdateApp")


@pytest.mark.parametrize("name", OF_A_BRANCH)
def test_properties_of_a_branch(amplify, name):
    value, parameters = OF_A_BRANCH[name]
    Stack(template(App=APP, Branch=branch(**{name: value})))
    (call,) = of_calls(amplify, "CreateBranch")
    del call["appId"]
    assert call == known({"branchName": "main", **parameters}, "CreateBranch")


@pytest.mark.parametrize("name", OF_A_DOMAIN)
def test_properties_of_a_domain(amplify, name):
    value, parameters = OF_A_DOMAIN[name]
    Stack(template(App=APP, Branch=branch(), Domain=domain(**{name: value})))
    (call,) = of_calls(amplify, "CreateDomainAssociation")
    assert {key: call[key] for key in parameters} == parameters
    assert call["subDomainSettings"] == [{"prefix": "www", "branchName": "main"}]


def test_a_login_without_a_password_has_no_credentials(amplify):
    Stack(template(App=app(BasicAuthConfig={"EnableBasicAuth": False, "Username": "me"})))
    assert of_calls(amplify, "CreateApp") == [{"name": "shop", "enableBasicAuth": False}]


@pytest.mark.parametrize("flag", [True, "true", "True"])
def test_a_template_may_write_a_flag_as_text(amplify, flag):
    Stack(template(App=app(EnableBranchAutoDeletion=flag)))
    assert of_calls(amplify, "CreateApp") == [{"name": "shop", "enableBranchAutoDeletion": True}]


@pytest.mark.parametrize(("value", "text"), [(3000, "3000"), (0.5, "0.5"), (True, "true")])
def test_a_template_may_write_a_text_as_a_number_or_a_flag(amplify, value, text):
    Stack(template(App=app(EnvironmentVariables=[{"Name": "A", "Value": value}])))
    assert of_calls(amplify, "CreateApp") == [{"name": "shop", "environmentVariables": {"A": text}}]


def test_what_is_no_value_is_left_out_of_lists(amplify):
    # Of structures too, which moto does by itself.
    no, none = {"Fn::If": ["Never", {"Name": "B", "Value": "2"}, {"Ref": "AWS::NoValue"}]}, {"Ref": "AWS::NoValue"}
    rule = {"Source": "/a", "Target": "/b", "Status": none}
    properties = {
        "Tags": [none, {"Key": "team", "Value": "web"}, none],
        "EnvironmentVariables": [no, {"Name": "A", "Value": "1"}],
        "CustomRules": [none, rule],
        "AutoBranchCreationConfig": {"EnvironmentVariables": [no], "AutoBranchCreationPatterns": [none, "dev/*"]},
    }
    settings = [{"Prefix": "www", "BranchName": "main"}, none]
    resources = {"App": app(**properties), "Branch": branch(), "Domain": domain(SubDomainSettings=settings)}
    Stack({**template(**resources), "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}})
    assert of_calls(amplify, "CreateApp") == [
        {
            "name": "shop",
            "tags": {"team": "web"},
            "environmentVariables": {"A": "1"},
            "customRules": [{"source": "/a", "target": "/b"}],
            "autoBranchCreationConfig": {},
            "autoBranchCreationPatterns": ["dev/*"],
        }
    ]
    (call,) = of_calls(amplify, "CreateDomainAssociation")
    assert call["subDomainSettings"] == [{"prefix": "www", "branchName": "main"}]


# Templates that are refused


@pytest.mark.usefixtures("amplify")
@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        (app(Nmae="shop"), "#: extraneous key [Nmae] is not permitted"),
        ({"Type": "AWS::Amplify::App"}, "#: required key [Name] not found"),
        (app(Description=["a"]), "#/Description: expected type: String, found: JSONArray"),
        (app(CustomRules={}), "#/CustomRules: expected type: JSONArray, found: JSONObject"),
        (app(CustomRules=[{"Source": "/"}]), "#/CustomRules/0: required key [Target] not found"),
        (app(JobConfig="LARGE"), "#/JobConfig: expected type: JSONObject, found: String"),
        (app(EnableBranchAutoDeletion=1), "#/EnableBranchAutoDeletion: expected type: Boolean, found: Integer"),
        (app(BasicAuthConfig={"User": "me"}), "#/BasicAuthConfig: extraneous key [User] is not permitted"),
    ],
)
def test_a_template_that_does_not_fit(resource, problem):
    text = f"Properties validation failed for resource App with message:\n{problem}"
    assert refused(template(App=resource)) == text


@pytest.mark.usefixtures("amplify")
def test_a_login_of_a_branch_needs_both_parts():
    reason = refused(template(App=APP, Branch=branch(BasicAuthConfig={"Username": "me"})))
    assert "#/BasicAuthConfig: required key [Password] not found" in reason


@pytest.mark.usefixtures("amplify")
def test_all_problems_are_told_at_once():
    reason = refused(template(App={"Type": "AWS::Amplify::App", "Properties": {"Nmae": "shop", "Platform": []}}))
    assert reason.splitlines()[1:] == [
        "#: required key [Name] not found",
        "#: extraneous key [Nmae] is not permitted",
        "#/Platform: expected type: String, found: JSONArray",
    ]


@pytest.mark.usefixtures("amplify")
def test_an_output_of_an_attribute_that_there_is_not():
    assert "AppArn" in refused(template({"Arn": get("App", "AppArn")}, App=APP))


@pytest.mark.usefixtures("amplify")
def test_an_attribute_that_there_is_not_in_a_property():
    assert "does not support attribute type Nme" in refused(template(App=APP, Other=app(Name=get("App", "Nme"))))


# Errors of Amplify


@pytest.mark.usefixtures("amplify")
def test_an_error_of_amplify_is_the_reason():
    reason = refused(template(App=APP, Branch=branch(), Twin={**branch(), "DependsOn": "Branch"}))
    app_id = boto3.client("amplify", "us-east-1").list_apps()["apps"][0]["appId"]
    assert re.fullmatch(
        'Resource handler returned message: "Invalid request provided: Failed to create branch. The branch main '
        rf"already exists for the app {app_id} \(Service: Amplify, Status Code: 400, Request ID: {UUID}\)\" "
        rf"\(RequestToken: {UUID}, HandlerErrorCode: InvalidRequest\)",
        reason,
    )


@pytest.mark.usefixtures("amplify")
def test_a_missing_app_is_the_reason():
    reason = refused(template(Branch=branch(app_id="d1")))
    assert "App d1 not found. (Service: Amplify, Status Code: 404" in reason
    assert reason.endswith("HandlerErrorCode: NotFound)")


@pytest.mark.usefixtures("amplify")
def test_constraints_of_the_api_hold():
    reason = refused(template(App=app(Description="a" * 1001)))
    assert "at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000" in reason


def test_quotas_hold():
    with mock_amplify(quotas={"apps": 1}), moto_around():
        assert "Status Code: 429" in refused(template(App=APP, Other=app(Name="other")))


def test_faults_hold(amplify):
    amplify.fail("CreateApp", "InternalFailureException")
    reason = refused(template(App=APP))
    assert "Status Code: 500" in reason
    assert reason.endswith("HandlerErrorCode: ServiceInternalError)")
    amplify.assert_no_pending_faults()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("ThrottlingException", "Throttling"),
        ("TooManyRequestsException", "Throttling"),
        ("AccessDeniedException", "AccessDenied"),
        ("LimitExceededException", "ServiceLimitExceeded"),
    ],
)
def test_errors_have_the_names_that_cloudformation_gives_them(amplify, error, code):
    amplify.fail("CreateApp", error, force=True)
    reason = refused(template(App=APP))
    assert reason.endswith(f"HandlerErrorCode: {code})")
    assert "Invalid request provided" not in reason


def test_a_network_that_fails_is_cloudformations_own(amplify):
    amplify.fail("CreateApp", ConnectTimeoutError(endpoint_url="https://amplify.us-east-1.amazonaws.com"))
    reason = refused(template(App=APP))
    assert 'message: "Connect timeout on endpoint URL' in reason
    assert reason.endswith("HandlerErrorCode: GeneralServiceException)")
    assert len(amplify.calls) == 1


def test_an_update_that_amplify_refuses(amplify):
    stack = Stack(template(App=APP))
    reason = refusal_of(lambda: stack.update(template(App=app(Description="a" * 1001))))
    assert "at 'description' failed to satisfy constraint" in reason
    assert [each.description for each in amplify.backend().apps.values()] == [None]


# Older versions of botocore


def test_what_botocore_does_not_know_is_left_out():
    model = copy.deepcopy(create_loader().load_service_model("amplify", "service-2"))
    del model["shapes"]["CreateAppRequest"]["members"]["customHeaders"]
    del model["shapes"]["CustomRule"]["members"]["condition"]
    with mock_amplify() as amplify:
        older = SimpleNamespace(
            service_model=ServiceModel(model, "amplify"), handle=amplify.handle, deliver=amplify.deliver
        )
        rules = [{"source": "/a", "target": "/b", "condition": "<US>"}]
        Account(older, "123456789012", "us-east-1").call("CreateApp", name="a", customHeaders="x", customRules=rules)
        assert of_calls(amplify, "CreateApp") == [{"name": "a", "customRules": [{"source": "/a", "target": "/b"}]}]
