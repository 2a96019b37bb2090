"""Domain associations that are made, read, updated and deleted."""

from __future__ import annotations

import datetime

from support.clients import bad_request

START = datetime.datetime(2024, 9, 1, 12, 0, tzinfo=datetime.timezone.utc)
CUSTOM = {
    "type": "CUSTOM",
    "customCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
}
ROLE = "arn:aws:iam::123456789012:role/domains"
NO_BRANCH = "A subdomain cannot point to a non-existent branch"
CNAME_TAKEN = "One or more of the CNAMEs you provided are already associated with a different resource."

# The forms of what is made up.
VALIDATION = r"_[0-9a-f]{32}\.example\.com\. CNAME _[0-9a-f]{32}\.[a-z]{10}\.acm-validations\.aws\."
DISTRIBUTION = r"d[a-z0-9]+\.cloudfront\.net"


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


def taken(*hosts):
    return bad_request(
        f"One or more domains requested are already associated with another Amplify app: {', '.join(hosts)}"
    )
