"""The admin API: what a test in another language asks of the mock itself, in JSON, below ``/_amplify/``."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import botocore.exceptions

from amplify_mock.controls.matching import masked
from amplify_mock.resources.plans import JobPlan
from amplify_mock.service.http import Request, Response

from .reading import RefusalError
from .state import moment, state

if TYPE_CHECKING:
    from amplify_mock.controller import AmplifyMock
    from amplify_mock.controls.calls import Call

Members = dict[str, Any]
Kinds = Mapping[str, "type | tuple[type, ...]"]

_UNITS = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds")
_CENTURY = datetime.timedelta(days=36525)
_NUMBER = (int, float)
_IN_WORDS: Mapping[Any, str] = {str: "a string", int: "a whole number", bool: "true or false", dict: "an object"}
_FAULT: Kinds = {
    "operation": str,
    "error": (str, int),
    "times": int,
    "message": str,
    "force": bool,
    "after": bool,
    "per_attempt": bool,
    "members": dict,
}
_PLACE: Kinds = {"app_id": str, "branch_name": str, "times": int}
_PUSH: Kinds = {"app_id": str, "branch_name": str, "commit_id": str, "message": str}


class Admin:
    """Answers the admin API of one mock.

    What is not given has the default of the Python method that does the work, and what is wrong is answered with its
    error's text.
    """

    def __init__(self, amplify: AmplifyMock) -> None:
        self._amplify = amplify
        self._paths: dict[str, dict[str, Callable[[Members], Any]]] = {
            "/_amplify/reset": {"POST": self._reset},
            "/_amplify/state": {"GET": lambda _: state(amplify)},
            "/_amplify/clock": {"GET": self._clock, "POST": self._advance},
            "/_amplify/plans": {"POST": self._plan},
            "/_amplify/faults": {"POST": self._fail},
            "/_amplify/push": {"POST": self._push},
            "/_amplify/calls": {"GET": lambda _: {"calls": list(map(_call, amplify.calls))}},
            "/_amplify/events": {"GET": lambda _: {"events": amplify.events}},
            # Where moto has it, and where the fixtures of projects that use moto's server look for it.
            "/moto-api/reset": {"POST": self._reset},
        }

    def answer(self, request: Request) -> Response:
        """Answer one request.

        Raises:
            RefusalError: for what the admin API does not have, and for what it cannot do.
        """
        methods = self._paths.get(request.path)
        if methods is None:
            raise RefusalError(404, f"The admin API has no {request.path}. It has: {', '.join(self._paths)}.")
        function = methods.get("GET" if request.method == "HEAD" else request.method)
        if function is None:
            raise RefusalError(405, f"{request.path} takes {' and '.join(methods)}, not {request.method}.")
        try:
            # Who resets says nothing that could be wrong.
            answer = function({} if function == self._reset else _members(request.body))
        except (LookupError, TypeError, ValueError) as error:
            raise RefusalError(400, str(error)) from None
        body = json.dumps(answer, default=_written).encode()
        return Response(200, {"Content-Type": "application/json", "Content-Length": str(len(body))}, body)

    def _reset(self, _: Members) -> Members:
        self._amplify.reset()
        return {"status": "ok"}

    def _clock(self, _: Members) -> Members:
        clock = self._amplify.clock
        return {"now": moment(clock.now()), "ahead": clock.passed.total_seconds()}

    def _advance(self, given: Members) -> Members:
        units = _checked(given, {"advance": dict}, "advance").get("advance", {})
        clock = self._amplify.clock
        try:
            step = datetime.timedelta(**_checked(units, dict.fromkeys(_UNITS, _NUMBER)))
            # What jobs and URLs are still to live through must have a date too.
            _ = clock.now() + step + _CENTURY
        except OverflowError:
            raise ValueError("the clock cannot go that far") from None
        clock.advance(step)
        return self._clock({})

    def _plan(self, given: Members) -> Members:
        given = _checked(given, {**_plan_kinds(), **_PLACE})
        place = {name: given.pop(name) for name in _PLACE if name in given}
        self._amplify.plan_jobs(JobPlan(**given), **place)
        return {"status": "ok"}

    def _fail(self, given: Members) -> Members:
        given = _checked(given, _FAULT, "operation", "error")
        operation, error, members = given.pop("operation"), given.pop("error"), given.pop("members", {})
        # Only fail() has a use for null: all calls.
        times = {"times": None} if "times" in given and given["times"] is None else {}
        self._amplify.fail(operation, _error(error), **{**given, **times}, **members)
        return {"status": "ok"}

    def _push(self, given: Members) -> Members:
        given = _checked(given, _PUSH, "app_id", "branch_name")
        job = self._amplify.push(given.pop("app_id"), given.pop("branch_name"), **given)
        return {"jobId": None if job is None else job.job_id}


def _plan_kinds() -> Kinds:
    """Return what the fields of a JobPlan may be; the plan itself knows more about it."""
    kinds = {}
    for field in dataclasses.fields(JobPlan):
        annotation = str(field.type)
        kinds[field.name] = (
            dict if annotation.startswith("Mapping") else _NUMBER if annotation.startswith("float") else str
        )
    return kinds


def _members(body: bytes) -> Members:
    try:
        given = json.loads(body or b"{}")
    except RecursionError:
        raise ValueError("the body is too deep") from None
    if not isinstance(given, dict):
        raise TypeError("the body must be a JSON object")
    return given


def _checked(given: Members, kinds: Kinds, *required: str) -> Members:
    """Return what was given, once its names and the kinds of its values are known to be right."""
    for name, value in given.items():
        if name not in kinds:
            raise TypeError(f"there is no {name!r} here; there are: {', '.join(kinds)}")
        kind = kinds[name]
        is_right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not is_right and value is not None:
            wanted = _IN_WORDS.get(kind, "a number" if kind == _NUMBER else "a string or a whole number")
            raise TypeError(f"{name} must be {wanted}, and not {json.dumps(value)[:100]}")
    missing = [name for name in required if given.get(name) is None]
    if missing:
        raise TypeError(f"{' and '.join(missing)} must be given")
    return {name: value for name, value in given.items() if value is not None or name == "times"}


def _error(error: str | int) -> Any:
    """Return an exception of botocore by its name; codes and statuses as they are."""
    named = getattr(botocore.exceptions, error, None) if isinstance(error, str) else None
    is_exception = isinstance(named, type) and issubclass(named, botocore.exceptions.BotoCoreError)
    return named if is_exception else error


def _call(call: Call) -> Members:
    return {
        "operation": call.operation,
        "parameters": masked(getattr(call.parameters, "shape", None), dict(call.parameters)),
        "outcome": call.outcome,
        "status": call.status,
        "message": call.message,
        "region": call.region,
        "accountId": call.account_id,
        "attempt": call.attempt,
        "callId": call.call_id,
        "time": call.time,
    }


def _written(value: Any) -> Any:
    return moment(value)
