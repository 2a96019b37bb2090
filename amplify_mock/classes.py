"""Decorate test classes, unittest's and pytest's, so that every test starts from what its class has set up."""

from __future__ import annotations

import functools
import inspect
import unittest
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from . import activation
from .decorators import decorate_function

if TYPE_CHECKING:
    from .activation import Activation
    from .mock import MockAmplify

# The mock of a class, on the class. The most derived class that has one decides.
_MOCK = "__amplify_mock__"
# The activation of a class between its set-up and its tear-down, on the class.
_ACTIVATION = "__amplify_mock_activation__"
# What ends a test of a plain class between its set-up and its tear-down, on the instance.
_TEST = "__amplify_mock_test__"


def decorate_class(mock: MockAmplify, cls: type) -> type:
    """Make the tests of a class run inside ``mock``, with their set-up and tear-down; changes the class in place.

    The class is one activation, and each test another one inside it, which is rolled back at its end. So a test sees
    what the set-up of the class and its own made, and nothing of other tests.
    """
    setattr(cls, _MOCK, mock)
    if issubclass(cls, unittest.TestCase):
        _decorate_test_case(mock, cls)
    else:
        _decorate_plain_class(mock, cls)
    for value in list(vars(cls).values()):
        if inspect.isclass(value) and (issubclass(value, unittest.TestCase) or value.__name__.startswith("Test")):
            decorate_class(mock, value)
    return cls


@contextmanager
def _test(mock: MockAmplify, cls: type) -> Iterator[None]:
    """Run one test, and take back at its end what it did to the state of its class."""
    class_activation: Activation | None = getattr(cls, _ACTIVATION, None)
    with mock as amplify:
        if class_activation is None or not class_activation.owns_state:
            yield
            return
        saved = amplify.snapshot()
        try:
            yield
        finally:
            amplify.restore(saved)


def _start_class(mock: MockAmplify, cls: type) -> None:
    if _ACTIVATION not in vars(cls):
        setattr(cls, _ACTIVATION, activation.push(mock))


def _stop_class(cls: type) -> None:
    started: Activation | None = vars(cls).get(_ACTIVATION)
    if started is not None:
        delattr(cls, _ACTIVATION)
        activation.remove(started)


def _is_for(mock: MockAmplify, cls: type) -> bool:
    """Say whether a method decorated for ``mock`` is to act for ``cls``: a derived class may have another mock."""
    return getattr(cls, _MOCK) is mock


def _set_up_class(mock: MockAmplify, set_up: Callable[..., Any]) -> Any:
    @functools.wraps(set_up)
    def wrapper(cls: type) -> None:
        if not _is_for(mock, cls):
            set_up(cls)
            return
        _start_class(mock, cls)
        try:
            set_up(cls)
        except BaseException:
            # Nobody calls the tear-down after this.
            _stop_class(cls)
            raise

    return classmethod(wrapper)


def _tear_down_class(mock: MockAmplify, tear_down: Callable[..., Any]) -> Any:
    @functools.wraps(tear_down)
    def wrapper(cls: type) -> None:
        try:
            tear_down(cls)
        finally:
            if _is_for(mock, cls):
                _stop_class(cls)

    return classmethod(wrapper)


# unittest


def _decorate_test_case(mock: MockAmplify, cls: Any) -> None:
    for name in ("run", "debug"):
        setattr(cls, name, _run(mock, getattr(cls, name)))
    cls.setUpClass = _set_up_class(mock, cls.setUpClass.__func__)
    cls.tearDownClass = _tear_down_class(mock, cls.tearDownClass.__func__)


def _run(mock: MockAmplify, run: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(run)
    def wrapper(self: unittest.TestCase, *args: Any, **kwargs: Any) -> Any:
        if not _is_for(mock, type(self)):
            return run(self, *args, **kwargs)
        with _test(mock, type(self)):
            return run(self, *args, **kwargs)

    return wrapper


# pytest, and classes that are called by hand


def _decorate_plain_class(mock: MockAmplify, cls: Any) -> None:
    for name in dir(cls):
        function = inspect.getattr_static(cls, name)
        if (
            not name.startswith("_")
            and name not in _HOOKS
            and inspect.isfunction(function)
            and not _is_fixture(function)
        ):
            setattr(cls, name, _method(mock, function))
    cls.setup_class = _set_up_class(mock, _hook(cls, "setup_class"))
    cls.teardown_class = _tear_down_class(mock, _hook(cls, "teardown_class"))
    if not _is_fixture(getattr(cls, "setup_method", None)):
        cls.setup_method = _set_up_method(mock, _hook(cls, "setup_method"))
        cls.teardown_method = _tear_down_method(mock, _hook(cls, "teardown_method"))


_HOOKS = ("setup_class", "teardown_class", "setup_method", "teardown_method")


def _method(mock: MockAmplify, function: Any) -> Callable[..., Any]:
    # A method that was decorated with a base class follows the mock of the derived class.
    method: Any = decorate_function(mock, getattr(function, _MOCK, function))
    setattr(method, _MOCK, method.__wrapped__)
    return method  # type: ignore[no-any-return]


def _is_fixture(value: Any) -> bool:
    # A fixture is an object of its own since pytest 8.4, and was a marked function before.
    return type(value).__name__ == "FixtureFunctionDefinition" or hasattr(value, "_pytestfixturefunction")


def _hook(cls: type, name: str) -> Callable[..., Any]:
    """Return a pytest hook of a class as a function of the class, or of the instance and the test method.

    Hooks may leave out the last argument, and then pytest does not pass it; nor do we.
    """
    hook = inspect.getattr_static(cls, name, None)
    if hook is None:
        return lambda *_: None
    function: Callable[..., Any] = getattr(hook, "__func__", hook)
    without_self = isinstance(hook, staticmethod) and name.endswith("_method")

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        given = args[1:] if without_self else args
        return function(*given[: function.__code__.co_argcount])

    return call


def _set_up_method(mock: MockAmplify, set_up: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(set_up)
    def wrapper(self: Any, method: Any = None) -> None:
        if not _is_for(mock, type(self)):
            set_up(self, method)
            return
        with ExitStack() as test:
            test.enter_context(_test(mock, type(self)))
            set_up(self, method)
            setattr(self, _TEST, test.pop_all())

    return wrapper


def _tear_down_method(mock: MockAmplify, tear_down: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(tear_down)
    def wrapper(self: Any, method: Any = None) -> None:
        try:
            tear_down(self, method)
        finally:
            if _is_for(mock, type(self)) and hasattr(self, _TEST):
                test = getattr(self, _TEST)
                delattr(self, _TEST)
                test.close()

    return wrapper
