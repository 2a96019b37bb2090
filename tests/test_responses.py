"""Every answer, as it is on the wire, against botocore's output shapes, by a checker of its own."""

from __future__ import annotations

import copy
import json
import re
import uuid

import pytest
from botocore.model import ServiceModel
from freezegun import freeze_time

from amplify_mock.fidelity import LENIENT_MEMBERS, LENIENT_VALUES, contract
from amplify_mock.service.http import Request
from support.every_operation import PLANS, answers
from support.model import MODEL, RAW_MODEL, needs

TYPES = {"string": str, "boolean": bool, "integer": int, "timestamp": (int, float), "list": list, "map": dict}


# The checker


def problems(shape, value, path=""):
    """Yield what is wrong with a value of the wire."""
    about = shape.metadata
    if shape.type_name == "structure":
        yield from problems_of_structure(shape, value, path)
        return
    if not isinstance(value, TYPES[shape.type_name]) or (shape.type_name != "boolean" and isinstance(value, bool)):
        yield f"{path}: {value!r} is no {shape.type_name}"
        return
    size = {"string": len, "list": len, "map": len, "integer": int}.get(shape.type_name, lambda _: None)(value)
    if size is not None and not about.get("min", size) <= size <= about.get("max", size):
        yield f"{path}: {value!r} is too short or too long"
    if shape.type_name == "list":
        for number, member in enumerate(value):
            yield from problems(shape.member, member, f"{path}[{number}]")
    elif shape.type_name == "map":
        for key, member in value.items():
            yield from problems(shape.key, key, f"{path} key")
            yield from problems(shape.value, member, f"{path}[{key}]")
    elif shape.type_name == "string" and value not in LENIENT_VALUES.get(shape.name, ()):
        if "enum" in about and value not in about["enum"]:
            yield f"{path}: {value!r} is none of {about['enum']}"
        # Python has no such categories, and the values here are ASCII.
        pattern = about.get("pattern", "(?s).*").replace(r"\p{L}\p{Z}\p{N}", "a-zA-Z 0-9")
        if not re.fullmatch(pattern, value):
            yield f"{path}: {value!r} is not {pattern}"


def problems_of_structure(shape, value, path):
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no structure"
        return
    for name in shape.required_members:
        if name not in value and (shape.name, name) not in LENIENT_MEMBERS:
            yield f"{path}.{name}: missing"
    for name, member in value.items():
        if name in shape.members:
            yield from problems(shape.members[name], member, f"{path}.{name}")
        else:
            yield f"{path}.{name}: unknown"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": None}, "no string"),
        ({"name": ""}, "too short"),
        ({"appId": "x1"}, "is not d"),
        ({"platform": "X"}, "none of"),
        ({"shoeSize": 43}, "unknown"),
        ({"enableBasicAuth": 1}, "no boolean"),
        ({"createTime": "now"}, "no timestamp"),
        ({"createTime": True}, "no timestamp"),
        ({"customRules": [{"source": "a"}]}, "missing"),
        ({"tags": {"aws:a": "b"}}, "is not"),
        ({"tags": []}, "no map"),
        pytest.param({"jobConfig": "x"}, "no structure", marks=needs("App.jobConfig")),
    ],
)
def test_the_checker_finds_what_is_wrong(amplify_mock, change, problem):
    body = amplify_mock.handle(Request("POST", "/apps", body=b'{"name": "shop"}')).body
    answer = json.loads(body)
    shape = MODEL.operation_model("CreateApp").output_shape
    assert list(problems(shape, answer)) == []
    answer["app"].update(change)
    assert any(problem in each for each in problems(shape, answer))
    del answer["app"]["appArn"]
    assert ".app.appArn: missing" in list(problems(shape, answer))


# Answers


@pytest.mark.parametrize("plan", PLANS)
def test_every_answer_of_every_operation_satisfies_the_output_shape(plan):
    assert {name for name, _ in answers("model", plan)} == set(MODEL.operation_names)
    assert [each for name, answer in answers("model", plan) for each in problems_of(name, answer)] == []


@pytest.mark.parametrize("plan", PLANS)
def test_what_is_sent_as_recorded_satisfies_all_but_what_is_required(plan):
    found = [each for name, answer in answers("recorded", plan) for each in problems_of(name, answer)]
    assert [each for each in found if not each.endswith(": missing")] == []


def problems_of(operation, answer):
    return problems(MODEL.operation_model(operation).output_shape, answer, operation)


@pytest.mark.parametrize("plan", PLANS)
def test_what_is_sent_as_recorded_is_hardly_ever_empty(plan):
    found = [
        f"{structure}.{name}"
        for operation, answer in answers("recorded", plan)
        for structure, each in structures(MODEL.operation_model(operation).output_shape, answer)
        for name, value in each.items()
        if value in ("", {}, [])
    ]
    assert set(found) <= SENT_EMPTY


#: Members that the real service was seen to send although they are empty, and the envelopes of lists.
SENT_EMPTY = {
    "App.tags",
    "App.customRules",
    "App.customHeaders",
    "AutoBranchCreationConfig.environmentVariables",
    "Branch.tags",
    "Branch.backend",
    "Job.steps",
    "ListAppsResult.apps",
    "ListArtifactsResult.artifacts",
    "ListTagsForResourceResponse.tags",
}


def structures(shape, value):
    """Yield the structures in an answer, each with the name of its shape."""
    if shape.type_name == "structure":
        yield shape.name, value
        for name, member in value.items():
            yield from structures(shape.members[name], member)
    elif shape.type_name == "list":
        for each in value:
            yield from structures(shape.member, each)


def test_the_members_come_in_the_order_of_the_model():
    for name, answer in answers("recorded"):
        for structure, value in structures(MODEL.operation_model(name).output_shape, answer):
            assert list(value) == [each for each in MODEL.shape_for(structure).members if each in value]


def test_the_answers_come_in_many_states():
    text = json.dumps(answers("model"))
    domain = ["CREATING", "REQUESTING_CERTIFICATE", "IMPORTING_CUSTOM_CERTIFICATE", "PENDING_VERIFICATION", "UPDATING"]
    for status in ("PENDING", "RUNNING", "SUCCEED", "CANCELLING", "CANCELLED", "AVAILABLE", "UPDATE_COMPLETE", *domain):
        assert f'"{status}"' in text


def test_every_exemption_is_needed():
    stages, steps = set(), []
    for operation, answer in answers("model"):
        for structure, value in structures(MODEL.operation_model(operation).output_shape, answer):
            stages.add(value.get("stage"))
            steps += [value] if structure == "Step" else []
    assert "NONE" in stages
    assert [step["stepName"] for step in steps if "endTime" not in step]
    assert (set(LENIENT_VALUES), set(LENIENT_MEMBERS)) == ({"Stage"}, {("Step", "endTime")})


# Errors and headers


def test_an_error_has_its_class_in_the_header_and_its_text_in_the_body(amplify_mock):
    response = amplify_mock.handle(Request("GET", "/apps/dnone"))
    assert (response.status, response.headers["x-amzn-ErrorType"]) == (404, "NotFoundException")
    assert json.loads(response.body) == {"message": "App dnone not found."}


def test_every_answer_is_json_of_the_length_it_says_with_an_id_of_its_own(amplify_mock):
    responses = [amplify_mock.handle(Request("GET", path)) for path in ("/apps", "/apps", "/apps/dnone", "/nowhere")]
    for response in responses:
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Content-Length"] == str(len(response.body))
        json.loads(response.body)
    ids = {response.headers["x-amzn-RequestId"] for response in responses}
    assert len(ids) == 4
    assert all(re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each) for each in ids)


@freeze_time("2026-03-01T12:00:00.9Z")
def test_an_answer_has_the_date_of_the_mock(amplify_client, amplify_mock):
    amplify_mock.clock.advance(hours=1)
    assert amplify_client.list_apps()["ResponseMetadata"]["HTTPHeaders"]["date"] == "Sun, 01 Mar 2026 13:00:00 GMT"
    amplify_mock.clock.advance(seconds=1)
    assert amplify_mock.handle(Request("GET", "/nowhere")).headers["Date"] == "Sun, 01 Mar 2026 13:00:01 GMT"


def test_the_id_of_a_request_is_a_random_uuid(amplify_mock):
    for _ in range(20):
        text = amplify_mock.handle(Request("GET", "/apps")).headers["x-amzn-RequestId"]
        found = uuid.UUID(text)
        assert (str(found), found.version, found.variant) == (text, 4, uuid.RFC_4122)


# Another botocore


def without(*members):
    """Return the contract of a botocore that does not know some members yet."""
    raw = copy.deepcopy(RAW_MODEL)
    for structure, member in members:
        raw["shapes"][structure]["members"].pop(member, None)
    return contract(ServiceModel(raw, "amplify"), "model")


def test_an_older_botocore_is_sent_only_what_it_knows(amplify_mock):
    amplify_mock.handle(Request("POST", "/apps", body=b'{"name": "shop"}'))
    (app,) = amplify_mock.backend().apps.values()
    body = without(("App", "jobConfig"), ("App", "cacheConfig")).operation("GetApp").answer({"app": app})
    known = json.loads(body)["app"]
    assert known["name"] == "shop"
    assert not known.keys() & {"jobConfig", "cacheConfig"}


def test_what_an_older_botocore_does_not_know_is_not_read():
    request = Request("POST", "/apps", body=b'{"name": "shop", "cacheConfig": {"type": "ZZ"}}')
    wire, problem = without(("CreateAppRequest", "cacheConfig")).operation("CreateApp").read(request, {})
    assert (wire, problem) == ({"name": "shop"}, None)
