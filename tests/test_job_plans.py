"""What a JobPlan can say and what it cannot, and which job takes which plan."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re

import pytest

import amplify_mock
from amplify_mock import DomainPlan, JobPlan, mock_amplify

STEPS = "BUILD, TEST, DEPLOY, VERIFY"


# What a plan is


def test_a_plan_is_one_of_the_public_names():
    assert "JobPlan" in amplify_mock.__all__
    assert amplify_mock.JobPlan is JobPlan


@pytest.mark.parametrize("kind", [JobPlan, DomainPlan])
def test_what_a_plan_says_is_fixed_and_documented(kind):
    plan = kind()
    for field in dataclasses.fields(kind):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(plan, field.name, getattr(plan, field.name))
        assert f"\n    {field.name}: " in inspect.getdoc(kind)


def test_a_plan_does_not_follow_the_dict_it_was_given():
    steps = {"BUILD": 10}
    plan = JobPlan(steps=steps)
    steps["BUILD"] = 20
    assert plan == JobPlan(steps={"BUILD": 10})
    seconds = {"CREATING": 10}
    domain_plan = DomainPlan(seconds=seconds)
    seconds["CREATING"] = 20
    assert domain_plan == DomainPlan(seconds={"CREATING": 10})


def test_plans_that_say_the_same_are_equal_and_can_be_keys():
    one, other = JobPlan(steps={"BUILD": 10}, progress="clock"), JobPlan(steps={"BUILD": 10}, progress="clock")
    assert one == other
    assert len({one, other, JobPlan(progress="clock"), DomainPlan(), DomainPlan()}) == 3
    assert one != JobPlan(steps={"BUILD": 11}, progress="clock")


def test_plans_can_be_made_from_each_other():
    plan = JobPlan(steps={"BUILD": 10}, fail_at="BUILD")
    assert dataclasses.replace(plan, fail_at=None) == JobPlan(steps={"BUILD": 10})
    assert copy.deepcopy(plan) == copy.copy(plan) == plan


# What it refuses


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"fail_at": "BULD"}, ["no step 'BULD'", "Did you mean 'BUILD'?", STEPS]),
        ({"fail_at": "build"}, ["Did you mean 'BUILD'?", STEPS]),
        ({"fail_at": "nonsense"}, ["no step 'nonsense'", STEPS]),
        ({"fail_at": ""}, ["no step ''", STEPS]),
        ({"fail_at": True}, ["no step True", STEPS]),
        ({"fail_at": ["BUILD"]}, ["no step", STEPS]),
        ({"steps": {"TESTS": 1}}, ["no step 'TESTS'", "Did you mean 'TEST'?", STEPS]),
        ({"steps": {"RUNNING": 1}}, ["no step 'RUNNING'", STEPS]),
        ({"stuck_at": "runing"}, ["'runing'", "Did you mean 'RUNNING'?", "PENDING, PROVISIONING, RUNNING, CANCELLING"]),
        ({"stuck_at": "SUCCEED"}, ["no status to be stuck at 'SUCCEED'", "PENDING, PROVISIONING, RUNNING, CANCELLING"]),
        ({"progress": "polling"}, ["'polling'", "Did you mean 'poll'?", "poll, clock, instant, manual"]),
        ({"progress": "CLOCK"}, ["Did you mean 'clock'?"]),
        ({"progress": ""}, ["poll, clock, instant, manual"]),
        ({"fail_at": "BUILD", "stuck_at": "RUNNING"}, ["stuck at RUNNING", "never fails at BUILD"]),
        ({"fail_at": "BUILD", "stuck_at": "PENDING"}, ["stuck at PENDING", "never fails at BUILD"]),
    ],
    ids=str,
)
def test_a_plan_refuses_what_there_is_not_and_names_what_there_is(wrong, words):
    with pytest.raises(ValueError, match=".*".join(map(re.escape, words))):
        JobPlan(**wrong)


def test_a_name_that_is_like_no_other_is_not_guessed_at():
    with pytest.raises(ValueError, match="SUCCEED") as caught:
        JobPlan(stuck_at="SUCCEED")
    assert "Did you mean" not in str(caught.value)


@pytest.mark.parametrize("seconds", [-1, -0.001, float("nan"), float("inf"), "10", None, True, 1e20, [5]], ids=str)
@pytest.mark.parametrize("name", ["pending", "provisioning", "cancelling", "steps", "default"])
def test_a_plan_counts_in_seconds_that_can_be(name, seconds):
    if (name, seconds) == ("default", None):
        return
    with pytest.raises(ValueError, match="counts in seconds from 0 to") as caught:
        JobPlan(**{name: {"BUILD": seconds} if name == "steps" else seconds})
    assert f"not {seconds!r}" in str(caught.value)


LIMIT = 100 * 365 * 24 * 60 * 60
PROGRESSES = "It has: poll, clock, instant, manual."
STEPS = "It has: BUILD, TEST, DEPLOY, VERIFY."
STATUSES = (
    "It has: CREATING, REQUESTING_CERTIFICATE, IMPORTING_CUSTOM_CERTIFICATE, PENDING_VERIFICATION, PENDING_DEPLOYMENT."
)


@pytest.mark.parametrize(
    ("kind", "wrong", "text"),
    [
        (JobPlan, {"pending": -1}, f"pending: a JobPlan counts in seconds from 0 to {LIMIT}, and not -1"),
        (JobPlan, {"provisioning": -1}, f"provisioning: a JobPlan counts in seconds from 0 to {LIMIT}, and not -1"),
        (JobPlan, {"cancelling": "5"}, f"cancelling: a JobPlan counts in seconds from 0 to {LIMIT}, and not '5'"),
        (JobPlan, {"default": -1}, f"default: a JobPlan counts in seconds from 0 to {LIMIT}, and not -1"),
        (JobPlan, {"pending": LIMIT + 1},
         f"pending: a JobPlan counts in seconds from 0 to {LIMIT}, and not {LIMIT + 1}"),
        (JobPlan, {"steps": {"TEST": -1}},
         f"steps['TEST']: a JobPlan counts in seconds from 0 to {LIMIT}, and not -1"),
        (JobPlan, {"steps": {"BILD": 1}}, f"a JobPlan has no step 'BILD'. Did you mean 'BUILD'? {STEPS}"),
        (JobPlan, {"steps": 5}, 'steps must be seconds by step name, such as {"BUILD": 90}, and not 5'),
        (JobPlan, {"fail_at": "BILD"}, f"a JobPlan has no step 'BILD'. Did you mean 'BUILD'? {STEPS}"),
        (JobPlan, {"stuck_at": "x"},
         "a JobPlan has no status to be stuck at 'x'. It has: PENDING, PROVISIONING, RUNNING, CANCELLING."),
        (JobPlan, {"progress": "polling"},
         f"a JobPlan has no progress 'polling'. Did you mean 'poll'? {PROGRESSES}"),
        (JobPlan, {"reason": 5}, "reason must be text, and not 5"),
        (JobPlan, {"log": b"x"}, "log must be text, and not b'x'"),
        (JobPlan, {"fail_at": "TEST", "stuck_at": "RUNNING"},
         "a job that is stuck at RUNNING never fails at TEST: choose one"),
        (DomainPlan, {"default": -1}, f"default: a DomainPlan counts in seconds from 0 to {LIMIT}, and not -1"),
        (DomainPlan, {"deletion": -1}, f"deletion: a DomainPlan counts in seconds from 0 to {LIMIT}, and not -1"),
        (DomainPlan, {"seconds": {"CREATING": None}},
         f"seconds['CREATING']: a DomainPlan counts in seconds from 0 to {LIMIT}, and not None"),
        (DomainPlan, {"seconds": {"AVAILABLE": 1}}, f"a DomainPlan has no status 'AVAILABLE'. {STATUSES}"),
        (DomainPlan, {"seconds": 5}, 'seconds must be seconds by status name, such as {"CREATING": 90}, and not 5'),
        (DomainPlan, {"stuck_at": "CREATE"},
         f"a DomainPlan has no status 'CREATE'. Did you mean 'CREATING'? {STATUSES}"),
        (DomainPlan, {"fail_at": "CREATE"},
         f"a DomainPlan has no status 'CREATE'. Did you mean 'CREATING'? {STATUSES}"),
        (DomainPlan, {"progress": ""}, f"a DomainPlan has no progress ''. {PROGRESSES}"),
        (DomainPlan, {"reason": None}, "reason must be text, and not None"),
        (DomainPlan, {"stuck_at": "CREATING", "fail_at": "PENDING_DEPLOYMENT"},
         "a domain that is stuck at CREATING never fails at PENDING_DEPLOYMENT: choose one"),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_in_these_words(kind, wrong, text):
    with pytest.raises((TypeError, ValueError)) as caught:
        kind(**wrong)
    assert str(caught.value) == text


@pytest.mark.parametrize("seconds", [0, LIMIT])
def test_the_shortest_and_the_longest_duration_are_ones(seconds):
    plan = JobPlan(pending=seconds, provisioning=seconds, cancelling=seconds, default=seconds)
    assert (plan.pending, plan.provisioning, plan.cancelling, plan.default) == (seconds,) * 4
    assert DomainPlan(default=seconds, deletion=seconds).default == seconds


@pytest.mark.parametrize("value", [["BUILD"], "BUILD", 5, None, [("BUILD", 5)]], ids=str)
def test_seconds_go_by_name(value):
    with pytest.raises(TypeError, match=r"by step name, such as \{\"BUILD\": 90\}"):
        JobPlan(steps=value)
    with pytest.raises(TypeError, match=r"by status name, such as \{\"CREATING\": 90\}"):
        DomainPlan(seconds=value)


@pytest.mark.parametrize("progress", ["polling", "", "CLOCK"])
def test_a_domain_plan_refuses_a_progress_that_there_is_not(progress):
    with pytest.raises(ValueError, match="poll, clock, instant, manual"):
        DomainPlan(progress=progress)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (JobPlan, {"progress": None}),
        (JobPlan, {"steps": {None: 5}}),
        (JobPlan, {"reason": 5}),
        (JobPlan, {"reason": None}),
        (JobPlan, {"log": b"the log"}),
        (DomainPlan, {"progress": None}),
        (DomainPlan, {"seconds": {None: 5}}),
        (DomainPlan, {"reason": 5}),
        (DomainPlan, {"stuck_at": "CREATING", "fail_at": "PENDING_VERIFICATION"}),
        (DomainPlan, {"stuck_at": "CREATING", "fail_at": "CREATING"}),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_plan_refuses_what_would_mean_nothing(kind, wrong):
    with pytest.raises((TypeError, ValueError)):
        kind(**wrong)


@pytest.mark.parametrize("value", ["FAILED", {"fail_at": "BUILD"}, JobPlan, DomainPlan(), 5], ids=str)
def test_the_plan_of_a_mock_is_a_job_plan(value):
    with pytest.raises(TypeError, match="plan must be a JobPlan, such as JobPlan"):
        mock_amplify(plan=value)


@pytest.mark.parametrize("kind", [JobPlan, DomainPlan])
def test_an_argument_that_a_plan_does_not_have_is_refused_with_the_nearest_one(kind):
    known = dataclasses.fields(kind)[0].name
    with pytest.raises(
        TypeError, match=rf"a {kind.__name__} has no '{known}s'\. Did you mean '{known}'\? It has: .*progress"
    ):
        kind(**{f"{known}s": 5})


def test_the_seconds_of_a_plan_stay_as_they_are():
    given = {"BUILD": 5}
    plan = JobPlan(steps=given)
    given["BUILD"] = 7
    for change in (lambda: plan.steps.update(BUILD=7), plan.steps.clear, lambda: plan.steps.pop("BUILD")):
        with pytest.raises(TypeError, match=r"dataclasses\.replace"):
            change()
    assert plan.steps == {"BUILD": 5}
    assert dataclasses.asdict(plan)["steps"] == {"BUILD": 5}
    assert [pickle.loads(pickle.dumps(plan)), copy.deepcopy(plan), dataclasses.replace(plan)] == [plan] * 3
    assert copy.deepcopy(plan.steps) == plan.steps
