"""Host names: which are taken, and which lead to a branch."""

from __future__ import annotations

import functools
import re

import pytest

from amplify_mock import mock_amplify
from support.clients import client_of, not_found, refusal
from support.domains import associate, available, custom_domains, delete, get, listed, settings, taken
from support.jobs import app_with_branches


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def app_id(amplify_client):
    return app_with_branches(amplify_client, "main", "dev")


# Names that are taken


def test_a_host_name_of_another_app_is_refused(amplify_client, app_id):
    associate(amplify_client, app_id, subDomainSettings=settings(www="main", apex="main"))
    other = app_with_branches(amplify_client, "main", "dev")
    answer = refusal(
        amplify_client.create_domain_association,
        appId=other,
        domainName="example.com",
        subDomainSettings=settings(www="main", apex="main", more="main"),
    )
    assert answer == taken("www.example.com", "example.com")
    assert listed(amplify_client, other) == []


@pytest.mark.parametrize(("region", "key"), [("eu-west-1", "testing"), ("us-east-1", "111122223333")])
def test_a_host_name_is_taken_in_every_region_and_account(amplify_client, app_id, region, key):
    associate(amplify_client, app_id)
    other = client_of(region, key)
    answer = refusal(
        other.create_domain_association,
        appId=app_with_branches(other, "main", "dev"),
        domainName="example.com",
        subDomainSettings=settings(www="main"),
    )
    assert answer == taken("www.example.com")


def test_another_mock_knows_nothing_of_it(amplify_client, app_id):
    associate(amplify_client, app_id)
    with mock_amplify(isolated=True):
        assert associate(amplify_client, app_with_branches(amplify_client, "main", "dev"))["domainStatus"] == "CREATING"


@pytest.mark.parametrize(
    ("domain", "prefixes"), [("www.example.com", ["apex"]), ("example.com", ["other"]), ("example.com", [])]
)
def test_a_name_can_be_taken_in_other_ways_too(amplify_client, app_id, domain, prefixes):
    associate(amplify_client, app_id)
    wanted = settings(**dict.fromkeys(prefixes, "main"))
    code, status, text = refusal(
        amplify_client.create_domain_association,
        appId=app_with_branches(amplify_client, "main", "dev"),
        domainName=domain,
        subDomainSettings=wanted,
    )
    assert (code, status) == ("BadRequestException", 400)
    assert re.fullmatch(
        r"One or more domains requested are already associated with another Amplify app: [a-z.]*example\.com", text
    )


def test_names_taken_by_several_apps_are_all_named(amplify_client, app_id):
    associate(amplify_client, app_id, "a.example.com", subDomainSettings=settings(apex="main"))
    associate(
        amplify_client,
        app_with_branches(amplify_client, "main", "dev"),
        "b.example.com",
        subDomainSettings=settings(apex="main"),
    )
    answer = refusal(
        amplify_client.create_domain_association,
        appId=app_with_branches(amplify_client, "main", "dev"),
        domainName="example.com",
        subDomainSettings=settings(a="main", b="main", c="main"),
    )
    assert answer == taken("a.example.com", "b.example.com")


def test_an_update_cannot_take_a_host_name_either(amplify_client, app_id):
    other = app_with_branches(amplify_client, "main", "dev")
    associate(amplify_client, other, "www.example.com", subDomainSettings=settings(apex="main"))
    available(amplify_client, app_id, subDomainSettings=settings(a="main"))
    before = get(amplify_client, app_id)
    answer = refusal(
        amplify_client.update_domain_association,
        appId=app_id,
        domainName="example.com",
        subDomainSettings=settings(www="main"),
    )
    assert answer == taken("www.example.com")
    assert get(amplify_client, app_id) == before


def test_host_names_that_only_look_alike_are_free(amplify_client, app_id):
    associate(amplify_client, app_id)
    other = app_with_branches(amplify_client, "main", "dev")
    for name in ("example.org", "anexample.com", "w.example.com"):
        assert associate(amplify_client, other, name)["domainName"] == name


def test_an_app_cannot_associate_a_domain_twice(amplify_client, app_id):
    associate(amplify_client, app_id)
    call = functools.partial(amplify_client.create_domain_association, appId=app_id, domainName="example.com")
    assert refusal(call, subDomainSettings=settings(new="main"))[:2] == ("BadRequestException", 400)
    assert custom_domains(amplify_client, app_id) == ["www.example.com"]


def test_a_deleted_association_or_app_gives_its_names_back(amplify_client, app_id):
    other = app_with_branches(amplify_client, "main", "dev")
    associate(amplify_client, app_id)
    delete(amplify_client, app_id)
    associate(amplify_client, other)
    amplify_client.delete_app(appId=other)
    assert associate(amplify_client, app_id)["domainStatus"] == "CREATING"


# Branches


def test_a_branch_has_the_full_host_names_that_lead_to_it(amplify_client, app_id):
    associate(amplify_client, app_id, subDomainSettings=settings(apex="main", www="main", dev="dev"))
    associate(amplify_client, app_id, "example.org", subDomainSettings=settings(shop="main"))
    assert custom_domains(amplify_client, app_id) == ["example.com", "www.example.com", "shop.example.org"]
    assert custom_domains(amplify_client, app_id, "dev") == ["dev.example.com"]


def test_many_host_names_may_lead_to_one_branch(amplify_client, app_id):
    # Six domains of 50 subdomains are more than the 255 custom domains that the model lets a branch have.
    for number in range(6):
        wanted = settings(**{f"s{each}": "main" for each in range(50)})
        associate(amplify_client, app_id, f"n{number}.com", subDomainSettings=wanted)
    assert len(custom_domains(amplify_client, app_id)) >= 250


def test_a_deleted_branch_takes_its_sub_domains_along(amplify_client, app_id):
    available(amplify_client, app_id, subDomainSettings=settings(www="main", dev="dev"))
    amplify_client.delete_branch(appId=app_id, branchName="dev")
    domain = get(amplify_client, app_id)
    assert [each["subDomainSetting"] for each in domain["subDomains"]] == settings(www="main")
    assert domain["domainStatus"] == "AVAILABLE"
    amplify_client.create_branch(appId=app_id, branchName="dev")
    assert custom_domains(amplify_client, app_id, "dev") == []


def test_a_deleted_branch_is_answered_with_the_domains_it_had(amplify_client, app_id):
    available(amplify_client, app_id)
    before = amplify_client.get_branch(appId=app_id, branchName="main")["branch"]
    assert before["customDomains"] == ["www.example.com"]
    assert amplify_client.delete_branch(appId=app_id, branchName="main")["branch"] == before


def test_an_app_goes_with_its_associations(amplify_client, app_id):
    associate(amplify_client, app_id)
    amplify_client.delete_app(appId=app_id)
    answer = refusal(amplify_client.get_domain_association, appId=app_id, domainName="example.com")
    assert answer == not_found(f"App {app_id} not found.")
