"""Keep siblings by name or id, in the order of their numbers, so that any page of them is found at once."""

from __future__ import annotations

import copy
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, Protocol, TypeVar


class Numbered(Protocol):
    """Anything with a number that grows with each sibling made after it."""

    @property
    def number(self) -> int: ...


T = TypeVar("T", bound=Numbered)


class Roll(dict[str, T]):
    """Siblings by name or id. Whichever comes first, they stay in the order of their numbers."""

    __slots__ = ("_line",)

    # The same siblings again, because a dict has no place to begin in the middle; nobody has it for an empty roll.
    _line: list[T]

    def __init__(self, items: Iterable[tuple[str, T]] = ()) -> None:
        super().__init__()
        for key, each in items:
            self[key] = each

    @property
    def in_order(self) -> Sequence[T]:
        """All of them, to be looked at and not to be changed."""
        return self._line if self else ()

    def __setitem__(self, key: str, each: T) -> None:
        if key in self:
            known = self[key]
            if known.number == each.number:
                self._line[self._place(known)] = each
                super().__setitem__(key, each)
                return
            del self[key]
        if not self:
            self._line = []
        place = self._place(each)
        self._line.insert(place, each)
        later = len(self) - place
        behind = [super(Roll, self).popitem() for _ in range(later)]
        super().__setitem__(key, each)
        for name, other in reversed(behind):
            super().__setitem__(name, other)

    def __delitem__(self, key: str) -> None:
        del self._line[self._place(self[key])]
        super().__delitem__(key)

    def pop(self, key: str) -> T:  # type: ignore[override]
        """Take one out."""
        each = self[key]
        del self[key]
        return each

    def __deepcopy__(self, memo: dict[int, Any]) -> Roll[T]:
        return Roll((key, copy.deepcopy(each, memo)) for key, each in self.items())

    def _place(self, each: T) -> int:
        number, line = each.number, self._line
        # Nearly always the newest is meant.
        if not line or line[-1].number < number:
            return len(line)
        return bisect_left(line, number, key=_number)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a roll changes one by one")

    clear: Any = _refuse
    popitem: Any = _refuse
    setdefault: Any = _refuse
    update: Any = _refuse
    __ior__: Any = _refuse


def _number(each: Numbered) -> int:
    return each.number


def in_order(siblings: Mapping[str, T]) -> Sequence[T]:
    """Return siblings in the order of their numbers, without going through all of them if they are kept in a roll."""
    return siblings.in_order if isinstance(siblings, Roll) else list(siblings.values())
