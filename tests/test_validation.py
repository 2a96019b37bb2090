"""How AWS words what is refused before an operation sees it, with tags and secrets in particular."""

from __future__ import annotations

import re

import pytest
from botocore.model import ServiceModel

from amplify_mock.service.validation import Validator
from support.model import needs
from support.raw import detected, post_to

# The pattern of sourceUrl came with it.
NEW_SOURCES = needs("StartDeploymentRequest.sourceUrlType")
RULE = {"source": "/a", "target": "/b"}
REDACTED = "*** Sensitive Data Redacted ***"


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


TYPE = "Member must be of type {}"
TAG_VALUE = (
    r"Map value must satisfy constraint: [Member must have length less than or equal to 256, "
    r"Member must satisfy regular expression pattern: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$]"
)
PATTERN = (
    "Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length "
    "greater than or equal to 1, Member must satisfy regular expression pattern: (?s).+]"
)


@pytest.mark.parametrize(
    ("members", "violations"),
    [
        ({"name": 5}, [("Value '5'", "name", TYPE.format("string"))]),
        ({"enableBasicAuth": "yes"}, [("Value 'yes'", "enableBasicAuth", TYPE.format("boolean"))]),
        ({"cacheConfig": 7}, [("Value '7'", "cacheConfig", TYPE.format("structure"))]),
        ({"customRules": "x"}, [("Value 'x'", "customRules", TYPE.format("list"))]),
        ({"customRules": {"a": [True, None]}},
         [("Value '{a=[true, null]}'", "customRules", TYPE.format("list"))]),
        ({"tags": ["a"]}, [("Value '[a]'", "tags", TYPE.format("map"))]),
        ({"tags": {"a": 5}}, [("Value '{a=5}'", "tags",
                               "Map value must satisfy constraint: [Member must be of type string]")]),
        ({"environmentVariables": {"a": None}},
         [("Value '{a=null}'", "environmentVariables",
           "Map value must satisfy constraint: [Member must not be null]")]),
        ({"autoBranchCreationConfig": [1]},
         [(f"Value '{REDACTED}'", "autoBranchCreationConfig", TYPE.format("structure"))]),
        ({"customRules": [5, {"source": "/a"}, {"target": 7}]},
         [("Value '5'", "customRules.1.member", TYPE.format("structure")),
          ("Value null", "customRules.2.member.target", "Member must not be null"),
          ("Value null", "customRules.3.member.source", "Member must not be null"),
          ("Value '7'", "customRules.3.member.target", TYPE.format("string"))]),
        ({"autoBranchCreationPatterns": [5, 6, "", ""]},
         [("Value '5'", "autoBranchCreationPatterns.1.member", TYPE.format("string")),
          ("Value '6'", "autoBranchCreationPatterns.2.member", TYPE.format("string")),
          ("Value '[5, 6, , ]'", "autoBranchCreationPatterns", PATTERN)]),
        ({"tags": {f"k{number}": "v!" for number in range(51)}},
         [(f"Value '{{{', '.join(f'k{number}=v!' for number in range(51))}}}'", "tags", rule)
          for rule in ("Member must have length less than or equal to 50", TAG_VALUE)]),
    ],
)  # fmt: skip
def test_everything_that_is_wrong_is_told(post, members, violations):
    assert post({"name": "shop", **members}) == detected(*violations)


def test_one_violation_is_the_whole_text(post):
    assert post({"name": "shop", "platform": "X"}) == detected(
        ("Value 'X'", "platform", "Member must satisfy enum value set: [WEB, WEB_DYNAMIC, WEB_COMPUTE]")
    )


def test_a_member_that_is_required(post):
    assert post({}) == detected(("Value null", "name", "Member must not be null"))


@needs("CreateAppRequest.jobConfig")
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


def test_too_many_members_of_a_list_are_shown(amplify_mock):
    hosts = [{"prefix": f"p{number}", "branchName": "main"} for number in range(501)]
    shown = ", ".join(f"{{prefix=p{number}, branchName=main}}" for number in range(501))
    asked = {"domainName": "example.com", "subDomainSettings": hosts}
    assert post_to(amplify_mock, "/apps/d1/domains", asked) == detected(
        (f"Value '[{shown}]'", "subDomainSettings", "Member must have length less than or equal to 500")
    )


def test_digits_of_a_pattern_are_those_of_ascii(amplify_mock):
    arn = f"arn:aws:acm:us-east-1:{chr(0x663) * 12}:certificate/1"
    asked = {
        "domainName": "example.com",
        "subDomainSettings": [{"prefix": "", "branchName": "main"}],
        "certificateSettings": {"type": "CUSTOM", "customCertificateArn": arn},
    }
    assert post_to(amplify_mock, "/apps/d1/domains", asked) == detected(
        (
            f"Value '{arn}'",
            "certificateSettings.customCertificateArn",
            r"Member must satisfy regular expression pattern: ^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/.+$",
        )
    )


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
        pytest.param("start_deployment", {"branchName": "main", "sourceUrl": "ftp://host/site.zip"}, marks=NEW_SOURCES),
        ("start_deployment", {"branchName": "main", "sourceUrl": "s3://" + "x" * 3000}),
        pytest.param(
            "start_deployment",
            {"branchName": "main", "sourceUrl": "s3://b/k", "sourceUrlType": "TAR"},
            marks=NEW_SOURCES,
        ),
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


@pytest.mark.parametrize(("value", "is_right"), [("ab", True), ("a", False), ("b", False), ("abc", False), (1, False)])
def test_a_shape_may_have_a_length_a_pattern_and_words(value, is_right):
    # Amplify's has none of this kind, and a later one may.
    shapes = {"Word": {"type": "string", "min": 2, "max": 2, "pattern": "a.*", "enum": ["a", "ab", "b", "abc"]}}
    word = ServiceModel({"metadata": {}, "shapes": shapes}).shape_for("Word")
    assert (Validator().check(word)(value) is None) is is_right


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("Words", "s3cr3t", "Member must be of type list"),
        ("Words", ["s3cr3t", ""],
         "Member must satisfy constraint: [Member must have length greater than or equal to 1]"),
        ("Words", ["s3cr3t", "s3cr3t", "s3cr3t"], "Member must have length less than or equal to 2"),
        ("Labelled", "s3cr3t", "Member must be of type map"),
        ("Labelled", {"a": "s3cr3t", "b": ""},
         "Map value must satisfy constraint: [Member must have length greater than or equal to 1]"),
        ("Labelled", {"a": "s3cr3t", "b": "s3cr3t", "c": "s3cr3t"}, "Member must have length less than or equal to 2"),
        ("Card", "s3cr3t", "Member must be of type structure"),
    ],
)  # fmt: skip
def test_what_holds_secrets_is_not_shown(name, value, rule):
    # Amplify's model has no lists and maps of secrets either.
    shapes = {
        "Word": {"type": "string", "min": 1, "sensitive": True},
        "Label": {"type": "string"},
        "Words": {"type": "list", "member": {"shape": "Word"}, "max": 2},
        "Labelled": {"type": "map", "key": {"shape": "Label"}, "value": {"shape": "Word"}, "max": 2},
        "Card": {"type": "structure", "members": {"word": {"shape": "Word"}}},
    }
    shape = ServiceModel({"metadata": {}, "shapes": shapes}).shape_for(name)
    assert Validator().check(shape)(value) == [("", f"Value '{REDACTED}'", rule)]
