"""What a test wants to go otherwise than it would: errors, delays and canned answers, and which of them applies."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from amplify_mock.clock import Clock
from amplify_mock.service.http import Response
from amplify_mock.service.service import Attempt, Contract

from .calls import CallLog, Parameters, often
from .canned_answers import canned
from .failures import Error, Failure, failure
from .matching import Wanted

_MOST_NEAR_CALLS = 3


@dataclass(frozen=True, eq=False)
class Rule:
    """Something that happens to the calls that are meant.

    Args:
        wanted: which calls are meant.
        times: to how many of them it happens; None for all.
        text: how the test has asked for it.
    """

    wanted: Wanted
    times: int | None
    text: str


@dataclass(frozen=True, eq=False)
class Unanswered(Rule):
    """A canned answer that was begun, and has no answer yet."""


@dataclass(frozen=True, eq=False)
class Delay(Rule):
    """Time that passes before an operation runs."""

    length: datetime.timedelta


@dataclass(frozen=True, eq=False)
class Fault(Rule):
    """An error."""

    failure: Failure
    after: bool
    per_attempt: bool


@dataclass(frozen=True, eq=False)
class CannedAnswer(Rule):
    """An answer in the place of the operation's own."""

    response: Response


R = TypeVar("R", bound=Rule)


class Rules(NamedTuple):
    """All rules, in the order in which they were given, and how often each was used."""

    given: tuple[Rule, ...] = ()
    used: Mapping[Rule, int] = {}


class Faults:
    """Stands between the requests and the operations, and does what a test has asked for.

    Args:
        contract: the compiled service model.
        clock: the mock's clock.
        log: what notes the calls.
    """

    def __init__(self, contract: Contract, clock: Clock, log: CallLog) -> None:
        self._contract = contract
        self._clock = clock
        self._log = log
        self._given: list[Rule] = []
        self._used: dict[Rule, int] = {}
        # By call: what its first attempts have met, its later attempts meet again.
        self._met: dict[str, list[Rule]] = {}

    @property
    def rules(self) -> Rules:
        """All rules as they are now."""
        return Rules(tuple(self._given), dict(self._used))

    @rules.setter
    def rules(self, rules: Rules) -> None:
        self._given, self._used, self._met = list(rules.given), dict(rules.used), {}

    def fail(
        self,
        operation: str,
        error: Error,
        *,
        times: int | None,
        message: str | None,
        force: bool,
        after: bool,
        per_attempt: bool,
        members: dict[str, Any],
    ) -> None:
        """Answer calls with an error."""
        wanted = Wanted(self._contract, operation, members)
        check_times(times)
        answer = failure(self._contract.model.operation_model(operation), error, message, force=force)
        name = error.__name__ if isinstance(error, type) else repr(error)
        text = _written("fail", wanted, name, f"times={times}")
        self._add(Fault(wanted, times, text, answer, after, per_attempt))

    def delay(self, operation: str, *, seconds: float, times: int | None, members: dict[str, Any]) -> None:
        """Let time pass before calls."""
        wanted = Wanted(self._contract, operation, members)
        check_times(times)
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise TypeError(f"seconds must be a number, and not {seconds!r}")
        if not 0 < seconds < math.inf:
            raise ValueError(f"seconds must be more than 0, and not {seconds!r}")
        text = _written("delay", wanted, f"seconds={seconds}", f"times={times}")
        self._add(Delay(wanted, times, text, datetime.timedelta(seconds=seconds)))

    def on(self, operation: str, members: dict[str, Any]) -> Answers:
        """Return what takes canned answers for calls."""
        wanted = Wanted(self._contract, operation, members)
        begun = Unanswered(wanted, None, f"{_written('on', wanted)}, which nothing responds to")
        self._add(begun)
        return Answers(wanted, partial(self._drop, begun), self._add)

    def _drop(self, rule: Rule) -> None:
        self._given = [each for each in self._given if each is not rule]

    def _add(self, rule: Rule) -> None:
        self._given.append(rule)

    # One attempt

    def intercept(self, attempt: Attempt) -> Response:
        """Answer one attempt, as a test has asked for or else by its operation, and note it."""
        return self._log.watch(attempt, self._answer)

    def _answer(self, attempt: Attempt, parameters: Parameters, call_id: str) -> Response:
        name = attempt.operation.name
        if attempt.problem is not None or all(rule.wanted.operation.name != name for rule in self._given):
            return attempt.run()
        met = self._met.get(call_id, [])
        fitting = [rule for rule in self._in_order() if rule.wanted.matches(name, parameters)]
        for delay in _of(Delay, fitting):
            if delay not in met:
                self._meet(delay, call_id)
                self._clock.move(delay.length)
        for fault in _of(Fault, met):
            return fault.failure(attempt)
        for fault in _of(Fault, fitting):
            self._meet(fault, call_id)
            if fault.after:
                attempt.run()
            return fault.failure(attempt)
        for answer in _of(CannedAnswer, met):
            return answer.response
        for answer in _of(CannedAnswer, fitting):
            self._meet(answer, call_id)
            return answer.response
        return attempt.run()

    def _in_order(self) -> list[Rule]:
        """Return the rules with a count that is not used up, and then the others, the last given first."""
        counted = (rule for rule in self._given if rule.times is not None and rule.times > self._used.get(rule, 0))
        standing = (rule for rule in reversed(self._given) if rule.times is None)
        return [*counted, *standing]

    def _meet(self, rule: Rule, call_id: str) -> None:
        self._used[rule] = self._used.get(rule, 0) + 1
        if not (isinstance(rule, Fault) and rule.per_attempt):
            self._met.setdefault(call_id, []).append(rule)

    # The end

    def assert_no_pending(self) -> None:
        """Raise an AssertionError if a rule was not used, or not as often as it was to be."""
        pending = [rule for rule in self._given if self._is_pending(rule)]
        if pending:
            descriptions = "\n".join(map(self._description, pending))
            raise AssertionError(
                f"{len(pending)} of {len(self._given)} faults, delays and canned answers are pending:\n{descriptions}"
            )

    def _is_pending(self, rule: Rule) -> bool:
        used = self._used.get(rule, 0)
        return used == 0 if rule.times is None else used < rule.times

    def _description(self, rule: Rule) -> str:
        lines = [f"  {rule.text}: {often(self._used.get(rule, 0), 'never used', 'used ')}"]
        calls = islice(self._log.near(rule.wanted, only_its_operation=True), _MOST_NEAR_CALLS)
        return "\n".join([*lines, *(f"    near: {call}" for call in calls)])


def _of(kind: type[R], rules: list[Rule]) -> Iterator[R]:
    return (rule for rule in rules if isinstance(rule, kind))


def _written(method: str, wanted: Wanted, *arguments: str) -> str:
    given = [repr(wanted.operation.name), *arguments, *filter(None, [wanted.arguments])]
    return f"{method}({', '.join(given)})"


class Answers:
    """Takes canned answers for the calls that are meant: ``amplify.on("GetApp").respond({...})``."""

    def __init__(self, wanted: Wanted, begin: Callable[[], None], add: Callable[[Rule], None]) -> None:
        self._wanted = wanted
        self._begin = begin
        self._add = add

    def respond(self, answer: Mapping[str, Any], times: int | None = None) -> Answers:
        """Answer these calls with ``answer``, and do not run their operation.

        Returns itself, so that one answer can follow the other: ``.respond(..., times=1).respond(...)``.

        Args:
            answer: the answer as boto3 gives it: by wire name, with datetimes. ``ResponseMetadata`` is left out.
            times: how many calls to answer; None for all.

        Raises:
            TypeError: when the answer is no dict.
            ValueError: when it breaks the service model. Members that are required may be absent in a mock of
                ``fidelity="recorded"``.
        """
        self._begin()
        check_times(times)
        response = canned(self._wanted.operation, answer)
        text = f"{_written('on', self._wanted)}.respond(..., times={times})"
        self._add(CannedAnswer(self._wanted, times, text, response))
        return self


def check_times(times: object, least: int = 1) -> None:
    """Raise an error unless ``times`` is None or a whole number that is large enough."""
    if times is None:
        return
    if isinstance(times, bool) or not isinstance(times, int):
        raise TypeError(f"times must be a whole number or None, and not {times!r}")
    if times < least:
        raise ValueError(f"times must be {least} or more, and not {times}")
