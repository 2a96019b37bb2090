"""The calls of botocore's clients: which reach the mock, and that nothing else about them changes."""

import functools
import io
import logging
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import boto3
import botocore.session
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.endpoint import Endpoint, EndpointCreator
from botocore.exceptions import ClientError, ParamValidationError
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.httpsession import URLLib3Session
from botocore.retries.bucket import TokenBucket
from botocore.session import Session
from botocore.signers import RequestSigner
from botocore.stub import Stubber

from amplify_mock import mock_amplify, operations

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


@pytest.fixture
def client():
    """A client that was made while no mock was active."""
    return new_client()


class RawBody(io.BytesIO):
    def stream(self, **_):
        yield self.read()


def respond(status=200, body=b"{}"):
    return AWSResponse("https://example.com/", status, {}, RawBody(body))


@pytest.fixture
def network(monkeypatch):
    """The URLs of all requests that botocore would have sent, each of which is answered with nothing."""
    urls = []

    def send(_self, request):
        urls.append(request.url)
        return respond(body=b"")

    monkeypatch.setattr(URLLib3Session, "send", send)
    return urls


@pytest.fixture
def slept(monkeypatch):
    """The seconds of each sleep, none of which is slept."""
    seconds = []
    monkeypatch.setattr(time, "sleep", seconds.append)
    return seconds


def app_names(client):
    return [app["name"] for app in client.list_apps()["apps"]]


def busy_branch(client):
    """Return the arguments of a StartJob that is refused, because a job of the branch is running."""
    app_id = client.create_app(name="shop", repository="https://github.com/octo/shop", accessToken="t")["app"]["appId"]
    client.create_branch(appId=app_id, branchName="main")
    arguments = {"appId": app_id, "branchName": "main", "jobType": "RELEASE"}
    client.start_job(**arguments)
    return arguments


# Which clients reach the mock


def test_a_client_made_before_the_mock_reaches_it(client, network):
    with mock_amplify() as amplify:
        app_id = client.create_app(name="shop")["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]
    assert network == []


def test_a_client_made_inside_the_mock_reaches_it(network):
    with mock_amplify() as amplify:
        app_id = new_client().create_app(name="shop")["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]
    assert network == []


def test_a_client_made_inside_one_mock_reaches_the_next(network):
    with mock_amplify():
        made_inside = new_client()
    with mock_amplify() as amplify:
        app_id = made_inside.create_app(name="shop")["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]
    assert network == []


def test_a_client_made_before_the_import_reaches_the_mock():
    script = textwrap.dedent(f"""
        import boto3
        client = boto3.client("amplify", region_name="us-east-1", **{KEYS!r})
        bound = client.create_app
        from amplify_mock import mock_amplify
        with mock_amplify() as amplify:
            app_id = bound(name="shop")["app"]["appId"]
            assert list(amplify.backend().apps) == [app_id]
        print("reached")
    """)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (run.stdout, run.stderr) == ("reached\n", "")


def test_a_client_made_before_the_mock_without_credentials_reaches_it(monkeypatch, tmp_path, network):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.Session().client("amplify", region_name="us-east-1")
    with mock_amplify():
        assert client.list_apps()["apps"] == []
    assert network == []


@pytest.mark.parametrize(
    "endpoint_url",
    [
        "http://localhost:4566",
        "https://proxy.example.com/",
        "https://proxy.example.com/aws/amplify",
        "https://proxy.example.com/aws/amplify/",
        "https://proxy.example.com/apps",
        "http://[::1]:4566/a%20b",
        "https://amplify.eu-west-1.amazonaws.com",
    ],
)
@pytest.mark.parametrize("made", ["before", "inside"])
def test_a_client_with_a_custom_endpoint_reaches_the_mock(endpoint_url, made, network):
    client = new_client(endpoint_url=endpoint_url) if made == "before" else None
    with mock_amplify() as amplify:
        client = client or new_client(endpoint_url=endpoint_url)
        app_id = client.create_app(name="shop")["app"]["appId"]
        client.create_branch(appId=app_id, branchName="feature/x")
        assert client.get_branch(appId=app_id, branchName="feature/x")["branch"]["branchName"] == "feature/x"
        assert list(amplify.backend("us-east-1").apps) == [app_id]
    assert network == []


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_AMPLIFY"])
def test_a_client_with_an_endpoint_from_the_environment_reaches_the_mock(monkeypatch, variable, network):
    monkeypatch.setenv(variable, "http://localhost:4566/aws")
    client = new_client()
    with mock_amplify():
        client.create_app(name="shop")
        assert app_names(client) == ["shop"]
        assert app_names(new_client()) == ["shop"]
    assert network == []


@pytest.mark.parametrize(
    "config",
    [
        Config(use_fips_endpoint=True),
        Config(use_dualstack_endpoint=True),
        Config(signature_version=botocore.UNSIGNED),
        Config(signature_version="v4"),
        Config(parameter_validation=False),
        Config(defaults_mode="standard"),
        Config(client_cert="/nowhere/cert.pem", proxies={"https": "http://localhost:9"}),
    ],
)
def test_a_client_with_any_configuration_reaches_the_mock(config, network):
    client = new_client(config=config)
    with mock_amplify():
        assert client.list_apps()["apps"] == []
        assert new_client(config=config).list_apps()["apps"] == []
    assert network == []


def test_clients_of_botocore_sessions_reach_the_mock(network):
    before = botocore.session.get_session().create_client("amplify", region_name="us-east-1", **KEYS)
    with mock_amplify():
        before.create_app(name="shop")
        inside = botocore.session.Session().create_client(service_name="amplify", region_name="us-east-1")
        assert app_names(inside) == ["shop"]
    assert network == []


def test_sessions_made_before_the_mock_make_clients_that_reach_it(network):
    ours, botocores = boto3.Session(**KEYS), botocore.session.Session()
    with mock_amplify():
        ours.client("amplify", "us-east-1").create_app(name="shop")
        assert app_names(botocores.create_client("amplify", "us-east-1")) == ["shop"]
    assert network == []


def test_calls_from_many_threads_reach_one_mock(client, network):
    with mock_amplify() as amplify:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: client.create_app(name=f"app-{number}"), range(40)))
        assert {app.name for app in amplify.backend().apps.values()} == {f"app-{number}" for number in range(40)}
    assert network == []


def test_a_thread_that_runs_since_before_the_mock_reaches_it(client, network):
    begin = threading.Event()

    def work():
        begin.wait(10)
        client.create_app(name="shop")

    thread = threading.Thread(target=work)
    thread.start()
    with mock_amplify():
        begin.set()
        thread.join(10)
        assert app_names(client) == ["shop"]
    assert network == []


def test_each_region_has_its_own_state(client):
    with mock_amplify() as amplify:
        arn = new_client(region_name="eu-west-1").create_app(name="shop")["app"]["appArn"]
        assert arn.startswith("arn:aws:amplify:eu-west-1:")
        assert app_names(client) == []
        assert [app.app_arn for app in amplify.backend("eu-west-1").apps.values()] == [arn]


def test_a_request_signed_by_hand_reaches_the_mock():
    request = AWSRequest("POST", "https://amplify.eu-west-1.amazonaws.com/apps", data=b'{"name": "shop"}')
    SigV4Auth(Credentials("111122223333", "secret"), "amplify", "eu-west-1").add_auth(request)
    with mock_amplify() as amplify:
        answer = requests.post(request.url, request.data, headers=dict(request.headers), timeout=5)
        (app,) = amplify.backend("eu-west-1", "111122223333").apps.values()
    assert answer.status_code == 200
    assert answer.json()["app"]["appId"] == app.app_id


def test_after_the_mock_calls_go_where_they_went_before(client, network):
    with mock_amplify():
        inside = new_client(endpoint_url="https://proxy.example.com/aws")
        client.list_apps()
    client.list_apps()
    inside.list_apps()
    assert network == ["https://amplify.us-east-1.amazonaws.com/apps", "https://proxy.example.com/aws/apps"]


# What the user put in between still works


def test_a_stubber_wins(client):
    with mock_amplify() as amplify, Stubber(client) as stubber:
        stubber.add_response("list_apps", {"apps": []}, {"maxResults": 7})
        stubber.add_client_error("create_app", "LimitExceededException")
        client.list_apps(maxResults=7)
        with pytest.raises(client.exceptions.LimitExceededException):
            client.create_app(name="shop")
        stubber.assert_no_pending_responses()
        assert amplify.backend().apps == {}


def test_after_a_stubber_the_client_reaches_the_mock_again(client):
    with mock_amplify():
        with Stubber(client):
            pass
        client.create_app(name="shop")
        assert app_names(client) == ["shop"]


def watched_call(client, suffix):
    """Return what hooks for all events were given during one call: the event, and the arguments by type."""
    seen = []

    def hook(event_name, **given):
        types = {name: str if isinstance(value, str) else type(value) for name, value in given.items()}
        types.pop("endpoint", None)
        seen.append((event_name, types))

    for event in EVENTS:
        client.meta.events.register(event + suffix, hook, unique_id=event)
    client.list_apps()
    for event in EVENTS:
        client.meta.events.unregister(event + suffix, hook, unique_id=event)
    return seen


@pytest.mark.parametrize("suffix", ["", ".amplify", ".amplify.ListApps"])
def test_hooks_for_every_event_fire_as_they_always_do(client, suffix):
    def answer(**_):
        return respond(body=b'{"apps": []}')

    client.meta.events.register_last("before-send", answer)
    usual = watched_call(client, suffix)
    client.meta.events.unregister("before-send", answer)
    with mock_amplify():
        assert watched_call(client, suffix) == usual
    # The oldest botocore has no before-parse.
    assert {event.partition(".")[0] for event, _ in usual} >= set(EVENTS) - {"before-parse"}


def test_a_hook_for_failed_calls_fires(client, monkeypatch):
    def broken(*_, **__):
        raise KeyError("bug")

    failures = []
    monkeypatch.setitem(operations.OPERATIONS, "list_apps", broken)
    client.meta.events.register("after-call-error.amplify", lambda exception, **_: failures.append(exception))
    with mock_amplify(), pytest.raises(KeyError) as caught:
        client.list_apps()
    assert failures == [caught.value]


def test_hooks_of_the_session_fire(network):
    session = botocore.session.Session()
    urls = []
    session.register("before-send.amplify", lambda request, **_: urls.append(request.url))
    with mock_amplify():
        session.create_client("amplify", region_name="us-east-1").list_apps()
    assert urls == ["https://amplify.us-east-1.amazonaws.com/apps"]
    assert network == []


@pytest.mark.parametrize("register", ["register", "register_first", "register_last"])
@pytest.mark.parametrize("event", ["before-send", "before-send.amplify", "before-send.amplify.CreateApp"])
def test_a_hook_that_answers_wins_and_the_mock_changes_nothing(client, event, register):
    getattr(client.meta.events, register)(event, lambda **_: respond(body=b'{"app": {"name": "from the hook"}}'))
    with mock_amplify() as amplify:
        assert client.create_app(name="shop")["app"] == {"name": "from the hook"}
        assert amplify.backend().apps == {}


def test_a_hook_that_answers_before_the_call_wins(client):
    answer = (respond(), {"apps": [{"name": "from the hook"}]})
    client.meta.events.register("before-call.amplify.ListApps", lambda **_: answer)
    with mock_amplify():
        assert app_names(client) == ["from the hook"]


def test_a_hook_that_raises_stops_the_call(client):
    def refuse(**_):
        raise PermissionError("not from here")

    client.meta.events.register("before-send.amplify", refuse)
    with mock_amplify() as amplify:
        with pytest.raises(PermissionError, match="not from here"):
            client.create_app(name="shop")
        assert amplify.backend().apps == {}


def test_a_hook_may_change_the_parameters(client):
    client.meta.events.register(
        "provide-client-params.amplify.CreateApp", lambda params, **_: {**params, "name": "renamed"}
    )
    with mock_amplify():
        assert client.create_app(name="shop")["app"]["name"] == "renamed"


def test_a_hook_may_change_the_request_before_it_is_signed(client):
    def rename(request, **_):
        request.data = b'{"name": "renamed"}'

    client.meta.events.register_first("request-created.amplify.CreateApp", rename)
    with mock_amplify():
        assert client.create_app(name="shop")["app"]["name"] == "renamed"


@pytest.mark.parametrize("kind", [bytes, bytearray, io.BytesIO, bytes.decode])
def test_a_hook_may_change_the_request_before_it_is_sent(client, kind):
    def rename(request, **_):
        request.body = kind(b'{"name": "renamed"}')

    client.meta.events.register("before-send.amplify.CreateApp", rename)
    with mock_amplify():
        assert client.create_app(name="shop")["app"]["name"] == "renamed"


def test_a_hook_may_change_the_answer(client):
    client.meta.events.register("after-call.amplify.ListApps", lambda parsed, **_: parsed.update(apps=["changed"]))
    with mock_amplify():
        assert client.list_apps()["apps"] == ["changed"]


def test_a_hook_may_call_the_same_client(client):
    seen = []

    def look(**_):
        seen.append(app_names(client))

    client.meta.events.register("before-send.amplify.CreateApp", look)
    with mock_amplify():
        client.create_app(name="shop")
        client.create_app(name="blog")
    assert seen == [[], ["shop"]]


def test_a_hook_registered_inside_the_mock_stays_with_the_client(client, network):
    fired = []
    with mock_amplify():
        client.meta.events.register("before-send", lambda **_: fired.append("inside"))
        client.list_apps()
    client.list_apps()
    assert fired == ["inside", "inside"]
    assert len(network) == 1


def test_wrappers_around_botocores_seam_are_still_called(client, monkeypatch):
    calls = []
    original = Endpoint.make_request

    def traced(self, *args, **kwargs):
        calls.append("traced")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Endpoint, "make_request", traced)
    with mock_amplify():
        assert client.list_apps()["apps"] == []
    assert calls == ["traced"]
    assert Endpoint.make_request is traced


def test_wrappers_made_with_wrapt_are_still_called(client, monkeypatch):
    wrapt = pytest.importorskip("wrapt")
    calls = []

    def traced(wrapped, _instance, args, kwargs):
        calls.append(wrapped.__name__)
        return wrapped(*args, **kwargs)

    monkeypatch.setattr(Endpoint, "make_request", wrapt.FunctionWrapper(Endpoint.make_request, traced))
    monkeypatch.setattr(Session, "create_client", wrapt.FunctionWrapper(Session.create_client, traced))
    with mock_amplify():
        assert client.list_apps()["apps"] == []
        assert new_client().list_apps()["apps"] == []
    assert calls == ["make_request", "create_client", "make_request"]


def test_a_stand_in_for_botocores_seam_wins(client):
    answer = (respond(), {"apps": ["from the stand-in"]})
    with mock.patch.object(Endpoint, "make_request", return_value=answer), mock_amplify():
        assert client.list_apps()["apps"] == ["from the stand-in"]
    with mock.patch.object(Session, "create_client", return_value="from the stand-in"), mock_amplify():
        assert new_client() == "from the stand-in"


def test_a_wrapper_put_around_the_seam_inside_the_mock_works_in_the_next_mock(client, monkeypatch, network):
    calls = []
    # To have the original back after the test, and not what the mock puts there.
    monkeypatch.setattr(Endpoint, "make_request", Endpoint.make_request)
    with mock_amplify():
        ours = Endpoint.make_request

        def traced(self, *args, **kwargs):
            calls.append("traced")
            return ours(self, *args, **kwargs)

        Endpoint.make_request = traced
    client.list_apps()
    with mock_amplify():
        client.create_app(name="shop")
        assert app_names(client) == ["shop"]
    assert calls == ["traced"] * 3
    assert len(network) == 1


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


def test_paginators_walk_through_all_pages(client):
    names = [f"app-{number}" for number in range(7)]
    with mock_amplify():
        for name in names:
            client.create_app(name=name)
        paginator = client.get_paginator("list_apps")
        pages = [len(page["apps"]) for page in paginator.paginate(PaginationConfig={"PageSize": 3})]
        found = list(paginator.paginate(PaginationConfig={"PageSize": 2, "MaxItems": 5}).search("apps[].name"))
        whole = paginator.paginate(PaginationConfig={"PageSize": 3}).build_full_result()
    assert pages == [3, 3, 1]
    assert sorted(found) == sorted(set(found))
    assert len(found) == 5
    assert sorted(app["name"] for app in whole["apps"]) == names


def test_a_paginator_can_be_resumed(client):
    with mock_amplify():
        for number in range(5):
            client.create_app(name=f"app-{number}")
        paginator = client.get_paginator("list_apps")
        first = paginator.paginate(PaginationConfig={"PageSize": 2, "MaxItems": 3}).build_full_result()
        rest = paginator.paginate(
            PaginationConfig={"PageSize": 2, "StartingToken": first["NextToken"]}
        ).build_full_result()
    assert len({app["appId"] for app in [*first["apps"], *rest["apps"]]}) == 5


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

    monkeypatch.setitem(operations.OPERATIONS, "list_apps", broken)
    client = new_client(config=Config(retries={"mode": mode}))
    with mock_amplify(), pytest.raises(type(bug)) as caught:
        client.list_apps()
    assert caught.value is bug
    assert "broken" in [entry.name for entry in caught.traceback]
    assert calls == ["called"]
    assert slept == []


# What is not Amplify's


def test_other_services_reach_the_network_with_their_credentials(network):
    s3 = new_client("s3")
    signed = []
    s3.meta.events.register("before-send", lambda request, **_: signed.append(request.headers["Authorization"]))
    with mock_amplify():
        s3.list_buckets()
        new_client("s3").list_buckets()
    assert len(network) == 2
    assert KEYS["aws_access_key_id"].encode() in signed[0]


@pytest.mark.parametrize("service", ["amplifybackend", "amplifyuibuilder"])
def test_services_with_a_similar_name_are_not_amplify(network, service):
    client = new_client(service)
    operation = {"amplifybackend": "list_s3_buckets", "amplifyuibuilder": "list_codegen_jobs"}[service]
    arguments = {"amplifybackend": {}, "amplifyuibuilder": {"appId": "d123", "environmentName": "dev"}}[service]
    with mock_amplify():
        # An empty answer is none that botocore understands for all of them.
        getattr(client, operation)(**arguments)
    assert len(network) == 1


# Nothing is left behind

BOTOCORE_CLASSES = [
    AWSResponse,
    BaseClient,
    Endpoint,
    EndpointCreator,
    EventAliaser,
    HierarchicalEmitter,
    RequestSigner,
    Session,
    URLLib3Session,
    boto3.Session,
]


def class_contents():
    # By identity, because a wrapper says that it equals what it wraps. Python itself keeps __slotnames__ with classes
    # whose objects are copied.
    contents = {(cls, name): id(value) for cls in BOTOCORE_CLASSES for name, value in vars(cls).items()}
    return {key: value for key, value in contents.items() if key[1] != "__slotnames__"}


def handlers(client):
    emitter = client.meta.events._emitter._handlers
    return {event: list(emitter.prefix_search(event)) for event in [*EVENTS, "after-call-error"]}


def test_botocores_classes_are_as_before(client):
    before = class_contents()
    with mock_amplify():
        assert class_contents() != before
        new_client().list_apps()
        with mock_amplify(isolated=True):
            client.list_apps()
    assert class_contents() == before


def test_botocores_classes_are_as_before_when_a_test_fails(client):
    @mock_amplify
    def fail():
        client.list_apps()
        raise ZeroDivisionError

    before = class_contents()
    with pytest.raises(ZeroDivisionError):
        fail()
    assert class_contents() == before


@pytest.mark.parametrize("mode", RETRY_MODES)
def test_the_client_is_as_before(slept, mode):
    client = new_client(config=Config(retries={"mode": mode}))

    def parts():
        return [handlers(client), *(dict(vars(part)) for part in (client, client._endpoint, client._request_signer))]

    too_many = client.exceptions.LimitExceededException
    before = parts()
    with mock_amplify():
        arguments = busy_branch(client)
        with pytest.raises(too_many):
            client.start_job(**arguments)
        assert parts() == before
    assert parts() == before
    assert sum(slept) == 0


def test_an_asynchronous_endpoint_is_refused_before_it_reaches_the_network(client):
    class AsyncEndpoint(Endpoint):
        async def create_request(self, *_):
            raise AssertionError

    endpoint = AsyncEndpoint("https://amplify.us-east-1.amazonaws.com", "amplify", client.meta.events)
    client._endpoint = endpoint
    with mock_amplify(), pytest.raises(NotImplementedError, match="aiobotocore"):
        client.list_apps()
