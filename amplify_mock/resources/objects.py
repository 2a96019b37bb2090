"""What lies in the artifacts bucket beside uploads, worked out from jobs and sites when somebody asks for it."""

from __future__ import annotations

import base64
import datetime
import io
import re
import zipfile
from collections.abc import Mapping
from typing import NamedTuple

from . import step_logs
from .access_logs import AccessLog
from .backend import Backend
from .ids import padded
from .job_courses import Progress
from .jobs import Job
from .steps import Step

# A key names the folder of a job, or of an app's logs; a branch may have slashes in its name.
_OF_JOB = re.compile(r"(?P<app>[^/]+)/(?P<branch>.+)/(?P<job>\d{10})/(?P<step>[A-Z]+)/(?P<name>.+)", re.DOTALL)
_ACCESS_LOG = re.compile(r"(?P<app>[^/]+)/accesslogs/(?P<host>[^/]+)/(?P<start>\d{10})-(?P<end>\d{10})\.csv")

_LOG, _ARTIFACTS, _TEST_ARTIFACTS, _THUMBNAIL = "log.txt", "artifacts.zip", "test_artifacts.zip", "thumbnail.png"

# The smallest picture, and the beginning of a film: no page is loaded here that could be shown.
_PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
_MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"

_TYPES = {"png": "image/png", "mp4": "video/mp4", "zip": "application/zip", "txt": "text/plain", "csv": "text/csv"}


class StoredObject(NamedTuple):
    """An object of the bucket."""

    content_type: str
    body: bytes


def with_urls(backend: Backend, app_id: str, branch_name: str, job: Job, progress: Progress) -> list[Step]:
    """Return the steps of a job with presigned URLs of what they leave behind.

    A build has a log, and so has a step that fails with one (recorded for BUILD alone). A build that succeeded has
    artifacts, tests have theirs, and a page that was verified has a thumbnail (documented). Steps that were loaded have
    the URLs that they came with.
    """
    if not progress.steps:
        return []
    folder = f"{app_id}/{branch_name}/{padded(job.number)}"
    presigned = backend.presigning()

    def with_its_own(step: Step) -> Step:
        name, status = step.step_name, step.status
        found: dict[str, str | Mapping[str, str]] = {}
        if name in ("BUILD", "TEST") or step.log is not None:
            found["log_url"] = presigned(f"{folder}/{name}/{_LOG}")
        if name == "BUILD" and status == "SUCCEED":
            found["artifacts_url"] = presigned(f"{folder}/{name}/{_ARTIFACTS}")
        elif name == "TEST" and status in ("SUCCEED", "FAILED"):
            found["test_artifacts_url"] = presigned(f"{folder}/{name}/{_TEST_ARTIFACTS}")
        elif name == "VERIFY" and status == "SUCCEED":
            found["screenshots"] = {"thumbnail": presigned(f"{folder}/{name}/{_THUMBNAIL}")}
        return step._replace(**found)  # type: ignore[arg-type]

    return [step if step in job.loaded_steps else with_its_own(step) for step in progress.steps]


def stored(backend: Backend, key: str) -> StoredObject | None:
    """Return the object under a key, or None if there is none."""
    found = _OF_JOB.fullmatch(key)
    if found is not None:
        return _of_job(backend, found)
    found = _ACCESS_LOG.fullmatch(key)
    return None if found is None else _access_log(backend, found)


def _of_job(backend: Backend, key: re.Match[str]) -> StoredObject | None:
    app = backend.apps.get(key["app"])
    branch = None if app is None else app.branches.get(key["branch"])
    job = None if branch is None else branch.jobs.get(key["job"].lstrip("0"))
    if job is None:
        return None
    step = next((each for each in job.steps if each.step_name == key["step"]), None)
    return None if step is None else _of_step(backend, job, step, key["name"])


def _of_step(backend: Backend, job: Job, step: Step, name: str) -> StoredObject | None:
    objects: dict[str, bytes] = {}
    if name == _LOG:
        objects[_LOG] = step_logs.text(job, step, backend.clock.now()).encode(errors="replace")
    elif step.step_name == "BUILD":
        objects[_ARTIFACTS] = _zipped({} if job.content is None else job.content.files)
    elif step.step_name == "VERIFY":
        objects[_THUMBNAIL] = _PNG
    elif step.step_name == "TEST":
        files = {each.artifact_file_name: _picture(each.artifact_file_name) for each in job.artifacts}
        objects = {_TEST_ARTIFACTS: _zipped(files)}
        objects.update((f"artifacts/{path}", body) for path, body in files.items())
    return _object(name, objects[name]) if name in objects else None


def _access_log(backend: Backend, key: re.Match[str]) -> StoredObject | None:
    try:
        start, end = (
            datetime.datetime.strptime(key[side], "%Y%m%d%H").replace(tzinfo=datetime.timezone.utc)
            for side in ("start", "end")
        )
    except ValueError:
        return None
    if key["app"] not in backend.apps:
        return None
    log = backend.access_logs.get(key["app"], AccessLog())
    return _object("access.csv", log.csv(key["host"], start, end).encode())


def _picture(name: str) -> bytes:
    return _MP4 if name.endswith(".mp4") else _PNG


def _object(name: str, body: bytes) -> StoredObject:
    return StoredObject(_TYPES[name.rpartition(".")[2]], body)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path, body in files.items():
            # The date is always the same, so that the same files are the same zip.
            archive.writestr(zipfile.ZipInfo(path), body, zipfile.ZIP_DEFLATED)
    return data.getvalue()
