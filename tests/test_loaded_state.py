"""Apps, branches and domain associations that were loaded show what is known of them until the mock knows better."""

from __future__ import annotations

import datetime
import re

import pytest

from amplify_mock import DomainPlan, mock_amplify
from support.clients import client_of
from support.documents import APP, ARN, BRANCH, app_document, branch_document, domain_document, job_document, loaded
from support.domains import DISTRIBUTION, get, listed, records, settings, update, verified
from support.jobs import UTC, deploy
from support.model import needs

DEPLOYED = datetime.datetime(2024, 7, 3, 20, 33, 56, 578000, UTC)
PRODUCTION = {"lastDeployTime": DEPLOYED, "status": "SUCCEED", "branchName": "main", "thumbnailUrl": "https://a"}
RECORD = "_a.example.com. CNAME _b.zdxcnfdgtt.acm-validations.aws."


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of("eu-west-2", "111122223333")


def sub_domain(prefix, branch="main", *, is_verified=True, target="d111.cloudfront.net"):
    setting = {"prefix": prefix, "branchName": branch} if prefix else {"branchName": branch}
    return {"subDomainSetting": setting, "verified": is_verified, "dnsRecord": f"{prefix} CNAME {target}"}


# Production branches


def production(client):
    return client.get_app(**APP)["app"].get("productionBranch")


@pytest.fixture
def in_production(amplify_mock):
    amplify_mock.load(app_document(productionBranch=PRODUCTION))
    amplify_mock.load(branch_document(stage="PRODUCTION"))
    amplify_mock.load({"jobSummaries": [job_document(startTime=DEPLOYED, endTime=DEPLOYED)]})


@pytest.mark.usefixtures("in_production")
def test_the_production_branch_is_shown_as_it_was_loaded(amplify_client):
    assert production(amplify_client) == PRODUCTION


@pytest.mark.usefixtures("in_production")
def test_a_later_deployment_is_shown_instead(amplify_mock, amplify_client):
    deploy(amplify_client, BRANCH)
    assert production(amplify_client) == PRODUCTION
    amplify_mock.job("dloaded", "main").succeed()
    assert production(amplify_client)["lastDeployTime"] > DEPLOYED


@pytest.mark.usefixtures("in_production")
def test_a_job_that_is_built_is_shown_instead(amplify_mock, amplify_client):
    job = amplify_mock.add_job("dloaded")
    assert production(amplify_client) == {
        "lastDeployTime": job.end_time, "status": "SUCCEED", "branchName": "main"
    }  # fmt: skip


@pytest.mark.usefixtures("in_production")
def test_a_branch_that_leaves_production_is_shown_no_longer(amplify_client):
    amplify_client.create_branch(**APP, branchName="dev", stage="BETA")
    amplify_client.update_branch(**APP, branchName="dev", stage="DEVELOPMENT")
    amplify_client.update_branch(**BRANCH, description="still in production")
    assert production(amplify_client) == PRODUCTION
    amplify_client.update_branch(**BRANCH, stage="BETA")
    assert production(amplify_client) is None


@pytest.mark.usefixtures("in_production")
def test_a_branch_that_is_deleted_is_shown_no_longer(amplify_client):
    amplify_client.delete_branch(**BRANCH)
    assert production(amplify_client) is None


def test_loaded_jobs_do_not_make_a_production_branch(amplify_mock, amplify_client):
    loaded(amplify_mock, branch_document(stage="PRODUCTION"), {"jobSummaries": [job_document()]})
    assert production(amplify_client) is None


def test_a_job_that_ends_after_it_was_loaded_makes_a_production_branch(amplify_mock, amplify_client):
    loaded(amplify_mock, branch_document(stage="PRODUCTION"), {"jobSummaries": [job_document("RUNNING")]})
    amplify_mock.job("dloaded", "main").succeed()
    assert production(amplify_client)["branchName"] == "main"


@needs("App.wafConfiguration")
def test_a_firewall_is_shown(amplify_mock, amplify_client):
    acl = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/one/1"
    waf = {"webAclArn": acl, "wafStatus": "ASSOCIATION_SUCCESS"}
    amplify_mock.load(app_document(wafConfiguration=waf))
    assert amplify_client.get_app(**APP)["app"]["wafConfiguration"] == waf


# Branches


@pytest.mark.parametrize("fidelity", ["model", "recorded"])
def test_members_that_branches_have_only_elsewhere_are_shown(fidelity):
    members = {"thumbnailUrl": "https://a", "totalNumberOfJobs": "12", "associatedResources": ["arn:a"]}
    with mock_amplify(fidelity=fidelity) as amplify:
        loaded(amplify, branch_document(**members))
        branch = client_of("eu-west-2", "111122223333").get_branch(**BRANCH)["branch"]
    assert branch.items() >= members.items()


def hosts(client):
    return client.get_branch(**BRANCH)["branch"]["customDomains"]


@pytest.mark.parametrize("change", ["create", "update", "delete"])
def test_custom_domains_are_shown_until_the_domain_associations_change(amplify_mock, amplify_client, change):
    loaded(
        amplify_mock,
        branch_document(customDomains=["www.example.com", "www.example.org"]),
        domain_document(subDomains=[sub_domain("www")]),
    )
    assert hosts(amplify_client) == ["www.example.com", "www.example.org"]
    if change == "create":
        amplify_mock.add_domain_association("dloaded", "example.net")
        assert hosts(amplify_client) == ["www.example.com", "www.example.net"]
    elif change == "update":
        update(amplify_client, "dloaded", subDomainSettings=settings(shop="main"))
        assert hosts(amplify_client) == ["shop.example.com"]
    else:
        amplify_client.delete_domain_association(**APP, domainName="example.com")
        assert hosts(amplify_client) == []


# Domain associations


def test_an_available_domain_stays_as_it_was_loaded(amplify_mock, amplify_client):
    records_of_two = [sub_domain("", is_verified=False, target="d222.cloudfront.net"), sub_domain("www")]
    document = domain_document(
        subDomains=records_of_two,
        certificateVerificationDNSRecord=RECORD,
        certificate={"type": "AMPLIFY_MANAGED", "certificateVerificationDNSRecord": RECORD},
        enableAutoSubDomain=True,
        autoSubDomainCreationPatterns=["*", "pr*"],
        autoSubDomainIAMRole="arn:aws:iam::123456789012:role/domains",
        statusReason="",
        updateStatus="UPDATE_COMPLETE",
    )
    loaded(amplify_mock, document)
    amplify_mock.clock.advance(days=1)
    domain = get(amplify_client, "dloaded")
    apex = {"prefix": "", "branchName": "main"}
    records_of_two[0]["subDomainSetting"] = apex
    assert domain == document["domainAssociation"]


def test_a_document_need_not_say_everything_of_a_domain(amplify_mock, amplify_client):
    loaded(amplify_mock, domain_document(subDomains=[{"subDomainSetting": {"branchName": "main"}}]))
    domain = get(amplify_client, "dloaded")
    assert domain["subDomains"] == [
        {"subDomainSetting": {"prefix": "", "branchName": "main"}, "verified": False, "dnsRecord": ""}
    ]
    assert domain["enableAutoSubDomain"] is False


@pytest.mark.parametrize("fidelity", ["model", "recorded"])
def test_a_certificate_is_shown_as_it_was_loaded(fidelity):
    certificate = {"type": "AMPLIFY_MANAGED"}
    with mock_amplify(fidelity=fidelity) as amplify:
        loaded(amplify, domain_document(certificate=certificate, certificateVerificationDNSRecord=RECORD))
        assert get(client_of("eu-west-2", "111122223333"), "dloaded")["certificate"] == certificate


def test_the_certificate_that_was_loaded_is_not_asked_for_again(amplify_mock, amplify_client):
    certificate = {"type": "AMPLIFY_MANAGED", "certificateVerificationDNSRecord": RECORD}
    loaded(amplify_mock, domain_document(certificate=certificate, certificateVerificationDNSRecord=RECORD))
    new = {"subDomainSettings": settings(www="main"), "certificateSettings": {"type": "AMPLIFY_MANAGED"}}
    assert update(amplify_client, "dloaded", **new)["updateStatus"] == "PENDING_DEPLOYMENT"


def test_a_loaded_domain_that_has_no_distribution_gets_one(amplify_mock, amplify_client):
    sub_domains = [sub_domain("", target="<pending>"), sub_domain("www", target="<pending>")]
    loaded(amplify_mock, domain_document("CREATING", subDomains=sub_domains))
    seen = [records(get(amplify_client, "dloaded")) for _ in range(5)]
    assert seen[0] == [" CNAME <pending>", "www CNAME <pending>"]
    assert re.fullmatch(rf" CNAME ({DISTRIBUTION})\nwww CNAME \1", "\n".join(seen[-1]))


def test_an_update_goes_on_from_what_was_loaded(amplify_mock, amplify_client):
    loaded(amplify_mock, domain_document(subDomains=[sub_domain("www"), sub_domain("dev", is_verified=False)]))
    domain = update(amplify_client, "dloaded", subDomainSettings=settings(www="main", dev="main", new="main"))
    assert domain["domainStatus"] == "UPDATING"
    assert verified(domain) == {"www": True, "dev": False, "new": False}
    assert records(domain) == [f"{prefix} CNAME d111.cloudfront.net" for prefix in ("www", "dev", "new")]


def test_subdomains_go_with_their_branch(amplify_mock, amplify_client):
    www = sub_domain("www", is_verified=False, target="d222.example.org")
    loaded(amplify_mock, domain_document(subDomains=[www, sub_domain("dev", "dev")]))
    amplify_mock.add_branch("dloaded", "dev")
    amplify_client.delete_branch(**APP, branchName="dev")
    # What is left is shown as it was loaded.
    assert get(amplify_client, "dloaded")["subDomains"] == [www]


@pytest.mark.parametrize(
    ("status", "course"),
    [
        ("CREATING", ["REQUESTING_CERTIFICATE", "PENDING_VERIFICATION", "PENDING_DEPLOYMENT", "AVAILABLE"]),
        ("PENDING_VERIFICATION", ["PENDING_DEPLOYMENT", "AVAILABLE", "AVAILABLE", "AVAILABLE"]),
        ("AWAITING_APP_CNAME", ["PENDING_DEPLOYMENT", "AVAILABLE", "AVAILABLE", "AVAILABLE"]),
        ("IN_PROGRESS", ["PENDING_DEPLOYMENT", "AVAILABLE", "AVAILABLE", "AVAILABLE"]),
        ("FAILED", ["FAILED"] * 4),
    ],
)
def test_a_domain_goes_on_from_the_status_that_it_was_loaded_with(amplify_mock, amplify_client, status, course):
    document = domain_document(
        status, subDomains=[sub_domain("www", is_verified=False, target="<pending>")], statusReason="why"
    )
    loaded(amplify_mock, document)
    assert get(amplify_client, "dloaded").items() >= document["domainAssociation"].items()
    assert [get(amplify_client, "dloaded")["domainStatus"] for _ in range(4)] == course


def test_an_update_goes_on_from_the_status_that_it_was_loaded_with(amplify_mock, amplify_client):
    loaded(amplify_mock, domain_document("UPDATING", updateStatus="REQUESTING_CERTIFICATE"))
    seen = [get(amplify_client, "dloaded")["updateStatus"] for _ in range(4)]
    assert seen == ["REQUESTING_CERTIFICATE", "PENDING_VERIFICATION", "PENDING_DEPLOYMENT", "UPDATE_COMPLETE"]
    amplify_mock.load(domain_document("UPDATING"))
    assert [get(amplify_client, "dloaded")["domainStatus"] for _ in range(2)] == ["UPDATING", "AVAILABLE"]
    amplify_mock.load(domain_document("FAILED", updateStatus="UPDATE_FAILED", statusReason="why"))
    assert get(amplify_client, "dloaded")["statusReason"] == "why"


def test_the_record_of_a_loaded_domain_stays_while_it_goes_on(amplify_mock, amplify_client):
    certificate = {"type": "AMPLIFY_MANAGED", "certificateVerificationDNSRecord": RECORD}
    members = {"certificateVerificationDNSRecord": RECORD, "certificate": certificate}
    loaded(amplify_mock, domain_document("CREATING", **members))
    seen = [get(amplify_client, "dloaded") for _ in range(5)]
    assert [each["domainStatus"] for each in seen[2:]] == ["PENDING_VERIFICATION", "PENDING_DEPLOYMENT", "AVAILABLE"]
    assert [{name: each[name] for name in members} for each in seen[2:]] == [members] * 3


def test_a_certificate_of_ones_own_is_loaded(amplify_mock, amplify_client):
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    certificate = {"type": "CUSTOM", "customCertificateArn": arn}
    loaded(amplify_mock, domain_document("IMPORTING_CUSTOM_CERTIFICATE", certificate=certificate))
    seen = [get(amplify_client, "dloaded") for _ in range(3)]
    assert [each["domainStatus"] for each in seen[1:]] == ["PENDING_DEPLOYMENT", "AVAILABLE"]
    assert [each["certificate"] for each in seen] == [certificate] * 3


def test_the_plan_says_how_a_loaded_domain_goes_on():
    plan = DomainPlan(fail_at="PENDING_DEPLOYMENT", reason="no")
    with mock_amplify(domain_plan=plan) as amplify:
        loaded(amplify, domain_document("PENDING_VERIFICATION"))
        amplify.clock.advance(hours=1)
        domain = amplify.domain_association("dloaded", "example.com")
        assert (domain.status, domain.status_reason) == ("FAILED", "no")


def test_a_domain_that_is_loaded_again_stays_where_it_was(amplify_mock, amplify_client):
    loaded(amplify_mock, domain_document())
    amplify_mock.add_domain_association("dloaded", "example.org")
    amplify_mock.load(domain_document("CREATING"))
    assert [each["domainName"] for each in listed(amplify_client, "dloaded")] == ["example.com", "example.org"]


@pytest.mark.parametrize(
    ("arn", "document"),
    [
        (f"{ARN}/domains/example.com", domain_document()),
        (f"{ARN}/webhooks/w", {"webhook": {"webhookArn": f"{ARN}/webhooks/w", "webhookId": "w", "branchName": "main"}}),
        (
            f"{ARN}/backendenvironments/dev",
            {
                "backendEnvironment": {
                    "backendEnvironmentArn": f"{ARN}/backendenvironments/dev",
                    "environmentName": "dev",
                }
            },
        ),
    ],
)
def test_what_is_loaded_again_keeps_tags_that_no_document_has(amplify_mock, amplify_client, arn, document):
    loaded(amplify_mock, document)
    amplify_client.tag_resource(resourceArn=arn, tags={"a": "b"})
    amplify_mock.load(document)
    assert amplify_client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}
