"""The five operations of domain associations, and how a domain becomes available."""

from __future__ import annotations

import datetime
import functools
import re

import boto3
import freezegun
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from amplify_mock import DomainPlan, mock_amplify

START = datetime.datetime(2024, 9, 1, 12, 0, tzinfo=datetime.timezone.utc)
MANAGED_COURSE = ["CREATING", "REQUESTING_CERTIFICATE", "PENDING_VERIFICATION", "PENDING_DEPLOYMENT", "AVAILABLE"]
CUSTOM_COURSE = ["CREATING", "IMPORTING_CUSTOM_CERTIFICATE", "PENDING_DEPLOYMENT", "AVAILABLE"]
CUSTOM = {
    "type": "CUSTOM",
    "customCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
}
ROLE = "arn:aws:iam::123456789012:role/domains"
VALIDATION = r"_[0-9a-f]{32}\.example\.com\. CNAME _[0-9a-f]{32}\.[a-z]{10}\.acm-validations\.aws\."
DISTRIBUTION = r"d[a-z0-9]+\.cloudfront\.net"
NO_BRANCH = "A subdomain cannot point to a non-existent branch"
CNAME_TAKEN = "One or more of the CNAMEs you provided are already associated with a different resource."


@functools.cache
def client_of(region="us-east-1", key="testing"):
    """Return a client; one for the whole file, because to make one takes longer than a test."""
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key="testing", region_name=region)
    return session.client("amplify", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def app_id(amplify_client):
    return app_with_branches(amplify_client)


def app_with_branches(client, *names):
    app_id = client.create_app(name="shop")["app"]["appId"]
    for name in names or ("main", "dev"):
        client.create_branch(appId=app_id, branchName=name)
    return app_id


def settings(**branches):
    """Return subdomain settings: ``settings(www="main")``; the prefix ``apex`` is the domain itself."""
    return [{"prefix": "" if prefix == "apex" else prefix, "branchName": branch} for prefix, branch in branches.items()]


def associate(client, app_id, name="example.com", **members):
    members.setdefault("subDomainSettings", settings(www="main"))
    return client.create_domain_association(appId=app_id, domainName=name, **members)["domainAssociation"]


def get(client, app_id, name="example.com"):
    return client.get_domain_association(appId=app_id, domainName=name)["domainAssociation"]


def listed(client, app_id, **parameters):
    return client.list_domain_associations(appId=app_id, **parameters)["domainAssociations"]


def update(client, app_id, name="example.com", **members):
    return client.update_domain_association(appId=app_id, domainName=name, **members)["domainAssociation"]


def delete(client, app_id, name="example.com"):
    return client.delete_domain_association(appId=app_id, domainName=name)["domainAssociation"]


def available(client, app_id, name="example.com", **members):
    """Make an association and poll until it is available."""
    associate(client, app_id, name, **members)
    for _ in range(5):
        domain = get(client, app_id, name)
    assert domain["domainStatus"] == "AVAILABLE"
    return domain


def custom_domains(client, app_id, branch="main"):
    return client.get_branch(appId=app_id, branchName=branch)["branch"]["customDomains"]


def verified(domain):
    return {each["subDomainSetting"]["prefix"]: each["verified"] for each in domain["subDomains"]}


def records(domain):
    return [each["dnsRecord"] for each in domain["subDomains"]]


def seconds(number):
    return datetime.timedelta(seconds=number)


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    assert caught.type.__name__ == answer["Error"]["Code"]
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def bad_request(text):
    return "BadRequestException", 400, text


def not_found(text):
    return "NotFoundException", 404, text


def taken(*hosts):
    return bad_request(
        f"One or more domains requested are already associated with another Amplify app: {', '.join(hosts)}"
    )


# A new association


def test_a_new_association_has_the_recorded_form(amplify_client, app_id):
    domain = associate(amplify_client, app_id, subDomainSettings=settings(dev="dev"))
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


def test_the_record_of_the_domain_itself_starts_with_a_blank(amplify_client, app_id):
    domain = associate(amplify_client, app_id, subDomainSettings=settings(apex="main", www="main"))
    assert records(domain) == [" CNAME <pending>", "www CNAME <pending>"]
    for _ in range(2):
        domain = get(amplify_client, app_id)
    assert re.fullmatch(rf" CNAME {DISTRIBUTION}", records(domain)[0])


@pytest.mark.amplify_mock(fidelity="recorded")
def test_the_recorded_answer_has_no_prefix_for_the_domain_itself(amplify_client, app_id):
    domain = associate(amplify_client, app_id, subDomainSettings=settings(apex="main"))
    assert domain["subDomains"][0]["subDomainSetting"] == {"branchName": "main"}


def test_sub_domains_keep_their_order(amplify_client, app_id):
    wanted = settings(z="main", apex="dev", a="main")
    domain = associate(amplify_client, app_id, subDomainSettings=wanted)
    assert [each["subDomainSetting"] for each in domain["subDomains"]] == wanted


@pytest.mark.parametrize(("given", "answered"), [({}, False), ({"autoSubDomainIAMRole": ROLE}, True)])
def test_automatic_sub_domains_need_a_role(amplify_client, app_id, given, answered):
    assert associate(amplify_client, app_id, enableAutoSubDomain=True, **given)["enableAutoSubDomain"] is answered


def test_what_was_given_comes_back(amplify_client, app_id):
    given = {"autoSubDomainCreationPatterns": ["*", "pr*"], "autoSubDomainIAMRole": ROLE}
    associate(amplify_client, app_id, **given)
    domain = get(amplify_client, app_id)
    assert {name: domain[name] for name in given} == given


def test_a_sub_domain_leads_to_a_branch_that_exists(amplify_client, app_id):
    wrong = settings(www="main", api="nowhere")
    call = functools.partial(amplify_client.create_domain_association, appId=app_id, domainName="example.com")
    assert refusal(call, subDomainSettings=wrong) == bad_request(NO_BRANCH)
    assert listed(amplify_client, app_id) == []
    assert custom_domains(amplify_client, app_id) == []


@pytest.mark.parametrize("name", ["localhost", "-a.com", "a_b.com", "a..com", f"{'a' * 61}.com"])
def test_a_domain_name_must_be_one(amplify_client, app_id, name):
    answer = refusal(
        amplify_client.create_domain_association, appId=app_id, domainName=name, subDomainSettings=settings(www="main")
    )
    assert answer[:2] == ("BadRequestException", 400)
    assert "'domainName' failed to satisfy constraint" in answer[2]


@pytest.mark.parametrize("operation", ["create", "get", "update", "delete"])
def test_an_unknown_app_is_not_found(amplify_client, app_id, operation):
    more = {"subDomainSettings": []} if operation == "create" else {}
    call = getattr(amplify_client, f"{operation}_domain_association")
    answer = refusal(call, appId="dunknown", domainName="example.com", **more)
    assert answer == not_found("App dunknown not found.")
    assert refusal(amplify_client.list_domain_associations, appId="dunknown") == answer


@pytest.mark.parametrize("operation", ["get", "update", "delete"])
def test_an_unknown_domain_is_not_found(amplify_client, app_id, operation):
    associate(amplify_client, app_id, "example.org")
    call = getattr(amplify_client, f"{operation}_domain_association")
    answer = refusal(call, appId=app_id, domainName="example.com")
    assert answer == not_found("Domain association example.com not found.")


def test_a_prefix_may_not_break_what_is_read_later(amplify_client, app_id):
    # The model allows prefixes of 255 characters, and host names of 255.
    wanted = settings(**{"p" * 255: "main"})
    try:
        associate(amplify_client, app_id, subDomainSettings=wanted)
    except amplify_client.exceptions.BadRequestException:
        assert listed(amplify_client, app_id) == []
    assert amplify_client.get_branch(appId=app_id, branchName="main")["branch"]["branchName"] == "main"


# On its way, by reads


@pytest.mark.parametrize("look", [get, lambda client, app_id: listed(client, app_id)[0]], ids=["Get", "List"])
def test_each_read_moves_an_association_one_status_on(amplify_client, app_id, look):
    statuses = [associate(amplify_client, app_id)["domainStatus"]]
    statuses += [look(amplify_client, app_id)["domainStatus"] for _ in range(5)]
    assert statuses == [*MANAGED_COURSE, "AVAILABLE"]


def test_a_page_moves_only_the_associations_on_it(amplify_client, amplify_mock, app_id):
    for name in ("a.com", "b.com"):
        associate(amplify_client, app_id, name)
    assert [each["domainName"] for each in listed(amplify_client, app_id, maxResults=1)] == ["a.com"]
    domains = amplify_mock.backend().apps[app_id].domain_associations
    assert [domains[name].domain_status for name in ("a.com", "b.com")] == ["REQUESTING_CERTIFICATE", "CREATING"]


def test_reading_other_things_moves_nothing(amplify_client, amplify_mock, app_id):
    associate(amplify_client, app_id)
    for _ in range(3):
        amplify_client.get_app(appId=app_id)
        amplify_client.get_branch(appId=app_id, branchName="main")
        domain = amplify_mock.backend().apps[app_id].domain_associations["example.com"]
        assert (domain.domain_status, domain.update_status, domain.sub_domains[0].verified) == ("CREATING", None, False)
    assert get(amplify_client, app_id)["domainStatus"] == "REQUESTING_CERTIFICATE"


def test_the_certificate_is_verified_by_a_record_in_the_recorded_form(amplify_client, app_id):
    seen = [associate(amplify_client, app_id)] + [get(amplify_client, app_id) for _ in range(4)]
    texts = [each.get("certificateVerificationDNSRecord") for each in seen]
    assert texts[:2] == [None, None]
    assert re.fullmatch(VALIDATION, texts[2])
    assert texts[2:] == [texts[2]] * 3
    assert [each["certificate"].get("certificateVerificationDNSRecord") for each in seen] == texts


def test_a_trailing_dot_is_not_doubled(amplify_client, app_id):
    domain = available(amplify_client, app_id, "example.com.")
    assert re.fullmatch(VALIDATION, domain["certificateVerificationDNSRecord"])


def test_all_sub_domains_lead_to_the_same_distribution(amplify_client, app_id):
    domain = available(amplify_client, app_id, subDomainSettings=settings(www="main", dev="dev"))
    targets = {record.split(" CNAME ")[1] for record in records(domain)}
    assert len(targets) == 1
    assert re.fullmatch(DISTRIBUTION, targets.pop())


def test_another_association_has_another_distribution_and_another_record(amplify_client, app_id):
    one, other = (available(amplify_client, app_id, name) for name in ("a.com", "b.com"))
    assert records(one) != records(other)
    first, second = (each["certificateVerificationDNSRecord"].split(".")[0] for each in (one, other))
    assert first != second


def test_sub_domains_are_verified_when_the_association_is_available(amplify_client, app_id):
    seen = [associate(amplify_client, app_id)] + [get(amplify_client, app_id) for _ in range(4)]
    assert [verified(each)["www"] for each in seen] == [False, False, False, False, True]


def test_an_association_that_was_never_updated_has_no_update_status(amplify_client, app_id):
    assert "updateStatus" not in available(amplify_client, app_id)


# On its way, by the clock


@pytest.mark.parametrize(("given", "course"), [({}, MANAGED_COURSE), ({"certificateSettings": CUSTOM}, CUSTOM_COURSE)])
def test_the_clock_moves_an_association_too(amplify_client, amplify_mock, app_id, given, course):
    with freezegun.freeze_time(START) as clock:
        associate(amplify_client, app_id, **given)
        domain = amplify_mock.backend().apps[app_id].domain_associations["example.com"]
        seen = []
        for _ in range(len(course) + 1):
            seen.append(domain.domain_status)
            clock.tick(seconds(10))
    assert seen == [*course, "AVAILABLE"]


@pytest.mark.parametrize("reads", range(4))
def test_a_jump_of_the_clock_ends_it(amplify_client, app_id, reads):
    with freezegun.freeze_time(START) as clock:
        associate(amplify_client, app_id)
        for _ in range(reads):
            get(amplify_client, app_id)
        clock.tick(seconds(3600))
        assert get(amplify_client, app_id)["domainStatus"] == "AVAILABLE"


def test_a_read_does_not_move_what_the_clock_has_moved(amplify_client, app_id):
    with freezegun.freeze_time(START) as clock:
        associate(amplify_client, app_id)
        clock.tick(seconds(11))
        assert get(amplify_client, app_id)["domainStatus"] == "REQUESTING_CERTIFICATE"
        assert get(amplify_client, app_id)["domainStatus"] == "PENDING_VERIFICATION"


def test_an_available_association_stays_so_when_the_clock_is_turned_back(amplify_client, app_id):
    with freezegun.freeze_time(START) as clock:
        available(amplify_client, app_id)
        clock.move_to(START - seconds(3600))
        assert get(amplify_client, app_id)["domainStatus"] == "AVAILABLE"


# Certificates of one's own


def test_a_custom_certificate_is_imported_and_needs_no_verification(amplify_client, app_id):
    seen = [associate(amplify_client, app_id, certificateSettings=CUSTOM)]
    seen += [get(amplify_client, app_id) for _ in range(3)]
    assert [each["domainStatus"] for each in seen] == CUSTOM_COURSE
    assert [each["certificate"] for each in seen] == [CUSTOM] * 4
    assert not any("certificateVerificationDNSRecord" in each for each in seen)


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ({"type": "AMPLIFY_MANAGED"}, CUSTOM, "IMPORTING_CUSTOM_CERTIFICATE"),
        (CUSTOM, {"type": "AMPLIFY_MANAGED"}, "REQUESTING_CERTIFICATE"),
    ],
)
def test_the_certificate_can_be_switched(amplify_client, app_id, before, after, step):
    available(amplify_client, app_id, certificateSettings=before)
    first = update(amplify_client, app_id, certificateSettings=after)
    assert (first["domainStatus"], first["updateStatus"]) == ("UPDATING", step)
    for _ in range(4):
        domain = get(amplify_client, app_id)
    assert (domain["domainStatus"], domain["updateStatus"]) == ("AVAILABLE", "UPDATE_COMPLETE")
    assert domain["certificate"].items() >= after.items()
    assert ("certificateVerificationDNSRecord" in domain["certificate"]) is (after["type"] == "AMPLIFY_MANAGED")


# Updates


def test_an_update_passes_through_updating(amplify_client, app_id):
    available(amplify_client, app_id)
    seen = [update(amplify_client, app_id, subDomainSettings=settings(www="dev"))]
    seen += [get(amplify_client, app_id) for _ in range(2)]
    assert [(each["domainStatus"], each["updateStatus"]) for each in seen] == [
        ("UPDATING", "PENDING_DEPLOYMENT"),
        ("AVAILABLE", "UPDATE_COMPLETE"),
        ("AVAILABLE", "UPDATE_COMPLETE"),
    ]


def test_the_clock_ends_an_update_too(amplify_client, app_id):
    with freezegun.freeze_time(START) as clock:
        available(amplify_client, app_id)
        update(amplify_client, app_id, certificateSettings=CUSTOM)
        clock.tick(seconds(3600))
        domain = get(amplify_client, app_id)
    assert (domain["domainStatus"], domain["updateStatus"]) == ("AVAILABLE", "UPDATE_COMPLETE")


def test_the_list_of_sub_domains_is_replaced_as_a_whole(amplify_client, app_id):
    available(amplify_client, app_id, subDomainSettings=settings(www="main", old="main"))
    domain = update(amplify_client, app_id, subDomainSettings=settings(new="dev", www="main"))
    assert [each["subDomainSetting"] for each in domain["subDomains"]] == settings(new="dev", www="main")
    assert custom_domains(amplify_client, app_id) == ["www.example.com"]
    assert custom_domains(amplify_client, app_id, "dev") == ["new.example.com"]


def test_only_new_sub_domains_are_not_verified(amplify_client, app_id):
    available(amplify_client, app_id)
    wanted = settings(www="main", new="dev")
    assert verified(update(amplify_client, app_id, subDomainSettings=wanted)) == {"www": True, "new": False}
    assert verified(get(amplify_client, app_id)) == {"www": True, "new": True}


@pytest.mark.parametrize(
    "plan",
    [DomainPlan(fail_at="PENDING_VERIFICATION"), DomainPlan(stuck_at="PENDING_DEPLOYMENT")],
    ids=["failed", "stuck"],
)
def test_what_was_not_verified_does_not_become_so_by_an_update(plan):
    with mock_amplify(domain_plan=plan):
        client = client_of()
        app_id = app_with_branches(client)
        associate(client, app_id)
        for _ in range(5):
            assert verified(get(client, app_id)) == {"www": False}
        assert verified(update(client, app_id, subDomainSettings=settings(www="main"))) == {"www": False}


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="IMPORTING_CUSTOM_CERTIFICATE"))
def test_an_update_can_fail_and_leaves_verified_what_was(amplify_client, app_id):
    available(amplify_client, app_id)
    update(amplify_client, app_id, certificateSettings=CUSTOM)
    domain = get(amplify_client, app_id)
    assert (domain["domainStatus"], domain["updateStatus"]) == ("FAILED", "UPDATE_FAILED")
    assert domain["statusReason"] == CNAME_TAKEN
    assert verified(domain) == {"www": True}


def test_an_update_leaves_alone_what_is_not_given(amplify_client, app_id):
    given = {"autoSubDomainCreationPatterns": ["*"], "autoSubDomainIAMRole": ROLE, "enableAutoSubDomain": True}
    before = available(amplify_client, app_id, **given)
    update(amplify_client, app_id, autoSubDomainCreationPatterns=["pr*"])
    after = get(amplify_client, app_id)
    assert after.pop("updateStatus") == "UPDATE_COMPLETE"
    assert after == {**before, "autoSubDomainCreationPatterns": ["pr*"]}


def test_an_empty_role_clears_the_role(amplify_client, app_id):
    available(amplify_client, app_id, autoSubDomainIAMRole=ROLE, enableAutoSubDomain=True)
    domain = update(amplify_client, app_id, autoSubDomainIAMRole="")
    assert domain.get("autoSubDomainIAMRole", "") == ""
    assert domain["enableAutoSubDomain"] is False


@pytest.mark.parametrize("status", ["CREATING", "REQUESTING_CERTIFICATE"])
def test_a_domain_on_its_way_cannot_be_updated(status):
    with mock_amplify(domain_plan=DomainPlan(stuck_at=status)):
        client = client_of()
        app_id = app_with_branches(client)
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


def test_a_domain_that_is_updating_cannot_be_updated(amplify_client, app_id):
    available(amplify_client, app_id)
    update(amplify_client, app_id, subDomainSettings=settings(www="dev"))
    answer = refusal(amplify_client.update_domain_association, appId=app_id, domainName="example.com")
    assert answer == bad_request("Cannot update domain while the domain is in UPDATING status.")
    get(amplify_client, app_id)
    assert update(amplify_client, app_id)["domainStatus"] == "UPDATING"


def test_a_refused_update_changes_nothing(amplify_client, app_id):
    before = available(amplify_client, app_id)
    answer = refusal(
        amplify_client.update_domain_association,
        appId=app_id,
        domainName="example.com",
        subDomainSettings=settings(www="nowhere"),
        autoSubDomainIAMRole=ROLE,
        certificateSettings=CUSTOM,
    )
    assert answer == bad_request(NO_BRANCH)
    assert get(amplify_client, app_id) == before


# Names that are taken


def test_a_host_name_of_another_app_is_refused(amplify_client, app_id):
    associate(amplify_client, app_id, subDomainSettings=settings(www="main", apex="main"))
    other = app_with_branches(amplify_client)
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
        appId=app_with_branches(other),
        domainName="example.com",
        subDomainSettings=settings(www="main"),
    )
    assert answer == taken("www.example.com")


def test_another_mock_knows_nothing_of_it(amplify_client, app_id):
    associate(amplify_client, app_id)
    with mock_amplify(isolated=True):
        assert associate(amplify_client, app_with_branches(amplify_client))["domainStatus"] == "CREATING"


@pytest.mark.parametrize(
    ("domain", "prefixes"), [("www.example.com", ["apex"]), ("example.com", ["other"]), ("example.com", [])]
)
def test_a_name_can_be_taken_in_other_ways_too(amplify_client, app_id, domain, prefixes):
    associate(amplify_client, app_id)
    wanted = settings(**dict.fromkeys(prefixes, "main"))
    code, status, text = refusal(
        amplify_client.create_domain_association,
        appId=app_with_branches(amplify_client),
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
        amplify_client, app_with_branches(amplify_client), "b.example.com", subDomainSettings=settings(apex="main")
    )
    answer = refusal(
        amplify_client.create_domain_association,
        appId=app_with_branches(amplify_client),
        domainName="example.com",
        subDomainSettings=settings(a="main", b="main", c="main"),
    )
    assert answer == taken("a.example.com", "b.example.com")


def test_an_update_cannot_take_a_host_name_either(amplify_client, app_id):
    other = app_with_branches(amplify_client)
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
    other = app_with_branches(amplify_client)
    for name in ("example.org", "anexample.com", "w.example.com"):
        assert associate(amplify_client, other, name)["domainName"] == name


def test_an_app_cannot_associate_a_domain_twice(amplify_client, app_id):
    associate(amplify_client, app_id)
    call = functools.partial(amplify_client.create_domain_association, appId=app_id, domainName="example.com")
    assert refusal(call, subDomainSettings=settings(new="main"))[:2] == ("BadRequestException", 400)
    assert custom_domains(amplify_client, app_id) == ["www.example.com"]


def test_a_deleted_association_or_app_gives_its_names_back(amplify_client, app_id):
    other = app_with_branches(amplify_client)
    associate(amplify_client, app_id)
    delete(amplify_client, app_id)
    associate(amplify_client, other)
    amplify_client.delete_app(appId=other)
    assert associate(amplify_client, app_id)["domainStatus"] == "CREATING"


# Plans


@pytest.mark.parametrize("status", MANAGED_COURSE[:-1])
def test_a_plan_can_leave_an_association_in_a_status(status):
    with mock_amplify(domain_plan=DomainPlan(stuck_at=status)) as amplify:
        client = client_of()
        app_id = app_with_branches(client)
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
        app_id = app_with_branches(client)
        seen = [associate(client, app_id)] + [get(client, app_id) for _ in range(5)]
    course = [*MANAGED_COURSE[: MANAGED_COURSE.index(status) + 1], *["FAILED"] * 5][:6]
    assert [each["domainStatus"] for each in seen] == course
    assert [each["statusReason"] for each in seen] == [CNAME_TAKEN if each == "FAILED" else "" for each in course]
    assert verified(seen[-1]) == {"www": False}


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="CREATING", reason="because"))
def test_the_reason_of_a_failure_can_be_given(amplify_client, app_id):
    associate(amplify_client, app_id)
    assert get(amplify_client, app_id)["statusReason"] == "because"


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="PENDING_VERIFICATION"))
def test_associating_a_failed_domain_again_answers_the_old_association(amplify_client, app_id):
    associate(amplify_client, app_id)
    for _ in range(3):
        failed = get(amplify_client, app_id)
    assert failed["domainStatus"] == "FAILED"
    assert associate(amplify_client, app_id, subDomainSettings=settings(new="dev")) == failed
    assert len(listed(amplify_client, app_id)) == 1


@pytest.mark.amplify_mock(domain_plan=DomainPlan(seconds={"PENDING_VERIFICATION": 3600}, default=1))
def test_a_plan_says_how_long_a_status_lasts(amplify_client, amplify_mock, app_id):
    with freezegun.freeze_time(START) as clock:
        associate(amplify_client, app_id)
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


# Deletion


def test_a_deleted_association_is_gone(amplify_client, app_id):
    before = available(amplify_client, app_id)
    assert delete(amplify_client, app_id) == before
    for operation in ("get", "update", "delete"):
        call = getattr(amplify_client, f"{operation}_domain_association")
        answer = refusal(call, appId=app_id, domainName="example.com")
        assert answer == not_found("Domain association example.com not found.")
    assert listed(amplify_client, app_id) == []
    assert custom_domains(amplify_client, app_id) == []


def test_a_deleted_association_is_not_in_the_backend(amplify_client, amplify_mock, app_id):
    associate(amplify_client, app_id)
    delete(amplify_client, app_id)
    assert amplify_mock.backend().apps[app_id].domain_associations == {}


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=30))
def test_a_deletion_that_takes_a_while_can_be_polled(amplify_client, app_id):
    associate(amplify_client, app_id)
    delete(amplify_client, app_id)
    assert get(amplify_client, app_id)["domainName"] == "example.com"
    with pytest.raises(amplify_client.exceptions.NotFoundException):  # noqa: PT012 (any of the reads may raise it)
        for _ in range(4):
            get(amplify_client, app_id)
    assert listed(amplify_client, app_id) == []


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=30))
def test_a_deletion_that_takes_a_while_can_be_listed(amplify_client, app_id):
    associate(amplify_client, app_id)
    delete(amplify_client, app_id)
    assert [each["domainName"] for each in listed(amplify_client, app_id)] == ["example.com"]


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=30))
def test_the_clock_ends_a_deletion(amplify_client, app_id):
    other = app_with_branches(amplify_client)
    with freezegun.freeze_time(START) as clock:
        associate(amplify_client, app_id)
        delete(amplify_client, app_id)
        clock.tick(seconds(29))
        call = functools.partial(amplify_client.create_domain_association, domainName="example.com")
        assert refusal(call, appId=other, subDomainSettings=settings(www="main")) == taken("www.example.com")
        assert refusal(call, appId=app_id, subDomainSettings=[])[:2] == ("BadRequestException", 400)
        clock.tick(seconds(2))
        assert associate(amplify_client, other)["domainStatus"] == "CREATING"
        answer = refusal(amplify_client.get_domain_association, appId=app_id, domainName="example.com")
    assert answer == not_found("Domain association example.com not found.")


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=30))
def test_a_branch_loses_its_custom_domains_when_the_deletion_ends(amplify_client, app_id):
    with freezegun.freeze_time(START) as clock:
        associate(amplify_client, app_id)
        delete(amplify_client, app_id)
        clock.tick(seconds(31))
        assert custom_domains(amplify_client, app_id) == []


def test_a_domain_can_be_associated_again_after_its_deletion(amplify_client, app_id):
    old = available(amplify_client, app_id)
    delete(amplify_client, app_id)
    new = available(amplify_client, app_id, subDomainSettings=settings(www="dev"))
    assert records(new) != records(old)
    assert custom_domains(amplify_client, app_id, "dev") == ["www.example.com"]


def test_an_association_made_again_is_listed_last_on_every_page(amplify_client, app_id):
    for name in ("a.com", "b.com", "c.com"):
        associate(amplify_client, app_id, name)
    delete(amplify_client, app_id, "a.com")
    associate(amplify_client, app_id, "a.com")
    assert [each["domainName"] for each in listed(amplify_client, app_id)] == ["b.com", "c.com", "a.com"]
    pages = amplify_client.get_paginator("list_domain_associations").paginate(
        appId=app_id, PaginationConfig={"PageSize": 1}
    )
    names = [each["domainName"] for page in pages for each in page["domainAssociations"]]
    assert names == ["b.com", "c.com", "a.com"]


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


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), "10", 1e20])
def test_a_plan_counts_in_seconds_that_can_be(seconds):
    for wrong in ({"default": seconds}, {"seconds": {"CREATING": seconds}}, {"deletion": seconds}):
        with pytest.raises(ValueError, match="a DomainPlan counts in seconds from 0 to"):
            DomainPlan(**wrong)


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=60))
def test_deleting_again_what_is_being_deleted_does_not_start_over(amplify_mock, amplify_client):
    app_id = amplify_client.create_app(name="shop")["app"]["appId"]
    amplify_client.create_branch(appId=app_id, branchName="main")
    domain = {"appId": app_id, "domainName": "example.com"}
    amplify_client.create_domain_association(**domain, subDomainSettings=[{"prefix": "www", "branchName": "main"}])
    amplify_client.delete_domain_association(**domain)
    amplify_mock.clock.advance(seconds=40)
    amplify_client.delete_domain_association(**domain)
    amplify_mock.clock.advance(seconds=40)
    with pytest.raises(amplify_client.exceptions.NotFoundException):
        amplify_client.get_domain_association(**domain)
