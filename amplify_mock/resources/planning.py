"""What plans of every kind share: what can move things, how long they last, and the refusal of what cannot be."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Literal, TypeVar, get_args

from .fixed import Fixed
from .hints import nearest

Progress = Literal["poll", "clock", "instant", "manual"]
PROGRESSES: tuple[str, ...] = get_args(Progress)

P = TypeVar("P")

#: "statusReason", in the service model.
LONGEST_REASON = 1000

# A century: longer, and clocks run out.
LONGEST = 100 * 365 * 24 * 60 * 60


def lasts(seconds: float, progress: Progress) -> datetime.timedelta | None:
    """Return how long a stage lasts that is planned to take some seconds; None until somebody ends it."""
    if progress == "manual":
        return None
    return datetime.timedelta() if progress == "instant" else milliseconds(datetime.timedelta(seconds=seconds))


def milliseconds(delta: datetime.timedelta) -> datetime.timedelta:
    """Cut a duration to milliseconds, which is how fine Amplify tells time."""
    return datetime.timedelta(milliseconds=delta // datetime.timedelta(milliseconds=1))


class Durations(Fixed[float]):
    """Durations by name that nobody changes any more: a plan stays as it is."""

    __slots__ = ()

    _problem = "a plan does not change: make another one, for instance with dataclasses.replace()"


def teaching(plan: type[P]) -> type[P]:
    """Let a plan refuse arguments that it does not have with the names of those that it has."""
    make: Callable[..., None] = plan.__init__
    names = [each.name for each in fields(plan)]  # type: ignore[arg-type]

    @functools.wraps(make)
    def init(self: P, *args: Any, **kwargs: Any) -> None:
        for name in kwargs:
            if name not in names:
                hint = nearest(name, names)
                raise TypeError(f"a {plan.__name__} has no {name!r}.{hint} It has: {', '.join(names)}.")
        make(self, *args, **kwargs)

    setattr(plan, "__init__", init)  # noqa: B010  (mypy lets nobody assign to it)
    return plan


def durations(given: object, names: Sequence[str], owner: str, kind: str, field: str) -> Durations:
    """Return durations by name; refuse what is no mapping, unknown names, and what is no duration."""
    if not isinstance(given, Mapping):
        raise TypeError(f'{field} must be seconds by {kind} name, such as {{"{names[0]}": 90}}, and not {given!r}')
    for name, seconds in given.items():
        check_name(name, names, owner, kind)
        check_seconds(seconds, owner, f"{field}[{name!r}]")
    return Durations(given)


def check_seconds(seconds: object, owner: str, field: str) -> None:
    """Refuse what is no duration in seconds."""
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or not 0 <= seconds <= LONGEST:
        raise ValueError(f"{field}: a {owner} counts in seconds from 0 to {LONGEST}, and not {seconds!r}")


def check_text(text: object, field: str) -> None:
    """Refuse what is no text."""
    if not isinstance(text, str):
        raise TypeError(f"{field} must be text, and not {text!r}")


def check_name(name: object, names: Sequence[str], owner: str, kind: str) -> None:
    """Refuse a name that is none of ``names``."""
    if not (isinstance(name, str) and name in names):
        raise ValueError(f"a {owner} has no {kind} {name!r}.{nearest(name, names)} It has: {', '.join(names)}.")
