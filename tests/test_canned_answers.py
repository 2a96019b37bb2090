"""Answers that a test gives by itself, checked against the service model; and faults that nobody has met."""

from __future__ import annotations

import datetime
import re
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import ANY

import pytest
from botocore.exceptions import ConnectTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from amplify_mock import mock_amplify
from support.botocore_clients import new_client
from support.clients import body, client_of
from support.jobs import UTC, new_branch
from support.model import MODEL
from support.outcomes import outcome
from support.world import World, values

JOB = {
    "summary": {
        "jobArn": "arn",
        "jobId": "7",
        "commitId": "HEAD",
        "commitMessage": "",
        "commitTime": datetime.datetime(2024, 2, 8, 21, 54, 42, 398000, UTC),
        "startTime": datetime.datetime(2024, 2, 8, 21, 54, 43, 0, UTC),
        "status": "SUCCEED",
        "jobType": "RELEASE",
    },
    "steps": [],
}


@pytest.fixture
def client():
    """A client that tries once."""
    return client_of()


@pytest.fixture
def app(client):
    """What CreateApp has answered for an app."""
    return client.create_app(name="shop")["app"]


def test_a_canned_answer_stands_in_for_the_operation(amplify_mock, client):
    amplify_mock.on("GetJob", appId="d1").respond({"job": JOB})
    answer = client.get_job(appId="d1", branchName="main", jobId="7")
    assert body(answer) == {"job": JOB}
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert amplify_mock.backend().apps == {}
    assert outcome(client.get_job, appId="d2", branchName="main", jobId="7") == "NotFoundException"


def test_what_boto3_has_answered_can_be_answered_again(amplify_mock, client, app):
    renamed = client.get_app(appId=app["appId"])
    renamed["app"]["name"] = "renamed"
    amplify_mock.on("GetApp").respond(renamed)
    assert body(client.get_app(appId="d1")) == body(renamed)


@pytest.mark.parametrize("name", sorted(MODEL.operation_names))
def test_every_operation_can_have_a_canned_answer(amplify_mock, name):
    world = World(amplify_mock)
    (answer,) = values(MODEL.operation_model(name).output_shape)
    amplify_mock.on(name).respond(answer)
    call = getattr(world.client, "_".join(re.findall("[A-Z][a-z]+", name)).lower())
    assert body(call(**world.parameters(name))) == answer


def test_an_answer_is_kept_as_it_was_when_it_was_given(amplify_mock, client, app):
    answer = {"app": app}
    amplify_mock.on("GetApp").respond(answer)
    answer["app"] = {**app, "name": "changed"}
    app["name"] = "changed"
    assert client.get_app(appId="d1")["app"]["name"] == "shop"


def test_answers_with_a_count_come_in_their_order_before_the_last_standing_one(amplify_mock, client, app):
    def named(name):
        return {"app": {**app, "name": name}}

    amplify_mock.on("GetApp").respond(named("always"))
    amplify_mock.on("GetApp").respond(named("twice"), times=2).respond(named("once"), times=1)
    amplify_mock.on("GetApp", appId=ANY).respond(named("last"))
    names = [client.get_app(appId="d1")["app"]["name"] for _ in range(5)]
    assert names == ["twice", "twice", "once", "last", "last"]


def test_a_call_that_has_no_canned_answer_left_is_answered_by_the_operation(amplify_mock, client, app):
    amplify_mock.on("GetApp").respond({"app": {**app, "name": "canned"}}, times=1)
    assert [client.get_app(appId=app["appId"])["app"]["name"] for _ in range(2)] == ["canned", "shop"]


def test_faults_come_before_canned_answers_and_delays_before_both(amplify_mock, client, app):
    amplify_mock.on("GetApp").respond({"app": app})
    amplify_mock.fail("GetApp", "InternalFailure")
    amplify_mock.delay("GetApp", seconds=5, times=2)
    assert outcome(client.get_app, appId="d1") == "InternalFailure"
    assert client.get_app(appId="d1")["app"]["name"] == "shop"
    assert amplify_mock.clock.passed == datetime.timedelta(seconds=10)


def test_a_fault_after_the_change_runs_the_operation_and_uses_no_canned_answer(amplify_mock, client, app):
    amplify_mock.on("CreateApp").respond({"app": app}, times=1)
    amplify_mock.fail("CreateApp", "InternalFailure", after=True)
    assert outcome(client.create_app, name="blog") == "InternalFailure"
    assert [each.name for each in amplify_mock.backend().apps.values()] == ["shop", "blog"]
    assert client.create_app(name="blog")["app"] == app


def test_a_call_that_is_tried_again_without_need_keeps_its_answer(amplify_mock, app):
    client = new_client()
    client.meta.events.register_first("needs-retry.amplify.GetApp", lambda attempts, **_: attempts < 3 or None)
    amplify_mock.on("GetApp").respond({"app": app}, times=1)
    answer = client.get_app(appId="d1")
    assert (answer["app"]["name"], answer["ResponseMetadata"]["RetryAttempts"]) == ("shop", 2)


def test_canned_answers_are_counted_exactly_in_many_threads(amplify_mock, client, app):
    amplify_mock.on("GetApp").respond({"app": app}, times=9)
    with ThreadPoolExecutor(16) as threads:
        calls = [threads.submit(client.get_app, appId="d1") for _ in range(40)]
    assert [call.exception() for call in calls].count(None) == 9


# What is refused


def test_an_answer_must_have_what_the_model_requires_unless_it_is_as_recorded(amplify_mock):
    text = (
        "the answer to GetApp breaks the service model: 3 validation errors detected: Value null at 'app.description'"
    )
    with pytest.raises(ValueError, match=re.escape(text)) as caught:
        amplify_mock.on("GetApp").respond({"app": without("description", "tags", "repository", "platform")})
    assert 'mock_amplify(fidelity="recorded") lets members be absent' in str(caught.value)
    with mock_amplify(isolated=True, fidelity="recorded") as recorded:
        recorded.on("GetApp").respond({"app": {"name": "shop"}})
        assert body(client_of().get_app(appId="d1")) == {"app": {"name": "shop"}}


def without(*names):
    (answer,) = values(MODEL.operation_model("GetApp").output_shape)
    return {name: member for name, member in answer["app"].items() if name not in names}


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"aps": []}, "at 'aps' failed to satisfy constraint: Member must be one of ListAppsResult: [apps, nextToken]"),
        ({"apps": {}}, "Value '{}' at 'apps' failed to satisfy constraint: Member must be of type list"),
        ({"apps": [], "nextToken": 3}, "at 'nextToken' failed to satisfy constraint: Member must be of type string"),
        ({"apps": [{"name": "", "nme": "x"}]}, "Value at 'apps.1.member.nme' failed"),
        ({"apps": [{"name": ""}]}, "at 'apps.1.member.name' failed to satisfy constraint: Member must have length"),
        ({"apps": [{"createTime": "now"}]}, "at 'apps.1.member.createTime' failed to satisfy constraint: Member"),
        ({"apps": [{"defaultDomain": ""}]},
         "at 'apps.1.member.defaultDomain' failed to satisfy constraint: Member must have length greater than or"),
        ({"apps": [{"platform": "X"}]}, "Member must satisfy enum value set: [WEB, WEB_DYNAMIC, WEB_COMPUTE]"),
        ({"apps": [{"tags": {"a": 1}}]}, "at 'apps.1.member.tags' failed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("fidelity", ["model", "recorded"])
def test_an_answer_that_breaks_the_model_is_refused_at_once(fidelity, answer, text):
    with mock_amplify(isolated=True, fidelity=fidelity) as amplify:
        with pytest.raises(ValueError, match=re.escape(text)):
            amplify.on("ListApps").respond(answer)
        amplify.assert_no_pending_faults()


def test_unknown_members_are_found_in_maps_too(amplify_mock):
    (answer,) = values(MODEL.operation_model("CreateDeployment").output_shape)
    amplify_mock.on("CreateDeployment").respond(answer)
    with pytest.raises(ValueError, match=r"Value at 'stray' .* one of CreateDeploymentResult"):
        amplify_mock.on("CreateDeployment").respond({**answer, "stray": None})
    with pytest.raises(ValueError, match=r"one of TagResourceResponse: \[nothing\]"):
        amplify_mock.on("TagResource").respond({"tags": {}})


def test_secrets_in_a_wrong_answer_are_not_shown(amplify_mock):
    with pytest.raises(ValueError, match="Sensitive Data Redacted") as caught:
        amplify_mock.on("GetApp").respond({"app": {**without(), "basicAuthCredentials": ["secret"]}})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("answer", [None, [], "app", 3])
def test_an_answer_is_a_dict(amplify_mock, answer):
    with pytest.raises(TypeError, match="the answer to GetApp must be a dict, as boto3 gives it, and not"):
        amplify_mock.on("GetApp").respond(answer)


@pytest.mark.parametrize(("times", "kind"), [(0, ValueError), (-1, ValueError), (True, TypeError), ("2", TypeError)])
def test_the_count_of_an_answer_is_a_number_from_one_on(amplify_mock, times, kind):
    with pytest.raises(kind, match="times must be"):
        amplify_mock.on("ListApps").respond({"apps": []}, times=times)


# Pending


def test_nothing_is_pending_when_everything_was_used(amplify_mock, client):
    amplify_mock.assert_no_pending_faults()
    amplify_mock.fail("ListApps", "InternalFailure", times=2)
    amplify_mock.fail("ListApps", "ServiceUnavailable", times=None)
    amplify_mock.delay("ListApps", seconds=1)
    amplify_mock.on("GetApp").respond({"app": without()}, times=1)
    for _ in range(3):
        outcome(client.list_apps)
    client.get_app(appId="d1")
    amplify_mock.assert_no_pending_faults()


def test_what_is_pending_is_listed_with_the_calls_that_came_near(amplify_mock, client):
    branch = new_branch(client)
    amplify_mock.fail("GetBranch", "InternalFailure", times=3)
    amplify_mock.fail("GetApp", ConnectTimeoutError, times=None, appId="d9")
    amplify_mock.delay("StopJob", seconds=1.5, branchName="main")
    amplify_mock.on("ListApps", maxResults=2).respond({"apps": []})
    amplify_mock.fail("CreateApp", 503, accessToken="secret", name="blog")
    outcome(client.get_branch, **branch)
    client.get_app(appId=branch["appId"])
    with pytest.raises(AssertionError) as caught:
        amplify_mock.assert_no_pending_faults()
    app_id = branch["appId"]
    assert str(caught.value).splitlines() == [
        "5 of 5 faults, delays and canned answers are pending:",
        "  fail('GetBranch', 'InternalFailure', times=3): used once",
        f"    near: GetBranch(appId='{app_id}', branchName='main'): InternalFailure",
        "  fail('GetApp', ConnectTimeoutError, times=None, appId='d9'): never used",
        f"    near: GetApp(appId='{app_id}'): success  [appId is '{app_id}', not 'd9']",
        "  delay('StopJob', seconds=1.5, times=1, branchName='main'): never used",
        "  on('ListApps', maxResults=2).respond(..., times=None): never used",
        "  fail('CreateApp', 503, times=1, accessToken='***', name='blog'): never used",
        "    near: CreateApp(name='shop'): success  [accessToken is not given, name is 'shop', not 'blog']",
    ]


def test_only_a_few_near_calls_are_listed(amplify_mock, client):
    amplify_mock.fail("GetApp", "InternalFailure", appId="d9")
    for number in range(8):
        outcome(client.get_app, appId=f"d{number}")
    with pytest.raises(AssertionError) as caught:
        amplify_mock.assert_no_pending_faults()
    assert str(caught.value).count("near:") == 3


def test_an_instance_is_named_as_it_shows_itself(amplify_mock):
    amplify_mock.fail("GetApp", ConnectTimeoutError(endpoint_url="https://example.com"))
    with pytest.raises(AssertionError, match=re.escape("fail('GetApp', ConnectTimeoutError('Connect timeout on")):
        amplify_mock.assert_no_pending_faults()


@given(times=st.integers(1, 4), calls=st.integers(0, 6))
def test_a_fault_is_pending_until_its_times_are_used_up(times, calls):
    client = client_of()
    with mock_amplify(isolated=True) as amplify:
        amplify.fail("ListApps", "UnauthorizedException", times=times)
        for _ in range(calls):
            outcome(client.list_apps)
        if calls < times:
            with pytest.raises(AssertionError, match="1 of 1 faults, delays"):
                amplify.assert_no_pending_faults()
        else:
            amplify.assert_no_pending_faults()


def test_an_answer_that_was_begun_and_not_given_is_pending(amplify_mock):
    answers = amplify_mock.on("GetApp", appId="d1")
    with pytest.raises(AssertionError, match=r"on\('GetApp', appId='d1'\), which nothing responds to: never used"):
        amplify_mock.assert_no_pending_faults()
    with pytest.raises(TypeError):
        answers.respond("text")
    amplify_mock.assert_no_pending_faults()
