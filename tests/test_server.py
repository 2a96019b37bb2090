"""The API over HTTP, for other programs than this one: accounts, regions, headers and bodies, on the mock's state."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import json
import logging
import subprocess
import sys
import threading
from email.utils import parsedate_to_datetime

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError

from amplify_mock import mock_amplify
from support.jobs import ZIP
from support.servers import SIGNED, Answer, ask, ask_on, connection_to, new_app, received, send, status_of

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def server(amplify_mock):
    with amplify_mock.serve() as server:
        yield server


# Programs

PROGRAM = """
import json, sys
import boto3
from botocore.config import Config

def client(key, region):
    return boto3.client(
        "amplify", endpoint_url=sys.argv[1], region_name=region, aws_access_key_id=key, aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )

amplify = client("testing", "eu-west-1")
app = amplify.create_app(name="shop", tags={"a": "b"})["app"]
branch = {"appId": app["appId"], "branchName": "feature/x"}
amplify.create_branch(**branch)
found = amplify.get_branch(**branch)["branch"]["branchName"]
try:
    amplify.get_app(appId="d0000000000000")
except amplify.exceptions.NotFoundException as error:
    missing = error.response["Error"]["Message"]
amplify.start_deployment(**branch, sourceUrl="s3://bucket/site.zip")
statuses = [amplify.get_job(**branch, jobId="1")["job"]["summary"]["status"] for _ in range(3)]
other = client("111122223333", "eu-west-1").create_app(name="other")["app"]["appArn"]
print(json.dumps([app["appArn"], found, missing, statuses, other]))
"""


def test_boto3_in_another_process_works_on_the_same_state(amplify_mock, server):
    command = [sys.executable, "-W", "error", "-c", PROGRAM, server.url]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    arn, found, missing, statuses, other = json.loads(run.stdout)
    assert arn.startswith("arn:aws:amplify:eu-west-1:123456789012:apps/")
    assert (found, missing) == ("feature/x", "App d0000000000000 not found.")
    assert statuses == ["RUNNING", "SUCCEED", "SUCCEED"]
    assert other.startswith("arn:aws:amplify:eu-west-1:111122223333:apps/")
    assert amplify_mock.backend("eu-west-1").apps[arn.rpartition("/")[2]].tags == {"a": "b"}


def test_what_clients_of_this_process_make_is_seen_by_others_and_the_other_way_round(server, amplify_client):
    made_here = amplify_client.create_app(name="here")["app"]["appId"]
    assert ask(server, "GET", f"/apps/{made_here}").json["app"]["name"] == "here"
    made_there = new_app(server)["appId"]
    assert amplify_client.get_app(appId=made_there)["app"]["name"] == "shop"


@pytest.mark.parametrize(
    ("key", "region", "place"),
    [
        ("111122223333", "eu-west-1", "eu-west-1:111122223333"),
        ("AKIAIOSFODNN7EXAMPLE", "us-gov-west-1", "us-gov-west-1:123456789012"),
    ],
)
def test_the_credential_scope_tells_account_and_region(server, key, region, place):
    signed = SIGNED.format(key, region)
    assert f":{place}:" in new_app(server, Authorization=signed)["appArn"]
    query = f"?X-Amz-Credential={key}%2F20260101%2F{region}%2Famplify%2Faws4_request&X-Amz-Signature=0"
    assert ask(server, "GET", f"/apps{query}").json["apps"][0]["appArn"].split(":", 3)[3].startswith(place)


@pytest.mark.parametrize("authorization", ["", "Bearer x", "AWS4-HMAC-SHA256 Credential=/, Signature=0"])
def test_without_a_scope_it_is_the_default_account_in_us_east_1(server, authorization):
    assert ":us-east-1:123456789012:" in new_app(server, Authorization=authorization)["appArn"]


def test_many_clients_may_ask_at_once(amplify_mock, server):
    def create():
        with contextlib.closing(connection_to(server)) as connection:
            for _ in range(20):
                assert ask_on(connection, "POST", "/apps", {"name": "shop"}).status == 200

    threads = [threading.Thread(target=create) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(amplify_mock.backend().apps) == 240


def test_a_server_answers_from_its_own_mock_inside_another_one():
    with mock_amplify() as outer, outer.serve() as server, mock_amplify(isolated=True) as inner:
        new_app(server)
        assert (len(outer.backend().apps), len(inner.backend().apps)) == (1, 0)
        assert boto3.client("amplify", region_name="us-east-1").list_apps()["apps"] == []


# HTTP


def test_a_connection_is_kept_alive(server):
    with contextlib.closing(connection_to(server)) as connection:
        ask_on(connection, "GET", "/apps")
        socket = connection.sock
        for method, target in (("POST", "/nothing"), ("GET", "/apps/x"), ("HEAD", "/"), ("GET", "/apps")):
            ask_on(connection, method, target)
        assert connection.sock is socket


def test_an_answer_has_one_of_each_header(server):
    for target in ("/apps", "/apps/x", "/", "/_amplify/clock"):
        names = [name.lower() for name in ask(server, "GET", target).headers]
        assert sorted(names) == sorted(set(names))
        assert {"date", "content-length", "content-type"} <= set(names)
    assert ask(server, "GET", "/apps/x").headers["x-amzn-ErrorType"] == "BadRequestException"


def test_a_path_keeps_its_escapes(server):
    app_id = new_app(server)["appId"]
    ask(server, "POST", f"/apps/{app_id}/branches", {"branchName": "a/b c"})
    assert ask(server, "GET", f"/apps/{app_id}/branches/a%2Fb%20c").json["branch"]["branchName"] == "a/b c"
    assert ask(server, "GET", f"/apps/{app_id}/branches/a/b%20c").status == 404


def test_the_target_may_be_a_whole_url(server):
    assert ask(server, "GET", f"{server.url}/apps?maxResults=1").json == {"apps": []}


def test_head_is_answered_without_a_body(server):
    for target in ("/", "/_amplify/state"):
        answer = ask(server, "HEAD", target)
        assert (answer.status, answer.body) == (200, b"")
        assert int(answer.headers["Content-Length"]) > 0


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/nothing", 404),
        ("PUT", "/apps", 405),
        ("BREW", "/apps", 405),
        ("OPTIONS", "/apps", 405),
        ("POST", "/", 405),
        ("GET", "//apps", 404),
    ],
)
def test_what_there_is_not_is_refused(server, method, target, status):
    answer = ask(server, method, target)
    assert answer.status == status
    assert answer.message


def test_a_body_may_come_in_chunks(server):
    pieces = [b'{"na', b'me": "', b"x" * 100, b'"}']
    assert ask(server, "POST", "/apps", iter(pieces)).json["app"]["name"] == "x" * 100


def test_who_expects_to_be_told_to_continue_is_told(server):
    with contextlib.closing(connection_to(server)) as connection:
        head = "POST /apps HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16\r\nExpect: 100-continue\r\n\r\n"
        connection.connect()
        connection.sock.sendall(head.encode())
        assert received(connection.sock) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sock.sendall(b'{"name": "shop"}')
        assert status_of(received(connection.sock)) == 200


def test_who_expects_to_be_told_to_continue_and_has_nothing_to_send_is_answered(server):
    head = b"GET /apps HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n"
    assert status_of(send(server, head)) == 200


def test_answers_have_the_date_of_the_system_however_far_the_mocks_clock_is_ahead(amplify_mock, server):
    amplify_mock.clock.advance(days=400)
    date = parsedate_to_datetime(ask(server, "GET", "/apps").headers["Date"])
    assert abs(date - datetime.datetime.now(datetime.timezone.utc)) < datetime.timedelta(minutes=1)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP"])
def test_a_body_may_be_compressed(server, encoding):
    body = gzip.compress(b'{"name": "packed"}')
    assert ask(server, "POST", "/apps", body, Content_Encoding=encoding).json["app"]["name"] == "packed"
    assert ask(server, "POST", "/apps", '{"name": "plain"}', Content_Encoding="identity").status == 200


def test_http_1_0_is_answered_too(server):
    answer = send(server, b"GET /apps HTTP/1.0\r\n\r\n")
    assert (status_of(answer), answer.partition(b"\r\n\r\n")[2]) == (200, b'{"apps": []}')


# What goes wrong


def test_an_exception_that_was_asked_for_breaks_the_connection_off(amplify_mock, server):
    amplify_mock.fail("ListApps", ConnectTimeoutError)
    assert send(server, b"GET /apps HTTP/1.1\r\nHost: localhost\r\n\r\n") == b""
    assert ask(server, "GET", "/apps").status == 200
    assert [call.outcome for call in amplify_mock.calls] == ["ConnectTimeoutError", "success"]


def test_an_error_that_was_asked_for_is_answered(amplify_mock, server):
    amplify_mock.fail("ListApps", "ThrottlingException")
    answer = ask(server, "GET", "/apps")
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (400, "ThrottlingException")
    amplify_mock.fail("ListApps", 503)
    assert ask(server, "GET", "/apps")[::2] == (503, b"")
    amplify_mock.fail("ListApps", 599)
    assert ask(server, "GET", "/apps").status == 599


def test_our_own_failure_is_in_the_log_and_not_in_the_answer(server, amplify_mock, monkeypatch, caplog):
    def fail(_):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(amplify_mock, "handle", fail)
    answer = ask(server, "GET", "/apps/secret?secret")
    assert (answer.status, answer.message) == (500, "amplify_mock has failed inside; its log says how.")
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "ZeroDivisionError: secret" in caplog.text
    assert "?secret" not in caplog.text


def test_listeners_hear_of_what_other_programs_do(server, amplify_mock, caplog):
    app_id = new_app(server)["appId"]
    ask(server, "POST", f"/apps/{app_id}/branches", {"branchName": "main"})
    events = []
    amplify_mock.on_event(events.append)
    ask(server, "POST", f"/apps/{app_id}/branches/main/deployments/start", {"sourceUrl": ZIP})
    ask(server, "GET", f"/apps/{app_id}/branches/main/jobs/1")
    assert [event["detail"]["jobStatus"] for event in events] == ["STARTED"]
    amplify_mock.on_event(lambda _: 1 / 0)
    assert ask(server, "GET", f"/apps/{app_id}/branches/main/jobs/1").status == 500
    assert "ZeroDivisionError" in caplog.text


def test_each_request_is_logged_on_one_line(server, caplog):
    caplog.set_level(logging.INFO, "amplify_mock.server")
    ask(server, "GET", "/apps/d1?secret=1", Authorization="secret")
    ask(server, "GET", f"/{'x' * 300}")
    ask(server, "POST", "/apps", {"name": "shop"})
    first, second, third = (record.getMessage() for record in caplog.records)
    assert first.startswith("GET /apps/d1 GetApp 404 NotFoundException ")
    assert first.endswith(" ms")
    assert second.startswith(f"GET /{'x' * 199}... 404 UnknownOperationException ")
    assert third.startswith("POST /apps CreateApp 200 ")
    assert "secret" not in caplog.text


def test_the_texts_of_errors_are_logged_on_demand(server, caplog):
    caplog.set_level(logging.DEBUG, "amplify_mock.server")
    ask(server, "GET", "/apps/d0000000000000")
    assert 'NotFoundException: {"message": "App d0000000000000 not found."}' in caplog.text


def test_an_answer_can_be_read_as_json():
    assert Answer(200, None, b'{"message": "text"}').message == "text"
