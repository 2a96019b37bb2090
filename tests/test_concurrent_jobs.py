"""How jobs wait for each other when only so many may run at once."""

from __future__ import annotations

import datetime

import freezegun
import pytest

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of, refusal
from support.jobs import ZIP, app_with_branches

START = datetime.datetime(2024, 9, 1, 12, 0, tzinfo=datetime.timezone.utc)
#: How long a manual deployment takes: 5 seconds pending, 15 for DEPLOY, 1 for VERIFY.
DEPLOYMENT = 21
CANCELLING = 5

one_at_a_time = pytest.mark.amplify_mock(quotas={"concurrent_jobs": 1})


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


class Jobs:
    """Deployments of one branch each, by number; times are seconds since START."""

    def __init__(self, client, amplify, count):
        self.client = client
        self.amplify = amplify
        self.app_id = app_with_branches(client, *(f"b{number}" for number in range(count)))

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
def test_of_jobs_whose_branches_are_free_at_the_same_moment_the_one_asked_for_first_starts_first(jobs, clock):
    waited = []
    for number in (0, 1):
        jobs.client.create_deployment(**jobs.branch(number))
        arn = jobs.read(number)["jobArn"].replace("jobs/0000000001", "jobs/0000000002")
        waited += jobs.amplify.load({"jobSummaries": [{"jobArn": arn, "jobId": "2", "status": "PENDING"}]})
    clock.tick(9 * 3600)
    # Deployments that nobody starts have failed by then.
    freed = 8 * 3600 + 0.001
    assert [since(job.start_time) for job in waited] == [freed, freed + DEPLOYMENT]


@one_at_a_time
def test_a_waiting_job_that_is_loaded_once_more_has_one_turn(jobs, clock):
    jobs.start(0)
    arn = jobs.read(0)["jobArn"].replace("/b0/", "/b1/")
    for _ in range(2):
        jobs.amplify.load({"jobSummaries": [{"jobArn": arn, "jobId": "1", "status": "PENDING"}]})
    clock.tick(3600)
    _, ended = jobs.times(0)[0]
    assert jobs.times(1) == [(ended, ended + DEPLOYMENT)]


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


@pytest.mark.amplify_mock(quotas={"concurrent_jobs": 2})
def test_polling_a_waiting_job_moves_one_at_a_time_and_passes_by_what_does_not_move(jobs):
    jobs.amplify.plan_jobs(JobPlan(stuck_at="RUNNING"), times=1)
    jobs.start(0, 1, 2)
    seen = []
    for _ in range(5):
        jobs.read(2)
        seen.append(jobs.statuses(0, 1, 2))
    assert seen == [
        ["RUNNING", "PENDING", "PENDING"],
        ["RUNNING", "RUNNING", "PENDING"],
        ["RUNNING", "SUCCEED", "PENDING"],
        ["RUNNING", "SUCCEED", "RUNNING"],
        ["RUNNING", "SUCCEED", "SUCCEED"],
    ]


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
@pytest.mark.parametrize(("plan", "waits"), [({}, CANCELLING), ({"stuck_at": "CANCELLING"}, 3 + CANCELLING)])
def test_a_job_that_was_stopped_before_its_branch_is_deleted_ends_as_it_would_have(jobs, clock, plan, waits):
    jobs.amplify.plan_jobs(JobPlan(**plan), times=1)
    jobs.start(0, 1)
    clock.tick(10)
    jobs.stop(0)
    clock.tick(3)
    jobs.client.delete_branch(**jobs.branch(0))
    clock.tick(3600)
    # One that would never have ended has its time begin anew.
    assert jobs.times(1) == [(10 + waits, 10 + waits + DEPLOYMENT)]


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
