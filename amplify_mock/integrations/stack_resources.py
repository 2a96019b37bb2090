"""The resources of Amplify as CloudFormation has them: their properties, and what it calls Amplify for."""

from __future__ import annotations

import abc
import contextlib
from typing import Any, ClassVar

from . import stack_parameters
from .stack_calls import Account, NotFound, Refused
from .stack_parameters import Values
from .templates import ListOf, Properties, properties

_VARIABLES = ListOf(properties("Name", "Value", Name=str, Value=str))
_TAGS = ListOf(properties("Key", "Value", Key=str, Value=str))
_APP_LOGIN = properties(EnableBasicAuth=bool, Username=str, Password=str)
_BRANCH_LOGIN = properties("Username", "Password", **_APP_LOGIN.of)


class Resource(abc.ABC):
    """One resource of a stack. To make it is to create it.

    Attributes:
        properties: what a template may say of it.
        attributes: what a template may ask of it with ``Fn::GetAtt``.
        identity: the properties that cannot change: another value means another resource.
        account: where it is.
        arn: its ARN, which is what ``Ref`` gives.
    """

    properties: ClassVar[Properties]
    attributes: ClassVar[frozenset[str]]
    identity: ClassVar[tuple[str, ...]] = ()

    def __init__(self, account: Account, given: Values) -> None:
        self.account = account
        self._identity = self._identity_in(given)
        self._answer: Values = {}
        self.create(given)

    @property
    @abc.abstractmethod
    def arn(self) -> str: ...

    @abc.abstractmethod
    def create(self, given: Values) -> None:
        """Create it."""

    @abc.abstractmethod
    def update(self, given: Values) -> None:
        """Change it. A property that is not given stays as it is, as with the API."""

    def settle(self) -> None:  # noqa: B027  (most resources are ready at once)
        """Wait until it is what it was made or changed to be.

        Raises:
            Refused: when that has failed.
        """

    @abc.abstractmethod
    def _delete(self) -> None: ...

    @abc.abstractmethod
    def attribute(self, name: str) -> Any:
        """Return one of its attributes, as it was when it was made or changed."""

    def delete(self) -> None:
        """Delete it, if it is still there."""
        with contextlib.suppress(NotFound):
            self._delete()

    def stays_with(self, given: Values) -> bool:
        """Say whether it is still the same resource with other properties."""
        return self._identity == self._identity_in(given)

    def _identity_in(self, given: Values) -> list[Any]:
        return [given.get(name) for name in self.identity]

    def _tag(self, given: Values) -> None:
        """Let it have the tags that are given, and no others."""
        wanted = stack_parameters.pairs(given.get("Tags", ()), "Key")
        present = self.account.call("ListTagsForResource", resourceArn=self.arn).get("tags", {})
        if gone := sorted(present.keys() - wanted.keys()):
            self.account.call("UntagResource", resourceArn=self.arn, tagKeys=gone)
        if new := dict(sorted(wanted.items() - present.items())):
            self.account.call("TagResource", resourceArn=self.arn, tags=new)


class App(Resource):
    """``AWS::Amplify::App``."""

    properties: ClassVar[Properties] = properties(
        "Name",
        AccessToken=str,
        AutoBranchCreationConfig=properties(
            AutoBranchCreationPatterns=ListOf(str),
            BasicAuthConfig=_APP_LOGIN,
            BuildSpec=str,
            EnableAutoBranchCreation=bool,
            EnableAutoBuild=bool,
            EnablePerformanceMode=bool,
            EnablePullRequestPreview=bool,
            EnvironmentVariables=_VARIABLES,
            Framework=str,
            PullRequestEnvironmentName=str,
            Stage=str,
        ),
        BasicAuthConfig=_APP_LOGIN,
        BuildSpec=str,
        CacheConfig=properties(Type=str),
        ComputeRoleArn=str,
        CustomHeaders=str,
        CustomRules=ListOf(properties("Source", "Target", Condition=str, Source=str, Status=str, Target=str)),
        Description=str,
        EnableBranchAutoDeletion=bool,
        EnvironmentVariables=_VARIABLES,
        IAMServiceRole=str,
        JobConfig=properties("BuildComputeType", BuildComputeType=str),
        Name=str,
        OauthToken=str,
        Platform=str,
        Repository=str,
        Tags=_TAGS,
    )
    attributes: ClassVar[frozenset[str]] = frozenset({"AppId", "AppName", "Arn", "DefaultDomain"})
    _members: ClassVar[dict[str, str]] = {"AppId": "appId", "AppName": "name", "DefaultDomain": "defaultDomain"}

    @property
    def arn(self) -> str:
        return str(self._answer["appArn"])

    def create(self, given: Values) -> None:
        members = {**stack_parameters.app(given), **stack_parameters.tags(given)}
        self._answer = self.account.call("CreateApp", **members)["app"]

    def update(self, given: Values) -> None:
        answer = self.account.call("UpdateApp", appId=self._answer["appId"], **stack_parameters.app(given))
        self._answer = answer["app"]
        self._tag(given)

    def _delete(self) -> None:
        self.account.call("DeleteApp", appId=self._answer["appId"])

    def attribute(self, name: str) -> Any:
        return self.arn if name == "Arn" else self._answer[self._members[name]]


class Branch(Resource):
    """``AWS::Amplify::Branch``."""

    properties: ClassVar[Properties] = properties(
        "AppId",
        "BranchName",
        AppId=str,
        Backend=properties(StackArn=str),
        BasicAuthConfig=_BRANCH_LOGIN,
        BranchName=str,
        BuildSpec=str,
        ComputeRoleArn=str,
        Description=str,
        EnableAutoBuild=bool,
        EnablePerformanceMode=bool,
        EnablePullRequestPreview=bool,
        EnableSkewProtection=bool,
        EnvironmentVariables=_VARIABLES,
        Framework=str,
        PullRequestEnvironmentName=str,
        Stage=str,
        Tags=_TAGS,
    )
    attributes: ClassVar[frozenset[str]] = frozenset({"Arn", "BranchName"})
    identity: ClassVar[tuple[str, ...]] = ("AppId", "BranchName")

    @property
    def arn(self) -> str:
        return str(self._answer["branchArn"])

    @property
    def _name(self) -> Values:
        app_id, branch_name = self._identity
        return {"appId": app_id, "branchName": branch_name}

    def create(self, given: Values) -> None:
        members = {**stack_parameters.branch(given), **stack_parameters.tags(given)}
        self._answer = self.account.call("CreateBranch", **self._name, **members)["branch"]

    def update(self, given: Values) -> None:
        self._answer = self.account.call("UpdateBranch", **self._name, **stack_parameters.branch(given))["branch"]
        self._tag(given)

    def _delete(self) -> None:
        self.account.call("DeleteBranch", **self._name)

    def attribute(self, name: str) -> Any:
        return self.arn if name == "Arn" else self._answer["branchName"]


class Domain(Resource):
    """``AWS::Amplify::Domain``."""

    properties: ClassVar[Properties] = properties(
        "AppId",
        "DomainName",
        "SubDomainSettings",
        AppId=str,
        AutoSubDomainCreationPatterns=ListOf(str),
        AutoSubDomainIAMRole=str,
        CertificateSettings=properties(CertificateType=str, CustomCertificateArn=str),
        DomainName=str,
        EnableAutoSubDomain=bool,
        SubDomainSettings=ListOf(properties("BranchName", "Prefix", BranchName=str, Prefix=str)),
    )
    _certificate: ClassVar[dict[str, str]] = {
        "CertificateArn": "customCertificateArn",
        "CertificateType": "type",
        "CertificateVerificationDNSRecord": "certificateVerificationDNSRecord",
    }
    attributes: ClassVar[frozenset[str]] = frozenset(
        {
            "Arn",
            "AutoSubDomainCreationPatterns",
            "AutoSubDomainIAMRole",
            "Certificate",
            "CertificateRecord",
            "DomainName",
            "DomainStatus",
            "EnableAutoSubDomain",
            "StatusReason",
            "UpdateStatus",
            *(f"Certificate.{name}" for name in _certificate),
        }
    )
    identity: ClassVar[tuple[str, ...]] = ("AppId", "DomainName")
    # CloudFormation waits until a new one, or one that was changed, is in none of these any more.
    _passing: ClassVar[tuple[str, ...]] = ("CREATING", "REQUESTING_CERTIFICATE", "IN_PROGRESS", "UPDATING")

    @property
    def arn(self) -> str:
        return str(self._answer["domainAssociationArn"])

    @property
    def _name(self) -> Values:
        app_id, domain_name = self._identity
        return {"appId": app_id, "domainName": domain_name}

    def create(self, given: Values) -> None:
        answer = self.account.call("CreateDomainAssociation", **self._name, **stack_parameters.domain(given))
        self._answer = answer["domainAssociation"]

    def update(self, given: Values) -> None:
        answer = self.account.call("UpdateDomainAssociation", **self._name, **stack_parameters.domain(given))
        self._answer = answer["domainAssociation"]

    def settle(self) -> None:
        """Read it as often as reads move it on; when the clock or the test is to do that, moto does not wait for it."""
        before = ""
        while self._answer["domainStatus"] in self._passing and self._answer["domainStatus"] != before:
            before = self._answer["domainStatus"]
            self._answer = self.account.call("GetDomainAssociation", **self._name)["domainAssociation"]
        if self._answer["domainStatus"] == "FAILED":
            raise Refused(
                f"Resource of type 'AWS::Amplify::Domain' with identifier '{self.arn}' did not stabilize. "
                f"{self._answer.get('statusReason', '')}".rstrip()
            )

    def _delete(self) -> None:
        self.account.call("DeleteDomainAssociation", **self._name)

    def attribute(self, name: str) -> Any:
        answer = self._answer
        certificate = {name: answer.get("certificate", {}).get(member) for name, member in self._certificate.items()}
        return {
            "Arn": self.arn,
            "AutoSubDomainCreationPatterns": answer.get("autoSubDomainCreationPatterns", []),
            "AutoSubDomainIAMRole": answer.get("autoSubDomainIAMRole", ""),
            "Certificate": {name: value for name, value in certificate.items() if value is not None},
            "CertificateRecord": answer.get("certificateVerificationDNSRecord", ""),
            "DomainName": answer["domainName"],
            "DomainStatus": answer["domainStatus"],
            "EnableAutoSubDomain": str(answer["enableAutoSubDomain"]).lower(),
            "StatusReason": answer.get("statusReason") or "No reason found",
            "UpdateStatus": answer.get("updateStatus", ""),
            **{f"Certificate.{name}": value or "" for name, value in certificate.items()},
        }[name]


RESOURCES: dict[str, type[Resource]] = {
    "AWS::Amplify::App": App,
    "AWS::Amplify::Branch": Branch,
    "AWS::Amplify::Domain": Domain,
}
