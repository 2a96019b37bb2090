"""Functions of other modules are wrapped while it is wanted, whether they were imported before or not."""

from __future__ import annotations

import importlib
import itertools
import sys

import boto3
import pytest

from amplify_mock import activation, mock_amplify
from amplify_mock.transports.patches import Patch

NUMBERS = itertools.count()


@pytest.fixture
def greeter(tmp_path, monkeypatch):
    """A module of its own for each test, not imported yet: wrapt remembers what it has seen."""
    name = f"greeter_{next(NUMBERS)}"
    (tmp_path / f"{name}.py").write_text("class Greeter:\n    def greet(self):\n        return 'hello'\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    sys.modules.pop(name, None)


def shout(wrapped, instance, args, kwargs):
    return wrapped(*args, **kwargs).upper()


def test_a_module_that_is_imported_later_is_wrapped_then(greeter):
    patch = Patch(greeter, "Greeter.greet", shout)
    patch.apply()
    module = importlib.import_module(greeter)
    assert module.Greeter().greet() == "HELLO"
    patch.undo()
    assert module.Greeter().greet() == "hello"


def test_a_module_that_is_imported_after_the_end_is_left_alone(greeter):
    patch = Patch(greeter, "Greeter.greet", shout)
    patch.apply()
    patch.undo()
    assert importlib.import_module(greeter).Greeter().greet() == "hello"


def test_a_module_can_be_wrapped_again_before_it_is_imported(greeter):
    patch = Patch(greeter, "Greeter.greet", shout)
    patch.apply()
    patch.undo()
    patch.apply()
    assert importlib.import_module(greeter).Greeter().greet() == "HELLO"
    patch.undo()


def test_what_was_wrapped_is_the_very_same_afterwards(greeter):
    module = importlib.import_module(greeter)
    original = vars(module.Greeter)["greet"]
    patch = Patch(greeter, "Greeter.greet", shout)
    patch.apply()
    patch.apply()
    assert vars(module.Greeter)["greet"] is not original
    patch.undo()
    patch.undo()
    assert vars(module.Greeter)["greet"] is original


def test_a_wrapper_that_somebody_put_above_is_left_alone(greeter):
    module = importlib.import_module(greeter)
    patch = Patch(greeter, "Greeter.greet", shout)
    patch.apply()
    theirs = lambda self: "theirs"  # noqa: E731
    module.Greeter.greet = theirs
    patch.undo()
    assert vars(module.Greeter)["greet"] is theirs


def test_a_patch_that_fails_leaves_none_behind(monkeypatch):
    with mock_amplify():
        pass
    last = activation._patches[-1]

    def fail():
        raise RuntimeError("no")

    monkeypatch.setattr(last, "apply", fail)
    session = boto3.DEFAULT_SESSION
    with pytest.raises(RuntimeError, match="no"):
        mock_amplify().start()
    assert activation.active() == []
    assert all(patch._owner is None for patch in activation._patches)
    assert boto3.DEFAULT_SESSION is session
