"""Whatever an operation is given, its answer is one that the service model knows, and nothing is broken afterwards."""

from __future__ import annotations

import contextlib
import json
import socket
from urllib.parse import quote

import pytest
from botocore import xform_name
from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError, ParamValidationError
from botocore.parsers import create_parser
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from amplify_mock import mock_amplify
from amplify_mock.service.http import Request
from support.model import MODEL
from support.searches import search
from support.shapes import broken, valid
from support.world import World

NAMES = MODEL.operation_names
# What every operation may answer: a name that is not there has no error of its own in many.
COMMON = {"BadRequestException", "NotFoundException"}
FIDELITIES = st.sampled_from(["model", "recorded"])


@pytest.fixture(autouse=True, scope="module")
def _no_sockets():
    """Let nobody make a socket, wherever it would lead."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("somebody wanted a socket")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname", "socketpair"):
            patch.setattr(socket, name, refuse)
        yield


@pytest.fixture(scope="module", params=["model", "recorded"])
def world(request):
    with mock_amplify(fidelity=request.param) as amplify:
        yield World(amplify)


# Through boto3


@pytest.mark.parametrize("name", NAMES)
@search(3, deep=20)
@given(data=st.data())
def test_a_valid_call_is_answered_as_the_model_says(world, name, data):
    operation = MODEL.operation_model(name)
    parameters = data.draw(valid(operation.input_shape, known(world)))
    with world.rolled_back(), any_error_of(operation):
        check(world, operation, getattr(world.client, xform_name(name))(**parameters))
        everything_can_be_read(world)


@pytest.mark.parametrize("name", [name for name in NAMES if broken(MODEL.operation_model(name).input_shape)])
@search(2, deep=10)
@given(data=st.data())
def test_a_call_with_something_wrong_in_it_is_refused(world, name, data):
    operation = MODEL.operation_model(name)
    parameters = data.draw(st.one_of(broken(operation.input_shape)))
    with world.rolled_back(), pytest.raises((ParamValidationError, world.client.exceptions.BadRequestException)):
        getattr(world.client, xform_name(name))(**parameters)


def known(world):
    """Return the names of what there is, by member."""
    found = {name: [value] for name, value in world.names.items()}
    return {**found, "appId": [*found["appId"], world.manual["appId"]]}


@contextlib.contextmanager
def any_error_of(operation):
    try:
        yield
    except ClientError as error:
        if error.operation_name != operation.name or error.response["Error"]["Code"] not in errors_of(operation):
            raise


def errors_of(operation):
    return {shape.name for shape in operation.error_shapes} | COMMON


def check(world, operation, answer):
    """Fail unless an answer that botocore has parsed has the members that the model requires, and of their types."""
    answer = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    for kind, path, more in ParamValidator().validate(answer, operation.output_shape)._errors:
        # The other contract leaves out what the real service was seen to leave out.
        assert kind == "missing required field", (kind, path, more)
        assert world.amplify.settings.fidelity == "recorded" or more["required_name"] == "endTime"


READS = {
    "ListBranches": ["appId"],
    "ListWebhooks": ["appId"],
    "ListBackendEnvironments": ["appId"],
    "ListDomainAssociations": ["appId"],
    "ListJobs": ["appId", "branchName"],
}


def everything_can_be_read(world):
    """Fail if anything that was taken in cannot be shown, now or after some time."""
    world.client.list_apps()
    world.amplify.clock.advance(hours=1)
    for app in world.amplify.backend().apps.values():
        for branch_name in app.branches:
            names = {"appId": app.app_id, "branchName": branch_name}
            for name, members in READS.items():
                answer = getattr(world.client, xform_name(name))(**{each: names[each] for each in members})
                check(world, MODEL.operation_model(name), answer)
    assert [event for event in world.amplify.events if not event["detail"]["jobStatus"]] == []


# Below boto3, which does not send most of this

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 2**63, 10**400, 1e308, -0.0, 253402300800, -62135596801])
    | st.floats()
    | st.text(st.characters(exclude_categories=[]), max_size=5)
    | st.sampled_from(["", "\ud800", "\0", "\U0001f600" * 300, "__class__", "../../x", "a" * 30_000])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
YES = st.sampled_from([True, True, True, True, False])
LABELS = [
    "",
    "%",
    "%00",
    "%FF",
    "%ED%A0%80",
    "%2e%2e%2f",
    "%252F",
    "ü",
    ";x=1",
    "?",
    "#",
    "a" * 3000,
    " ",
    "+",
    "%0d%0a",
]
QUERIES = st.sampled_from(
    ["", "maxResults=", "maxResults=1e3", "maxResults=%31", "maxResults=1&maxResults=x", "maxResults=" + "9" * 5000,
     "nextToken=%ff", "nextToken=AAAA", "nextToken=" + "A" * 2001, "tagKeys=a&tagKeys=", "tagKeys", "=&=&", "&" * 500,
     "%"]
) | st.text("=&%;+ ü0aF", max_size=12)  # fmt: skip
ENDS = st.sampled_from([b"", b"", b"", b"x", b"}", b"\0", b" \n", b", {}"])
STARTS = st.sampled_from([b"", b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b" ", b"//"])
TYPES = st.sampled_from(["application/json", "text/plain", "application/x-amz-json-1.1; charset=utf-16", "", "ä"])


@st.composite
def bodies(draw, shape, names):
    """Draw the bytes of a body: members right or wrong, twice or not there, and perhaps no JSON at all."""
    if draw(st.sampled_from([True, *[False] * 9])):
        return draw(st.binary(max_size=30) | JSON.map(lambda value: json.dumps(value).encode()))
    members = []
    for name, each in shape.members.items():
        is_there = YES if name in shape.required_members else st.booleans()
        if not each.serialization.get("location") and draw(is_there):
            good = st.sampled_from(names[name]) if name in names else valid(each, {}).map(on_the_wire)
            members.append((name, draw(good | good | good | JSON)))
    members += draw(st.sampled_from([[], [], members[:1], [("unknown", 1)], [(None, None)]]))
    text = ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in members)
    return draw(STARTS) + f"{{{text}}}".encode() + draw(ENDS)


def on_the_wire(value):
    if isinstance(value, dict):
        return {name: on_the_wire(each) for name, each in value.items()}
    if isinstance(value, list):
        return [on_the_wire(each) for each in value]
    return value.timestamp() if hasattr(value, "timestamp") else value


@pytest.mark.parametrize("name", NAMES)
@search(2, deep=20)
@given(data=st.data())
def test_whatever_is_on_the_wire_is_answered(world, name, data):
    operation = MODEL.operation_model(name)
    path, is_odd = operation.http["requestUri"], False
    for label, values in known(world).items():
        if f"{{{label}}}" in path:
            good = [quote(each, safe="") for each in values]
            drawn = data.draw(st.sampled_from(good * 6) | st.sampled_from(LABELS))
            path, is_odd = path.replace(f"{{{label}}}", drawn), is_odd or drawn not in good
    body = data.draw(bodies(operation.input_shape, known(world)))
    headers = {"Content-Type": data.draw(TYPES)}
    with world.rolled_back():
        request = Request(operation.http["method"], path, data.draw(QUERIES), headers=headers, body=body)
        response = world.amplify.handle(request)
        parser = create_parser("rest-json")
        raw = {"status_code": response.status, "headers": HeadersDict(response.headers), "body": response.body}
        answer = parser.parse(raw, operation.output_shape)
        if response.status == 200:
            check(world, operation, answer)
            everything_can_be_read(world)
        else:
            # What cannot be in a path may lead to no operation.
            nowhere = {"UnknownOperationException"} if is_odd else set()
            assert answer["Error"]["Code"] in errors_of(operation) | nowhere
            assert answer["Error"]["Message"]
