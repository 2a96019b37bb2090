"""What a client other than botocore might send: broken JSON, wrong types, null, and members that nobody knows."""

from __future__ import annotations

import pytest

from amplify_mock.service.http import Request
from support.raw import detected, post_to

RULE = {"source": "/a", "target": "/b"}

# JSON


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


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_python_takes_for_json_and_nobody_else_is_named(post, constant):
    answer = post(f'{{"name": {constant}}}'.encode())
    assert answer == (400, f"The request body is not valid JSON: {constant} is not a JSON value")


def test_no_body_is_an_empty_one(post):
    assert post(b"") == detected(("Value null", "name", "Member must not be null"))


def test_a_body_is_not_read_where_none_belongs(amplify_mock):
    response = amplify_mock.handle(Request("GET", "/apps", body=b"{"))
    assert (response.status, response.body) == (200, b'{"apps": []}')


@pytest.mark.parametrize("member", ["name", "tags", "customRules", "autoBranchCreationConfig", "unknown"])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_json_is_no_crash(amplify_mock, member, opening, closing):
    for depth in (10, 100, 300, 500, 800, 950, 2000):
        deep = opening * depth + b"1" + closing * depth
        body = b'{"name": "shop", "' + member.encode() + b'": ' + deep + b"}"
        response = amplify_mock.handle(Request("POST", "/apps", body=body))
        assert response.status in {200, 400}
        assert len(response.body) < 50_000


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a=", "}")])
def test_a_wrong_value_is_shown_to_a_depth_of_twenty(post, opening, closing):
    values = ["x"]
    for _ in range(25):
        values.append([values[-1]] if opening == "[" else {"a": values[-1]})
    for depth, inmost in ((19, "x"), (20, "x"), (21, "..."), (25, "...")):
        levels = min(depth, 20)
        shown = f"Value '{opening * levels}{inmost}{closing * levels}'"
        assert post({"name": values[depth]}) == detected((shown, "name", "Member must be of type string"))


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
