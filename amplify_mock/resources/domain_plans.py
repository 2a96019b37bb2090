"""How long a domain association stays in each status, and how it ends."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from .planning import PROGRESSES, Progress, check_name, check_seconds, check_text, durations, lasts, teaching

PassingStatus = Literal[
    "CREATING",
    "REQUESTING_CERTIFICATE",
    "IMPORTING_CUSTOM_CERTIFICATE",
    "PENDING_VERIFICATION",
    "PENDING_DEPLOYMENT",
]
STATUSES: tuple[PassingStatus, ...] = get_args(PassingStatus)


@teaching
@dataclass(frozen=True)
class DomainPlan:
    """The course that domain associations take.

    ``DomainPlan()`` is what an association does that nobody planned: each read by GetDomainAssociation or
    ListDomainAssociations moves it one status on (CREATING, REQUESTING_CERTIFICATE, PENDING_VERIFICATION,
    PENDING_DEPLOYMENT, AVAILABLE), and so does the clock when it passes the durations.

    Args:
        seconds: how long each status lasts, by its name; a status that is not named takes ``default``.
        default: seconds of the other statuses, and of an update.
        stuck_at: the status that is never left, such as ``"PENDING_VERIFICATION"``.
        fail_at: the status after which the association is FAILED.
        reason: the ``statusReason`` of a failure.
        deletion: seconds that a deleted association can still be read; None, the default, for not at all.
        progress: what moves it: "poll", "clock", "instant" or "manual", as with a ``JobPlan``. It is moved by
            hand with ``amplify.domain_association(...)``.

    Raises:
        ValueError: for a status that an association does not pass through, or a duration that cannot be.
    """

    seconds: Mapping[PassingStatus, float] = field(default_factory=dict, hash=False)
    default: float = 10
    stuck_at: PassingStatus | None = None
    fail_at: PassingStatus | None = None
    reason: str = "One or more of the CNAMEs you provided are already associated with a different resource."
    deletion: float | None = None

    progress: Progress = "poll"

    def __post_init__(self) -> None:
        # So that the plan stays as it is, whatever becomes of the dict that was given.
        object.__setattr__(self, "seconds", durations(self.seconds, STATUSES, "DomainPlan", "status", "seconds"))
        check_seconds(self.default, "DomainPlan", "default")
        if self.deletion is not None:
            check_seconds(self.deletion, "DomainPlan", "deletion")
        for status in (self.stuck_at, self.fail_at):
            if status is not None:
                check_name(status, STATUSES, "DomainPlan", "status")
        check_name(self.progress, PROGRESSES, "DomainPlan", "progress")
        check_text(self.reason, "reason")
        if self.stuck_at is not None and self.fail_at is not None:
            raise ValueError(f"a domain that is stuck at {self.stuck_at} never fails at {self.fail_at}: choose one")

    def __deepcopy__(self, memo: object) -> DomainPlan:
        # Nothing about it changes.
        return self

    def lasts(self, status: str) -> datetime.timedelta | None:
        """Return how long a status lasts; None for ever."""
        if status == self.stuck_at:
            return None
        return lasts(self.seconds.get(cast("PassingStatus", status), self.default), self.progress)

    @property
    def deletion_lasts(self) -> datetime.timedelta | None:
        """How long a deleted association can still be read; None until somebody ends it."""
        return lasts(self.deletion, self.progress) if self.deletion else datetime.timedelta()
