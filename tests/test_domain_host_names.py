"""Host names: which are taken, and which lead to a branch."""

from __future__ import annotations

import functools
import re

import pytest

from amplify_mock import DomainPlan, mock_amplify
from support.clients import bad_request, client_of, not_found, refusal
from support.domains import associate, available, custom_domains, delete, get, listed, settings, taken
from support.jobs import app_with_branches


@pytest.fixture
def app_id(client):
    return app_with_branches(client, "main", "dev")


# Names that are taken


def test_a_host_name_of_another_app_is_refused(client, app_id):
    associate(client, app_id, subDomainSettings=settings(www="main", apex="main"))
    other = app_with_branches(client, "main", "dev")
    answer = refusal(
        client.create_domain_association,
        appId=other,
        domainName="example.com",
        subDomainSettings=settings(www="main", apex="main", more="main"),
    )
    assert answer == taken("www.example.com", "example.com")
    assert listed(client, other) == []


@pytest.mark.parametrize(("region", "key"), [("eu-west-1", "testing"), ("us-east-1", "111122223333")])
def test_a_host_name_is_taken_in_every_region_and_account(client, app_id, region, key):
    associate(client, app_id)
    other = client_of(region, key)
    answer = refusal(
        other.create_domain_association,
        appId=app_with_branches(other, "main", "dev"),
        domainName="example.com",
        subDomainSettings=settings(www="main"),
    )
    assert answer == taken("www.example.com")


def test_another_mock_knows_nothing_of_it(boto3_client):
    associate(boto3_client, app_with_branches(boto3_client, "main"))
    with mock_amplify(isolated=True):
        assert associate(boto3_client, app_with_branches(boto3_client, "main"))["domainStatus"] == "CREATING"


@pytest.mark.parametrize(
    ("domain", "prefixes"), [("www.example.com", ["apex"]), ("example.com", ["other"]), ("example.com", [])]
)
def test_a_name_can_be_taken_in_other_ways_too(client, app_id, domain, prefixes):
    associate(client, app_id)
    wanted = settings(**dict.fromkeys(prefixes, "main"))
    code, status, text = refusal(
        client.create_domain_association,
        appId=app_with_branches(client, "main", "dev"),
        domainName=domain,
        subDomainSettings=wanted,
    )
    assert (code, status) == ("BadRequestException", 400)
    assert re.fullmatch(
        r"One or more domains requested are already associated with another Amplify app: [a-z.]*example\.com", text
    )


def test_names_taken_by_several_apps_are_all_named(client, app_id):
    associate(client, app_id, "a.example.com", subDomainSettings=settings(apex="main"))
    associate(
        client,
        app_with_branches(client, "main", "dev"),
        "b.example.com",
        subDomainSettings=settings(apex="main"),
    )
    answer = refusal(
        client.create_domain_association,
        appId=app_with_branches(client, "main", "dev"),
        domainName="example.com",
        subDomainSettings=settings(a="main", b="main", c="main"),
    )
    assert answer == taken("a.example.com", "b.example.com")


def test_an_update_cannot_take_a_host_name_either(client, app_id):
    other = app_with_branches(client, "main", "dev")
    associate(client, other, "www.example.com", subDomainSettings=settings(apex="main"))
    available(client, app_id, subDomainSettings=settings(a="main"))
    before = get(client, app_id)
    answer = refusal(
        client.update_domain_association,
        appId=app_id,
        domainName="example.com",
        subDomainSettings=settings(www="main"),
    )
    assert answer == taken("www.example.com")
    assert get(client, app_id) == before


def test_host_names_that_only_look_alike_are_free(client, app_id):
    associate(client, app_id)
    other = app_with_branches(client, "main", "dev")
    for name in ("example.org", "anexample.com", "w.example.com"):
        assert associate(client, other, name)["domainName"] == name


def test_an_app_cannot_associate_a_domain_twice(client, app_id):
    associate(client, app_id)
    call = functools.partial(client.create_domain_association, appId=app_id, domainName="example.com")
    assert refusal(call, subDomainSettings=settings(new="main"))[:2] == ("BadRequestException", 400)
    assert custom_domains(client, app_id) == ["www.example.com"]


def test_a_deleted_association_or_app_gives_its_names_back(client, app_id):
    other = app_with_branches(client, "main", "dev")
    associate(client, app_id)
    delete(client, app_id)
    associate(client, other)
    client.delete_app(appId=other)
    assert associate(client, app_id)["domainStatus"] == "CREATING"


def test_a_host_name_has_at_most_253_characters(client, app_id):
    longest = settings(**{"a" * 241: "main"})
    assert associate(client, app_id, subDomainSettings=longest)["subDomains"][0]["subDomainSetting"] == longest[0]
    too_long = settings(**{"a" * 242: "main"})
    assert refusal(
        client.create_domain_association, appId=app_id, domainName="example.org", subDomainSettings=too_long
    ) == bad_request(f"The subdomain {'a' * 242}.example.org is longer than 253 characters.")


# Branches


def test_a_branch_has_the_full_host_names_that_lead_to_it(client, app_id):
    associate(client, app_id, subDomainSettings=settings(apex="main", www="main", dev="dev"))
    associate(client, app_id, "example.org", subDomainSettings=settings(shop="main"))
    assert custom_domains(client, app_id) == ["example.com", "www.example.com", "shop.example.org"]
    assert custom_domains(client, app_id, "dev") == ["dev.example.com"]


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=60))
def test_host_names_lead_to_a_branch_until_the_deletion_of_their_domain_has_finished(client, amplify_mock, app_id):
    associate(client, app_id)
    delete(client, app_id)
    assert custom_domains(client, app_id) == ["www.example.com"]
    amplify_mock.clock.advance(minutes=2)
    assert custom_domains(client, app_id) == []


def test_many_host_names_may_lead_to_one_branch(client, app_id):
    # Six domains of 50 subdomains are more than the 255 custom domains that the model lets a branch have.
    for number in range(6):
        wanted = settings(**{f"s{each}": "main" for each in range(50)})
        associate(client, app_id, f"n{number}.com", subDomainSettings=wanted)
    assert len(custom_domains(client, app_id)) >= 250


def test_a_deleted_branch_takes_its_sub_domains_along(client, app_id):
    available(client, app_id, subDomainSettings=settings(www="main", dev="dev"))
    client.delete_branch(appId=app_id, branchName="dev")
    domain = get(client, app_id)
    assert [each["subDomainSetting"] for each in domain["subDomains"]] == settings(www="main")
    assert domain["domainStatus"] == "AVAILABLE"
    client.create_branch(appId=app_id, branchName="dev")
    assert custom_domains(client, app_id, "dev") == []


def test_a_deleted_branch_is_answered_with_the_domains_it_had(client, app_id):
    available(client, app_id)
    before = client.get_branch(appId=app_id, branchName="main")["branch"]
    assert before["customDomains"] == ["www.example.com"]
    assert client.delete_branch(appId=app_id, branchName="main")["branch"] == before


def test_an_app_goes_with_its_associations(client, app_id):
    associate(client, app_id)
    client.delete_app(appId=app_id)
    answer = refusal(client.get_domain_association, appId=app_id, domainName="example.com")
    assert answer == not_found(f"App {app_id} not found.")
