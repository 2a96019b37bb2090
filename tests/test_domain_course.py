"""What a domain association has on its way depends on how far it came, and on how it is being changed."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from amplify_mock import DomainPlan

DOMAIN = {"domainName": "example.com"}


@pytest.fixture
def domain(client):
    """The keys of an association that was just made."""
    app_id = client.create_app(name="shop")["app"]["appId"]
    client.create_branch(appId=app_id, branchName="main")
    keys = {"appId": app_id, **DOMAIN}
    client.create_domain_association(**keys, subDomainSettings=[{"prefix": "www", "branchName": "main"}])
    return keys


def get(client, domain):
    return client.get_domain_association(**domain)["domainAssociation"]


def message(call, **members):
    with pytest.raises(ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]["Message"]


def test_a_domain_that_waits_for_its_verification_can_be_updated(client, domain):
    get(client, domain)
    assert get(client, domain)["domainStatus"] == "PENDING_VERIFICATION"
    changed = client.update_domain_association(**domain, subDomainSettings=[{"prefix": "app", "branchName": "main"}])[
        "domainAssociation"
    ]
    assert (changed["domainStatus"], changed["updateStatus"]) == ("UPDATING", "PENDING_VERIFICATION")
    seen = [get(client, domain) for _ in range(2)]
    assert [each["updateStatus"] for each in seen] == ["PENDING_DEPLOYMENT", "UPDATE_COMPLETE"]
    assert seen[-1]["domainStatus"] == "AVAILABLE"


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="CREATING"))
def test_a_domain_that_failed_at_once_never_had_a_distribution(client, domain):
    failed = get(client, domain)
    assert failed["domainStatus"] == "FAILED"
    assert failed["subDomains"][0]["dnsRecord"] == "www CNAME <pending>"
    assert "certificateVerificationDNSRecord" not in failed


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="PENDING_DEPLOYMENT"))
def test_a_domain_that_failed_late_has_a_distribution(client, domain):
    for _ in range(4):
        failed = get(client, domain)
    assert failed["domainStatus"] == "FAILED"
    assert failed["subDomains"][0]["dnsRecord"].endswith(".cloudfront.net")


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=60))
def test_a_domain_that_is_being_deleted_cannot_be_updated(amplify_mock, client, domain):
    amplify_mock.clock.advance(minutes=5)
    client.delete_domain_association(**domain)
    text = message(client.update_domain_association, **domain)
    assert text == "Cannot update domain while the domain is being deleted."
    assert get(client, domain)["domainStatus"] == "AVAILABLE"


@pytest.mark.parametrize("name", ["EXAMPLE.com", "example.com."])
def test_a_domain_has_one_association_however_it_is_written(client, domain, name):
    same = {**domain, "domainName": name}
    assert get(client, same)["domainName"] == "example.com"
    text = message(client.create_domain_association, **same, subDomainSettings=[])
    assert text == f"The domain {name} is already associated with the app {domain['appId']}"


@pytest.mark.parametrize(
    ("arn", "words"),
    [
        ({}, "Must specify customCertificateArn for a certificate of type CUSTOM."),
        ({"customCertificateArn": ""}, "1 validation error detected: Value '' at 'certificateSettings.customCert"),
    ],
)
def test_a_custom_certificate_needs_its_arn(amplify_mock, client, domain, arn, words):
    amplify_mock.clock.advance(minutes=5)
    before = get(client, domain)
    text = message(client.update_domain_association, **domain, certificateSettings={"type": "CUSTOM", **arn})
    assert text.startswith(words)
    assert get(client, domain) == before


def test_from_a_custom_certificate_back_to_a_managed_one_is_a_new_verification(amplify_mock, client, domain):
    amplify_mock.clock.advance(minutes=5)
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    custom = {"type": "CUSTOM", "customCertificateArn": arn}
    client.update_domain_association(**domain, certificateSettings=custom)
    amplify_mock.clock.advance(minutes=5)
    answer = client.update_domain_association(**domain, certificateSettings={"type": "AMPLIFY_MANAGED"})
    seen = [answer["domainAssociation"], *(get(client, domain) for _ in range(3))]
    assert [each["updateStatus"] for each in seen] == [
        "REQUESTING_CERTIFICATE",
        "PENDING_VERIFICATION",
        "PENDING_DEPLOYMENT",
        "UPDATE_COMPLETE",
    ]
