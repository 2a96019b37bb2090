"""Deployments of files that lie in S3 are read from moto's buckets; no other source is ever fetched."""

from __future__ import annotations

import sys

import boto3
import pytest
from moto import mock_aws

from amplify_mock import mock_amplify
from support.clients import client_of
from support.jobs import deploy, new_branch
from support.model import needs
from support.other_mocks import moto_around, moto_inside
from support.sites import SUCCEEDED, UNKNOWN, ask, ending, page, seen, zipped

BUCKET = "site"


in_both_orders = pytest.mark.parametrize("amplify", [moto_around, moto_inside], indirect=True)


@pytest.fixture
def amplify(request, no_default_session):
    """Have the mock and moto active."""
    with getattr(request, "param", moto_inside)() as amplify:
        yield amplify


@pytest.fixture
def s3(amplify):
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def amplify_client(amplify):
    return client_of()


@pytest.fixture
def main(amplify_client):
    return new_branch(amplify_client)


# What is not said to be a prefix is a zip.
needs_prefixes = needs("StartDeploymentRequest.sourceUrlType")
KINDS = ["ZIP", pytest.param("BUCKET_PREFIX", marks=needs_prefixes)]


def put(s3, files):
    for key, body in files.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)


def deployed(client, branch, source_url, kind="ZIP", job_id="1"):
    more = {} if kind == "ZIP" else {"sourceUrlType": kind}
    deploy(client, branch, sourceUrl=source_url, **more)
    return ending(client, branch, job_id)


def is_unknown(branch):
    status, text = seen(branch)
    return status == 404 and UNKNOWN in text


# Zips


@in_both_orders
def test_a_zip_is_what_the_site_answers(s3, amplify_client, main):
    put(s3, {"a b/ü.zip": zipped({"index.html": b"home", "css/a.css": b"a"})})
    assert deployed(amplify_client, main, "s3://site/a b/ü.zip") == SUCCEEDED
    assert seen(main) == (200, "home")
    assert ask(main, "/css/a.css").headers["Content-Type"] == "text/css; charset=utf-8"


def test_an_object_that_is_no_zip_fails_the_job(s3, amplify_client, main):
    put(s3, {"site.zip": b"junk"})
    expected = ("FAILED", "DEPLOY", "The uploaded file is not a valid zip file.")
    assert deployed(amplify_client, main, "s3://site/site.zip") == expected


@in_both_orders
def test_an_object_that_is_not_there_fails_the_job(s3, amplify_client, main):
    expected = ("FAILED", "DEPLOY", "s3://site/none.zip cannot be read: The specified key does not exist.")
    assert deployed(amplify_client, main, "s3://site/none.zip") == expected


@in_both_orders
@pytest.mark.parametrize("kind", KINDS)
def test_a_bucket_that_is_not_there_fails_the_job(s3, amplify_client, main, kind):
    expected = ("FAILED", "DEPLOY", "s3://none/site cannot be read: The specified bucket does not exist")
    assert deployed(amplify_client, main, "s3://none/site", kind) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_no_bucket_fails_the_job(amplify_client, main, kind):
    for number, source_url in enumerate(["s3://", "s3:///key", "s3://Not A Bucket!/key", "s3://ü/key"], 1):
        assert deployed(amplify_client, main, source_url, kind, str(number))[:2] == ("FAILED", "DEPLOY")


def test_a_zip_without_a_key_fails_the_job(s3, amplify_client, main):
    for number, source_url in enumerate(["s3://site", "s3://site/"], 1):
        assert deployed(amplify_client, main, source_url, job_id=str(number))[:2] == ("FAILED", "DEPLOY")


@needs_prefixes
def test_a_very_long_source_fails_the_job_with_a_reason_that_is_short_enough(s3, amplify_client, main):
    for number, kind in enumerate(["ZIP", "BUCKET_PREFIX"], 1):
        source_url = f"s3://site/{'k' * 1020}"
        assert deployed(amplify_client, main, source_url, kind, str(number))[:2] == ("FAILED", "DEPLOY")


# Prefixes


@needs_prefixes
@in_both_orders
@pytest.mark.parametrize("source_url", ["s3://site/v1/", "s3://site/v1"])
def test_a_prefix_is_the_files_below_it(s3, amplify_client, main, source_url):
    put(s3, {"v1/index.html": b"home", "v1/a b/ü.txt": b"deep", "v1/": b"", "v1/empty/": b"", "other.html": b"no"})
    assert deployed(amplify_client, main, source_url, "BUCKET_PREFIX") == SUCCEEDED
    assert seen(main) == (200, "home")
    assert ask(main, "/a%20b/%C3%BC.txt").content == b"deep"
    assert [ask(main, path).status_code for path in ("/other", "/v1/index.html", "/empty/")] == [404, 404, 404]


@needs_prefixes
@pytest.mark.parametrize("source_url", ["s3://site", "s3://site/"])
def test_a_whole_bucket_is_deployed(s3, amplify_client, main, source_url):
    put(s3, {"index.html": b"home", "a/b.html": b"deep"})
    assert deployed(amplify_client, main, source_url, "BUCKET_PREFIX") == SUCCEEDED
    assert [seen(main, path) for path in ("/", "/a/b")] == [(200, "home"), (200, "deep")]


@needs_prefixes
def test_a_prefix_may_have_more_files_than_s3_lists_at_once(s3, amplify_client, main, monkeypatch):
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    put(s3, {f"v1/{number}.txt": b"%d" % number for number in range(7)})
    assert s3.list_objects_v2(Bucket=BUCKET)["IsTruncated"]
    assert deployed(amplify_client, main, "s3://site/v1/", "BUCKET_PREFIX") == SUCCEEDED
    assert [seen(main, f"/{number}.txt")[1] for number in range(7)] == list("0123456")


@needs_prefixes
def test_a_prefix_without_files_fails_the_job(s3, amplify_client, main):
    put(s3, {"v1/": b"", "v2/index.html": b""})
    expected = ("FAILED", "DEPLOY", "s3://site/v1/ holds no files.")
    assert deployed(amplify_client, main, "s3://site/v1/", "BUCKET_PREFIX") == expected


@needs_prefixes
def test_a_prefix_with_an_unsafe_path_fails_the_job(s3, amplify_client, main):
    put(s3, {"v1/../x.html": b""})
    expected = ("FAILED", "DEPLOY", "The path '../x.html' is not allowed.")
    assert deployed(amplify_client, main, "s3://site/v1/", "BUCKET_PREFIX") == expected


@needs_prefixes
def test_a_prefix_with_more_than_fits_fails_the_job(s3, amplify_client, main, monkeypatch):
    monkeypatch.setattr("amplify_mock.integrations.sources.MOST_BYTES", 10)
    put(s3, {"v1/a": bytes(5), "v1/b": bytes(6)})
    expected = ("FAILED", "DEPLOY", "s3://site/v1/ holds more than 10 bytes.")
    assert deployed(amplify_client, main, "s3://site/v1/", "BUCKET_PREFIX") == expected
    s3.delete_object(Bucket=BUCKET, Key="v1/b")
    assert deployed(amplify_client, main, "s3://site/v1/", "BUCKET_PREFIX", "2") == SUCCEEDED


# When and where


def test_a_source_is_read_at_the_start(s3, amplify_client, main):
    put(s3, {"site.zip": zipped(page("at the start"))})
    deploy(amplify_client, main, sourceUrl="s3://site/site.zip")
    put(s3, {"site.zip": zipped(page("too late"))})
    assert ending(amplify_client, main) == SUCCEEDED
    assert seen(main) == (200, "at the start")


def test_the_previous_content_stays_when_a_source_cannot_be_read(s3, amplify_client, main):
    put(s3, {"site.zip": zipped(page("old"))})
    assert deployed(amplify_client, main, "s3://site/site.zip") == SUCCEEDED
    assert deployed(amplify_client, main, "s3://site/none.zip", job_id="2")[0] == "FAILED"
    assert seen(main) == (200, "old")


def test_an_upload_is_required_only_where_there_is_a_place_for_it(s3):
    put(s3, {"site.zip": zipped(page("home"))})
    with mock_amplify(isolated=True, uploads="required"):
        branch = new_branch(client_of())
        assert deployed(client_of(), branch, "s3://site/site.zip") == SUCCEEDED
        assert seen(branch) == (200, "home")


@needs_prefixes
def test_a_bucket_of_any_region_is_read_for_an_app_of_any_other(amplify):
    elsewhere = boto3.client("s3", region_name="eu-west-1")
    elsewhere.create_bucket(Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    elsewhere.put_object(Bucket="elsewhere", Key="v1/index.html", Body=b"home")
    for region in ("us-east-1", "eu-west-1", "ap-southeast-2"):
        branch = new_branch(client_of(region))
        assert deployed(client_of(region), branch, "s3://elsewhere/v1/", "BUCKET_PREFIX") == SUCCEEDED
        assert seen(branch) == (200, "home")


def test_a_bucket_is_read_whatever_region_is_configured(s3, amplify_client, main, monkeypatch):
    put(s3, {"site.zip": zipped(page("home"))})
    monkeypatch.setenv("AWS_DEFAULT_REGION", "no such region")
    assert deployed(amplify_client, main, "s3://site/site.zip") == SUCCEEDED


@in_both_orders
def test_the_default_session_is_not_made_or_changed_by_reading(s3, amplify_client, main):
    put(s3, {"site.zip": zipped(page("home"))})
    session = boto3.DEFAULT_SESSION
    deployed(amplify_client, main, "s3://site/site.zip")
    assert boto3.DEFAULT_SESSION is session


@pytest.mark.parametrize("kind", KINDS)
def test_without_moto_nothing_is_fetched(amplify_mock, kind):
    branch = new_branch(client_of())
    assert deployed(client_of(), branch, "s3://site/key", kind) == SUCCEEDED
    assert is_unknown(branch)


def test_when_moto_has_ended_nothing_is_fetched(amplify_mock):
    branch = new_branch(client_of())
    with mock_aws():
        pass
    assert deployed(client_of(), branch, "s3://site/key") == SUCCEEDED
    assert is_unknown(branch)


def test_where_moto_was_never_imported_nothing_is_fetched(amplify_mock, monkeypatch):
    monkeypatch.delitem(sys.modules, "moto.core.models")
    branch = new_branch(client_of())
    assert deployed(client_of(), branch, "s3://site/key") == SUCCEEDED
    assert is_unknown(branch)


def test_no_other_source_is_fetched(s3, amplify_client, main):
    put(s3, {"site.zip": zipped(page("home"))})
    sources = [
        "https://example.com/site.zip",
        "http://localhost:1/site.zip",
        "https://site.s3.amazonaws.com/site.zip?x=1",
    ]
    for number, source_url in enumerate(sources, 1):
        assert deployed(amplify_client, main, source_url, job_id=str(number)) == SUCCEEDED
        assert is_unknown(main)
