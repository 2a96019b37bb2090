"""What notebooks show of a mock: tables of what it has, and jobs over time."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

import freezegun
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amplify_mock import JobPlan, mock_amplify
from amplify_mock.integrations.notebooks import MOST
from amplify_mock.resources.plans import STEPS
from support.clients import client_of
from support.jobs import GITHUB, TEST_PHASE, release
from support.outlines import Outline
from support.plans import PROGRESSES, START

SEGMENT = re.compile(
    r'<li style="flex:([^ ]+) 1 0;([^"]*)" title="([^"]*)"><b><bdi>([^<]*)</bdi></b> ([^<]*)<br>([^<]*)</li>'
)

SUMMARY = {
    "jobArn": "arn:aws:amplify:us-east-1:123456789012:apps/d1/branches/main/jobs/0000000007",
    "jobId": "7",
    "commitId": "HEAD",
    "commitMessage": "",
    "commitTime": START,
    "startTime": START,
    "status": "RUNNING",
    "jobType": "RELEASE",
}


class Segment(NamedTuple):
    share: float
    style: str
    title: str
    name: str
    length: str
    status: str


def bar(shown):
    """Return the segments of the bars in a piece of HTML."""
    found = [tuple(map(html.unescape, each)) for each in SEGMENT.findall(shown)]
    assert len(found) == shown.count("<li")
    return [Segment(float(share), *rest) for share, *rest in found]


def words(shown):
    """Return the text of a piece of HTML, all of whose tags are closed."""
    return Outline(shown).text


def show(thing):
    return thing._repr_html_()


@pytest.fixture(autouse=True)
def clock():
    with freezegun.freeze_time(START) as frozen:
        yield frozen


@pytest.fixture
def client(amplify_mock):
    return client_of()


@pytest.fixture
def branch(amplify_mock):
    app = amplify_mock.add_app("shop", app_id="d1", branches=["main"], repository="https://github.com/me/shop")
    return {"appId": app.app_id, "branchName": "main"}


@pytest.fixture
def job(amplify_mock, client, branch):
    """Start a job by a plan, and return what shows it."""

    def start(**plan):
        amplify_mock.plan_jobs(JobPlan(**{"progress": "clock", **plan}))
        release(client, branch)
        return amplify_mock.job("d1", "main")

    return start


# Bars


def steps_of(handle):
    return [(each.name, each.status, each.length) for each in bar(show(handle))]


def test_a_job_that_has_not_started_shows_its_steps_as_planned(job):
    handle = job()
    assert steps_of(handle) == [
        ("BUILD", "planned", "40 s"),
        ("DEPLOY", "planned", "15 s"),
        ("VERIFY", "planned", "1 s"),
    ]
    assert all("dashed" in each.style for each in bar(show(handle)))
    assert bar(show(handle))[0].title == "BUILD: planned, 40 s"
    assert "Steps that have started" not in words(show(handle))


def test_segments_are_as_wide_as_their_steps_are_long(job):
    assert [each.share for each in bar(show(job(steps={"BUILD": 90})))] == [90, 15, 1]


def test_a_running_step_shows_how_far_it_has_come(job, clock):
    handle = job()
    clock.tick(15)
    shown = show(handle)
    assert steps_of(handle)[0] == ("BUILD", "RUNNING", "10 s of 40 s")
    assert bar(shown)[0].title == "BUILD: RUNNING, 12:00:05, 10 s of 40 s"
    assert "25%" in bar(shown)[0].style
    assert [each.status for each in bar(shown)] == ["RUNNING", "planned", "planned"]
    assert "Job 1 of branch main , RELEASE RUNNING" in words(shown)


def test_a_step_that_takes_longer_than_planned_is_as_wide_as_it_has_become(job, clock):
    handle = job(stuck_at="RUNNING")
    clock.tick(5 + 40 + 15 + 61)
    assert steps_of(handle) == [
        ("BUILD", "SUCCEED", "40 s"),
        ("DEPLOY", "SUCCEED", "15 s"),
        ("VERIFY", "RUNNING", "1 min 1 s"),
    ]


def test_an_ended_job_has_times_and_no_planned_steps(job, clock):
    handle = job()
    clock.tick(3600)
    shown = show(handle)
    assert {each.status for each in bar(shown)} == {"SUCCEED"}
    assert bar(shown)[1].title == "DEPLOY: SUCCEED, 12:00:45 to 12:01:00, 15 s"
    assert "BUILD SUCCEED 2024-09-01 12:00:05 2024-09-01 12:00:45 40 s" in words(shown)


def test_a_failed_job_ends_at_the_step_that_failed_and_says_why(job, clock):
    handle = job(fail_at="BUILD", reason="no memory", steps={"BUILD": 2 * 3600 + 60})
    assert [each.name for each in bar(show(handle))] == ["BUILD"]
    clock.tick(3 * 3600)
    assert steps_of(handle) == [("BUILD", "FAILED", "2 h 1 min")]
    assert "no memory" in words(show(handle))


def test_a_job_that_is_stopped_has_no_steps_to_come(client, job, branch, clock):
    handle = job()
    clock.tick(15)
    client.stop_job(**branch, jobId="1")
    assert steps_of(handle) == [("BUILD", "CANCELLING", "10 s")]
    clock.tick(60)
    assert steps_of(handle) == [("BUILD", "CANCELLED", "15 s")]


def test_a_job_that_was_stopped_before_its_first_step_has_no_bar(client, job, branch, clock):
    handle = job()
    client.stop_job(**branch, jobId="1")
    clock.tick(60)
    assert "CANCELLED no steps" in words(show(handle))
    assert bar(show(handle)) == []


def test_steps_of_less_than_a_second_are_in_milliseconds(job, clock):
    handle = job(steps={"BUILD": 0.001, "DEPLOY": 0.25})
    clock.tick(3600)
    assert [each.length for each in bar(show(handle))] == ["1 ms", "250 ms", "1 s"]


def test_labels_of_steps_are_not_cut_off(job):
    assert all("nowrap" not in each.style and "ellipsis" not in each.style for each in bar(show(job())))


@pytest.mark.parametrize("plan", [{"progress": "instant"}, {"default": 0, "pending": 0}])
def test_steps_that_take_no_time_share_the_width(job, plan):
    segments = bar(show(job(**plan)))
    assert [each.length for each in segments] == ["0 s"] * 3
    assert len({each.share for each in segments}) == 1
    assert segments[0].share > 0


def test_a_loaded_job_may_have_steps_that_no_plan_knows(amplify_mock, branch):
    step = {"stepName": "PROVISION", "startTime": START, "endTime": START, "status": "SUCCEED"}
    (loaded,) = amplify_mock.load({"job": {"summary": SUMMARY, "steps": [step]}})
    assert steps_of(loaded)[:2] == [("PROVISION", "SUCCEED", "0 s"), ("BUILD", "planned", "40 s")]


def test_a_loaded_job_may_be_at_a_step_that_no_plan_knows(amplify_mock, branch):
    at_a_step = {"stepName": "PROVISION", "startTime": START, "status": "RUNNING"}
    (loaded,) = amplify_mock.load({"job": {"summary": SUMMARY, "steps": [at_a_step]}})
    assert steps_of(loaded)[:2] == [("PROVISION", "RUNNING", "0 s"), ("BUILD", "planned", "40 s")]


@given(
    steps=st.dictionaries(st.sampled_from(STEPS), st.floats(0, 10_000)),
    fail_at=st.none() | st.sampled_from(STEPS),
    progress=st.sampled_from(PROGRESSES),
    ticks=st.lists(st.floats(0, 20_000), max_size=3),
    stop=st.booleans(),
)
@settings(max_examples=60)
def test_whatever_the_plan_every_step_has_its_place_and_looking_moves_nothing(steps, fail_at, progress, ticks, stop):
    with mock_amplify(isolated=True, plan=JobPlan(steps=steps, fail_at=fail_at, progress=progress)) as amplify:
        client = client_of()
        app = amplify.add_app("shop", branches=["main"], build_spec=TEST_PHASE, repository=GITHUB["repository"])
        branch = {"appId": app.app_id, "branchName": "main"}
        release(client, branch)
        handle = amplify.job(app.app_id, "main")
        if stop and handle.end_time is None:
            client.stop_job(**branch, jobId="1")
        with freezegun.freeze_time(START) as frozen:
            for seconds in ticks:
                frozen.tick(seconds)
                before = handle.status, handle.steps, amplify.calls
                first, again = show(handle), show(handle)
                assert (handle.status, handle.steps, amplify.calls) == before
                assert first == again
                segments = bar(first)
                names = [each.name for each in segments]
                assert names == [name for name in STEPS if name in names]
                assert [(each.name, each.status) for each in segments if each.status != "planned"] == [
                    (step.step_name, step.status) for step in handle.steps
                ]
                assert all(each.share > 0 for each in segments)
                words(first)


# Looking is no poll


def test_looking_moves_no_job_on(amplify_mock, client, branch):
    release(client, branch)
    for _ in range(4):
        for each in (amplify_mock, amplify_mock.apps, amplify_mock.apps["d1"], amplify_mock.job("d1", "main")):
            assert "PENDING" in words(show(each))
    assert amplify_mock.job("d1", "main").status == "PENDING"
    assert [call.operation for call in amplify_mock.calls] == ["StartJob"]


# Tables


def test_an_empty_mock_says_so(amplify_mock):
    assert words(show(amplify_mock)) == "amplify_mock at 2024-09-01 12:00:00 UTC. There are no apps."


def test_the_mock_shows_the_apps_of_each_region(amplify_mock, client, branch):
    amplify_mock.add_app("blog", app_id="d2", region_name="eu-west-1", account_id="111122223333")
    amplify_mock.add_app("news", app_id="d3", repository="https://me:secret@example.com/news")
    release(client, branch)
    amplify_mock.clock.advance(hours=1)
    text = words(show(amplify_mock))
    assert text.startswith("amplify_mock at 2024-09-01 13:00:00 UTC, 1:00:00 ahead of the system.")
    assert "Apps in us-east-1, account 123456789012 App Id Source Branches Newest job" in text
    assert "shop d1 https://github.com/me/shop main job 1 of branch main SUCCEED" in text
    assert "news d3 https://example.com/news" in text
    assert "Apps in eu-west-1, account 111122223333" in text
    assert "blog d2 deployed by hand" in text


def test_the_state_can_be_looked_at_when_the_mock_has_ended():
    with mock_amplify(isolated=True) as amplify:
        amplify.add_app("shop")
    assert "The mock has ended." in words(show(amplify))
    assert "shop" in words(show(amplify))


def test_an_app_shows_its_branches_and_domains(amplify_mock, client, branch):
    amplify_mock.add_branch("d1", "dev", stage="BETA")
    amplify_mock.add_job("d1", "main", status="FAILED")
    client.delete_domain_association(
        appId="d1", domainName=amplify_mock.add_domain_association("d1", "gone.com").domain_name
    )
    assert "Domains" not in words(show(amplify_mock.apps["d1"]))
    amplify_mock.add_domain_association("d1", "example.com", status="PENDING_VERIFICATION")
    shown = show(amplify_mock.apps["d1"])
    assert "App shop d1 WEB, https://github.com/me/shop , created 2024-09-01 12:00:00 UTC" in words(shown)
    assert "dev BETA none" in words(shown)
    assert "main NONE 1 FAILED" in words(shown)
    assert "example.com PENDING_VERIFICATION" in words(shown)
    assert "gone.com" not in words(shown)
    assert bar(shown)[-1].status == "FAILED"


def test_a_branch_shows_its_jobs_the_newest_first(amplify_mock, branch):
    amplify_mock.add_job("d1", commit_message="Sell hats")
    amplify_mock.add_job("d1", status="RUNNING", commit_id="abc")
    text = words(show(amplify_mock.apps["d1"].branches["main"]))
    assert "Branch main , stage NONE, created 2024-09-01 12:00:00 UTC Jobs" in text
    assert re.search(
        r" 2 RELEASE RUNNING 2024-09-01 12:00:00 abc BUILD .* 1 RELEASE SUCCEED .* 1 min 1 s Sell hats", text
    )


def test_a_branch_without_jobs_says_so(amplify_mock, branch):
    assert "There are no jobs." in words(show(amplify_mock.apps["d1"].branches["main"]))


def test_a_domain_association_shows_its_hosts(amplify_mock, branch):
    leads = {"": "main", "www": "main"}
    amplify_mock.add_domain_association("d1", "example.com", sub_domains=leads)
    amplify_mock.add_domain_association("d1", "example.org", status="FAILED")
    text = words(show(amplify_mock.domain_association("d1", "example.com")))
    assert "Domain example.com AVAILABLE" in text
    assert re.search(r"example.com main yes CNAME \S+ www.example.com main yes www CNAME ", text)
    assert "already associated" in words(show(amplify_mock.domain_association("d1", "example.org")))


def test_several_of_a_kind_are_a_table(amplify_mock, branch):
    amplify_mock.add_job("d1")
    amplify_mock.add_domain_association("d1", "example.com")
    amplify_mock.add_webhook("d1", "main", webhook_id="hook-1", description="of the shop")
    amplify_mock.add_backend_environment("d1", "dev", stack_name="amplify-shop-dev")
    app = amplify_mock.apps["d1"]
    for several, caption in (
        (amplify_mock.apps, "Apps App Id"),
        (app.branches, "Branches Branch"),
        (app.branches["main"].jobs, "Jobs Job"),
        (app.domain_associations, "Domains Domain"),
        (
            app.webhooks,
            "Webhooks Webhook Branch Description Created (UTC) hook-1 main of the shop 2024-09-01 12:00:00",
        ),
        (
            app.backend_environments,
            "Backend environments Environment Stack Created (UTC) dev amplify-shop-dev 2024-09-01 12:00:00",
        ),
        (amplify_mock.backend().apps, "Apps App Id"),
    ):
        assert words(show(several)).startswith(caption)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("branches", "There are no branches."),
        ("domain_associations", "There are no domains."),
        ("webhooks", "There are no webhooks."),
        ("backend_environments", "There are no backend environments."),
    ],
)
def test_none_of_a_kind_is_a_sentence(amplify_mock, name, sentence):
    assert words(show(amplify_mock.apps)) == "There are no apps."
    assert words(show(getattr(amplify_mock.add_app("shop"), name))) == sentence


def test_what_was_deleted_is_no_longer_shown_and_raises_nothing(amplify_mock, client, branch):
    amplify_mock.add_job("d1")
    amplify_mock.add_domain_association("d1", "example.com")
    job, domain = amplify_mock.job("d1", "main"), amplify_mock.domain_association("d1", "example.com")
    client.delete_job(**branch, jobId="1")
    client.delete_domain_association(appId="d1", domainName="example.com")
    assert words(show(job)) == "It is not there any more: branch main has no job '1'; it has none."
    assert "app d1 has no domain association 'example.com'" in words(show(domain))
    client.delete_app(appId="d1")
    for handle in (job, domain):
        assert words(show(handle)) == "It is not there any more: the mock has no app 'd1'; it has none."


def test_of_other_things_notebooks_show_the_repr(amplify_mock, branch):
    app = amplify_mock.add_app("x", environment_variables={"A": "1"})
    webhook = amplify_mock.add_webhook("d1", "main")
    for other in (app.environment_variables, app.tags, webhook, amplify_mock.backend()):
        assert show(other) is None


def test_of_many_things_the_newest_are_shown(amplify_mock, client, branch):
    for number in range(MOST + 1):
        amplify_mock.add_branch("d1", f"branch-{number}")
    for number in range(MOST + 3):
        amplify_mock.add_app(f"app-{number}.")
        amplify_mock.add_job("d1")
    leads = {f"www{number}": "main" for number in range(MOST + 4)}
    amplify_mock.add_domain_association("d1", "example.com", sub_domains=leads)
    assert "and 4 more" in words(show(amplify_mock))
    assert f"app-{MOST + 2}." in words(show(amplify_mock))
    assert "app-2." not in words(show(amplify_mock))
    assert "and 2 more" in words(show(amplify_mock.apps["d1"]))
    assert "and 3 more" in words(show(amplify_mock.apps["d1"].branches["main"]))
    assert "and 4 more" in words(show(amplify_mock.domain_association("d1", "example.com")))


def test_of_many_branches_an_app_in_a_table_shows_some(amplify_mock):
    amplify_mock.add_app(branches=[f"branch-{number}" for number in range(10)])
    assert words(show(amplify_mock.apps)).endswith("branch-6 , branch-7 and 2 more")
