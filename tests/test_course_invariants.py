"""What holds of jobs whatever their plans are, whoever looks or moves them, and wherever the clock goes."""

from __future__ import annotations

import contextlib
import itertools
import re

import freezegun
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of, refusal
from support.jobs import GITHUB, TEST_PHASE, get, new_app, new_branch, release
from support.plans import FINISHED, PROGRESSES, START, answered, at, course, handle, since

NAMES = ["BUILD", "TEST", "DEPLOY", "VERIFY"]
USUAL = {"BUILD": 40, "TEST": 20, "DEPLOY": 15, "VERIFY": 1}
BRANCHES = ["a", "b", "c"]
CENTURY = 100 * 365 * 24 * 60 * 60

careful = settings(
    max_examples=30, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def clock():
    # Freezing takes longer than an example, so that all examples share the frozen clock.
    with freezegun.freeze_time(START, ignore=["hypothesis"]) as frozen:
        yield frozen


# In thousandths, so that sums are exact.
durations = st.integers(0, 100_000).map(lambda thousandths: thousandths / 1000) | st.sampled_from([0, 0.001, 5, 3600])


@st.composite
def plans(draw, progresses=PROGRESSES, stuck=True):
    stuck_at = (
        draw(st.sampled_from([None, None, "PENDING", "PROVISIONING", "RUNNING", "CANCELLING"])) if stuck else None
    )
    may_fail = stuck_at in (None, "CANCELLING")
    return JobPlan(
        pending=draw(durations),
        provisioning=draw(st.just(0) | durations),
        steps=draw(st.dictionaries(st.sampled_from(NAMES), durations)),
        default=draw(st.none() | durations),
        cancelling=draw(durations),
        fail_at=draw(st.sampled_from([None, None, *NAMES])) if may_fail else None,
        stuck_at=stuck_at,
        progress=draw(st.sampled_from(progresses)),
    )


# The arithmetic of a plan, which is exact when only the clock moves a job


def expected(plan, began, now, stopped=None):
    """Return the course of a build that began at a second, as it is at another."""
    until = now if stopped is None else min(stopped, now)
    moment, reached = began, []
    for status, lasts in (("PENDING", plan.pending), ("PROVISIONING", plan.provisioning)):
        if status == "PENDING" or plan.provisioning or plan.stuck_at == status:
            reached.append(status)
            moment += CENTURY * 10 if plan.stuck_at == status else lasts
            if exact(moment) > until:
                return cancelled(plan, (status, began, None, []), stopped, now)
    names = NAMES[: NAMES.index(plan.fail_at) + 1] if plan.fail_at else NAMES
    steps = []
    for name in names:
        start = exact(moment)
        moment += plan.steps.get(name, USUAL[name] if plan.default is None else plan.default)
        if exact(moment) > until or (plan.stuck_at == "RUNNING" and name == "VERIFY"):
            running = ("RUNNING", began, None, [*steps, (name, "RUNNING", start, None)])
            return cancelled(plan, running, stopped, now)
        steps.append((name, "FAILED" if name == plan.fail_at else "SUCCEED", start, exact(moment)))
    return "FAILED" if plan.fail_at else "SUCCEED", began, exact(moment), steps


def cancelled(plan, reached, stopped, now):
    if stopped is None or stopped > now:
        return reached
    end = exact(stopped + plan.cancelling)
    is_over = end <= now and plan.stuck_at != "CANCELLING"
    status, end = ("CANCELLED", end) if is_over else ("CANCELLING", None)
    steps = [step if step[3] is not None else (step[0], status, step[2], end) for step in reached[3]]
    return status, reached[1], end, steps


def exact(seconds):
    return round(seconds, 3)


jumps = st.integers(0, 400_000).map(lambda thousandths: thousandths / 1000) | st.sampled_from([0, 5, CENTURY])


@careful
@given(plan=plans(progresses=["clock"]), moments=st.lists(jumps, max_size=6), stop=st.none() | jumps)
def test_the_clock_gives_what_the_plan_says_however_it_jumps(clock, plan, moments, stop):
    clock.move_to(START)
    client = client_of()
    with mock_amplify(plan=plan) as amplify:
        branch = new_branch(client, app={**GITHUB, "buildSpec": TEST_PHASE})
        release(client, branch)
        job = handle(amplify, branch)
        latest, stopped = 0, None
        for moment in [*moments, None, *moments]:
            if moment is not None:
                clock.move_to(at(moment))
                latest = max(latest, moment)
            elif stop is not None:
                clock.move_to(at(stop))
                latest = max(latest, stop)
                with contextlib.suppress(ClientError):
                    client.stop_job(**branch, jobId="1")
                    stopped = latest
            assert answered(get(client, branch)) == course(job) == expected(plan, 0, latest, stopped)


@careful
@given(
    limit=st.integers(1, 2),
    asked=st.lists(st.tuples(plans(progresses=["clock"], stuck=False), st.integers(0, 60)), min_size=1, max_size=6),
    looks=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 200)), max_size=5),
)
def test_each_job_starts_at_the_moment_when_a_place_is_free(clock, limit, asked, looks):
    clock.move_to(START)
    client = client_of()
    with mock_amplify(quotas={"concurrent_jobs": limit}) as amplify:
        app_id = new_app(client, **GITHUB, buildSpec=TEST_PHASE)
        jobs, places, now, times = [], [0] * limit, 0, []
        for number, (plan, pause) in enumerate(asked):
            now += pause
            clock.move_to(at(now))
            branch = {"appId": app_id, "branchName": f"b{number}"}
            client.create_branch(**branch)
            amplify.plan_jobs(plan, times=1)
            release(client, branch)
            jobs.append(handle(amplify, branch))
            # The one that was asked for first takes the place that is free first.
            place = places.index(min(places))
            began = max(now, places[place])
            places[place] = expected(plan, began, CENTURY)[2]
            times.append((began, places[place]))
        for number, pause in looks:
            now += pause
            clock.move_to(at(now))
            _ = jobs[number % len(jobs)].status
        clock.move_to(at(CENTURY))
        assert [(since(job.start_time), since(job.end_time)) for job in jobs] == times


# Whatever happens

ORDER = {"PENDING": 0, "PROVISIONING": 1, "RUNNING": 2, "SUCCEED": 4, "FAILED": 4, "CANCELLING": 3, "CANCELLED": 4}


@contextlib.contextmanager
def refused():
    """Let pass what is refused in words that were chosen for it, and no other error."""
    words = r"BadRequest|LimitExceeded|has no job|cannot (?:succeed|fail|advance)|waits until another job"
    try:
        yield
    except (ClientError, LookupError, ValueError) as error:
        if not re.search(words, str(error)):
            raise


class World:
    """Three branches, what was done to them, and what was seen of their jobs."""

    def __init__(self, amplify, clock, limit):
        self.amplify = amplify
        self.clock = clock
        self.limit = limit
        self.client = client_of()
        self.app_id = new_app(self.client, **GITHUB, buildSpec=TEST_PHASE)
        for name in BRANCHES:
            self.client.create_branch(appId=self.app_id, branchName=name)
        self.seen = {}

    # What can be done

    def do(self, action, name, value, plan):
        with refused():
            getattr(self, action)({"appId": self.app_id, "branchName": name}, value, plan)

    def start(self, branch, _value, plan):
        self.amplify.plan_jobs(plan, app_id=self.app_id, branch_name=branch["branchName"])
        release(self.client, branch)

    def push(self, branch, _value, plan):
        self.amplify.plan_jobs(plan, times=1)
        self.amplify.push(branch["appId"], branch["branchName"])

    def read(self, branch, _value, _plan):
        job = handle(self.amplify, branch)
        self.check(job, answered(get(self.client, branch, job.job_id)))

    def list(self, branch, _value, _plan):
        self.client.list_jobs(**branch)

    def look(self, branch, _value, _plan):
        _ = handle(self.amplify, branch).steps

    def stop(self, branch, _value, _plan):
        self.client.stop_job(**branch, jobId=handle(self.amplify, branch).job_id)

    def succeed(self, branch, _value, _plan):
        handle(self.amplify, branch).succeed()

    def fail(self, branch, value, _plan):
        handle(self.amplify, branch).fail(None if value % 2 else NAMES[value % 4])

    def advance(self, branch, _value, _plan):
        handle(self.amplify, branch).advance()

    def ahead(self, _branch, value, _plan):
        self.clock.tick(value)

    def back(self, _branch, value, _plan):
        self.clock.tick(-value)

    def clock_ahead(self, _branch, value, _plan):
        self.amplify.clock.advance(seconds=value)

    # What must hold

    def jobs(self):
        app = self.amplify.backend().apps[self.app_id]
        return {name: list(branch.jobs.values()) for name, branch in app.branches.items()}

    def check_all(self):
        jobs = self.jobs()
        for of_branch in jobs.values():
            assert sum(job.blocks and job.began is not None for job in of_branch) <= 1
            for job in of_branch:
                self.check(job, course(job))
        if self.limit is not None:
            self.check_places(list(itertools.chain(*jobs.values())))

    def check(self, job, now):
        status, start, end, _ = now
        key = getattr(job, "resource", job).job_arn
        before = self.seen.get(key, ("PENDING", start, None, []))
        self.seen[key] = now
        if before[0] in FINISHED:
            assert now == before
        assert ORDER[before[0]] <= ORDER[status]
        assert before[0] != "CANCELLING" or status in ("CANCELLING", "CANCELLED")
        assert status not in ("CANCELLED", "RUNNING") or before[0] not in ("SUCCEED", "FAILED")
        assert (end is not None) == (status in FINISHED)
        self.check_times(job, now)
        self.check_steps(before, now)

    def check_times(self, job, now):
        _, start, end, steps = now
        moments = [since(getattr(job, "resource", job).commit_time), start]
        moments += [moment for step in steps for moment in step[2:] if moment is not None]
        moments += [] if end is None else [end]
        assert moments == sorted(moments)

    def check_steps(self, before, now):
        status, _, end, steps = now
        assert [step[0] for step in steps] == NAMES[: len(steps)]
        assert [step for step in before[3] if step[3] is not None] == steps[: sum(s[3] is not None for s in before[3])]
        # What has started has started.
        assert [step[2] for step in before[3]] == [step[2] for step in steps][: len(before[3])]
        if before[0] not in ("PENDING", status):
            assert before[1] == now[1]
        assert {step[1] for step in steps[:-1]} <= {"SUCCEED"}
        if status == "SUCCEED":
            assert (len(steps), steps[-1][1], steps[-1][3]) == (len(NAMES), "SUCCEED", end)
        elif status == "FAILED":
            assert (steps[-1][1], steps[-1][3]) == ("FAILED", end)
        elif status in ("PENDING", "PROVISIONING"):
            assert steps == []
        elif steps:
            assert steps[-1][1] in (status, "SUCCEED")
            assert steps[-1][3] == (end if steps[-1][1] == status else steps[-1][3])

    def check_places(self, jobs):
        spans = [(job.began, job.end_time) for job in jobs if job.began is not None]
        assert sum(end is None for _, end in spans) <= self.limit
        for start, _ in spans:
            assert sum(began <= start and (end is None or start < end) for began, end in spans) <= self.limit


ACTIONS = [
    "start",
    "start",
    "read",
    "list",
    "look",
    "stop",
    "succeed",
    "fail",
    "advance",
    "ahead",
    "back",
    "clock_ahead",
]
actions = st.tuples(
    st.sampled_from(ACTIONS), st.sampled_from(BRANCHES), st.integers(0, 90) | st.sampled_from([3600, CENTURY]), plans()
)


@careful
@given(steps=st.lists(actions, min_size=4, max_size=16), limit=st.none() | st.integers(1, 2), is_watched=st.booleans())
def test_jobs_only_go_ahead_and_times_are_in_order(clock, steps, limit, is_watched):
    clock.move_to(START)
    with mock_amplify(**({} if limit is None else {"quotas": {"concurrent_jobs": limit}})) as amplify:
        world = World(amplify, clock, limit)
        for step in steps:
            world.do(*step)
            # What nobody looks at must come out right as well.
            if is_watched:
                world.check_all()
        world.check_all()
        clock.tick(CENTURY)
        world.check_all()


# Single cases


def two_apps(client):
    return [new_branch(client, app=GITHUB) for _ in range(2)]


@pytest.mark.amplify_mock(plan=JobPlan(progress="clock"))
@pytest.mark.parametrize("ending", ["stop", "succeed", "fail"])
def test_a_job_that_runs_blocks_its_branch_although_a_later_one_has_ended(amplify_mock, clock, ending):
    branch = new_branch(client_of(), app=GITHUB)
    amplify_mock.push(branch["appId"], "main")
    waiting = amplify_mock.push(branch["appId"], "main")
    if ending == "stop":
        client_of().stop_job(**branch, jobId=waiting.job_id)
    else:
        getattr(waiting, ending)()
    assert refusal(client_of().start_job, **branch, jobType="RELEASE")[0] == "LimitExceededException"


@pytest.mark.amplify_mock(plan=JobPlan(progress="clock"), quotas={"concurrent_jobs": 1})
def test_a_push_that_waited_for_another_one_waits_for_a_place_as_well(amplify_mock, clock):
    one, other = two_apps(client_of())
    jobs = [amplify_mock.push(branch["appId"], "main") for branch in (one, one, other)]
    clock.tick(3600)
    spans = sorted((since(job.start_time), since(job.end_time)) for job in reversed(jobs))
    assert spans == [(0, 61), (61, 122), (122, 183)]


@pytest.mark.amplify_mock(plan=JobPlan(progress="clock"), quotas={"concurrent_jobs": 1})
def test_a_place_is_not_free_before_it_was_seen_to_be_taken(amplify_mock, clock):
    one, other = two_apps(client_of())
    release(client_of(), one)
    clock.move_to(at(100))
    assert handle(amplify_mock, one).status == "SUCCEED"
    clock.move_to(at(10))
    release(client_of(), other)
    assert since(handle(amplify_mock, other).start_time) == 61


@pytest.mark.amplify_mock(quotas={"concurrent_jobs": 1})
@pytest.mark.parametrize(("ending", "status"), [("succeed", "SUCCEED"), ("fail", "FAILED")])
@pytest.mark.parametrize("plan", [JobPlan(progress="instant"), JobPlan(pending=0, default=0)], ids=["instant", "0"])
def test_a_job_that_takes_no_time_can_be_ended_while_it_waits(amplify_mock, clock, ending, status, plan):
    one, other = two_apps(client_of())
    release(client_of(), one)
    amplify_mock.plan_jobs(plan)
    release(client_of(), other)
    job = handle(amplify_mock, other)
    getattr(job, ending)()
    assert job.status == job.steps[-1].status == status


@pytest.mark.amplify_mock(quotas={"concurrent_jobs": 1})
def test_a_waiting_job_that_is_ended_after_the_clock_went_back_has_its_times_in_order(amplify_mock, clock):
    one, other = two_apps(client_of())
    clock.move_to(at(50))
    for branch in (one, other):
        release(client_of(), branch)
    clock.move_to(at(10))
    handle(amplify_mock, other).succeed()
    summary = get(client_of(), other)["summary"]
    assert summary["commitTime"] <= summary["startTime"]
