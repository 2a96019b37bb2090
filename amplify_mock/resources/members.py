"""Rules for the members that apps and branches have in common."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from amplify_mock.exceptions import BadRequestException

_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")


def checked(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members to store on an app or a branch.

    Raises:
        BadRequestException: for a variable with the reserved prefix, or a compute role that cannot be one.
    """
    stored = dict(members)
    if "environment_variables" in stored:
        stored["environment_variables"] = environment(stored["environment_variables"])
    role = stored.get("compute_role_arn")
    if role and not _ROLE_ARN.fullmatch(role):
        raise BadRequestException("The compute role provided cannot be assumed by Amplify.")
    return stored


def changes(members: Mapping[str, Any], *, kept_when_empty: Iterable[str]) -> dict[str, Any]:
    """Return what an update changes: all the members given, less those that the service does not take in.

    The service keeps the environment when given an empty map (``{"": ""}`` clears it), and keeps the members
    ``kept_when_empty`` when given an empty string.
    """
    changed = checked(members)
    if members.get("environment_variables") == {}:
        del changed["environment_variables"]
    for name in kept_when_empty:
        if changed.get(name) == "":
            del changed[name]
    return changed


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return environment variables as they are stored: the empty name falls away."""
    if any(name.startswith("AWS") for name in variables):
        raise BadRequestException('Environment variables cannot start with the reserved prefix "AWS".')
    return {name: value for name, value in variables.items() if name}


def put(resource: Any, members: Mapping[str, Any], *, kept: Collection[str] = ()) -> None:
    """Let a resource have just these members: those that are left out get what a new resource has.

    What a new resource has to be given stays as it is, and so do the members ``kept``.
    """
    for each in fields(resource):
        if each.name in members:
            setattr(resource, each.name, members[each.name])
        elif each.name.startswith("_") or each.name in kept:
            continue
        elif each.default is not MISSING:
            setattr(resource, each.name, each.default)
        elif each.default_factory is not MISSING:
            setattr(resource, each.name, each.default_factory())
