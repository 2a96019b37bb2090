"""Decorate functions of every kind, so that each call runs inside the mock."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .mock import MockAmplify


def decorate(mock: MockAmplify, target: Any) -> Any:
    """Return ``target`` running inside ``mock``: a function, a static or class method, or a class (changed in place).

    Raises:
        TypeError: when it is none of these.
    """
    if inspect.isclass(target):
        # Only now: it stands on this module, and needs unittest.
        from .classes import decorate_class

        return decorate_class(mock, target)
    if isinstance(target, (staticmethod, classmethod)):
        return type(target)(decorate(mock, target.__func__))
    if type(target).__name__ == "FixtureFunctionDefinition":
        raise TypeError(
            "@mock_amplify goes below @pytest.fixture, so that it decorates the function and not the fixture."
        )
    if not callable(target):
        raise TypeError(f"mock_amplify cannot decorate {target!r}: it takes functions, methods and classes.")
    return decorate_function(mock, target)


def decorate_function(mock: MockAmplify, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of the same kind, name and signature."""
    if inspect.iscoroutinefunction(function):
        return _coroutine_function(mock, function)
    if inspect.isasyncgenfunction(function):
        return _async_generator_function(mock, function)
    if inspect.isgeneratorfunction(function):
        return _generator_function(mock, function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with mock:
            return function(*args, **kwargs)

    return call


def _coroutine_function(mock: MockAmplify, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(*args: Any, **kwargs: Any) -> Any:
        with mock:
            return await function(*args, **kwargs)

    return call


def _generator_function(mock: MockAmplify, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with mock:
            return (yield from function(*args, **kwargs))

    return call


def _async_generator_function(mock: MockAmplify, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with mock:
            inner = function(*args, **kwargs)
            # What "yield from" would do, which async generators do not have.
            try:
                value = await anext(inner)
                while True:
                    try:
                        sent = yield value
                    except GeneratorExit:
                        raise
                    except BaseException as error:
                        value = await inner.athrow(error)
                    else:
                        value = await inner.asend(sent)
            except StopAsyncIteration:
                return
            finally:
                await inner.aclose()

    return call
