"""The operations of the Amplify API: parameters in, response members out, by attribute name."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from .resources.backend import Backend
from .resources.deployments import ZIP
from .resources.jobs import Job
from .resources.literals import JobType, SourceUrlType
from .resources.objects import with_urls
from .resources.rolls import in_order
from .resources.tags import tag, tagged, untag

Members = dict[str, Any]


class Page(Protocol):
    """What a list operation cuts its answer with."""

    def cut(self, items: Sequence[Any], *, descending: bool = False) -> Sequence[Any]: ...


# Apps


def create_app(backend: Backend, /, *, name: str, **members: Any) -> Members:
    return {"app": backend.create_app(name, members)}


def get_app(backend: Backend, /, *, app_id: str) -> Members:
    return {"app": backend.app(app_id)}


def list_apps(backend: Backend, page: Page, /) -> Members:
    return {"apps": page.cut(in_order(backend.apps))}


def update_app(backend: Backend, /, *, app_id: str, **members: Any) -> Members:
    app = backend.app(app_id)
    app.update(members)
    return {"app": app}


def delete_app(backend: Backend, /, *, app_id: str) -> Members:
    return {"app": backend.delete_app(app_id)}


# Branches


def create_branch(backend: Backend, /, *, app_id: str, branch_name: str, **members: Any) -> Members:
    return {"branch": backend.app(app_id).add_branch(branch_name, members)}


def get_branch(backend: Backend, /, *, app_id: str, branch_name: str) -> Members:
    return {"branch": backend.branch(app_id, branch_name)}


def list_branches(backend: Backend, page: Page, /, *, app_id: str) -> Members:
    return {"branches": page.cut(in_order(backend.app(app_id).branches))}


def update_branch(backend: Backend, /, *, app_id: str, branch_name: str, **members: Any) -> Members:
    return {"branch": backend.app(app_id).update_branch(branch_name, members)}


def delete_branch(backend: Backend, /, *, app_id: str, branch_name: str) -> Members:
    return {"branch": backend.app(app_id).delete_branch(branch_name)}


# Deployments


def create_deployment(
    backend: Backend, /, *, app_id: str, branch_name: str, file_map: Mapping[str, str] | None = None
) -> Members:
    job, urls = backend.create_deployment(app_id, branch_name, file_map)
    if file_map:
        return {"job_id": job.job_id, "file_upload_urls": urls}
    return {"job_id": job.job_id, "file_upload_urls": {}, "zip_upload_url": urls[ZIP]}


def start_deployment(
    backend: Backend,
    /,
    *,
    app_id: str,
    branch_name: str,
    job_id: str | None = None,
    source_url: str | None = None,
    source_url_type: SourceUrlType | None = None,
) -> Members:
    return _summary(backend.start_deployment(app_id, branch_name, job_id, source_url, source_url_type))


# Jobs


def start_job(backend: Backend, /, *, app_id: str, branch_name: str, job_type: JobType, **members: Any) -> Members:
    return _summary(backend.start_job(app_id, branch_name, job_type, members))


def get_job(backend: Backend, /, *, app_id: str, branch_name: str, job_id: str) -> Members:
    job = backend.branch(app_id, branch_name).job(job_id)
    progress = job.read()
    return {"job": {"summary": job.summary(progress), "steps": with_urls(backend, app_id, branch_name, job, progress)}}


def list_jobs(backend: Backend, page: Page, /, *, app_id: str, branch_name: str) -> Members:
    branch = backend.branch(app_id, branch_name)
    jobs = page.cut(in_order(branch.jobs), descending=True)
    branch.read(jobs)
    return {"job_summaries": [job.summary(job.standing()) for job in jobs]}


def stop_job(backend: Backend, /, *, app_id: str, branch_name: str, job_id: str) -> Members:
    job = backend.branch(app_id, branch_name).job(job_id)
    job.stop()
    return _summary(job)


def delete_job(backend: Backend, /, *, app_id: str, branch_name: str, job_id: str) -> Members:
    return _summary(backend.branch(app_id, branch_name).delete_job(job_id))


def _summary(job: Job) -> Members:
    return {"job_summary": job.summary(job.standing())}


# Artifacts and access logs


def list_artifacts(backend: Backend, page: Page, /, *, app_id: str, branch_name: str, job_id: str) -> Members:
    return {"artifacts": page.cut(backend.branch(app_id, branch_name).job(job_id).artifacts)}


def get_artifact_url(backend: Backend, /, *, artifact_id: str) -> Members:
    return {"artifact_id": artifact_id, "artifact_url": backend.artifact_url(artifact_id)}


def generate_access_logs(
    backend: Backend,
    /,
    *,
    app_id: str,
    domain_name: str,
    start_time: datetime.datetime | None = None,
    end_time: datetime.datetime | None = None,
) -> Members:
    return {"log_url": backend.access_log_url(app_id, domain_name, start_time, end_time)}


# Domain associations


def create_domain_association(backend: Backend, /, *, app_id: str, domain_name: str, **members: Any) -> Members:
    return {"domain_association": backend.create_domain_association(app_id, domain_name, members)}


def get_domain_association(backend: Backend, /, *, app_id: str, domain_name: str) -> Members:
    domain = backend.app(app_id).domain(domain_name)
    domain.read()
    return {"domain_association": domain}


def list_domain_associations(backend: Backend, page: Page, /, *, app_id: str) -> Members:
    domains = page.cut(backend.app(app_id).live_domains())
    for domain in domains:
        domain.read()
    return {"domain_associations": domains}


def update_domain_association(backend: Backend, /, *, app_id: str, domain_name: str, **members: Any) -> Members:
    return {"domain_association": backend.update_domain_association(app_id, domain_name, members)}


def delete_domain_association(backend: Backend, /, *, app_id: str, domain_name: str) -> Members:
    return {"domain_association": backend.app(app_id).delete_domain(domain_name)}


# Webhooks


def create_webhook(backend: Backend, /, *, app_id: str, branch_name: str, description: str | None = None) -> Members:
    return {"webhook": backend.app(app_id).add_webhook(branch_name, description, backend.random)}


def get_webhook(backend: Backend, /, *, webhook_id: str) -> Members:
    return {"webhook": backend.webhook(webhook_id)[1]}


def list_webhooks(backend: Backend, page: Page, /, *, app_id: str) -> Members:
    return {"webhooks": page.cut(in_order(backend.app(app_id).webhooks))}


def update_webhook(
    backend: Backend, /, *, webhook_id: str, branch_name: str | None = None, description: str | None = None
) -> Members:
    app, webhook = backend.webhook(webhook_id)
    app.update_webhook(webhook, branch_name, description)
    return {"webhook": webhook}


def delete_webhook(backend: Backend, /, *, webhook_id: str) -> Members:
    app, webhook = backend.webhook(webhook_id)
    return {"webhook": app.webhooks.pop(webhook.webhook_id)}


# Backend environments


def create_backend_environment(
    backend: Backend,
    /,
    *,
    app_id: str,
    environment_name: str,
    stack_name: str | None = None,
    deployment_artifacts: str | None = None,
) -> Members:
    app = backend.app(app_id)
    return {"backend_environment": app.add_backend_environment(environment_name, stack_name, deployment_artifacts)}


def get_backend_environment(backend: Backend, /, *, app_id: str, environment_name: str) -> Members:
    return {"backend_environment": backend.app(app_id).backend_environment(environment_name)}


def list_backend_environments(
    backend: Backend, page: Page, /, *, app_id: str, environment_name: str | None = None
) -> Members:
    environments = backend.app(app_id).backend_environments
    if environment_name is None:
        return {"backend_environments": page.cut(in_order(environments))}
    named = environments.get(environment_name)
    return {"backend_environments": page.cut([] if named is None else [named])}


def delete_backend_environment(backend: Backend, /, *, app_id: str, environment_name: str) -> Members:
    app = backend.app(app_id)
    environment = app.backend_environment(environment_name)
    return {"backend_environment": app.backend_environments.pop(environment.environment_name)}


# Tags


def tag_resource(backend: Backend, /, *, resource_arn: str, tags: dict[str, str]) -> Members:
    tag(tagged(backend, resource_arn), tags)
    return {}


def untag_resource(backend: Backend, /, *, resource_arn: str, tag_keys: list[str]) -> Members:
    untag(tagged(backend, resource_arn), tag_keys)
    return {}


def list_tags_for_resource(backend: Backend, /, *, resource_arn: str) -> Members:
    return {"tags": tagged(backend, resource_arn).tags}


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
        list_artifacts,
        get_artifact_url,
        generate_access_logs,
        create_domain_association,
        get_domain_association,
        list_domain_associations,
        update_domain_association,
        delete_domain_association,
        create_webhook,
        get_webhook,
        list_webhooks,
        update_webhook,
        delete_webhook,
        create_backend_environment,
        get_backend_environment,
        list_backend_environments,
        delete_backend_environment,
        tag_resource,
        untag_resource,
        list_tags_for_resource,
    )
}
