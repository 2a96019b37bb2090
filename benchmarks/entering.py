"""What it costs to switch a mock on and off again, as every test does; and a whole small test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import boto3
from moto import mock_aws

from amplify_mock import mock_amplify

from .measuring import Contestant, Limits, Table, medians

MOTO, MOCK = "with mock_aws(): pass", "with mock_amplify(): pass"
MOTO_TEST, MOCK_TEST = "a test with moto", "a test with amplify_mock"


def entering(mock: Callable[[], AbstractContextManager[object]]) -> Contestant:
    def enter_and_exit() -> None:
        with mock():
            pass

    @contextmanager
    def contestant() -> Iterator[Callable[[], object]]:
        yield enter_and_exit

    return contestant


def deploy() -> None:
    with mock_amplify():
        client = boto3.client("amplify", "us-east-1")
        app = client.create_app(name="shop", repository="https://github.com/me/shop", accessToken="t")["app"]["appId"]
        client.create_branch(appId=app, branchName="main")
        client.start_job(appId=app, branchName="main", jobType="RELEASE")
        client.get_job(appId=app, branchName="main", jobId="1")
        client.list_jobs(appId=app, branchName="main")


def monitor() -> None:
    with mock_aws():
        client: Any = boto3.client("amp", "us-east-1")
        workspace = client.create_workspace(alias="shop")["workspaceId"]
        client.describe_workspace(workspaceId=workspace)
        client.update_workspace_alias(workspaceId=workspace, alias="store")
        client.describe_workspace(workspaceId=workspace)
        client.list_workspaces()


def testing(test: Callable[[], None]) -> Contestant:
    """Return a test: enter, make a client of the default session, which is there already, and call it five times."""

    @contextmanager
    def contestant() -> Iterator[Callable[[], object]]:
        boto3.setup_default_session(
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106
        )
        yield test

    return contestant


def measure() -> Iterator[Table | Limits]:
    empty = Table("On and off", medians({MOTO: entering(mock_aws), MOCK: entering(mock_amplify)}, rounds=7, calls=50))
    yield empty
    contestants = {MOTO_TEST: testing(monitor), MOCK_TEST: testing(deploy)}
    whole = Table("Enter, boto3.client, five calls, exit", medians(contestants, rounds=5, calls=8))
    yield whole
    yield Limits("A test", [empty.time(MOCK, 30), whole.ratio(MOCK_TEST, MOTO_TEST, 1 / 8)])
