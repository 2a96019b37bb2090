"""Which operation a method and a raw path mean."""

from __future__ import annotations

import itertools
import json
import string

import pytest
from botocore import xform_name
from hypothesis import given, settings
from hypothesis import strategies as st

from amplify_mock.operations import OPERATIONS
from amplify_mock.service.http import Request
from amplify_mock.service.router import Router
from support.model import MODEL

ROUTER = Router(MODEL)
LITERALS = ["apps", "branches", "jobs", "stop", "deployments", "start", "webhooks", "tags", "domains", "{appId}"]


def route(name):
    """Return an operation's method, path and the wire names of its labels."""
    http = MODEL.operation_model(name).http
    uri = http["requestUri"]
    return http["method"], uri, [field for _, field, _, _ in string.Formatter().parse(uri) if field]


def encoded(value):
    """Percent-encode everything, as a client is free to do."""
    return "".join(f"%{byte:02X}" for byte in value.encode())


def ask(amplify_mock, method, path):
    response = amplify_mock.handle(Request(method, path))
    return response.status, response.headers.get("x-amzn-ErrorType"), json.loads(response.body)["message"]


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_every_operation_is_found_by_its_route(name):
    method, uri, labels = route(name)
    values = {label: f"{label}-1" for label in labels}
    assert ROUTER.match(method, uri.format(**values)) == (name, values)


@pytest.mark.parametrize("name", MODEL.operation_names)
@settings(max_examples=5, deadline=None, database=None)
@given(data=st.data())
def test_labels_are_decoded_one_segment_at_a_time(name, data):
    method, uri, labels = route(name)
    text = st.one_of(st.text(min_size=1, max_size=12), st.sampled_from(["a/b", "..", "%2F", "+", *LITERALS]))
    values = {label: data.draw(text, label=label) for label in labels}
    path = uri.format(**{label: encoded(value) for label, value in values.items()})
    assert ROUTER.match(method, path) == (name, values)


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("feature%2Fx", "feature/x"),
        ("feature%2fx", "feature/x"),
        ("a+b", "a+b"),
        ("a%20b", "a b"),
        ("%2525", "%25"),
        ("%", "%"),
        ("%zz", "%zz"),
        ("%F0%9F%98%80", "\U0001f600"),
        ("%FF", "\ufffd"),
        ("ü", "ü"),
    ],
)
def test_a_label_is_decoded_as_far_as_it_can_be(raw, label):
    assert ROUTER.match("GET", f"/apps/d1/branches/{raw}") == ("GetBranch", {"appId": "d1", "branchName": label})


def test_an_encoded_slash_starts_no_new_segment():
    assert ROUTER.match("GET", "/apps/d1/branches/main%2Fjobs")[0] == "GetBranch"
    assert ROUTER.match("GET", "/apps/d1/branches/main/jobs")[0] == "ListJobs"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/apps/d1/branches/main/jobs/", ("GetJob", {"appId": "d1", "branchName": "main", "jobId": ""})),
        ("/apps/d1/domains/", ("GetDomainAssociation", {"appId": "d1", "domainName": ""})),
        ("/webhooks/", ("GetWebhook", {"webhookId": ""})),
        ("/apps//branches", ("ListBranches", {"appId": ""})),
    ],
)
def test_an_empty_label_is_a_label(path, found):
    # botocore sends an empty id where the model has no minimum; it must not turn into the list.
    assert ROUTER.match("GET", path) == found


@pytest.mark.parametrize(
    "path",
    ["", "/", "/nothing", "/APPS", "/app", "/apps/d1/nothing", "/apps/d1/branches/feature/x", "apps%2Fd1", "\ud800",
     "/apps/d1/branches/main/jobs/1/stop/again", "/apps?x=1", "/apps/d1/branches/main/jobs//stop/"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD", "PATCH", ""])
def test_an_unknown_path_is_named(amplify_mock, path, method):
    status, code, text = ask(amplify_mock, method, path)
    assert status in {404, 405}
    assert (code, path in text) == ("UnknownOperationException", True)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "HEAD", "get", ""])
def test_a_wrong_method_is_told_the_right_ones(amplify_mock, method):
    status, code, text = ask(amplify_mock, method, "/apps/d1")
    assert (status, code) == (405, "UnknownOperationException")
    assert text in {
        f"/apps/d1 takes {' and '.join(known)}, not {method}."
        for known in itertools.permutations(["GET", "POST", "DELETE"])
    }


@pytest.mark.parametrize("path", ["/apps/{}", "/apps/{}/branches", "/apps/{}/branches/{}/jobs/1"])
def test_bad_percent_encoding_is_no_crash(amplify_mock, path):
    for raw in ("%", "%2", "%zz", "%FF", "%ED%A0%80", "%00", "\ud800", "%u0041"):
        status, code, _ = ask(amplify_mock, "GET", path.replace("{}", raw))
        assert (status, code) == (400, "BadRequestException")


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_an_operation_that_the_mock_lacks_is_named(monkeypatch, amplify_mock, name):
    # As when botocore is newer than the mock.
    monkeypatch.delitem(OPERATIONS, xform_name(name))
    method, uri, labels = route(name)
    status, code, text = ask(amplify_mock, method, uri.format(**dict.fromkeys(labels, "d1")))
    assert (status, code) == (501, "NotImplementedException")
    assert name in text


def test_an_operation_that_the_mock_lacks_stops_boto3_with_its_name(monkeypatch, amplify_client):
    monkeypatch.delitem(OPERATIONS, "list_artifacts")
    with pytest.raises(amplify_client.exceptions.ClientError, match="ListArtifacts"):
        amplify_client.list_artifacts(appId="d1", branchName="main", jobId="1")
