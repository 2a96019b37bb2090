"""Run a method on a copy of the instance that it belongs to, so that nothing of the instance itself is changed."""

from __future__ import annotations

from typing import Any


def copied(instance: Any) -> Any:
    """Return a shallow copy."""
    # copy.copy would leave its notes on the class.
    copy = object.__new__(type(instance))
    vars(copy).update(vars(instance))
    return copy


def bound(method: Any, instance: Any) -> Any:
    """Bind a method to another instance, with the wrappers that others have put around it by means of wrapt."""
    function = getattr(method, "_self_parent", None) or method.__func__
    return function.__get__(instance, type(instance))
