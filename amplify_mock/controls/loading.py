"""Read what the AWS CLI and boto3 print of resources, and put these in place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from amplify_mock.fidelity import LENIENT_VALUES
from amplify_mock.resources import placing
from amplify_mock.resources.apps import App
from amplify_mock.resources.backend import Backend
from amplify_mock.resources.branches import Branch
from amplify_mock.resources.steps import Step
from amplify_mock.service.decoding import Decoder, attribute_name
from amplify_mock.service.service import Contract
from amplify_mock.service.spelling import spelled
from amplify_mock.service.validation import Validator, message

Document = Mapping[str, Any] | str | Path
Members = dict[str, Any]


class _Kind(NamedTuple):
    """What documents say of resources of one kind: the members that have to be there, first the ARN, and its form."""

    needed: tuple[str, ...]
    below_the_app: str = ""


_APP = _Kind(("appArn", "name"))
_BRANCH = _Kind(("branchArn", "branchName"), r"/branches/.+")
_JOB = _Kind(("jobArn", "jobId", "status"), r"/branches/(?P<branch>.+)/jobs/\d+")
_DOMAIN = _Kind(("domainAssociationArn", "domainName", "domainStatus"), r"/domains/.+")
_WEBHOOK = _Kind(("webhookArn", "webhookId", "branchName"), r"/webhooks/.+")
_ENVIRONMENT = _Kind(("backendEnvironmentArn", "environmentName"), r"/backendenvironments/.+")

# Parents come first, for documents that have both.
_KINDS = {
    "app": ("GetApp", _APP),
    "apps": ("ListApps", _APP),
    "branch": ("GetBranch", _BRANCH),
    "branches": ("ListBranches", _BRANCH),
    "job": ("GetJob", _JOB),
    "jobSummary": ("StopJob", _JOB),
    "jobSummaries": ("ListJobs", _JOB),
    "domainAssociation": ("GetDomainAssociation", _DOMAIN),
    "domainAssociations": ("ListDomainAssociations", _DOMAIN),
    "webhook": ("GetWebhook", _WEBHOOK),
    "webhooks": ("ListWebhooks", _WEBHOOK),
    "backendEnvironment": ("GetBackendEnvironment", _ENVIRONMENT),
    "backendEnvironments": ("ListBackendEnvironments", _ENVIRONMENT),
}
_IGNORED = {"nextToken", "ResponseMetadata"}

_ARN = r"arn:aws[a-z-]*:amplify:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):apps/(?P<app>d[a-z0-9]+)"


class _Found(NamedTuple):
    """A resource in a document, and what its ARN says of where it belongs."""

    kind: _Kind
    members: Members
    place: dict[str, str]
    steps: list[Step] | None

    @property
    def order(self) -> int:
        """Jobs come after their parents, and older ones before those that may wait for them."""
        return int(self.members["job_id"]) if self.kind is _JOB else -1


class Loader:
    """Puts the resources of documents in place.

    Args:
        contract: the service model.
        backend: returns the state of an account in a region.
    """

    def __init__(self, contract: Contract, backend: Callable[[str, str], Backend]) -> None:
        self._contract = contract
        self._backend = backend
        # Documents may be older than the service model, and lack what it requires.
        self._validator = Validator(LENIENT_VALUES, requires=False)
        self._decoder = Decoder()

    def load(self, document: Document) -> list[Any]:
        """Return the resources of a document, which are in place now."""
        members = _read(document)
        unknown = [key for key in members if key not in _KINDS and key not in _IGNORED]
        if unknown or not members.keys() & _KINDS.keys():
            problem = f"knows no {unknown[0]!r}" if unknown else "has found nothing in the document"
            raise ValueError(f"load() {problem}. It takes the answers of the API that have: {', '.join(_KINDS)}.")
        found = [each for key in _KINDS if key in members for each in self._found(key, members[key])]
        placed = {id(each): self._put(each) for each in sorted(found, key=lambda each: each.order)}
        return [placed[id(each)] for each in found]

    def _found(self, key: str, value: Any) -> Iterator[_Found]:
        operation, kind = _KINDS[key]
        shape = self._contract.operation(operation).output_shape
        assert shape is not None  # noqa: S101  (all of these answer something)
        wire = spelled(shape, {key: value}, lambda *_: None)
        violations = self._validator.check(shape)(wire)
        if violations is not None:
            raise ValueError(f"load() cannot take the document: {message(violations)}")
        decoded = self._decoder.decode(shape)(wire)[attribute_name(key)]
        if isinstance(decoded, dict):
            yield _checked(kind, decoded, key)
        else:
            for number, each in enumerate(decoded, 1):
                yield _checked(kind, each, f"{key}.{number}.member")

    def _put(self, found: _Found) -> Any:
        kind, members, place, steps = found
        backend = self._backend(place["account"], place["region"])
        app_id = place["app"]
        if kind is _APP:
            self._refuse_other_home(backend, app_id)
            return placing.put_app(backend, app_id, members)
        app = backend.apps.get(app_id)
        if app is None:
            raise LookupError(
                f"the mock has no app {app_id} in {backend.region_name} of the account {backend.account_id}: load the "
                "answer of get-app, or of list-apps, before those of what it owns."
            )
        if kind is _JOB:
            return placing.put_job(backend, app, _branch(app, place["branch"]), members, steps)
        put = {
            _BRANCH: placing.put_branch,
            _DOMAIN: placing.put_domain,
            _WEBHOOK: placing.put_webhook,
            _ENVIRONMENT: placing.put_backend_environment,
        }
        return put[kind](backend, app, members)

    def _refuse_other_home(self, home: Backend, app_id: str) -> None:
        for other in home.everywhere():
            if app_id in other.apps and other is not home:
                raise ValueError(
                    f"the app {app_id} is in {other.region_name} of the account {other.account_id} already"
                )


def _read(document: Document) -> Mapping[str, Any]:
    text = document.read_text("utf-8") if isinstance(document, Path) else document
    try:
        members = json.loads(text) if isinstance(text, str) else text
    except ValueError as error:
        path = "" if isinstance(document, Path) else " The path of a file goes as a pathlib.Path."
        raise ValueError(f"load() takes JSON, and this is none: {error}.{path}") from None
    if not isinstance(members, Mapping):
        raise TypeError(
            f"load() takes an answer of the API: a dict, JSON text, or the pathlib.Path of a file; not {document!r}"
        )
    return members


def _checked(kind: _Kind, members: Members, where: str) -> _Found:
    steps = None
    if where == "job":
        _check_needed(members, ("summary",), where)
        if "steps" in members:
            steps = [_step(each, f"{where}.steps.{number}.member") for number, each in enumerate(members["steps"], 1)]
        members, where = members["summary"], f"{where}.summary"
    _check_needed(members, kind.needed, where)
    arn = members[attribute_name(kind.needed[0])]
    place = re.fullmatch(_ARN + kind.below_the_app, arn)
    if place is None:
        raise ValueError(f"{where}.{kind.needed[0]} is not the ARN of such a resource: {arn!r}")
    active = members.get("active_job_id")
    if active and not active.isdecimal():
        raise ValueError(f"{where}.activeJobId is not the number of a job: {active!r}")
    for number, each in enumerate(members.get("sub_domains", ()), 1):
        there = f"{where}.subDomains.{number}.member"
        _check_needed(each, ("subDomainSetting",), there)
        _check_needed(each["sub_domain_setting"], ("branchName",), f"{there}.subDomainSetting")
    return _Found(kind, members, place.groupdict(), steps)


def _step(members: Members, where: str) -> Step:
    _check_needed(members, ("stepName", "startTime", "status"), where)
    return Step(**{"end_time": None, **members})


def _check_needed(members: Members, names: Sequence[str], where: str) -> None:
    for name in names:
        if attribute_name(name) not in members:
            raise ValueError(f"{where} has no {name}")


def _branch(app: App, name: str) -> Branch:
    branch = app.branches.get(name)
    if branch is None:
        raise LookupError(
            f"the app {app.app_id} has no branch {name!r}: load the answer of get-branch, or of list-branches, before "
            "those of its jobs."
        )
    return branch
