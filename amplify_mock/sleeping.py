"""Lets ``time.sleep`` and ``asyncio.sleep`` move the mock's clock and return at once."""

from __future__ import annotations

import asyncio
import datetime
import operator
import sys
import time
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, ModuleType
from typing import TYPE_CHECKING, Any, SupportsIndex

from .clock import Clock
from .turns import Turns

if TYPE_CHECKING:
    from .controller import AmplifyMock

# Their own sleeps wait for processes and people, which take real time. Not here: threading, concurrent and asyncio.
# They never call time.sleep themselves, and what they call is code under test, as with Thread(target=time.sleep).
_RUNNERS = {"_pytest", "pytest_rerunfailures", "pytest_timeout", "xdist", "execnet", "hypothesis"}
_IN_REAL_TIME = {"subprocess", "multiprocessing", "ipykernel", "pydevd", "_pydevd_bundle", *_RUNNERS}
# More seconds than the real functions can sleep.
_FOR_EVER = 2**63 / 10**9


class VirtualSleep:
    """Stands in for ``time.sleep`` and ``asyncio.sleep`` while it is applied.

    With each call the active mock decides: its clock moves, or the call sleeps really. Attributes of modules that are
    one of the two functions, as ``from time import sleep`` makes them, are replaced and put back too. References
    elsewhere are not found, and sleep really: default arguments, attributes of classes and objects, what is in
    containers and closures, names in modules that are not in ``sys.modules``.

    Sleeps of several threads add up, those of several tasks overlap. The mock's clock moves, and freezegun or
    time-machine, whichever steers it; without them ``time.time`` goes by real time. So do all timeouts: of locks,
    queues, sockets and asyncio.

    Args:
        current: returns the active mock, or None.
    """

    def __init__(self, current: Callable[[], AmplifyMock | None]) -> None:
        self._current = current
        # Kept, because each look at a method makes another one. Methods, because functions would become methods of
        # classes that have them as attributes.
        self._for_time: Any = self._sleep
        self._for_asyncio: Any = self._sleep_in_task
        self._of_time: Any = None
        self._of_asyncio: Any = None
        self._genuine_of_asyncio = asyncio.tasks.sleep
        self._replaced: list[tuple[dict[str, Any], str, Any]] = []
        self._turns = Turns()
        self._is_applied = False

    def __deepcopy__(self, memo: object) -> VirtualSleep:
        # The real functions are their own copies, too.
        return self

    def apply(self) -> None:
        """Replace the two functions wherever modules have them. Safe to repeat."""
        if self._is_applied:
            return
        self._is_applied = True
        # Ours are there already when somebody's patch has begun inside an earlier mock and ended after it.
        if time.sleep is not self._for_time:
            self._of_time = time.sleep
        if asyncio.sleep is not self._for_asyncio:
            self._of_asyncio = asyncio.sleep
        genuine = _built_in(self._of_time)
        self._replace(vars(time), "sleep", self._for_time)
        self._replace(vars(asyncio), "sleep", self._for_asyncio)
        for namespace, name, value in _attributes(genuine, self._genuine_of_asyncio):
            self._replace(namespace, name, self._for_time if value is genuine else self._for_asyncio)
        self._turns.patch.apply()

    def undo(self) -> None:
        """Put back what was replaced, unless somebody has replaced it again. Safe to repeat."""
        if not self._is_applied:
            return
        self._turns.patch.undo()
        real = {id(self._for_time): self._of_time, id(self._for_asyncio): self._of_asyncio}
        for namespace, name, original in self._replaced:
            if id(namespace.get(name)) in real:
                namespace[name] = original
        self._replaced.clear()
        # In modules that were imported in the meantime.
        for namespace, name, value in _attributes(self._for_time, self._for_asyncio):
            namespace[name] = real[id(value)]
        self._is_applied = False

    def _replace(self, namespace: dict[str, Any], name: str, replacement: Any) -> None:
        self._replaced.append((namespace, name, namespace[name]))
        namespace[name] = replacement

    def _clock(self) -> Clock | None:
        mock = self._current()
        return mock.clock if mock is not None and mock.settings.sleep == "virtual" else None

    def _sleep(self, seconds: float, /) -> Any:
        clock, length = self._clock(), _length(seconds)
        frame = sys._getframe().f_back  # noqa: SLF001  (who calls decides, and nothing else says who)
        caller = str(frame.f_globals.get("__name__")) if frame is not None else ""
        # The real function says what is wrong with the argument, if anything is.
        if clock is None or length is None or caller.partition(".")[0] in _IN_REAL_TIME:
            return self._of_time(seconds)
        clock.sleep(length)
        # Other threads get their turn, as they do while a real sleep lasts. A stand-in is not to hear of that.
        return self._of_time(0) if _is_built_in(self._of_time) else None

    async def _sleep_in_task(self, delay: float, result: Any = None) -> Any:
        clock = self._clock()
        if clock is None or delay <= 0 or (length := _length(0.0 + delay)) is None:
            return await self._of_asyncio(delay, result)
        await self._turns.sleep(clock, length)
        return result


def _length(seconds: object) -> datetime.timedelta | None:
    """Return how long a sleep is, unless it is none at all or none that can be."""
    if isinstance(seconds, SupportsIndex):
        seconds = operator.index(seconds)
    if not isinstance(seconds, (int, float)) or not 0 < seconds < _FOR_EVER:
        return None
    return datetime.timedelta(seconds=seconds)


def _is_built_in(value: object) -> bool:
    return type(value) is BuiltinFunctionType and value.__self__ is time and value.__name__ == "sleep"


def _built_in(value: object) -> object:
    """Return the built-in function, which modules may have imported although something else is in its place."""
    everything = (each for module in list(sys.modules.values()) for each in list(_namespace(module).values()))
    return value if _is_built_in(value) else next(filter(_is_built_in, everything), value)


def _attributes(one: object, other: object) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Find the attributes of modules that are one of two objects."""
    for module in list(sys.modules.values()):
        namespace = _namespace(module)
        for name, value in list(namespace.items()):
            if value is one or value is other:
                yield namespace, name, value


def _namespace(module: object) -> dict[str, Any]:
    # By no other way: a look at a module that is imported lazily would import it.
    is_module = issubclass(type(module), ModuleType)
    return object.__getattribute__(module, "__dict__") if is_module else {}
