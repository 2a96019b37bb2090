"""What stays the same however much a mock holds: what a page and a call look at, and what each thing weighs."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amplify_mock import DomainPlan, JobPlan, mock_amplify
from amplify_mock.resources.fixed import Fixed, nothing
from amplify_mock.resources.lifecycle import Course
from amplify_mock.resources.rolls import Roll, in_order
from amplify_mock.service.http import Request
from amplify_mock.service.pagination import Page
from support.clients import client_of
from support.jobs import GITHUB, finish, new_app, new_branch, release

KIB = 1024
MANY = 400


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def looks(monkeypatch):
    """Return how often the course of a job was worked out, as a list to be cleared."""
    found = []
    at = Course.at

    def counting(self, now):
        found.append(self)
        return at(self, now)

    monkeypatch.setattr(Course, "at", counting)
    return found


def with_jobs(amplify_mock, client, count):
    """Return a branch of so many jobs that have ended."""
    amplify_mock.plan_jobs(JobPlan(progress="instant"))
    branch = new_branch(client, app=GITHUB)
    for _ in range(count):
        release(client, branch)
    return branch


class Numbers:
    """A long list of what has a number, which knows how many of its members were asked for."""

    class Item:
        def __init__(self, number, asked):
            self._number = number
            self._asked = asked

        @property
        def number(self):
            self._asked.append(self._number)
            return self._number

    def __init__(self, count):
        self.asked = []
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, place):
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self.count))]
        return self.Item(place + 1, self.asked)


# Pages


@pytest.mark.parametrize("descending", [False, True])
def test_a_page_in_the_middle_of_many_asks_a_few_for_their_numbers(descending):
    items = Numbers(100_000)
    first = Page(b"secret", [], None, 50_000)
    first.cut(items, descending=descending)
    items.asked.clear()
    page = Page(b"secret", [], first.next_token, 50)
    numbers = [each.number for each in page.cut(items, descending=descending)]
    assert numbers == ([*range(50_000, 49_950, -1)] if descending else [*range(50_001, 50_051)])
    assert len(items.asked) < 50 + 30


@pytest.mark.parametrize("size", [1, 10, 50])
def test_a_page_of_jobs_works_out_no_other_jobs(amplify_mock, amplify_client, looks, size):
    branch = with_jobs(amplify_mock, amplify_client, MANY)
    answer = amplify_client.list_jobs(**branch, maxResults=size)
    for parameters in ({}, {"nextToken": answer["nextToken"]}):
        looks.clear()
        amplify_client.list_jobs(**branch, maxResults=size, **parameters)
        assert len({id(course) for course in looks}) == size


# Calls


@pytest.mark.parametrize("listens", [False, True])
def test_a_job_from_start_to_end_looks_at_the_one_before_and_no_further(amplify_mock, amplify_client, looks, listens):
    branch = with_jobs(amplify_mock, amplify_client, MANY)
    if listens:
        amplify_mock.on_event(lambda _: None)
    amplify_mock.plan_jobs(JobPlan())
    # The last one may be looked at, to see whether it has ended.
    amplify_client.get_job(**branch, jobId=str(MANY))
    looks.clear()
    job_id = release(amplify_client, branch)["jobId"]
    finish(amplify_client, branch, job_id)
    assert len({id(course) for course in looks}) <= 2


def test_each_call_works_out_a_job_a_fixed_number_of_times(amplify_mock, amplify_client, looks):
    branch = new_branch(amplify_client, app=GITHUB)
    counts = []
    for _ in range(20):
        looks.clear()
        finish(amplify_client, branch, release(amplify_client, branch)["jobId"])
        counts.append(len(looks))
    assert len(set(counts[1:])) == 1


def test_a_deleted_job_that_deployed_nothing_is_no_reason_to_look_at_the_others(amplify_mock, amplify_client, looks):
    amplify_mock.plan_jobs(JobPlan(progress="instant", fail_at="BUILD"))
    branch = new_branch(amplify_client, app=GITHUB)
    for _ in range(MANY):
        release(amplify_client, branch)
    looks.clear()
    amplify_client.delete_job(**branch, jobId="1")
    assert len({id(course) for course in looks}) == 1


def test_who_waits_in_a_long_queue_is_not_asked_before_its_turn(looks):
    with mock_amplify(isolated=True, quotas={"concurrent_jobs": 1}):
        client = client_of()
        app_id = new_app(client, **GITHUB)
        branches = [{"appId": app_id, "branchName": f"b{number}"} for number in range(40)]
        for branch in branches:
            client.create_branch(**branch)
            release(client, branch)
        looks.clear()
        finish(client, branches[0], "1")
        assert len({id(course) for course in looks}) <= 2


# Memory


def weight(amplify_mock, make, count):
    """Return the bytes that stay of each of the things made, without the log of calls."""

    def held(times):
        for _ in range(times):
            make()
            amplify_mock._log.calls.clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = held(100)
        return (held(count) - before) / count
    finally:
        tracemalloc.stop()


def ask(amplify_mock, method, path, **members):
    """Answer a request without a client, whose own memory is no matter here."""
    answer = amplify_mock.handle(Request(method, path, body=json.dumps(members).encode() if members else b""))
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def job_to_its_end(amplify_mock, branch, job_id):
    path = f"/apps/{branch['appId']}/branches/{branch['branchName']}/jobs/{job_id}"
    statuses = [ask(amplify_mock, "GET", path)["job"]["summary"]["status"] for _ in range(2)]
    assert statuses == ["RUNNING", "SUCCEED"]


def build(amplify_mock, branch):
    path = f"/apps/{branch['appId']}/branches/{branch['branchName']}/jobs"
    job_to_its_end(amplify_mock, branch, ask(amplify_mock, "POST", path, jobType="RELEASE")["jobSummary"]["jobId"])


def deployment(amplify_mock, branch):
    path = f"/apps/{branch['appId']}/branches/{branch['branchName']}/deployments"
    job_id = ask(amplify_mock, "POST", path, fileMap={})["jobId"]
    ask(amplify_mock, "POST", f"{path}/start", jobId=job_id)
    job_to_its_end(amplify_mock, branch, job_id)


@pytest.mark.parametrize(("make", "app"), [(build, GITHUB), (deployment, {})])
def test_a_job_that_has_ended_weighs_at_most_one_and_a_half_kibibytes(amplify_mock, amplify_client, make, app):
    branch = new_branch(amplify_client, app=app)
    assert weight(amplify_mock, lambda: make(amplify_mock, branch), 300) <= 1.5 * KIB


def test_an_app_with_a_branch_weighs_at_most_three_kibibytes(amplify_mock):
    def make():
        app_id = ask(amplify_mock, "POST", "/apps", name="shop")["app"]["appId"]
        ask(amplify_mock, "POST", f"/apps/{app_id}/branches", branchName="main")

    assert weight(amplify_mock, make, 300) <= 3 * KIB


# What is on its way out is remembered, so that nobody goes through all the others to find it


def test_a_domain_that_was_loaded_again_while_it_was_being_deleted_stays():
    with mock_amplify(isolated=True, domain_plan=DomainPlan(progress="clock", deletion=60)) as amplify:
        client = client_of()
        branch = new_branch(client)
        domain = {"appId": branch["appId"], "domainName": "example.com"}
        settings = [{"prefix": "www", "branchName": "main"}]
        client.create_domain_association(**domain, subDomainSettings=settings)
        loaded = client.get_domain_association(**domain)
        client.delete_domain_association(**domain)
        amplify.load(loaded)
        client.delete_domain_association(**domain)
        amplify.load(loaded)
        amplify.clock.advance(minutes=2)
        assert client.get_domain_association(**domain)["domainAssociation"]["domainName"] == "example.com"
        client.delete_domain_association(**domain)
        amplify.clock.advance(minutes=2)
        assert client.list_domain_associations(appId=branch["appId"])["domainAssociations"] == []


def test_of_two_that_wait_for_their_branches_the_first_one_free_begins_first(amplify_mock):
    app = amplify_mock.add_app("shop", branches=["a", "b"], repository="https://github.com/example/shop")
    amplify_mock.plan_jobs(JobPlan(progress="clock"))
    for name in ("a", "b"):
        amplify_mock.push(app.app_id, name)
        amplify_mock.push(app.app_id, name)
        amplify_mock.clock.advance(seconds=1)
    amplify_mock.clock.advance(minutes=10)
    begun = [amplify_mock.job(app.app_id, name, "2").start_time for name in ("a", "b")]
    ended = [amplify_mock.job(app.app_id, name, "1").end_time for name in ("a", "b")]
    assert begun == ended
    assert begun[0] < begun[1]


# What the order of numbers rests on


class Sibling:
    def __init__(self, number):
        self.number = number

    def __repr__(self):
        return f"<{self.number}>"


@given(
    changes=st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(1, 30), st.sampled_from(["put", "pop", "del"])))
)
def test_siblings_are_in_the_order_of_their_numbers_whatever_comes_and_goes(changes):
    roll, expected = Roll(), {}
    for key, number, change in changes:
        if change == "put" and number not in {each.number for name, each in expected.items() if name != key}:
            roll[key] = expected[key] = Sibling(number)
        elif change == "pop" and key in expected:
            assert roll.pop(key) is expected.pop(key)
        elif change == "del" and key in expected:
            del roll[key], expected[key]
        by_number = sorted(expected.values(), key=lambda each: each.number)
        assert dict(roll) == expected
        assert list(roll.values()) == list(in_order(roll)) == by_number
        assert list(in_order(expected)) == list(expected.values())
        copied = copy.deepcopy(roll)
        assert [each.number for each in in_order(copied)] == [each.number for each in by_number]
        assert not {id(each) for each in in_order(copied)} & {id(each) for each in by_number}


@pytest.mark.parametrize(
    "change",
    [
        lambda roll: roll.clear(),
        lambda roll: roll.update(a=Sibling(1)),
        lambda roll: roll.setdefault("a", Sibling(1)),
        lambda roll: roll.popitem(),
    ],
)
def test_siblings_do_not_change_many_at_a_time_out_of_order(change):
    with pytest.raises(TypeError, match=r"^a roll changes one by one$"):
        change(Roll([("b", Sibling(2))]))


def test_what_many_share_cannot_be_changed_for_all_of_them(amplify_mock, amplify_client):
    one, other = new_app(amplify_client), new_app(amplify_client)
    arn = amplify_client.get_app(appId=one)["app"]["appArn"]
    amplify_client.tag_resource(resourceArn=arn, tags={"a": "b"})
    apps = amplify_mock.backend().apps
    assert (apps[one].tags, apps[other].tags) == ({"a": "b"}, {})
    with pytest.raises(TypeError, match="put another one in its place"):
        nothing()["a"] = "b"
    assert pickle.loads(pickle.dumps(Fixed({"a": "b"}))) == {"a": "b"}
