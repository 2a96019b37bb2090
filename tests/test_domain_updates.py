"""UpdateDomainAssociation: what it changes, what it passes through, and when it is refused."""

from __future__ import annotations

import freezegun
import pytest

from amplify_mock import DomainPlan, mock_amplify
from support.clients import bad_request, client_of, refusal
from support.domains import (
    CNAME_TAKEN,
    CUSTOM,
    NO_BRANCH,
    ROLE,
    START,
    associate,
    available,
    custom_domains,
    get,
    seconds,
    settings,
    update,
    verified,
)
from support.jobs import app_with_branches


@pytest.fixture
def app_id(client):
    return app_with_branches(client, "main", "dev")


def test_an_update_passes_through_updating(client, app_id):
    available(client, app_id)
    seen = [update(client, app_id, subDomainSettings=settings(www="dev"))]
    seen += [get(client, app_id) for _ in range(2)]
    assert [(each["domainStatus"], each["updateStatus"]) for each in seen] == [
        ("UPDATING", "PENDING_DEPLOYMENT"),
        ("AVAILABLE", "UPDATE_COMPLETE"),
        ("AVAILABLE", "UPDATE_COMPLETE"),
    ]


def test_the_clock_ends_an_update_too(client, app_id):
    with freezegun.freeze_time(START) as clock:
        available(client, app_id)
        update(client, app_id, certificateSettings=CUSTOM)
        clock.tick(seconds(3600))
        domain = get(client, app_id)
    assert (domain["domainStatus"], domain["updateStatus"]) == ("AVAILABLE", "UPDATE_COMPLETE")


def test_the_list_of_sub_domains_is_replaced_as_a_whole(client, app_id):
    available(client, app_id, subDomainSettings=settings(www="main", old="main"))
    domain = update(client, app_id, subDomainSettings=settings(new="dev", www="main"))
    assert [each["subDomainSetting"] for each in domain["subDomains"]] == settings(new="dev", www="main")
    assert custom_domains(client, app_id) == ["www.example.com"]
    assert custom_domains(client, app_id, "dev") == ["new.example.com"]


def test_only_new_sub_domains_are_not_verified(client, app_id):
    available(client, app_id)
    wanted = settings(www="main", new="dev")
    assert verified(update(client, app_id, subDomainSettings=wanted)) == {"www": True, "new": False}
    assert verified(get(client, app_id)) == {"www": True, "new": True}


@pytest.mark.parametrize(
    "plan",
    [DomainPlan(fail_at="PENDING_VERIFICATION"), DomainPlan(stuck_at="PENDING_DEPLOYMENT")],
    ids=["failed", "stuck"],
)
def test_what_was_not_verified_does_not_become_so_by_an_update(plan):
    with mock_amplify(domain_plan=plan):
        client = client_of()
        app_id = app_with_branches(client, "main", "dev")
        associate(client, app_id)
        for _ in range(5):
            assert verified(get(client, app_id)) == {"www": False}
        assert verified(update(client, app_id, subDomainSettings=settings(www="main"))) == {"www": False}


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="IMPORTING_CUSTOM_CERTIFICATE"))
def test_an_update_can_fail_and_leaves_verified_what_was(client, app_id):
    available(client, app_id)
    update(client, app_id, certificateSettings=CUSTOM)
    domain = get(client, app_id)
    assert (domain["domainStatus"], domain["updateStatus"]) == ("FAILED", "UPDATE_FAILED")
    assert domain["statusReason"] == CNAME_TAKEN
    assert verified(domain) == {"www": True}


def test_an_update_leaves_alone_what_is_not_given(client, app_id):
    given = {"autoSubDomainCreationPatterns": ["*"], "autoSubDomainIAMRole": ROLE, "enableAutoSubDomain": True}
    before = available(client, app_id, **given)
    update(client, app_id, autoSubDomainCreationPatterns=["pr*"])
    after = get(client, app_id)
    assert after.pop("updateStatus") == "UPDATE_COMPLETE"
    assert after == {**before, "autoSubDomainCreationPatterns": ["pr*"]}


def test_an_empty_role_clears_the_role(client, app_id):
    available(client, app_id, autoSubDomainIAMRole=ROLE, enableAutoSubDomain=True)
    domain = update(client, app_id, autoSubDomainIAMRole="")
    assert domain.get("autoSubDomainIAMRole", "") == ""
    assert domain["enableAutoSubDomain"] is False


@pytest.mark.parametrize("status", ["CREATING", "REQUESTING_CERTIFICATE"])
def test_a_domain_on_its_way_cannot_be_updated(status):
    with mock_amplify(domain_plan=DomainPlan(stuck_at=status)):
        client = client_of()
        app_id = app_with_branches(client, "main", "dev")
        associate(client, app_id)
        for _ in range(3):
            before = get(client, app_id)
        answer = refusal(
            client.update_domain_association,
            appId=app_id,
            domainName="example.com",
            subDomainSettings=settings(new="dev"),
        )
        assert answer == bad_request(f"Cannot update domain while the domain is in {status} status.")
        assert get(client, app_id) == before
        assert custom_domains(client, app_id, "dev") == []


def test_a_domain_that_is_updating_cannot_be_updated(client, app_id):
    available(client, app_id)
    update(client, app_id, subDomainSettings=settings(www="dev"))
    answer = refusal(client.update_domain_association, appId=app_id, domainName="example.com")
    assert answer == bad_request("Cannot update domain while the domain is in UPDATING status.")
    get(client, app_id)
    assert update(client, app_id)["domainStatus"] == "UPDATING"


def test_a_refused_update_changes_nothing(client, app_id):
    before = available(client, app_id)
    answer = refusal(
        client.update_domain_association,
        appId=app_id,
        domainName="example.com",
        subDomainSettings=settings(www="nowhere"),
        autoSubDomainIAMRole=ROLE,
        certificateSettings=CUSTOM,
    )
    assert answer == bad_request(NO_BRANCH)
    assert get(client, app_id) == before


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ({"type": "AMPLIFY_MANAGED"}, CUSTOM, "IMPORTING_CUSTOM_CERTIFICATE"),
        (CUSTOM, {"type": "AMPLIFY_MANAGED"}, "REQUESTING_CERTIFICATE"),
    ],
)
def test_the_certificate_can_be_switched(client, app_id, before, after, step):
    available(client, app_id, certificateSettings=before)
    first = update(client, app_id, certificateSettings=after)
    assert (first["domainStatus"], first["updateStatus"]) == ("UPDATING", step)
    for _ in range(4):
        domain = get(client, app_id)
    assert (domain["domainStatus"], domain["updateStatus"]) == ("AVAILABLE", "UPDATE_COMPLETE")
    assert domain["certificate"].items() >= after.items()
    assert ("certificateVerificationDNSRecord" in domain["certificate"]) is (after["type"] == "AMPLIFY_MANAGED")
