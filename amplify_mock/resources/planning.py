"""What plans of every kind share: what can move things, how long they last, and the refusal of what cannot be."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Sequence
from typing import Literal, get_args

Progress = Literal["poll", "clock", "instant", "manual"]
PROGRESSES: tuple[str, ...] = get_args(Progress)

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


def check_seconds(seconds: object, owner: str) -> None:
    """Refuse what is no duration in seconds."""
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or not 0 <= seconds <= LONGEST:
        raise ValueError(f"a {owner} counts in seconds from 0 to {LONGEST}, and not {seconds!r}")


def check_name(name: object, names: Sequence[str], owner: str, kind: str) -> None:
    """Refuse a name that is none of ``names``; None is nothing to check."""
    if name is None or name in names:
        return
    near = difflib.get_close_matches(str(name).upper(), names, n=1, cutoff=0.4)
    near = near or difflib.get_close_matches(str(name).lower(), names, n=1, cutoff=0.4)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"a {owner} has no {kind} {name!r}.{hint} It has: {', '.join(names)}.")
