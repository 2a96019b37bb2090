"""What the user put into a client still works: hooks, stubs and wrappers."""

import io
from unittest import mock

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.endpoint import Endpoint
from botocore.hooks import EVENT_ALIASES
from botocore.session import Session
from botocore.stub import Stubber

from amplify_mock import mock_amplify, operations
from support.botocore_clients import EVENTS, app_names, new_client, respond


@pytest.fixture
def client():
    """A client that was made while no mock was active."""
    return new_client()


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


def test_a_stand_in_for_what_makes_clients_wins(monkeypatch):
    stand_in = object()
    monkeypatch.setattr(Session, "create_client", lambda *_, **__: stand_in)
    with mock_amplify():
        assert new_client() is stand_in


# Names of events


def heard(client, registered, emitted):
    """Say whether a handler that is registered for one name hears of an event of another one."""
    calls = []
    client.meta.events.register(registered, lambda **_: calls.append(emitted))
    client.meta.events.emit(emitted)
    return bool(calls)


@pytest.mark.parametrize("name", ["logs", "cloudwatch-logs"])
def test_aliases_of_event_names_hold_for_clients_of_a_mock(name):
    with mock_amplify():
        for _ in range(2):
            client = new_client()
            assert heard(client, f"asked.{name}", "asked.cloudwatch-logs.PutLogEvents")
            assert heard(client, "asked.cloudwatch-logs", f"asked.{name}.PutLogEvents")
            assert not heard(client, f"asked.{name}", "asked.events.PutEvents")


def test_aliases_that_were_changed_hold_for_clients_that_are_made_since(monkeypatch):
    with mock_amplify():
        before = new_client()
        assert not heard(before, "asked.shop", "asked.store")
        monkeypatch.setitem(EVENT_ALIASES, "shop", "store")
        assert heard(new_client(), "asked.shop", "asked.store")
        assert not heard(before, "asked.shop", "asked.store")


# Who asks


def user_agents(client, *calls):
    """Return the User-Agent of each call as a handler sees it right before it would be sent: its parts, sorted."""
    seen = []
    parts = lambda request: sorted(request.headers["User-Agent"].decode().replace(",", " ").split())  # noqa: E731
    client.meta.events.register_first("before-send.amplify", lambda request, **_: seen.append(parts(request)))
    for call in calls:
        call(client)
    return seen


def test_the_user_agent_is_that_of_the_client_and_of_the_features_in_use():
    calls = [
        lambda client: client.list_apps(),
        lambda client: list(client.get_paginator("list_apps").paginate()),
        lambda client: client.list_apps(),
    ]
    configs = [None, Config(user_agent_extra="shop/1"), Config(user_agent="shop"), Config(retries={"mode": "standard"})]
    for config in configs:
        client = boto3.client("amplify", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b", config=config)
        alone = boto3.client("amplify", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b", config=config)
        alone.meta.events.register("before-send.amplify", lambda **_: respond(body=b'{"apps": []}'))
        expected = user_agents(alone, *calls)
        with mock_amplify():
            assert user_agents(client, *calls) == expected
        assert expected[0] == expected[2]


def test_the_user_agent_follows_what_its_client_is_told_later(client):
    with mock_amplify():
        before, after = user_agents(client, lambda asking: asking.list_apps(), change_and_list)
    assert [part for part in after if part not in before] == ["shop/2"]


def change_and_list(client):
    client._client_config.user_agent_extra = "shop/2"
    client.list_apps()


def test_what_answers_may_look_at_all_headers(client, monkeypatch):
    seen = []
    with mock_amplify() as amplify:
        answer = amplify.handle
        monkeypatch.setattr(amplify, "handle", lambda request: seen.append(request.headers) or answer(request))
        client.list_apps()
    [headers] = seen
    assert len(headers) == len(dict(headers)) > 0
    assert {"user-agent", "amz-sdk-invocation-id"} <= dict(headers).keys()
