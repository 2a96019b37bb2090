"""Whatever many threads and tasks do at once, nothing is lost, nothing is there twice, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import itertools
import sys
import threading
from functools import partial

import pytest
from botocore.exceptions import ClientError

from amplify_mock import JobPlan, activation, mock_amplify
from support.clients import client_of
from support.jobs import GITHUB, ZIP, new_app, new_branch
from support.races import (
    TASKS,
    THREADS,
    WAYS_OF_TASKS,
    at_once,
    code_of,
    in_threads,
    new_client,
    own_clients,
    shared_clients,
    unless_refused,
)


@pytest.fixture(autouse=True)
def _threads_take_turns_often():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.fixture(params=[shared_clients, own_clients], ids=lambda make: make.__name__)
def clients(request):
    """One client for each thread."""
    return request.param()


# Threads


def test_no_resource_is_lost(amplify_mock, clients):
    def make(number):
        client = clients[number]
        app_id = new_app(client, name=f"shop-{number}")
        for name in ("main", "dev"):
            client.create_branch(appId=app_id, branchName=name)
            client.create_webhook(appId=app_id, branchName=name)
        client.create_backend_environment(appId=app_id, environmentName="dev")
        return app_id

    made = in_threads(make)
    apps = amplify_mock.backend().apps
    assert apps.keys() == set(made)
    assert len(set(made)) == THREADS
    for app in apps.values():
        assert (len(app.branches), len(app.webhooks), len(app.backend_environments)) == (2, 2, 1)
    assert len({webhook for app in apps.values() for webhook in app.webhooks}) == 2 * THREADS
    assert len(amplify_mock.calls) == 6 * THREADS


def test_no_change_is_lost(amplify_mock, clients):
    arn = amplify_mock.add_app("shop").app_arn

    def tag(number):
        for each in range(3):
            clients[number].tag_resource(resourceArn=arn, tags={f"k{number}.{each}": str(number)})

    in_threads(tag)
    assert len(client_of().list_tags_for_resource(resourceArn=arn)["tags"]) == 3 * THREADS


def test_only_one_can_have_a_name(amplify_mock, clients):
    app_id = new_app(client_of())

    def take(number):
        made = unless_refused(clients[number].create_branch, appId=app_id, branchName="main", description=str(number))
        return made and made["branch"]["description"]

    [winner] = [each for each in in_threads(take) if each is not None]
    assert client_of().get_branch(appId=app_id, branchName="main")["branch"]["description"] == winner


def test_a_quota_is_never_passed():
    with mock_amplify(quotas={"apps": 5}) as amplify:
        made = in_threads(lambda _: unless_refused(client_of().create_app, name="shop"))
        assert len([each for each in made if each is not None]) == len(amplify.backend().apps) == 5


def test_no_job_number_is_used_twice(amplify_mock, clients):
    branch = new_branch(client_of())

    def deploy(number):
        client, numbers = clients[number], []
        for _ in range(5):
            opened = unless_refused(client.create_deployment, **branch)
            if opened is not None:
                numbers.append(opened["jobId"])
                client.stop_job(**branch, jobId=opened["jobId"])
        return numbers

    numbers = list(itertools.chain(*in_threads(deploy)))
    assert sorted(map(int, numbers)) == list(range(1, len(numbers) + 1))
    assert amplify_mock.backend().apps[branch["appId"]].branches["main"].jobs.keys() == set(numbers)


@pytest.mark.amplify_mock(plan=JobPlan(progress="clock"), quotas={"concurrent_jobs": 3})
def test_no_more_jobs_run_at_once_than_may(amplify_mock, clients):
    app_id = new_app(client_of(), **GITHUB)
    for number in range(THREADS):
        client_of().create_branch(appId=app_id, branchName=f"b{number}")

    def build(number):
        clients[number].start_job(appId=app_id, branchName=f"b{number}", jobType="RELEASE")
        amplify_mock.clock.advance(seconds=7)

    in_threads(build)
    amplify_mock.clock.advance(days=1)
    jobs = [branch.jobs["1"] for branch in amplify_mock.apps[app_id].branches.values()]
    spans = [(job.start_time, job.end_time) for job in jobs]
    assert {job.status for job in jobs} == {"SUCCEED"}
    assert max(sum(start <= moment < end for start, end in spans) for moment, _ in spans) <= 3


def test_every_fault_is_used_once(amplify_mock, clients):
    amplify_mock.fail("ListApps", "InternalFailureException", times=10)

    def ask(number):
        failed = 0
        for _ in range(4):
            try:
                clients[number].list_apps()
            except ClientError as error:
                if code_of(error) != "InternalFailureException":
                    raise
                failed += 1
        return failed

    assert sum(in_threads(ask)) == 10
    amplify_mock.assert_no_pending_faults()
    amplify_mock.assert_called("ListApps", times=4 * THREADS)


def test_every_plan_is_used_once(amplify_mock, clients):
    app_id = new_app(client_of())
    for number in range(THREADS):
        client_of().create_branch(appId=app_id, branchName=f"b{number}")
    amplify_mock.plan_jobs(JobPlan(progress="instant", fail_at="DEPLOY"), times=5)
    amplify_mock.plan_jobs(JobPlan(progress="instant"))
    in_threads(lambda number: clients[number].start_deployment(appId=app_id, branchName=f"b{number}", sourceUrl=ZIP))
    statuses = [branch.jobs["1"].status for branch in amplify_mock.apps[app_id].branches.values()]
    assert sorted(statuses) == ["FAILED"] * 5 + ["SUCCEED"] * (THREADS - 5)


def test_a_job_that_many_read_moves_one_stage_with_each_read(amplify_mock, clients):
    branch = new_branch(client_of())
    client_of().start_deployment(**branch, sourceUrl=ZIP)
    seen = in_threads(lambda number: clients[number].get_job(**branch, jobId="1")["job"]["summary"]["status"])
    assert sorted(seen) == ["RUNNING"] + ["SUCCEED"] * (THREADS - 1)


def test_every_event_is_told_once(amplify_mock, clients):
    app_id = new_app(client_of())
    for number in range(THREADS):
        client_of().create_branch(appId=app_id, branchName=f"b{number}")
    told = []
    amplify_mock.on_event(lambda event: told.append((event["detail"]["branchName"], event["detail"]["jobStatus"])))

    def deploy(number):
        branch = {"appId": app_id, "branchName": f"b{number}"}
        clients[number].start_deployment(**branch, sourceUrl=ZIP)
        for _ in range(2):
            clients[number].get_job(**branch, jobId="1")

    in_threads(deploy)
    assert sorted(told) == sorted((f"b{n}", status) for n in range(THREADS) for status in ("STARTED", "SUCCEED"))


def test_the_clock_goes_ahead_by_all_that_was_asked_for(amplify_mock):
    before = amplify_mock.clock.now()
    in_threads(lambda _: [amplify_mock.clock.advance(hours=1) for _ in range(10)])
    passed = (amplify_mock.clock.now() - before).total_seconds()
    assert 0 <= passed - 3600 * 10 * THREADS < 3600


def test_state_can_be_kept_and_put_back_while_others_change_it(amplify_mock, clients):
    kept = amplify_mock.snapshot()
    stop = threading.Event()

    def work(number):
        while not stop.is_set():
            app_id = new_app(clients[number])
            unless_refused(clients[number].create_branch, appId=app_id, branchName="main")
            unless_refused(clients[number].create_deployment, appId=app_id, branchName="main")

    def put_back():
        try:
            for _ in range(15):
                amplify_mock.restore(amplify_mock.snapshot())
                amplify_mock.restore(kept)
                amplify_mock.reset()
        finally:
            stop.set()

    at_once(put_back, *((lambda number=number: work(number)) for number in range(4)))
    amplify_mock.reset()
    assert client_of().list_apps()["apps"] == []


# Mocks that begin and end meanwhile


def begin_and_end(mocks, stop):
    """Have one isolated mock after the other, until somebody says stop."""
    while not stop.is_set():
        with mock_amplify(isolated=True) as inner:
            mocks.append(inner)


def test_a_call_reaches_one_of_the_mocks_that_begin_and_end_around_it():
    mocks, stop = [], threading.Event()

    def call():
        try:
            return [client_of().create_app(name="shop")["app"]["appId"] for _ in range(40)]
        finally:
            stop.set()

    with mock_amplify() as outer:
        *_, one, two = at_once(*[partial(begin_and_end, mocks, stop)] * 3, call, call)
    found = [app_id for each in (outer, *mocks) for app_id in each.backend().apps]
    assert sorted(found) == sorted(one + two)
    assert activation.active() == []


def test_a_call_is_answered_by_the_mock_or_goes_out_and_never_both(network):
    client, mocks, stop = client_of(), [], threading.Event()

    def call():
        try:
            return [client.create_app(name="shop").get("app") for _ in range(60)]
        finally:
            stop.set()

    *_, one, two = at_once(*[partial(begin_and_end, mocks, stop)] * 2, call, call)
    answered = [app["appId"] for app in one + two if app is not None]
    assert len(network) == 120 - len(answered)
    assert sorted(answered) == sorted(app_id for each in mocks for app_id in each.backend().apps)
    assert activation.active() == []


def test_clients_can_be_made_while_mocks_begin_and_end(network):
    stop = threading.Event()

    def begin_and_end():
        while not stop.is_set():
            with mock_amplify():
                pass

    def make():
        try:
            for _ in range(3):
                new_client().list_apps()
        finally:
            stop.set()

    at_once(begin_and_end, begin_and_end, *[make] * 4)
    assert activation.active() == []


# Tasks


@pytest.fixture(params=WAYS_OF_TASKS, ids=lambda way: way.__name__)
def way(request):
    return request.param


async def test_no_task_loses_what_it_does(amplify_mock, way):
    async with way() as call:

        async def work(number):
            app_id = (await call("create_app", name=f"shop-{number}"))["app"]["appId"]
            await call("create_branch", appId=app_id, branchName="main")
            await call("start_deployment", appId=app_id, branchName="main", sourceUrl=ZIP)
            answers = [await call("get_job", appId=app_id, branchName="main", jobId="1") for _ in range(2)]
            return app_id, [each["job"]["summary"]["status"] for each in answers]

        made = await asyncio.gather(*map(work, range(TASKS)))
    assert amplify_mock.backend().apps.keys() == {app_id for app_id, _ in made}
    assert {tuple(statuses) for _, statuses in made} == {("RUNNING", "SUCCEED")}
    assert len(amplify_mock.calls) == 5 * TASKS


async def test_no_two_tasks_get_the_same_job(amplify_mock, way):
    branch = new_branch(client_of())
    async with way() as call:

        async def work(_number):
            try:
                opened = await call("create_deployment", **branch)
            except ClientError as error:
                if code_of(error) != "BadRequestException":
                    raise
                return None
            await call("stop_job", **branch, jobId=opened["jobId"])
            return int(opened["jobId"])

        numbers = [each for each in await asyncio.gather(*map(work, range(TASKS))) if each is not None]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


async def test_mocks_may_begin_and_end_in_some_tasks_while_others_call(amplify_mock, way):
    async with way() as call:
        mocks = []

        async def work(number):
            if number % 10 == 0:
                async with mock_amplify(isolated=True) as inner:
                    mocks.append(inner)
                    await asyncio.sleep(0)
                return None
            return (await call("create_app", name="shop"))["app"]["appId"]

        made = [each for each in await asyncio.gather(*map(work, range(TASKS))) if each is not None]
    assert sorted(made) == sorted(app_id for each in (amplify_mock, *mocks) for app_id in each.backend().apps)
