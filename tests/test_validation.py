"""What is refused before an operation sees it, and how AWS words that."""

from __future__ import annotations

import json
import re

import pytest
from botocore.loaders import create_loader
from botocore.model import ServiceModel
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from amplify_mock import mock_amplify
from amplify_mock.service.http import Request

MODEL = ServiceModel(create_loader().load_service_model("amplify", "service-2"), "amplify")
NAMES = MODEL.operation_names
REDACTED = "*** Sensitive Data Redacted ***"
RULE = {"source": "/a", "target": "/b"}


@pytest.fixture
def post(amplify_mock):
    """Return what creates an app from a raw body, and gives the status and the message or the app."""

    def post(body):
        return post_to(amplify_mock, "/apps", body)

    return post


def post_to(amplify_mock, path, body, query=""):
    # botocore would refuse most of this by itself.
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = amplify_mock.handle(Request("POST", path, query, body=raw))
    answer = json.loads(response.body)
    if response.status == 400:
        assert response.headers["x-amzn-ErrorType"] == "BadRequestException"
        return 400, answer["message"]
    return response.status, answer.get("app")


def detected(*violations):
    plural = "" if len(violations) == 1 else "s"
    texts = "; ".join(f"{value} at '{path}' failed to satisfy constraint: {rule}" for value, path, rule in violations)
    return 400, f"{len(violations)} validation error{plural} detected: {texts}"


# The wording


@pytest.mark.parametrize(
    ("members", "value", "path", "rule"),
    [
        ({"name": ""}, "Value ''", "name", "Member must have length greater than or equal to 1"),
        ({"name": "x" * 256}, f"Value '{'x' * 256}'", "name", "Member must have length less than or equal to 255"),
        ({"platform": "X"}, "Value 'X'", "platform",
         "Member must satisfy enum value set: [WEB, WEB_DYNAMIC, WEB_COMPUTE]"),
        ({"customRules": [RULE, {**RULE, "status": "3"}]}, "Value '3'", "customRules.2.member.status",
         "Member must have length greater than or equal to 3"),
        ({"customRules": [{"source": "/a"}]}, "Value null", "customRules.1.member.target", "Member must not be null"),
        ({"cacheConfig": {"type": "ZZ"}}, "Value 'ZZ'", "cacheConfig.type",
         "Member must satisfy enum value set: [AMPLIFY_MANAGED, AMPLIFY_MANAGED_NO_COOKIES]"),
        ({"cacheConfig": {}}, "Value null", "cacheConfig.type", "Member must not be null"),
        ({"autoBranchCreationConfig": {"stage": "NONE"}}, "Value 'NONE'", "autoBranchCreationConfig.stage",
         "Member must satisfy enum value set: [PRODUCTION, BETA, DEVELOPMENT, EXPERIMENTAL, PULL_REQUEST]"),
        ({"autoBranchCreationConfig": {"framework": "x" * 256}}, f"Value '{'x' * 256}'",
         "autoBranchCreationConfig.framework", "Member must have length less than or equal to 255"),
        ({"autoBranchCreationPatterns": ["a", ""]}, "Value '[a, ]'", "autoBranchCreationPatterns",
         "Member must satisfy constraint: [Member must have length less than or equal to 2048, "
         "Member must have length greater than or equal to 1, "
         "Member must satisfy regular expression pattern: (?s).+]"),
        ({"environmentVariables": {"k" * 256: "v"}}, f"Value '{{{'k' * 256}=v}}'", "environmentVariables",
         "Map keys must satisfy constraint: [Member must have length less than or equal to 255]"),
        ({"environmentVariables": {"k": "v" * 5501}}, f"Value '{{k={'v' * 5501}}}'", "environmentVariables",
         "Map value must satisfy constraint: [Member must have length less than or equal to 5500]"),
        ({"tags": {"aws:a": "b"}}, "Value '{aws:a=b}'", "tags",
         "Map keys must satisfy constraint: [Member must have length less than or equal to 128, "
         "Member must have length greater than or equal to 1, "
         "Member must satisfy regular expression pattern: ^(?!aws:)[a-zA-Z+-=._:/]+$]"),
        ({"tags": {"a": "b!"}}, "Value '{a=b!}'", "tags",
         r"Map value must satisfy constraint: [Member must have length less than or equal to 256, "
         r"Member must satisfy regular expression pattern: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$]"),
    ],
)  # fmt: skip
def test_violations_are_worded_as_aws_does(post, members, value, path, rule):
    status, text = post({"name": "shop", **members})
    assert status == 400
    # The empty string also breaks the pattern (?s).+ of most texts, which counts as a second violation.
    assert re.match(r"\d validation errors? detected: ", text)
    assert f"{value} at '{path}' failed to satisfy constraint: {rule}" in text


def test_one_violation_is_the_whole_text(post):
    assert post({"name": "shop", "platform": "X"}) == detected(
        ("Value 'X'", "platform", "Member must satisfy enum value set: [WEB, WEB_DYNAMIC, WEB_COMPUTE]")
    )


def test_a_member_that_is_required(post):
    assert post({}) == detected(("Value null", "name", "Member must not be null"))


def test_several_violations_are_counted_and_joined(post):
    status, text = post(
        {"platform": "X", "description": "d" * 1001, "customRules": [{"source": "a" * 2049}], "jobConfig": {}}
    )
    assert status == 400
    assert text.startswith("6 validation errors detected: Value ")
    assert text.count(" failed to satisfy constraint: ") == 6 == text.count("; ") + 1
    paths = set(re.findall("at '([^']+)' failed", text))
    assert paths == {
        "name", "platform", "description", "customRules.1.member.source", "customRules.1.member.target",
        "jobConfig.buildComputeType",
    }  # fmt: skip


def test_too_many_tags_are_refused(post):
    status, text = post({"name": "shop", "tags": {f"k{number}": "v" for number in range(51)}})
    assert status == 400
    assert text.startswith("1 validation error detected: Value '{k0=v, k1=v, ")
    assert text.endswith("}' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50")


def test_boto3_raises_the_text(amplify_client):
    with pytest.raises(amplify_client.exceptions.BadRequestException) as caught:
        amplify_client.get_app(appId="BAD!")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert caught.value.response["Error"]["Message"] == (
        "1 validation error detected: Value 'BAD!' at 'appId' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: d[a-z0-9]+"
    )


@pytest.mark.parametrize(
    ("call", "parameters"),
    [
        ("create_branch", {"branchName": "main", "stage": "NONE"}),
        ("create_branch", {"branchName": "main", "ttl": "soon"}),
        ("create_branch", {"branchName": "x" * 256}),
        ("create_branch", {"branchName": "main", "pullRequestEnvironmentName": "x" * 21}),
        ("create_branch", {"branchName": "main", "backend": {"stackArn": "arn:aws:cloudformation:nowhere:1:stack/x"}}),
        ("list_branches", {"maxResults": 51}),
        ("start_job", {"branchName": "main", "jobType": "REBUILD"}),
        ("start_job", {"branchName": "main", "jobType": "RELEASE", "jobReason": "x" * 256}),
        ("start_job", {"branchName": "main", "jobType": "RETRY", "jobId": "one"}),
        ("get_job", {"branchName": "main", "jobId": "1a"}),
        ("get_job", {"branchName": "main", "jobId": "\u0661"}),
        ("start_deployment", {"branchName": "main", "sourceUrl": "ftp://host/site.zip"}),
        ("start_deployment", {"branchName": "main", "sourceUrl": "s3://" + "x" * 3000}),
        ("start_deployment", {"branchName": "main", "sourceUrl": "s3://b/k", "sourceUrlType": "TAR"}),
        ("create_deployment", {"branchName": "main", "fileMap": {"a": "0" * 33}}),
    ],
)
def test_what_botocore_lets_through_is_refused(amplify_client, amplify_mock, call, parameters):
    app_id = amplify_client.create_app(name="shop")["app"]["appId"]
    if call != "create_branch":
        amplify_client.create_branch(appId=app_id, branchName="main")
    with pytest.raises(amplify_client.exceptions.BadRequestException) as caught:
        getattr(amplify_client, call)(appId=app_id, **parameters)
    assert caught.value.response["Error"]["Message"].startswith("1 validation error detected: Value '")
    branches = amplify_mock.backend().apps[app_id].branches.values()
    assert len(branches) == (call != "create_branch")
    assert not any(branch.jobs for branch in branches)


# Tags


@pytest.mark.parametrize(
    "value",
    ["", "plain", "a b", "größe", "日本語", "Ελλάδα", "٤٢", "½", "a\u00a0b", "_.:/=+-@", "\U00020000", "e\u0301"[:1]],
)
def test_tag_values_may_be_letters_digits_and_blanks_of_any_script(post, value):
    status, app = post({"name": "shop", "tags": {"k": value}})
    assert (status, app and app["tags"]) == (200, {"k": value})


@pytest.mark.parametrize(
    "value", ["a!", "a,b", "\U0001f600", "a\nb", "a\tb", "\u0301", "\ud800", "a\u200bb", "€", "\n"]
)
def test_tag_values_may_not_be_anything_else(post, value):
    status, text = post({"name": "shop", "tags": {"k": value}})
    assert status == 400
    assert "Map value must satisfy constraint" in text


@pytest.mark.parametrize("key", ["a", "a-b", "a=b", "1,2", "a.b:c/d_e", "AWS:a", "aws", "x" * 128])
def test_tag_keys_that_are_fine(post, key):
    assert post({"name": "shop", "tags": {key: ""}})[0] == 200


@pytest.mark.parametrize("key", ["", "aws:a", "ä", "a b", "x" * 129, "a\n", "a@b"])
def test_tag_keys_that_are_not(post, key):
    status, text = post({"name": "shop", "tags": {key: ""}})
    assert status == 400
    assert "Map keys must satisfy constraint" in text


# Secrets


@pytest.mark.parametrize(
    "members",
    [
        {"accessToken": "s3cr3t" * 1000},
        {"oauthToken": "s3cr3t" * 1000},
        {"basicAuthCredentials": "s3cr3t" * 400},
        {"buildSpec": "s3cr3t" * 5000},
        {"accessToken": ["s3cr3t"]},
        {"accessToken": {"s3cr3t": "s3cr3t"}},
        {"basicAuthCredentials": 53},
        {"autoBranchCreationConfig": {"basicAuthCredentials": "s3cr3t" * 400}},
        {"autoBranchCreationConfig": {"buildSpec": {"a": "s3cr3t"}}},
        {"autoBranchCreationConfig": [{"basicAuthCredentials": "s3cr3t"}]},
        {"autoBranchCreationConfig": "basicAuthCredentials=s3cr3t"},
    ],
)
def test_a_secret_is_never_shown(post, members):
    status, text = post({"name": "shop", **members})
    assert status == 400
    assert "s3cr3t" not in text
    assert "53" not in text
    assert f"Value '{REDACTED}' at '{next(iter(members))}" in text


def test_broken_json_shows_no_secret(post):
    status, text = post(b'{"name": "shop", "accessToken": "s3cr3t"')
    assert status == 400
    assert "s3cr3t" not in text


# Every constraint of the model

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


# What a client other than botocore might send


@pytest.mark.parametrize(
    "body",
    [b" ", b"null", b"[]", b'"x"', b"1", b"true", b"{", b'{"name"', b"{'name': 'shop'}", b"\xff\xfe", b"\x00",
     b'{"name": "\xff"}', b'{"name": NaN}', b'{"name": "shop", "x": Infinity}', b'{"name": -Infinity}',
     b'{"name": "shop"} {}', b'{"name": ' + b"9" * 5000 + b"}", b"[" * 100_000, b'{"a":' * 100_000,
     b'{"name": "shop", "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_refused(post, body):
    status, text = post(body)
    assert status == 400
    assert "body" in text


def test_no_body_is_an_empty_one(post):
    assert post(b"") == detected(("Value null", "name", "Member must not be null"))


@pytest.mark.parametrize("member", ["name", "tags", "customRules", "autoBranchCreationConfig", "unknown"])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_json_is_no_crash(amplify_mock, member, opening, closing):
    for depth in (10, 100, 300, 500, 800, 950, 2000):
        deep = opening * depth + b"1" + closing * depth
        body = b'{"name": "shop", "' + member.encode() + b'": ' + deep + b"}"
        response = amplify_mock.handle(Request("POST", "/apps", body=body))
        assert response.status in {200, 400}
        assert len(response.body) < 50_000


@pytest.mark.parametrize(
    ("member", "value", "shown", "path", "kind"),
    [
        ("name", 1, "1", "name", "string"),
        ("name", True, "true", "name", "string"),
        ("name", ["a", False], "[a, false]", "name", "string"),
        ("name", {"a": {"b": 1.5}}, "{a={b=1.5}}", "name", "string"),
        ("enableBasicAuth", "true", "true", "enableBasicAuth", "boolean"),
        ("enableBasicAuth", 1, "1", "enableBasicAuth", "boolean"),
        ("enableBasicAuth", 0, "0", "enableBasicAuth", "boolean"),
        ("tags", ["a"], "[a]", "tags", "map"),
        ("tags", "a", "a", "tags", "map"),
        ("customRules", {"a": "b"}, "{a=b}", "customRules", "list"),
        ("customRules", ["x"], "x", "customRules.1.member", "structure"),
        ("customRules", [{"source": 1, "target": "x"}], "1", "customRules.1.member.source", "string"),
        ("cacheConfig", "AMPLIFY_MANAGED", "AMPLIFY_MANAGED", "cacheConfig", "structure"),
    ],
)
def test_a_wrong_type_is_refused(post, member, value, shown, path, kind):
    assert post({"name": "shop", member: value}) == detected(
        (f"Value '{shown}'", path, f"Member must be of type {kind}")
    )


@pytest.mark.parametrize(
    "time", ["2024-02-08T21:54:42Z", "1", True, 1e300, -1e300, 253402300800, -62135596801, 10**400, [0], {}]
)
def test_a_time_that_is_none_is_refused(amplify_mock, time):
    status, text = post_to(amplify_mock, "/apps/d1/branches/main/jobs", {"jobType": "RELEASE", "commitTime": time})
    assert status == 400
    assert "at 'commitTime' failed to satisfy constraint: Member must be of type timestamp" in text


@pytest.mark.parametrize("time", [0, -1, 0.5, 1e-320, -62135596800, 253402300799, 253402300799.999])
def test_any_time_that_can_be_is_taken(amplify_client, amplify_mock, time):
    app = amplify_client.create_app(name="shop", repository="https://github.com/a/b", accessToken="t")["app"]
    amplify_client.create_branch(appId=app["appId"], branchName="main")
    path = f"/apps/{app['appId']}/branches/main/jobs"
    assert post_to(amplify_mock, path, {"jobType": "RELEASE", "commitTime": time})[0] == 200


# null


def test_null_is_the_same_as_absent(post):
    assert post({"name": None}) == detected(("Value null", "name", "Member must not be null"))
    status, app = post({"name": "shop", "description": None, "tags": None, "customRules": None})
    assert (status, app["description"], app["tags"], app["customRules"]) == (200, "", {}, [])


def test_null_is_the_same_as_absent_inside_structures(post):
    assert post({"name": "shop", "customRules": [{"source": None, "target": "/b"}]}) == detected(
        ("Value null", "customRules.1.member.source", "Member must not be null")
    )
    assert post({"name": "shop", "cacheConfig": {"type": None}}) == detected(
        ("Value null", "cacheConfig.type", "Member must not be null")
    )
    status, app = post({"name": "shop", "customRules": [{**RULE, "condition": None}]})
    assert (status, app and app["customRules"]) == (200, [RULE])


@pytest.mark.parametrize(
    "members",
    [{"customRules": [None]}, {"autoBranchCreationPatterns": [None]}, {"environmentVariables": {"A": None}},
     {"tags": {"A": None}}],
)  # fmt: skip
def test_null_is_no_member_of_a_list_or_map(post, members):
    status, text = post({"name": "shop", **members})
    assert status == 400
    assert "None" not in text
    assert "null" in text


# Unknown members


def test_unknown_members_are_ignored(post):
    status, app = post({"name": "shop", "x": 1, "appId": "d1", "customRules": [{**RULE, "x": [None]}], "__class__": {}})
    assert (status, app["customRules"], app["appId"] != "d1") == (200, [RULE], True)
    assert "x" not in app


def test_attribute_names_are_not_wire_names(post):
    status, app = post({"name": "shop", "build_spec": "x", "number": 7, "clock": None, "_random": 1, "backend": "x"})
    assert status == 200
    assert "buildSpec" not in app


def test_the_last_of_two_members_counts(post):
    assert post(b'{"name": "a", "name": "b"}')[1]["name"] == "b"


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
