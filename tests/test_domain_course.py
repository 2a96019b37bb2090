"""What a domain association has on its way depends on how far it came, and on how it is being changed."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from amplify_mock import DomainPlan

DOMAIN = {"domainName": "example.com"}


@pytest.fixture
def domain(amplify_client):
    """The keys of an association that was just made."""
    app_id = amplify_client.create_app(name="shop")["app"]["appId"]
    amplify_client.create_branch(appId=app_id, branchName="main")
    keys = {"appId": app_id, **DOMAIN}
    amplify_client.create_domain_association(**keys, subDomainSettings=[{"prefix": "www", "branchName": "main"}])
    return keys


def get(client, domain):
    return client.get_domain_association(**domain)["domainAssociation"]


def message(call, **members):
    with pytest.raises(ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]["Message"]


def test_a_domain_that_waits_for_its_verification_can_be_updated(amplify_client, domain):
    get(amplify_client, domain)
    assert get(amplify_client, domain)["domainStatus"] == "PENDING_VERIFICATION"
    changed = amplify_client.update_domain_association(
        **domain, subDomainSettings=[{"prefix": "app", "branchName": "main"}]
    )["domainAssociation"]
    assert (changed["domainStatus"], changed["updateStatus"]) == ("UPDATING", "PENDING_VERIFICATION")
    seen = [get(amplify_client, domain) for _ in range(2)]
    assert [each["updateStatus"] for each in seen] == ["PENDING_DEPLOYMENT", "UPDATE_COMPLETE"]
    assert seen[-1]["domainStatus"] == "AVAILABLE"


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="CREATING"))
def test_a_domain_that_failed_at_once_never_had_a_distribution(amplify_client, domain):
    failed = get(amplify_client, domain)
    assert failed["domainStatus"] == "FAILED"
    assert failed["subDomains"][0]["dnsRecord"] == "www CNAME <pending>"
    assert "certificateVerificationDNSRecord" not in failed


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="PENDING_DEPLOYMENT"))
def test_a_domain_that_failed_late_has_a_distribution(amplify_client, domain):
    for _ in range(4):
        failed = get(amplify_client, domain)
    assert failed["domainStatus"] == "FAILED"
    assert failed["subDomains"][0]["dnsRecord"].endswith(".cloudfront.net")


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=60))
def test_a_domain_that_is_being_deleted_cannot_be_updated(amplify_mock, amplify_client, domain):
    amplify_mock.clock.advance(minutes=5)
    amplify_client.delete_domain_association(**domain)
    assert "being deleted" in message(amplify_client.update_domain_association, **domain)
    assert get(amplify_client, domain)["domainStatus"] == "AVAILABLE"


@pytest.mark.parametrize("name", ["EXAMPLE.com", "example.com."])
def test_a_domain_has_one_association_however_it_is_written(amplify_client, domain, name):
    same = {**domain, "domainName": name}
    assert get(amplify_client, same)["domainName"] == "example.com"
    text = message(amplify_client.create_domain_association, **same, subDomainSettings=[])
    assert text == f"The domain {name} is already associated with the app {domain['appId']}"


@pytest.mark.parametrize("arn", [{}, {"customCertificateArn": ""}])
def test_a_custom_certificate_needs_its_arn(amplify_mock, amplify_client, domain, arn):
    amplify_mock.clock.advance(minutes=5)
    before = get(amplify_client, domain)
    with pytest.raises(amplify_client.exceptions.BadRequestException):
        amplify_client.update_domain_association(**domain, certificateSettings={"type": "CUSTOM", **arn})
    assert get(amplify_client, domain) == before


def test_from_a_custom_certificate_back_to_a_managed_one_is_a_new_verification(amplify_mock, amplify_client, domain):
    amplify_mock.clock.advance(minutes=5)
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    custom = {"type": "CUSTOM", "customCertificateArn": arn}
    amplify_client.update_domain_association(**domain, certificateSettings=custom)
    amplify_mock.clock.advance(minutes=5)
    answer = amplify_client.update_domain_association(**domain, certificateSettings={"type": "AMPLIFY_MANAGED"})
    seen = [answer["domainAssociation"], *(get(amplify_client, domain) for _ in range(3))]
    assert [each["updateStatus"] for each in seen] == [
        "REQUESTING_CERTIFICATE",
        "PENDING_VERIFICATION",
        "PENDING_DEPLOYMENT",
        "UPDATE_COMPLETE",
    ]
