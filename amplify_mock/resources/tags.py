"""Find the resource that an ARN names, to read and change its tags."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Protocol

from amplify_mock.exceptions import BadRequestException, NotFoundException, ResourceNotFoundException

from .apps import App
from .backend import Backend

_ARN = re.compile(
    r"arn:aws:amplify:(?P<region>[^:]*):(?P<account>[^:]*):apps/(?P<app_id>[^/]+)(?:/(?P<kind>[a-z]+)/(?P<name>.+))?"
)


MOST_TAGS = 50


class Taggable(Protocol):
    """Anything that has tags."""

    tags: dict[str, str]


def tagged(backend: Backend, arn: str) -> Taggable:
    """Return the app, branch, job, domain association, webhook or backend environment that an ARN names.

    Raises:
        ResourceNotFoundException: when it names nothing in this account and region.
    """
    found = _ARN.fullmatch(arn)
    if found and (found["region"], found["account"]) == (backend.region_name, backend.account_id):
        try:
            app = backend.app(found["app_id"])
            return app if found["kind"] is None else _child(app, found["kind"], found["name"])
        except (NotFoundException, KeyError):
            pass
    raise ResourceNotFoundException(f"Resource {arn} not found.", code="ResourceNotFound")


def tag(resource: Taggable, tags: Mapping[str, str]) -> None:
    """Add tags, or change them.

    Raises:
        BadRequestException: when that would be too many.
    """
    merged = {**resource.tags, **tags}
    if len(merged) > MOST_TAGS:
        raise BadRequestException(f"A resource can have at most {MOST_TAGS} tags.")
    resource.tags = merged


def untag(resource: Taggable, keys: Collection[str]) -> None:
    """Remove the tags with these keys, if there are any."""
    resource.tags = {key: value for key, value in resource.tags.items() if key not in keys}


def _child(app: App, kind: str, name: str) -> Taggable:
    if kind == "branches":
        return _branch_or_job(app, name)
    if kind == "domains":
        return app.domain(name)
    owned: dict[str, dict[str, Taggable]] = {
        "webhooks": {**app.webhooks},
        "backendenvironments": {**app.backend_environments},
    }
    return owned[kind][name]


def _branch_or_job(app: App, name: str) -> Taggable:
    # A branch may be called "a/jobs/1" itself.
    if name in app.branches:
        return app.branches[name]
    branch_name, separator, job_id = name.rpartition("/jobs/")
    return app.branch(branch_name if separator else name).job(job_id)
