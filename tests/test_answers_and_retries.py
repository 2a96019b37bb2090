"""What a client makes of answers and errors, and that its retries do not sleep."""

import logging

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from botocore.retries.bucket import TokenBucket
from botocore.retryhandler import EXCEPTION_MAP

from amplify_mock import mock_amplify, operations
from support.botocore_clients import RETRY_MODES, busy_branch, new_client, respond


@pytest.fixture
def client():
    """A client that was made while no mock was active."""
    return new_client()


# Answers and errors


def test_response_metadata_is_complete(client):
    with mock_amplify():
        first, second = client.list_apps()["ResponseMetadata"], client.list_apps()["ResponseMetadata"]
    assert (first["HTTPStatusCode"], first["RetryAttempts"]) == (200, 0)
    assert first["RequestId"] == first["HTTPHeaders"]["x-amzn-requestid"]
    assert first["HTTPHeaders"]["content-type"] == "application/json"
    assert {"date", "content-length"} <= first["HTTPHeaders"].keys()
    assert first["RequestId"] != second["RequestId"]


def test_errors_have_response_metadata(client):
    with mock_amplify(), pytest.raises(ClientError) as caught:
        client.get_app(appId="d123")
    metadata = caught.value.response["ResponseMetadata"]
    assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (404, 0)
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]
    assert caught.value.response["Error"] == {"Code": "NotFoundException", "Message": "App d123 not found."}
    assert caught.value.operation_name == "GetApp"


def test_the_clients_exception_classes_catch_errors(client):
    with mock_amplify():
        with pytest.raises(client.exceptions.NotFoundException):
            client.get_app(appId="d123")
        with pytest.raises(client.exceptions.BadRequestException):
            client.create_app(name="shop", platform="MAINFRAME")


def test_botocore_validates_parameters_first(client):
    with mock_amplify(), pytest.raises(ParamValidationError):
        client.create_app()


def test_botocores_debug_log_of_a_call_has_its_request_and_response(client, caplog):
    with mock_amplify(), caplog.at_level(logging.DEBUG, "botocore"):
        client.create_app(name="shop")
    assert "Sending http request" in caplog.text
    assert "Response body" in caplog.text


# Retries


@pytest.mark.parametrize(("mode", "retries"), [("legacy", 4), ("standard", 2), ("adaptive", 2)])
def test_errors_are_retried_as_often_as_always_but_nobody_sleeps(slept, mode, retries):
    client = new_client(config=Config(retries={"mode": mode}))
    with mock_amplify() as amplify:
        arguments = busy_branch(client)
        with pytest.raises(client.exceptions.LimitExceededException) as caught:
            client.start_job(**arguments)
        assert list(amplify.backend().apps[arguments["appId"]].branches["main"].jobs) == ["1"]
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == retries
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert sum(slept) == 0


@pytest.mark.parametrize("mode", RETRY_MODES)
@pytest.mark.parametrize("attempts", [1, 2, 6])
def test_the_configured_number_of_attempts_is_kept(slept, mode, attempts):
    client = new_client(config=Config(retries={"mode": mode, "total_max_attempts": attempts}))
    with mock_amplify():
        arguments = busy_branch(client)
        with pytest.raises(client.exceptions.LimitExceededException) as caught:
            client.start_job(**arguments)
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == attempts - 1
    assert sum(slept) == 0


@pytest.mark.parametrize("mode", RETRY_MODES)
def test_hooks_see_every_attempt(slept, mode):
    client = new_client(config=Config(retries={"mode": mode, "total_max_attempts": 3}))
    attempts = []
    with mock_amplify():
        arguments = busy_branch(client)
        client.meta.events.register("before-send.amplify.StartJob", lambda request, **_: attempts.append(request))
        with pytest.raises(client.exceptions.LimitExceededException):
            client.start_job(**arguments)
    assert len({id(each) for each in attempts}) == 3
    assert sum(slept) == 0


def test_the_adaptive_mode_does_not_hold_back_the_next_call(slept, monkeypatch):
    held_back = []
    monkeypatch.setattr(TokenBucket, "acquire", lambda *_, **__: held_back.append("held back"))
    client = new_client(config=Config(retries={"mode": "adaptive"}))
    with mock_amplify():
        arguments = busy_branch(client)
        with pytest.raises(client.exceptions.LimitExceededException):
            client.start_job(**arguments)
        client.list_apps()
    assert held_back == []
    assert sum(slept) == 0


def test_the_adaptive_mode_still_holds_back_after_the_mock_what_it_held_back_before(slept, monkeypatch, network):
    held_back = []
    monkeypatch.setattr(TokenBucket, "acquire", lambda *_, **__: held_back.append("held back"))
    client = new_client(config=Config(retries={"mode": "adaptive", "total_max_attempts": 1}))
    throttle = respond(429, b'{"message": "slow down", "__type": "ThrottlingException"}')
    client.meta.events.register("before-send", lambda **_: throttle, unique_id="throttle")
    with pytest.raises(ClientError):
        client.list_apps()
    client.meta.events.unregister("before-send", unique_id="throttle")
    with mock_amplify():
        client.list_apps()
    held_back.clear()
    client.list_apps()
    assert held_back == ["held back"]
    assert len(network) == 1


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_retry_sleep_brings_the_waits_back(slept, mode):
    client = new_client(config=Config(retries={"mode": mode}))
    with mock_amplify(retry_sleep=True):
        arguments = busy_branch(client)
        with pytest.raises(client.exceptions.LimitExceededException) as caught:
            client.start_job(**arguments)
    assert len(slept) == caught.value.response["ResponseMetadata"]["RetryAttempts"]
    assert all(seconds > 0 for seconds in slept)


def test_retry_sleep_lets_the_adaptive_mode_hold_back_the_next_call(slept, monkeypatch):
    held_back = []
    monkeypatch.setattr(TokenBucket, "acquire", lambda *_, **__: held_back.append("held back"))
    client = new_client(config=Config(retries={"mode": "adaptive", "total_max_attempts": 2}))
    with mock_amplify(retry_sleep=True):
        arguments = busy_branch(client)
        with pytest.raises(client.exceptions.LimitExceededException):
            client.start_job(**arguments)
    assert held_back == ["held back"]
    assert sum(slept) > 0


def test_a_hook_may_ask_for_a_retry_which_does_not_sleep(client, slept):
    client.meta.events.register_first(
        "needs-retry.amplify.ListApps", lambda attempts, **_: 60 if attempts < 3 else None
    )
    with mock_amplify():
        assert client.list_apps()["ResponseMetadata"]["RetryAttempts"] == 2
    assert slept == [0, 0]


def test_a_hook_that_says_yes_to_a_retry_does_not_sleep(client, slept):
    client.meta.events.register_first("needs-retry.amplify.ListApps", lambda attempts, **_: attempts < 3 or None)
    with mock_amplify():
        assert client.list_apps()["ResponseMetadata"]["RetryAttempts"] == 2
    assert sum(slept) == 0


def test_retries_of_other_services_still_sleep(slept):
    s3 = new_client("s3", config=Config(retries={"mode": "standard"}))
    s3.meta.events.register("before-send", lambda **_: respond(503, b""))
    with mock_amplify(), pytest.raises(ClientError):
        s3.list_buckets()
    assert len(slept) == 2
    assert sum(slept) > 0


@pytest.mark.parametrize("mode", RETRY_MODES)
@pytest.mark.parametrize("bug", [KeyError("bug"), ConnectionError("bug"), TimeoutError("bug"), AssertionError("bug")])
def test_a_bug_inside_the_mock_surfaces_as_itself_and_unretried(monkeypatch, slept, mode, bug):
    calls = []

    def broken(*_, **__):
        calls.append("called")
        raise bug

    # aiobotocore, once imported, has botocore's legacy mode retry more, such as TimeoutError, in the whole process.
    retried = EXCEPTION_MAP["GENERAL_CONNECTION_ERROR"]
    own = [each for each in retried if each.__module__ == "botocore.exceptions"]
    monkeypatch.setitem(EXCEPTION_MAP, "GENERAL_CONNECTION_ERROR", own)
    monkeypatch.setitem(operations.OPERATIONS, "list_apps", broken)
    client = new_client(config=Config(retries={"mode": mode}))
    with mock_amplify(), pytest.raises(type(bug)) as caught:
        client.list_apps()
    assert caught.value is bug
    assert "broken" in [entry.name for entry in caught.traceback]
    assert calls == ["called"]
    assert slept == []
