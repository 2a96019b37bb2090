"""Who sleeps how."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import types


def _sleeps():
    names = {"sleep", "VirtualSleep._sleep", "VirtualSleep._sleep_in_task"}
    kinds = {types.BuiltinFunctionType, types.FunctionType, types.MethodType}
    found = {
        (name, attribute): id(value)
        for name, module in list(sys.modules.items())
        if issubclass(type(module), types.ModuleType)
        for attribute, value in list(vars(module).items())
        if type(value) in kinds and value.__qualname__ in names
    }
    return found | {"executor": id(vars(asyncio.BaseEventLoop)["run_in_executor"])}


@contextlib.contextmanager
def all_as_before():
    """Check that every module that has a function for sleeping has the same one afterwards."""
    before = _sleeps()
    yield
    after = _sleeps()
    assert {**after, **before} == after
    assert set(after.values()) == set(before.values())


def seconds(amplify):
    """Return how far the clock of a mock was moved."""
    return amplify.clock.passed.total_seconds()
