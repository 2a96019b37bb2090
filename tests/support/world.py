"""One resource of every kind, and values that the shapes of the service model allow."""

from __future__ import annotations

import contextlib
import datetime

from botocore.model import ListShape, MapShape, StructureShape

from support.clients import client_of
from support.jobs import TEST_PHASE
from support.model import MODEL

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


# New names where the name of what is there already does not do.
LEAST = {
    ("CreateBranch", "branchName"): "new",
    ("CreateDomainAssociation", "domainName"): "new.com",
    ("CreateBackendEnvironment", "environmentName"): "new",
    ("CreateDomainAssociation", "subDomainSettings"): [{"prefix": "www", "branchName": "main"}],
    ("StartJob", "jobType"): "RELEASE",
}


class World:
    """One resource of every kind, and the names by which operations find them."""

    def __init__(self, amplify):
        self.amplify = amplify
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

    @contextlib.contextmanager
    def rolled_back(self):
        """Take back at the end what was done in between: to make another world takes longer."""
        saved = self.amplify.snapshot()
        try:
            yield
        finally:
            self.amplify.restore(saved)

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
