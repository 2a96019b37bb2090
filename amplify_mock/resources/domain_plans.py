"""How long a domain association stays in each status, and how it ends."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

STATUSES = (
    "CREATING",
    "REQUESTING_CERTIFICATE",
    "IMPORTING_CUSTOM_CERTIFICATE",
    "PENDING_VERIFICATION",
    "PENDING_DEPLOYMENT",
)

# A century: longer, and clocks run out.
_LONGEST = 100 * 365 * 24 * 60 * 60


@dataclass(frozen=True)
class DomainPlan:
    """The course that domain associations take.

    Each read by GetDomainAssociation or ListDomainAssociations moves an association one status on (CREATING,
    REQUESTING_CERTIFICATE, PENDING_VERIFICATION, PENDING_DEPLOYMENT, AVAILABLE), and so does the clock when it passes
    the durations.

    Args:
        seconds: how long each status lasts, by its name; a status that is not named takes ``default``.
        default: seconds of the other statuses, and of an update.
        stuck_at: the status that is never left, such as ``"PENDING_VERIFICATION"``.
        fail_at: the status after which the association is FAILED.
        reason: the ``statusReason`` of a failure.
        deletion: seconds that a deleted association can still be read; None, the default, for not at all.

    Raises:
        ValueError: for a status that an association does not pass through, or a duration that cannot be.
    """

    seconds: Mapping[str, float] = field(default_factory=dict)
    default: float = 10
    stuck_at: str | None = None
    fail_at: str | None = None
    reason: str = "One or more of the CNAMEs you provided are already associated with a different resource."
    deletion: float | None = None

    def __post_init__(self) -> None:
        for seconds in (*self.seconds.values(), self.default, self.deletion):
            if seconds is not None and not (isinstance(seconds, (int, float)) and 0 <= seconds <= _LONGEST):
                raise ValueError(f"a DomainPlan counts in seconds from 0 to {_LONGEST}, and not {seconds!r}")
        for status in (*self.seconds, self.stuck_at, self.fail_at):
            if status is not None and status not in STATUSES:
                near = difflib.get_close_matches(str(status), STATUSES, n=1, cutoff=0.4)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                raise ValueError(f"a DomainPlan has no status {status!r}.{hint} It has: {', '.join(STATUSES)}.")

    def lasts(self, status: str) -> datetime.timedelta | None:
        """Return how long a status lasts; None for ever."""
        if status == self.stuck_at:
            return None
        return datetime.timedelta(seconds=self.seconds.get(status, self.default))
