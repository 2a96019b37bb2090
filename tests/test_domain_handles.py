"""A handle on a domain association looks at it and moves it; and what a DomainPlan says about who moves it."""

from __future__ import annotations

import freezegun
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from amplify_mock import DomainPlan, mock_amplify
from support.clients import client_of, refusal
from support.domains import CNAME_TAKEN, CUSTOM, START, associate, delete, get, seconds, settings, update
from support.domains import verified as verified_of
from support.jobs import app_with_branches
from support.plans import PROGRESSES

COURSE = ["CREATING", "REQUESTING_CERTIFICATE", "PENDING_VERIFICATION", "PENDING_DEPLOYMENT", "AVAILABLE"]
WAY = COURSE[:-1]
MOVING = [each for each in PROGRESSES if each != "instant"]
DAY = seconds(24 * 60 * 60)


@pytest.fixture
def client(amplify_mock):
    return client_of()


@pytest.fixture
def app_id(client):
    return app_with_branches(client, "main", "dev")


@pytest.fixture
def domain(amplify_mock, client, app_id):
    """A handle on an association that was just made."""
    associate(client, app_id)
    return amplify_mock.domain_association(app_id, "example.com")


def brought_to(domain, status):
    while domain.status != status:
        domain.advance()
    return domain


def planned(**plan):
    return pytest.mark.amplify_mock(domain_plan=DomainPlan(**plan))


# Looking


def test_a_handle_shows_the_status_and_moves_nothing(client, app_id, domain):
    for _ in range(3):
        assert (domain.status, domain.status_reason) == ("CREATING", None)
        assert repr(domain) == "<domain association example.com: CREATING>"
    assert get(client, app_id)["domainStatus"] == "REQUESTING_CERTIFICATE"
    assert domain.status == "REQUESTING_CERTIFICATE"
    assert domain.resource.domain_association_arn == get(client, app_id)["domainAssociationArn"]


@pytest.mark.parametrize("name", ["EXAMPLE.com", "example.com."])
def test_a_domain_may_be_written_in_any_way(amplify_mock, app_id, domain, name):
    amplify_mock.domain_association(app_id, name).succeed()
    assert domain.status == "AVAILABLE"


def test_a_domain_is_found_in_every_account_and_region(amplify_mock):
    for number, client in enumerate((client_of(), client_of("eu-west-1"), client_of(key="111122223333"))):
        app_id = app_with_branches(client, "main")
        associate(client, app_id, f"example{number}.com")
        amplify_mock.domain_association(app_id, f"example{number}.com").succeed()
        assert get(client, app_id, f"example{number}.com")["domainStatus"] == "AVAILABLE"


def test_a_domain_that_is_not_there_is_an_error_that_names_what_is(amplify_mock, client, app_id, domain):
    with pytest.raises(LookupError, match=f"app {app_id} has no domain association 'exampel.com'; it has example.com"):
        amplify_mock.domain_association(app_id, "exampel.com")
    with pytest.raises(LookupError, match=f"no app 'dunknown'; it has {app_id}"):
        amplify_mock.domain_association("dunknown", "example.com")
    delete(client, app_id)
    for look in (lambda: domain.status, domain.advance, domain.succeed):
        with pytest.raises(LookupError, match=r"no domain association 'example\.com'; it has none"):
            look()


def test_a_handle_stays_good_when_the_state_is_restored(amplify_mock, client, app_id, domain):
    domain.advance()
    saved = amplify_mock.snapshot()
    domain.fail(reason="because")
    delete(client, app_id)
    amplify_mock.restore(saved)
    assert (domain.status, domain.status_reason) == ("REQUESTING_CERTIFICATE", None)
    domain.succeed()
    assert get(client, app_id)["domainStatus"] == "AVAILABLE"


@planned(deletion=60)
def test_an_association_whose_deletion_has_finished_is_not_found(amplify_mock, client, app_id, domain):
    delete(client, app_id)
    amplify_mock.clock.advance(minutes=2)
    with pytest.raises(LookupError):
        amplify_mock.domain_association(app_id, "example.com")


# succeed


@pytest.mark.parametrize("status", WAY)
@pytest.mark.parametrize("progress", MOVING)
@pytest.mark.parametrize("plan", [{}, {"fail_at": "PENDING_DEPLOYMENT"}, {"stuck_at": "CREATING"}], ids=str)
def test_a_domain_can_be_made_available_from_everywhere(status, progress, plan):
    with mock_amplify(domain_plan=DomainPlan(**plan, progress=progress)) as amplify:
        client = client_of()
        app_id = app_with_branches(client, "main")
        associate(client, app_id)
        domain = brought_to(amplify.domain_association(app_id, "example.com"), status)
        domain.succeed()
        amplify.clock.advance(days=1)
        answer = get(client, app_id)
        assert (answer["domainStatus"], verified_of(answer)) == ("AVAILABLE", {"www": True})
        assert answer["subDomains"][0]["dnsRecord"].endswith(".cloudfront.net")
        assert domain.status == "AVAILABLE"


# fail


@pytest.mark.parametrize("status", WAY)
@pytest.mark.parametrize("given_reason", [None, "because", ""])
def test_a_domain_can_fail_in_every_status(client, app_id, domain, status, given_reason):
    brought_to(domain, status).fail(reason=given_reason)
    reason = CNAME_TAKEN if given_reason is None else given_reason
    assert (domain.status, domain.status_reason) == ("FAILED", reason)
    answer = get(client, app_id)
    assert (answer["domainStatus"], answer["statusReason"]) == ("FAILED", reason)
    assert associate(client, app_id)["domainStatus"] == "FAILED"


@pytest.mark.parametrize("status", ["CREATING", "REQUESTING_CERTIFICATE"])
def test_a_domain_that_fails_by_hand_came_as_far_as_one_that_fails_by_plan(status):
    answers = []
    for plan in (DomainPlan(fail_at=status), DomainPlan()):
        with mock_amplify(domain_plan=plan, seed=1) as amplify:
            app_id = app_with_branches(client_of(), "main")
            associate(client_of(), app_id)
            domain = brought_to(amplify.domain_association(app_id, "example.com"), status)
            domain.advance() if plan.fail_at else domain.fail()
            answers.append(get(client_of(), app_id))
    assert answers[0] == answers[1]


@planned(fail_at="PENDING_DEPLOYMENT", reason="of the plan")
def test_the_reason_is_that_of_the_plan_unless_given(domain):
    domain.fail()
    assert domain.status_reason == "of the plan"


# advance


@pytest.mark.parametrize("progress", MOVING)
@pytest.mark.parametrize("plan", [{}, *({"stuck_at": status} for status in WAY)], ids=str)
def test_a_domain_advances_status_by_status_also_from_where_it_is_stuck(progress, plan):
    with mock_amplify(domain_plan=DomainPlan(**plan, progress=progress)) as amplify:
        app_id = app_with_branches(client_of(), "main")
        associate(client_of(), app_id)
        domain = amplify.domain_association(app_id, "example.com")
        seen = [domain.status]
        for _ in range(5):
            domain.advance()
            seen.append(domain.status)
    assert seen == [*COURSE, "AVAILABLE"]


@planned(fail_at="PENDING_VERIFICATION", reason="because")
def test_a_domain_that_is_to_fail_advances_to_its_failure(domain):
    brought_to(domain, "PENDING_VERIFICATION").advance()
    assert (domain.status, domain.status_reason) == ("FAILED", "because")
    domain.advance()
    assert domain.status == "FAILED"


def test_a_read_does_not_move_what_the_test_has_moved(client, app_id, domain):
    domain.advance()
    assert get(client, app_id)["domainStatus"] == "REQUESTING_CERTIFICATE"


# What cannot be done any more


@pytest.mark.parametrize("what", ["succeed", "fail"])
@pytest.mark.parametrize(("ending", "status"), [("succeed", "AVAILABLE"), ("fail", "FAILED")])
def test_a_domain_comes_to_its_end_once(client, app_id, domain, what, ending, status):
    getattr(domain, ending)()
    answer = get(client, app_id)
    with pytest.raises(ValueError, match=f"association example.com cannot {what} any more: it is {status}"):
        getattr(domain, what)()
    assert get(client, app_id) == answer


@planned(deletion=60, progress="manual")
@pytest.mark.parametrize("what", ["succeed", "fail"])
def test_a_domain_that_is_being_deleted_only_advances_to_its_deletion(amplify_mock, client, app_id, domain, what):
    delete(client, app_id)
    amplify_mock.clock.advance(days=1)
    with pytest.raises(ValueError, match=f"cannot {what} any more: it is being deleted"):
        getattr(domain, what)()
    assert get(client, app_id)["domainStatus"] == "CREATING"
    domain.advance()
    answer = refusal(client.get_domain_association, appId=app_id, domainName="example.com")
    assert answer[0] == "NotFoundException"


# Updates


@planned(progress="manual")
@pytest.mark.parametrize(
    ("change", "course"),
    [
        ({"subDomainSettings": settings(app="dev")}, ["PENDING_DEPLOYMENT", "UPDATE_COMPLETE"]),
        (
            {"certificateSettings": CUSTOM},
            ["IMPORTING_CUSTOM_CERTIFICATE", "PENDING_DEPLOYMENT", "UPDATE_COMPLETE"],
        ),
    ],
    ids=["subdomains", "certificate"],
)
def test_an_update_advances_step_by_step(client, app_id, domain, change, course):
    domain.succeed()
    seen = [update(client, app_id, **change)]
    for _ in course[1:]:
        assert domain.status == "UPDATING"
        domain.advance()
        seen.append(get(client, app_id))
    assert [each["updateStatus"] for each in seen] == course
    assert (domain.status, domain.resource.update_status) == ("AVAILABLE", "UPDATE_COMPLETE")


@planned(progress="manual")
def test_an_update_can_succeed_or_fail_by_hand(client, app_id, domain):
    domain.succeed()
    update(client, app_id, subDomainSettings=settings(app="dev"))
    domain.fail(reason="because")
    answer = get(client, app_id)
    assert [answer[each] for each in ("domainStatus", "updateStatus", "statusReason")] == [
        "FAILED",
        "UPDATE_FAILED",
        "because",
    ]
    update(client, app_id, subDomainSettings=settings(www="main"))
    domain.succeed()
    answer = get(client, app_id)
    assert (answer["domainStatus"], answer["updateStatus"]) == ("AVAILABLE", "UPDATE_COMPLETE")
    assert domain.status_reason is None


# What moves it


@planned(progress="clock", seconds={"CREATING": 5})
def test_only_the_clock_moves_a_domain_that_goes_by_it(client, app_id):
    with freezegun.freeze_time(START) as clock:
        associate(client, app_id)
        seen = []
        for move in (0, 4.999, 0.001, 9.999, 0.001, 10, 10):
            clock.tick(move)
            seen += {get(client, app_id)["domainStatus"] for _ in range(3)}
        assert seen == ["CREATING", "CREATING", *COURSE[1:2] * 2, *COURSE[2:]]
        clock.move_to(START - DAY)
        assert get(client, app_id)["domainStatus"] == "AVAILABLE"


@planned(progress="instant", deletion=60)
def test_an_instant_domain_is_available_in_the_answer_that_makes_it(client, app_id):
    assert associate(client, app_id)["domainStatus"] == "AVAILABLE"
    changed = update(client, app_id, subDomainSettings=settings(app="dev"))
    assert (changed["domainStatus"], changed["updateStatus"]) == ("AVAILABLE", "UPDATE_COMPLETE")
    delete(client, app_id)
    assert refusal(client.get_domain_association, appId=app_id, domainName="example.com")[0] == "NotFoundException"


@planned(progress="instant", fail_at="PENDING_VERIFICATION", reason="because")
def test_an_instant_domain_can_fail(client, app_id):
    answer = associate(client, app_id)
    assert (answer["domainStatus"], answer["statusReason"]) == ("FAILED", "because")


@planned(progress="manual")
def test_nothing_but_the_test_moves_a_manual_domain(amplify_mock, client, app_id, domain):
    for status in COURSE:
        amplify_mock.clock.advance(days=30)
        assert [get(client, app_id)["domainStatus"] for _ in range(3)] == [status] * 3
        domain.advance()


@pytest.mark.parametrize("progress", PROGRESSES)
def test_a_domain_can_be_stuck_whatever_moves_it(progress):
    with mock_amplify(domain_plan=DomainPlan(stuck_at="CREATING", progress=progress)) as amplify:
        app_id = app_with_branches(client_of(), "main")
        associate(client_of(), app_id)
        amplify.clock.advance(days=30)
        assert [get(client_of(), app_id)["domainStatus"] for _ in range(3)] == ["CREATING"] * 3


def test_without_a_deletion_an_association_is_gone_at_once_whatever_moves_it():
    for progress in PROGRESSES:
        with mock_amplify(domain_plan=DomainPlan(progress=progress)):
            app_id = app_with_branches(client_of(), "main")
            associate(client_of(), app_id)
            delete(client_of(), app_id)
            assert client_of().list_domain_associations(appId=app_id)["domainAssociations"] == []


# Whatever happens

ACTIONS = {
    "get": lambda client, app_id, _: get(client, app_id),
    "list": lambda client, app_id, _: client.list_domain_associations(appId=app_id),
    "look": lambda client, app_id, domain: domain.status,
    "advance": lambda client, app_id, domain: domain.advance(),
    "there": None,
    "back": None,
}


@how(max_examples=30, deadline=None, database=None)
@given(
    progress=st.sampled_from(PROGRESSES),
    end=st.sampled_from([{}, {"fail_at": "PENDING_VERIFICATION"}, {"stuck_at": "PENDING_DEPLOYMENT"}]),
    actions=st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 40)), max_size=12),
)
def test_a_domain_only_goes_ahead(progress, end, actions):
    client = client_of()
    course = [*COURSE[:3], "FAILED"] if "fail_at" in end else COURSE
    with (
        mock_amplify(domain_plan=DomainPlan(**end, progress=progress)) as amplify,
        freezegun.freeze_time(START) as clock,
    ):
        app_id = app_with_branches(client, "main")
        associate(client, app_id)
        domain = amplify.domain_association(app_id, "example.com")
        reached = 0
        for name, length in actions:
            if ACTIONS[name] is None:
                clock.tick(seconds(length if name == "there" else -length))
            else:
                ACTIONS[name](client, app_id, domain)
            before, reached = reached, course.index(domain.status)
            assert reached >= before
            assert domain.resource.sub_domains[0].verified is (domain.status == "AVAILABLE")
            assert domain.status_reason == (CNAME_TAKEN if domain.status == "FAILED" else None)


@pytest.mark.parametrize(
    ("status", "target"), [("REQUESTING_CERTIFICATE", "<pending>"), ("PENDING_VERIFICATION", ".cloudfront.net")]
)
def test_a_domain_can_fail_at_a_later_status(client, app_id, domain, status, target):
    domain.fail(status, reason="no record was found")
    assert (domain.status, domain.status_reason) == ("FAILED", "no record was found")
    # It has what it would have got on its way there.
    assert get(client, app_id)["subDomains"][0]["dnsRecord"].endswith(target)


def test_a_domain_cannot_fail_at_a_status_that_does_not_come(domain):
    domain.advance()
    left = "It can at REQUESTING_CERTIFICATE or PENDING_VERIFICATION or PENDING_DEPLOYMENT."
    for status, hint in (("CREATING", ""), ("PENDING_DEPLOY", " Did you mean 'PENDING_DEPLOYMENT'?")):
        with pytest.raises(ValueError, match="cannot fail") as caught:
            domain.fail(status)
        assert str(caught.value) == f"the domain association example.com cannot fail at {status!r}.{hint} {left}"
    assert domain.status == "REQUESTING_CERTIFICATE"
