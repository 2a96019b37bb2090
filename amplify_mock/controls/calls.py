"""The log of all calls, and what a test may assert of it."""

from __future__ import annotations

import datetime
import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from botocore.model import Shape

from amplify_mock.clock import Clock
from amplify_mock.service.http import Request, Response
from amplify_mock.service.service import ERROR_TYPE, Attempt

from .matching import Wanted, arguments, has_times, masked, with_times

_ATTEMPT = re.compile(r"\battempt\s*=\s*0*([1-9][0-9]{0,8})\b", re.IGNORECASE)
_MOST_LINES = 10
_FIRST_ERROR = 300


class Parameters(dict[str, Any]):
    """The parameters of a call. Those that the service model marks as sensitive do not show in ``repr``."""

    __slots__ = ("shape",)

    def __init__(self, shape: Shape | None, members: dict[str, Any]) -> None:
        super().__init__(members)
        self.shape: Shape | None = shape

    def __repr__(self) -> str:
        return repr(masked(self.shape, dict(self)))


class Call(NamedTuple):
    """One attempt at a call. A call that botocore retried is several entries with the same ``call_id``.

    Attributes:
        operation: such as ``"StartJob"``.
        parameters: by wire name, as they came: timestamps are aware datetimes, everything else is as on the wire.
            ``repr`` hides what the service model marks as sensitive.
        outcome: ``"success"``, the error code such as ``"NotFoundException"``, or the name of the exception that was
            raised instead of an answer.
        status: the HTTP status, or None when there was no answer.
        message: the text of the error, or None.
        region: the region.
        account_id: the account.
        attempt: 1, and one more with each retry.
        call_id: what all attempts of one call have in common.
        time: when it came, by the mock's clock.
    """

    operation: str
    parameters: dict[str, Any]
    outcome: str
    status: int | None
    message: str | None
    region: str
    account_id: str
    attempt: int
    call_id: str
    time: datetime.datetime

    @property
    def account(self) -> str:
        """The account, as ``account_id``."""
        return self.account_id

    def __str__(self) -> str:
        shape = self.parameters.shape if isinstance(self.parameters, Parameters) else None
        attempt = f", attempt {self.attempt}" if self.attempt > 1 else ""
        return f"{self.operation}({arguments(shape, self.parameters)}): {self.outcome}{attempt}"


Answer = Callable[[Attempt, Parameters, str], Response]
"""Answers an attempt, given also the parameters of its entry in the log, and its ``call_id``."""


class CallLog:
    """Remembers every call.

    Args:
        clock: the mock's clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self._with_times: dict[str, bool] = {}
        self.calls: list[Call] = []

    def watch(self, attempt: Attempt, answer: Answer) -> Response:
        """Return what ``answer`` gives, after noting it; what it raises is noted, and passes through."""
        time = self._clock.now()
        call_id, number = self._identity(attempt.request)
        parameters = self._parameters(attempt)

        def note(outcome: str, status: int | None, message: str | None) -> None:
            name, place = attempt.operation.name, (attempt.request.region, attempt.account_id)
            self.calls.append(Call(name, parameters, outcome, status, message, *place, number, call_id, time))

        try:
            response = answer(attempt, parameters, call_id)
        except Exception as error:
            note(type(error).__name__, None, str(error))
            raise
        if response.status < _FIRST_ERROR:
            note("success", response.status, None)
        else:
            code = response.headers.get(ERROR_TYPE, str(response.status))
            note(code, response.status, json.loads(response.body)["message"] if response.body else None)
        return response

    def _identity(self, request: Request) -> tuple[str, int]:
        call_id = request.headers.get("amz-sdk-invocation-id")
        if not call_id:
            return f"call {next(self._numbers)}", 1
        told = request.headers.get("amz-sdk-request", "")
        # What nearly all say, without the search.
        found = None if told == "attempt=1" else _ATTEMPT.search(told)
        return call_id, int(found[1]) if found else 1

    def _parameters(self, attempt: Attempt) -> Parameters:
        name, shape, members = attempt.operation.name, attempt.operation.input_shape, attempt.parameters
        if name not in self._with_times:
            self._with_times[name] = has_times(shape)
        return Parameters(shape, with_times(shape, members) if self._with_times[name] else members)

    def assert_called(self, wanted: Wanted, times: int | None) -> None:
        """Raise an AssertionError unless there were so many calls, or at least one if ``times`` is None."""
        found = len({call.call_id for call in self.calls if wanted.matches(call.operation, call.parameters)})
        if found == times or (found and times is None):
            return
        asked = "" if times is None else f" was to be called {often(times)}, and"
        raise AssertionError(f"{wanted}{asked} was {often(found, 'not called', 'called ')}.\n{self._nearest(wanted)}")

    def _nearest(self, wanted: Wanted) -> str:
        lines = list(self.near(wanted))
        if not lines:
            return "There were no calls at all."
        more = f"\n  and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
        return "\n  ".join(["The calls, the nearest first:", *lines[:_MOST_LINES]]) + more

    def near(self, wanted: Wanted, *, only_its_operation: bool = False) -> Iterator[str]:
        """Yield a line for each call, the nearest first: with what differs if it is of the same operation."""
        last_attempts = {call.call_id: call for call in self.calls}.values()
        same = [call for call in last_attempts if call.operation == wanted.operation.name]
        for call in sorted(same, key=lambda call: wanted.equal_members(call.parameters), reverse=True):
            differences = wanted.differences(call.parameters)
            yield f"{call}  [{differences}]" if differences else str(call)
        if not only_its_operation:
            yield from (str(call) for call in last_attempts if call.operation != wanted.operation.name)


def often(times: int, never: str = "never", prefix: str = "") -> str:
    """Say in words how often."""
    if times == 0:
        return never
    return prefix + ("once" if times == 1 else f"{times} times")
