"""Every constraint of the service model holds, and whatever is sent for an operation is answered."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from amplify_mock import mock_amplify
from amplify_mock.service.http import Request
from support.model import MODEL

NAMES = MODEL.operation_names

SAMPLES = {
    r"d[a-z0-9]+": ("d1", "BAD!"),
    r"[0-9]+": ("1", "one"),
    r"\d*": ("5", "soon"),
    r".{3,7}": ("200", "a\nbc"),
    r"(?s).+": ("x", None),
    r"(?s).*": ("x", None),
    r"^(s3|https|http)://.*": ("s3://b/k", "ftp://b/k"),
    r"^arn:aws:amplify:.*": ("arn:aws:amplify:us-east-1:1:apps/d1", "arn:aws:s3:::bucket"),
    r"^$|^arn:aws:iam::\d{12}:role.+": ("arn:aws:iam::123456789012:role/x", "arn:aws:iam::1:role/x"),
    r"^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/.+$": ("arn:aws:acm:us-east-1:123456789012:certificate/1", "x"),
    r"^arn:aws:cloudformation:[a-z0-9-]+:\d{12}:stack/.+/.+$": (
        "arn:aws:cloudformation:us-east-1:123456789012:stack/a/b", "arn:aws:cloudformation:us-east-1:1:stack/a/b"
    ),
    r"^(?!aws:)[a-zA-Z+-=._:/]+$": ("key", "aws:key"),
    r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$": ("value", "value!"),
    r"^(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])(\.)?$": (
        "example.com", "-example.com"
    ),
}  # fmt: skip


def sample(shape):
    """Return a value that a shape allows."""
    if shape.type_name == "structure":
        return {name: sample(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [sample(shape.member)]
    if shape.type_name == "map":
        return {sample(shape.key): sample(shape.value)}
    if shape.type_name == "string":
        return (shape.metadata.get("enum") or SAMPLES[shape.metadata.get("pattern", "(?s).*")])[0]
    return {"boolean": True, "integer": 1, "timestamp": 0}[shape.type_name]


def wrong_strings(shape):
    """Yield values that break a string's constraints, each with the text of the constraint."""
    about = shape.metadata
    if "max" in about:
        yield "x" * (about["max"] + 1), f"Member must have length less than or equal to {about['max']}"
    if about.get("min"):
        yield "x" * (about["min"] - 1), f"Member must have length greater than or equal to {about['min']}"
    if "enum" in about:
        yield "NOPE", f"Member must satisfy enum value set: [{', '.join(about['enum'])}]"
    pattern = about.get("pattern", "(?s).*")
    if SAMPLES[pattern][1] is not None:
        yield SAMPLES[pattern][1], f"Member must satisfy regular expression pattern: {pattern}"


def wrong_values(shape):
    """Yield values that break a shape in one place, each with the place and the text of the constraint."""
    about = shape.metadata
    if shape.type_name == "string":
        yield from ((value, "", text) for value, text in wrong_strings(shape))
    elif shape.type_name == "integer":
        yield about["max"] + 1, "", f"Member must have value less than or equal to {about['max']}"
        yield about["min"] - 1, "", f"Member must have value greater than or equal to {about['min']}"
    elif shape.type_name == "structure":
        yield from wrong_structures(shape)
    elif shape.type_name in {"list", "map"}:
        if "max" in about:
            yield many(shape, about["max"] + 1), "", f"Member must have length less than or equal to {about['max']}"
        yield from wrong_lists(shape) if shape.type_name == "list" else wrong_maps(shape)


def many(shape, count):
    if shape.type_name == "list":
        return [sample(shape.member)] * count
    return {f"k{number}": sample(shape.value) for number in range(count)}


def wrong_structures(shape):
    good = sample(shape)
    for name in shape.required_members:
        yield {key: good[key] for key in good if key != name}, name, "Member must not be null"
    for name, member in shape.members.items():
        for value, path, text in wrong_values(member):
            yield {**good, name: value}, f"{name}.{path}".rstrip("."), text


def wrong_lists(shape):
    for value, path, text in wrong_values(shape.member):
        if shape.member.type_name == "string":
            yield [value], "", text
        else:
            yield [sample(shape.member), value], f"2.member.{path}", text


def wrong_maps(shape):
    yield from (({value: sample(shape.value)}, "", text) for value, text in wrong_strings(shape.key))
    yield from (({sample(shape.key): value}, "", text) for value, text in wrong_strings(shape.value))


def request(operation, members):
    """Return a raw request with the members in their places; nothing is checked."""
    uri, query, body = operation.http["requestUri"], [], {}
    for name, value in members.items():
        place = operation.input_shape.members[name].serialization
        if place.get("location") == "uri":
            encoded = "".join(f"%{byte:02X}" for byte in value.encode())
            uri = uri.replace(f"{{{place['name']}}}", encoded)
        elif place.get("location") == "querystring":
            query += [f"{place['name']}={each}" for each in (value if isinstance(value, list) else [value])]
        else:
            body[name] = value
    return Request(operation.http["method"], uri, "&".join(query), body=json.dumps(body).encode())


@pytest.mark.parametrize("name", NAMES)
def test_every_constraint_of_the_model_holds(amplify_mock, name):
    operation = MODEL.operation_model(name)
    labels = set(re.findall(r"\{(\w+)\}", operation.http["requestUri"]))
    for members, path, text in wrong_values(operation.input_shape):
        # A request without a label has another route.
        if not labels <= members.keys():
            continue
        response = amplify_mock.handle(request(operation, members))
        answer = json.loads(response.body)["message"]
        assert (response.status, response.headers["x-amzn-ErrorType"]) == (400, "BadRequestException")
        assert re.search(rf" at '{re.escape(path)}' failed to satisfy constraint: [^;]*{re.escape(text)}", answer)


@pytest.mark.parametrize("name", NAMES)
def test_a_valid_request_reaches_the_operation(amplify_mock, name):
    operation = MODEL.operation_model(name)
    response = amplify_mock.handle(request(operation, sample(operation.input_shape)))
    assert response.status in {200, 404}


# Whatever

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
CLASSES = {"BadRequestException", "NotFoundException", "LimitExceededException", "ResourceNotFoundException"}


@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=8,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_whatever_is_sent_is_answered(name, data):
    operation = MODEL.operation_model(name)
    good = sample(operation.input_shape)
    body = {
        member: data.draw(JSON | st.just(good[member]) if member in good else JSON)
        for member, shape in operation.input_shape.members.items()
        if not shape.serialization and data.draw(st.booleans())
    }
    with mock_amplify() as amplify:
        app = amplify.handle(Request("POST", "/apps", body=b'{"name": "shop"}'))
        app_id = json.loads(app.body)["app"]["appId"]
        amplify.handle(Request("POST", f"/apps/{app_id}/branches", body=b'{"branchName": "x"}'))
        path = operation.http["requestUri"]
        for label in re.findall(r"\{(\w+)\}", path):
            path = path.replace(f"{{{label}}}", app_id if label == "appId" else data.draw(st.sampled_from(["x", "1"])))
        query = data.draw(st.text("=&%;+ \u00fc\ud800", max_size=8))
        response = amplify.handle(Request(operation.http["method"], path, query, body=json.dumps(body).encode()))
    assert response.status == 200 or response.headers["x-amzn-ErrorType"] in CLASSES
    json.loads(response.body)
