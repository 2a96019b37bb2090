"""Take the events of jobs to the rules of moto's EventBridge, and to their targets."""

from __future__ import annotations

import calendar
import inspect
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from . import moto

Event = dict[str, Any]


def bus() -> Callable[[Event], object] | None:
    """Return what takes events to moto's EventBridge; None while moto is not active."""
    return _put if moto.is_active() else None


def _put(event: Event) -> None:
    """Take an event to the default bus of its account and region, as far as anybody has made rules there."""
    backend = moto.backends("moto.events.models", "events_backends").get(event["account"], {}).get(event["region"])
    if backend is None:
        return
    # Inside moto a time is a number, which it formats when it sends.
    sent = {**event, "time": calendar.timegm(time.strptime(event["time"], "%Y-%m-%dT%H:%M:%SZ"))}
    for rule in list(backend.describe_event_bus("default").rules.values()):
        # moto itself looks at neither: a disabled rule matches nothing, and one on a schedule no event.
        if rule.state != "DISABLED" and rule.event_pattern.get_pattern():
            for target in list(rule.targets):
                _send(rule, target, sent)


def _send(rule: Any, target: Mapping[str, Any], event: Event) -> None:
    options = {"transform_input": bool(target.get("InputTransformer"))}
    if options["transform_input"]:
        event = {**event, "ingestion-time": event["time"]}
    # Newer versions of moto put what they need not transform into a form of their own, which lacks the account, unless
    # they are told not to. Older ones have no transformers.
    accepted = inspect.signature(rule.send_to_targets).parameters
    options = {name: value for name, value in options.items() if name in accepted}
    # A rule with this one target, so that none is in the way of another. Made past its class, which counts its objects.
    only = object.__new__(type(rule))
    vars(only).update(vars(rule), targets=[target])
    try:
        only.send_to_targets(event, **options)
    except Exception as error:
        warnings.warn(
            f"moto could not deliver an event of amplify_mock to the target {target['Arn']} of the rule {rule.name}: "
            f"{type(error).__name__}: {error}. A function given to amplify.on_event() hears of every event.",
            stacklevel=2,
        )
