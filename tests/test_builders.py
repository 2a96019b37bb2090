"""The builders make what calls would have made, by the same rules."""

from __future__ import annotations

import datetime

import pytest

from amplify_mock import exceptions, mock_amplify
from support.clients import client_of
from support.domains import seconds
from support.jobs import GITHUB, UTC

LONG_AGO = datetime.datetime(2020, 1, 2, 3, 4, 5, 678000, UTC)
REPOSITORY = GITHUB["repository"]


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


def branch_of(app, name="main"):
    return {"appId": app.app_id, "branchName": name}


# Apps


def test_an_app_is_what_create_app_would_have_made(amplify_mock, amplify_client):
    made = amplify_client.create_app(name="shop", description="new", enableBasicAuth=True)["app"]
    built = amplify_mock.add_app("shop", description="new", enableBasicAuth=True)
    shown = amplify_client.get_app(appId=built.app_id)["app"]
    different = {"appId", "appArn", "defaultDomain", "createTime", "updateTime"}
    assert {name: value for name, value in shown.items() if name not in different} == {
        name: value for name, value in made.items() if name not in different
    }
    assert shown["createTime"] == shown["updateTime"] >= made["createTime"]


def test_an_app_needs_nothing(amplify_mock):
    assert amplify_mock.add_app().name == "shop"


@pytest.mark.parametrize(
    "members",
    [
        {"environment_variables": {"appId": "1"}, "auto_branch_creation_config": {"enable_auto_build": True}},
        {"environmentVariables": {"appId": "1"}, "autoBranchCreationConfig": {"enableAutoBuild": True}},
    ],
)
def test_members_have_either_spelling(amplify_mock, members):
    app = amplify_mock.add_app(**members, custom_rules=[{"source": "/a", "target": "/b"}], description=None)
    assert app.environment_variables == {"appId": "1"}
    assert app.auto_branch_creation_config["enable_auto_build"] is True
    assert app.custom_rules == [{"source": "/a", "target": "/b"}]
    assert app.description is None


def test_branches_can_come_with_it(amplify_mock, amplify_client):
    app = amplify_mock.add_app(branches=("main", "dev"), create_time=LONG_AGO)
    branches = amplify_client.list_branches(appId=app.app_id)["branches"]
    assert [(each["branchName"], each["createTime"]) for each in branches] == [("main", LONG_AGO), ("dev", LONG_AGO)]


def test_a_single_name_is_no_list_of_branches(amplify_mock):
    with pytest.raises(TypeError, match=r"list of names, such as \['main'\]"):
        amplify_mock.add_app(branches="main")


def test_an_app_may_have_a_given_id(amplify_mock, amplify_client):
    amplify_mock.add_app(app_id="d123")
    assert amplify_client.get_app(appId="d123")["app"]["appArn"].endswith(":apps/d123")
    with pytest.raises(ValueError, match="has an app d123 already"):
        amplify_mock.add_app(app_id="d123", region_name="eu-west-1")


def test_an_id_has_the_form_of_ids(amplify_mock):
    with pytest.raises(exceptions.BadRequestException, match=r"'X1' at 'appId' failed .*d\[a-z0-9\]\+"):
        amplify_mock.add_app(app_id="X1")


def test_an_app_may_be_in_any_region_and_account(amplify_mock):
    app = amplify_mock.add_app(region_name="eu-west-1", account_id="111122223333")
    assert app.app_arn.startswith("arn:aws:amplify:eu-west-1:111122223333:")
    assert client_of("eu-west-1", "111122223333").list_apps()["apps"][0]["appId"] == app.app_id


def test_a_repository_needs_no_token(amplify_mock, amplify_client):
    app = amplify_mock.add_app(repository=REPOSITORY, branches=["main"], create_time=LONG_AGO)
    assert (app.repository_clone_method, app.webhook_create_time) == ("TOKEN", LONG_AGO)
    amplify_mock.add_app(repository=REPOSITORY, oauth_token="t")
    amplify_client.start_job(**branch_of(app), jobType="RELEASE")


def test_times_can_be_given(amplify_mock):
    local = datetime.timezone(datetime.timedelta(hours=9))
    app = amplify_mock.add_app(
        create_time=datetime.datetime(2020, 1, 2, 12, 4, 5, 678999, local), update_time=LONG_AGO + seconds(1)
    )
    assert (app.create_time, app.update_time) == (LONG_AGO, LONG_AGO + seconds(1))
    branch = amplify_mock.add_branch(app.app_id, create_time=LONG_AGO, update_time=LONG_AGO)
    assert (branch.create_time, branch.update_time) == (LONG_AGO, LONG_AGO)


@pytest.mark.parametrize("time", [datetime.datetime(2020, 1, 1), "2020-01-01T00:00:00Z", 5])
def test_times_have_a_time_zone(amplify_mock, time):
    with pytest.raises(ValueError, match=r"create_time must be a datetime with a time zone"):
        amplify_mock.add_app(create_time=time)


def test_nothing_is_updated_before_it_is_created(amplify_mock):
    with pytest.raises(ValueError, match="update_time must not lie before create_time"):
        amplify_mock.add_app(create_time=LONG_AGO, update_time=LONG_AGO - seconds(1))


# What is refused


@pytest.mark.parametrize("name", ["repositry", "Repository", "repository_"])
def test_a_wrong_member_is_told_the_right_ones(amplify_mock, name):
    with pytest.raises(TypeError, match=rf"add_app\(\) takes no '{name}'. Did you mean 'repository'\?.*CreateApp: acc"):
        amplify_mock.add_app(**{name: REPOSITORY})


def test_a_member_that_is_nothing_like_the_others_is_refused_too(amplify_mock):
    with pytest.raises(TypeError, match=r"takes no 'xyz'\. It takes the members of CreateBranch: app_id, backend"):
        amplify_mock.add_branch(amplify_mock.add_app().app_id, xyz=1)


def test_members_of_members_are_checked(amplify_mock):
    with pytest.raises(TypeError, match=r"takes no 'taget'\. Did you mean 'target'"):
        amplify_mock.add_app(custom_rules=[{"source": "/a", "taget": "/b"}])


def test_no_member_is_given_twice(amplify_mock):
    with pytest.raises(TypeError, match="build_spec is given twice"):
        amplify_mock.add_app(build_spec="a", buildSpec="b")
    with pytest.raises(TypeError, match="branch_name is given twice"):
        amplify_mock.add_branch(amplify_mock.add_app().app_id, "main", branchName="dev")


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"name": ""}, "'name' failed to satisfy constraint"),
        ({"platform": "MARS"}, "Value 'MARS' at 'platform' failed to satisfy constraint"),
        ({"environment_variables": {"AWS_X": "1"}}, 'reserved prefix "AWS"'),
        ({"repository": "nowhere"}, "The repository url is not valid"),
        ({"custom_rules": "none"}, "'customRules' failed .*list"),
    ],
)
def test_what_create_app_refuses_is_refused(amplify_mock, members, text):
    with pytest.raises(exceptions.BadRequestException, match=text):
        amplify_mock.add_app(**members)
    assert not amplify_mock.apps


def test_quotas_hold():
    with mock_amplify(quotas={"apps": 1, "branches": 1}) as amplify:
        app = amplify.add_app(branches=["main"])
        with pytest.raises(exceptions.LimitExceededException):
            amplify.add_app()
        with pytest.raises(exceptions.LimitExceededException):
            amplify.add_branch(app.app_id, "dev")


def test_an_unknown_app_or_branch_is_told_the_known_ones(amplify_mock):
    app_id = amplify_mock.add_app(branches=["main"]).app_id
    for build in (
        lambda: amplify_mock.add_branch("dx"),
        lambda: amplify_mock.add_job("dx"),
        lambda: amplify_mock.add_domain_association("dx", "example.com"),
        lambda: amplify_mock.add_webhook("dx", "main"),
        lambda: amplify_mock.add_backend_environment("dx", "dev"),
    ):
        with pytest.raises(LookupError, match=f"no app 'dx'; it has {app_id}"):
            build()
    for build in (lambda: amplify_mock.add_job(app_id, "x"), lambda: amplify_mock.add_webhook(app_id, "x")):
        with pytest.raises(LookupError, match=f"app {app_id} has no branch 'x'; it has main"):
            build()


# Branches, domain associations, webhooks, backend environments


def test_a_branch_is_what_create_branch_would_have_made(amplify_mock, amplify_client):
    app_id = amplify_mock.add_app().app_id
    branch = amplify_mock.add_branch(app_id, "feature/x", stage="BETA", enableAutoBuild=False)
    shown = amplify_client.get_branch(appId=app_id, branchName="feature/x")["branch"]
    assert (shown["stage"], shown["enableAutoBuild"], shown["displayName"]) == ("BETA", False, "feature-x")
    assert branch == amplify_mock.apps[app_id].branches["feature/x"]
    with pytest.raises(exceptions.BadRequestException, match="already exists"):
        amplify_mock.add_branch(app_id, "feature/x")


def test_a_domain_association_is_available(amplify_mock, amplify_client):
    app = amplify_mock.add_app(branches=["main"])
    amplify_mock.add_domain_association(app.app_id, "example.com")
    name = {"appId": app.app_id, "domainName": "example.com"}
    shown = amplify_client.get_domain_association(**name)["domainAssociation"]
    assert (shown["domainStatus"], shown["subDomains"][0]["verified"]) == ("AVAILABLE", True)
    assert app.branches["main"].custom_domains == ["www.example.com"]


@pytest.mark.parametrize("status", ["CREATING", "PENDING_VERIFICATION", "PENDING_DEPLOYMENT", "FAILED"])
def test_a_domain_association_may_be_at_any_status(amplify_mock, amplify_client, status):
    app_id = amplify_mock.add_app(branches=["main"]).app_id
    domain = amplify_mock.add_domain_association(
        app_id, "example.com", sub_domains={"": "main"}, status=status, enable_auto_sub_domain=True
    )
    assert (domain.domain_status, domain.hosts) == (status, ["example.com"])
    name = {"appId": app_id, "domainName": "example.com"}
    seen = [amplify_client.get_domain_association(**name)["domainAssociation"]["domainStatus"] for _ in range(5)]
    assert seen[0] == status
    assert seen[-1] == ("FAILED" if status == "FAILED" else "AVAILABLE")
    with pytest.raises(ValueError, match=r"has the domain association EXAMPLE\.com already"):
        amplify_mock.add_domain_association(app_id, "EXAMPLE.com", status="AVAILABLE")


def test_a_domain_association_leads_to_branches_that_there_are(amplify_mock):
    app_id = amplify_mock.add_app().app_id
    with pytest.raises(exceptions.BadRequestException, match="cannot point to a non-existent branch"):
        amplify_mock.add_domain_association(app_id, "example.com")
    with pytest.raises(ValueError, match=r"a domain association has no status 'AVAILBLE'\. Did you mean 'AVAILABLE'"):
        amplify_mock.add_domain_association(app_id, "example.com", status="AVAILBLE")


def test_a_webhook_is_what_create_webhook_would_have_made(amplify_mock, amplify_client):
    app_id = amplify_mock.add_app(branches=["main"]).app_id
    made = amplify_mock.add_webhook(app_id, "main", description="new", webhook_id="w-1", create_time=LONG_AGO)
    shown = amplify_client.get_webhook(webhookId="w-1")["webhook"]
    assert (shown["description"], shown["createTime"], shown["webhookUrl"]) == ("new", LONG_AGO, made.webhook_url)
    assert made.app_id == app_id
    assert amplify_mock.add_webhook(app_id, "main").webhook_id != "w-1"
    with pytest.raises(ValueError, match="has a webhook w-1 already"):
        amplify_mock.add_webhook(app_id, "main", webhook_id="w-1")


def test_a_backend_environment_is_what_the_call_would_have_made(amplify_mock, amplify_client):
    app_id = amplify_mock.add_app().app_id
    made = amplify_mock.add_backend_environment(app_id, "dev", create_time=LONG_AGO, stackName="stack")
    assert (made.stack_name, made.deployment_artifacts) == ("stack", "shop-dev-030405-deployment")
    name = {"appId": app_id, "environmentName": "dev"}
    assert amplify_client.get_backend_environment(**name)["backendEnvironment"]["createTime"] == LONG_AGO
    with pytest.raises(exceptions.BadRequestException, match="is invalid"):
        amplify_mock.add_backend_environment(app_id, "Dev!")


def test_an_app_is_made_with_all_its_branches_or_not_at_all(amplify_mock):
    with pytest.raises(exceptions.BadRequestException, match="already exists"):
        amplify_mock.add_app("shop", branches=["main", "main"])
    assert dict(amplify_mock.apps) == {}


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"region_name": "nowhere"}, "region_name must be a region, such as 'us-east-1', and not 'nowhere'"),
        ({"account_id": "12"}, "account_id must be a string of 12 digits"),
        ({"account_id": 123456789012}, "account_id must be a string of 12 digits"),
    ],
)
def test_a_place_that_there_is_not_is_refused(amplify_mock, place, words):
    for look in (amplify_mock.add_app, amplify_mock.backend):
        with pytest.raises(ValueError, match=words):
            look(**place)
