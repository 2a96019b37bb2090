"""Say which of some names is nearest to one that is none of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: object, names: Iterable[str]) -> str:
    """Return a sentence with the nearest of some names, in whichever spelling; nothing if none is near."""
    plain = {_plain(each): each for each in reversed(list(names))}
    near = difflib.get_close_matches(_plain(str(name)), plain, n=1)
    return f" Did you mean {plain[near[0]]!r}?" if near else ""


def _plain(name: str) -> str:
    # acountId is near to account_id, and start_job to StartJob.
    return name.replace("_", "").lower()
