"""Where answers part from the service model, because the real service does: one table, each line with its reason.

Every answer satisfies botocore's output shapes, required members, enums and patterns included, but for these.
"""

from __future__ import annotations

#: Values beside what the model allows, by shape name.
LENIENT_VALUES: dict[str, dict[str, str]] = {
    "Stage": {"NONE": "the service answers NONE for a branch without a stage; the model's enum never had it"},
    "DomainStatus": {"AWAITING_APP_CNAME": "the service answered it in 2020; older models lack it"},
}

#: Members that may be absent although the model requires them, as (structure, member).
LENIENT_MEMBERS: dict[tuple[str, str], str] = {
    ("Step", "endTime"): "a step that still runs has no end",
}
