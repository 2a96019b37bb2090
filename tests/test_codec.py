"""Requests as botocore writes them, and answers as botocore reads them."""

from __future__ import annotations

import datetime
import re
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from botocore import xform_name
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from amplify_mock.fidelity import contract
from amplify_mock.operations import OPERATIONS
from amplify_mock.service.http import Request
from amplify_mock.service.operation import InvalidAnswerError
from support.model import MODEL, needs

CONTRACT = contract(MODEL, "model")
NAMES = [name for name in MODEL.operation_names if xform_name(name) in OPERATIONS]
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = datetime.timedelta(milliseconds=1)
QUICK = settings(
    max_examples=6,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


# Values that the model allows


def texts(shape):
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 60)
    # Long texts take long; that the limits hold is tested elsewhere.
    most = min(most, max(60, least))
    pattern = shape.metadata.get("pattern", "(?s).*")
    if values := shape.metadata.get("enum"):
        return st.sampled_from(values)
    if pattern in {"(?s).*", "(?s).+"}:
        return st.text(min_size=least, max_size=most)
    if r"\p{" in pattern:
        return st.text(st.characters(categories=["L", "N", "Z"], include_characters="_.:/=+-@"), max_size=most)
    expression = re.compile(pattern.strip("^$"), re.ASCII)
    return st.from_regex(expression, fullmatch=True).filter(lambda value: least <= len(value) <= most)


def values(shape):
    if shape.type_name == "structure":
        members = {name: values(member) for name, member in shape.members.items()}
        required = {name: members.pop(name) for name in shape.required_members}
        return st.fixed_dictionaries(required, optional=members)
    least = shape.metadata.get("min") or 0
    made = {
        "list": lambda: st.lists(values(shape.member), min_size=least, max_size=least + 2),
        "map": lambda: st.dictionaries(values(shape.key), values(shape.value), min_size=least, max_size=least + 2),
        "string": lambda: texts(shape),
        "boolean": st.booleans,
        "integer": lambda: st.integers(least, shape.metadata["max"]),
        "timestamp": lambda: st.integers(0, 4_000_000_000_000).map(lambda since: EPOCH + since * MILLISECOND),
    }
    return made[shape.type_name]()


def by_attribute(shape, value):
    """Rename members as Python does: ``appId`` to ``app_id``."""
    if shape.type_name == "structure":
        words = re.compile("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
        return {
            words.sub("_", name).lower(): by_attribute(shape.members[name], member) for name, member in value.items()
        }
    if shape.type_name == "list":
        return [by_attribute(shape.member, member) for member in value]
    if shape.type_name == "map":
        return {key: by_attribute(shape.value, member) for key, member in value.items()}
    return value


def whole_seconds(value):
    """Cut times to what every release of botocore writes."""
    return {
        name: member.replace(microsecond=0) if isinstance(member, datetime.datetime) else member
        for name, member in value.items()
    }


# Requests


def written_by_botocore(operation, parameters):
    written = create_serializer("rest-json", include_validation=False).serialize_to_request(parameters, operation)
    prepare_request_dict(written, "https://amplify.us-east-1.amazonaws.com", context={})
    prepared = create_request_object(written).prepare()
    url, body = urlsplit(prepared.url), prepared.body or b""
    return Request(prepared.method, url.path, url.query, body=body.encode() if isinstance(body, str) else body)


def read_by_us(request):
    name, labels = CONTRACT.router.match(request.method, request.path)
    wire, problem = CONTRACT.operation(name).read(request, labels)
    assert problem is None
    return name, CONTRACT.operation(name).decode(wire)


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(data=st.data())
def test_what_botocore_writes_we_read(name, data):
    operation = MODEL.operation_model(name)
    parameters = whole_seconds(data.draw(values(operation.input_shape)))
    expected = by_attribute(operation.input_shape, parameters)
    assert read_by_us(written_by_botocore(operation, parameters)) == (name, expected)


def test_members_are_read_from_where_they_belong():
    # A label does not come out of the body, and a member of the body not out of the query.
    request = Request("POST", "/apps/d1", "name=query", body=b'{"appId": "d2", "description": "body", "x": 1}')
    assert read_by_us(request) == ("UpdateApp", {"app_id": "d1", "description": "body"})


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("maxResults=7", {"max_results": 7}),
        ("maxResults=007", {"max_results": 7}),
        ("nextToken=a%2Bb%3D", {"next_token": "a+b="}),
        ("nextToken=a+b", {"next_token": "a b"}),
        ("nextToken=", {"next_token": ""}),
        ("unknown=1&maxResults=1", {"max_results": 1}),
        ("", {}),
    ],
)
def test_the_query_is_decoded(query, parameters):
    assert read_by_us(Request("GET", "/apps", query)) == ("ListApps", parameters)


def test_times_are_read_with_their_fraction():
    body = b'{"jobType": "RELEASE", "commitTime": 1707429282.398}'
    _, parameters = read_by_us(Request("POST", "/apps/d1/branches/main/jobs", body=body))
    assert parameters["commit_time"] == datetime.datetime(2024, 2, 8, 21, 54, 42, 398000, UTC)


# Answers


def read_by_botocore(name, body):
    response = {"status_code": 200, "headers": {}, "body": body}
    parsed = create_parser("rest-json").parse(response, MODEL.operation_model(name).output_shape)
    del parsed["ResponseMetadata"]
    return parsed


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(data=st.data())
def test_what_we_write_botocore_reads(name, data):
    shape = MODEL.operation_model(name).output_shape
    answer = data.draw(values(shape))
    body = CONTRACT.operation(name).answer(by_attribute(shape, answer))
    assert read_by_botocore(name, body) == answer


NOW = datetime.datetime(2024, 2, 8, 21, 54, 42, 398000, UTC)
APP = {
    "app_id": "d1", "app_arn": "arn", "name": "shop", "platform": "WEB", "create_time": NOW, "update_time": NOW,
    "default_domain": "d1.amplifyapp.com", "enable_branch_auto_build": False, "enable_basic_auth": False,
}  # fmt: skip


def written(operation, result):
    # Compiled anew each time, so that each test meets what its compiler does.
    return contract(MODEL, "model").operation(operation).answer(result)


def answered(app):
    return read_by_botocore("GetApp", written("GetApp", {"app": app}))["app"]


def test_objects_are_written_like_dicts():
    assert answered(SimpleNamespace(**APP)) == answered(APP)
    assert answered(APP)["createTime"] == NOW


@pytest.mark.parametrize("made", [dict, SimpleNamespace])
def test_the_start_of_a_job_stands_in_for_a_commit_time_that_is_none(made):
    job = made(
        job_arn="arn", job_id="1", commit_id="HEAD", commit_message="", commit_time=None, start_time=NOW,
        status="SUCCEED", job_type="MANUAL",
    )  # fmt: skip
    summary = read_by_botocore("StopJob", written("StopJob", {"job_summary": job}))["jobSummary"]
    assert (summary["commitTime"], summary["startTime"]) == (NOW, NOW)


def test_what_is_required_and_not_set_is_written_empty():
    app = answered({**APP, "description": None})
    assert (app["description"], app["repository"], app["environmentVariables"]) == ("", "", {})


def test_what_is_optional_and_none_is_not_written():
    assert not answered({**APP, "build_spec": None, "tags": None}).keys() & {"buildSpec", "tags", "jobConfig"}


def test_what_the_model_does_not_know_is_not_written():
    body = CONTRACT.operation("GetApp").answer({"app": {**APP, "shoe_size": 43, "oauth_token": "t"}, "more": 1})
    assert b"43" not in body
    assert set(read_by_botocore("GetApp", body)) == {"app"}
    assert not {"shoeSize", "shoe_size", "oauthToken", "more"} & set(re.findall(r'"(\w+)":', body.decode()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"app_id": "NOT AN ID"},
        {"app_id": None},
        {"name": ""},
        {"name": 7},
        {"platform": "MAINFRAME"},
        {"create_time": None},
        {"enable_basic_auth": None},
        {"enable_basic_auth": "yes"},
        {"tags": {"aws:reserved": "x"}},
        {"custom_rules": [{"source": "a"}]},
        {"custom_rules": [{"source": "", "target": "b"}]},
        pytest.param({"job_config": {"build_compute_type": None}}, marks=needs("App.jobConfig")),
        {"description": "x" * 1001},
    ],
)
def test_an_answer_that_breaks_the_model_is_our_bug(wrong):
    with pytest.raises(InvalidAnswerError, match="GetApp"):
        answered({**APP, **wrong})


NULL = "Value null at '{}' failed to satisfy constraint: Member must not be null"
NO_TEXT = "Value '7' at '{}' failed to satisfy constraint: Member must be of type string"


@pytest.mark.parametrize(
    ("operation", "result", "text"),
    [
        ("GetApp", {"app": {**APP, "create_time": None}}, NULL.format("app.createTime")),
        ("GetApp", {"app": {**APP, "name": 7}}, NO_TEXT.format("app.name")),
        ("GetApp", {"app": {**APP, "custom_rules": [{"source": "a", "target": "b"}, {"source": "a", "target": 7}]}},
         NO_TEXT.format("app.customRules.2.member.target")),
        ("GetApp", {"app": {**APP, "environment_variables": {"A": 7}}},
         "Value '{A=7}' at 'app.environmentVariables' failed to satisfy constraint: "
         "Map value must satisfy constraint: [Member must be of type string]"),
        ("ListApps", {"apps": [APP, {**APP, "name": 7}]}, NO_TEXT.format("apps.2.member.name")),
    ],
)  # fmt: skip
def test_a_bug_in_an_answer_is_told_where_it_is(operation, result, text):
    with pytest.raises(InvalidAnswerError) as caught:
        written(operation, result)
    assert str(caught.value) == (
        f"the answer to {operation} breaks the service model: 1 validation error detected: {text}"
    )


def test_too_many_members_of_an_answer_are_told_and_shown():
    domain = {
        "domain_association_arn": "arn", "domain_name": "example.com", "enable_auto_sub_domain": False,
        "domain_status": "AVAILABLE", "status_reason": "", "sub_domains": [],
    }  # fmt: skip
    operation = CONTRACT.operation("ListDomainAssociations")
    assert operation.answer({"domain_associations": [domain] * 255})
    with pytest.raises(InvalidAnswerError) as caught:
        operation.answer({"domain_associations": [domain] * 256})
    rule = "Member must have length less than or equal to 255"
    _, _, shown = str(caught.value).partition("1 validation error detected: ")
    assert shown.startswith('Value \'[{"domainAssociationArn": "arn", ')
    assert shown.endswith(f"}}]' at 'domainAssociations' failed to satisfy constraint: {rule}")


def test_a_time_in_the_last_second_of_time_is_a_time():
    last = datetime.datetime(9999, 12, 31, 23, 59, 59, 999000, UTC)
    assert CONTRACT.operation("GetApp").answer({"app": {**APP, "create_time": last}})
