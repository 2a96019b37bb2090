"""The events that EventBridge would get: one when a job starts, and one when it ends."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from amplify_mock.resources.backend import Backend
from amplify_mock.resources.jobs import Job

Event = dict[str, Any]
Listener = Callable[[Event], object]

DETAIL_TYPE = "Amplify Deployment Status Change"

# Ids follow from what happened, so that the same event has the same id whenever it is looked at.
_NAMESPACE = uuid.UUID("0a8ff40e-9f0c-5c63-9b53-3ae0f6b8b9c1")


class _Happened(NamedTuple):
    time: datetime.datetime
    backend: Backend
    number: int
    job: Job
    job_status: str

    def event(self) -> Event:
        """Return the event in the form that was recorded."""
        return {
            "version": "0",
            "id": str(uuid.uuid5(_NAMESPACE, f"{self.number} {self.job.job_arn} {self.job_status}")),
            "detail-type": DETAIL_TYPE,
            "source": "aws.amplify",
            "account": self.backend.account_id,
            "time": f"{self.time:%Y-%m-%dT%H:%M:%SZ}",
            "region": self.backend.region_name,
            "resources": [self.job.job_arn],
            "detail": {
                "appId": self.job.app_id,
                "branchName": self.job.branch_name,
                "jobId": self.job.job_id,
                "jobStatus": self.job_status,
            },
        }


class Events:
    """Works out the events of all jobs from their courses, and tells listeners of new ones.

    Nothing happens in the background: an event by the clock is noticed when the mock is used the next time.

    Args:
        backends: returns the state, whose ``history`` has the jobs.
        lock: keeps the state as it is.
        bus: returns who listens besides, if anybody does just now.
    """

    def __init__(
        self,
        backends: Callable[[], Iterable[Backend]],
        lock: AbstractContextManager[Any],
        bus: Callable[[], Listener | None],
    ) -> None:
        self._backends = backends
        self._lock = lock
        self._bus = bus
        self.listeners: tuple[Listener, ...] = ()
        self._is_following = False
        self._read: dict[int, int] = {}
        self._open: list[tuple[Backend, int, Job, bool]] = []

    def all(self) -> list[Event]:
        """Return what has happened by now, in the order of time."""
        found = [
            happened
            for backend in self._backends()
            for number, job in enumerate(backend.history)
            for happened in _course(backend, number, job, is_started=False)
        ]
        return [each.event() for each in sorted(found, key=_time)]

    @property
    def audience(self) -> tuple[Listener, ...]:
        """Everybody who listens now."""
        bus = self._bus()
        return self.listeners if bus is None else (*self.listeners, bus)

    def listen(self, listener: Listener) -> None:
        """Call a function with each event from now on."""
        self.listeners += (listener,)
        self.follow()

    def follow(self) -> None:
        """See whether anybody listens: the first who does hears only of what happens from now on."""
        if bool(self.audience) is not self._is_following:
            with self._lock:
                self.catch_up()

    def catch_up(self) -> None:
        """Take all that has happened as known: the state was put in place, and did not come about."""
        self._read.clear()
        self._open.clear()
        self._is_following = bool(self.audience)
        if self._is_following:
            self._new()

    def due(self) -> list[Callable[[], Event]]:
        """Return what makes the events of what has happened since somebody asked last; nothing if nobody listens."""
        return [each.event for each in self._new()] if self._is_following else []

    def _new(self) -> list[_Happened]:
        for backend in self._backends():
            known = self._read.get(id(backend), 0)
            self._open += [(backend, number, job, False) for number, job in enumerate(backend.history[known:], known)]
            self._read[id(backend)] = len(backend.history)
        found: list[_Happened] = []
        still_open: list[tuple[Backend, int, Job, bool]] = []
        for backend, number, job, is_started in self._open:
            happened = list(_course(backend, number, job, is_started=is_started))
            found += happened
            if all(each.job_status == "STARTED" for each in happened):
                still_open.append((backend, number, job, is_started or bool(happened)))
        self._open = still_open
        return sorted(found, key=_time)


def _course(backend: Backend, number: int, job: Job, *, is_started: bool) -> Iterator[_Happened]:
    standing = job.standing()
    began = None if is_started else job.began
    if began is not None:
        yield _Happened(began, backend, number, job, "STARTED")
    if standing.end_time is not None:
        yield _Happened(standing.end_time, backend, number, job, standing.status)


def _time(happened: _Happened) -> datetime.datetime:
    return happened.time
