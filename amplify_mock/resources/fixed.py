"""Mappings that nobody changes any more, so that many can share one."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, TypeVar

V = TypeVar("V")


class Fixed(dict[str, V]):
    """A mapping that stays as it is. Who wants another one puts that in its place."""

    __slots__ = ()

    _problem: ClassVar[str] = "this mapping does not change: put another one in its place"

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(self._problem)

    __setitem__: Any = _refuse
    __delitem__: Any = _refuse
    __ior__: Any = _refuse
    update: Any = _refuse
    pop: Any = _refuse
    popitem: Any = _refuse
    clear: Any = _refuse
    setdefault: Any = _refuse

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (dict(self),)

    def __deepcopy__(self, memo: object) -> Fixed[V]:
        return self


_NOTHING: Fixed[Any] = Fixed()


def nothing() -> dict[str, Any]:
    """Return the one empty mapping of all that have nothing, such as tags."""
    return _NOTHING
