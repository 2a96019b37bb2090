"""How long a job waits and how long each of its steps takes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class JobPlan:
    """The course that a job takes.

    Each read by GetJob or ListJobs moves the job one stage on (PENDING, RUNNING, SUCCEED), and so does the clock
    when it passes the durations.

    Args:
        pending: seconds from the start of the job to its first step.
        steps: seconds by step name; a step that is not named takes ``default_step``.
        default_step: seconds of the other steps.
        cancelling: seconds from StopJob to CANCELLED.
    """

    pending: float = 5
    steps: Mapping[str, float] = field(default_factory=lambda: {"BUILD": 40, "TEST": 20, "DEPLOY": 15, "VERIFY": 1})
    default_step: float = 10
    cancelling: float = 5

    def step(self, name: str) -> datetime.timedelta:
        """Return how long the step takes."""
        return datetime.timedelta(seconds=self.steps.get(name, self.default_step))
