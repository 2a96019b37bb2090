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

from .measuring import Contestant, Limits, Table, medians

APP = "d1a2b3c4d5e6f7"
IN_APP = {"appId": APP}
IN_JOB = {**IN_APP, "branchName": "main", "jobId": "1"}
NEW_JOB = {**IN_APP, "branchName": "main", "jobType": "RELEASE"}


def client(service: str, region: str = "us-east-1") -> Any:
    return boto3.client(service, region, aws_access_key_id="testing", aws_secret_access_key="testing")  # noqa: S106


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
    """Start a mock as it is by default: it checks requests and answers, and notes all calls."""
    with mock_amplify() as amplify:
        # Jobs that end at once, so that any number of them can be started.
        amplify.plan_jobs(JobPlan(progress="instant"))
        amplify.add_app("shop", app_id=APP, branches=["main"], repository="https://github.com/me/shop")
        amplify.add_job(APP, "main")
        yield amplify


@contextmanager
def mocked(method: str, parameters: Mapping[str, str]) -> Iterator[Callable[[], object]]:
    with everything_on():
        asking = client("amplify")
        yield lambda: getattr(asking, method)(**parameters)


OPERATIONS = {"GetApp": ("get_app", IN_APP), "GetJob": ("get_job", IN_JOB), "StartJob": ("start_job", NEW_JOB)}
#: The most that a call may take of what botocore takes for it by itself, and of what moto takes.
MOST = {"GetApp": (0.95, 0.45), "GetJob": (1.00, 0.55), "StartJob": (0.95, 0.45)}
MOTO = "moto, DescribeWorkspace"


def alone(operation: str) -> str:
    return f"botocore alone, {operation}"


def ours(operation: str) -> str:
    return f"amplify_mock, {operation}"


def measure() -> Iterator[Table | Limits]:
    contestants: dict[str, Contestant] = {
        **{alone(name): partial(botocore_alone, *call) for name, call in OPERATIONS.items()},
        **{ours(name): partial(mocked, *call) for name, call in OPERATIONS.items()},
        MOTO: moto,
        "botocore's Stubber, GetApp": stubber,
    }
    table = Table("One call in one process", medians(contestants, rounds=7, calls=200))
    yield table
    limits = []
    for name, (of_floor, of_moto) in MOST.items():
        limits += [table.ratio(ours(name), alone(name), of_floor), table.ratio(ours(name), MOTO, of_moto)]
    yield Limits("A call, validation, response check and call log included", limits)
