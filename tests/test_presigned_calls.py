"""URLs that a client signs for calls of the API lead to the mock, and are not signed with real credentials."""

from __future__ import annotations

import datetime

import boto3
import botocore.session
import httpx
import pytest
import requests
import urllib3
from botocore.credentials import RefreshableCredentials

from amplify_mock import mock_amplify


def refreshed():
    pytest.fail("the credentials were refreshed")


@pytest.fixture
def client():
    """A client whose real credentials have to be refreshed before they can be used."""
    session = botocore.session.get_session()
    expired = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    session._credentials = RefreshableCredentials("AKIAREAL", "real", "real", expired, refreshed, "test")
    return session.create_client("amplify", region_name="eu-west-1")


def test_a_presigned_url_reads_no_real_credentials(client):
    with mock_amplify():
        url = client.generate_presigned_url("list_apps")
    assert "Credential=testing%2F" in url


def test_a_presigned_url_is_answered_by_the_mock(client):
    with mock_amplify():
        client.create_app(name="shop")
        answer = requests.get(client.generate_presigned_url("list_apps"), timeout=1)
    assert [app["name"] for app in answer.json()["apps"]] == ["shop"]


@pytest.mark.parametrize(
    "get", [requests.get, httpx.get, urllib3.PoolManager().request], ids=["requests", "httpx", "urllib3"]
)
@pytest.mark.parametrize("signed", ["query", "headers"])
def test_a_signed_request_is_answered_from_its_account(get, signed):
    key = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "x"}
    other = boto3.Session(**key, region_name="us-east-1").client("amplify")
    with mock_amplify():
        other.create_app(name="shop")
        url, headers = other.generate_presigned_url("list_apps"), {}
        if signed == "headers":
            url = url.partition("?")[0]
            headers["Authorization"] = (
                "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/amplify/aws4_request"
            )
        given = ("GET", url) if get.__name__ == "request" else (url,)
        answer = get(*given, headers=headers)
        assert [app["name"] for app in answer.json()["apps"]] == ["shop"]


def test_urls_of_other_services_are_signed_as_always():
    session = boto3.Session(aws_access_key_id="AKIAREAL", aws_secret_access_key="x", region_name="us-east-1")
    table = {"TableName": "t"}
    client = session.client("dynamodb")
    with mock_amplify():
        assert "Credential=AKIAREAL%2F" in client.generate_presigned_url("describe_table", table)
    assert "Credential=AKIAREAL%2F" in client.generate_presigned_url("describe_table", table)
