"""From the properties of a template to the parameters of a call, which have other names and sometimes another form."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

Values = dict[str, Any]


def _members(given: Values, **names: str) -> Values:
    """Return what is given, under the names that the API has for it."""
    return {member: given[name] for name, member in names.items() if name in given}


def pairs(given: Iterable[Values], key: str) -> dict[str, str]:
    """Return a list of names and values, such as tags, as the mapping that the API wants."""
    return {each[key]: each["Value"] for each in given}


def tags(given: Values) -> Values:
    """Return the tags of a new resource."""
    return {"tags": pairs(given["Tags"], "Key")} if given.get("Tags") else {}


def _common(given: Values) -> Values:
    """Return the parameters that apps, branches and automatically created branches have in common."""
    members = _members(
        given,
        BuildSpec="buildSpec",
        ComputeRoleArn="computeRoleArn",
        Description="description",
        EnableAutoBuild="enableAutoBuild",
        EnablePerformanceMode="enablePerformanceMode",
        EnablePullRequestPreview="enablePullRequestPreview",
        Framework="framework",
        PullRequestEnvironmentName="pullRequestEnvironmentName",
        Stage="stage",
    )
    if given.get("EnvironmentVariables"):
        members["environmentVariables"] = pairs(given["EnvironmentVariables"], "Name")
    login = given.get("BasicAuthConfig", {})
    members |= _members(login, EnableBasicAuth="enableBasicAuth")
    if "Username" in login and "Password" in login:
        credentials = f"{login['Username']}:{login['Password']}".encode()
        members["basicAuthCredentials"] = base64.b64encode(credentials).decode()
    return members


def app(given: Values) -> Values:
    """Return the parameters of CreateApp and UpdateApp, but for the tags."""
    members = _common(given) | _members(
        given,
        AccessToken="accessToken",
        CustomHeaders="customHeaders",
        EnableBranchAutoDeletion="enableBranchAutoDeletion",
        IAMServiceRole="iamServiceRoleArn",
        Name="name",
        OauthToken="oauthToken",
        Platform="platform",
        Repository="repository",
    )
    rule = {"Source": "source", "Target": "target", "Status": "status", "Condition": "condition"}
    if given.get("CustomRules"):
        members["customRules"] = [_members(each, **rule) for each in given["CustomRules"]]
    if "CacheConfig" in given:
        members["cacheConfig"] = _members(given["CacheConfig"], Type="type")
    if "JobConfig" in given:
        members["jobConfig"] = _members(given["JobConfig"], BuildComputeType="buildComputeType")
    automatic = given.get("AutoBranchCreationConfig")
    if automatic is not None:
        members["autoBranchCreationConfig"] = _common(automatic)
        members |= _members(
            automatic,
            EnableAutoBranchCreation="enableAutoBranchCreation",
            AutoBranchCreationPatterns="autoBranchCreationPatterns",
        )
    return members


def branch(given: Values) -> Values:
    """Return the parameters of CreateBranch and UpdateBranch, but for the names and the tags."""
    members = _common(given) | _members(given, EnableSkewProtection="enableSkewProtection")
    if "Backend" in given:
        members["backend"] = _members(given["Backend"], StackArn="stackArn")
    return members


def domain(given: Values) -> Values:
    """Return the parameters of CreateDomainAssociation and UpdateDomainAssociation, but for the names."""
    members = _members(
        given,
        AutoSubDomainCreationPatterns="autoSubDomainCreationPatterns",
        AutoSubDomainIAMRole="autoSubDomainIAMRole",
        EnableAutoSubDomain="enableAutoSubDomain",
    )
    setting = {"BranchName": "branchName", "Prefix": "prefix"}
    members["subDomainSettings"] = [_members(each, **setting) for each in given["SubDomainSettings"]]
    if "CertificateSettings" in given:
        members["certificateSettings"] = _members(
            given["CertificateSettings"], CertificateType="type", CustomCertificateArn="customCertificateArn"
        )
    return members
