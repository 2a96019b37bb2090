"""Stacks of moto's CloudFormation: put together, deployed, and asked for their outputs."""

from __future__ import annotations

import json
from pathlib import Path

import boto3

# By now: an inner run of pytest would forget what is first imported in it, and its import is then seen by no mock.
import moto.cloudformation.parsing  # noqa: F401
import pytest
from botocore.exceptions import ClientError

CDK = Path(__file__).parent.parent / "cdk"

APP = {"Type": "AWS::Amplify::App", "Properties": {"Name": "shop"}}


def get(logical_id, attribute):
    return {"Fn::GetAtt": [logical_id, attribute]}


def app(**properties):
    return {"Type": "AWS::Amplify::App", "Properties": {"Name": "shop", **properties}}


def branch(app_id=None, **properties):
    named = {"AppId": app_id or get("App", "AppId"), "BranchName": "main"}
    return {"Type": "AWS::Amplify::Branch", "Properties": {**named, **properties}}


def domain(app_id=None, **properties):
    named = {
        "AppId": app_id or get("App", "AppId"),
        "DomainName": "example.com",
        "SubDomainSettings": [{"Prefix": "www", "BranchName": get("Branch", "BranchName")}],
    }
    return {"Type": "AWS::Amplify::Domain", "Properties": {**named, **properties}}


def template(outputs=None, **resources):
    """Return a template with resources by their logical ids."""
    return {"Resources": resources, "Outputs": {name: {"Value": value} for name, value in (outputs or {}).items()}}


def cdk_template(name):
    """Return a template as the CDK has made it."""
    return (CDK / f"{name}.template.json").read_text("utf-8")


class Stack:
    """One stack, whose changes are deployed at once."""

    def __init__(self, template, region="us-east-1", session=boto3, **parameters):
        self.client = session.client("cloudformation", region_name=region)
        self.client.create_stack(**self._given(template, parameters))

    def _given(self, template, parameters):
        return {
            "StackName": "site",
            "TemplateBody": template if isinstance(template, str) else json.dumps(template),
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            "Capabilities": ["CAPABILITY_IAM"],
        }

    def update(self, template, **parameters):
        self.client.update_stack(**self._given(template, parameters))

    def delete(self):
        self.client.delete_stack(StackName="site")

    @property
    def _described(self):
        return self.client.describe_stacks(StackName="site")["Stacks"][0]

    @property
    def status(self):
        return self._described["StackStatus"]

    @property
    def outputs(self):
        return {each["OutputKey"]: each["OutputValue"] for each in self._described["Outputs"]}


def refused(template, **parameters):
    """Return what CloudFormation says to a template that it refuses."""
    return refusal_of(lambda: Stack(template, **parameters))


def refusal_of(act):
    with pytest.raises(ClientError) as caught:
        act()
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationError"
    return error["Message"]
