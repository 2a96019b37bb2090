"""Write the logs of a job's steps, in the form of Amplify's own build logs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from .build_specs import Phase
from .jobs import Job
from .steps import Step


def text(job: Job, step: Step, now: datetime.datetime) -> str:
    """Return the log of a step: the one that the plan gives it, or else what the build spec makes it say.

    The lines share out the time that the step is planned to take, and each is there from its own time on. So what was
    read once stays so, however the step ends.
    """
    failure = None if job.failure is None or job.failure.step != step.step_name else job.failure
    given = step.log if failure is None else failure.log
    whole = job.plan.step(step.step_name)
    until = min(job.stopped or now, step.end_time or now)
    has_ended = step.status in ("SUCCEED", "FAILED")
    if given is not None:
        lines = given.splitlines(keepends=True)
        # The last line comes when the step fails, and the first one not before its time either.
        times = _times(step.start_time, whole, len(lines) + 1)[1:]
        return "".join(line for line, time in zip(lines, times, strict=True) if has_ended or time <= until)
    messages = [line for message in _messages(job, step, failure and failure.reason) for line in message.split("\n")]
    written = [
        f"{_written(min(time, until))} {message}\n"
        for message, time in zip(messages, _times(step.start_time, whole, len(messages)), strict=True)
        if has_ended or time <= until
    ]
    if job.stopped is not None and not has_ended:
        written.append(f"{_written(until)} [WARNING]: The build was cancelled.\n")
    return "".join(written)


def _times(start: datetime.datetime, whole: datetime.timedelta, count: int) -> list[datetime.datetime]:
    return [start + whole * number / max(count - 1, 1) for number in range(count)]


def _messages(job: Job, step: Step, reason: str | None) -> Iterator[str]:
    if step.step_name == "BUILD":
        yield "[INFO]: # Cloning repository"
        yield from _part("Backend Build", job.build_spec.of_part("backend"), None)
        yield from _part("Frontend Build", job.build_spec.of_part("frontend"), reason)
        if reason is None:
            yield "[INFO]: ## Build completed successfully"
            yield "[INFO]: # Starting build artifact upload process..."
            yield "[INFO]: # Uploading build artifact '__artifacts.zip'..."
            yield "[INFO]: # Build artifact upload completed"
    elif step.step_name == "TEST":
        yield from _part("Test", job.build_spec.of_part("test"), reason)
    else:
        yield f"[INFO]: # Starting {step.step_name.lower()}"
        yield f"[INFO]: # Completed {step.step_name.lower()}" if reason is None else f"[ERROR]: !!! {reason}"


def _part(title: str, phases: Sequence[Phase], reason: str | None) -> Iterator[str]:
    """Yield what a part says; when it fails, it does so at the last command of its main phase."""
    yield f"[INFO]: ## Starting {title}"
    for phase in phases:
        yield f"[INFO]: # Starting phase: {phase.name}"
        for command in phase.commands:
            yield f"[INFO]: # Executing command: {command}"
        if reason is not None and phase.name in ("build", "test"):
            break
        yield f"[INFO]: # Completed phase: {phase.name}"
    if reason is None:
        yield f"[INFO]: ## Completed {title} successfully"
    else:
        yield f"[ERROR]: {reason}"
        yield "[ERROR]: !!! Build failed"
        yield "[ERROR]: !!! Non-Zero Exit Code detected"


def _written(moment: datetime.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
