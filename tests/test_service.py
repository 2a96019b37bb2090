"""The service layer serves any rest-json service: here a small one that has what Amplify lacks."""

from __future__ import annotations

import json
from random import Random

import pytest
from botocore.model import ServiceModel

from amplify_mock.clock import Clock
from amplify_mock.controls.canned_answers import canned
from amplify_mock.controls.matching import Wanted
from amplify_mock.service.encoding import CompleteEncoder
from amplify_mock.service.http import Request, Response
from amplify_mock.service.service import Contract, Service
from amplify_mock.service.validation import Validator

MODEL = {
    "metadata": {"protocol": "rest-json", "serviceId": "Oven", "endpointPrefix": "oven"},
    "operations": {
        "Ping": {"name": "Ping", "http": {"method": "GET", "requestUri": "/ping"}},
        "Bake": {
            "name": "Bake",
            "http": {"method": "POST", "requestUri": "/cakes/{cakeName}", "responseCode": 201},
            "input": {"shape": "BakeRequest"},
            "output": {"shape": "BakeResult"},
        },
    },
    "shapes": {
        "BakeRequest": {
            "type": "structure",
            "required": ["cakeName"],
            "members": {
                "cakeName": {"shape": "Name", "location": "uri", "locationName": "cakeName"},
                "degrees": {"shape": "Degrees"},
                "minutes": {"shape": "Minutes"},
            },
        },
        "BakeResult": {
            "type": "structure",
            "members": {"cakeName": {"shape": "Name"}, "degrees": {"shape": "Degrees"}},
        },
        "Name": {"type": "string"},
        "Degrees": {"type": "double", "max": 250.5},
        "Minutes": {"type": "long", "min": 1},
    },
}


def bake(kitchen, /, *, cake_name, **members):
    kitchen[cake_name] = members
    return {"cake_name": cake_name, **members}


def ping(kitchen, /):
    return None


@pytest.fixture
def oven():
    validator = Validator()
    encoder = CompleteEncoder(validator)
    contract = Contract(ServiceModel(MODEL, "oven"), validator, lambda _: encoder)
    operations = {"bake": bake, "ping": ping}
    new_kitchen = lambda account_id, region: {}  # noqa: E731
    return Service(contract, operations, new_kitchen, account_id="1", clock=Clock(), random=lambda: Random(1))


def test_an_operation_without_input_and_output_answers_an_empty_object(oven):
    answer = oven.handle(Request("GET", "/ping"))
    assert (answer.status, answer.body) == (200, b"{}")


def test_the_status_is_that_of_the_model(oven):
    answer = oven.handle(Request("POST", "/cakes/apple%2Fpie", body=b'{"degrees": 180.5, "minutes": 40}'))
    assert answer.status == 201
    assert json.loads(answer.body) == {"cakeName": "apple/pie", "degrees": 180.5}
    assert oven.backend("1", "us-east-1") == {"apple/pie": {"degrees": 180.5, "minutes": 40}}


def test_a_model_without_error_shapes_has_no_modelled_error_to_answer_with(oven):
    with pytest.raises(AttributeError):
        oven.handle(Request("POST", "/cakes/pie", body=b'{"degrees": 250.6}'))


def test_an_operation_that_nobody_wrote_is_named(oven):
    oven._operations = {}
    answer = oven.handle(Request("GET", "/ping"))
    assert answer.status == 501
    assert answer.headers["x-amzn-ErrorType"] == "NotImplementedException"
    assert json.loads(answer.body)["message"] == "amplify_mock does not have the operation Ping."


def test_a_method_that_a_path_does_not_take_is_named_with_those_it_takes(oven):
    answer = oven.handle(Request("PUT", "/ping"))
    assert answer.status == 405
    assert json.loads(answer.body)["message"] == "/ping takes GET, not PUT."


def test_a_request_does_not_show_what_may_be_secret():
    request = Request("POST", "/cakes/pie", headers={"Authorization": "SECRET"}, body=b"SECRET")
    assert "SECRET" not in repr(request)


# What stands before the operations


def test_what_stands_before_the_operations_sees_what_was_asked_and_may_answer_itself(oven):
    seen = []

    def intercept(attempt):
        seen.append((attempt.operation.name, attempt.parameters, attempt.problem, attempt.account_id))
        return Response(418, {"x-amzn-ErrorType": "Teapot"}) if attempt.operation.name == "Ping" else attempt.run()

    oven._intercept = intercept
    assert oven.handle(Request("POST", "/cakes/pie", body=b'{"degrees": 180.5}')).status == 201
    answer = oven.handle(Request("GET", "/ping", account_id="2"))
    assert (answer.status, answer.body, answer.headers["x-amzn-ErrorType"]) == (418, b"", "Teapot")
    assert {"Date", "x-amzn-RequestId", "Content-Length"} <= answer.headers.keys()
    assert seen == [("Bake", {"cakeName": "pie", "degrees": 180.5}, None, "1"), ("Ping", {}, None, "2")]


def test_an_attempt_may_be_run_more_than_once(oven):
    oven._intercept = lambda attempt: attempt.run() and attempt.run()
    assert oven.handle(Request("POST", "/cakes/pie", body=b'{"minutes": 40}')).status == 201
    assert oven.backend("1", "us-east-1") == {"pie": {"minutes": 40}}


def test_what_is_wrong_with_parameters_is_known_before_the_operation_runs(oven):
    problems = []
    oven._intercept = lambda attempt: problems.append(attempt.problem.message) or Response(400, {})
    oven.handle(Request("POST", "/cakes/pie", body=b'{"minutes": 0}'))
    oven.handle(Request("POST", "/cakes/pie", body=b"[]"))
    assert problems == [
        "1 validation error detected: Value '0' at 'minutes' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1",
        "The request body is not a JSON object.",
    ]


def test_requests_that_name_no_operation_never_come_that_far(oven):
    oven._intercept = lambda _: pytest.fail("it did")
    assert oven.handle(Request("GET", "/nowhere")).status == 404


@pytest.mark.parametrize(("answer", "is_right"), [({}, True), ({"cakeName": "pie"}, False)])
def test_an_operation_without_output_has_only_an_empty_canned_answer(oven, answer, is_right):
    ping = oven._contract.operation("Ping")
    if is_right:
        assert canned(ping, answer).body == b"{}"
    else:
        with pytest.raises(ValueError, match="'cakeName' failed to satisfy constraint: Member must be one of Nothing"):
            canned(ping, answer)


def test_an_operation_without_input_has_no_members_to_name(oven):
    assert str(Wanted(oven._contract, "Ping", {})) == "Ping()"
    with pytest.raises(TypeError, match=r"Ping has no input member 'cakeName'\. It has none\."):
        Wanted(oven._contract, "Ping", {"cakeName": "pie"})
