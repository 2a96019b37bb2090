"""Handles on single jobs and domain associations, by which a test says how they go on."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from amplify_mock.resources.domain_associations import DomainAssociation
from amplify_mock.resources.jobs import Job
from amplify_mock.resources.steps import Step

from .views import view

Changing = Callable[[], "AbstractContextManager[object]"]
"""Returns the context in which the state may be changed: locked, and with its events delivered at the end."""


class JobHandle:
    """One job, to look at and to move: ``amplify.job(app_id, "main", "1")``.

    It finds the job anew each time, so it stays good when the state is restored. Looking moves nothing.
    """

    def __init__(self, find: Callable[[], Job], changing: Changing, lock: AbstractContextManager[Any]) -> None:
        self._find = find
        self._changing = changing
        self._lock = lock
        _ = self.resource

    def succeed(self) -> None:
        """End the job now with SUCCEED, whatever its plan says and whichever status it is in.

        Raises:
            ValueError: when it has finished, is being cancelled, or waits for StartDeployment.
        """
        with self._changing():
            self._find().succeed()

    def fail(self, step: str | None = None, reason: str | None = None, log: str | None = None) -> None:
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

    def advance(self) -> None:
        """Move the job one status on: PENDING, PROVISIONING if it is planned, RUNNING, and its end.

        It leaves a status that the job is stuck at, and CANCELLING. A job that has finished stays as it is.

        Raises:
            ValueError: when it waits for another job to end, or for StartDeployment.
        """
        with self._changing():
            self._find().advance()

    @property
    def resource(self) -> Job:
        """The job itself, with all that is known of it, read-only."""
        with self._lock:
            return view(self._find(), self._lock)

    @property
    def job_id(self) -> str:
        """The number as the API writes it."""
        return self.resource.job_id

    @property
    def status(self) -> str:
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


class DomainAssociationHandle:
    """One domain association, to look at and to move: ``amplify.domain_association(app_id, "example.com")``."""

    def __init__(
        self, find: Callable[[], DomainAssociation], changing: Changing, lock: AbstractContextManager[Any]
    ) -> None:
        self._find = find
        self._changing = changing
        self._lock = lock
        _ = self.resource

    def succeed(self) -> None:
        """Make the association AVAILABLE now, or bring its update to its end.

        Raises:
            ValueError: when it is AVAILABLE, FAILED or being deleted already.
        """
        with self._changing():
            self._find().succeed()

    def fail(self, status: str | None = None, reason: str | None = None) -> None:
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

    def advance(self) -> None:
        """Move the association one status on, also from one that it is stuck at; at its end it stays."""
        with self._changing():
            self._find().advance()

    @property
    def resource(self) -> DomainAssociation:
        """The association itself, with all that is known of it, read-only."""
        with self._lock:
            return view(self._find(), self._lock)

    @property
    def status(self) -> str:
        """The ``domainStatus`` now, as GetDomainAssociation would answer it."""
        return self.resource.domain_status

    @property
    def status_reason(self) -> str | None:
        """Why it failed; None unless it did."""
        return self.resource.status_reason

    def __repr__(self) -> str:
        return f"<domain association {self.resource.domain_name}: {self.status}>"
