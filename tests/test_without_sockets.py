"""The mock in this process opens no socket: it works where pytest-socket refuses them all."""

from __future__ import annotations

import pytest

pytest.importorskip("pytest_socket")

TESTS = """
import hashlib, http.client, socket

import boto3, httpx, pytest, requests, urllib3
from amplify_mock import mock_amplify

PAGE = b"<p>Hats"

def deployed(client):
    branch = {"appId": client.create_app(name="shop")["app"]["appId"], "branchName": "main"}
    client.create_branch(**branch)
    deployment = client.create_deployment(**branch, fileMap={"index.html": hashlib.md5(PAGE).hexdigest()})
    requests.put(deployment["fileUploadUrls"]["index.html"], data=PAGE).raise_for_status()
    client.start_deployment(**branch, jobId=deployment["jobId"])
    while client.get_job(**branch, jobId="1")["job"]["summary"]["status"] in ("PENDING", "RUNNING"):
        pass
    return f"https://main.{branch['appId']}.amplifyapp.com/"

def test_sockets_are_refused():
    with pytest.warns(UserWarning), pytest.raises(RuntimeError):
        socket.socket()

def test_the_fixture(amplify_client):
    deployed(amplify_client)

@mock_amplify
def test_clients_of_all_kinds():
    url = deployed(boto3.client("amplify"))
    connection = http.client.HTTPSConnection(url.split("/")[2])
    connection.request("GET", "/")
    answers = [requests.get(url).content, httpx.get(url).content, urllib3.request("GET", url).data]
    assert [*answers, connection.getresponse().read()] == [PAGE] * 4

def test_a_client_from_before(client):
    with mock_amplify() as amplify:
        amplify.fail("ListApps", "ThrottlingException", times=1, per_attempt=True)
        assert client.list_apps()["apps"] == []

@pytest.fixture(scope="module")
def client():
    return boto3.client("amplify", region_name="us-east-1")
"""


def test_it_works_where_all_sockets_are_refused(pytester):
    pytester.makepyfile(TESTS)
    result = pytester.runpytest("-p", "no:randomly", "-p", "no:asyncio", "--disable-socket")
    result.assert_outcomes(passed=4)
