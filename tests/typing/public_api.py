"""The public API as a user's type checker sees it. This file is checked by mypy, and never run."""

from __future__ import annotations

import unittest
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from typing_extensions import assert_type

from amplify_mock import AmplifyMock, MockAmplify, mock_amplify
from amplify_mock.resources.apps import App
from amplify_mock.resources.jobs import Job


@mock_amplify
def plain(number: int, *, text: str = "") -> bool:
    return str(number) == text


assert_type(plain(1, text="1"), bool)
plain("one")  # type: ignore[arg-type]


@mock_amplify(account_id="111122223333", isolated=True, retry_sleep=False)
def with_settings(number: int) -> str:
    return str(number)


assert_type(with_settings(1), str)


@mock_amplify
async def coroutine(number: int) -> int:
    return number


@mock_amplify()
def generator() -> Iterator[int]:
    yield 1


@mock_amplify
async def async_generator() -> AsyncIterator[int]:
    yield 1


assert_type(generator(), Iterator[int])
assert_type(async_generator(), AsyncIterator[int])


async def use() -> None:
    assert_type(await coroutine(1), int)
    async with mock_amplify() as amplify:
        assert_type(amplify, AmplifyMock)


@mock_amplify
class TestCase(unittest.TestCase):
    def helper(self) -> int:
        return 1


assert_type(TestCase().helper(), int)


class TestMethods:
    @mock_amplify
    def test_method(self, number: int) -> int:
        return number

    @staticmethod
    @mock_amplify
    def static(number: int) -> int:
        return number


assert_type(TestMethods().test_method(1), int)
assert_type(TestMethods.static(1), int)

with mock_amplify() as amplify:
    assert_type(amplify, AmplifyMock)
    assert_type(amplify.backend().apps["d1"].branches["main"].jobs["1"].status, str)
    amplify.backend(region_name="eu-west-1", account_id="111122223333")
    assert_type(amplify.apps["d1"], App)
    app = amplify.add_app("shop", branches=["main"], platform="WEB_COMPUTE")
    assert_type(app, App)
    assert_type(amplify.add_branch(app.app_id).jobs, dict[str, Job])
    assert_type(amplify.add_job(app.app_id, status="RUNNING"), Job)
    assert_type(amplify.job(app.app_id, "main").resource, Job)
    amplify.load(Path("app.json"))
    amplify.load({"app": {}})
    amplify.load(5)  # type: ignore[arg-type]

assert_type(mock_amplify(), MockAmplify)
assert_type(mock_amplify.start(), AmplifyMock)
mock_amplify.stop()
mock_amplify.stop_all()
mock_amplify(acount_id="111122223333")  # type: ignore[call-overload]
mock_amplify(account_id=111122223333)  # type: ignore[call-overload]
