"""Wrap functions of other libraries while a mock is active, and put everything back afterwards."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import wrapt

Wrapper = Callable[[Callable[..., Any], Any, tuple[Any, ...], dict[str, Any]], Any]

_ABSENT = object()


class Patch:
    """One wrapped attribute: ``Patch("botocore.endpoint", "Endpoint.make_request", wrapper)``.

    A module that is not imported yet is left alone, and patched when it is imported while the patch is applied.
    """

    def __init__(self, module: str, attribute: str, wrapper: Wrapper) -> None:
        self._module = module
        *self._path, self._name = attribute.split(".")
        self._wrapper = wrapper
        self._owner: Any = None
        self._original: Any = _ABSENT
        self._replacement: Any = None
        self._wanted = False
        self._lock = threading.RLock()
        self._is_hooked = False

    def apply(self) -> None:
        """Wrap the attribute now, or as soon as its module is imported."""
        self._wanted = True
        if not self._is_hooked:
            # The hook stays with wrapt for good, which cannot take one back. It does nothing unless wanted.
            self._is_hooked = True
            wrapt.register_post_import_hook(self._imported, self._module)
        elif self._module in sys.modules:
            with self._lock:
                self._wrap(sys.modules[self._module])

    def undo(self) -> None:
        """Put the attribute back as it was."""
        self._wanted = False
        if self._owner is None and self._module not in sys.modules:
            # Nor is anybody just about to wrap it: an import that goes on has its module there before its hooks.
            return
        with self._lock:
            if self._owner is None:
                return
            # If somebody has wrapped ours in the meantime, ours stays below theirs and lets everything through.
            if vars(self._owner).get(self._name) is self._replacement:
                setattr(self._owner, self._name, self._original)
            self._owner = None

    def _imported(self, module: Any) -> None:
        with self._lock:
            if self._wanted:
                self._wrap(module)

    def _wrap(self, module: Any) -> None:
        if self._owner is not None:
            return
        # By no cleverer way: this is done whenever a mock begins.
        owner = module
        for name in self._path:
            owner = getattr(owner, name)
        original = vars(owner)[self._name]
        if original is not self._original:
            self._original = original
            self._replacement = wrapt.FunctionWrapper(original, self._wrapper)
        setattr(owner, self._name, self._replacement)
        self._owner = owner
