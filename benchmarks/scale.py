"""What a mock that holds a lot takes, beside one that holds little: pages, memory, and many jobs one after another.

Everything is asked by requests as transports bring them, but for the pages, which a boto3 client asks for.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from amplify_mock import AmplifyMock, mock_amplify
from amplify_mock.service.http import Request

from .calls import client
from .measuring import Contestant, Limit, Limits, medians

FEW, MANY = 100, 100_000
#: So many are timed together, and so many are weighed.
BATCH, WEIGHED = 1_000, 5_000
ELSEWHERE = "eu-west-1"
APP = "d1a2b3c4d5e6f7"
JOBS = f"/apps/{APP}/branches/{{}}/jobs"


def ask(amplify: AmplifyMock, method: str, path: str, region: str = "us-east-1", **members: str) -> Any:
    body = json.dumps(members).encode() if members else b""
    answer = amplify.handle(Request(method, path, body=body, region=region))
    assert answer.status < 300, answer.body  # noqa: PLR2004
    return json.loads(answer.body)


def finish_job(amplify: AmplifyMock, branch: str = "main") -> None:
    path = JOBS.format(branch)
    job = ask(amplify, "POST", path, jobType="RELEASE")["jobSummary"]
    while job["status"] != "SUCCEED":
        job = ask(amplify, "GET", f"{path}/{job['jobId']}")["job"]["summary"]


def create_app(amplify: AmplifyMock, region: str = "us-east-1") -> None:
    ask(amplify, "POST", "/apps", region, name="shop")


@contextmanager
def shop() -> Iterator[AmplifyMock]:
    with mock_amplify(isolated=True) as amplify:
        amplify.add_app("shop", app_id=APP, branches=["main", "few"], repository="https://github.com/me/shop")
        yield amplify


def forget_calls(amplify: AmplifyMock) -> None:
    amplify._log.calls.clear()  # noqa: SLF001  (what was called is the test's own to keep)


def weight(make: Callable[[AmplifyMock], None]) -> float:
    """Return the bytes that stay of each of the things made."""
    with shop() as amplify:

        def held(count: int) -> int:
            for _ in range(count):
                make(amplify)
                forget_calls(amplify)
            gc.collect()
            return tracemalloc.get_traced_memory()[0]

        tracemalloc.start()
        try:
            # What is kept of the last few, or once and for all, is no matter of how many there are.
            before = held(WEIGHED // 10)
            return (held(WEIGHED) - before) / WEIGHED
        finally:
            tracemalloc.stop()


def batch(amplify: AmplifyMock, make: Callable[[AmplifyMock], None]) -> float:
    """Return the seconds that each of a batch takes."""
    began = time.process_time()
    for _ in range(BATCH):
        make(amplify)
    seconds = time.process_time() - began
    forget_calls(amplify)
    return seconds / BATCH


def pages(operation: str, few: dict[str, Any], many: dict[str, Any], region: str = "us-east-1") -> float:
    """Return how many times as long a page of many takes as a page of few."""

    def asking(region: str, parameters: dict[str, Any]) -> Contestant:
        return lambda: nullcontext(partial(getattr(client("amplify", region), operation), **parameters))

    contestants = {"few": asking(region, few), "many": asking("us-east-1", many)}
    seconds = medians(contestants, rounds=5, calls=60)
    return seconds["many"] / seconds["few"]


def measure() -> Iterator[Limits]:
    weighed = [
        Limit("bytes of each job that has ended", weight(finish_job), 1536, "B"),
        Limit("bytes of each app", weight(create_app), 3072, "B"),
    ]
    with shop() as amplify:
        seconds = [batch(amplify, finish_job) for _ in range(MANY // BATCH)]
        for _ in range(FEW):
            finish_job(amplify, "few")
        jobs = [{"appId": APP, "branchName": name} for name in ("few", "main")]
        page_of_jobs = pages("list_jobs", *jobs)
        token = client("amplify").list_jobs(**jobs[1])["nextToken"]
        next_page_of_jobs = pages("list_jobs", jobs[0], {**jobs[1], "nextToken": token})
        for _ in range(FEW):
            create_app(amplify, ELSEWHERE)
        for _ in range(MANY // BATCH):
            batch(amplify, create_app)
        page_of_apps = pages("list_apps", {}, {}, ELSEWHERE)
    tenth = len(seconds) // 10
    first, last = statistics.median(seconds[:tenth]), statistics.median(seconds[-tenth:])
    each = "StartJob and GetJob to the end, {:,} times: each"
    runs = [
        Limit(each.format(count), statistics.mean(seconds[: count // BATCH]) * 1e6, unit="µs")
        for count in (1_000, 10_000, 100_000)
    ]
    yield Limits(
        f"{MANY:,} in one mock",
        [
            Limit(f"a page of ListJobs at {MANY:,}, of one at {FEW}", page_of_jobs, 2),
            Limit(f"the page after it, of one at {FEW}", next_page_of_jobs, 2),
            Limit(f"a page of ListApps at {MANY:,}, of one at {FEW}", page_of_apps, 2),
            *weighed,
            *runs,
            Limit("the last tenth of these, of the first", last / first, 1.25),
        ],
    )
