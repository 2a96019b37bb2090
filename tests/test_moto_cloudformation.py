"""The resources of Amplify in stacks of moto's CloudFormation: made, changed and deleted."""

from __future__ import annotations

import itertools
import json

import boto3
import pytest
from moto import mock_aws

from amplify_mock import DomainPlan, mock_amplify
from support.other_mocks import moto_around, moto_inside
from support.stacks import APP, Stack, app, branch, cdk_template, domain, get, refusal_of, refused, template

pytestmark = pytest.mark.usefixtures("no_default_session")


@pytest.fixture(params=[moto_around, moto_inside])
def amplify(request):
    with request.param() as amplify:
        yield amplify


@pytest.fixture
def client(amplify):
    return boto3.client("amplify", region_name="us-east-1")


def the_app(client):
    (app,) = client.list_apps()["apps"]
    return app


def the_branch(client):
    return client.get_branch(appId=the_app(client)["appId"], branchName="main")["branch"]


def the_domain(client):
    (association,) = client.list_domain_associations(appId=the_app(client)["appId"])["domainAssociations"]
    return association


# What a stack makes


def test_a_stack_makes_what_its_template_says(client):
    stack = Stack(template(App=APP, Branch=branch(), Domain=domain()))
    assert stack.status == "CREATE_COMPLETE"
    assert the_app(client)["name"] == "shop"
    assert the_branch(client)["branchName"] == "main"
    assert the_domain(client)["domainName"] == "example.com"


def test_ref_is_the_arn(client):
    refs = {name: {"Ref": name} for name in ("App", "Branch", "Domain")}
    outputs = Stack(template(refs, App=APP, Branch=branch(), Domain=domain())).outputs
    assert outputs == {
        "App": the_app(client)["appArn"],
        "Branch": the_branch(client)["branchArn"],
        "Domain": the_domain(client)["domainAssociationArn"],
    }


def test_attributes_of_an_app(client):
    names = ["AppId", "AppName", "Arn", "DefaultDomain"]
    outputs = Stack(template({name: get("App", name) for name in names}, App=APP)).outputs
    app = the_app(client)
    assert outputs == {
        "AppId": app["appId"],
        "AppName": "shop",
        "Arn": app["appArn"],
        "DefaultDomain": f"{app['appId']}.amplifyapp.com",
    }


def test_attributes_of_a_branch(client):
    wanted = {name: get("Branch", name) for name in ("Arn", "BranchName")}
    outputs = Stack(template(wanted, App=APP, Branch=branch(BranchName="feature/hats"))).outputs
    app_arn = the_app(client)["appArn"]
    assert outputs == {"Arn": f"{app_arn}/branches/feature/hats", "BranchName": "feature/hats"}


def test_attributes_of_a_domain(client):
    names = [
        "Arn",
        "AutoSubDomainIAMRole",
        "CertificateRecord",
        "DomainName",
        "DomainStatus",
        "EnableAutoSubDomain",
        "StatusReason",
    ]
    wanted = {name: get("Domain", name) for name in names}
    wanted["Patterns"] = {"Fn::Join": [" ", get("Domain", "AutoSubDomainCreationPatterns")]}
    wanted["Type"] = get("Domain", "Certificate.CertificateType")
    wanted["Record"] = get("Domain", "Certificate.CertificateVerificationDNSRecord")
    role = "arn:aws:iam::123456789012:role/subdomains"
    properties = {
        "EnableAutoSubDomain": True,
        "AutoSubDomainCreationPatterns": ["feature/*", "fix/*"],
        "AutoSubDomainIAMRole": role,
    }
    outputs = Stack(template(wanted, App=APP, Branch=branch(), Domain=domain(**properties))).outputs
    association = the_domain(client)
    record = association["certificateVerificationDNSRecord"]
    assert record
    assert outputs == {
        "Arn": association["domainAssociationArn"],
        "AutoSubDomainIAMRole": role,
        "CertificateRecord": record,
        "DomainName": "example.com",
        "DomainStatus": "PENDING_VERIFICATION",
        "EnableAutoSubDomain": "true",
        "Patterns": "feature/* fix/*",
        "Record": record,
        "StatusReason": "No reason found",
        "Type": "AMPLIFY_MANAGED",
    }


@pytest.mark.usefixtures("amplify")
def test_a_certificate_is_an_attribute_with_parts():
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    settings = {"CertificateType": "CUSTOM", "CustomCertificateArn": arn}
    resources = {"App": APP, "Branch": branch(), "Domain": domain(CertificateSettings=settings)}
    stack = Stack(template({"Arn": get("Domain", "Certificate.CertificateArn")}, **resources))
    assert stack.outputs == {"Arn": arn}
    whole = app(Description=get("Domain", "Certificate"))
    assert "#/Description: expected type: String, found: JSONObject" in refusal_of(
        lambda: stack.update(template(**resources, Other=whole))
    )


@pytest.mark.usefixtures("amplify")
@pytest.mark.parametrize(
    "asked",
    [
        "!GetAtt Domain.Certificate.CertificateType",
        "!Sub '${Domain.Certificate.CertificateType}'",
        "!Sub ['${Type}', {Type: !GetAtt Domain.Certificate.CertificateType}]",
        "{'Fn::GetAtt': [Domain, Certificate.CertificateType]}",
    ],
)
def test_an_attribute_with_a_dot_may_be_asked_for_in_any_form(asked):
    text = f"""
    Resources:
      App: {{Type: AWS::Amplify::App, Properties: {{Name: shop}}}}
      Branch: {{Type: AWS::Amplify::Branch, Properties: {{AppId: !GetAtt App.AppId, BranchName: main}}}}
      Domain:
        Type: AWS::Amplify::Domain
        Properties:
          AppId: !GetAtt App.AppId
          DomainName: example.com
          SubDomainSettings: [{{Prefix: www, BranchName: !GetAtt Branch.BranchName}}]
    Outputs:
      Type: {{Value: {asked}}}
    """
    assert Stack(text).outputs == {"Type": "AMPLIFY_MANAGED"}


@pytest.mark.usefixtures("amplify")
def test_an_attribute_with_a_dot_that_there_is_not():
    resources = {"App": APP, "Branch": branch(), "Domain": domain()}
    wanted = app(Description={"Fn::Sub": "${Domain.Certificate.Type}"})
    assert "does not support attribute type Certificate.Type" in refused(template(**resources, Other=wanted))


def test_a_stack_is_in_the_region_of_its_client(amplify):
    Stack(template(App=APP), region="eu-west-1")
    assert [each.region_name for each in amplify.backends() if each.apps] == ["eu-west-1"]


def test_a_stack_of_an_assumed_role_is_in_the_account_of_the_role(amplify):
    role = "arn:aws:iam::111122223333:role/deploy"
    assumed = boto3.client("sts", region_name="us-east-1").assume_role(RoleArn=role, RoleSessionName="test")
    keys = assumed["Credentials"]
    session = boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    outputs = Stack(template({"Arn": {"Ref": "App"}}, App=APP), session=session).outputs
    assert outputs["Arn"].split(":")[4] == "111122223333"
    assert [each.name for each in amplify.backend(account_id="111122223333").apps.values()] == ["shop"]


def test_what_a_stack_does_is_among_the_calls(amplify):
    Stack(template(App=APP, Branch=branch()))
    amplify.assert_called("CreateApp", name="shop", times=1)
    amplify.assert_called("CreateBranch", branchName="main", times=1)


def test_yaml_with_parameters_conditions_and_functions(client):
    text = """
    Parameters:
      Stage: {Type: String, Default: test}
      Previews: {Type: String, Default: "no"}
    Conditions:
      HasPreviews: !Equals [!Ref Previews, "yes"]
    Resources:
      App:
        Type: AWS::Amplify::App
        Properties:
          Name: !Sub shop-${Stage}
          EnvironmentVariables:
            - {Name: PORT, Value: 3000}
            - {Name: DEBUG, Value: false}
          EnableBranchAutoDeletion: "true"
          CustomRules:
            - {Source: /old, Target: /new, Status: 301}
      Branch:
        Type: AWS::Amplify::Branch
        DependsOn: App
        Properties:
          AppId: !GetAtt App.AppId
          BranchName: main
      Preview:
        Type: AWS::Amplify::Branch
        Condition: HasPreviews
        Properties:
          AppId: !GetAtt App.AppId
          BranchName: preview
    Outputs:
      Url: {Value: !Sub "https://main.${App.DefaultDomain}"}
    """
    stack = Stack(text, Stage="beta")
    app = the_app(client)
    assert stack.outputs == {"Url": f"https://main.{app['appId']}.amplifyapp.com"}
    assert (app["name"], app["environmentVariables"]) == ("shop-beta", {"PORT": "3000", "DEBUG": "false"})
    assert app["enableBranchAutoDeletion"] is True
    assert app["customRules"] == [{"source": "/old", "target": "/new", "status": "301"}]
    names = [each["branchName"] for each in client.list_branches(appId=app["appId"])["branches"]]
    assert names == ["main"]


def test_a_change_set_makes_resources(client):
    cloudformation = boto3.client("cloudformation", region_name="us-east-1")
    named = {"StackName": "site", "ChangeSetName": "first"}
    body = '{"Resources": {"App": {"Type": "AWS::Amplify::App", "Properties": {"Name": "shop"}}}}'
    cloudformation.create_change_set(**named, TemplateBody=body, ChangeSetType="CREATE")
    (change,) = cloudformation.describe_change_set(**named)["Changes"]
    assert change["ResourceChange"]["ResourceType"] == "AWS::Amplify::App"
    assert client.list_apps()["apps"] == []
    cloudformation.execute_change_set(**named)
    assert the_app(client)["name"] == "shop"
    named["ChangeSetName"] = "second"
    cloudformation.create_change_set(**named, TemplateBody=body.replace("shop", "store"), ChangeSetType="UPDATE")
    cloudformation.execute_change_set(**named)
    assert the_app(client)["name"] == "store"


def test_a_stack_set_makes_its_stacks_in_every_account_and_region(amplify):
    cloudformation = boto3.client("cloudformation", region_name="us-east-1")
    places = {"Accounts": ["123456789012", "111122223333"], "Regions": ["us-east-1", "eu-west-1"]}
    cloudformation.create_stack_set(StackSetName="all", TemplateBody=json.dumps(template(App=APP)))
    cloudformation.create_stack_instances(StackSetName="all", **places)
    found = {(each.account_id, each.region_name) for each in amplify.backends() if each.apps}
    assert found == set(itertools.product(*places.values()))


def test_a_stack_lists_its_resources(client):
    stack = Stack(template(App=APP, Branch=branch()))
    found = stack.client.describe_stack_resources(StackName="site")["StackResources"]
    assert {(each["LogicalResourceId"], each["ResourceType"], each["PhysicalResourceId"]) for each in found} == {
        ("App", "AWS::Amplify::App", the_app(client)["appArn"]),
        ("Branch", "AWS::Amplify::Branch", the_branch(client)["branchArn"]),
    }


# When a domain is made


def made_with(plan):
    with mock_aws(), mock_amplify(domain_plan=plan):
        wanted = {"Status": get("Domain", "DomainStatus")}
        return Stack(template(wanted, App=APP, Branch=branch(), Domain=domain())).outputs["Status"]


def test_a_stack_waits_for_the_certificate_that_reads_bring_about():
    assert made_with(DomainPlan()) == "PENDING_VERIFICATION"


def test_a_stack_does_not_wait_for_the_clock():
    assert made_with(DomainPlan(progress="clock")) == "CREATING"


# Templates of the CDK


@pytest.fixture
def bootstrapped(amplify):
    """Have what ``cdk bootstrap`` leaves behind, which every template of the CDK asks for."""
    parameter = {"Name": "/cdk-bootstrap/hnb659fds/version", "Value": "21", "Type": "String"}
    boto3.client("ssm", region_name="us-east-1").put_parameter(**parameter)


@pytest.mark.usefixtures("bootstrapped")
def test_a_cdk_app_with_all_that_its_constructs_offer(client):
    outputs = Stack(cdk_template("hosting")).outputs
    app = the_app(client)
    assert outputs["AppId"] == app["appId"]
    assert (app["name"], app["description"], app["platform"]) == ("shop", "A shop", "WEB_COMPUTE")
    assert app["repository"] == "https://github.com/me/shop"
    assert app["environmentVariables"] == {"STAGE": "test", "REGION": "us-east-1"}
    assert app["tags"] == {"team": "web"}
    assert [rule["source"] for rule in app["customRules"]] == ["/old", "</^[^.]+$/>"]
    assert app["autoBranchCreationPatterns"] == ["feature/*"]
    assert app["autoBranchCreationConfig"]["environmentVariables"] == {"PREVIEW": "yes"}
    assert "npm run build" in app["buildSpec"]
    assert "X-Answer" in app["customHeaders"]
    branches = {each["branchName"]: each for each in client.list_branches(appId=app["appId"])["branches"]}
    assert branches.keys() == {"main", "feature/hats"}
    assert branches["main"]["environmentVariables"] == {"API": "https://api.example.com"}
    assert branches["feature/hats"]["enablePerformanceMode"] is True
    settings = [each["subDomainSetting"] for each in the_domain(client)["subDomains"]]
    assert [(each["prefix"], each["branchName"]) for each in settings] == [
        ("", "main"),
        ("www", "main"),
        ("feature/hats", "feature/hats"),
    ]
    assert outputs["MainArn"] == branches["main"]["branchArn"]
    assert outputs["DomainStatus"] == "PENDING_VERIFICATION"


@pytest.mark.usefixtures("bootstrapped")
def test_the_least_cdk_app(client):
    stack = Stack(cdk_template("manual"))
    assert stack.outputs == {"AppId": the_app(client)["appId"], "BranchName": "main"}
    stack.delete()
    assert client.list_apps()["apps"] == []


@pytest.mark.usefixtures("bootstrapped")
@pytest.mark.filterwarnings("ignore:Tried to parse AWS..SQS..QueuePolicy:UserWarning")
def test_a_cdk_stack_tells_its_queue_when_a_job_has_ended(amplify, client):
    outputs = Stack(cdk_template("watched")).outputs
    app_id = outputs["AppId"]
    client.start_deployment(appId=app_id, branchName="main", sourceUrl="s3://elsewhere/site.zip")
    amplify.job(app_id, "main").succeed()
    sqs = boto3.client("sqs", region_name="us-east-1")
    (message,) = sqs.receive_message(QueueUrl=outputs["QueueUrl"], MaxNumberOfMessages=10)["Messages"]
    assert f'"appId": "{app_id}"' in message["Body"]
    assert '"jobStatus": "SUCCEED"' in message["Body"]
