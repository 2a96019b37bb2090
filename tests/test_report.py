"""What the report of a failed test tells of a mock: its calls, and its jobs with their steps."""

from __future__ import annotations

import freezegun
import pytest

from amplify_mock import mock_amplify
from amplify_mock.report import record, sections
from support.clients import client_of
from support.jobs import GITHUB, START, new_app, new_branch, release


def text_of(amplify):
    [(title, text)] = sections([record(amplify)], 1)
    assert title == "amplify_mock"
    return text.replace(f"({next(iter(amplify.backend().apps), None)})", "(d1)")


def test_it_tells_of_calls_and_of_jobs_with_their_steps():
    with freezegun.freeze_time(START), mock_amplify() as amplify:
        client = client_of()
        branch = new_branch(client, app=GITHUB)
        release(client, branch)
        amplify.clock.advance(minutes=10)
        release(client, branch)
        client.get_job(**branch, jobId="2")
        with pytest.raises(client.exceptions.LimitExceededException):
            release(client, branch)
        lines = text_of(amplify).splitlines()
    assert lines[0] == "Calls, the newest last:"
    assert [line.partition("(")[0] for line in lines[1:7]] == [
        "  CreateApp", "  CreateBranch", "  StartJob", "  StartJob", "  GetJob", "  StartJob",
    ]  # fmt: skip
    assert lines[5].endswith("): success")
    assert "LimitExceededException" in lines[6]
    assert lines[7] == "Jobs, the newest last:"
    steps = [line.rpartition(", ") for line in lines[9:12]]
    assert [step for step, _, _ in steps] == ["    BUILD SUCCEED", "    DEPLOY SUCCEED", "    VERIFY SUCCEED"]
    assert all(float(seconds.removesuffix(" s")) > 0 for _, _, seconds in steps)
    assert lines[8].startswith("  shop (d1), branch main, job 1: RELEASE SUCCEED, 2024-02-08 21:54:42 to 2024-02-08 ")
    assert lines[12] == "  shop (d1), branch main, job 2: RELEASE RUNNING, 2024-02-08 22:04:42 to now"
    assert lines[13:] == ["    BUILD RUNNING, 0.0 s"]


def test_it_tells_of_apps_without_jobs():
    with mock_amplify() as amplify:
        new_app(client_of())
        assert text_of(amplify).splitlines()[2:] == ["Apps without jobs, the newest last:", "  shop (d1)"]


def test_it_tells_of_state_without_calls_and_of_calls_without_state():
    with mock_amplify() as amplify:
        client_of().list_apps()
        assert text_of(amplify).splitlines() == ["Calls, the newest last:", "  ListApps(): success"]
        amplify.reset()
        amplify.add_app("shop")
        assert text_of(amplify).splitlines() == ["Apps without jobs, the newest last:", "  shop (d1)"]


def test_it_tells_nothing_of_a_mock_that_nobody_has_called():
    with mock_amplify() as amplify:
        amplify.backend("eu-west-1")
        assert record(amplify) is None


def test_it_tells_of_the_newest_calls_and_jobs_and_says_how_many_others_there_were():
    with mock_amplify() as amplify:
        client = client_of()
        app = amplify.add_app("shop", branches=[f"b{number}" for number in range(33)])
        for name in app.branches:
            client.start_deployment(appId=app.app_id, branchName=name, sourceUrl="s3://bucket/site.zip")
        for number in range(32):
            amplify.add_app(f"app{number}")
        for number in range(35):
            client.list_branches(appId=app.app_id, maxResults=number + 1)
        lines = text_of(amplify).splitlines()
    calls, jobs = lines.index("Calls, the newest last:"), lines.index("Jobs, the newest last:")
    apps = lines.index("Apps without jobs, the newest last:")
    assert [lines[place + 1] for place in (calls, jobs, apps)] == [
        f"  ({number} older ones are left out)" for number in (38, 3, 2)
    ]
    assert "maxResults=6)" in lines[calls + 2]
    assert "maxResults=35)" in lines[jobs - 1]
    assert len([line for line in lines if "branch b" in line]) == 30
    assert "branch b3," in lines[jobs + 2]
    assert lines[apps + 2].startswith("  app2 (")
    assert len(lines) - apps == 32


def test_it_tells_of_accounts_and_regions_when_there_are_several():
    with mock_amplify() as amplify:
        new_branch(client_of())
        alone = text_of(amplify)
        here = new_branch(client_of("eu-west-1", "111122223333"))
        client_of("eu-west-1", "111122223333").start_deployment(**here, sourceUrl="s3://bucket/site.zip")
        lines = text_of(amplify).splitlines()
    assert "us-east-1" not in alone
    assert lines[1].startswith("  us-east-1 123456789012: CreateApp(")
    assert lines[3].startswith("  eu-west-1 111122223333: CreateApp(")
    assert any(line.startswith("  eu-west-1 111122223333: shop (") and "job 1: MANUAL" in line for line in lines)
    assert lines[-1] == "  us-east-1 123456789012: shop (d1)"


def test_it_tells_no_secret():
    with mock_amplify() as amplify:
        client = client_of()
        new_branch(client, app={**GITHUB, "accessToken": "top-secret"}, basicAuthCredentials="dG9wLXNlY3JldA==")
        text = text_of(amplify)
    assert "accessToken=" in text
    assert not any(secret in text for secret in ("top-secret", "dG9wLXNlY3JldA=="))
