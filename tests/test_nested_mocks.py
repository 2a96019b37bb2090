"""A mock inside another one shares its state, and an isolated one has its own."""

from __future__ import annotations

from amplify_mock import mock_amplify
from support.apps import account, create, names


def test_a_nested_mock_shares_the_outer_state_and_resets_nothing() -> None:
    with mock_amplify() as outer:
        create("shop")
        with mock_amplify() as inner:
            assert inner is outer
            create("blog")
        assert names() == ["blog", "shop"]


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


def test_the_same_isolated_mock_inside_itself_is_the_same_state() -> None:
    mock = mock_amplify(isolated=True)
    with mock as outer, mock as inner:
        assert inner is outer
