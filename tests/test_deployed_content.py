"""What is uploaded, and nothing else, becomes the content of the branch: when its job succeeds, and all at once."""

from __future__ import annotations

import freezegun
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amplify_mock import JobPlan, mock_amplify
from support.clients import client_of
from support.jobs import GITHUB, START, deploy, finish, get, new_branch, read, release, steps
from support.sites import (
    SUCCEEDED,
    UNKNOWN,
    ask,
    deployed,
    ending,
    files_started,
    md5,
    opened,
    page,
    put,
    seen,
    started,
    zipped,
)

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="/\\:"), min_size=1, max_size=8
)
PATHS = st.lists(NAMES.filter(lambda name: name.strip(".")), min_size=1, max_size=3).map("/".join)
NOT_A_ZIP = ("FAILED", "DEPLOY", "The uploaded file is not a valid zip file.")


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def main(amplify_client):
    return new_branch(amplify_client)


def files_of(amplify, branch, job_id):
    content = amplify.apps[branch["appId"]].branches[branch["branchName"]].jobs[job_id].content
    return None if content is None else dict(content.files)


def live_text(branch):
    status, text = seen(branch)
    return text if status == 200 else None


# What is uploaded


def are_apart(files):
    return not any(other.startswith(f"{path}/") for path in files for other in files)


@QUICK
@given(files=st.dictionaries(PATHS, st.binary(max_size=40), max_size=5).filter(are_apart))
@example(files={"a b/ü%41.txt": b"1", "a?b#c&d=e+f.html": b"2", "~.-_'()*!;,@$[]": b"3", "日本/index.html": b"4"})
@example(files={"index.html": b"home", "a/index.html": b"folder", "a/b": b"\x00\xff"})
def test_any_set_of_files_in_a_zip_is_what_the_site_answers(amplify_client, main, files):
    assert deployed(amplify_client, main, files) == SUCCEEDED
    for path, body in files.items():
        answer = ask(main, "/" + "".join(f"%{byte:02X}" for byte in path.encode()))
        assert (answer.status_code, answer.content) == (200, body)
    assert ask(main, "/no such file").status_code == 404


@QUICK
@given(files=st.dictionaries(PATHS, st.binary(max_size=40), min_size=1, max_size=5).filter(are_apart))
def test_any_set_of_single_files_is_what_the_branch_has(amplify_client, amplify_mock, main, files):
    job_id = files_started(amplify_client, main, files)
    assert ending(amplify_client, main, job_id) == SUCCEEDED
    assert files_of(amplify_mock, main, job_id) == files


def test_a_zip_without_files_is_a_site_without_pages(amplify_client, main):
    assert deployed(amplify_client, main, {}) == SUCCEEDED
    assert seen(main) == (404, "Not Found\n")


def test_the_last_upload_before_the_start_counts(amplify_client, main):
    deployment = amplify_client.create_deployment(**main)
    for body in (b"junk", zipped(page("first")), zipped(page("second"))):
        put(deployment["zipUploadUrl"], body)
    amplify_client.start_deployment(**main, jobId="1")
    assert ending(amplify_client, main) == SUCCEEDED
    assert seen(main) == (200, "second")


@pytest.mark.parametrize("late", [b"junk", zipped(page("late"))])
def test_an_upload_after_the_start_changes_nothing(amplify_client, main, late):
    deployment = amplify_client.create_deployment(**main)
    put(deployment["zipUploadUrl"], zipped(page("in time")))
    amplify_client.start_deployment(**main, jobId="1")
    for _ in range(3):
        put(deployment["zipUploadUrl"], late)
        read(amplify_client, main)
    assert seen(main) == (200, "in time")
    assert ending(amplify_client, main) == SUCCEEDED


def test_a_zip_that_comes_too_late_does_not_save_the_job(amplify_client, main):
    deployment = amplify_client.create_deployment(**main)
    put(deployment["zipUploadUrl"], b"junk")
    amplify_client.start_deployment(**main, jobId="1")
    put(deployment["zipUploadUrl"], zipped(page("too late")))
    assert ending(amplify_client, main) == NOT_A_ZIP


# What cannot be deployed


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 the site", b"<h1>index.html</h1>", zipped(page("cut"))[:-9]])
def test_what_is_no_zip_fails_the_job_in_deploy(amplify_client, main, body):
    assert deployed(amplify_client, main, body) == NOT_A_ZIP
    assert steps(amplify_client, main) == [("DEPLOY", "FAILED")]
    assert amplify_client.get_branch(**main)["branch"]["activeJobId"] == ""


@pytest.mark.parametrize("path", ["../index.html", "a/../../b", "/etc/passwd", "C:/x", "a\\b"])
def test_a_zip_with_an_unsafe_path_fails_the_job(amplify_client, main, path):
    answer = deployed(amplify_client, main, {"index.html": b"", path: b""})
    assert answer == ("FAILED", "DEPLOY", f"The path {path!r} is not allowed.")


def test_a_job_that_is_going_to_fail_takes_its_time(amplify_mock, amplify_client, main):
    started(amplify_client, main, b"junk")
    assert (read(amplify_client, main)["status"], steps(amplify_client, main)) == ("RUNNING", [("DEPLOY", "FAILED")])


def test_files_are_compared_with_their_sums(amplify_client, main):
    files = {"index.html": b"home", "a.css": b"a", "b.css": b"b"}
    sums = {"index.html": md5(b"home").upper(), "a.css": md5(b"other"), "b.css": ""}
    job_id = files_started(amplify_client, main, files, sums)
    status, step, reason = ending(amplify_client, main, job_id)
    assert (status, step) == ("FAILED", "DEPLOY")
    assert reason.endswith("uploaded with another content than its MD5 sum in the file map says: 'a.css'.")
    job_id = files_started(amplify_client, main, files, {**sums, "a.css": md5(b"a")})
    assert ending(amplify_client, main, job_id) == SUCCEEDED
    assert [seen(main, f"/{name}") for name in files] == [(200, body.decode()) for body in files.values()]


def test_a_file_that_was_not_uploaded_fails_the_job(amplify_client, main):
    job_id = files_started(amplify_client, main, {"a.html": b"a"}, dict.fromkeys(["a.html", "b.html", "c.html"], ""))
    reason = "Not every file is there as announced. These were not uploaded: 'b.html', 'c.html'."
    assert ending(amplify_client, main, job_id) == ("FAILED", "DEPLOY", reason)


def test_a_reason_is_never_longer_than_the_model_allows(amplify_client, main):
    names = ["\N{GRINNING FACE}" * 120 + str(number) for number in range(5)]
    job_id = files_started(amplify_client, main, {"a": b""}, dict.fromkeys(["a", *names], ""))
    assert ending(amplify_client, main, job_id)[:2] == ("FAILED", "DEPLOY")


@pytest.mark.parametrize("name", ["./index.html", "a/./b.css", "a//b.css"])
def test_names_that_clients_write_in_another_way_can_be_uploaded(amplify_client, main, name):
    # "find ." prints such names, and HTTP clients take the dots out of a path.
    job_id = files_started(amplify_client, main, {name: b"1"})
    assert ending(amplify_client, main, job_id) == SUCCEEDED


def test_without_an_upload_the_job_succeeds_and_nobody_knows_the_site(amplify_client, main):
    for parameters in ({}, {"fileMap": {"index.html": ""}}):
        job_id = amplify_client.create_deployment(**main, **parameters)["jobId"]
        amplify_client.start_deployment(**main, jobId=job_id)
        assert ending(amplify_client, main, job_id) == SUCCEEDED
        status, text = seen(main)
        assert (status, UNKNOWN in text) == (404, True)


@pytest.mark.amplify_mock(uploads="required")
def test_without_an_upload_the_job_fails_if_one_is_required(amplify_client, main):
    job_id = opened(amplify_client, main)
    amplify_client.start_deployment(**main, jobId=job_id)
    assert ending(amplify_client, main, job_id) == ("FAILED", "DEPLOY", "Nothing was uploaded.")
    job_id = files_started(amplify_client, main, {}, {"a.html": ""})
    reason = "Not every file is there as announced. These were not uploaded: 'a.html'."
    assert ending(amplify_client, main, job_id) == ("FAILED", "DEPLOY", reason)
    assert deployed(amplify_client, main, page("there")) == SUCCEEDED


@pytest.mark.amplify_mock(uploads="required")
def test_deployments_from_elsewhere_and_builds_upload_nothing(amplify_client, main):
    deploy(amplify_client, main)
    assert finish(amplify_client, main)["status"] == "SUCCEED"
    built = new_branch(amplify_client, app=GITHUB)
    release(amplify_client, built)
    assert finish(amplify_client, built)["status"] == "SUCCEED"


@pytest.mark.parametrize(
    ("fail_at", "body", "expected"),
    [
        ("DEPLOY", page("good"), ("FAILED", "DEPLOY", "planned")),
        ("VERIFY", page("good"), ("FAILED", "VERIFY", "planned")),
        ("VERIFY", b"junk", NOT_A_ZIP),
        ("DEPLOY", b"junk", NOT_A_ZIP),
        ("BUILD", b"junk", NOT_A_ZIP),
        ("BUILD", page("good"), SUCCEEDED),
    ],
)
def test_of_a_planned_failure_and_a_bad_upload_the_first_step_counts(
    amplify_mock, amplify_client, fail_at, body, expected
):
    main = new_branch(amplify_client)
    amplify_mock.plan_jobs(JobPlan(fail_at=fail_at, reason="planned"))
    assert deployed(amplify_client, main, body) == expected


def test_a_plan_for_the_next_jobs_is_used_up_by_a_bad_upload_too(amplify_mock, amplify_client, main):
    amplify_mock.plan_jobs(JobPlan(fail_at="VERIFY"), times=1)
    assert deployed(amplify_client, main, b"junk") == NOT_A_ZIP
    assert deployed(amplify_client, main, page("good")) == SUCCEEDED


# Which content is live


def test_a_branch_that_was_never_deployed_has_a_welcome_page(amplify_client, main):
    started(amplify_client, main, page("new"))
    status, text = seen(main)
    assert (status, "first deployment" in text) == (404, True)


@pytest.mark.parametrize("reads", [0, 1])
def test_the_previous_content_is_live_until_the_next_job_succeeds(amplify_client, main, reads):
    deployed(amplify_client, main, page("old"))
    job_id = opened(amplify_client, main, zipped(page("new")))
    assert seen(main) == (200, "old")
    amplify_client.start_deployment(**main, jobId=job_id)
    for _ in range(reads):
        assert read(amplify_client, main, job_id)["status"] == "RUNNING"
    assert seen(main) == (200, "old")
    ending(amplify_client, main, job_id)
    assert seen(main) == (200, "new")


def test_the_clock_brings_the_new_content(amplify_mock, amplify_client, main):
    with freezegun.freeze_time(START) as clock:
        deployed(amplify_client, main, page("old"))
        started(amplify_client, main, page("new"))
        texts = []
        for _ in range(25):
            texts.append(live_text(main))
            clock.tick(1)
    # 5 seconds of PENDING, 15 of DEPLOY, 1 of VERIFY.
    assert texts == ["old"] * 21 + ["new"] * 4


def test_a_deployment_replaces_all_files_at_once(amplify_client, main):
    deployed(amplify_client, main, {"index.html": b"1", "only/old.html": b"1", "both.html": b"1"})
    started(amplify_client, main, {"index.html": b"2", "only/new.html": b"2", "both.html": b"2"})
    paths = ["/", "/both", "/only/old", "/only/new"]
    assert [ask(main, path).status_code for path in paths] == [200, 200, 200, 404]
    ending(amplify_client, main, "2")
    assert [ask(main, path).status_code for path in paths] == [200, 200, 404, 200]
    assert {seen(main, path)[1] for path in ("/", "/both", "/only/new")} == {"2"}


def test_a_deployment_concerns_its_branch_only(amplify_client, main):
    dev, other = {**main, "branchName": "feature/dev"}, new_branch(amplify_client)
    amplify_client.create_branch(**dev)
    for number, branch in enumerate([main, dev, other]):
        assert deployed(amplify_client, branch, page(str(number))) == SUCCEEDED
    deployed(amplify_client, dev, page("changed"))
    assert [seen(branch)[1] for branch in (main, dev, other)] == ["0", "changed", "2"]


def test_what_is_live_stays_so_without_the_record_of_its_job(amplify_client, main):
    for text in ("1", "2"):
        deployed(amplify_client, main, page(text))
    deployed(amplify_client, main, b"junk")
    amplify_client.delete_job(**main, jobId="3")
    assert seen(main) == (200, "2")
    amplify_client.delete_job(**main, jobId="2")
    assert seen(main) == (200, "2")
    amplify_client.delete_job(**main, jobId="1")
    assert seen(main) == (200, "2")
    deployed(amplify_client, main, page("3"))
    assert seen(main) == (200, "3")


def test_a_branch_that_is_made_anew_has_none_of_the_old_content(amplify_client, main):
    deployed(amplify_client, main, page("old"))
    amplify_client.delete_branch(**main)
    assert seen(main)[0] == 404
    amplify_client.create_branch(**main)
    assert "first deployment" in seen(main)[1]
    assert deployed(amplify_client, main, page("new")) == SUCCEEDED
    assert seen(main) == (200, "new")


ENDS = st.lists(st.sampled_from(["succeeds", "fails", "junk", "cancelled", "never started", "deleted"]), max_size=6)


@QUICK
@given(ends=ENDS)
def test_the_newest_content_that_succeeded_is_live_whatever_came_after(ends):
    with mock_amplify(isolated=True) as amplify:
        client = client_of()
        branch = new_branch(client)
        live = []
        for number, end in enumerate(ends, 1):
            job = {**branch, "jobId": str(number)}
            if end == "fails":
                amplify.plan_jobs(JobPlan(fail_at="VERIFY"), times=1)
            body = b"junk" if end == "junk" else zipped(page(str(number)))
            opened(client, branch, body)
            if end != "never started":
                client.start_deployment(**job)
            if end in ("cancelled", "never started"):
                client.stop_job(**job)
            assert live_text(branch) == (live[-1] if live else None)
            finish(client, branch, str(number))
            if end in ("succeeds", "deleted"):
                live.append(str(number))
            if end == "deleted":
                client.delete_job(**job)
            assert live_text(branch) == (live[-1] if live else None)


# Keeping and going back


def test_restore_brings_the_content_back(amplify_mock, amplify_client, main):
    deployed(amplify_client, main, page("old"))
    job_id = opened(amplify_client, main, zipped(page("uploaded")))
    saved = amplify_mock.snapshot()
    amplify_client.start_deployment(**main, jobId=job_id)
    ending(amplify_client, main, job_id)
    assert seen(main) == (200, "uploaded")
    amplify_mock.restore(saved)
    assert seen(main) == (200, "old")
    amplify_client.start_deployment(**main, jobId=job_id)
    assert ending(amplify_client, main, job_id) == SUCCEEDED
    assert seen(main) == (200, "uploaded")


def test_what_is_uploaded_after_a_snapshot_is_taken_back(amplify_mock, amplify_client, main):
    url = amplify_client.create_deployment(**main)["zipUploadUrl"]
    put(url, b"junk")
    saved = amplify_mock.snapshot()
    put(url, zipped(page("later")))
    amplify_mock.restore(saved)
    amplify_client.start_deployment(**main, jobId="1")
    assert ending(amplify_client, main) == NOT_A_ZIP


def test_reset_forgets_the_content(amplify_mock, amplify_client, main):
    deployed(amplify_client, main, page("old"))
    amplify_mock.reset()
    assert seen(main)[0] == 404
    assert seen(main)[1] != "old"


def test_content_does_not_show_in_what_is_printed(amplify_mock, amplify_client, main):
    deployed(amplify_client, main, page("a secret page"))
    assert "a secret page" not in repr(amplify_mock.apps)
    assert get(amplify_client, main)["summary"]["status"] == "SUCCEED"


def test_a_deployment_without_an_upload_leaves_the_site_as_it_is(amplify_client, main):
    deployed(amplify_client, main, page("old"))
    job_id = amplify_client.create_deployment(**main)["jobId"]
    amplify_client.start_deployment(**main, jobId=job_id)
    assert ending(amplify_client, main, job_id) == SUCCEEDED
    assert seen(main) == (200, "old")
