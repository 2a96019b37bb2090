"""How long tests search for what breaks a rule: a moment in the suite, minutes with ``--hypothesis-profile=deep``."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# In CI it goes the same ways each time, as Hypothesis does there by itself: what is found is due to what has changed.
_DEEP = settings(
    max_examples=1000, stateful_step_count=80, deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True
)
settings.register_profile("deep", _DEEP)


def search(examples, deep):
    """Return the settings of a search that takes so many examples in the suite, and so many when it is deep."""
    is_deep = settings().max_examples == _DEEP.max_examples
    return settings(
        max_examples=deep if is_deep else examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
