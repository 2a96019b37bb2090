"""Decorate functions of every kind, so that each call runs inside the mock."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from . import activation
from .activation import Mock

Inside = Callable[[tuple[Any, ...]], AbstractContextManager[Any]]
"""Returns the context that a call with these arguments runs in."""


def decorate(mock: Mock, target: Any) -> Any:
    """Return ``target`` running inside ``mock``: a function, or a static or class method.

    Raises:
        TypeError: when it is none of these.
    """
    if isinstance(target, (staticmethod, classmethod)):
        return type(target)(decorate(mock, target.__func__))
    if type(target).__name__ == "FixtureFunctionDefinition":
        raise TypeError(
            "@mock_amplify goes below @pytest.fixture, so that it decorates the function and not the fixture."
        )
    if not callable(target) or isinstance(target, type(mock)):
        raise TypeError(f"mock_amplify cannot decorate {target!r}: it takes functions, methods and classes.")
    return decorate_function(target, lambda _: inside(mock))


@contextmanager
def inside(mock: Mock) -> Iterator[None]:
    """Be active for one call. Calls share a mock, but each ends its own activation."""
    entered = activation.push(mock)
    try:
        yield
    finally:
        activation.remove(entered)


def decorate_function(function: Callable[..., Any], inside: Inside) -> Callable[..., Any]:
    """Return a function of the same kind, name and signature, each call of which runs inside the context."""
    if inspect.iscoroutinefunction(function):
        return _coroutine_function(function, inside)
    if inspect.isasyncgenfunction(function):
        return _async_generator_function(function, inside)
    if inspect.isgeneratorfunction(function):
        return _generator_function(function, inside)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with inside(args):
            result = function(*args, **kwargs)
        # What another decorator or an object with an async __call__ returns: nothing of it has run yet.
        return _awaited(result, inside(args)) if inspect.iscoroutine(result) else result

    return call


async def _awaited(coroutine: Coroutine[Any, Any, Any], context: AbstractContextManager[Any]) -> Any:
    with context:
        return await coroutine


def _coroutine_function(function: Callable[..., Any], inside: Inside) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(*args: Any, **kwargs: Any) -> Any:
        with inside(args):
            return await function(*args, **kwargs)

    return call


def _generator_function(function: Callable[..., Any], inside: Inside) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with inside(args):
            return (yield from function(*args, **kwargs))

    return call


def _async_generator_function(function: Callable[..., Any], inside: Inside) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with inside(args):
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
