"""A call of a boto3 client in one process, beside what botocore takes for it by itself.

That is the time of a client whose requests are signed as ever, and answered by a handler right before they are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.stub import Stubber
from moto import mock_aws

from amplify_mock import AmplifyMock, JobPlan, mock_amplify

from .measuring import Table, medians

APP = "d1a2b3c4d5e6f7"
IN_APP = {"appId": APP}
IN_JOB = {**IN_APP, "branchName": "main", "jobId": "1"}
NEW_JOB = {**IN_APP, "branchName": "main", "jobType": "RELEASE"}


def client(service: str) -> Any:
    return boto3.client(service, "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")  # noqa: S106


class Raw:
    """A body that was read at once."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self._body


def recorded(method: str, parameters: Mapping[str, str]) -> tuple[bytes, dict[str, Any]]:
    """Return what the mock answers: the body, and what botocore makes of it."""
    bodies = []
    with everything_on():
        asking = client("amplify")
        asking.meta.events.register("after-call", lambda http_response, **_: bodies.append(http_response.content))
        parsed = getattr(asking, method)(**parameters)
    del parsed["ResponseMetadata"]
    return bodies[0], parsed


@contextmanager
def botocore_alone(method: str, parameters: Mapping[str, str]) -> Iterator[Callable[[], object]]:
    body, _ = recorded(method, parameters)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    asking = client("amplify")
    asking.meta.events.register("before-send", lambda request, **_: AWSResponse(request.url, 200, headers, Raw(body)))
    yield lambda: getattr(asking, method)(**parameters)


@contextmanager
def stubber() -> Iterator[Callable[[], object]]:
    _, parsed = recorded("get_app", IN_APP)
    asking = client("amplify")
    with Stubber(asking) as stub:

        def call() -> object:
            # Without it there is nothing to ask for.
            stub.add_response("get_app", parsed, IN_APP)
            return asking.get_app(**IN_APP)

        yield call


@contextmanager
def moto() -> Iterator[Callable[[], object]]:
    with mock_aws():
        asking = client("amp")
        workspace = asking.create_workspace(alias="shop")["workspaceId"]
        yield lambda: asking.describe_workspace(workspaceId=workspace)


@contextmanager
def everything_on() -> Iterator[AmplifyMock]:
    with mock_amplify(quotas="aws", uploads="required", seed=1) as amplify:
        amplify.on_event(lambda _: None)
        amplify.fail("DeleteApp", "InternalFailureException")
        amplify.plan_jobs(JobPlan(progress="instant"))
        amplify.add_app("shop", app_id=APP, branches=["main"], repository="https://github.com/me/shop")
        amplify.add_job(APP, "main")
        yield amplify


@contextmanager
def mocked(method: str, parameters: Mapping[str, str]) -> Iterator[Callable[[], object]]:
    with everything_on():
        asking = client("amplify")
        yield lambda: getattr(asking, method)(**parameters)


def measure() -> Table:
    alone = "botocore alone, signed and answered before sending"
    contestants = {
        f"{alone}, GetApp": partial(botocore_alone, "get_app", IN_APP),
        f"{alone}, GetJob": partial(botocore_alone, "get_job", IN_JOB),
        "amplify_mock, GetApp": partial(mocked, "get_app", IN_APP),
        "amplify_mock, GetJob": partial(mocked, "get_job", IN_JOB),
        "amplify_mock, StartJob": partial(mocked, "start_job", NEW_JOB),
        "moto, DescribeWorkspace": moto,
        "botocore's Stubber, GetApp": stubber,
    }
    return Table("One call in one process", medians(contestants, rounds=7, calls=200))
