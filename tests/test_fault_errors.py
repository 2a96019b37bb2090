"""The errors that a test may ask for: their statuses and texts, and what is refused."""

from __future__ import annotations

import re

import pytest
import requests
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from support.botocore_clients import RETRY_MODES, new_client
from support.clients import client_of, refusal
from support.model import MODEL
from support.world import World

URL = "https://amplify.us-east-1.amazonaws.com/apps"
RATE = "Rate exceeded while calling {}, please slow down or try again later."
CONNECTION_ERRORS = [
    ConnectTimeoutError,
    ReadTimeoutError,
    EndpointConnectionError,
    ConnectionClosedError,
    SSLError,
    ProxyConnectionError,
    HTTPClientError,
]


@pytest.fixture
def client():
    """A client that tries once."""
    return client_of()


def given(amplify_mock, operation, error, **options):
    """Return the error that a call gets, as code, status and message."""
    client = client_of()
    parameters = {
        "ListApps": (client.list_apps, {}),
        "CreateApp": (client.create_app, {"name": "shop"}),
        "GetApp": (client.get_app, {"appId": "d1"}),
        "GetBranch": (client.get_branch, {"appId": "d1", "branchName": "main"}),
        "StartJob": (client.start_job, {"appId": "d1", "branchName": "main", "jobType": "RELEASE"}),
        "StopJob": (client.stop_job, {"appId": "d1", "branchName": "main", "jobId": "7"}),
        "GetWebhook": (client.get_webhook, {"webhookId": "w1"}),
        "GetDomainAssociation": (client.get_domain_association, {"appId": "d1", "domainName": "a.com"}),
        "GetBackendEnvironment": (client.get_backend_environment, {"appId": "d1", "environmentName": "dev"}),
        "TagResource": (client.tag_resource, {"resourceArn": "arn:aws:amplify:x:1:apps/d1", "tags": {"a": "b"}}),
    }
    amplify_mock.fail(operation, error, **options)
    call, members = parameters[operation]
    with pytest.raises(ClientError) as caught:
        call(**members)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


# Errors that the service model has


def test_every_error_that_an_operation_declares_can_be_asked_for(amplify_mock):
    world = World(amplify_mock)
    for name in MODEL.operation_names:
        call = getattr(world.client, "_".join(re.findall("[A-Z][a-z]+", name)).lower())
        for shape in MODEL.operation_model(name).error_shapes:
            amplify_mock.fail(name, shape.name)
            code, status, text = refusal(call, **world.parameters(name))
            assert (code, status) == (shape.name, shape.metadata["error"]["httpStatusCode"])
            assert text
    amplify_mock.assert_no_pending_faults()


def test_a_class_of_the_clients_exceptions_names_its_error(amplify_mock, client):
    assert given(amplify_mock, "GetApp", client.exceptions.NotFoundException)[:2] == ("NotFoundException", 404)


def test_an_error_that_the_operation_does_not_declare_is_refused_unless_forced(amplify_mock):
    with pytest.raises(ValueError, match=r"GetApp does not declare 'LimitExceededException'.*It declares BadRequest"):
        amplify_mock.fail("GetApp", "LimitExceededException")
    code, status, _ = given(amplify_mock, "GetApp", "LimitExceededException", force=True)
    assert (code, status) == ("LimitExceededException", 429)


def test_members_that_the_shape_of_an_error_requires_are_there(amplify_mock, client):
    amplify_mock.fail("ListTagsForResource", "ResourceNotFoundException")
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.list_tags_for_resource(resourceArn="arn:aws:amplify:x:1:apps/d1")
    assert caught.value.response["code"] == "ResourceNotFound"
    assert caught.value.response["message"] == "Resource arn:aws:amplify:x:1:apps/d1 not found."


# Errors that it does not have


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("TooManyRequestsException", 429),
        ("InternalServerError", 500),
        ("InternalFailure", 500),
        ("ServiceUnavailable", 503),
        ("ServiceUnavailableException", 503),
    ],
)
def test_throttling_and_failures_need_no_force(amplify_mock, code, status):
    assert given(amplify_mock, "ListApps", code)[:2] == (code, status)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDeniedException", 403),
        ("ExpiredTokenException", 403),
        ("UnrecognizedClientException", 403),
        ("TeapotException", 400),
    ],
)
def test_any_error_can_be_forced(amplify_mock, code, status):
    assert given(amplify_mock, "ListApps", code, force=True)[:2] == (code, status)


@pytest.mark.parametrize(("status", "text"), [(500, "Internal Server Error"), (503, "Service Unavailable"), (599, "")])
def test_a_failure_without_a_name_comes_without_a_body(amplify_mock, status, text):
    assert given(amplify_mock, "ListApps", status) == (str(status), status, text)
    amplify_mock.fail("ListApps", status)
    assert requests.get(URL).content == b""


def test_a_status_below_500_comes_with_its_reason(amplify_mock):
    assert given(amplify_mock, "ListApps", 429) == ("429", 429, "Too Many Requests")
    assert given(amplify_mock, "ListApps", 403, force=True) == ("403", 403, "Forbidden")


def test_a_status_may_have_a_text(amplify_mock):
    assert given(amplify_mock, "ListApps", 502, message="no upstream") == ("502", 502, "no upstream")
    assert amplify_mock.calls[-1].message == "no upstream"


# Texts


@pytest.mark.parametrize(
    ("operation", "code", "text"),
    [
        ("CreateApp", "ThrottlingException", RATE.format("CreateApp")),
        ("StopJob", "TooManyRequestsException", RATE.format("StopJob")),
        ("StartJob", "LimitExceededException", "The requested branch main already have pending or running jobs"),
        ("CreateApp", "LimitExceededException", "You have reached the maximum number of apps in this account"),
        ("GetApp", "NotFoundException", "App d1 not found."),
        ("GetBranch", "NotFoundException", "Branch main not found."),
        ("GetDomainAssociation", "NotFoundException", "Domain association a.com not found."),
        ("GetBackendEnvironment", "NotFoundException", "BackendEnvironment dev does not exist."),
        ("GetWebhook", "NotFoundException", "The test asked for this NotFoundException."),
        ("GetApp", "InternalFailureException", "The test asked for this InternalFailureException."),
        ("GetApp", "ExpiredTokenException", "The security token included in the request is expired"),
    ],
)  # fmt: skip
def test_the_text_is_that_of_the_real_service_where_it_is_known(amplify_mock, operation, code, text):
    assert given(amplify_mock, operation, code, force=True)[2] == text


@pytest.mark.parametrize(
    ("operation", "resource"),
    [
        ("ListApps", "arn:aws:amplify:us-east-1:123456789012:apps/*"),
        ("GetApp", "arn:aws:amplify:us-east-1:123456789012:apps/d1"),
        ("StopJob", "arn:aws:amplify:us-east-1:123456789012:apps/d1/branches/main/jobs/7"),
        ("GetDomainAssociation", "arn:aws:amplify:us-east-1:123456789012:apps/d1/domains/a.com"),
        ("TagResource", "arn:aws:amplify:x:1:apps/d1"),
    ],
)
def test_who_is_denied_access_is_told_what_to(amplify_mock, operation, resource):
    assert given(amplify_mock, operation, "AccessDeniedException", force=True)[2] == (
        f"User: arn:aws:iam::123456789012:user/testing is not authorized to perform: amplify:{operation} "
        f"on resource: {resource}"
    )


@pytest.mark.parametrize("text", ["", "no {room} left", "ünïcode\n"])
def test_a_text_of_ones_own_is_given_as_it_is(amplify_mock, text):
    assert given(amplify_mock, "CreateApp", "LimitExceededException", message=text)[2] == text


def test_values_of_the_call_do_not_disturb_a_text(amplify_mock, client):
    amplify_mock.fail("GetBranch", "NotFoundException")
    text = refusal(client.get_branch, appId="d1", branchName="a{0}{operation}")[2]
    assert text == "Branch a{0}{operation} not found."


# Connections that fail


@pytest.mark.parametrize("mode", RETRY_MODES)
@pytest.mark.parametrize("error", CONNECTION_ERRORS)
def test_a_connection_error_is_retried_by_botocore_itself_and_raised_in_the_end(amplify_mock, slept, mode, error):
    client = new_client(config=Config(retries={"mode": mode, "total_max_attempts": 3}))
    amplify_mock.fail("ListApps", error)
    with pytest.raises(error) as caught:
        client.list_apps()
    assert type(caught.value) is error
    # The legacy mode knows all but the most general one.
    is_retried = mode != "legacy" or error is not HTTPClientError
    assert len(amplify_mock.calls) == (3 if is_retried else 1)
    assert {(call.outcome, call.status) for call in amplify_mock.calls} == {(error.__name__, None)}
    assert client.list_apps()["apps"] == []
    assert sum(slept) == 0


@pytest.mark.parametrize("error", CONNECTION_ERRORS)
def test_a_connection_error_has_what_botocore_gives_it(amplify_mock, error):
    client = new_client(endpoint_url="http://localhost:1234/prefix", config=Config(retries={"total_max_attempts": 1}))
    amplify_mock.fail("GetApp", error, message="the cable is cut")
    with pytest.raises(error) as caught:
        client.get_app(appId="d1")
    kwargs = caught.value.kwargs
    assert str(kwargs["error"]) == "the cable is cut"
    if "endpoint_url" in error.fmt:
        assert kwargs["endpoint_url"] == "http://localhost:1234/prefix/apps/d1"
        assert kwargs["endpoint_url"] in str(caught.value)
    if error is ConnectionClosedError:
        assert (caught.value.request.method, caught.value.request.url) == ("GET", kwargs["endpoint_url"])


def test_a_connection_error_can_be_an_instance(amplify_mock, client):
    error = ParamValidationError(report="made up")
    amplify_mock.fail("ListApps", error)
    with pytest.raises(ParamValidationError) as caught:
        client.list_apps()
    assert caught.value is error


def test_other_exceptions_of_botocore_are_raised_too(amplify_mock, client):
    amplify_mock.fail("ListApps", NoCredentialsError)
    with pytest.raises(NoCredentialsError, match="Unable to locate credentials"):
        client.list_apps()


def test_requests_signed_by_hand_meet_faults_too(amplify_mock):
    amplify_mock.fail("ListApps", "InternalFailure")
    amplify_mock.fail("ListApps", ConnectTimeoutError)
    assert requests.get(URL).status_code == 500
    with pytest.raises(ConnectTimeoutError, match=re.escape(URL)):
        requests.get(URL)


# What is refused


class OwnError(BotoCoreError):
    fmt = "{who} did it"


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"error": ClientError}, TypeError, "names no error. Give the error's code, such as 'LimitExceededException'"),
        ({"error": ValueError}, TypeError, "<class 'ValueError'> names no error"),
        ({"error": ValueError("x")}, TypeError, "names no error"),
        ({"error": True}, TypeError, "True names no error"),
        ({"error": None}, TypeError, "None names no error"),
        ({"error": OwnError}, TypeError, "OwnError cannot be made without its own arguments ('who'): give an instance"),
        ({"error": SSLError(endpoint_url="x", error="y"), "message": "z"}, TypeError, "has its message already"),
        ({"error": 200, "force": True}, ValueError, "200 is no status that a fault may have: 500 to 599 and 429"),
        ({"error": 404}, ValueError, "with force=True everything from 400 on"),
        ({"error": 600, "force": True}, ValueError, "600 is no status"),
        ({"error": "NotFoundExeption"}, ValueError, "Did you mean 'NotFoundException'?"),
        ({"error": "Teapot"}, ValueError, "any operation may answer ThrottlingException, TooManyRequestsException"),
        ({"error": "two words", "force": True}, ValueError, "'two words' is no error code"),
        ({"error": "NotFoundException", "message": 3}, TypeError, "message must be a string, and not 3"),
        ({"error": 503, "times": 0}, ValueError, "times must be 1 or more, and not 0"),
        ({"error": 503, "times": True}, TypeError, "times must be a whole number or None, and not True"),
        ({"error": 503, "times": 1.5}, TypeError, "times must be a whole number or None, and not 1.5"),
        ({"error": 503, "app_id": "d1"}, TypeError, "has no input member 'app_id'. Did you mean 'appId'?"),
        ({"error": 503, "branchName": "x"}, TypeError, "Its members are: appId."),
    ],
)
def test_what_cannot_be_given_is_refused_with_advice(amplify_mock, options, kind, text):
    error = options.pop("error")
    with pytest.raises(kind, match=re.escape(text)):
        amplify_mock.fail("GetApp", error, **options)
    amplify_mock.assert_no_pending_faults()


@pytest.mark.parametrize(
    ("operation", "near"),
    [("start_job", "StartJob"), ("Startjob", "StartJob"), ("StratJob", "StartJob"), ("list_apps", "ListApps")],
)
def test_an_unknown_operation_is_refused_with_the_nearest_name(amplify_mock, operation, near):
    text = f"'{operation}' is no operation of the service. Did you mean '{near}'? The operations are: CreateApp, "
    for refused in (
        lambda: amplify_mock.fail(operation, 503),
        lambda: amplify_mock.delay(operation, seconds=1),
        lambda: amplify_mock.on(operation),
        lambda: amplify_mock.assert_called(operation),
        lambda: amplify_mock.assert_not_called(operation),
    ):
        with pytest.raises(ValueError, match=re.escape(text)):
            refused()


@pytest.mark.parametrize("operation", ["xyz", "", None, 3])
def test_what_is_near_no_operation_is_refused_without_a_guess(amplify_mock, operation):
    with pytest.raises(ValueError, match=r"is no operation of the service\. The operations are"):
        amplify_mock.fail(operation, 503)


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_a_delay_takes_time(amplify_mock, seconds):
    with pytest.raises(ValueError, match="seconds must be more than 0"):
        amplify_mock.delay("ListApps", seconds=seconds)


@pytest.mark.parametrize("seconds", [True, "3", None])
def test_a_delay_is_a_number(amplify_mock, seconds):
    with pytest.raises(TypeError, match="seconds must be a number"):
        amplify_mock.delay("ListApps", seconds=seconds)


def test_no_input_member_has_the_name_of_an_option():
    options = {"times", "message", "force", "after", "per_attempt", "seconds"}
    for name in MODEL.operation_names:
        assert not options & MODEL.operation_model(name).input_shape.members.keys()
