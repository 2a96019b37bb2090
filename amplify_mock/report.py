"""What there is to say about a mock when a test fails: the calls that it answered, and how far its jobs have come."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from .controller import AmplifyMock
    from .controls.calls import Call
    from .resources.apps import App
    from .resources.branches import Branch
    from .resources.job_courses import Progress
from .resources.jobs import Job

MOST = 30
"""How many calls are shown, how many jobs, and how many apps without jobs."""

Place = tuple[str, str]
"""A region and an account."""

T = TypeVar("T")


class Newest(Generic[T]):
    """The newest of many, and how many others there are."""

    def __init__(self, all_of_them: Sequence[T]) -> None:
        self.shown: Sequence[T] = all_of_them[-MOST:]
        self.left_out: int = len(all_of_them) - len(self.shown)


class JobRecord(NamedTuple):
    """A job as it was when it was looked at."""

    app: str
    branch_name: str
    job_id: str
    job_type: str
    start_time: datetime.datetime
    progress: Progress


class Record(NamedTuple):
    """A mock as it was when it was looked at. It holds nothing of the mock's state, which goes on changing."""

    now: datetime.datetime
    places: frozenset[Place]
    calls: Newest[Call]
    jobs: Sequence[tuple[Place, JobRecord]]
    jobs_left_out: int
    idle_apps: Newest[tuple[Place, str]]


def record(amplify: AmplifyMock) -> Record | None:
    """Write down how a mock is now, or return None when there was no call and is no app.

    Nothing is put into words yet, because most tests pass.
    """
    # Threads that the test has left behind may go on calling.
    with amplify.holding():
        return _recorded(amplify)


def _recorded(amplify: AmplifyMock) -> Record | None:
    calls = amplify.calls
    apps = [
        ((backend.region_name, backend.account_id), app)
        for backend in amplify.backends()
        for app in list(backend.apps.values())
    ]
    if not (calls or apps):
        return None
    jobs = [(place, app, branch, job) for place, app in apps for branch, job in _jobs(app)]
    jobs.sort(key=lambda each: each[-1].created)
    newest = Newest(jobs)
    return Record(
        now=amplify.clock.now(),
        places=frozenset([place for place, _ in apps] + [(call.region, call.account_id) for call in calls]),
        calls=Newest(calls),
        jobs=[(place, _job_record(app, branch, job)) for place, app, branch, job in newest.shown],
        jobs_left_out=newest.left_out,
        idle_apps=Newest([(place, _name(app)) for place, app in apps if not any(_jobs(app))]),
    )


def sections(records: Sequence[Record], number: int) -> Iterator[tuple[str, str]]:
    """Yield the title and the text of each record; they are the newest of a ``number`` of them."""
    for position, each in enumerate(records, number - len(records) + 1):
        title = "amplify_mock" if number == 1 else f"amplify_mock ({position} of {number})"
        yield title, "\n".join(_lines(each))


def _name(app: App) -> str:
    return f"{app.name} ({app.app_id})"


def _jobs(app: App) -> Iterator[tuple[Branch, Job]]:
    return ((branch, job) for branch in list(app.branches.values()) for job in list(branch.jobs.values()))


def _job_record(app: App, branch: Branch, job: Job) -> JobRecord:
    return JobRecord(_name(app), branch.branch_name, job.job_id, job.job_type, job.start_time, job.progress())


# In words


def _lines(record: Record) -> Iterator[str]:
    def where(place: Place) -> str:
        return f"{' '.join(place)}: " if len(record.places) > 1 else ""

    if record.calls.shown:
        yield "Calls, the newest last:"
        yield from _left_out(record.calls.left_out)
        for call in record.calls.shown:
            yield f"  {where((call.region, call.account_id))}{call}"
    if record.jobs:
        yield "Jobs, the newest last:"
        yield from _left_out(record.jobs_left_out)
        for place, job in record.jobs:
            yield from _job_lines(where(place), job, record.now)
    if record.idle_apps.shown:
        yield "Apps without jobs, the newest last:"
        yield from _left_out(record.idle_apps.left_out)
        for place, name in record.idle_apps.shown:
            yield f"  {where(place)}{name}"


def _left_out(number: int) -> Iterator[str]:
    if number:
        yield f"  ({number} older ones are left out)"


def _job_lines(where: str, job: JobRecord, now: datetime.datetime) -> Iterator[str]:
    progress = job.progress
    yield (
        f"  {where}{job.app}, branch {job.branch_name}, job {job.job_id}: {job.job_type} {progress.status}, "
        f"{_moment(job.start_time)} to {_moment(progress.end_time) if progress.end_time else 'now'}"
    )
    for step in progress.steps:
        seconds = ((step.end_time or now) - step.start_time).total_seconds()
        yield f"    {step.step_name} {step.status}, {seconds:.1f} s"


def _moment(moment: datetime.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
