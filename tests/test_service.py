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
        "Heat": {"name": "Heat", "http": {"method": "PUT", "requestUri": "/oven"}},
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
                "grams": {"shape": "Grams"},
                "eggs": {"shape": "Eggs", "location": "querystring", "locationName": "eggs"},
            },
        },
        "BakeResult": {
            "type": "structure",
            "members": {"cakeName": {"shape": "Name"}, "degrees": {"shape": "Degrees"}},
        },
        "Name": {"type": "string"},
        "Degrees": {"type": "double", "max": 250.5},
        "Minutes": {"type": "long", "min": 1},
        "Grams": {"type": "float", "min": 0.5},
        "Eggs": {"type": "long", "min": 1, "max": 12},
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


def test_a_number_in_the_query_is_a_number_and_one_in_the_answer_may_be_zero(oven):
    answer = oven.handle(Request("POST", "/cakes/pie", "eggs=4", body=b'{"degrees": 0}'))
    assert (answer.status, json.loads(answer.body)) == (201, {"cakeName": "pie", "degrees": 0})
    assert oven.backend("1", "us-east-1") == {"pie": {"degrees": 0, "eggs": 4}}


def test_a_model_without_error_shapes_has_no_modelled_error_to_answer_with(oven):
    with pytest.raises(AttributeError):
        oven.handle(Request("POST", "/cakes/pie", body=b'{"degrees": 250.6}'))


def test_an_operation_that_nobody_wrote_is_named(oven):
    oven._operations = {}
    answer = oven.handle(Request("GET", "/ping"))
    assert answer.status == 501
    assert answer.headers["x-amzn-ErrorType"] == "NotImplementedException"
    assert json.loads(answer.body)["message"] == "amplify_mock does not have the operation Ping."


@pytest.mark.parametrize(("path", "right", "wrong"), [("/ping", "GET", "PUT"), ("/oven", "PUT", "GET")])
def test_a_method_that_a_path_does_not_take_is_named_with_those_it_takes(oven, path, right, wrong):
    answer = oven.handle(Request(wrong, path))
    assert answer.status == 405
    assert json.loads(answer.body)["message"] == f"{path} takes {right}, not {wrong}."


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


@pytest.mark.parametrize(
    ("query", "body", "violation"),
    [
        ("eggs=0", b"{}", "Value '0' at 'eggs' {}: Member must have value greater than or equal to 1"),
        ("eggs=13", b"{}", "Value '13' at 'eggs' {}: Member must have value less than or equal to 12"),
        ("eggs=two", b"{}", "Value 'two' at 'eggs' {}: Member must be of type long"),
        ("", b'{"grams": 0.4}', "Value '0.4' at 'grams' {}: Member must have value greater than or equal to 0.5"),
        ("", b'{"grams": "1"}', "Value '1' at 'grams' {}: Member must be of type float"),
        ("", b'{"degrees": 251}', "Value '251' at 'degrees' {}: Member must have value less than or equal to 250.5"),
        ("", b'{"degrees": true}', "Value 'true' at 'degrees' {}: Member must be of type double"),
    ],
)
def test_numbers_have_limits(oven, query, body, violation):
    problems = []
    oven._intercept = lambda attempt: problems.append(attempt.problem.message) or Response(400, {})
    oven.handle(Request("POST", "/cakes/pie", query, body=body))
    assert problems == [f"1 validation error detected: {violation.format('failed to satisfy constraint')}"]


@pytest.mark.parametrize(("query", "members"), [("eggs=1", {"grams": 0.5}), ("eggs=12", {"degrees": 250.5})])
def test_numbers_may_be_as_small_and_as_large_as_their_limits(oven, query, members):
    assert oven.handle(Request("POST", "/cakes/pie", query, body=json.dumps(members).encode())).status == 201


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


def test_an_operation_without_input_takes_no_parameters(oven):
    assert oven._contract.operation("Ping").checked({}) == {}
