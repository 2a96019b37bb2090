"""Handles on single jobs and domain associations, by which a test says how they go on."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, Protocol, TypeVar

from amplify_mock.resources.domain_associations import DomainAssociation
from amplify_mock.resources.jobs import Job
from amplify_mock.resources.literals import DomainStatus, JobStatus, StepName
from amplify_mock.resources.steps import Step

from .views import view

Changing = Callable[[], "AbstractContextManager[object]"]
"""Returns the context in which the state may be changed: locked, and with its events delivered at the end."""


R = TypeVar("R", bound="Movable")


class Movable(Protocol):
    """What jobs and domain associations have in common."""

    def succeed(self) -> None: ...

    def advance(self) -> None: ...


class _Handle(Generic[R]):
    """Finds its resource anew each time, so that it stays good when the state is restored. Looking moves nothing."""

    def __init__(self, find: Callable[[], R], changing: Changing, lock: AbstractContextManager[Any]) -> None:
        self._find = find
        self._changing = changing
        self._lock = lock
        _ = self.resource

    @property
    def resource(self) -> R:
        """The resource itself, with all that is known of it, read-only."""
        with self._lock:
            return view(self._find(), self._lock)

    def _repr_html_(self) -> str | None:
        # Only now: notebooks ask for it, and nobody else.
        from amplify_mock.integrations.notebooks import of, of_missing

        with self._lock:
            try:
                found = self._find()
            except LookupError as error:
                return of_missing(str(error))
            return of(found)

    def succeed(self) -> None:
        """Bring it to its end now, and a good one: SUCCEED or AVAILABLE, whatever its plan says.

        Raises:
            ValueError: when it has ended, is being stopped or deleted, or waits for StartDeployment.
        """
        with self._changing():
            self._find().succeed()

    def advance(self) -> None:
        """Move it one status on, also from one that it is stuck at; at its end it stays.

        A job goes through PENDING, PROVISIONING if it is planned, and RUNNING; one that was stopped leaves CANCELLING.

        Raises:
            ValueError: for a job that waits for another one to end, or for StartDeployment.
        """
        with self._changing():
            self._find().advance()


class JobHandle(_Handle[Job]):
    """One job, to look at and to move: ``amplify.job(app_id, "main", "1")``.

    It stays good when the state is restored. Looking moves nothing.
    """

    def fail(self, step: StepName | None = None, reason: str | None = None, log: str | None = None) -> None:
        """End the job now with FAILED.

        Args:
            step: the step that fails: the one that runs, which is the default, or a later one.
            reason: its ``statusReason``; the plan's unless given.
            log: what it has in its log; the plan's unless given.

        Raises:
            ValueError: for a step that the job does not have or has behind it; when it has finished, is being
                cancelled, or waits for StartDeployment.
        """
        with self._changing():
            self._find().fail(step, reason, log)

    @property
    def job_id(self) -> str:
        """The number as the API writes it."""
        return self.resource.job_id

    @property
    def status(self) -> JobStatus:
        """The status now, as GetJob would answer it."""
        return self.resource.status

    @property
    def steps(self) -> list[Step]:
        """The steps that have started."""
        return self.resource.steps

    @property
    def start_time(self) -> datetime.datetime:
        """When the job was started; when it was asked for, as long as it was not."""
        return self.resource.start_time

    @property
    def end_time(self) -> datetime.datetime | None:
        """When the job finished, or None."""
        return self.resource.end_time

    def __repr__(self) -> str:
        return f"<{self.resource}: {self.status}>"


class DomainAssociationHandle(_Handle[DomainAssociation]):
    """One domain association, to look at and to move: ``amplify.domain_association(app_id, "example.com")``."""

    def fail(self, status: DomainStatus | None = None, reason: str | None = None) -> None:
        """Let the association fail now.

        Args:
            status: the status at the end of which it fails: the present one, which is the default, or a later one.
            reason: its ``statusReason``; the plan's unless given.

        Raises:
            ValueError: for a status that it does not go through or has behind it; when it is AVAILABLE, FAILED or being
                deleted already.
        """
        with self._changing():
            self._find().fail(status, reason)

    @property
    def status(self) -> DomainStatus:
        """The ``domainStatus`` now, as GetDomainAssociation would answer it."""
        return self.resource.domain_status

    @property
    def status_reason(self) -> str | None:
        """Why it failed; None unless it did."""
        return self.resource.status_reason

    def __repr__(self) -> str:
        return f"<domain association {self.resource.domain_name}: {self.status}>"
