"""The operations of the Amplify API: parameters in, response members out, by attribute name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from .resources.backend import Backend
from .resources.jobs import Job

Members = dict[str, Any]
T = TypeVar("T")


class Page(Protocol):
    """What a list operation cuts its answer with."""

    def cut(self, items: Sequence[Any], *, descending: bool = False) -> Sequence[Any]: ...


# Apps


def create_app(backend: Backend, *, name: str, **members: Any) -> Members:
    return {"app": backend.create_app(name, members)}


def get_app(backend: Backend, *, app_id: str) -> Members:
    return {"app": backend.app(app_id)}


def list_apps(backend: Backend, page: Page) -> Members:
    return {"apps": page.cut(list(backend.apps.values()))}


def update_app(backend: Backend, *, app_id: str, **members: Any) -> Members:
    app = backend.app(app_id)
    app.update(members)
    return {"app": app}


def delete_app(backend: Backend, *, app_id: str) -> Members:
    return {"app": backend.delete_app(app_id)}


# Branches


def create_branch(backend: Backend, *, app_id: str, branch_name: str, **members: Any) -> Members:
    return {"branch": backend.app(app_id).add_branch(branch_name, members)}


def get_branch(backend: Backend, *, app_id: str, branch_name: str) -> Members:
    return {"branch": backend.branch(app_id, branch_name)}


def list_branches(backend: Backend, page: Page, *, app_id: str) -> Members:
    return {"branches": page.cut(list(backend.app(app_id).branches.values()))}


def update_branch(backend: Backend, *, app_id: str, branch_name: str, **members: Any) -> Members:
    return {"branch": backend.app(app_id).update_branch(branch_name, members)}


def delete_branch(backend: Backend, *, app_id: str, branch_name: str) -> Members:
    app = backend.app(app_id)
    app.branch(branch_name)
    return {"branch": app.branches.pop(branch_name)}


# Deployments


def create_deployment(
    backend: Backend, *, app_id: str, branch_name: str, file_map: Mapping[str, str] | None = None
) -> Members:
    job, deployment = backend.create_deployment(app_id, branch_name, file_map)
    return {
        "job_id": job.job_id,
        "file_upload_urls": deployment.file_upload_urls,
        "zip_upload_url": deployment.zip_upload_url,
    }


def start_deployment(
    backend: Backend,
    *,
    app_id: str,
    branch_name: str,
    job_id: str | None = None,
    source_url: str | None = None,
    source_url_type: str | None = None,
) -> Members:
    return _summary(backend.start_deployment(app_id, branch_name, job_id, source_url, source_url_type))


# Jobs


def start_job(backend: Backend, *, app_id: str, branch_name: str, job_type: str, **members: Any) -> Members:
    return _summary(backend.start_job(app_id, branch_name, job_type, members))


def get_job(backend: Backend, *, app_id: str, branch_name: str, job_id: str) -> Members:
    job = backend.branch(app_id, branch_name).job(job_id)
    progress = job.read()
    return {"job": {"summary": job.summary(progress), "steps": progress.steps}}


def list_jobs(backend: Backend, page: Page, *, app_id: str, branch_name: str) -> Members:
    jobs = page.cut(backend.branch(app_id, branch_name).newest_first(), descending=True)
    return {"job_summaries": [job.summary(job.read()) for job in jobs]}


def stop_job(backend: Backend, *, app_id: str, branch_name: str, job_id: str) -> Members:
    job = backend.branch(app_id, branch_name).job(job_id)
    job.stop()
    return _summary(job)


def delete_job(backend: Backend, *, app_id: str, branch_name: str, job_id: str) -> Members:
    return _summary(backend.branch(app_id, branch_name).delete_job(job_id))


def _summary(job: Job) -> Members:
    return {"job_summary": job.summary(job.progress())}


#: Every operation the mock has, by attribute name.
OPERATIONS: dict[str, Callable[..., Members]] = {
    function.__name__: function
    for function in (
        create_app,
        get_app,
        list_apps,
        update_app,
        delete_app,
        create_branch,
        get_branch,
        list_branches,
        update_branch,
        delete_branch,
        create_deployment,
        start_deployment,
        start_job,
        get_job,
        list_jobs,
        stop_job,
        delete_job,
    )
}
