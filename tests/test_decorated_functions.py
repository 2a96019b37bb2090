"""What @mock_amplify makes of functions and methods: they run inside the mock, and are otherwise what they were."""

from __future__ import annotations

import abc
import functools
import inspect
import shutil
import unittest.mock
from collections.abc import Callable
from typing import Any

import pytest

from amplify_mock import activation, mock_amplify
from support.apps import account, create, is_mocked, names

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
        return names()

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
        return names()

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
