"""Which settings there are, and that a nested mock takes none."""

from __future__ import annotations

import pytest

from amplify_mock import MockAmplify, mock_amplify
from support.apps import account, create, is_mocked, names

# One by one


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


# Inside another mock


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


def test_uploads_are_optional_or_required() -> None:
    with pytest.raises(ValueError, match="uploads must be 'optional' or 'required', and not 'maybe'"):
        mock_amplify(uploads="maybe")  # type: ignore[call-overload]
