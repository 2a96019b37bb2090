"""A mock of AWS Amplify for tests: what boto3's amplify client asks is answered from memory."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .blocking import AmplifyBlockedError
    from .controller import AmplifyMock, Snapshot
    from .controls.calls import Call
    from .controls.handles import DomainAssociationHandle, JobHandle
    from .mock import MockAmplify, mock_amplify
    from .resources.domain_plans import DomainPlan
    from .resources.plans import JobPlan
else:
    # Type checkers do not see it, or they would take any name for one of the package, also a misspelled one.
    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f".{_HOMES[name]}", __name__), name)
        return value


__all__ = [
    "AmplifyBlockedError",
    "AmplifyMock",
    "Call",
    "DomainAssociationHandle",
    "DomainPlan",
    "JobHandle",
    "JobPlan",
    "MockAmplify",
    "Snapshot",
    "mock_amplify",
]
__version__ = "0.1.0"

# Loaded when they are asked for: pytest imports this package at every start, for the sake of the plugin.
_HOMES = {
    "AmplifyBlockedError": "blocking",
    "Call": "controls.calls",
    "DomainAssociationHandle": "controls.handles",
    "JobHandle": "controls.handles",
    "Snapshot": "controller",
    "AmplifyMock": "controller",
    "DomainPlan": "resources.domain_plans",
    "JobPlan": "resources.plans",
    "MockAmplify": "mock",
    "mock_amplify": "mock",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
