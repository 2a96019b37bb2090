"""How many of each thing there may be, and how jobs wait for each other."""

from __future__ import annotations

import datetime
import functools

import boto3
import freezegun
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from amplify_mock import mock_amplify

START = datetime.datetime(2024, 9, 1, 12, 0, tzinfo=datetime.timezone.utc)
AWS = {"apps": 25, "branches": 50, "domains": 5, "subdomains": 50, "webhooks": 50, "concurrent_jobs": 5}
#: How long a manual deployment takes: 5 seconds pending, 15 for DEPLOY, 1 for VERIFY.
DEPLOYMENT = 21
CANCELLING = 5
ZIP = "s3://bucket/site.zip"

one_at_a_time = pytest.mark.amplify_mock(quotas={"concurrent_jobs": 1})


@functools.cache
def client_of(region="us-east-1", key="testing"):
    """Return a client; one for the whole file, because to make one takes longer than a test."""
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key="testing", region_name=region)
    return session.client("amplify", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


def new_app(client, *branches):
    app_id = client.create_app(name="shop")["app"]["appId"]
    for name in branches:
        client.create_branch(appId=app_id, branchName=name)
    return app_id


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    assert caught.type.__name__ == answer["Error"]["Code"]
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def is_limited(call, **parameters):
    return refusal(call, **parameters)[:2] == ("LimitExceededException", 429)


# How many there may be


def make_apps(client):
    return lambda number: client.create_app(name=f"app{number}")


def make_branches(client):
    app_id = new_app(client)
    return lambda number: client.create_branch(appId=app_id, branchName=f"b{number}")


def make_domains(client):
    app_id = new_app(client)
    return lambda number: client.create_domain_association(
        appId=app_id, domainName=f"d{number}.com", subDomainSettings=[]
    )


def make_subdomains(client):
    # Each call asks for one subdomain more.
    app_id = new_app(client, "main")
    return lambda number: client.create_domain_association(
        appId=app_id, domainName=f"d{number}.com", subDomainSettings=subdomains(number + 1)
    )


def make_webhooks(client):
    app_id = new_app(client, "main")
    return lambda _: client.create_webhook(appId=app_id, branchName="main")


def subdomains(count):
    return [{"prefix": f"s{number}", "branchName": "main"} for number in range(count)]


THINGS = {
    "apps": make_apps,
    "branches": make_branches,
    "domains": make_domains,
    "subdomains": make_subdomains,
    "webhooks": make_webhooks,
}


def refused_at(make, most):
    """Return which of ``most`` calls is the first to be refused."""
    for number in range(most):
        try:
            make(number)
        except ClientError as error:
            code = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            return (number, *code)
    return None


@pytest.mark.parametrize("most", [0, 2])
@pytest.mark.parametrize("name", THINGS)
def test_a_single_quota_holds(name, most):
    with mock_amplify(quotas={name: most}):
        assert refused_at(THINGS[name](client_of()), 4) == (most, "LimitExceededException", 429)


@pytest.mark.parametrize("name", ["apps", "branches", "domains", "webhooks"])
def test_the_defaults_of_an_account_hold_when_asked_for(name):
    with mock_amplify(quotas="aws"):
        assert refused_at(THINGS[name](client_of()), 60) == (AWS[name], "LimitExceededException", 429)


@pytest.mark.parametrize("name", ["apps", "domains", "webhooks"])
def test_what_is_raised_on_request_is_not_limited_otherwise(name, amplify_client):
    assert refused_at(THINGS[name](amplify_client), 60) is None


@pytest.mark.parametrize("quotas", [None, {"apps": 100}, "aws"])
def test_50_branches_are_always_the_most(quotas):
    with mock_amplify(quotas=quotas):
        assert refused_at(make_branches(client_of()), 60) == (50, "LimitExceededException", 429)


@pytest.mark.parametrize("quotas", [None, {"apps": 100}, "aws"])
def test_50_subdomains_are_always_the_most(quotas):
    with mock_amplify(quotas=quotas):
        client = client_of()
        domain = {"appId": new_app(client, "main"), "domainName": "example.com"}
        assert is_limited(client.create_domain_association, **domain, subDomainSettings=subdomains(51))
        client.create_domain_association(**domain, subDomainSettings=subdomains(50))
        for _ in range(5):
            before = client.get_domain_association(**domain)["domainAssociation"]
        assert is_limited(client.update_domain_association, **domain, subDomainSettings=subdomains(51))
        assert client.get_domain_association(**domain)["domainAssociation"] == before


@pytest.mark.amplify_mock(quotas={"apps": 1, "branches": 1, "domains": 1, "webhooks": 1})
def test_what_is_deleted_makes_room(amplify_client):
    for name in ("a.com", "b.com"):
        app_id = new_app(amplify_client)
        for branch in ("main", "dev"):
            amplify_client.create_branch(appId=app_id, branchName=branch)
            webhook = amplify_client.create_webhook(appId=app_id, branchName=branch)["webhook"]
            amplify_client.delete_webhook(webhookId=webhook["webhookId"])
            amplify_client.create_domain_association(appId=app_id, domainName=name, subDomainSettings=[])
            amplify_client.delete_domain_association(appId=app_id, domainName=name)
            amplify_client.delete_branch(appId=app_id, branchName=branch)
        amplify_client.delete_app(appId=app_id)


@pytest.mark.amplify_mock(quotas={"apps": 1, "branches": 1, "domains": 1, "webhooks": 1})
def test_regions_accounts_and_apps_count_for_themselves(amplify_client):
    for client in (amplify_client, client_of("eu-west-1"), client_of(key="111122223333")):
        app_id = new_app(client, "main")
        client.create_webhook(appId=app_id, branchName="main")
        assert is_limited(client.create_app, name="other")


@pytest.mark.amplify_mock(quotas={"branches": 1, "domains": 1, "webhooks": 1})
def test_each_app_counts_for_itself(amplify_client):
    for number in range(2):
        app_id = new_app(amplify_client, "main")
        amplify_client.create_domain_association(appId=app_id, domainName=f"{number}.com", subDomainSettings=[])
        amplify_client.create_webhook(appId=app_id, branchName="main")


@pytest.mark.amplify_mock(quotas={"apps": 0})
def test_the_text_for_apps_is_the_recorded_one(amplify_client):
    answer = refusal(amplify_client.create_app, name="shop")
    assert answer == ("LimitExceededException", 429, "You have reached the maximum number of apps in this account")
    assert amplify_client.list_apps()["apps"] == []


# Settings


def test_an_unknown_quota_is_refused_with_the_valid_ones():
    with pytest.raises(ValueError, match="Did you mean 'webhooks'") as caught:
        mock_amplify(quotas={"webhook": 3})
    for name in AWS:
        assert name in str(caught.value)


@pytest.mark.parametrize("count", [-1, "3", 2.5, True, None])
def test_a_quota_is_a_count(count):
    with pytest.raises(ValueError, match="apps"):
        mock_amplify(quotas={"apps": count})


@pytest.mark.parametrize("quotas", ["AWS", "azure", 3, ["apps"]])
def test_quotas_are_a_dict_or_aws(quotas):
    with pytest.raises(TypeError, match="quotas"):
        mock_amplify(quotas=quotas)


# Concurrent jobs


class Jobs:
    """Deployments of one branch each, by number; times are seconds since START."""

    def __init__(self, client, amplify, count):
        self.client = client
        self.amplify = amplify
        self.app_id = new_app(client, *(f"b{number}" for number in range(count)))

    def start(self, *numbers):
        for number in numbers:
            self.client.start_deployment(**self.branch(number), sourceUrl=ZIP)

    def branch(self, number):
        return {"appId": self.app_id, "branchName": f"b{number}"}

    def read(self, number):
        return self.client.get_job(**self.branch(number), jobId="1")["job"]["summary"]

    def stop(self, number):
        self.client.stop_job(**self.branch(number), jobId="1")

    def state(self, number):
        return self.amplify.backend().apps[self.app_id].branches[f"b{number}"].jobs["1"]

    def statuses(self, *numbers):
        return [self.state(number).status for number in numbers]

    def times(self, *numbers):
        ends = [since(self.state(number).end_time) for number in numbers]
        return [(since(self.state(number).start_time), end) for number, end in zip(numbers, ends, strict=True)]


def since(moment):
    return None if moment is None else (moment - START).total_seconds()


@pytest.fixture
def clock():
    with freezegun.freeze_time(START) as frozen:
        yield frozen


@pytest.fixture
def jobs(amplify_client, amplify_mock, clock):
    return Jobs(amplify_client, amplify_mock, 4)


@pytest.mark.parametrize("quotas", ["aws", {"concurrent_jobs": 5}])
def test_jobs_beyond_the_limit_wait_as_pending(quotas, clock):
    with mock_amplify(quotas=quotas) as amplify:
        jobs = Jobs(client_of(), amplify, 7)
        jobs.start(*range(7))
        clock.tick(6)
        assert jobs.statuses(*range(7)) == ["RUNNING"] * 5 + ["PENDING"] * 2


def test_without_the_quota_all_jobs_run(clock):
    with mock_amplify() as amplify:
        jobs = Jobs(client_of(), amplify, 7)
        jobs.start(*range(7))
        clock.tick(6)
        assert jobs.statuses(*range(7)) == ["RUNNING"] * 7


@one_at_a_time
@pytest.mark.parametrize("jumps", [[3600], [1] * 100, [DEPLOYMENT] * 5, [20, 2, 300]])
def test_a_waiting_job_starts_when_another_ends_however_the_clock_moves(jobs, clock, jumps):
    jobs.start(0, 1, 2)
    for jump in jumps:
        clock.tick(jump)
        jobs.statuses(1)
    assert jobs.times(0, 1, 2) == [(0, 21), (21, 42), (42, 63)]


@one_at_a_time
def test_a_waiting_job_has_no_steps_and_no_end(jobs, clock):
    jobs.start(0, 1)
    clock.tick(10)
    job = jobs.client.get_job(**jobs.branch(1), jobId="1")["job"]
    assert (job["summary"]["status"], job["steps"], "endTime" in job["summary"]) == ("PENDING", [], False)


@one_at_a_time
def test_the_job_asked_for_first_starts_first(jobs, clock):
    jobs.start(3, 1, 2, 0)
    clock.tick(3600)
    assert jobs.times(3, 1, 2, 0) == [(0, 21), (21, 42), (42, 63), (63, 84)]


@one_at_a_time
def test_the_start_time_is_as_of_now(jobs, clock):
    jobs.start(0, 1)
    clock.tick(3600)
    # Nobody has looked at anything else before.
    assert since(jobs.state(1).start_time) == DEPLOYMENT


@one_at_a_time
def test_a_job_asked_for_later_does_not_start_before(jobs, clock):
    jobs.start(0)
    clock.tick(1000)
    jobs.start(1)
    clock.tick(3600)
    assert jobs.times(0, 1) == [(0, 21), (1000, 1021)]


@pytest.mark.amplify_mock(quotas={"concurrent_jobs": 2})
def test_two_places_are_taken_in_turn(jobs, clock):
    jobs.start(0)
    clock.tick(10)
    jobs.start(1, 2, 3)
    clock.tick(3600)
    assert jobs.times(0, 1, 2, 3) == [(0, 21), (10, 31), (21, 42), (31, 52)]


@pytest.mark.amplify_mock(quotas={"concurrent_jobs": 2})
def test_the_place_that_is_free_first_is_taken_first(jobs, clock):
    jobs.start(0, 1, 2, 3)
    clock.tick(2)
    jobs.stop(1)
    clock.tick(3600)
    freed = 2 + CANCELLING
    assert jobs.times(2, 3) == [(freed, freed + DEPLOYMENT), (21, 42)]


@one_at_a_time
def test_polling_a_waiting_job_brings_it_to_its_end(jobs):
    jobs.start(0, 1, 2)
    seen = []
    while "SUCCEED" not in seen:
        seen.append(jobs.read(2)["status"])
        assert len(seen) < 20
    assert seen[0] == "PENDING"
    assert seen[-2:] == ["RUNNING", "SUCCEED"]
    assert jobs.statuses(0, 1) == ["SUCCEED", "SUCCEED"]


@one_at_a_time
def test_polling_the_running_job_lets_the_next_one_start(jobs):
    jobs.start(0, 1)
    assert [jobs.read(0)["status"] for _ in range(2)] == ["RUNNING", "SUCCEED"]
    assert [jobs.read(1)["status"] for _ in range(2)] == ["RUNNING", "SUCCEED"]


@one_at_a_time
def test_a_waiting_job_keeps_its_branch_busy(jobs):
    jobs.start(0, 1)
    answer = refusal(jobs.client.start_deployment, **jobs.branch(1), sourceUrl=ZIP)
    assert answer[:2] == ("BadRequestException", 400)


@one_at_a_time
def test_a_stopped_job_frees_its_place(jobs, clock):
    jobs.start(0, 1)
    clock.tick(10)
    jobs.stop(0)
    clock.tick(3600)
    freed = 10 + CANCELLING
    assert jobs.statuses(0, 1) == ["CANCELLED", "SUCCEED"]
    assert jobs.times(0, 1) == [(0, freed), (freed, freed + DEPLOYMENT)]


@one_at_a_time
def test_polling_a_stopped_job_frees_its_place(jobs):
    jobs.start(0, 1)
    jobs.stop(0)
    assert jobs.read(0)["status"] == "CANCELLED"
    assert jobs.read(1)["status"] == "RUNNING"


@one_at_a_time
@pytest.mark.parametrize("look", [True, False])
def test_a_job_stopped_while_it_waits_takes_no_place(jobs, clock, look):
    jobs.start(0, 1, 2)
    clock.tick(DEPLOYMENT - 2)
    jobs.stop(1)
    for _ in range(4):
        clock.tick(1)
        if look:
            jobs.statuses(0, 1, 2)
    clock.tick(3600)
    assert jobs.statuses(1) == ["CANCELLED"]
    assert jobs.times(0, 2) == [(0, 21), (21, 42)]


@one_at_a_time
def test_a_job_stopped_while_it_waits_never_started(jobs, clock):
    jobs.start(0, 1)
    clock.tick(DEPLOYMENT - 2)
    jobs.stop(1)
    clock.tick(3)
    assert jobs.statuses(0, 1) == ["SUCCEED", "CANCELLING"]
    clock.tick(3600)
    job = jobs.client.get_job(**jobs.branch(1), jobId="1")["job"]
    assert (job["summary"]["status"], job["steps"], since(job["summary"]["startTime"])) == ("CANCELLED", [], 0)


@one_at_a_time
@pytest.mark.parametrize("what", ["branch", "app"])
def test_a_deleted_job_frees_its_place(jobs, clock, what):
    other = Jobs(jobs.client, jobs.amplify, 1)
    other.start(0)
    jobs.start(0)
    clock.tick(1)
    getattr(jobs.client, f"delete_{what}")(**(other.branch(0) if what == "branch" else {"appId": other.app_id}))
    clock.tick(3600)
    assert jobs.statuses(0) == ["SUCCEED"]
    start = since(jobs.state(0).start_time)
    assert 1 <= start <= 1 + CANCELLING


@one_at_a_time
@pytest.mark.parametrize("what", ["branch", "app"])
def test_polling_frees_the_place_of_a_deleted_job_too(jobs, what):
    other = Jobs(jobs.client, jobs.amplify, 1)
    other.start(0)
    jobs.start(0)
    getattr(jobs.client, f"delete_{what}")(**(other.branch(0) if what == "branch" else {"appId": other.app_id}))
    statuses = [jobs.read(0)["status"] for _ in range(4)]
    assert "SUCCEED" in statuses


@one_at_a_time
def test_a_deleted_waiting_job_takes_no_place(jobs, clock):
    jobs.start(0, 1, 2)
    clock.tick(DEPLOYMENT - 1)
    jobs.client.delete_branch(**jobs.branch(1))
    clock.tick(2)
    jobs.statuses(2)
    clock.tick(3600)
    assert jobs.times(2) == [(21, 42)]


@one_at_a_time
@pytest.mark.parametrize("hours", [1, 9, 100])
def test_a_deployment_that_was_started_in_time_may_wait_its_turn(jobs, clock, hours):
    jobs.start(0)
    jobs.client.create_deployment(**jobs.branch(1))
    jobs.client.start_deployment(**jobs.branch(1), jobId="1")
    clock.tick(hours * 3600)
    assert jobs.statuses(1) == ["SUCCEED"]
    assert jobs.times(1) == [(21, 42)]


@one_at_a_time
def test_a_deployment_that_is_only_created_takes_no_place(jobs, clock):
    jobs.client.create_deployment(**jobs.branch(0))
    jobs.start(1)
    clock.tick(DEPLOYMENT)
    assert jobs.statuses(0, 1) == ["PENDING", "SUCCEED"]


@one_at_a_time
def test_regions_and_accounts_do_not_wait_for_each_other(jobs, clock):
    jobs.start(0)
    for client in (client_of("eu-west-1"), client_of(key="111122223333")):
        other = Jobs(client, jobs.amplify, 1)
        other.start(0)
        assert [other.read(0)["status"] for _ in range(2)] == ["RUNNING", "SUCCEED"]


@pytest.mark.amplify_mock(quotas={"concurrent_jobs": 0})
def test_without_any_place_a_job_waits_for_ever_and_can_be_stopped(jobs, clock):
    jobs.start(0)
    clock.tick(3600)
    assert [jobs.read(0)["status"] for _ in range(3)] == ["PENDING"] * 3
    jobs.stop(0)
    assert jobs.read(0)["status"] == "CANCELLED"


@pytest.mark.parametrize("name", ["branches", "subdomains"])
def test_a_quota_that_aws_never_raises_can_only_be_lowered(name):
    mock_amplify(quotas={name: 50})
    with pytest.raises(ValueError, match=f"AWS never raises the quota {name} above 50, so 51 cannot be asked for"):
        mock_amplify(quotas={name: 51})
