"""Pull requests that are opened, pushed to and closed, and their previews."""

from __future__ import annotations

import pytest
import time_machine

from amplify_mock.exceptions import LimitExceededException
from support.clients import client_of, not_found, refusal
from support.jobs import GITHUB, START, TEST_PHASE, get, listed, new_branch, now, read

BUILD = 61
NO_PREVIEWS = {"enablePullRequestPreview": False}
TOO_MANY = "LimitExceededException", 429, "You have reached the maximum number of branches in this app"


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def main(client, clock):
    """Make a branch that has previews of the pull requests into it, while the clock stands still."""
    return new_branch(client, app=GITHUB, enablePullRequestPreview=True)


@pytest.fixture
def app_id(main):
    return main["appId"]


@pytest.fixture
def preview(app_id):
    """What names the preview of pull request 7, once it is opened."""
    return {"appId": app_id, "branchName": "pr-7"}


@pytest.fixture
def open_7(amplify_mock, app_id):
    return lambda **commit: amplify_mock.open_pull_request(app_id, 7, "feature/x", "main", **commit)


def branch_names(client, app_id):
    return [each["branchName"] for each in client.list_branches(appId=app_id)["branches"]]


# Opening


def test_an_open_pull_request_has_a_preview_that_is_built(client, preview, open_7, clock):
    job = open_7(commit_id="4f3c2b1", message="add x")
    assert (job.job_id, job.status) == ("1", "PENDING")
    summary = read(client, preview)
    assert (summary["jobType"], summary["commitId"], summary["commitMessage"]) == ("RELEASE", "4f3c2b1", "add x")
    assert summary["commitTime"] == now()
    assert read(client, preview)["status"] == job.status == "SUCCEED"


def test_a_pull_request_needs_no_commit(client, preview, open_7):
    open_7()
    summary = read(client, preview)
    assert (summary["commitId"], summary["commitMessage"]) == ("HEAD", "")


def test_a_preview_is_a_branch(client, amplify_mock, app_id, preview, open_7):
    open_7()
    branch = client.get_branch(**preview)["branch"]
    assert (branch["stage"], branch["displayName"]) == ("PULL_REQUEST", "pr-7")
    assert (branch["sourceBranch"], branch["destinationBranch"]) == ("feature/x", "main")
    assert branch["branchArn"].endswith(f":apps/{app_id}/branches/pr-7")
    assert branch in client.list_branches(appId=app_id)["branches"]


def test_a_preview_has_the_settings_of_the_branch_it_is_to_be_merged_into(client, main, preview, open_7, amplify_mock):
    given = {
        "framework": "React", "environmentVariables": {"A": "1"}, "basicAuthCredentials": "dTpw",
        "enableBasicAuth": True, "buildSpec": TEST_PHASE, "ttl": "9", "pullRequestEnvironmentName": "dev",
    }  # fmt: skip
    client.update_branch(**main, **given)
    open_7()
    branch = client.get_branch(**preview)["branch"]
    assert {name: branch[name] for name in given} == given
    amplify_mock.clock.advance(hours=1)
    assert [each["stepName"] for each in get(client, preview)["steps"]] == ["BUILD", "TEST", "DEPLOY", "VERIFY"]


def test_a_preview_keeps_its_settings_when_those_of_the_branch_change(client, main, preview, open_7):
    client.update_branch(**main, environmentVariables={"A": "1"}, framework="React")
    open_7()
    before = client.get_branch(**preview)["branch"]
    client.update_branch(**main, environmentVariables={"A": "2"}, framework="Vue")
    assert client.get_branch(**preview)["branch"] == before
    client.update_branch(**preview, environmentVariables={"A": "3"})
    assert client.get_branch(**main)["branch"]["environmentVariables"] == {"A": "2"}


def test_a_preview_is_built_whether_or_not_the_branch_builds_by_itself(client, main, open_7):
    client.update_branch(**main, enableAutoBuild=False)
    assert open_7().job_id == "1"


@pytest.mark.parametrize("without", ["previews", "branch"])
def test_without_previews_nothing_happens(client, amplify_mock, app_id, main, without):
    if without == "previews":
        client.update_branch(**main, **NO_PREVIEWS)
    destination = "main" if without == "previews" else "dev"
    assert amplify_mock.open_pull_request(app_id, 7, "feature/x", destination) is None
    assert amplify_mock.push(app_id, "feature/x") is None
    assert branch_names(client, app_id) == ["main"]
    amplify_mock.close_pull_request(app_id, 7)
    assert amplify_mock.events == []


def test_pull_requests_have_previews_of_their_own(client, amplify_mock, app_id, main):
    for number in (7, 12):
        amplify_mock.open_pull_request(app_id, number, f"feature/{number}", "main", commit_id=f"c{number}")
    assert sorted(branch_names(client, app_id)) == ["main", "pr-12", "pr-7"]
    for number in (7, 12):
        assert read(client, {**main, "branchName": f"pr-{number}"})["commitId"] == f"c{number}"


def test_previews_are_in_the_region_and_account_of_the_app(amplify_mock):
    for client in (client_of("eu-west-1"), client_of(key="111122223333")):
        branch = new_branch(client, app=GITHUB, enablePullRequestPreview=True)
        amplify_mock.open_pull_request(branch["appId"], 7, "feature/x", "main")
        assert read(client, {**branch, "branchName": "pr-7"})["status"] == "RUNNING"


# Pushing to the source


def test_a_push_to_the_source_builds_the_preview_again(client, amplify_mock, app_id, preview, open_7, clock):
    open_7(commit_id="one")
    clock.shift(3600)
    # Amplify does not have the branch itself.
    assert amplify_mock.push(app_id, "feature/x", commit_id="two", message="again") is None
    summary = read(client, preview, "2")
    assert (summary["commitId"], summary["commitMessage"], summary["status"]) == ("two", "again", "RUNNING")
    assert sorted(branch_names(client, app_id)) == ["main", "pr-7"]


def test_a_push_to_the_source_builds_its_own_branch_too(client, amplify_mock, app_id, main, preview, open_7):
    client.create_branch(appId=app_id, branchName="feature/x")
    open_7()
    job = amplify_mock.push(app_id, "feature/x")
    assert (job.job_id, job.resource.job_arn.split("/branches/")[1]) == ("1", "feature/x/jobs/0000000001")
    assert len(listed(client, preview)) == 2


def test_a_push_builds_the_previews_of_all_pull_requests_from_the_branch(client, amplify_mock, app_id, main):
    for number, source in ((1, "a"), (2, "b"), (3, "a")):
        amplify_mock.open_pull_request(app_id, number, source, "main")
    amplify_mock.push(app_id, "a")
    previews = [{**main, "branchName": f"pr-{number}"} for number in (1, 2, 3)]
    assert [len(listed(client, each)) for each in previews] == [2, 1, 2]


def test_a_push_to_the_destination_does_not_build_the_preview(client, amplify_mock, app_id, preview, open_7):
    open_7()
    assert amplify_mock.push(app_id, "main").job_id == "1"
    assert len(listed(client, preview)) == 1


def test_a_push_is_built_after_what_the_preview_is_busy_with(client, amplify_mock, app_id, open_7, clock):
    first = open_7()
    clock.shift(10)
    amplify_mock.push(app_id, "feature/x")
    second = amplify_mock.job(app_id, "pr-7")
    assert (second.job_id, second.status) == ("2", "PENDING")
    clock.shift(3600)
    assert second.start_time == first.end_time
    assert (second.end_time - second.start_time).total_seconds() == BUILD


def test_opening_a_pull_request_again_builds_its_preview_again(client, app_id, preview, open_7):
    assert [open_7().job_id for _ in range(2)] == ["1", "2"]
    assert [each["jobId"] for each in listed(client, preview)] == ["2", "1"]
    assert branch_names(client, app_id).count("pr-7") == 1


def test_a_preview_goes_on_when_its_branch_has_none_any_longer(client, amplify_mock, app_id, main, open_7):
    open_7()
    client.update_branch(**main, **NO_PREVIEWS)
    amplify_mock.push(app_id, "feature/x")
    assert amplify_mock.job(app_id, "pr-7").job_id == "2"


# Closing


def test_closing_a_pull_request_deletes_its_preview(client, amplify_mock, app_id, preview, open_7, clock):
    open_7()
    clock.shift(10)
    amplify_mock.close_pull_request(app_id, 7)
    assert refusal(client.get_branch, **preview) == not_found("Branch pr-7 not found.")
    assert branch_names(client, app_id) == ["main"]
    assert amplify_mock.push(app_id, "feature/x") is None
    clock.shift(3600)
    events = [(each["detail"]["branchName"], each["detail"]["jobStatus"]) for each in amplify_mock.events]
    assert events == [("pr-7", "STARTED"), ("pr-7", "CANCELLED")]


def test_closing_a_pull_request_leaves_the_others(client, amplify_mock, app_id, main):
    for number in (1, 11, 111):
        amplify_mock.open_pull_request(app_id, number, "a", "main")
    amplify_mock.close_pull_request(app_id, 11)
    assert sorted(branch_names(client, app_id)) == ["main", "pr-1", "pr-111"]


def test_closing_twice_or_what_was_never_opened_changes_nothing(client, amplify_mock, app_id, open_7):
    open_7()
    for number in (7, 7, 8):
        amplify_mock.close_pull_request(app_id, number)
    assert branch_names(client, app_id) == ["main"]


def test_closing_deletes_no_branch_that_is_no_preview(client, amplify_mock, app_id):
    for number, stage in ((1, "BETA"), (2, "PULL_REQUEST")):
        client.create_branch(appId=app_id, branchName=f"pr-{number}", stage=stage)
        amplify_mock.close_pull_request(app_id, number)
    assert sorted(branch_names(client, app_id)) == ["main", "pr-1", "pr-2"]


def test_a_pull_request_can_be_opened_anew_after_it_was_closed(client, amplify_mock, app_id, preview, open_7):
    open_7()
    amplify_mock.close_pull_request(app_id, 7)
    assert open_7(commit_id="4f3c2b1").job_id == "1"
    assert [each["commitId"] for each in listed(client, preview)] == ["4f3c2b1"]


def test_previews_go_with_the_state(client, amplify_mock, app_id, open_7):
    saved = amplify_mock.snapshot()
    open_7()
    opened = amplify_mock.snapshot()
    amplify_mock.restore(saved)
    assert branch_names(client, app_id) == ["main"]
    amplify_mock.restore(opened)
    amplify_mock.close_pull_request(app_id, 7)
    assert branch_names(client, app_id) == ["main"]


# How many there may be


def test_previews_count_as_branches(client, amplify_mock, app_id, main):
    for number in range(1, 50):
        amplify_mock.open_pull_request(app_id, number, f"s{number}", "main")
    assert refusal(client.create_branch, appId=app_id, branchName="dev") == TOO_MANY
    with pytest.raises(LimitExceededException, match=TOO_MANY[2]):
        amplify_mock.open_pull_request(app_id, 50, "s50", "main")
    assert "pr-50" not in branch_names(client, app_id)
    assert len(branch_names(client, app_id)) == 50
    amplify_mock.close_pull_request(app_id, 1)
    assert amplify_mock.open_pull_request(app_id, 50, "s50", "main").job_id == "1"


def test_a_branch_that_only_has_the_name_of_a_preview_stays_as_it_is(client, amplify_mock, app_id, open_7):
    client.create_branch(appId=app_id, branchName="pr-7")
    assert open_7() is None
    amplify_mock.close_pull_request(app_id, 7)
    assert "pr-7" in branch_names(client, app_id)


def test_a_pull_request_that_is_opened_again_may_come_from_another_branch(client, amplify_mock, app_id, open_7):
    open_7()
    amplify_mock.open_pull_request(app_id, 7, "feature/y", "main")
    assert client.get_branch(appId=app_id, branchName="pr-7")["branch"]["sourceBranch"] == "feature/y"


@pytest.mark.parametrize(
    ("number", "error", "words"),
    [
        (0, ValueError, "1 or more, and not 0"),
        (-3, ValueError, "1 or more, and not -3"),
        (True, TypeError, "a whole number, and not True"),
        ("7", TypeError, "a whole number, and not '7'"),
    ],
)
def test_a_pull_request_has_a_number(amplify_mock, app_id, number, error, words):
    with pytest.raises(error, match=f"^the number of a pull request is {words}$"):
        amplify_mock.open_pull_request(app_id, number, "feature/x", "main")
