"""How a domain association becomes available: by reads, by the clock, with either certificate, and by plan."""

from __future__ import annotations

import re

import freezegun
import pytest

from amplify_mock import DomainPlan, mock_amplify
from support.clients import client_of
from support.domains import (
    CNAME_TAKEN,
    CUSTOM,
    DISTRIBUTION,
    START,
    VALIDATION,
    associate,
    available,
    get,
    listed,
    records,
    seconds,
    settings,
    verified,
)
from support.jobs import app_with_branches

MANAGED_COURSE = ["CREATING", "REQUESTING_CERTIFICATE", "PENDING_VERIFICATION", "PENDING_DEPLOYMENT", "AVAILABLE"]
CUSTOM_COURSE = ["CREATING", "IMPORTING_CUSTOM_CERTIFICATE", "PENDING_DEPLOYMENT", "AVAILABLE"]


@pytest.fixture
def app_id(client):
    return app_with_branches(client, "main", "dev")


# On its way, by reads


@pytest.mark.parametrize("look", [get, lambda client, app_id: listed(client, app_id)[0]], ids=["Get", "List"])
def test_each_read_moves_an_association_one_status_on(client, app_id, look):
    statuses = [associate(client, app_id)["domainStatus"]]
    statuses += [look(client, app_id)["domainStatus"] for _ in range(5)]
    assert statuses == [*MANAGED_COURSE, "AVAILABLE"]


def test_a_page_moves_only_the_associations_on_it(client, amplify_mock, app_id):
    for name in ("a.com", "b.com"):
        associate(client, app_id, name)
    assert [each["domainName"] for each in listed(client, app_id, maxResults=1)] == ["a.com"]
    domains = amplify_mock.backend().apps[app_id].domain_associations
    assert [domains[name].domain_status for name in ("a.com", "b.com")] == ["REQUESTING_CERTIFICATE", "CREATING"]


def test_reading_other_things_moves_nothing(client, amplify_mock, app_id):
    associate(client, app_id)
    for _ in range(3):
        client.get_app(appId=app_id)
        client.get_branch(appId=app_id, branchName="main")
        domain = amplify_mock.backend().apps[app_id].domain_associations["example.com"]
        assert (domain.domain_status, domain.update_status, domain.sub_domains[0].verified) == ("CREATING", None, False)
    assert get(client, app_id)["domainStatus"] == "REQUESTING_CERTIFICATE"


def test_the_certificate_is_verified_by_a_record_in_the_recorded_form(client, app_id):
    seen = [associate(client, app_id)] + [get(client, app_id) for _ in range(4)]
    texts = [each.get("certificateVerificationDNSRecord") for each in seen]
    assert texts[:2] == [None, None]
    assert re.fullmatch(VALIDATION, texts[2])
    assert texts[2:] == [texts[2]] * 3
    assert [each["certificate"].get("certificateVerificationDNSRecord") for each in seen] == texts


@pytest.mark.parametrize("name", ["example.com", "example.COM", "EXAMPLE.LUX"])
def test_a_trailing_dot_is_not_doubled(client, app_id, name):
    domain = available(client, app_id, f"{name}.")
    assert re.fullmatch(VALIDATION.replace(r"example\.com", name), domain["certificateVerificationDNSRecord"])


def test_all_sub_domains_lead_to_the_same_distribution(client, app_id):
    domain = available(client, app_id, subDomainSettings=settings(www="main", dev="dev"))
    targets = {record.split(" CNAME ")[1] for record in records(domain)}
    assert len(targets) == 1
    assert re.fullmatch(DISTRIBUTION, targets.pop())


def test_another_association_has_another_distribution_and_another_record(client, app_id):
    one, other = (available(client, app_id, name) for name in ("a.com", "b.com"))
    assert records(one) != records(other)
    first, second = (each["certificateVerificationDNSRecord"].split(".")[0] for each in (one, other))
    assert first != second


def test_sub_domains_are_verified_when_the_association_is_available(client, app_id):
    seen = [associate(client, app_id)] + [get(client, app_id) for _ in range(4)]
    assert [verified(each)["www"] for each in seen] == [False, False, False, False, True]


def test_an_association_that_was_never_updated_has_no_update_status(client, app_id):
    assert "updateStatus" not in available(client, app_id)


# On its way, by the clock


@pytest.mark.parametrize(("given", "course"), [({}, MANAGED_COURSE), ({"certificateSettings": CUSTOM}, CUSTOM_COURSE)])
def test_the_clock_moves_an_association_too(client, amplify_mock, app_id, given, course):
    with freezegun.freeze_time(START) as clock:
        associate(client, app_id, **given)
        domain = amplify_mock.backend().apps[app_id].domain_associations["example.com"]
        seen = []
        for _ in range(len(course) + 1):
            seen.append(domain.domain_status)
            clock.tick(seconds(10))
    assert seen == [*course, "AVAILABLE"]


@pytest.mark.parametrize("reads", range(4))
def test_a_jump_of_the_clock_ends_it(client, app_id, reads):
    with freezegun.freeze_time(START) as clock:
        associate(client, app_id)
        for _ in range(reads):
            get(client, app_id)
        clock.tick(seconds(3600))
        assert get(client, app_id)["domainStatus"] == "AVAILABLE"


def test_a_read_does_not_move_what_the_clock_has_moved(client, app_id):
    with freezegun.freeze_time(START) as clock:
        associate(client, app_id)
        clock.tick(seconds(11))
        assert get(client, app_id)["domainStatus"] == "REQUESTING_CERTIFICATE"
        assert get(client, app_id)["domainStatus"] == "PENDING_VERIFICATION"


def test_an_available_association_stays_so_when_the_clock_is_turned_back(client, app_id):
    with freezegun.freeze_time(START) as clock:
        available(client, app_id)
        clock.move_to(START - seconds(3600))
        assert get(client, app_id)["domainStatus"] == "AVAILABLE"


# Certificates of one's own


def test_a_custom_certificate_is_imported_and_needs_no_verification(client, app_id):
    seen = [associate(client, app_id, certificateSettings=CUSTOM)]
    seen += [get(client, app_id) for _ in range(3)]
    assert [each["domainStatus"] for each in seen] == CUSTOM_COURSE
    assert [each["certificate"] for each in seen] == [CUSTOM] * 4
    assert not any("certificateVerificationDNSRecord" in each for each in seen)


# Plans


@pytest.mark.parametrize("status", MANAGED_COURSE[:-1])
def test_a_plan_can_leave_an_association_in_a_status(status):
    with mock_amplify(domain_plan=DomainPlan(stuck_at=status)) as amplify:
        client = client_of()
        app_id = app_with_branches(client, "main", "dev")
        associate(client, app_id)
        for _ in range(6):
            domain = get(client, app_id)
        amplify.clock.advance(days=30)
        assert (domain["domainStatus"], get(client, app_id)["domainStatus"]) == (status, status)
        assert verified(domain) == {"www": False}


@pytest.mark.parametrize("status", MANAGED_COURSE[:-1])
def test_a_plan_can_fail_an_association(status):
    with mock_amplify(domain_plan=DomainPlan(fail_at=status)):
        client = client_of()
        app_id = app_with_branches(client, "main", "dev")
        seen = [associate(client, app_id)] + [get(client, app_id) for _ in range(5)]
    course = [*MANAGED_COURSE[: MANAGED_COURSE.index(status) + 1], *["FAILED"] * 5][:6]
    assert [each["domainStatus"] for each in seen] == course
    assert [each["statusReason"] for each in seen] == [CNAME_TAKEN if each == "FAILED" else "" for each in course]
    assert verified(seen[-1]) == {"www": False}


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="CREATING", reason="because"))
def test_the_reason_of_a_failure_can_be_given(client, app_id):
    associate(client, app_id)
    assert get(client, app_id)["statusReason"] == "because"


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="PENDING_VERIFICATION"))
def test_associating_a_failed_domain_again_answers_the_old_association(client, app_id):
    associate(client, app_id)
    for _ in range(3):
        failed = get(client, app_id)
    assert failed["domainStatus"] == "FAILED"
    assert associate(client, app_id, subDomainSettings=settings(new="dev")) == failed
    assert len(listed(client, app_id)) == 1


@pytest.mark.amplify_mock(domain_plan=DomainPlan(seconds={"PENDING_VERIFICATION": 3600}, default=1))
def test_a_plan_says_how_long_a_status_lasts(client, amplify_mock, app_id):
    with freezegun.freeze_time(START) as clock:
        associate(client, app_id)
        domain = amplify_mock.backend().apps[app_id].domain_associations["example.com"]
        seen = []
        for _ in range(3):
            clock.tick(seconds(1200))
            seen.append(domain.domain_status)
        clock.tick(seconds(3))
        seen.append(domain.domain_status)
    assert seen == ["PENDING_VERIFICATION"] * 3 + ["AVAILABLE"]


@pytest.mark.parametrize(
    "given", [{"stuck_at": "PENDING_VERIFIKATION"}, {"fail_at": "PENDING_VERIFIKATION"}, {"seconds": {"AVAILABLE": 1}}]
)
def test_a_plan_refuses_an_unknown_status_and_names_the_known_ones(given):
    with pytest.raises(ValueError, match="REQUESTING_CERTIFICATE") as caught:
        DomainPlan(**given)
    if "seconds" not in given:
        assert "Did you mean 'PENDING_VERIFICATION'?" in str(caught.value)


def test_a_plan_is_a_domain_plan():
    with pytest.raises(TypeError, match="DomainPlan"):
        mock_amplify(domain_plan="PENDING_VERIFICATION")


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), "10", 1e20])
def test_a_plan_counts_in_seconds_that_can_be(seconds):
    for wrong in ({"default": seconds}, {"seconds": {"CREATING": seconds}}, {"deletion": seconds}):
        with pytest.raises(ValueError, match="a DomainPlan counts in seconds from 0 to"):
            DomainPlan(**wrong)
