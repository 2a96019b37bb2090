"""Clients that are made as a test needs them, and what botocore's own parts would do with their calls."""

import functools
import io

import boto3
from botocore.awsrequest import AWSResponse

KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
EVENTS = [
    "provide-client-params",
    "before-parameter-build",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "before-parse",
    "response-received",
    "needs-retry",
    "after-call",
]
RETRY_MODES = ["legacy", "standard", "adaptive"]


@functools.cache
def session():
    # One for all tests, because it keeps the service models, which take long to load.
    return boto3.Session()


def new_client(service="amplify", **options):
    return session().client(service, **{"region_name": "us-east-1", **KEYS, **options})


class RawBody(io.BytesIO):
    def stream(self, **_):
        yield self.read()


def respond(status=200, body=b"{}"):
    return AWSResponse("https://example.com/", status, {}, RawBody(body))


def app_names(client):
    return [app["name"] for app in client.list_apps()["apps"]]


def busy_branch(client):
    """Return the arguments of a StartJob that is refused, because a job of the branch is running."""
    app_id = client.create_app(name="shop", repository="https://github.com/octo/shop", accessToken="t")["app"]["appId"]
    client.create_branch(appId=app_id, branchName="main")
    arguments = {"appId": app_id, "branchName": "main", "jobType": "RELEASE"}
    client.start_job(**arguments)
    return arguments
