"""Where the time of one call goes: the shares of botocore's parts and of the mock's, by the profiler's own count.

The profiler makes everything slower, and small functions more than large ones. The shares tell where to look, and not
how long anything takes.
"""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import botocore

import amplify_mock

from .calls import OPERATIONS, mocked
from .measuring import Shares

CALLS, WARM_UP = 2_000, 50
PACKAGE, BOTOCORE = Path(amplify_mock.__file__).parent, Path(botocore.__file__).parent

#: Files of botocore, by what they do for a call.
BOTOCORE_PARTS = {
    "parameters, endpoint and request": {
        "client", "validate", "serialize", "regions", "endpoint_provider", "awsrequest", "utils", "context", "compress",
    },
    "the answer, parsed": {"parsers"},
    "events and retries": {"hooks", "retryhandler", "handlers", "retries", "signers", "httpchecksum"},
}  # fmt: skip


def part_of(file: str) -> str:
    """Return what a function of a file belongs to; built-in functions have none, and are counted by who calls them."""
    path = Path(file)
    if path.is_relative_to(PACKAGE):
        first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        return f"amplify_mock: {first}"
    if path.is_relative_to(BOTOCORE):
        name = path.relative_to(BOTOCORE).parts[0].removesuffix(".py")
        found = [part for part, names in BOTOCORE_PARTS.items() if name in names]
        return f"botocore: {found[0] if found else 'the rest'}"
    if file.startswith("<what writes"):
        return "amplify_mock: service"
    return ""


def shares(call: Callable[[], object]) -> dict[str, float]:
    for _ in range(WARM_UP):
        call()
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(CALLS):
        call()
    profile.disable()
    seconds: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        part = part_of(file)
        if part:
            seconds[part] += own
            continue
        # Python's own functions belong to whoever has called them.
        for (caller, _, _), (_, _, own_for_caller, _) in callers.items():
            seconds[part_of(caller) or "Python's library, for either"] += own_for_caller
    total = sum(seconds.values())
    return {part: each / total for part, each in seconds.most_common()}


def measure() -> Iterator[Shares]:
    found = {}
    for name, asked in OPERATIONS.items():
        with mocked(*asked) as call:
            found[name] = shares(call)
    yield Shares("Where the time of one call goes", found)
