"""Write the logs of a job's steps, in the form of Amplify's own build logs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from .build_specs import BuildSpec, Phase
from .steps import Step

#: How far a step is, as a share of the time that it is planned to take.
_WHOLE = 1.0


def text(step: Step, spec: BuildSpec, now: datetime.datetime, lasts: datetime.timedelta) -> str:
    """Return the log of a step: the one that the plan gives it, or else what the build spec makes it say.

    Args:
        step: the step.
        spec: the build spec of the job.
        now: the present; a step that runs has written what belongs to the time until now.
        lasts: how long the step is planned to take.
    """
    if step.log is not None:
        return step.log
    messages = list(_messages(step, spec))
    share = _WHOLE
    end = step.end_time
    if end is None:
        share = min((now - step.start_time) / lasts, _WHOLE) if lasts else _WHOLE
        end = now
    shown = messages[: max(round(len(messages) * share), 1)]
    if step.status in ("CANCELLING", "CANCELLED"):
        shown = [shown[0], "[WARNING]: The build was cancelled."]
    between = (end - step.start_time) / max(len(shown) - 1, 1)
    times = (step.start_time + between * number for number in range(len(shown)))
    return "".join(f"{_time(moment)} {message}\n" for moment, message in zip(times, shown, strict=False))


def _messages(step: Step, spec: BuildSpec) -> Iterator[str]:
    failed = step.status == "FAILED"
    if step.step_name == "BUILD":
        yield "[INFO]: # Cloning repository"
        yield from _part("Backend Build", spec.of_part("backend"), failed=False)
        yield from _part("Frontend Build", spec.of_part("frontend"), failed=failed)
        if not failed:
            yield "[INFO]: ## Build completed successfully"
            yield "[INFO]: # Starting build artifact upload process..."
            yield "[INFO]: # Uploading build artifact '__artifacts.zip'..."
            yield "[INFO]: # Build artifact upload completed"
    elif step.step_name == "TEST":
        yield from _part("Test", spec.of_part("test"), failed=failed)
    else:
        yield f"[INFO]: # Starting {step.step_name.lower()}"
        yield f"[ERROR]: !!! {step.status_reason}" if failed else f"[INFO]: # Completed {step.step_name.lower()}"


def _part(title: str, phases: Sequence[Phase], *, failed: bool) -> Iterator[str]:
    """Yield what a part says; when it fails, it does so at the last command of its main phase."""
    yield f"[INFO]: ## Starting {title}"
    for phase in phases:
        yield f"[INFO]: # Starting phase: {phase.name}"
        for command in phase.commands:
            yield f"[INFO]: # Executing command: {command}"
        if failed and phase.name in ("build", "test"):
            break
        yield f"[INFO]: # Completed phase: {phase.name}"
    if failed:
        yield "[ERROR]: !!! Build failed"
        yield "[ERROR]: !!! Non-Zero Exit Code detected"
    else:
        yield f"[INFO]: ## Completed {title} successfully"


def _time(moment: datetime.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
