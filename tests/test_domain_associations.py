"""CreateDomainAssociation, DeleteDomainAssociation, and what an association looks like."""

from __future__ import annotations

import functools
import re

import freezegun
import pytest

from amplify_mock import DomainPlan
from support.clients import bad_request, not_found, refusal
from support.domains import (
    DISTRIBUTION,
    NO_BRANCH,
    ROLE,
    START,
    associate,
    available,
    custom_domains,
    delete,
    get,
    listed,
    records,
    seconds,
    settings,
    taken,
)
from support.jobs import app_with_branches


@pytest.fixture
def app_id(client):
    return app_with_branches(client, "main", "dev")


# A new association


def test_a_new_association_has_the_recorded_form(client, app_id):
    domain = associate(client, app_id, subDomainSettings=settings(dev="dev"))
    assert domain == {
        "domainAssociationArn": f"arn:aws:amplify:us-east-1:123456789012:apps/{app_id}/domains/example.com",
        "domainName": "example.com",
        "enableAutoSubDomain": False,
        "domainStatus": "CREATING",
        "statusReason": "",
        "subDomains": [
            {
                "subDomainSetting": {"prefix": "dev", "branchName": "dev"},
                "verified": False,
                "dnsRecord": "dev CNAME <pending>",
            }
        ],
        "certificate": {"type": "AMPLIFY_MANAGED"},
    }


def test_the_record_of_the_domain_itself_starts_with_a_blank(client, app_id):
    domain = associate(client, app_id, subDomainSettings=settings(apex="main", www="main"))
    assert records(domain) == [" CNAME <pending>", "www CNAME <pending>"]
    for _ in range(2):
        domain = get(client, app_id)
    assert re.fullmatch(rf" CNAME {DISTRIBUTION}", records(domain)[0])


@pytest.mark.amplify_mock(fidelity="recorded")
def test_the_recorded_answer_has_no_prefix_for_the_domain_itself(client, app_id):
    domain = associate(client, app_id, subDomainSettings=settings(apex="main"))
    assert domain["subDomains"][0]["subDomainSetting"] == {"branchName": "main"}


def test_sub_domains_keep_their_order(client, app_id):
    wanted = settings(z="main", apex="dev", a="main")
    domain = associate(client, app_id, subDomainSettings=wanted)
    assert [each["subDomainSetting"] for each in domain["subDomains"]] == wanted


@pytest.mark.parametrize(("given", "answered"), [({}, False), ({"autoSubDomainIAMRole": ROLE}, True)])
def test_automatic_sub_domains_need_a_role(client, app_id, given, answered):
    assert associate(client, app_id, enableAutoSubDomain=True, **given)["enableAutoSubDomain"] is answered


def test_what_was_given_comes_back(client, app_id):
    given = {"autoSubDomainCreationPatterns": ["*", "pr*"], "autoSubDomainIAMRole": ROLE}
    associate(client, app_id, **given)
    domain = get(client, app_id)
    assert {name: domain[name] for name in given} == given


def test_a_sub_domain_leads_to_a_branch_that_exists(client, app_id):
    wrong = settings(www="main", api="nowhere")
    call = functools.partial(client.create_domain_association, appId=app_id, domainName="example.com")
    assert refusal(call, subDomainSettings=wrong) == bad_request(NO_BRANCH)
    assert listed(client, app_id) == []
    assert custom_domains(client, app_id) == []


@pytest.mark.parametrize("name", ["localhost", "-a.com", "a_b.com", "a..com", f"{'a' * 61}.com"])
def test_a_domain_name_must_be_one(client, app_id, name):
    answer = refusal(
        client.create_domain_association, appId=app_id, domainName=name, subDomainSettings=settings(www="main")
    )
    assert answer[:2] == ("BadRequestException", 400)
    assert "'domainName' failed to satisfy constraint" in answer[2]


@pytest.mark.parametrize("operation", ["create", "get", "update", "delete"])
def test_an_unknown_app_is_not_found(client, app_id, operation):
    more = {"subDomainSettings": []} if operation == "create" else {}
    call = getattr(client, f"{operation}_domain_association")
    answer = refusal(call, appId="dunknown", domainName="example.com", **more)
    assert answer == not_found("App dunknown not found.")
    assert refusal(client.list_domain_associations, appId="dunknown") == answer


@pytest.mark.parametrize("operation", ["get", "update", "delete"])
def test_an_unknown_domain_is_not_found(client, app_id, operation):
    associate(client, app_id, "example.org")
    call = getattr(client, f"{operation}_domain_association")
    answer = refusal(call, appId=app_id, domainName="example.com")
    assert answer == not_found("Domain association example.com not found.")


def test_a_prefix_may_not_break_what_is_read_later(client, app_id):
    # The model allows prefixes of 255 characters, and host names of 255.
    wanted = settings(**{"p" * 255: "main"})
    try:
        associate(client, app_id, subDomainSettings=wanted)
    except client.exceptions.BadRequestException:
        assert listed(client, app_id) == []
    assert client.get_branch(appId=app_id, branchName="main")["branch"]["branchName"] == "main"


# Deletion


def test_a_deleted_association_is_gone(client, app_id):
    before = available(client, app_id)
    assert delete(client, app_id) == before
    for operation in ("get", "update", "delete"):
        call = getattr(client, f"{operation}_domain_association")
        answer = refusal(call, appId=app_id, domainName="example.com")
        assert answer == not_found("Domain association example.com not found.")
    assert listed(client, app_id) == []
    assert custom_domains(client, app_id) == []


def test_a_deleted_association_is_not_in_the_backend(client, amplify_mock, app_id):
    associate(client, app_id)
    delete(client, app_id)
    assert amplify_mock.backend().apps[app_id].domain_associations == {}


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=30))
def test_a_deletion_that_takes_a_while_can_be_polled(client, app_id):
    associate(client, app_id)
    delete(client, app_id)
    assert get(client, app_id)["domainName"] == "example.com"
    with pytest.raises(client.exceptions.NotFoundException):  # noqa: PT012 (any of the reads may raise it)
        for _ in range(4):
            get(client, app_id)
    assert listed(client, app_id) == []


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=30))
def test_a_deletion_that_takes_a_while_can_be_listed(client, app_id):
    associate(client, app_id)
    delete(client, app_id)
    assert [each["domainName"] for each in listed(client, app_id)] == ["example.com"]


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=30))
def test_the_clock_ends_a_deletion(client, app_id):
    other = app_with_branches(client, "main", "dev")
    with freezegun.freeze_time(START) as clock:
        associate(client, app_id)
        delete(client, app_id)
        clock.tick(seconds(29))
        call = functools.partial(client.create_domain_association, domainName="example.com")
        assert refusal(call, appId=other, subDomainSettings=settings(www="main")) == taken("www.example.com")
        assert refusal(call, appId=app_id, subDomainSettings=[])[:2] == ("BadRequestException", 400)
        clock.tick(seconds(2))
        assert associate(client, other)["domainStatus"] == "CREATING"
        answer = refusal(client.get_domain_association, appId=app_id, domainName="example.com")
    assert answer == not_found("Domain association example.com not found.")


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=30))
def test_a_branch_loses_its_custom_domains_when_the_deletion_ends(client, app_id):
    with freezegun.freeze_time(START) as clock:
        associate(client, app_id)
        delete(client, app_id)
        clock.tick(seconds(31))
        assert custom_domains(client, app_id) == []


def test_a_domain_can_be_associated_again_after_its_deletion(client, app_id):
    old = available(client, app_id)
    delete(client, app_id)
    new = available(client, app_id, subDomainSettings=settings(www="dev"))
    assert records(new) != records(old)
    assert custom_domains(client, app_id, "dev") == ["www.example.com"]


def test_an_association_made_again_is_listed_last_on_every_page(client, app_id):
    for name in ("a.com", "b.com", "c.com"):
        associate(client, app_id, name)
    delete(client, app_id, "a.com")
    associate(client, app_id, "a.com")
    assert [each["domainName"] for each in listed(client, app_id)] == ["b.com", "c.com", "a.com"]
    pages = client.get_paginator("list_domain_associations").paginate(appId=app_id, PaginationConfig={"PageSize": 1})
    names = [each["domainName"] for page in pages for each in page["domainAssociations"]]
    assert names == ["b.com", "c.com", "a.com"]


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=60))
def test_deleting_again_what_is_being_deleted_does_not_start_over(amplify_mock, client):
    app_id = client.create_app(name="shop")["app"]["appId"]
    client.create_branch(appId=app_id, branchName="main")
    domain = {"appId": app_id, "domainName": "example.com"}
    client.create_domain_association(**domain, subDomainSettings=[{"prefix": "www", "branchName": "main"}])
    client.delete_domain_association(**domain)
    amplify_mock.clock.advance(seconds=40)
    client.delete_domain_association(**domain)
    amplify_mock.clock.advance(seconds=40)
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_domain_association(**domain)
