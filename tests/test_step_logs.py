"""The logs of steps follow the build spec, the plan and the clock; and what steps leave behind lies where they say."""

from __future__ import annotations

import datetime
import itertools
import json
import re
import sys

import freezegun
import pytest
import requests
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of
from support.jobs import GITHUB, START, finish, get, new_branch, read, release, steps

SPEC = """
version: 1
backend:
  phases:
    build:
      commands: [npx ampx deploy]
frontend:
  phases:
    preBuild:
      commands:
        - npm ci
    build:
      commands:
        - npm run lint
        - npm run build
    postBuild:
      commands: echo done
test:
  phases:
    preTest:
      commands: [npm ci]
    test:
      commands: [npx cypress run]
    postTest:
      commands: [npx mochawesome-merge]
"""
#: How long the usual plan waits, and builds.
PENDING, BUILD = 5, 40
LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z (\[(?:INFO|WARNING|ERROR)\]: .*)")
UTC = datetime.timezone.utc


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def main(amplify_client):
    return new_branch(amplify_client, app={**GITHUB, "buildSpec": SPEC})


def step(client, branch, name="BUILD", job_id="1"):
    return next(each for each in get(client, branch, job_id)["steps"] if each["stepName"] == name)


def text_at(url):
    answer = requests.get(url, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain")
    return answer.content.decode()


def lines_at(url):
    """Return times and messages of a log; every line has both."""
    found = [LINE.fullmatch(line) for line in text_at(url).splitlines()]
    times = [datetime.datetime.fromisoformat(line[1]).replace(tzinfo=UTC) for line in found]
    assert times == sorted(times)
    return times, [line[2] for line in found]


def messages(client, branch, name="BUILD", job_id="1"):
    return lines_at(step(client, branch, name, job_id)["logUrl"])[1]


def commands(log):
    return [line.rpartition(": ")[2] for line in log if "Executing command" in line]


def ended(client, branch, job_id="1", **members):
    release(client, branch, **members)
    return finish(client, branch, job_id)["status"]


# What a log says


WHOLE = {
    "BUILD": """\
# Cloning repository
## Starting Backend Build
# Starting phase: build
# Executing command: npx ampx deploy
# Completed phase: build
## Completed Backend Build successfully
## Starting Frontend Build
# Starting phase: preBuild
# Executing command: npm ci
# Completed phase: preBuild
# Starting phase: build
# Executing command: npm run lint
# Executing command: npm run build
# Completed phase: build
# Starting phase: postBuild
# Executing command: echo done
# Completed phase: postBuild
## Completed Frontend Build successfully
## Build completed successfully
# Starting build artifact upload process...
# Uploading build artifact '__artifacts.zip'...
# Build artifact upload completed
""",
    "TEST": """\
## Starting Test
# Starting phase: preTest
# Executing command: npm ci
# Completed phase: preTest
# Starting phase: test
# Executing command: npx cypress run
# Completed phase: test
# Starting phase: postTest
# Executing command: npx mochawesome-merge
# Completed phase: postTest
## Completed Test successfully
""",
}


def test_a_log_follows_the_build_spec_at_even_intervals_from_the_start_of_its_step_to_its_end(amplify_client, main):
    with freezegun.freeze_time(START) as clock:
        release(amplify_client, main)
        clock.tick(3600)
        for name, expected in WHOLE.items():
            made = step(amplify_client, main, name)
            times, said = lines_at(made["logUrl"])
            assert said == [f"[INFO]: {line}" for line in expected.splitlines()]
            assert (times[0], times[-1]) == (made["startTime"], made["endTime"])
            gaps = {after - before for before, after in itertools.pairwise(times)}
            assert max(gaps) - min(gaps) <= datetime.timedelta(milliseconds=1)


def test_what_no_text_can_hold_is_a_question_mark_in_a_log(amplify_client):
    spec = json.dumps({"frontend": {"phases": {"build": {"commands": ["echo \ud800"]}}}})
    branch = new_branch(amplify_client, app={**GITHUB, "buildSpec": spec})
    ended(amplify_client, branch)
    assert commands(messages(amplify_client, branch)) == ["echo ?"]


def test_the_lines_lie_in_the_time_of_their_step(amplify_client, main):
    ended(amplify_client, main)
    for name in ("BUILD", "TEST"):
        made = step(amplify_client, main, name)
        times, _ = lines_at(made["logUrl"])
        assert made["startTime"] <= times[0] <= times[-1] <= made["endTime"]


def test_the_build_spec_of_the_branch_counts_before_that_of_the_app(amplify_client, main):
    amplify_client.update_branch(**main, buildSpec='{"frontend": {"phases": {"build": {"commands": ["make"]}}}}')
    ended(amplify_client, main)
    assert commands(messages(amplify_client, main)) == ["make"]
    assert "TEST" not in dict(steps(amplify_client, main))


def test_the_build_spec_is_the_one_at_the_start(amplify_client, main):
    release(amplify_client, main)
    amplify_client.update_app(appId=main["appId"], buildSpec="version: 1")
    finish(amplify_client, main)
    assert "npm run build" in commands(messages(amplify_client, main))


@pytest.mark.parametrize(
    "spec",
    ["version: 1", "frontend: nothing", "frontend: {phases: []}", "applications: [none, {appRoot: a}]", "# no", "null"],
)
def test_without_commands_there_is_still_a_log(amplify_client, spec):
    branch = new_branch(amplify_client, app={**GITHUB, "buildSpec": spec})
    assert ended(amplify_client, branch) == "SUCCEED"
    log = messages(amplify_client, branch)
    assert (commands(log), log[-1]) == ([], "[INFO]: # Build artifact upload completed")


def test_the_applications_of_a_monorepo_are_all_built(amplify_client):
    applications = [{"appRoot": name, "frontend": {"phases": {"build": {"commands": name}}}} for name in ("a", "b")]
    spec = str({"version": 1, "applications": applications}).replace("'", '"')
    branch = new_branch(amplify_client, app={**GITHUB, "buildSpec": spec})
    ended(amplify_client, branch)
    assert commands(messages(amplify_client, branch)) == ["a", "b"]


def test_without_pyyaml_a_build_spec_in_yaml_says_nothing(amplify_client, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    # No other test has this text, because what it says is remembered.
    for spec, expected in ((f"{SPEC}# no PyYAML", []), ('{"frontend":{"phases":{"build":{"commands":"x"}}}}', ["x"])):
        branch = new_branch(amplify_client, app={**GITHUB, "buildSpec": spec})
        assert ended(amplify_client, branch) == "SUCCEED"
        assert commands(messages(amplify_client, branch)) == expected


# Failures


def test_a_failed_build_ends_with_an_error_in_its_main_phase(amplify_mock, amplify_client, main):
    amplify_mock.plan_jobs(JobPlan(fail_at="BUILD", reason="as planned"))
    assert ended(amplify_client, main) == "FAILED"
    log = messages(amplify_client, main)
    assert commands(log)[-1] == "npm run build"
    assert log[-3:] == [
        "[ERROR]: as planned",
        "[ERROR]: !!! Build failed",
        "[ERROR]: !!! Non-Zero Exit Code detected",
    ]
    assert not any("Build completed" in line or "artifact" in line for line in log)


def test_each_line_of_a_reason_has_a_time(amplify_mock, amplify_client, main):
    amplify_mock.plan_jobs(JobPlan(fail_at="TEST", reason="one\ntwo", progress="instant"))
    release(amplify_client, main)
    said = [line.partition("Z ")[2] for line in text_at(step(amplify_client, main, "TEST")["logUrl"]).splitlines()]
    assert said[-4:-2] == ["[ERROR]: one", "two"]


def test_failed_tests_end_with_an_error(amplify_mock, amplify_client, main):
    amplify_mock.plan_jobs(JobPlan(fail_at="TEST"))
    assert ended(amplify_client, main) == "FAILED"
    assert messages(amplify_client, main)[-1] == "[INFO]: # Build artifact upload completed"
    log = messages(amplify_client, main, "TEST")
    assert (commands(log)[-1], log[-1]) == ("npx cypress run", "[ERROR]: !!! Non-Zero Exit Code detected")


@pytest.mark.parametrize("name", ["BUILD", "TEST", "DEPLOY", "VERIFY"])
def test_the_log_of_the_plan_is_the_log(amplify_mock, amplify_client, main, name):
    amplify_mock.plan_jobs(JobPlan(fail_at=name, log="ünseen\nerror"))
    ended(amplify_client, main)
    assert text_at(step(amplify_client, main, name)["logUrl"]) == "ünseen\nerror"


def test_a_test_may_give_the_log_by_hand(amplify_mock, amplify_client, main):
    release(amplify_client, main)
    amplify_mock.job(main["appId"], "main").fail("DEPLOY", reason="by hand", log="by hand, too")
    made = step(amplify_client, main, "DEPLOY")
    assert (made["status"], made["statusReason"]) == ("FAILED", "by hand")
    assert text_at(made["logUrl"]) == "by hand, too"


def test_the_url_of_a_log_leads_to_what_the_step_says_now(amplify_mock, amplify_client, main):
    before = [amplify_mock.snapshot() for _ in range(2)]
    amplify_mock.plan_jobs(JobPlan(fail_at="DEPLOY", log="from another life"))
    ended(amplify_client, main)
    url = step(amplify_client, main, "DEPLOY")["logUrl"]
    amplify_mock.restore(before.pop())
    ended(amplify_client, main)
    assert lines_at(url)[1] == ["[INFO]: # Starting deploy", "[INFO]: # Completed deploy"]
    amplify_mock.restore(before.pop())
    amplify_mock.plan_jobs(JobPlan(fail_at="DEPLOY", reason="as planned"))
    ended(amplify_client, main)
    assert lines_at(url)[1] == ["[INFO]: # Starting deploy", "[ERROR]: !!! as planned"]


def test_a_build_spec_that_is_no_yaml_fails_the_build(amplify_client):
    branch = new_branch(amplify_client, app={**GITHUB, "buildSpec": "version: 1\nfrontend: [a\n"})
    assert ended(amplify_client, branch) == "FAILED"
    assert steps(amplify_client, branch) == [("BUILD", "FAILED")]
    reason = step(amplify_client, branch)["statusReason"]
    assert reason.startswith("The build spec is not valid YAML: while parsing a flow sequence")
    assert "\n" not in reason
    assert messages(amplify_client, branch)[-1] == "[ERROR]: !!! Non-Zero Exit Code detected"


def test_a_good_build_spec_makes_the_next_build_succeed(amplify_client):
    branch = new_branch(amplify_client, app={**GITHUB, "buildSpec": "- a list"})
    assert ended(amplify_client, branch) == "FAILED"
    reason = "The build spec is not a mapping of version, frontend, backend and test."
    assert step(amplify_client, branch)["statusReason"] == reason
    amplify_client.update_branch(**branch, buildSpec=SPEC)
    assert ended(amplify_client, branch, "2", jobType="RETRY", jobId="1") == "SUCCEED"


@pytest.mark.parametrize("fail_at", ["BUILD", "TEST", "DEPLOY"])
def test_a_bad_build_spec_comes_before_any_planned_failure(amplify_mock, amplify_client, fail_at):
    branch = new_branch(amplify_client, app={**GITHUB, "buildSpec": "a: b: c"})
    amplify_mock.plan_jobs(JobPlan(fail_at=fail_at, reason="As planned"))
    assert ended(amplify_client, branch) == "FAILED"
    assert "not valid YAML" in step(amplify_client, branch)["statusReason"]


SCALARS = st.sampled_from(["2024-13-45", "0x_", "!!int x", "!!bool x", "!!timestamp x", "!!float x", "9" * 5000])
SNIPPETS = st.sampled_from(
    ["a: ", "- ", "\n", "{", "}", "[", "]", "&a ", "*a", "? ", "<<: ", "!t ", "'", '"', "\t", "x"]
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spec=st.builds("{}: {}".format, st.just("version"), SCALARS) | st.lists(SNIPPETS, min_size=1).map("".join))
@example(spec=f"a: !{'x' * 2000} b")
@example(spec="version: 2024-13-45")
@example(spec="frontend: {phases: {build: {commands: [1, null, {a: 2}, 2024-01-01]}}}")
def test_whatever_a_build_spec_says_the_job_has_an_end(amplify_client, spec):
    branch = new_branch(amplify_client, app={**GITHUB, "buildSpec": spec})
    assert ended(amplify_client, branch) in ("SUCCEED", "FAILED")
    assert messages(amplify_client, branch)


# While it runs


def logs_in_time(**plan):
    """Return the lines that the log of a build has after each second, until it has ended."""
    logs = []
    with freezegun.freeze_time(START) as clock, mock_amplify(plan=JobPlan(progress="clock", **plan)):
        client = client_of()
        branch = new_branch(client, app={**GITHUB, "buildSpec": SPEC})
        release(client, branch)
        clock.tick(PENDING)
        for _ in range(BUILD + 1):
            logs.append(list(zip(*lines_at(step(client, branch)["logUrl"]), strict=True)))
            clock.tick(1)
    return logs


def texts(log):
    return [message for _, message in log]


def test_a_running_build_has_the_part_of_its_log_that_belongs_to_the_time():
    logs = logs_in_time()
    sizes = [len(log) for log in logs]
    assert sizes == sorted(sizes)
    assert sizes[0] == 1
    assert len(set(sizes)) > 10
    assert abs(sizes[BUILD // 2] - sizes[-1] / 2) <= 1
    assert all(texts(logs[-1])[: len(log)] == texts(log) for log in logs)
    assert all(log[-1][0] <= START + datetime.timedelta(seconds=PENDING + at) for at, log in enumerate(logs))


def test_a_line_keeps_its_time():
    logs = logs_in_time()
    assert all(logs[-1][: len(log)] == log for log in logs)


@pytest.mark.parametrize("lines", [["1\n", "2\n", "3\n", "4"], ["1"]], ids=len)
def test_the_log_of_the_plan_comes_line_by_line_until_the_step_has_failed(amplify_mock, amplify_client, main, lines):
    amplify_mock.plan_jobs(JobPlan(fail_at="BUILD", log="".join(lines), progress="clock"))
    with freezegun.freeze_time(START) as clock:
        release(amplify_client, main)
        clock.tick(PENDING)
        for count in range(len(lines) + 1):
            assert text_at(step(amplify_client, main)["logUrl"]) == "".join(lines[:count])
            clock.tick(BUILD // len(lines) - 0.001)
            assert text_at(step(amplify_client, main)["logUrl"]) == "".join(lines[:count])
            clock.tick(0.001)


def test_a_build_that_is_going_to_fail_never_says_that_it_succeeded():
    logs = logs_in_time(fail_at="BUILD")
    assert texts(logs[-1])[-1] == "[ERROR]: !!! Non-Zero Exit Code detected"
    assert all(texts(logs[-1])[: len(log)] == texts(log) for log in logs)


@pytest.mark.parametrize("plan", [JobPlan(progress="instant", stuck_at="RUNNING"), JobPlan(default=0)])
def test_a_build_that_takes_no_time_has_a_log(amplify_mock, amplify_client, main, plan):
    amplify_mock.plan_jobs(plan)
    release(amplify_client, main)
    read(amplify_client, main)
    assert commands(messages(amplify_client, main))[-1] == "echo done"


def test_a_clock_that_is_turned_back_leaves_a_log(amplify_mock, amplify_client, main):
    with freezegun.freeze_time(START) as clock:
        release(amplify_client, main)
        read(amplify_client, main)
        url = step(amplify_client, main)["logUrl"]
        clock.move_to(START - datetime.timedelta(minutes=30))
        assert lines_at(url)[1][0] == "[INFO]: # Cloning repository"


def test_the_log_of_a_cancelled_build_stops_where_it_was_and_says_so(amplify_client, main):
    with freezegun.freeze_time(START) as clock:
        release(amplify_client, main)
        clock.tick(PENDING + BUILD // 2)
        url = step(amplify_client, main)["logUrl"]
        before = lines_at(url)[1]
        assert len(before) > 5
        amplify_client.stop_job(**main, jobId="1")
        for _ in range(2):
            assert lines_at(url)[1] == [*before, "[WARNING]: The build was cancelled."]
            clock.tick(60)
        made = step(amplify_client, main)
        assert made["status"] == "CANCELLED"
        assert lines_at(made["logUrl"])[0][-1] <= made["endTime"]
