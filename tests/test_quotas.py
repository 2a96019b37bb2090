"""How many of each thing there may be."""

from __future__ import annotations

import re

import pytest
from botocore.exceptions import ClientError

from amplify_mock import mock_amplify
from support.clients import client_of, refusal
from support.jobs import app_with_branches

AWS = {"apps": 25, "branches": 50, "domains": 5, "subdomains": 50, "webhooks": 50, "concurrent_jobs": 5}


def is_limited(call, **parameters):
    return refusal(call, **parameters)[:2] == ("LimitExceededException", 429)


# How many there may be


def make_apps(client):
    return lambda number: client.create_app(name=f"app{number}")


def make_branches(client):
    app_id = app_with_branches(client)
    return lambda number: client.create_branch(appId=app_id, branchName=f"b{number}")


def make_domains(client):
    app_id = app_with_branches(client)
    return lambda number: client.create_domain_association(
        appId=app_id, domainName=f"d{number}.com", subDomainSettings=[]
    )


def make_subdomains(client):
    # Each call asks for one subdomain more.
    app_id = app_with_branches(client, "main")
    return lambda number: client.create_domain_association(
        appId=app_id, domainName=f"d{number}.com", subDomainSettings=subdomains(number + 1)
    )


def make_webhooks(client):
    app_id = app_with_branches(client, "main")
    return lambda _: client.create_webhook(appId=app_id, branchName="main")


def subdomains(count):
    return [{"prefix": f"s{number}", "branchName": "main"} for number in range(count)]


THINGS = {
    "apps": make_apps,
    "branches": make_branches,
    "domains": make_domains,
    "subdomains": make_subdomains,
    "webhooks": make_webhooks,
}


def refused_at(make, most):
    """Return which of ``most`` calls is the first to be refused."""
    for number in range(most):
        try:
            make(number)
        except ClientError as error:
            code = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            return (number, *code)
    return None


@pytest.mark.parametrize("most", [0, 2])
@pytest.mark.parametrize("name", THINGS)
def test_a_single_quota_holds(name, most):
    with mock_amplify(quotas={name: most}):
        assert refused_at(THINGS[name](client_of()), 4) == (most, "LimitExceededException", 429)


@pytest.mark.parametrize("name", ["apps", "branches", "domains", "webhooks"])
def test_the_defaults_of_an_account_hold_when_asked_for(name):
    with mock_amplify(quotas="aws"):
        assert refused_at(THINGS[name](client_of()), 60) == (AWS[name], "LimitExceededException", 429)


@pytest.mark.parametrize("name", ["apps", "domains", "webhooks"])
def test_what_is_raised_on_request_is_not_limited_otherwise(name, client):
    assert refused_at(THINGS[name](client), 60) is None


@pytest.mark.parametrize("quotas", [None, {"apps": 100}, "aws"])
def test_50_branches_are_always_the_most(quotas):
    with mock_amplify(quotas=quotas):
        assert refused_at(make_branches(client_of()), 60) == (50, "LimitExceededException", 429)


@pytest.mark.parametrize("quotas", [None, {"apps": 100}, "aws"])
def test_50_subdomains_are_always_the_most(quotas):
    with mock_amplify(quotas=quotas):
        client = client_of()
        domain = {"appId": app_with_branches(client, "main"), "domainName": "example.com"}
        assert is_limited(client.create_domain_association, **domain, subDomainSettings=subdomains(51))
        client.create_domain_association(**domain, subDomainSettings=subdomains(50))
        for _ in range(5):
            before = client.get_domain_association(**domain)["domainAssociation"]
        assert is_limited(client.update_domain_association, **domain, subDomainSettings=subdomains(51))
        assert client.get_domain_association(**domain)["domainAssociation"] == before


@pytest.mark.amplify_mock(quotas={"apps": 1, "branches": 1, "domains": 1, "webhooks": 1})
def test_what_is_deleted_makes_room(client):
    for name in ("a.com", "b.com"):
        app_id = app_with_branches(client)
        for branch in ("main", "dev"):
            client.create_branch(appId=app_id, branchName=branch)
            webhook = client.create_webhook(appId=app_id, branchName=branch)["webhook"]
            client.delete_webhook(webhookId=webhook["webhookId"])
            client.create_domain_association(appId=app_id, domainName=name, subDomainSettings=[])
            client.delete_domain_association(appId=app_id, domainName=name)
            client.delete_branch(appId=app_id, branchName=branch)
        client.delete_app(appId=app_id)


@pytest.mark.amplify_mock(quotas={"apps": 1, "branches": 1, "domains": 1, "webhooks": 1})
def test_regions_accounts_and_apps_count_for_themselves(client):
    for each in (client, client_of("eu-west-1"), client_of(key="111122223333")):
        app_id = app_with_branches(each, "main")
        each.create_webhook(appId=app_id, branchName="main")
        assert is_limited(each.create_app, name="other")


@pytest.mark.amplify_mock(quotas={"branches": 1, "domains": 1, "webhooks": 1})
def test_each_app_counts_for_itself(client):
    for number in range(2):
        app_id = app_with_branches(client, "main")
        client.create_domain_association(appId=app_id, domainName=f"{number}.com", subDomainSettings=[])
        client.create_webhook(appId=app_id, branchName="main")


@pytest.mark.amplify_mock(quotas={"apps": 0})
def test_the_text_for_apps_is_the_recorded_one(client):
    answer = refusal(client.create_app, name="shop")
    assert answer == ("LimitExceededException", 429, "You have reached the maximum number of apps in this account")
    assert client.list_apps()["apps"] == []


# Settings


@pytest.mark.parametrize(("name", "hint"), [("webhook", "webhooks"), ("no_of_apps", "apps"), ("Branches", "branches")])
def test_an_unknown_quota_is_refused_with_the_valid_ones(name, hint):
    text = f"there is no quota '{name}'. Did you mean '{hint}'? The quotas are: {', '.join(AWS)}."
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        mock_amplify(quotas={name: 3})


@pytest.mark.parametrize("count", [-1, "3", 2.5, True, None])
def test_a_quota_is_a_count(count):
    with pytest.raises(ValueError, match=f"^{re.escape(f'the quota apps must be a count, and not {count!r}')}$"):
        mock_amplify(quotas={"apps": count})


@pytest.mark.parametrize("quotas", ["AWS", "azure", 3, ["apps"]])
def test_quotas_are_a_dict_or_aws(quotas):
    text = f'quotas must be "aws" or a dict such as {{"apps": 3}}, and not {quotas!r}'
    with pytest.raises(TypeError, match=f"^{re.escape(text)}$"):
        mock_amplify(quotas=quotas)


@pytest.mark.parametrize("name", ["branches", "subdomains"])
def test_a_quota_that_aws_never_raises_can_only_be_lowered(name):
    mock_amplify(quotas={name: 50})
    with pytest.raises(ValueError, match=f"AWS never raises the quota {name} above 50, so 51 cannot be asked for"):
        mock_amplify(quotas={name: 51})
