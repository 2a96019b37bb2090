"""Jobs that go by a plan, and where they stand; times are seconds since START."""

from __future__ import annotations

import datetime

START = datetime.datetime(2024, 9, 1, 12, 0, tzinfo=datetime.timezone.utc)
FINISHED = {"SUCCEED", "FAILED", "CANCELLED"}
PROGRESSES = ["poll", "clock", "instant", "manual"]


def at(seconds):
    return START + datetime.timedelta(seconds=seconds)


def since(moment):
    return None if moment is None else (moment - START).total_seconds()


def handle(amplify, branch, job_id=None):
    return amplify.job(branch["appId"], branch["branchName"], job_id)


def spans(job):
    """Return the steps of a job as the controller has it: name, status, start and end."""
    return [(step.step_name, step.status, since(step.start_time), since(step.end_time)) for step in job.steps]


def course(job):
    """Return the status of a job as the controller has it, its start and end, and its steps."""
    return job.status, since(job.start_time), since(job.end_time), spans(job)


def answered(job):
    """Return the same of a job as GetJob answers it."""
    summary = job["summary"]
    steps = [
        (step["stepName"], step["status"], since(step["startTime"]), since(step.get("endTime")))
        for step in job["steps"]
    ]
    return summary["status"], since(summary["startTime"]), since(summary.get("endTime")), steps
