"""A mock of AWS Amplify for tests: what boto3's amplify client asks is answered from memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .mock import MockAmplify, mock_amplify
from .resources.domain_plans import DomainPlan

if TYPE_CHECKING:
    from .controller import AmplifyMock

__all__ = ["AmplifyMock", "DomainPlan", "MockAmplify", "mock_amplify"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # The controller stands on botocore, which takes long to import and is not needed before a mock starts.
    if name == "AmplifyMock":
        from .controller import AmplifyMock

        return AmplifyMock
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
