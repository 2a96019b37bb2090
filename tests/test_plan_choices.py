"""Which job takes which plan, and how long a plan holds."""

from __future__ import annotations

import datetime

import pytest

from amplify_mock import DomainPlan, JobPlan, mock_amplify
from support.clients import client_of, refusal
from support.jobs import GITHUB, ZIP, app_with_branches, deploy, get, new_branch, release
from support.model import needs


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def main(amplify_client):
    return new_branch(amplify_client)


def named(name, **members):
    """Return a plan whose jobs tell its name."""
    return JobPlan(**{"progress": "instant", "fail_at": "VERIFY", "reason": name, **members})


UNPLANNED = None


def taken(client, branch, start=deploy):
    """Start a job, and return the name of the plan that it took; it has ended afterwards, whichever that is."""
    job_id = start(client, branch)["jobId"]
    job = get(client, branch, job_id)
    if job["summary"]["status"] == "FAILED":
        return job["steps"][-1]["statusReason"]
    get(client, branch, job_id)
    return UNPLANNED


# Which plan a job takes


@pytest.mark.amplify_mock(plan=named("of the mock"))
def test_the_plan_of_a_mock_holds_in_all_accounts_and_regions(amplify_client, amplify_mock):
    clients = [client_of(), client_of("eu-west-1"), client_of(key="111122223333")]
    assert [taken(client, new_branch(client)) for client in clients] == ["of the mock"] * 3
    amplify_mock.plan_jobs(named("a"))
    assert [taken(client, new_branch(client)) for client in clients] == ["a"] * 3


def test_a_plan_holds_for_all_later_jobs_of_every_kind(amplify_client, amplify_mock, main):
    connected = new_branch(amplify_client, app=GITHUB)
    amplify_mock.plan_jobs(named("a"))
    assert [taken(amplify_client, main) for _ in range(3)] == ["a"] * 3
    assert [taken(amplify_client, connected, release) for _ in range(2)] == ["a"] * 2

    def retry(client, branch):
        return release(client, branch, jobType="RETRY", jobId="1")

    assert taken(amplify_client, connected, retry) == "a"
    job = amplify_mock.push(connected["appId"], "main")
    assert job.steps[-1].status_reason == "a"


@pytest.mark.amplify_mock(plan=named("of the mock"))
def test_a_plan_of_an_app_or_a_branch_is_for_no_other(amplify_client, amplify_mock):
    one, other = (app_with_branches(amplify_client, "main", "dev") for _ in range(2))

    def all_taken():
        return [
            taken(amplify_client, {"appId": app_id, "branchName": name})
            for app_id in (one, other)
            for name in ("main", "dev")
        ]

    amplify_mock.plan_jobs(named("app"), app_id=one)
    assert all_taken() == ["app", "app", "of the mock", "of the mock"]
    amplify_mock.plan_jobs(named("branch"), app_id=one, branch_name="dev")
    assert all_taken() == ["app", "branch", "of the mock", "of the mock"]
    amplify_mock.plan_jobs(named("all"))
    assert all_taken() == ["app", "branch", "all", "all"]
    amplify_mock.plan_jobs(named("every dev"), branch_name="dev")
    assert all_taken() == ["app", "branch", "all", "every dev"]


def test_a_plan_for_a_branch_of_an_app_holds_for_its_builds(amplify_client, amplify_mock):
    one, other = (new_branch(amplify_client, app=GITHUB) for _ in range(2))
    amplify_mock.plan_jobs(named("a"), app_id=one["appId"], branch_name="main")
    assert [taken(amplify_client, each, release) for each in (one, other)] == ["a", UNPLANNED]


def test_of_plans_for_the_same_jobs_the_last_one_holds(amplify_client, amplify_mock, main):
    for name in ("a", "b"):
        amplify_mock.plan_jobs(named(name), app_id=main["appId"])
    assert [taken(amplify_client, main) for _ in range(2)] == ["b", "b"]
    amplify_mock.plan_jobs(JobPlan(), app_id=main["appId"])
    assert taken(amplify_client, main) is UNPLANNED


def test_plans_for_a_number_of_jobs_come_first_and_in_their_order(amplify_client, amplify_mock, main):
    app_id = main["appId"]
    amplify_mock.plan_jobs(named("ever"), app_id=app_id, branch_name="main")
    amplify_mock.plan_jobs(named("twice"), times=2)
    amplify_mock.plan_jobs(named("elsewhere"), branch_name="dev", times=1)
    amplify_mock.plan_jobs(named("once"), app_id=app_id, branch_name="main", times=1)
    assert [taken(amplify_client, main) for _ in range(5)] == ["twice", "twice", "once", "ever", "ever"]
    amplify_client.create_branch(appId=app_id, branchName="dev")
    dev = {"appId": app_id, "branchName": "dev"}
    assert [taken(amplify_client, dev) for _ in range(2)] == ["elsewhere", UNPLANNED]


def test_the_same_plan_can_be_planned_twice(amplify_client, amplify_mock, main):
    plan = named("a")
    amplify_mock.plan_jobs(plan, times=1)
    amplify_mock.plan_jobs(plan, times=2)
    assert [taken(amplify_client, main) for _ in range(4)] == ["a", "a", "a", UNPLANNED]


def test_a_job_that_has_started_keeps_its_plan(amplify_client, amplify_mock, main):
    amplify_mock.plan_jobs(JobPlan(stuck_at="RUNNING"), times=1)
    deploy(amplify_client, main)
    amplify_mock.plan_jobs(named("a"))
    amplify_mock.clock.advance(days=1)
    assert get(amplify_client, main)["summary"]["status"] == "RUNNING"


REFUSED = {
    "an unknown branch": lambda client, branch: refusal(
        client.start_job, appId=branch["appId"], branchName="unknown", jobType="RELEASE"
    ),
    "a manual build": lambda client, branch: refusal(client.start_job, **branch, jobType="MANUAL"),
    "a retry of nothing": lambda client, branch: refusal(client.start_job, **branch, jobType="RETRY"),
    "a retry of an unknown job": lambda client, branch: refusal(
        client.start_job, **branch, jobType="RETRY", jobId="99"
    ),
    "a deployment of a connected app": lambda client, branch: refusal(client.start_deployment, **branch, sourceUrl=ZIP),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED.keys())
def test_a_refused_build_uses_up_no_plan(amplify_client, amplify_mock, refused):
    branch = new_branch(amplify_client, app=GITHUB)
    amplify_mock.plan_jobs(named("a"), times=1)
    refused(amplify_client, branch)
    assert [taken(amplify_client, branch, release) for _ in range(2)] == ["a", UNPLANNED]


def test_a_job_refused_because_its_branch_is_busy_uses_up_no_plan(amplify_client, amplify_mock, main):
    connected = new_branch(amplify_client, app=GITHUB)
    deploy(amplify_client, main)
    release(amplify_client, connected)
    amplify_mock.plan_jobs(named("a"), times=1)
    refusal(amplify_client.start_deployment, **main, sourceUrl=ZIP)
    refusal(amplify_client.create_deployment, **main)
    refusal(amplify_client.start_job, **connected, jobType="RELEASE")
    amplify_mock.clock.advance(hours=1)
    assert [taken(amplify_client, main) for _ in range(2)] == ["a", UNPLANNED]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"jobId": "1", "sourceUrl": ZIP},
        {"jobId": "9"},
        pytest.param({"sourceUrlType": "BUCKET_PREFIX"}, marks=needs("StartDeploymentRequest.sourceUrlType")),
    ],
    ids=str,
)
def test_a_refused_deployment_uses_up_no_plan(amplify_client, amplify_mock, main, parameters):
    amplify_client.create_deployment(**main)
    amplify_mock.plan_jobs(named("a"), times=1)
    refusal(amplify_client.start_deployment, **main, **parameters)
    amplify_client.start_deployment(**main, jobId="1")
    assert get(amplify_client, main)["steps"][-1]["statusReason"] == "a"


def test_a_deployment_takes_its_plan_when_it_is_started(amplify_client, amplify_mock, main):
    amplify_mock.plan_jobs(named("too early"), times=1)
    assert taken(amplify_client, main) == "too early"
    job = amplify_client.create_deployment(**main)
    amplify_mock.plan_jobs(named("a"), times=1)
    assert get(amplify_client, main, job["jobId"])["summary"]["status"] == "PENDING"
    amplify_client.start_deployment(**main, jobId=job["jobId"])
    assert get(amplify_client, main, job["jobId"])["steps"][-1]["statusReason"] == "a"
    amplify_mock.plan_jobs(named("b"), times=1)
    other = amplify_client.create_deployment(**main)
    amplify_client.stop_job(**main, jobId=other["jobId"])
    assert taken(amplify_client, main) == "b"


def test_a_deployment_that_was_not_started_is_stopped_as_planned_for_its_branch(amplify_client, amplify_mock, main):
    amplify_mock.plan_jobs(JobPlan(stuck_at="CANCELLING"), app_id=main["appId"], branch_name="main")
    amplify_client.create_deployment(**main)
    amplify_client.stop_job(**main, jobId="1")
    amplify_mock.clock.advance(days=1)
    assert get(amplify_client, main)["summary"]["status"] == "CANCELLING"


# How long a plan lives


def test_plans_go_with_the_mock_that_set_them():
    client = client_of()
    with mock_amplify(plan=named("of the mock")) as amplify:
        amplify.plan_jobs(named("a"))
        assert taken(client, new_branch(client)) == "a"
        with mock_amplify() as inner:
            assert taken(client, new_branch(client)) == "a"
            inner.plan_jobs(named("b"))
        assert taken(client, new_branch(client)) == "b"
        with mock_amplify(isolated=True) as apart:
            assert taken(client, new_branch(client)) is UNPLANNED
            apart.plan_jobs(named("c"))
        assert taken(client, new_branch(client)) == "b"
    with mock_amplify():
        assert taken(client, new_branch(client)) is UNPLANNED


def test_each_call_of_a_decorated_function_starts_without_plans():
    @mock_amplify(plan=named("of the mock"))
    def seen():
        branch = new_branch(client_of())
        before = taken(client_of(), branch)
        with mock_amplify() as amplify:
            amplify.plan_jobs(named("a"))
        return before, taken(client_of(), branch)

    assert [seen(), seen()] == [("of the mock", "a")] * 2


@pytest.mark.amplify_mock(plan=named("of the mock"))
def test_reset_forgets_what_was_planned_but_not_the_plan_of_the_mock(amplify_client, amplify_mock):
    amplify_mock.plan_jobs(named("a"))
    amplify_mock.plan_jobs(named("b"), times=5)
    amplify_mock.reset()
    assert taken(amplify_client, new_branch(amplify_client)) == "of the mock"


def test_restore_brings_back_what_was_planned(amplify_client, amplify_mock, main):
    amplify_mock.plan_jobs(named("ever"))
    amplify_mock.plan_jobs(named("thrice"), times=3)
    assert taken(amplify_client, main) == "thrice"
    saved = amplify_mock.snapshot()
    amplify_mock.plan_jobs(named("later"), app_id=main["appId"])
    assert [taken(amplify_client, main) for _ in range(3)] == ["thrice", "thrice", "later"]
    amplify_mock.restore(saved)
    assert [taken(amplify_client, main) for _ in range(3)] == ["thrice", "thrice", "ever"]


def test_restore_brings_back_where_each_job_was(amplify_client, amplify_mock, main):
    amplify_mock.plan_jobs(JobPlan(provisioning=5, fail_at="DEPLOY", reason="because"))
    deploy(amplify_client, main)
    assert get(amplify_client, main)["summary"]["status"] == "PROVISIONING"
    saved = amplify_mock.snapshot()
    amplify_mock.clock.advance(datetime.timedelta(days=1))
    ended = get(amplify_client, main)
    assert ended["steps"][-1]["statusReason"] == "because"
    amplify_mock.restore(saved)
    statuses = [get(amplify_client, main)["summary"]["status"] for _ in range(3)]
    assert statuses == ["RUNNING", "FAILED", "FAILED"]


# What cannot be planned


@pytest.mark.parametrize("value", ["FAILED", {"fail_at": "BUILD"}, JobPlan, DomainPlan(), None], ids=str)
def test_only_job_plans_can_be_planned(amplify_client, amplify_mock, main, value):
    with pytest.raises(TypeError, match="takes a JobPlan, such as JobPlan"):
        amplify_mock.plan_jobs(value)
    assert taken(amplify_client, main) is UNPLANNED


@pytest.mark.parametrize("times", [0, -1, True, 1.5, "2", [1]], ids=str)
def test_a_plan_is_for_one_job_or_more(amplify_client, amplify_mock, main, times):
    with pytest.raises(ValueError, match="times must be a number from 1 on, or None for all later jobs"):
        amplify_mock.plan_jobs(named("a"), times=times)
    assert taken(amplify_client, main) is UNPLANNED


@pytest.mark.parametrize("wrong", [{"app_id": "dunknown"}, {"app_id": 5}, {"branch_name": ["main"]}], ids=str)
def test_jobs_that_cannot_be_are_not_planned(amplify_mock, main, wrong):
    with pytest.raises((TypeError, ValueError, LookupError)):
        amplify_mock.plan_jobs(named("a"), **wrong)
