"""The two contracts, as tables: what the service model asks for, and what the real service was seen to send.

``fidelity="model"``: every answer satisfies botocore's output shapes, required members, enums and patterns included,
but for the exceptions here. ``fidelity="recorded"``: every answer has just the members that were seen.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from botocore.model import ServiceModel

from .service.encoding import CompleteEncoder, Encoder, Seen, SeenEncoder
from .service.service import Contract
from .service.validation import Validator

Fidelity = Literal["model", "recorded"]

#: Values beside what the model allows, by shape name.
LENIENT_VALUES: dict[str, dict[str, str]] = {
    "Stage": {"NONE": "the service answers NONE for a branch without a stage; the model's enum never had it"},
}

#: Members that may be absent although the model requires them, as (structure, member).
LENIENT_MEMBERS: dict[tuple[str, str], str] = {
    ("Step", "endTime"): "a step that still runs has no end",
}

#: Required members that were never set, and have no empty value: what stands in for them, by attribute name.
STAND_INS: dict[tuple[str, str], str] = {
    ("JobSummary", "commitTime"): "start_time",
}

# Newest witness first where recordings of different years disagree.
_APP = Seen(
    # 2024: tags is {} in ListApps and GetApp. 2020: customRules is [].
    empty=frozenset({"tags", "customRules", "customHeaders"}),
    # Documented since 2024, seen by nobody.
    never=frozenset({"webhookCreateTime"}),
)
_BRANCH = Seen(
    # 2024: tags is {} in ListBranches.
    empty=frozenset({"tags"}),
    # 2024: not in ListBranches; the member came in 2025, and only its value false was seen, through Terraform.
    not_false=frozenset({"enableSkewProtection"}),
)
# 2020 to 2026: jobType in no summary.
_JOB_SUMMARY = Seen(never=frozenset({"jobType"}))

_EVERYWHERE: dict[str, Seen] = {
    "App": _APP,
    "AutoBranchCreationConfig": Seen(empty=frozenset({"environmentVariables"})),
    "Branch": _BRANCH,
    "JobSummary": _JOB_SUMMARY,
    # 2024 and 2026: what jobs leave behind is documented, but a log is all that was seen.
    "Step": Seen(never=frozenset({"artifactsUrl", "testArtifactsUrl", "screenshots"})),
    # 2024: certificate not in ListDomainAssociations, but where certificateSettings were given.
    "DomainAssociation": Seen(empty=frozenset({"subDomains"}), read_from={"certificate": "certificate_asked_for"}),
    "SubDomainSetting": Seen(),
    "Certificate": Seen(),
    "Webhook": Seen(),
    "CreateDeploymentResult": Seen(),
}

_BY_OPERATION: dict[str, dict[str, Seen]] = {
    # 2020: no tags when none were given, and no clone method with a repository.
    "CreateApp": {
        "App": _APP._replace(empty=_APP.empty - {"tags"}, never=_APP.never | {"repositoryCloneMethod"}),
    },
    # 2020: no tags, and not all the flags.
    "CreateBranch": {
        "Branch": _BRANCH._replace(empty=frozenset(), not_false=_BRANCH.not_false | {"enablePerformanceMode"}),
    },
    # 2026: backend is {} without a Gen 2 backend.
    "GetBranch": {
        "Branch": _BRANCH._replace(empty=_BRANCH.empty | {"backend"}),
    },
    # 2020 and 2025: three members.
    "StartDeployment": {
        "JobSummary": Seen(
            never=frozenset(
                {"commitId", "commitMessage", "commitTime", "startTime", "jobType", "sourceUrl", "sourceUrlType"}
            )
        ),
    },
    # Inferred from the two above and from ListJobs.
    "StartJob": {"JobSummary": Seen(never=frozenset({"startTime", "jobType"}))},
}


def contract(model: ServiceModel, fidelity: Fidelity) -> Contract:
    """Return the compiled service model with the given fidelity."""
    if fidelity == "recorded":
        lenient = Validator(LENIENT_VALUES, requires=False)
        return Contract(model, lenient, partial(_recorded_encoder, lenient))
    lenient = Validator(LENIENT_VALUES, LENIENT_MEMBERS)
    encoder = CompleteEncoder(lenient, STAND_INS)
    return Contract(model, lenient, lambda _: encoder)


def _recorded_encoder(validator: Validator, operation: str) -> Encoder:
    return SeenEncoder(validator, {**_EVERYWHERE, **_BY_OPERATION.get(operation, {})})
