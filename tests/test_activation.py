"""When a mock is active, what state it has, and what is left when it ends."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import weakref
from collections.abc import Iterator

import boto3
import pytest
from botocore.endpoint import Endpoint
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

from amplify_mock import AmplifyMock, MockAmplify, activation, mock_amplify


def create(name: str) -> str:
    return boto3.client("amplify", region_name="us-east-1").create_app(name=name)["app"]["appId"]


def names() -> list[str]:
    return [app["name"] for app in boto3.client("amplify", region_name="us-east-1").list_apps()["apps"]]


def account() -> str:
    client = boto3.client("amplify", region_name="us-east-1")
    return client.create_app(name="whose")["app"]["appArn"].split(":")[4]


def is_mocked() -> bool:
    try:
        names()
    except NoCredentialsError:
        return False
    return True


# with, async with


def test_with_gives_the_controller_and_ends() -> None:
    with mock_amplify as amplify:
        assert isinstance(amplify, AmplifyMock)
        app_id = create("shop")
        assert amplify.backend().apps[app_id].name == "shop"
    assert not is_mocked()


async def test_async_with_gives_the_controller_and_ends() -> None:
    async with mock_amplify() as amplify:
        app_id = create("shop")
        assert amplify.backend().apps[app_id].name == "shop"
    assert not is_mocked()


def test_each_with_starts_with_empty_state() -> None:
    mock = mock_amplify()
    with mock as first:
        create("shop")
    with mock as second:
        assert names() == []
    assert first is not second


def test_an_exception_leaves_with_as_itself_and_ends_the_mock() -> None:
    error = KeyError("mine")
    with pytest.raises(KeyError) as caught, mock_amplify():
        raise error
    assert caught.value is error
    assert not is_mocked()


async def test_a_cancelled_task_ends_its_mock() -> None:
    entered = asyncio.Event()

    async def wait() -> None:
        async with mock_amplify():
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await entered.wait()
    assert is_mocked()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_mocked()


async def test_overlapping_tasks_may_end_in_any_order() -> None:
    async def enter(entered: asyncio.Event, leave: asyncio.Event) -> None:
        async with mock_amplify:
            entered.set()
            await leave.wait()
            create("shop")

    first, second, first_leaves, second_leaves = (asyncio.Event() for _ in range(4))
    outer = asyncio.create_task(enter(first, first_leaves))
    await first.wait()
    inner = asyncio.create_task(enter(second, second_leaves))
    await second.wait()
    first_leaves.set()
    await outer
    assert names() == ["shop"]
    second_leaves.set()
    await inner
    assert not is_mocked()


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


# start, stop


def test_start_gives_the_controller_and_stop_ends() -> None:
    amplify = mock_amplify.start()
    app_id = create("shop")
    mock_amplify.stop()
    assert amplify.backend().apps[app_id].name == "shop"
    assert not is_mocked()


def test_starting_again_changes_nothing() -> None:
    mock = mock_amplify(account_id="111122223333")
    amplify = mock.start()
    create("shop")
    assert mock.start() is amplify
    assert names() == ["shop"]
    mock.stop()
    assert not is_mocked()


def test_stop_is_safe_to_repeat() -> None:
    mock = mock_amplify()
    mock.stop()
    mock.start()
    mock.stop()
    mock.stop()
    assert not is_mocked()


def test_stopping_a_mock_again_leaves_another_one_active() -> None:
    mock = mock_amplify()
    mock.start()
    mock.stop()
    with mock_amplify():
        mock.stop()
        assert is_mocked()


def test_a_mock_that_starts_after_its_stop_is_fresh() -> None:
    mock = mock_amplify()
    mock.start()
    create("shop")
    mock.stop()
    mock.start()
    assert names() == []
    mock.stop()


def test_stop_does_not_end_a_with_of_the_same_mock() -> None:
    with mock_amplify:
        mock_amplify.stop()
        assert is_mocked()


def test_a_mock_started_inside_its_own_with_lasts_until_stop() -> None:
    mock = mock_amplify()
    with mock:
        create("shop")
        mock.start()
    assert names() == ["shop"]
    mock.stop()
    assert not is_mocked()


def test_mocks_may_stop_in_the_order_in_which_they_started() -> None:
    outer, inner = mock_amplify(), mock_amplify()
    outer.start()
    create("shop")
    inner.start()
    outer.stop()
    assert names() == ["shop"]
    inner.stop()
    assert not is_mocked()


def test_isolated_mocks_may_stop_in_the_order_in_which_they_started() -> None:
    outer, inner = mock_amplify(), mock_amplify(isolated=True)
    outer.start()
    create("outer")
    inner.start()
    create("inner")
    outer.stop()
    assert names() == ["inner"]
    inner.stop()
    assert not is_mocked()


def test_the_controller_stops_its_mock_for_everyone_who_shares_it() -> None:
    amplify = mock_amplify().start()
    with mock_amplify() as shared:
        shared.stop()
        assert not is_mocked()
        amplify.stop()
    assert not is_mocked()


def test_the_controller_of_an_isolated_mock_stops_only_that() -> None:
    with mock_amplify():
        create("outer")
        with mock_amplify(isolated=True) as inner:
            inner.stop()
            assert names() == ["outer"]
        assert names() == ["outer"]


def test_a_mock_can_start_again_after_its_controller_stopped_it() -> None:
    mock = mock_amplify()
    amplify = mock.start()
    create("shop")
    amplify.stop()
    assert mock.start() is not amplify
    assert names() == []
    mock.stop()
    assert not is_mocked()


# stop_all


def test_stop_all_ends_whatever_is_active() -> None:
    mock_amplify().start()
    mock_amplify(isolated=True, account_id="111122223333").start()
    mock_amplify.start()
    mock_amplify.stop_all()
    assert activation.active() == []
    assert not is_mocked()


def test_stop_all_without_a_mock_does_nothing() -> None:
    mock_amplify.stop_all()
    assert not is_mocked()


def test_a_mock_that_was_stopped_with_all_others_ends_quietly_and_can_be_used_again() -> None:
    mock = mock_amplify()
    with mock:
        create("shop")
        mock_amplify.stop_all()
        assert not is_mocked()
    with mock:
        assert names() == []
    mock.start()
    mock_amplify().stop_all()
    mock.stop()
    assert not is_mocked()


def test_an_end_that_comes_after_stop_all_does_not_end_a_later_use() -> None:
    def use() -> Iterator[None]:
        with mock_amplify:
            yield

    abandoned, later = use(), use()
    next(abandoned)
    mock_amplify.stop_all()
    next(later)
    abandoned.close()
    assert is_mocked()
    later.close()
    assert not is_mocked()


# Nesting


def test_a_nested_mock_shares_the_outer_state_and_resets_nothing() -> None:
    with mock_amplify() as outer:
        create("shop")
        with mock_amplify() as inner:
            assert inner is outer
            create("blog")
        assert sorted(names()) == ["blog", "shop"]


def test_a_nested_start_shares_the_outer_state_and_its_stop_resets_nothing() -> None:
    inner = mock_amplify()
    with mock_amplify() as outer:
        create("shop")
        assert inner.start() is outer
        inner.stop()
        assert names() == ["shop"]


def test_a_nested_mock_shares_the_outer_settings() -> None:
    with mock_amplify(account_id="111122223333"), mock_amplify(), mock_amplify:
        assert account() == "111122223333"


def test_an_isolated_mock_has_state_of_its_own() -> None:
    with mock_amplify() as outer:
        create("outer")
        with mock_amplify(isolated=True) as inner:
            assert inner is not outer
            assert names() == []
            create("inner")
        assert names() == ["outer"]
    assert [app.name for app in inner.backend().apps.values()] == ["inner"]


def test_an_isolated_mock_may_have_settings() -> None:
    with mock_amplify(account_id="111122223333"):
        with mock_amplify(isolated=True, account_id="444455556666"):
            assert account() == "444455556666"
        assert account() == "111122223333"


def test_an_isolated_mock_does_not_take_over_the_outer_settings() -> None:
    with mock_amplify(account_id="111122223333"), mock_amplify(isolated=True):
        assert account() == "123456789012"


def test_isolated_mocks_inside_each_other_are_apart() -> None:
    with mock_amplify(isolated=True):
        create("outer")
        with mock_amplify(isolated=True):
            assert names() == []
        assert names() == ["outer"]


def test_a_mock_inside_an_isolated_one_shares_the_isolated_state() -> None:
    with mock_amplify(), mock_amplify(isolated=True) as isolated, mock_amplify() as inner:
        assert inner is isolated


def test_mock_amplify_itself_inside_an_isolated_mock_shares_the_isolated_state() -> None:
    # The outer one is the same object as the inner one here, as in two functions decorated with @mock_amplify.
    with mock_amplify, mock_amplify(isolated=True) as isolated, mock_amplify as inner:
        assert inner is isolated


def test_isolated_mocks_that_are_started_without_keeping_them_are_apart() -> None:
    first = mock_amplify(isolated=True).start()
    create("first")
    second = mock_amplify(isolated=True).start()
    assert second is not first
    assert names() == []
    second.stop()
    assert names() == ["first"]
    first.stop()


def test_stopping_a_nested_mock_does_not_end_one_that_was_started_without_keeping_it() -> None:
    amplify = mock_amplify().start()
    create("shop")
    nested = mock_amplify()
    nested.start()
    nested.stop()
    assert names() == ["shop"]
    amplify.stop()


@pytest.mark.parametrize("setting", [{"account_id": "444455556666"}, {"retry_sleep": True}])
def test_settings_of_a_nested_mock_are_a_teaching_error(setting: dict[str, object]) -> None:
    nested = mock_amplify(**setting)
    name = next(iter(setting))
    with mock_amplify():
        create("shop")
        with pytest.raises(TypeError, match=rf"mock_amplify\({name}=.*inside another mock.*isolated=True"), nested:
            pass
        with pytest.raises(TypeError, match="inside another mock"):
            nested.start()
        nested.stop()
        assert names() == ["shop"]
    assert not is_mocked()
    with nested:
        assert names() == []


def test_settings_that_equal_the_outer_ones_are_an_error_as_well() -> None:
    with mock_amplify(account_id="111122223333"):
        with pytest.raises(TypeError, match="inside another mock"), mock_amplify(account_id="111122223333"):
            pass
        assert is_mocked()


async def test_settings_of_a_nested_async_with_are_an_error() -> None:
    async with mock_amplify():
        with pytest.raises(TypeError, match="inside another mock"):
            async with mock_amplify(account_id="111122223333"):
                pass
        assert is_mocked()


def test_the_same_mock_with_settings_may_be_nested_in_itself() -> None:
    mock = mock_amplify(account_id="111122223333")
    with mock as outer:
        create("shop")
        with mock as inner:
            assert inner is outer
        with mock_amplify(), mock:
            assert names() == ["shop"]
        assert mock.start() is outer
        mock.stop()
        assert names() == ["shop"]


def test_the_same_isolated_mock_inside_itself_is_the_same_state() -> None:
    mock = mock_amplify(isolated=True)
    with mock as outer, mock as inner:
        assert inner is outer


# Settings


def test_a_setting_that_does_not_exist_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(TypeError, match=r"no setting 'acount_id'\. Did you mean 'account_id'\?.*retry_sleep"):
        mock_amplify(acount_id="111122223333")  # type: ignore[call-overload]


@pytest.mark.parametrize("value", ["12345", "12345678901a", 123456789012, "", None, "1234567890123", "\u0661" * 12])
def test_an_account_that_is_not_12_digits_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="12 digits"):
        mock_amplify(account_id=value)  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["isolated", "retry_sleep"])
def test_a_switch_is_true_or_false(name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} must be True or False"):
        mock_amplify(**{name: "yes"})  # type: ignore[call-overload]


def test_settings_go_by_name() -> None:
    with pytest.raises(TypeError, match="by name"):
        mock_amplify(print, print)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="by name"):
        mock_amplify(print, isolated=True)  # type: ignore[call-overload]


def test_calling_a_mock_makes_another_one_with_just_these_settings() -> None:
    mock = mock_amplify(account_id="111122223333")
    other = mock()
    assert isinstance(other, MockAmplify)
    assert other is not mock
    with other:
        assert account() == "123456789012"


# Nothing is left behind


def test_botocore_is_as_before_whatever_the_order_of_the_ends() -> None:
    before = (vars(Endpoint)["make_request"], vars(Session)["create_client"])
    outer, inner = mock_amplify(), mock_amplify(isolated=True)
    outer.start()
    assert vars(Endpoint)["make_request"] is not before[0]
    inner.start()
    outer.stop()
    inner.stop()
    assert (vars(Endpoint)["make_request"], vars(Session)["create_client"]) == before


def test_the_default_session_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    session = boto3.Session(region_name="eu-central-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    with mock_amplify():
        boto3.setup_default_session(region_name="us-west-2")
        with mock_amplify():
            boto3.DEFAULT_SESSION = None
        assert boto3.DEFAULT_SESSION is None
    assert boto3.DEFAULT_SESSION is session


def test_a_default_session_that_did_not_exist_is_gone_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with pytest.raises(ZeroDivisionError), mock_amplify():
        len(names()) / 0
    assert boto3.DEFAULT_SESSION is None


def test_the_environment_is_not_touched() -> None:
    before = dict(os.environ)
    with mock_amplify():
        create("shop")
        assert dict(os.environ) == before
    assert dict(os.environ) == before


def test_a_setting_that_cannot_be_applied_leaves_nothing_patched() -> None:
    before = vars(Endpoint)["make_request"]
    nested = mock_amplify(account_id="111122223333")
    with mock_amplify(), pytest.raises(TypeError):
        nested.start()
    assert vars(Endpoint)["make_request"] is before


def test_an_ended_mock_is_not_kept_alive() -> None:
    with mock_amplify() as amplify:
        create("shop")
    ended = weakref.ref(amplify)
    del amplify
    gc.collect()
    assert ended() is None


def test_a_mock_made_inside_another_one_does_not_keep_it_alive() -> None:
    with mock_amplify() as amplify:
        inner = mock_amplify()
        with inner:
            create("shop")
    ended = weakref.ref(amplify)
    del amplify
    gc.collect()
    assert ended() is None
    with inner:
        assert names() == []


# Generators


def test_an_abandoned_generator_ends_its_mock_when_it_is_closed() -> None:
    def use() -> Iterator[list[str]]:
        with mock_amplify():
            create("shop")
            yield names()

    generator = use()
    assert next(generator) == ["shop"]
    assert is_mocked()
    generator.close()
    assert not is_mocked()


def test_an_abandoned_generator_ends_its_mock_when_it_is_collected() -> None:
    def use() -> Iterator[None]:
        with mock_amplify():
            yield

    for _ in use():
        break
    gc.collect()
    assert not is_mocked()


def test_generators_of_one_mock_may_end_in_the_order_in_which_they_began() -> None:
    def use(name: str) -> Iterator[None]:
        with mock_amplify:
            create(name)
            yield

    first, second = use("first"), use("second")
    next(first)
    next(second)
    first.close()
    assert sorted(names()) == ["first", "second"]
    second.close()
    assert not is_mocked()


# Threads share one client here, because making clients from one session is not safe in threads.


def test_a_mock_reaches_threads_that_run_before_it_and_threads_that_it_starts() -> None:
    client = boto3.client("amplify", region_name="us-east-1")
    started, found = threading.Event(), list[list[str]]()

    def wait_and_look() -> None:
        started.wait(10)
        found.append([app["name"] for app in client.list_apps()["apps"]])

    threads = [threading.Thread(target=wait_and_look)]
    threads[0].start()
    with mock_amplify():
        create("shop")
        threads.append(threading.Thread(target=wait_and_look))
        threads[1].start()
        started.set()
        for thread in threads:
            thread.join()
    assert found == [["shop"], ["shop"]]


def test_a_mock_can_be_stopped_in_another_thread() -> None:
    mock_amplify.start()
    thread = threading.Thread(target=mock_amplify.stop)
    thread.start()
    thread.join()
    assert not is_mocked()


def test_threads_may_enter_and_leave_the_same_mock_at_once() -> None:
    client = boto3.client("amplify", region_name="us-east-1")
    barrier, errors = threading.Barrier(8), list[BaseException]()

    def use(number: int) -> None:
        try:
            barrier.wait(10)
            for _ in range(20):
                with mock_amplify:
                    app_id = client.create_app(name=f"shop-{number}")["app"]["appId"]
                    client.get_app(appId=app_id)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert activation.active() == []
    assert not is_mocked()


@pytest.fixture
def _threads_take_turns_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("_threads_take_turns_often")
def test_threads_may_stop_all_at_once() -> None:
    barrier, errors = threading.Barrier(4), list[BaseException]()

    def stop_all() -> None:
        try:
            barrier.wait(10)
            mock_amplify.stop_all()
        except BaseException as error:
            errors.append(error)

    mocks = [mock_amplify() for _ in range(500)]
    for mock in mocks:
        mock.start()
    threads = [threading.Thread(target=stop_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert activation.active() == []


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
