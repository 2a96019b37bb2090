"""Decorate test classes, unittest's and pytest's, so that every test starts from what its class has set up.

A class is one activation of the mock, from its set-up to its tear-down. Each test is another one inside it, rolled back
at its end. unittest opens both in methods that are wrapped here. pytest opens them by the plugin, so that fixtures are
inside too, and without the plugin in its own set-up methods.
"""

from __future__ import annotations

import functools
import inspect
import unittest
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

from . import activation
from .activation import Activation, Mock
from .decorators import decorate_function, inside

# On a class: the mock it was decorated with, its activation while it is set up, and whether a test of it is running.
_MOCK = "__amplify_mock__"
_ACTIVATION = "__amplify_mock_activation__"
_TEST = "__amplify_mock_test__"


def decorate_class(mock: Mock, cls: type) -> type:
    """Make the tests of a class run inside ``mock``, with their set-up and tear-down; changes the class in place.

    So are the tests of derived classes, and of classes defined inside it, unless these have a mock of their own.
    """
    setattr(cls, _MOCK, mock)
    if issubclass(cls, unittest.TestCase):
        _wrap_test_case(cls)
    else:
        _wrap_methods(mock, cls)
        _wrap_hooks(cls)
    _decorate_subclasses(cls)
    for inner in _inner_classes(cls):
        if _MOCK not in vars(inner):
            decorate_class(mock, inner)
    return cls


def _inner_classes(cls: type) -> list[type]:
    names = {name: f"{cls.__qualname__}.{name}" for name in vars(cls)}
    return [each for name, each in vars(cls).items() if isinstance(each, type) and each.__qualname__ == names[name]]


def is_decorated(cls: type | None) -> bool:
    """Say whether a class is to run inside a mock."""
    return hasattr(cls, _MOCK)


@contextmanager
def class_activation(cls: type) -> Iterator[None]:
    """Run a decorated class, from its set-up to its tear-down; does nothing inside another one for the same class."""
    if _ACTIVATION in vars(cls):
        yield
        return
    with _rolled_back(cls) as of_class:
        of_class.is_of_class = True
        setattr(cls, _ACTIVATION, of_class)
        try:
            yield
        finally:
            delattr(cls, _ACTIVATION)


@contextmanager
def test_activation(cls: type) -> Iterator[None]:
    """Run one test of a decorated class; does nothing inside another one for the same class."""
    if _TEST in vars(cls):
        yield
        return
    with _rolled_back(cls):
        setattr(cls, _TEST, True)
        try:
            yield
        finally:
            delattr(cls, _TEST)


@contextmanager
def _rolled_back(cls: type) -> Iterator[Activation]:
    """Be active, and at the end take back what was done to the state of a class; that of others is left alone."""
    present = activation.push(getattr(cls, _MOCK))
    amplify = present.controller
    sharers = [each for each in activation.active() if each.controller is amplify]
    saved = amplify.snapshot() if any(each.is_of_class and each.owns_state for each in sharers) else None
    try:
        yield present
    finally:
        if saved is not None:
            activation.take_back(amplify, saved)
        activation.remove(present)


def _decorate_subclasses(cls: Any) -> None:
    own = vars(cls).get("__init_subclass__")
    if getattr(getattr(own, "__func__", None), _MOCK, False):
        return

    def init_subclass(subclass: Any, /, **kwargs: Any) -> None:
        if own is None:
            super(cls, subclass).__init_subclass__(**kwargs)
        else:
            own.__get__(None, subclass)(**kwargs)
        if _MOCK not in vars(subclass):
            decorate_class(getattr(subclass, _MOCK), subclass)

    setattr(init_subclass, _MOCK, True)
    cls.__init_subclass__ = classmethod(init_subclass)


class _Unseen:
    """A method that other decorators of classes pass over, because they look for functions.

    moto's would take a set-up of ours for the class's own, and keep its state from one test to the next; around ``run``
    it would be active already when the tests begin, and no longer start them from empty state.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __get__(self, target: Any, owner: type) -> Any:
        bind: Any = self._function
        return bind.__get__(target, owner)


# unittest


def _wrap_test_case(cls: Any) -> None:
    for name in ("run", "debug"):
        setattr(cls, name, _Unseen(_run(getattr(cls, name))))
    cls.setUpClass = classmethod(_set_up_test_case(inspect.getattr_static(cls, "setUpClass")))


def _run(run: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(run)
    def wrapper(self: unittest.TestCase, *args: Any, **kwargs: Any) -> Any:
        with test_activation(type(self)):
            return run(self, *args, **kwargs)

    return wrapper


def _set_up_test_case(set_up: Any) -> Callable[[Any], None]:
    def wrapper(cls: Any) -> None:
        if _ACTIVATION in vars(cls):
            set_up.__get__(None, cls)()
            return
        opened = ExitStack()
        opened.enter_context(class_activation(cls))
        # Before any other, so that it runs after all others; it runs also when the set-up fails.
        cls.addClassCleanup(opened.close)
        try:
            set_up.__get__(None, cls)()
        except Exception:
            raise
        except BaseException:
            # pytest's skip, or an interrupt: nobody will run the clean-ups.
            opened.close()
            raise

    return wrapper


# pytest, and classes that are called by hand


_HOOKS = (
    ("setup_class", "teardown_class", class_activation),
    ("setup_method", "teardown_method", test_activation),
)


def _wrap_methods(mock: Mock, cls: type) -> None:
    hooks = {name for pair in _HOOKS for name in pair[:2]}

    def inside_test(args: tuple[Any, ...]) -> AbstractContextManager[Any]:
        # A derived class may have another mock.
        owner = type(args[0]) if args and isinstance(args[0], cls) else cls
        return nullcontext() if _TEST in vars(owner) else inside(getattr(owner, _MOCK, mock))

    for name, value in list(vars(cls).items()):
        if inspect.isfunction(value) and not (name.startswith("_") or name in hooks or _is_fixture(value)):
            setattr(cls, name, decorate_function(value, inside_test))


def _wrap_hooks(cls: Any) -> None:
    for set_up_name, tear_down_name, scope in _HOOKS:
        set_up, tear_down = (inspect.getattr_static(cls, name, None) for name in (set_up_name, tear_down_name))
        if _is_fixture(set_up) or _is_fixture(tear_down):
            continue
        # Also where there is nothing to wrap, so that fixtures and inherited tests are inside. But pytest has inner
        # classes go through the hooks of the outer one, too.
        if set_up is None and tear_down is None and _inner_classes(cls):
            continue
        opened = f"__amplify_mock_{cls.__qualname__}_{set_up_name}__"
        _replace(cls, set_up_name, set_up, _begin(set_up, scope, opened))
        _replace(cls, tear_down_name, tear_down, _finish(tear_down, opened))


def _replace(cls: Any, name: str, hook: Any, wrapper: Callable[..., None]) -> None:
    """Put a wrapper in the place of a hook, where other decorators of classes see what they would see without it."""
    if name.endswith("_class"):
        setattr(cls, name, classmethod(wrapper))
    elif hook is None or isinstance(hook, _Unseen):
        setattr(cls, name, _Unseen(wrapper))
    else:
        # By its name moto finds out whether it is a static method.
        wrapper.__name__ = name
        setattr(cls, name, wrapper)


def _begin(set_up: Any, scope: Callable[[type], AbstractContextManager[None]], opened: str) -> Callable[..., None]:
    def hook(target: Any, method: Any = None) -> None:
        with ExitStack() as stack:
            stack.enter_context(scope(target if inspect.isclass(target) else type(target)))
            _call_hook(set_up, target, method)
            setattr(target, opened, stack.pop_all())

    return hook


def _finish(tear_down: Any, opened: str) -> Callable[..., None]:
    def hook(target: Any, method: Any = None) -> None:
        with ExitStack() as stack:
            if opened in vars(target):
                stack.push(getattr(target, opened))
                delattr(target, opened)
            _call_hook(tear_down, target, method)

    return hook


def _call_hook(hook: Any, target: Any, method: Any) -> None:
    """Call a hook with the class or the test method, if it takes it: pytest leaves it to the hook."""
    if hook is None:
        return
    if inspect.isclass(target):
        bound = hook.__get__(None, target)
        given = () if isinstance(hook, classmethod) else (target,)
    else:
        bound = hook.__get__(target, type(target))
        given = (method,)
    bound(*given[: len(inspect.signature(bound).parameters)])


def _is_fixture(value: Any) -> bool:
    # A fixture is an object of its own since pytest 8.4, and was a marked function before.
    return type(value).__name__ == "FixtureFunctionDefinition" or hasattr(value, "_pytestfixturefunction")
