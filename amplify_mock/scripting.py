"""What a test makes Amplify do to single calls, and what it may ask of them afterwards."""

from __future__ import annotations

from typing import Any

from .answering import Answering
from .controls.calls import Call
from .controls.failures import Error
from .controls.faults import Answers, check_times
from .controls.matching import Wanted


class Scripting(Answering):
    """Faults, canned answers and the calls of a mock; the controller is built on it.

    Calls are named by their operation, as the API spells it (``"StartJob"``), and by any of their members, as boto3
    takes them (``branchName="main"``). Members are compared by ``==``, so ``unittest.mock.ANY`` fits whatever is given.
    """

    # Faults

    def fail(
        self,
        operation: str,
        error: Error,
        /,
        *,
        times: int | None = 1,
        message: str | None = None,
        force: bool = False,
        after: bool = False,
        per_attempt: bool = False,
        **members: Any,
    ) -> None:
        """Let calls fail: ``amplify.fail("StartJob", "LimitExceededException", times=2, branchName="main")``.

        A call that fails fails for good, however often botocore tries it again. Requests that break the service model
        stay bad requests, and count for nothing. Faults that have a count come first, in the order they were given;
        then the others, the last one given first.

        Args:
            operation: the operation.
            error: the code of an error that the operation declares, or that any service may give
                (``"ThrottlingException"``, ``"ServiceUnavailable"`` and so on); a class of ``client.exceptions``; an
                HTTP status, 429 or from 500 on, which comes without a body; or a botocore exception, class or
                instance, such as ``ConnectTimeoutError``, which is raised where botocore's HTTP session would raise it.
            times: how many calls; None for all.
            message: the text of the error; the real service's own unless given, as far as it is known.
            force: give any error, also one that the operation does not declare.
            after: run the operation before: the change is made, but the answer is lost.
            per_attempt: count attempts instead of calls, so that a call can succeed when it is tried again.
            **members: only calls with these members.

        Raises:
            ValueError: for an unknown operation, or an error that it cannot give.
            TypeError: for a member that the operation does not have, or what names no error.
        """
        self._faults.fail(
            operation,
            error,
            times=times,
            message=message,
            force=force,
            after=after,
            per_attempt=per_attempt,
            members=members,
        )

    def delay(self, operation: str, /, *, seconds: float, times: int | None = 1, **members: Any) -> None:
        """Let the mock's clock move ahead before calls are answered. Nobody waits.

        All delays that fit a call add up, each once for a call, however often botocore tries it again.

        Args:
            operation: the operation.
            seconds: how far.
            times: how many calls; None for all.
            **members: only calls with these members.

        Raises:
            ValueError: for an unknown operation, or ``seconds`` that are not more than 0.
            TypeError: for a member that the operation does not have.
        """
        self._faults.delay(operation, seconds=seconds, times=times, members=members)

    def on(self, operation: str, /, **members: Any) -> Answers:
        """Begin a canned answer: ``amplify.on("GetApp", appId="d1").respond({"app": {...}})``.

        An error that fits the call comes before a canned answer. Of several canned answers, those that have a count
        come first, in the order they were given; then the others, the last one given first.

        Args:
            operation: the operation.
            **members: only calls with these members.

        Raises:
            ValueError: for an unknown operation.
            TypeError: for a member that the operation does not have.
        """
        return self._faults.on(operation, members)

    def assert_no_pending_faults(self) -> None:
        """Check that all faults, delays and canned answers were used: those with a count up, the others at least once.

        Raises:
            AssertionError: when some were not, with how often they were, and with the calls that came near.
        """
        __tracebackhide__ = True
        with self._service.lock:
            self._faults.assert_no_pending()

    # Calls

    @property
    def calls(self) -> list[Call]:
        """All calls that were answered so far, the oldest first; each attempt of a call is an entry of its own.

        Not among them are requests that name no operation, and calls that a handler of your own or a Stubber answered.
        """
        return list(self._log.calls)

    def assert_called(self, operation: str, /, *, times: int | None = None, **members: Any) -> None:
        """Check that an operation was called; attempts of one call count once, and so do calls that failed.

        Args:
            operation: the operation.
            times: how often; at least once unless given.
            **members: only calls with these members.

        Raises:
            AssertionError: when it was not, with the calls that come nearest.
            ValueError: for an unknown operation.
            TypeError: for a member that the operation does not have.
        """
        __tracebackhide__ = True
        check_times(times, least=0)
        self._assert_called(operation, times, members)

    def assert_not_called(self, operation: str, /, **members: Any) -> None:
        """Check that an operation was not called.

        Args:
            operation: the operation.
            **members: only calls with these members.

        Raises:
            AssertionError: when it was, with the calls.
            ValueError: for an unknown operation.
            TypeError: for a member that the operation does not have.
        """
        __tracebackhide__ = True
        self._assert_called(operation, 0, members)

    def _assert_called(self, operation: str, times: int | None, members: dict[str, Any]) -> None:
        __tracebackhide__ = True
        with self._service.lock:
            self._log.assert_called(Wanted(self._contract, operation, members), times)
