"""What the user put into a client of aiobotocore still works: hooks of both kinds, stubs and wrappers."""

import asyncio
import io
from unittest import mock

import pytest

from amplify_mock import mock_amplify, operations
from support.botocore_clients import EVENTS

pytest.importorskip("aiobotocore")

from aiobotocore.endpoint import AioEndpoint
from aiobotocore.session import AioSession
from aiobotocore.stub import AioStubber
from botocore.endpoint import Endpoint

from support.aiobotocore_clients import app_names, new_client, respond


@pytest.fixture
async def client():
    """A client that was made while no mock was active."""
    async with new_client() as client:
        yield client


@pytest.fixture(params=["function", "coroutine function"])
def hook(request):
    """What makes a hook of a function: the function, or a coroutine function that awaits something first."""

    def as_coroutine_function(function):
        async def awaited(**given):
            await asyncio.sleep(0)
            return function(**given)

        return awaited

    return as_coroutine_function if request.param == "coroutine function" else lambda function: function


# Every hook sees what it sees without a mock


async def watched_call(client, suffix, hook):
    """Return what hooks for all events were given during one call: the event, and the arguments by type."""
    seen = []

    def watch(event_name, **given):
        types = {name: str if isinstance(value, str) else type(value) for name, value in given.items()}
        types.pop("endpoint", None)
        seen.append((event_name, types))

    watching = hook(watch)
    for event in EVENTS:
        client.meta.events.register(event + suffix, watching, unique_id=event)
    await client.list_apps()
    for event in EVENTS:
        client.meta.events.unregister(event + suffix, watching, unique_id=event)
    return seen


@pytest.mark.parametrize("suffix", ["", ".amplify", ".amplify.ListApps"])
async def test_hooks_for_every_event_fire_as_they_always_do(client, suffix, hook):
    def answer(**_):
        return respond(body=b'{"apps": []}')

    client.meta.events.register_last("before-send", answer)
    usual = await watched_call(client, suffix, hook)
    client.meta.events.unregister("before-send", answer)
    with mock_amplify():
        assert await watched_call(client, suffix, hook) == usual
    # The oldest botocore has no before-parse.
    assert {event.partition(".")[0] for event, _ in usual} >= set(EVENTS) - {"before-parse"}


async def test_a_hook_for_failed_calls_fires(client, monkeypatch, hook):
    def broken(*_, **__):
        raise KeyError("bug")

    failures = []
    monkeypatch.setitem(operations.OPERATIONS, "list_apps", broken)
    client.meta.events.register("after-call-error.amplify", hook(lambda exception, **_: failures.append(exception)))
    with mock_amplify(), pytest.raises(KeyError) as caught:
        await client.list_apps()
    assert failures == [caught.value]


async def test_hooks_of_the_session_fire():
    session, urls = AioSession(), []
    session.register("before-send.amplify", lambda request, **_: urls.append(request.url))
    with mock_amplify():
        async with session.create_client("amplify", region_name="us-east-1") as client:
            await client.list_apps()
    assert urls == ["https://amplify.us-east-1.amazonaws.com/apps"]


# Hooks that answer, change or refuse


@pytest.mark.parametrize("register", ["register", "register_first", "register_last"])
@pytest.mark.parametrize("event", ["before-send", "before-send.amplify", "before-send.amplify.CreateApp"])
async def test_a_hook_that_answers_wins_and_the_mock_changes_nothing(client, event, register, hook):
    answer = hook(lambda **_: respond(body=b'{"app": {"name": "from the hook"}}'))
    getattr(client.meta.events, register)(event, answer)
    with mock_amplify() as amplify:
        assert (await client.create_app(name="shop"))["app"] == {"name": "from the hook"}
        assert amplify.backend().apps == {}


async def test_a_hook_that_answers_before_the_call_wins(client, hook):
    answer = (respond(), {"apps": [{"name": "from the hook"}]})
    client.meta.events.register("before-call.amplify.ListApps", hook(lambda **_: answer))
    with mock_amplify():
        assert await app_names(client) == ["from the hook"]


async def test_a_hook_that_raises_stops_the_call(client, hook):
    def refuse(**_):
        raise PermissionError("not from here")

    client.meta.events.register("before-send.amplify", hook(refuse))
    with mock_amplify() as amplify:
        with pytest.raises(PermissionError, match="not from here"):
            await client.create_app(name="shop")
        assert amplify.backend().apps == {}


async def test_a_hook_may_change_the_parameters(client, hook):
    rename = hook(lambda params, **_: {**params, "name": "renamed"})
    client.meta.events.register("provide-client-params.amplify.CreateApp", rename)
    with mock_amplify():
        assert (await client.create_app(name="shop"))["app"]["name"] == "renamed"


async def test_a_hook_may_change_the_request_before_it_is_signed(client, hook):
    def rename(request, **_):
        request.data = b'{"name": "renamed"}'

    client.meta.events.register_first("request-created.amplify.CreateApp", hook(rename))
    with mock_amplify():
        assert (await client.create_app(name="shop"))["app"]["name"] == "renamed"


@pytest.mark.parametrize("kind", [bytes, bytearray, io.BytesIO, bytes.decode])
async def test_a_hook_may_change_the_request_before_it_is_sent(client, kind, hook):
    def rename(request, **_):
        request.body = kind(b'{"name": "renamed"}')

    client.meta.events.register("before-send.amplify.CreateApp", hook(rename))
    with mock_amplify():
        assert (await client.create_app(name="shop"))["app"]["name"] == "renamed"


async def test_a_hook_may_change_the_answer(client, hook):
    change = hook(lambda parsed, **_: parsed.update(apps=["changed"]))
    client.meta.events.register("after-call.amplify.ListApps", change)
    with mock_amplify():
        assert (await client.list_apps())["apps"] == ["changed"]


async def test_a_hook_may_call_the_same_client(client):
    seen = []

    async def look(**_):
        seen.append(await app_names(client))

    client.meta.events.register("before-send.amplify.CreateApp", look)
    with mock_amplify():
        await client.create_app(name="shop")
        await client.create_app(name="blog")
    assert seen == [[], ["shop"]]


@pytest.mark.parametrize("wait", [60, True])
async def test_a_hook_may_ask_for_a_retry_which_does_not_sleep(client, hook, wait, monkeypatch):
    slept, sleep = [], asyncio.sleep
    client.meta.events.register_first(
        "needs-retry.amplify.ListApps", hook(lambda attempts, **_: wait if attempts < 3 else None)
    )
    monkeypatch.setattr(asyncio, "sleep", lambda delay, *_: slept.append(delay) or sleep(0))
    with mock_amplify():
        assert (await client.list_apps())["ResponseMetadata"]["RetryAttempts"] == 2
    assert set(slept) == {0}


async def test_nothing_is_signed(client):
    headers = []
    client.meta.events.register("before-send", lambda request, **_: headers.append(set(request.headers)))
    with mock_amplify():
        await client.list_apps()
    assert not {"Authorization", "X-Amz-Date"} & headers[0]


async def test_a_hook_that_chooses_the_signature_does_not_bring_the_real_key_back(client, hook):
    signed = []
    client.meta.events.register("choose-signer", hook(lambda **_: "v4"))
    client.meta.events.register("before-send", lambda request, **_: signed.append(request.headers["Authorization"]))
    with mock_amplify():
        assert await app_names(client) == []
    assert b"Credential=testing/" in signed[0]


async def test_a_hook_registered_inside_the_mock_stays_with_the_client(client):
    fired = []
    with mock_amplify():
        client.meta.events.register("before-send", lambda **_: fired.append("inside"))
        await client.list_apps()
    client.meta.events.register("before-send", lambda **_: respond(body=b'{"apps": []}'))
    await client.list_apps()
    assert fired == ["inside", "inside"]


# Stubs, wrappers and stand-ins


async def test_a_stubber_wins(client):
    with mock_amplify() as amplify, AioStubber(client) as stubber:
        stubber.add_response("list_apps", {"apps": []}, {"maxResults": 7})
        stubber.add_client_error("create_app", "LimitExceededException")
        await client.list_apps(maxResults=7)
        with pytest.raises(client.exceptions.LimitExceededException):
            await client.create_app(name="shop")
        stubber.assert_no_pending_responses()
        assert amplify.backend().apps == {}


async def test_after_a_stubber_the_client_reaches_the_mock_again(client):
    with mock_amplify():
        with AioStubber(client):
            pass
        await client.create_app(name="shop")
        assert await app_names(client) == ["shop"]


async def test_wrappers_around_the_seam_are_still_called(client, monkeypatch):
    calls = []
    original = Endpoint.make_request

    def traced(self, *args, **kwargs):
        calls.append("traced")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Endpoint, "make_request", traced)
    with mock_amplify():
        assert await app_names(client) == []
    assert calls == ["traced"]


async def test_a_stand_in_for_the_seam_wins(client):
    answer = (respond(), {"apps": ["from the stand-in"]})
    with mock.patch.object(AioEndpoint, "make_request", mock.AsyncMock(return_value=answer)), mock_amplify():
        assert (await client.list_apps())["apps"] == ["from the stand-in"]


async def test_nothing_of_a_client_is_changed(client):
    def contents():
        return {name: id(value) for name, value in [*vars(client).items(), *vars(client._endpoint).items()]}

    before = contents()
    with mock_amplify():
        await client.list_apps()
        assert contents() == before
    assert contents() == before
