"""Take the events of jobs to the rules of moto's EventBridge, and to their targets."""

from __future__ import annotations

import calendar
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from . import moto

Event = dict[str, Any]

# Services that moto has targets of. An error of theirs is about one target, and not about the kind.
_SERVED = frozenset({"events", "logs", "sqs"})
# A warning is about the code that has called these. The last one stands between two others.
_BETWEEN = frozenset({"aioboto3", "aiobotocore", "amplify_mock", "boto3", "botocore", "moto", "wrapt", "contextlib"})


class Bus:
    """Takes events to moto's EventBridge, and warns once of each target that they do not reach."""

    def __init__(self) -> None:
        self._warned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()

    def listener(self) -> Callable[[Event], object] | None:
        """Return what takes events; None while moto is not active."""
        return self._put if moto.is_active() else None

    def _put(self, event: Event) -> None:
        """Take an event to the default bus of its account and region, as far as anybody has made rules there."""
        backend = moto.backends("moto.events.models", "events_backends").get(event["account"], {}).get(event["region"])
        if backend is None:
            return
        # Inside moto a time is a number, which it formats when it sends.
        sent = {**event, "time": calendar.timegm(time.strptime(event["time"], "%Y-%m-%dT%H:%M:%SZ"))}
        failures: list[tuple[Any, str, Exception]] = []
        for rule in list(backend.describe_event_bus("default").rules.values()):
            # moto itself looks at neither: a disabled rule matches nothing, and one on a schedule no event.
            if rule.state != "DISABLED" and rule.event_pattern.get_pattern():
                for target in list(rule.targets):
                    try:
                        _send(rule, target, sent)
                    except Exception as error:
                        failures.append((rule, target["Arn"], error))
        # Only now: where warnings are errors, the first one is the end of this.
        for rule, arn, failure in failures:
            self._warn(rule, arn, failure)

    def _warn(self, rule: Any, arn: str, failure: Exception) -> None:
        warned = self._warned.setdefault(rule, set())
        if arn in warned:
            return
        warned.add(arn)
        service = arn.split(":")[2]
        if isinstance(failure, NotImplementedError) and service not in _SERVED:
            what = f"moto does not deliver to {service} targets: no event of the rule {rule.name} reaches {arn}."
        else:
            reason = f"{type(failure).__name__}: {failure}".rstrip(".")
            what = f"moto could not deliver an event of the rule {rule.name} to its target {arn}: {reason}."
        text = f"{what} A function given to amplify.on_event() hears of every event."
        frames = traceback.walk_stack(sys._getframe())  # noqa: SLF001  (nothing else tells who has called)
        names = (str(frame.f_globals.get("__name__")).partition(".")[0] for frame, _ in frames)
        level = next((level for level, name in enumerate(names, 1) if name not in _BETWEEN), 1)
        warnings.warn(text, stacklevel=level)


def _send(rule: Any, target: Mapping[str, Any], event: Event) -> None:
    is_transformed = bool(target.get("InputTransformer"))
    if is_transformed:
        event = {**event, "ingestion-time": event["time"]}
    # A rule with this one target, so that none is in the way of another. Made past its class, which counts its objects.
    only = object.__new__(type(rule))
    vars(only).update(vars(rule), targets=[target])
    # Left to itself, moto gives an event that nobody wants transformed a form of its own, which lacks the account.
    only.send_to_targets(event, transform_input=is_transformed)
