"""TagResource, UntagResource and ListTagsForResource."""

from __future__ import annotations

import functools

import pytest

from support.clients import bad_request, client_of, refusal

NAMES = ["main", "feature/x", "a/jobs/b", "jobs", "jobs/1", "a/jobs/1", "branches/main", "50%", "a%2Fb", "ä b?#+&"]


def new_app(client, **members):
    return client.create_app(name="shop", **members)["app"]


def new_branch(client, app_id, name="main", **members):
    return client.create_branch(appId=app_id, branchName=name, **members)["branch"]


def tags(client, arn):
    return client.list_tags_for_resource(resourceArn=arn)["tags"]


def tag(client, arn, **given):
    client.tag_resource(resourceArn=arn, tags=given)


def tag_calls(client):
    """Return the three tag operations, each ready to be called with an ARN."""
    return (
        functools.partial(client.tag_resource, tags={"a": "1"}),
        functools.partial(client.untag_resource, tagKeys=["a"]),
        client.list_tags_for_resource,
    )


def app_arn(client):
    return new_app(client)["appArn"]


def branch_arn(client, name="main"):
    return new_branch(client, new_app(client)["appId"], name)["branchArn"]


def job_arn(client, name="main"):
    app_id = new_app(client)["appId"]
    new_branch(client, app_id, name)
    return client.start_deployment(appId=app_id, branchName=name, sourceUrl="s3://b/a.zip")["jobSummary"]["jobArn"]


def domain_arn(client):
    answer = client.create_domain_association(
        appId=new_app(client)["appId"], domainName="example.com", subDomainSettings=[]
    )
    return answer["domainAssociation"]["domainAssociationArn"]


def webhook_arn(client):
    app_id = new_app(client)["appId"]
    new_branch(client, app_id)
    return client.create_webhook(appId=app_id, branchName="main")["webhook"]["webhookArn"]


def environment_arn(client):
    answer = client.create_backend_environment(appId=new_app(client)["appId"], environmentName="dev")
    return answer["backendEnvironment"]["backendEnvironmentArn"]


KINDS = [app_arn, branch_arn, job_arn, domain_arn, webhook_arn, environment_arn]


# What can be tagged


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_resource_can_be_tagged(client, kind):
    arn = kind(client)
    assert tags(client, arn) == {}
    tag(client, arn, team="web", cost="7")
    tag(client, arn, team="shop")
    assert tags(client, arn) == {"team": "shop", "cost": "7"}
    client.untag_resource(resourceArn=arn, tagKeys=["cost", "unknown"])
    assert tags(client, arn) == {"team": "shop"}


@pytest.mark.parametrize("name", NAMES)
def test_a_branch_of_any_name_and_its_jobs_can_be_tagged(client, name):
    app_id = new_app(client)["appId"]
    branch = new_branch(client, app_id, name)["branchArn"]
    started = client.start_deployment(appId=app_id, branchName=name, sourceUrl="s3://bucket/site.zip")
    job = started["jobSummary"]["jobArn"]
    tag(client, branch, what="branch")
    tag(client, job, what="job")
    assert (tags(client, branch), tags(client, job)) == ({"what": "branch"}, {"what": "job"})
    assert client.get_branch(appId=app_id, branchName=name)["branch"]["tags"] == {"what": "branch"}


def test_a_branch_named_like_a_job_does_not_hide_the_branch(client):
    app_id = new_app(client)["appId"]
    arns = [new_branch(client, app_id, name)["branchArn"] for name in ("a", "a/jobs/1", "a/jobs/1/jobs/2")]
    for number, arn in enumerate(arns):
        tag(client, arn, number=str(number))
    assert [tags(client, arn) for arn in arns] == [{"number": str(number)} for number in range(3)]


def test_tags_of_a_new_app_and_a_new_branch_are_listed(client):
    app = new_app(client, tags={"team": "web"})
    branch = new_branch(client, app["appId"], tags={"stage": "live"})
    assert (app["tags"], branch["tags"]) == ({"team": "web"}, {"stage": "live"})
    assert tags(client, app["appArn"]) == {"team": "web"}
    assert tags(client, branch["branchArn"]) == {"stage": "live"}


def test_the_objects_show_the_tags_of_now(client):
    app = new_app(client, tags={"team": "web"})
    branch = new_branch(client, app["appId"])
    tag(client, app["appArn"], cost="7")
    tag(client, branch["branchArn"], stage="live")
    client.untag_resource(resourceArn=app["appArn"], tagKeys=["team"])
    assert client.get_app(appId=app["appId"])["app"]["tags"] == {"cost": "7"}
    assert client.list_apps()["apps"][0]["tags"] == {"cost": "7"}
    assert client.list_branches(appId=app["appId"])["branches"][0]["tags"] == {"stage": "live"}


def test_tags_of_one_resource_are_not_those_of_another(client):
    arns = [kind(client) for kind in KINDS]
    for number, arn in enumerate(arns):
        tag(client, arn, number=str(number))
    assert [tags(client, arn) for arn in arns] == [{"number": str(number)} for number in range(len(arns))]


def test_what_the_caller_passed_is_not_kept_alive(client):
    given = {"team": "web"}
    app = new_app(client, tags=given)
    tag(client, app["appArn"], cost="7")
    assert given == {"team": "web"}


def test_a_deleted_resource_loses_its_tags(client):
    app_id = new_app(client)["appId"]
    arn = new_branch(client, app_id, tags={"a": "1"})["branchArn"]
    client.delete_branch(appId=app_id, branchName="main")
    assert refusal(client.list_tags_for_resource, resourceArn=arn)[0] == "ResourceNotFoundException"
    new_branch(client, app_id)
    assert tags(client, arn) == {}


def test_the_answers_are_empty(client):
    arn = app_arn(client)
    for call in tag_calls(client)[:2]:
        assert call(resourceArn=arn).keys() == {"ResponseMetadata"}


# ARNs that name nothing


@pytest.mark.parametrize(
    "tail",
    [
        "apps/dunknown",
        "apps/{app}/branches/unknown",
        "apps/{app}/branches/unknown/jobs/0000000001",
        "apps/{app}/branches/main/jobs/0000000002",
        "apps/{app}/branches/main/jobs/",
        "apps/{app}/branches/main/jobs/x",
        "apps/{app}/branches/",
        "apps/{app}/domains/example.org",
        "apps/{app}/webhooks/unknown",
        "apps/{app}/backendenvironments/unknown",
        "apps/{app}/unknown/main",
        "apps/{app}/",
        "apps/",
        "webhooks/unknown",
        "",
    ],
)
def test_an_arn_that_names_nothing_is_not_found(client, tail):
    app_id = new_app(client)["appId"]
    new_branch(client, app_id)
    client.start_deployment(appId=app_id, branchName="main", sourceUrl="s3://bucket/site.zip")
    arn = f"arn:aws:amplify:us-east-1:123456789012:{tail.format(app=app_id)}"
    for call in tag_calls(client):
        assert refusal(call, resourceArn=arn) == ("ResourceNotFoundException", 404, f"Resource {arn} not found.")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("region", "key"), [("eu-west-1", "testing"), ("us-east-1", "111122223333")])
def test_an_arn_of_another_region_or_account_names_nothing(client, kind, region, key):
    arn = kind(client)
    for call in tag_calls(client_of(region, key)):
        assert refusal(call, resourceArn=arn)[:2] == ("ResourceNotFoundException", 404)
    assert tags(client, arn) == {}


@pytest.mark.parametrize(("ours", "theirs"), [("us-east-1", "eu-west-1"), ("123456789012", "111122223333")])
def test_the_region_and_the_account_in_an_arn_count(client, ours, theirs):
    arn = app_arn(client)
    for call in tag_calls(client):
        assert refusal(call, resourceArn=arn.replace(ours, theirs))[:2] == ("ResourceNotFoundException", 404)


def test_the_error_has_a_code_and_a_message(client):
    arn = "arn:aws:amplify:us-east-1:123456789012:apps/dunknown"
    for call in tag_calls(client):
        with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
            call(resourceArn=arn)
        assert caught.value.response["code"] == "ResourceNotFound"
        assert caught.value.response["message"] == f"Resource {arn} not found."
        assert caught.value.response["Error"]["Message"] == caught.value.response["message"]


@pytest.mark.parametrize("arn", ["arn:aws:s3:::bucket", "arn:aws-cn:amplify:us-east-1:1:apps/d1", "nonsense"])
def test_an_arn_of_something_else_is_a_bad_request(client, arn):
    for call in tag_calls(client):
        code, status, text = refusal(call, resourceArn=arn)
        assert (code, status) == ("BadRequestException", 400)
        assert "'resourceArn' failed to satisfy constraint" in text


# Limits


def test_a_resource_has_at_most_50_tags(client):
    arn = app_arn(client)
    tag(client, arn, **{f"k{number}": "v" for number in range(50)})
    before = tags(client, arn)
    assert len(before) == 50
    call = functools.partial(client.tag_resource, resourceArn=arn)
    for more in ({"one-more": "v"}, {"k0": "changed", "one-more": "v"}):
        assert refusal(call, tags=more) == bad_request("A resource can have at most 50 tags.")
    assert tags(client, arn) == before
    tag(client, arn, k0="changed")
    assert tags(client, arn) == {**before, "k0": "changed"}


@pytest.mark.parametrize(
    "given",
    [
        {"aws:cloudformation:stack": "x"},
        {"k" * 129: "x"},
        {"with blank": "x"},
        {"schlüssel": "x"},
        {"k": "v" * 257},
        {"k": "a*b"},
        {f"k{number}": "v" for number in range(51)},
    ],
)
def test_keys_and_values_are_checked(client, given):
    arn = app_arn(client)
    for call, parameters in (
        (client.tag_resource, {"resourceArn": arn, "tags": given}),
        (client.create_app, {"name": "other", "tags": given}),
    ):
        assert refusal(call, **parameters)[:2] == ("BadRequestException", 400)
    assert tags(client, arn) == {}
    assert len(client.list_apps()["apps"]) == 1


@pytest.mark.parametrize("given", [{"k" * 128: "v" * 256}, {"a.b:c/d=e_f-g+h,i;9<": "ä 0_.:/=+-@"}, {"k": ""}, {}])
def test_what_the_model_allows_is_taken(client, given):
    arn = app_arn(client)
    client.tag_resource(resourceArn=arn, tags=given)
    assert tags(client, arn) == given
    if given:
        client.untag_resource(resourceArn=arn, tagKeys=list(given))
        assert tags(client, arn) == {}


def test_tag_keys_to_remove_are_checked(client):
    arn = app_arn(client)
    for keys in (["aws:x"], ["k" * 129], [f"k{number}" for number in range(51)]):
        assert refusal(client.untag_resource, resourceArn=arn, tagKeys=keys)[:2] == ("BadRequestException", 400)
