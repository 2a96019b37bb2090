"""A custom domain leads to the sites of its branches as soon as it is verified, and only then."""

from __future__ import annotations

import socket

import pytest
import requests

from amplify_mock import DomainPlan, mock_amplify
from support.clients import client_of
from support.domains import associate, available, delete, get, settings, update
from support.jobs import new_branch
from support.sites import SUCCEEDED, ask, deployed, host_of, page, seen


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def app_id(amplify_client):
    """Make an app whose branches main and dev show their names."""
    main = new_branch(amplify_client)
    dev = {**main, "branchName": "dev"}
    amplify_client.create_branch(**dev)
    for branch in (main, dev):
        assert deployed(amplify_client, branch, page(branch["branchName"])) == SUCCEEDED
    return main["appId"]


@pytest.fixture
def is_answered(monkeypatch):
    """Return what says whether the mock answers for a host; whoever turns to the network finds none."""

    def getaddrinfo(*_, **__):
        raise OSError("there is no network")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    def is_answered(host):
        try:
            ask(host)
        except requests.ConnectionError:
            return False
        return True

    return is_answered


def test_every_subdomain_leads_to_its_branch(amplify_client, app_id):
    available(amplify_client, app_id, subDomainSettings=settings(www="main", apex="main", preview="dev"))
    hosts = ["www.example.com", "example.com", "preview.example.com", f"main.{app_id}.amplifyapp.com"]
    assert [seen(host) for host in hosts] == [(200, "main"), (200, "main"), (200, "dev"), (200, "main")]
    assert [requests.get(f"http://{host.upper()}/", timeout=5).text for host in hosts[:3]] == ["main", "main", "dev"]


def test_a_domain_with_the_dot_at_its_end_has_sites_too(amplify_client, app_id):
    available(amplify_client, app_id, "example.com.", subDomainSettings=settings(www="main", apex="dev"))
    assert [seen(host) for host in ("www.example.com", "www.example.com.", "example.com")] == [
        (200, "main"),
        (200, "main"),
        (200, "dev"),
    ]


def test_a_domain_is_not_answered_before_it_is_available(amplify_client, app_id, is_answered):
    associate(amplify_client, app_id)
    statuses = []
    while not is_answered("www.example.com"):
        statuses.append(get(amplify_client, app_id)["domainStatus"])
    assert statuses == ["REQUESTING_CERTIFICATE", "PENDING_VERIFICATION", "PENDING_DEPLOYMENT", "AVAILABLE"]
    assert seen("www.example.com") == (200, "main")


def test_other_hosts_are_not_answered(amplify_client, app_id, is_answered):
    available(amplify_client, app_id)
    for host in ("example.com", "api.example.com", "a.www.example.com", "www.example.com.org", "amplifyapp.com"):
        assert not is_answered(host)


@pytest.mark.amplify_mock(domain_plan=DomainPlan(fail_at="PENDING_VERIFICATION"))
def test_a_domain_that_failed_is_not_answered(amplify_client, app_id, is_answered):
    associate(amplify_client, app_id)
    for _ in range(5):
        status = get(amplify_client, app_id)["domainStatus"]
    assert status == "FAILED"
    assert not is_answered("www.example.com")


def test_an_update_leads_elsewhere_once_it_is_through(amplify_client, app_id, is_answered):
    available(amplify_client, app_id, subDomainSettings=settings(www="main", old="main"))
    update(amplify_client, app_id, subDomainSettings=settings(www="main", new="dev"))
    assert [is_answered(f"{prefix}.example.com") for prefix in ("www", "new", "old")] == [True, False, False]
    for _ in range(2):
        get(amplify_client, app_id)
    assert [seen(f"{prefix}.example.com") for prefix in ("www", "new")] == [(200, "main"), (200, "dev")]


def test_a_deleted_domain_is_not_answered(amplify_client, app_id, is_answered):
    available(amplify_client, app_id)
    assert is_answered("www.example.com")
    delete(amplify_client, app_id)
    assert not is_answered("www.example.com")


@pytest.mark.amplify_mock(domain_plan=DomainPlan(deletion=60))
def test_a_domain_is_answered_until_its_deletion_is_through(amplify_mock, amplify_client, app_id, is_answered):
    available(amplify_client, app_id)
    delete(amplify_client, app_id)
    assert is_answered("www.example.com")
    amplify_mock.clock.advance(seconds=61)
    assert not is_answered("www.example.com")


def test_the_host_of_a_deleted_branch_is_not_answered(amplify_client, app_id, is_answered):
    available(amplify_client, app_id, subDomainSettings=settings(www="main", preview="dev"))
    amplify_client.delete_branch(appId=app_id, branchName="dev")
    assert not is_answered("preview.example.com")
    assert seen("www.example.com") == (200, "main")


def test_sites_end_with_the_mock(is_answered):
    with mock_amplify() as amplify:
        app = amplify.add_app(branches=["main"])
        amplify.add_domain_association(app.app_id, "example.com")
        assert is_answered("www.example.com")
        with mock_amplify(isolated=True):
            assert not is_answered("www.example.com")
    assert not is_answered("www.example.com")
    assert not is_answered(f"main.{app.app_id}.amplifyapp.com")


def test_a_rule_leads_from_the_domain_to_a_subdomain(amplify_client, app_id):
    available(amplify_client, app_id, subDomainSettings=settings(www="main", apex="main"))
    rule = {"source": "https://example.com", "target": "https://www.example.com", "status": "302"}
    amplify_client.update_app(appId=app_id, customRules=[rule])
    answer = requests.get("https://example.com/?a=1", timeout=5)
    assert (answer.text, answer.url) == ("main", "https://www.example.com/?a=1")
    assert [each.status_code for each in answer.history] == [302]


def test_the_domains_of_two_apps_do_not_mix(amplify_client, app_id):
    other = new_branch(client_of("eu-west-1"))
    deployed(client_of("eu-west-1"), other, page("other"))
    available(amplify_client, app_id)
    available(client_of("eu-west-1"), other["appId"], "example.org", subDomainSettings=settings(www="main"))
    assert [seen(f"www.example.{end}") for end in ("com", "org")] == [(200, "main"), (200, "other")]


def test_a_domain_has_an_access_log_of_its_own(amplify_client, app_id):
    available(amplify_client, app_id)
    ask("www.example.com", "/by/the/domain")
    ask(host_of({"appId": app_id, "branchName": "main"}), "/by/the/default")
    url = amplify_client.generate_access_logs(appId=app_id, domainName="www.example.com")["logUrl"]
    _, row = requests.get(url, timeout=5).text.splitlines()
    assert ",www.example.com,/by/the/domain,404," in row


def test_a_domain_that_was_loaded_as_available_is_answered(amplify_mock, amplify_client, app_id):
    amplify_mock.add_domain_association(app_id, "example.com", sub_domains={"": "dev"})
    assert seen("example.com") == (200, "dev")
