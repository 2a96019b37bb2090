"""Pushes to the repository of an app: what is built, which branches are made, and which job waits for which."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of
from support.jobs import GITHUB, TEST_PHASE, UTC, listed, new_app, new_branch, read, release, steps

START = datetime.datetime(2024, 9, 1, 12, 0, tzinfo=UTC)
MAKES_BRANCHES = {**GITHUB, "enableAutoBranchCreation": True}
BUILDS = {"enableAutoBuild": True}


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def main(client, clock):
    """Make a branch of an app with a repository, while the clock stands still."""
    return new_branch(client, app=GITHUB)


@pytest.fixture
def push(amplify_mock, main):
    """Push to the branch, or to another one of its app."""
    return lambda name="main", **commit: amplify_mock.push(main["appId"], name, **commit)


def branch_names(client, app_id):
    return {each["branchName"] for each in client.list_branches(appId=app_id)["branches"]}


# A push to a branch


def test_a_push_is_built_as_a_release_of_its_commit(client, main, push):
    job = push(commit_id="4f3c2b1", message="fix the cart")
    summary = read(client, main)
    assert (job.job_id, summary["jobId"], summary["jobType"]) == ("1", "1", "RELEASE")
    assert (summary["commitId"], summary["commitMessage"]) == ("4f3c2b1", "fix the cart")
    assert summary["commitTime"] == START


def test_a_push_needs_no_commit(client, main, push):
    push()
    summary = read(client, main)
    assert (summary["commitId"], summary["commitMessage"]) == ("HEAD", "")


def test_the_job_of_a_push_goes_the_way_of_every_job(client, main, push):
    job = push()
    assert job.status == "PENDING"
    assert [read(client, main)["status"] for _ in range(3)] == ["RUNNING", "SUCCEED", "SUCCEED"]
    assert job.status == "SUCCEED"
    assert [name for name, _ in steps(client, main)] == ["BUILD", "DEPLOY", "VERIFY"]


def test_a_push_takes_the_plan_and_the_build_spec_of_its_branch(client, amplify_mock, main, push, clock):
    client.update_branch(**main, buildSpec=TEST_PHASE)
    amplify_mock.plan_jobs(JobPlan(fail_at="TEST"), branch_name="main")
    push()
    clock.shift(3600)
    assert steps(client, main) == [("BUILD", "SUCCEED"), ("TEST", "FAILED")]
    assert client.list_artifacts(**main, jobId="1")["artifacts"]


def test_a_commit_that_was_pushed_can_be_retried(client, main, push, clock):
    push(commit_id="4f3c2b1", message="fix")
    clock.shift(3600)
    again = release(client, main, jobType="RETRY", jobId="1")
    assert (again["commitId"], again["commitMessage"], again["commitTime"]) == ("4f3c2b1", "fix", START)


def test_without_auto_build_nothing_is_built(client, main, push):
    client.update_branch(**main, enableAutoBuild=False)
    assert push() is None
    assert listed(client, main) == []
    client.update_branch(**main, enableAutoBuild=True)
    assert push().job_id == "1"


def test_a_branch_that_amplify_does_not_have_is_not_built(client, main, push):
    assert push("dev") is None
    assert branch_names(client, main["appId"]) == {"main"}


def test_an_app_is_found_in_whichever_region_and_account_it_is(amplify_mock):
    for client in (client_of("eu-west-1"), client_of(key="111122223333")):
        branch = new_branch(client, app=GITHUB)
        amplify_mock.push(branch["appId"], "main", commit_id="4f3c2b1")
        assert read(client, branch)["commitId"] == "4f3c2b1"


# What cannot be pushed to

REPOSITORY_NEEDED = r"not connected to a repository.*create it with repository=\.\.\. and accessToken=\.\.\."
CALLS = {
    "push": lambda amplify, app_id: amplify.push(app_id, "main"),
    "open_pull_request": lambda amplify, app_id: amplify.open_pull_request(app_id, 1, "feature", "main"),
    "close_pull_request": lambda amplify, app_id: amplify.close_pull_request(app_id, 1),
}


@pytest.mark.parametrize("call", CALLS)
def test_an_unknown_app_is_a_lookup_error_that_names_those_that_there_are(amplify_mock, call):
    with pytest.raises(LookupError, match="no app 'd0'; it has none"):
        CALLS[call](amplify_mock, "d0")
    ids = [new_app(client_of(region), **GITHUB) for region in ("us-east-1", "eu-west-1")]
    with pytest.raises(LookupError, match=f"no app 'd0'; it has {ids[0]}, {ids[1]}"):
        CALLS[call](amplify_mock, "d0")


@pytest.mark.parametrize("call", CALLS)
def test_an_app_without_a_repository_is_a_value_error_that_says_what_to_do(client, amplify_mock, call):
    branch = new_branch(client)
    with pytest.raises(ValueError, match=REPOSITORY_NEEDED) as caught:
        CALLS[call](amplify_mock, branch["appId"])
    assert branch["appId"] in str(caught.value)
    assert listed(client, branch) == []


# Branches that a push makes


@pytest.mark.parametrize(
    ("pattern", "names", "others"),
    [
        ("*", "main a.b -", "a/b a/ /a"),
        ("**", "main a/b a/b/c", ""),
        ("*/**", "feature/x feature/x/y", "main"),
        ("feature/*", "feature/x feature/", "feature feature/x/y xfeature/x"),
        ("feature**", "feature feature/x/y features", "a/feature"),
        ("release-?", "release-1 release-x", "release- release-10 release-/"),
        ("v?.?", "v1.2", "v1x2 v1.23"),
        ("main", "main", "Main main2 amain"),
        ("a+(b)", "a+(b)", "aab"),
        ("[ab]", "[ab]", "a b"),
    ],
)
def test_a_branch_is_made_when_its_name_matches_a_pattern(client, amplify_mock, pattern, names, others):
    app_id = new_app(
        client, **MAKES_BRANCHES, autoBranchCreationPatterns=["no/such", pattern], autoBranchCreationConfig={}
    )
    for name in [*names.split(), *others.split()]:
        amplify_mock.push(app_id, name)
    assert branch_names(client, app_id) == set(names.split())


def globs(pattern, name):
    """Say whether a pattern matches a name, letter by letter, without regular expressions."""
    if pattern == "" or (name == "" and pattern[0] != "*"):
        return pattern == name
    if pattern[0] != "*":
        return (pattern[0] == name[0] or (pattern[0] == "?" and name[0] != "/")) and globs(pattern[1:], name[1:])
    stars = 2 if pattern.startswith("**") else 1
    takes_one = name != "" and (stars == 2 or name[0] != "/")
    return globs(pattern[stars:], name) or (takes_one and globs(pattern, name[1:]))


@settings(max_examples=80, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(pattern=st.text("ab/*?.[", min_size=1, max_size=6), name=st.text("ab/.[", min_size=1, max_size=6))
@example(pattern="*/**", name="a/b/a")
@example(pattern="a***b", name="a/b")
def test_patterns_match_as_globs_do(pattern, name):
    client = client_of()
    with mock_amplify() as amplify:
        app_id = new_app(
            client, **MAKES_BRANCHES, autoBranchCreationPatterns=[pattern], autoBranchCreationConfig=BUILDS
        )
        assert (amplify.push(app_id, name) is not None) == globs(pattern, name)
        assert branch_names(client, app_id) == ({name} if globs(pattern, name) else set())


def test_without_patterns_every_branch_is_made(client, amplify_mock):
    app_id = new_app(client, **MAKES_BRANCHES)
    for name in ("main", "feature/x/y"):
        amplify_mock.push(app_id, name)
    assert branch_names(client, app_id) == {"main", "feature/x/y"}


def test_patterns_alone_make_no_branch(client, amplify_mock):
    app_id = new_app(client, **GITHUB, autoBranchCreationPatterns=["**"], autoBranchCreationConfig=BUILDS)
    assert amplify_mock.push(app_id, "main") is None
    assert branch_names(client, app_id) == set()


@pytest.mark.parametrize("builds", [True, False])
def test_a_branch_that_was_made_is_built_if_its_settings_say_so(client, amplify_mock, builds):
    app_id = new_app(client, **MAKES_BRANCHES, autoBranchCreationConfig={"enableAutoBuild": builds})
    for number in (1, 2):
        job = amplify_mock.push(app_id, "a/b", commit_id=f"c{number}")
        assert (job and job.resource.commit_id) == (f"c{number}" if builds else None)
    assert len(listed(client, {"appId": app_id, "branchName": "a/b"})) == (2 if builds else 0)


def test_a_branch_is_made_with_the_settings_of_the_app(client, amplify_mock):
    config = {
        "stage": "BETA", "framework": "React", "enableAutoBuild": True, "environmentVariables": {"A": "1"},
        "basicAuthCredentials": "dTpw", "enableBasicAuth": True, "enablePerformanceMode": True,
        "buildSpec": TEST_PHASE, "enablePullRequestPreview": True, "pullRequestEnvironmentName": "dev",
    }  # fmt: skip
    app_id = new_app(client, **MAKES_BRANCHES, autoBranchCreationConfig=config)
    amplify_mock.push(app_id, "a/b")
    branch = client.get_branch(appId=app_id, branchName="a/b")["branch"]
    assert {name: branch[name] for name in config} == config
    assert branch["displayName"] == "a-b"


def test_a_branch_that_exists_keeps_its_settings_and_needs_no_pattern(client, amplify_mock):
    config = {"stage": "BETA", "enableAutoBuild": False}
    app = {**MAKES_BRANCHES, "autoBranchCreationPatterns": ["x"], "autoBranchCreationConfig": config}
    branch = new_branch(client, app=app, stage="PRODUCTION")
    assert amplify_mock.push(branch["appId"], "main").job_id == "1"
    assert client.get_branch(**branch)["branch"]["stage"] == "PRODUCTION"


def test_a_push_makes_no_more_branches_than_an_app_may_have(client, amplify_mock):
    app_id = new_app(client, **MAKES_BRANCHES)
    for number in range(50):
        amplify_mock.push(app_id, f"b{number}")
    assert amplify_mock.push(app_id, "b50") is None
    assert branch_names(client, app_id) == {f"b{number}" for number in range(50)}


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"commit_id": 5}, TypeError, "commit_id must be text, and not 5"),
        ({"message": b"x"}, TypeError, "message must be text, and not b'x'"),
        ({"name": None}, TypeError, "branch_name must be text, and not None"),
        ({"name": ""}, ValueError, "branch_name must be the name of a branch, and not empty"),
        ({"name": "x" * 256}, ValueError, "branch_name may have 255 characters, and not 256"),
        ({"commit_id": "x" * 256}, ValueError, "commit_id may have 255 characters, and not 256"),
        ({"message": "x" * 10_001}, ValueError, "message may have 10000 characters, and not 10001"),
    ],
)
def test_a_push_that_could_not_be_shown_is_refused(client, main, push, wrong, error, words):
    with pytest.raises(error, match=f"^{words}$"):
        push(**wrong)
    assert listed(client, main) == []


def test_a_push_may_be_as_long_as_the_api_allows(client, main, push):
    branch = {**main, "branchName": "x" * 255}
    client.create_branch(**branch)
    push(branch["branchName"], commit_id="c" * 255, message="m" * 10_000)
    summary = read(client, branch)
    assert (summary["commitId"], summary["commitMessage"]) == ("c" * 255, "m" * 10_000)
