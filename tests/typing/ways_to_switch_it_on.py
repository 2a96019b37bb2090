"""Every way to switch the mock on, as a user's type checker sees it. Checked by mypy and pyright, and never run."""

from __future__ import annotations

import unittest
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from typing import Any

import pytest
from typing_extensions import assert_type

import amplify_mock
from amplify_mock import AmplifyMock, DomainPlan, JobPlan, MockAmplify, mock_amplify

# Functions: each keeps its parameters and what it returns.


@mock_amplify
def plain(number: int, *, text: str = "") -> bool:
    return str(number) == text


assert_type(plain(1, text="1"), bool)
plain("one")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
plain(1, 2)  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue]
plain(1, txt="")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@mock_amplify()
def with_parentheses(*numbers: int) -> list[int]:
    return list(numbers)


@mock_amplify(account_id="111122223333", isolated=True, retry_sleep=False)
def with_settings(number: int) -> str:
    return str(number)


assert_type(with_parentheses(1, 2), list[int])
assert_type(with_settings(1), str)
with_settings("one")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@mock_amplify
async def coroutine(number: int) -> int:
    return number


@mock_amplify(seed=1)
async def coroutine_with_settings(number: int) -> int:
    return number


@mock_amplify
def generator(start: int) -> Generator[int, str, bool]:
    sent = yield start
    return bool(sent)


@mock_amplify()
async def async_generator() -> AsyncIterator[int]:
    yield 1


assert_type(generator(1), Generator[int, str, bool])
assert_type(async_generator(), AsyncIterator[int])
assert_type(mock_amplify(lambda: str(1))(), str)


async def use() -> None:
    assert_type(await coroutine(1), int)
    assert_type(await coroutine_with_settings(1), int)
    await coroutine("one")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    async with mock_amplify() as inner:
        assert_type(inner, AmplifyMock)


def takes_a_coroutine_function(function: Callable[[int], Coroutine[Any, Any, int]]) -> None:
    del function


takes_a_coroutine_function(coroutine)
takes_a_coroutine_function(plain)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# Fixtures


@pytest.fixture
@mock_amplify
def app_id() -> Iterator[str]:
    yield "d1"  # noqa: PT022  (fixtures like to clean up)


@pytest.fixture
@mock_amplify(seed="fixture")
async def async_app_id(app_id: str) -> AsyncIterator[str]:
    yield app_id  # noqa: PT022  (likewise)


@pytest.mark.parametrize("number", [1])
@mock_amplify
def test_with_fixtures(number: int, app_id: str) -> None:
    assert app_id * number


test_with_fixtures("one", "d1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# Classes stay what they are, and so do their methods.


@mock_amplify
class TestCase(unittest.TestCase):
    def helper(self) -> int:
        return 1


@mock_amplify(fidelity="recorded")
class TestPlain:
    number: int = 1


assert_type(TestCase().helper(), int)
assert_type(TestPlain, type[TestPlain])
assert_type(TestPlain.number, int)
TestCase().helpr()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


class TestMethods:
    @mock_amplify
    def test_method(self, number: int) -> int:
        return number

    @staticmethod
    @mock_amplify
    def static(number: int) -> int:
        return number

    @mock_amplify
    @staticmethod
    def static_below(number: int) -> int:
        return number

    @classmethod
    @mock_amplify
    def of_class(cls, number: int) -> int:
        return number

    @mock_amplify
    @classmethod
    def of_class_below(cls, number: int) -> int:
        return number


assert_type(TestMethods().test_method(1), int)
assert_type(TestMethods.static(1), int)
assert_type(TestMethods.static_below(1), int)
assert_type(TestMethods.of_class(1), int)
assert_type(TestMethods.of_class_below(1), int)
TestMethods().test_method("one")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
TestMethods.of_class_below("one")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# Blocks, and start and stop


# It swallows no exception, so that whoever returns inside it returns.
def returns_inside_a_block() -> int:
    with mock_amplify as amplify:
        assert_type(amplify, AmplifyMock)
        return 1


with mock_amplify(plan=JobPlan(), domain_plan=DomainPlan(), quotas={"apps": 3}) as controller:
    assert_type(controller, AmplifyMock)


assert_type(mock_amplify, MockAmplify)
assert_type(mock_amplify(), MockAmplify)
assert_type(MockAmplify(quotas="aws"), MockAmplify)
assert_type(mock_amplify.start(), AmplifyMock)
mock_amplify.stop()
mock_amplify.stop_all()
started = mock_amplify(sleep="virtual", uploads="required").start()
started.stop()


def with_settings_from_elsewhere(settings: dict[str, Any]) -> MockAmplify:
    return mock_amplify(**settings)


# What is wrong

mock_amplify(acount_id="111122223333")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
mock_amplify(account_id=111122223333)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
mock_amplify(fidelity="exact")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
mock_amplify(quotas={"app": 3})  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
mock_amplify(quotas="all")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
mock_amplify(sleep=True)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
mock_amplify(plan={"pending": 1})  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
mock_amplify("111122223333")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
mock_amplify(plain, seed=1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
MockAmplify(acount_id="111122223333")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
mock_amplify.start(seed=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def with_names_that_there_are_not() -> None:
    from amplify_mock import mock_amplfy  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]

    mock_amplfy()
    amplify_mock.mock_amplfy()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
