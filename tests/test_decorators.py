"""What @mock_amplify makes of functions: they run inside the mock, and are otherwise what they were."""

from __future__ import annotations

import abc
import asyncio
import contextlib
import functools
import inspect
import shutil
import unittest.mock
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from hypothesis import given, settings, strategies

from amplify_mock import activation, mock_amplify


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


@pytest.fixture(params=["bare", "empty call", "settings"])
def decorator(request: pytest.FixtureRequest) -> Any:
    forms = {"bare": mock_amplify, "empty call": mock_amplify(), "settings": mock_amplify(account_id="111122223333")}
    return forms[request.param]


# Functions


def test_a_decorated_function_runs_inside_the_mock_and_starts_fresh_each_time(decorator: Any) -> None:
    @decorator
    def deploy(name: str, *, prefix: str = "") -> list[str]:
        create(prefix + name)
        return names()

    assert not is_mocked()
    assert deploy("shop") == ["shop"]
    assert deploy("blog", prefix="my-") == ["my-blog"]
    assert not is_mocked()


def test_settings_reach_the_decorated_function() -> None:
    assert mock_amplify(account_id="111122223333")(account)() == "111122223333"
    assert mock_amplify(account)() == "123456789012"


def test_an_exception_leaves_a_decorated_function_as_itself() -> None:
    error = KeyError("mine")

    @mock_amplify
    def fail() -> None:
        raise error

    with pytest.raises(KeyError) as caught:
        fail()
    assert caught.value is error
    assert not is_mocked()


def test_a_decorated_function_may_call_itself(decorator: Any) -> None:
    @decorator
    def countdown(number: int) -> list[str]:
        create(f"app-{number}")
        if number:
            countdown(number - 1)
        return sorted(names())

    assert countdown(2) == ["app-0", "app-1", "app-2"]
    assert not is_mocked()


def test_a_recursion_that_fails_leaves_nothing_active() -> None:
    @mock_amplify(account_id="111122223333")
    def dive(depth: int) -> None:
        if not depth:
            raise RecursionError
        dive(depth - 1)

    with pytest.raises(RecursionError):
        dive(5)
    assert not is_mocked()


def test_decorated_functions_that_call_each_other_share_the_outer_state() -> None:
    @mock_amplify
    def inner() -> None:
        create("inner")

    @mock_amplify()
    def outer() -> list[str]:
        create("outer")
        inner()
        return sorted(names())

    assert outer() == ["inner", "outer"]


def test_an_isolated_function_sees_and_leaves_nothing_of_its_caller() -> None:
    @mock_amplify(isolated=True)
    def inner() -> list[str]:
        create("inner")
        return names()

    @mock_amplify
    def outer() -> tuple[list[str], list[str]]:
        create("outer")
        return inner(), names()

    assert outer() == (["inner"], ["outer"])


def test_a_function_called_inside_an_isolated_mock_works_on_the_isolated_state() -> None:
    @mock_amplify
    def helper() -> None:
        create("helper")

    @mock_amplify
    def test() -> tuple[list[str], list[str]]:
        with mock_amplify(isolated=True):
            helper()
            isolated = names()
        return isolated, names()

    assert test() == (["helper"], [])


def test_settings_of_a_function_called_inside_another_mock_are_an_error() -> None:
    called = []

    @mock_amplify(account_id="111122223333")
    def inner() -> None:
        called.append("inner")

    with mock_amplify():
        with pytest.raises(TypeError, match="inside another mock"):
            inner()
        assert is_mocked()
    assert called == []
    inner()
    assert called == ["inner"]


def test_decorating_twice_is_one_mock() -> None:
    @mock_amplify
    @mock_amplify
    def deploy() -> list[str]:
        create("shop")
        return names()

    assert deploy() == ["shop"]
    assert not is_mocked()


def test_patch_works_above_and_below() -> None:
    @unittest.mock.patch("shutil.which")
    @mock_amplify
    @unittest.mock.patch("shutil.copyfile")
    def test(copyfile: Any, which: Any) -> tuple[bool, bool]:
        return shutil.copyfile is copyfile and shutil.which is which, is_mocked()

    assert test() == (True, True)


def test_a_lambda_a_builtin_a_partial_and_a_bound_method_can_be_decorated() -> None:
    class Deployer:
        def deploy(self) -> bool:
            return is_mocked()

    assert mock_amplify(lambda: [is_mocked()])()
    assert mock_amplify(len)("four") == 4
    assert mock_amplify(functools.partial(create, "shop"))().startswith("d")
    assert mock_amplify(Deployer().deploy)()


def test_a_callable_object_can_be_decorated() -> None:
    class Deploy:
        def __call__(self) -> bool:
            return is_mocked()

    assert mock_amplify(Deploy())()


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
        yield sorted(names())

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
        yield sorted(names())

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


# Fixtures


@pytest.fixture
@mock_amplify
def shop(tmp_path: Any) -> Iterator[str]:
    assert tmp_path.is_dir()
    yield create("shop")
    assert names() == ["shop"]


@pytest.fixture
@mock_amplify(account_id="111122223333")
async def async_shop() -> AsyncIterator[str]:
    yield create("shop")
    assert names() == ["shop"]


@pytest.fixture
@mock_amplify
def returned_shop(request: pytest.FixtureRequest) -> list[str]:
    create(request.node.name)
    return names()


def test_a_test_runs_inside_the_mock_of_its_generator_fixture(shop: str) -> None:
    assert boto3.client("amplify").get_app(appId=shop)["app"]["name"] == "shop"


@mock_amplify
def test_a_decorated_test_shares_the_mock_of_its_fixture(shop: str) -> None:
    assert boto3.client("amplify").get_app(appId=shop)["app"]["name"] == "shop"


async def test_a_test_runs_inside_the_mock_of_its_async_fixture(async_shop: str) -> None:
    assert boto3.client("amplify").get_app(appId=async_shop)["app"]["appArn"].split(":")[4] == "111122223333"


def test_the_mock_of_a_fixture_that_returns_ends_with_it(returned_shop: list[str]) -> None:
    assert returned_shop == ["test_the_mock_of_a_fixture_that_returns_ends_with_it"]
    assert not is_mocked()


@mock_amplify
@pytest.mark.parametrize("name", ["shop", "blog"])
@mock_amplify
def test_fixtures_and_parameters_are_injected(name: str, tmp_path: Any, request: pytest.FixtureRequest) -> None:
    assert tmp_path.is_dir()
    assert request.node.callspec.params == {"name": name}
    create(name)
    assert names() == [name]


@settings(max_examples=5, deadline=None)
@given(name=strategies.sampled_from(["shop", "blog"]))
@mock_amplify
def test_each_example_of_hypothesis_starts_fresh(name: str) -> None:
    create(name)
    assert names() == [name]


# Methods


class Deployer:
    @mock_amplify
    def method(self, name: str) -> tuple[str, list[str]]:
        create(name)
        return type(self).__name__, names()

    @mock_amplify
    @classmethod
    def class_below(cls, name: str) -> tuple[str, list[str]]:
        create(name)
        return cls.__name__, names()

    @classmethod
    @mock_amplify
    def class_above(cls, name: str) -> tuple[str, list[str]]:
        create(name)
        return cls.__name__, names()

    @mock_amplify
    @staticmethod
    def static_below(name: str) -> tuple[str, list[str]]:
        create(name)
        return "Derived", names()

    @staticmethod
    @mock_amplify
    def static_above(name: str) -> tuple[str, list[str]]:
        create(name)
        return "Derived", names()

    @property
    @mock_amplify
    def value(self) -> bool:
        return is_mocked()


class Derived(Deployer):
    pass


@pytest.mark.parametrize("kind", ["method", "class_below", "class_above", "static_below", "static_above"])
def test_methods_of_every_kind_run_inside_the_mock(kind: str) -> None:
    assert getattr(Derived(), kind)("shop") == ("Derived", ["shop"])
    assert not is_mocked()


@pytest.mark.parametrize("kind", ["class_below", "class_above", "static_below", "static_above"])
def test_static_and_class_methods_stay_what_they_are(kind: str) -> None:
    assert getattr(Derived, kind)("shop") == ("Derived", ["shop"])
    expected = staticmethod if kind.startswith("static") else classmethod
    assert isinstance(inspect.getattr_static(Deployer, kind), expected)


def test_the_function_of_a_property_can_be_decorated() -> None:
    assert Deployer().value
    assert not is_mocked()


def test_an_abstract_method_stays_abstract() -> None:
    class Base(abc.ABC):
        @mock_amplify
        @abc.abstractmethod
        def deploy(self) -> None: ...

    with pytest.raises(TypeError, match="abstract"):
        Base()  # type: ignore[abstract]


# Names and signatures


def plain(name: str, /, region: str = "us-east-1", *tags: str, dry_run: bool = False, **more: int) -> int:
    """Deploy an app."""
    return 1


async def coroutine(name: str, /, region: str = "us-east-1", *tags: str, dry_run: bool = False, **more: int) -> int:
    """Deploy an app."""
    return 1


def generator(name: str, /, region: str = "us-east-1", *tags: str, dry_run: bool = False, **more: int) -> Any:
    """Deploy an app."""
    yield 1


async def async_generator(
    name: str, /, region: str = "us-east-1", *tags: str, dry_run: bool = False, **more: int
) -> Any:
    """Deploy an app."""
    yield 1


@pytest.mark.parametrize("function", [plain, coroutine, generator, async_generator])
def test_a_decorated_function_keeps_what_it_is_known_by(function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function, "owner", "me", raising=False)
    decorated = mock_amplify(account_id="111122223333")(function)
    assert decorated is not function
    assert decorated.__name__ == function.__name__
    assert decorated.__qualname__ == function.__qualname__
    assert decorated.__module__ == function.__module__
    assert decorated.__doc__ == "Deploy an app."
    assert decorated.__wrapped__ is function
    assert decorated.__annotations__ == function.__annotations__
    assert decorated.owner == "me"
    assert inspect.signature(decorated) == inspect.signature(function)


@pytest.mark.parametrize("function", [plain, coroutine, generator, async_generator])
@pytest.mark.parametrize(
    "kind", [inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction, inspect.isfunction]
)
def test_a_decorated_function_stays_of_its_kind(function: Any, kind: Callable[[Any], bool]) -> None:
    assert kind(mock_amplify(function)) == kind(function)


# Wrong targets


def test_a_decorator_above_a_fixture_is_refused_with_the_right_order() -> None:
    @pytest.fixture
    def shop() -> str:
        return "shop"

    with pytest.raises(TypeError, match=r"below @pytest\.fixture"):
        mock_amplify(shop)


@pytest.mark.parametrize("target", [None, "us-east-1", 1, {"account_id": "111122223333"}, property(lambda self: 1), []])
def test_what_cannot_be_called_is_refused(target: Any) -> None:
    with pytest.raises(TypeError, match="it takes functions, methods and classes"):
        mock_amplify(target)
    with pytest.raises(TypeError, match="it takes functions, methods and classes"):
        mock_amplify()(target)


def test_a_mock_is_no_target() -> None:
    with pytest.raises(TypeError, match="it takes functions, methods and classes"):
        mock_amplify(mock_amplify(account_id="111122223333"))


def test_decorating_activates_nothing() -> None:
    mock_amplify(plain)
    mock_amplify(generator)
    assert activation.active() == []
