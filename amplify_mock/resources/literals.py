"""The words that Amplify has for statuses, types and stages, as types."""

from __future__ import annotations

from typing import Literal

JobStatus = Literal["CREATED", "PENDING", "PROVISIONING", "RUNNING", "FAILED", "SUCCEED", "CANCELLING", "CANCELLED"]
JobType = Literal["RELEASE", "RETRY", "MANUAL", "WEB_HOOK"]
StepName = Literal["BUILD", "TEST", "DEPLOY", "VERIFY"]
SourceUrlType = Literal["ZIP", "BUCKET_PREFIX"]
Platform = Literal["WEB", "WEB_DYNAMIC", "WEB_COMPUTE"]
GivenStage = Literal["PRODUCTION", "BETA", "DEVELOPMENT", "EXPERIMENTAL", "PULL_REQUEST"]
# The service answers NONE for a branch without a stage, and the service model does not know it.
BranchStage = Literal[GivenStage, "NONE"]
DomainStatus = Literal[
    "PENDING_VERIFICATION",
    "IN_PROGRESS",
    "AVAILABLE",
    "IMPORTING_CUSTOM_CERTIFICATE",
    "PENDING_DEPLOYMENT",
    "AWAITING_APP_CNAME",
    "FAILED",
    "CREATING",
    "REQUESTING_CERTIFICATE",
    "UPDATING",
]
UpdateStatus = Literal[
    "REQUESTING_CERTIFICATE",
    "PENDING_VERIFICATION",
    "IMPORTING_CUSTOM_CERTIFICATE",
    "PENDING_DEPLOYMENT",
    "AWAITING_APP_CNAME",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
]
