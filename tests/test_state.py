"""The state of a mock: apart from that of others, reset, saved, brought back, and read after the end."""

from __future__ import annotations

import boto3
import pytest

from amplify_mock import mock_amplify
from support.apps import create, names


def test_the_state_can_be_read_after_the_end() -> None:
    with mock_amplify() as amplify:
        app_id = create("shop")
        boto3.client("amplify").create_branch(appId=app_id, branchName="main")
        job = boto3.client("amplify").start_deployment(appId=app_id, branchName="main", sourceUrl="s3://b/site.zip")
    found = amplify.backend().apps[app_id].branches["main"].jobs[job["jobSummary"]["jobId"]]
    assert found.status == "PENDING"


def test_what_one_mock_kept_is_not_changed_by_the_next() -> None:
    with mock_amplify as first:
        create("shop")
    with mock_amplify:
        create("blog")
    assert [app.name for app in first.backend().apps.values()] == ["shop"]


def test_backends_are_apart_by_region_and_account() -> None:
    with mock_amplify(account_id="111122223333") as amplify:
        boto3.client("amplify", region_name="eu-west-1").create_app(name="shop")
    assert [app.name for app in amplify.backend("eu-west-1").apps.values()] == ["shop"]
    assert not amplify.backend().apps
    assert not amplify.backend("eu-west-1", "123456789012").apps
    assert amplify.backend("eu-west-1", "111122223333") is amplify.backend(region_name="eu-west-1", account_id=None)


# reset, snapshot, restore


def test_reset_forgets_the_state_of_every_account_and_region() -> None:
    with mock_amplify() as amplify:
        create("shop")
        other = boto3.Session("111122223333", "secret", region_name="eu-west-1")
        other.client("amplify").create_app(name="blog")
        assert amplify.backend("eu-west-1", "111122223333").apps
        amplify.reset()
        assert names() == []
        assert not amplify.backend("eu-west-1", "111122223333").apps
        create("again")
        assert names() == ["again"]


def test_restore_goes_back_to_the_snapshot() -> None:
    with mock_amplify() as amplify:
        kept = create("kept")
        boto3.client("amplify").create_branch(appId=kept, branchName="main")
        saved = amplify.snapshot()
        create("later")
        boto3.client("amplify", region_name="eu-west-1").create_app(name="elsewhere")
        boto3.client("amplify").delete_branch(appId=kept, branchName="main")
        boto3.client("amplify").update_app(appId=kept, name="renamed")
        amplify.restore(saved)
        assert names() == ["kept"]
        assert list(amplify.backend().apps[kept].branches) == ["main"]
        assert not amplify.backend("eu-west-1").apps


def test_a_snapshot_does_not_follow_the_state() -> None:
    with mock_amplify() as amplify:
        kept = create("kept")
        saved = amplify.snapshot()
        boto3.client("amplify").update_app(appId=kept, name="renamed")
    assert [app.name for backend in saved.backends.values() for app in backend.apps.values()] == ["kept"]


def test_ids_stay_unique_after_a_restore() -> None:
    with mock_amplify() as amplify:
        saved = amplify.snapshot()
        first = create("shop")
        amplify.restore(saved)
        assert create("shop") != first


def test_a_snapshot_can_be_restored_again_and_again(amplify_client, amplify_mock):
    amplify_client.create_app(name="shop")
    saved = amplify_mock.snapshot()
    for name in ("blog", "wiki"):
        amplify_client.create_app(name=name)
        amplify_mock.restore(saved)
        assert [app["name"] for app in amplify_client.list_apps()["apps"]] == ["shop"]


def test_a_snapshot_of_another_mock_is_refused(amplify_client, amplify_mock):
    with mock_amplify(isolated=True) as other:
        other.add_app("shop")
        saved = other.snapshot()
    with pytest.raises(ValueError, match="this one is of another"):
        amplify_mock.restore(saved)
    with pytest.raises(TypeError, match="takes what snapshot"):
        amplify_mock.restore(None)
    assert amplify_client.list_apps()["apps"] == []
