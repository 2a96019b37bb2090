"""@mock_amplify on coroutines, generators and async generators."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import Any

import pytest

from amplify_mock import mock_amplify
from support.apps import create, is_mocked, names

# async def


async def test_a_decorated_coroutine_runs_inside_the_mock(decorator: Any) -> None:
    @decorator
    async def deploy(name: str) -> list[str]:
        await asyncio.sleep(0)
        create(name)
        await asyncio.sleep(0)
        return names()

    assert inspect.iscoroutinefunction(deploy)
    assert await deploy("shop") == ["shop"]
    assert await deploy("blog") == ["blog"]
    assert not is_mocked()


async def test_a_coroutine_that_is_not_awaited_activates_nothing() -> None:
    @mock_amplify
    async def deploy() -> None:
        create("shop")

    coroutine = deploy()
    assert not is_mocked()
    coroutine.close()


async def test_an_exception_leaves_a_decorated_coroutine_as_itself() -> None:
    @mock_amplify
    async def fail() -> None:
        await asyncio.sleep(0)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await fail()
    assert not is_mocked()


async def test_a_partial_of_a_coroutine_function_runs_inside_the_mock() -> None:
    async def deploy(name: str) -> list[str]:
        await asyncio.sleep(0)
        create(name)
        return names()

    assert await mock_amplify(functools.partial(deploy, "shop"))() == ["shop"]
    assert not is_mocked()


async def test_an_object_with_an_async_call_runs_inside_the_mock() -> None:
    class Deploy:
        async def __call__(self) -> bool:
            await asyncio.sleep(0)
            return is_mocked()

    assert await mock_amplify(Deploy())()
    assert not is_mocked()


async def test_a_coroutine_function_behind_another_decorator_runs_inside_the_mock() -> None:
    def logged(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(function)
        def wrapper(*args: Any) -> Awaitable[Any]:
            return function(*args)

        return wrapper

    @mock_amplify
    @logged
    async def deploy() -> bool:
        await asyncio.sleep(0)
        return is_mocked()

    assert await deploy()
    assert not is_mocked()


@mock_amplify
async def test_a_decorated_async_test_is_a_test(tmp_path: Any) -> None:
    assert tmp_path.is_dir()
    create("shop")
    await asyncio.sleep(0)
    assert names() == ["shop"]


# Generators


def test_a_decorated_generator_is_inside_the_mock_from_its_first_step_to_its_end(decorator: Any) -> None:
    @decorator
    def steps() -> Iterator[list[str]]:
        create("shop")
        yield names()
        create("blog")
        yield names()

    generator = steps()
    assert not is_mocked()
    assert next(generator) == ["shop"]
    assert is_mocked()
    assert next(generator) == ["blog", "shop"]
    assert list(generator) == []
    assert not is_mocked()


def test_values_are_sent_into_a_decorated_generator_and_returned_from_it() -> None:
    @mock_amplify
    def echo() -> Generator[str, str, str]:
        received = ""
        while received != "end":
            received = yield f"got {received}"
        return "bye"

    def outer() -> Generator[str, str, str]:
        return (yield from echo())

    generator = outer()
    assert next(generator) == "got "
    assert generator.send("one") == "got one"
    with pytest.raises(StopIteration) as end:
        generator.send("end")
    assert end.value.value == "bye"
    assert not is_mocked()


def test_an_exception_is_thrown_into_a_decorated_generator() -> None:
    @mock_amplify
    def careful() -> Iterator[str]:
        try:
            yield "first"
        except KeyError:
            yield f"caught, mocked: {is_mocked()}"

    generator = careful()
    next(generator)
    assert generator.throw(KeyError()) == "caught, mocked: True"
    with pytest.raises(ValueError, match="not caught"):
        generator.throw(ValueError("not caught"))
    assert not is_mocked()


def test_closing_a_decorated_generator_runs_its_clean_up_inside_the_mock() -> None:
    cleaned = []

    @mock_amplify
    def use() -> Iterator[None]:
        try:
            yield
        finally:
            cleaned.append(is_mocked())

    generator = use()
    next(generator)
    generator.close()
    assert cleaned == [True]
    assert not is_mocked()


def test_a_loop_that_leaves_a_decorated_generator_ends_the_mock() -> None:
    @mock_amplify
    def use() -> Iterator[int]:
        yield from range(10)

    for _ in use():
        break
    assert not is_mocked()


def test_a_contextmanager_is_made_of_a_decorated_generator() -> None:
    @contextlib.contextmanager
    @mock_amplify
    def shop() -> Iterator[str]:
        yield create("shop")

    with pytest.raises(ZeroDivisionError), shop():
        len(names()) / 0
    with shop():
        assert names() == ["shop"]
    assert not is_mocked()


# Async generators


async def test_a_decorated_async_generator_is_inside_the_mock_from_its_first_step_to_its_end(decorator: Any) -> None:
    @decorator
    async def steps() -> AsyncIterator[list[str]]:
        create("shop")
        yield names()
        await asyncio.sleep(0)
        create("blog")
        yield names()

    assert inspect.isasyncgenfunction(steps)
    generator = steps()
    assert not is_mocked()
    assert await anext(generator) == ["shop"]
    assert is_mocked()
    assert [step async for step in generator] == [["blog", "shop"]]
    assert not is_mocked()


async def test_an_empty_async_generator_ends_the_mock() -> None:
    @mock_amplify
    async def nothing() -> AsyncIterator[None]:
        for _ in ():
            yield

    assert [step async for step in nothing()] == []
    assert not is_mocked()


async def test_values_are_sent_into_a_decorated_async_generator() -> None:
    @mock_amplify
    async def echo() -> Any:
        received = ""
        while received != "end":
            received = yield f"got {received}"

    generator = echo()
    assert await anext(generator) == "got "
    assert await generator.asend("one") == "got one"
    assert await anext(generator) == "got None"
    with pytest.raises(StopAsyncIteration):
        await generator.asend("end")
    assert not is_mocked()


async def test_an_exception_is_thrown_into_a_decorated_async_generator() -> None:
    @mock_amplify
    async def careful() -> Any:
        try:
            yield "first"
        except KeyError:
            yield f"caught, mocked: {is_mocked()}"

    generator = careful()
    await anext(generator)
    assert await generator.athrow(KeyError()) == "caught, mocked: True"
    with pytest.raises(ValueError, match="not caught"):
        await generator.athrow(ValueError("not caught"))
    assert not is_mocked()


async def test_an_error_inside_a_decorated_async_generator_ends_the_mock() -> None:
    @mock_amplify
    async def fail() -> AsyncIterator[None]:
        yield
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        [step async for step in fail()]
    assert not is_mocked()


async def test_closing_a_decorated_async_generator_runs_its_clean_up_inside_the_mock() -> None:
    cleaned = []

    @mock_amplify
    async def use() -> Any:
        try:
            yield
        finally:
            await asyncio.sleep(0)
            cleaned.append(is_mocked())

    generator = use()
    await anext(generator)
    await generator.aclose()
    assert cleaned == [True]
    assert not is_mocked()


async def test_an_async_contextmanager_is_made_of_a_decorated_async_generator() -> None:
    @contextlib.asynccontextmanager
    @mock_amplify
    async def shop() -> AsyncIterator[str]:
        yield create("shop")

    with pytest.raises(ZeroDivisionError):
        async with shop():
            len(names()) / 0
    async with shop():
        assert names() == ["shop"]
    assert not is_mocked()


def test_an_abandoned_async_generator_ends_with_its_event_loop() -> None:
    @mock_amplify
    async def use() -> AsyncIterator[int]:
        yield 1
        yield 2

    async def abandon() -> None:
        async for _ in use():
            break

    asyncio.run(abandon())
    assert not is_mocked()
