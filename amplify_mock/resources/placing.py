"""Put resources in place that are known from elsewhere, over those that are there already; what they own stays."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from . import domain_associations
from .apps import App
from .backend import Backend
from .backend_environments import BackendEnvironment
from .branches import MANUAL_STEPS, Branch, default_display_name
from .domain_associations import DomainAssociation, Sighting, SubDomain, same_name
from .job_courses import FINISHED, Progress
from .jobs import Job
from .literals import JobType
from .members import put
from .steps import Step, of_ended_job
from .webhooks import Webhook

Members = Mapping[str, Any]

_OWNED = ("branches", "domain_associations", "webhooks", "backend_environments")


def put_app(backend: Backend, app_id: str, members: Members) -> App:
    """Put an app in place."""
    created, times = _times(backend, members)
    app = backend.apps.get(app_id) or backend.new_app(app_id, members["name"], created)
    known = {
        # To be connected to no repository is written as an empty one, too.
        "repository": members.get("repository") or None,
        "known_production_branch": members.get("production_branch"),
    }
    put(app, {**members, **times, **known}, kept=_OWNED)
    if app_id not in backend.apps:
        backend.place(app)
    return app


def put_branch(backend: Backend, app: App, members: Members) -> Branch:
    """Put a branch in place."""
    created, times = _times(backend, members)
    name = members["branch_name"]
    branch = app.branches.get(name) or Branch(
        number=app.next_number(),
        branch_arn=members["branch_arn"],
        branch_name=name,
        create_time=created,
        update_time=created,
        clock=backend.clock,
        display_name=default_display_name(name),
        domain_associations=app.domain_associations,
    )
    known = {
        "known_active_job_id": members.get("active_job_id") or None,
        "known_custom_domains": members.get("custom_domains") or None,
    }
    put(branch, {**members, **times, **known}, kept=("domain_associations", "jobs"))
    branch.count_on_from(int(members.get("active_job_id") or 0))
    app.branches[name] = branch
    return branch


def put_job(backend: Backend, app: App, branch: Branch, members: Members, steps: Sequence[Step] | None) -> Job:
    """Put a job in place: for good if it has ended, else to go on from where it is."""
    number = int(members["job_id"])
    # Of the model's statuses, the service was never seen to send this one.
    status = members["status"].replace("CREATED", "PENDING")
    is_manual = not app.is_connected or bool(members.get("source_url"))
    job_type: JobType = members.get("job_type") or ("MANUAL" if is_manual else "RELEASE")
    names = MANUAL_STEPS if job_type == "MANUAL" else app.build_steps(branch)
    plan = backend.plans.standing(app.app_id, branch.branch_name)
    job = branch.jobs.get(str(number)) or Job.made(number, branch.branch_arn, job_type, plan, names, backend.clock)
    end = members.get("end_time")
    before = job.progress()
    if steps is not None or (before.status, before.end_time) != (status, end):
        job.loaded_steps = steps or ()
    else:
        # A summary says nothing of the steps, which may be known already.
        steps = job.known_steps
    job.job_type = job_type
    job.created = members.get("start_time") or backend.clock.now()
    for name in ("job_arn", "commit_id", "commit_message", "commit_time", "source_url", "source_url_type"):
        setattr(job, name, members.get(name))
    branch.place(job)
    if status not in FINISHED:
        had = [] if steps is None else [step.step_name for step in steps]
        job.step_names = [*had, *(name for name in names if name not in had)]
        job.stage = branch.stage
        backend.take_over(app, branch, job, status, steps)
        return job
    if steps is None:
        steps = of_ended_job(names, status, job.created, end or job.created, plan)
    job.step_names = [step.step_name for step in steps]
    # The production branch is the one that the app was loaded with.
    job.stage = "NONE"
    job.be_over(Progress(status, end, list(steps)))
    return job


def put_domain(backend: Backend, app: App, members: Members) -> DomainAssociation:
    """Put a domain association in place."""
    name = members["domain_name"]
    before = app.domain_associations.get(same_name(name))
    domain = DomainAssociation.made(
        app.next_number() if before is None else before.number,
        app.app_arn,
        name,
        plan=backend.domain_plan,
        clock=backend.clock,
        random=backend.random,
    )
    certificate = members.get("certificate")
    record = members.get("certificate_verification_dns_record")
    sighting = Sighting(
        domain_status=members["domain_status"],
        status_reason=members.get("status_reason"),
        sub_domains=[_sub_domain(each) for each in members.get("sub_domains", ())],
        enable_auto_sub_domain=members.get("enable_auto_sub_domain", False),
        certificate_verification_dns_record=record,
        certificate=certificate,
    )
    domain.domain_association_arn = members["domain_association_arn"]
    domain.tags = {} if before is None else before.tags
    domain.settings = [each.sub_domain_setting for each in sighting.sub_domains]
    domain.wants_auto_sub_domain = sighting.enable_auto_sub_domain
    domain.auto_sub_domain_creation_patterns = members.get("auto_sub_domain_creation_patterns")
    domain.auto_sub_domain_iam_role = members.get("auto_sub_domain_iam_role")
    if certificate is not None:
        given = {name: value for name, value in certificate.items() if name != "certificate_verification_dns_record"}
        domain.certificate_settings = {**domain_associations.MANAGED, **given}
    domain.validation = record or domain.validation
    targets = (each.dns_record.rpartition(" ")[2] for each in sighting.sub_domains)
    domain.distribution = next((each for each in targets if each.endswith(".cloudfront.net")), domain.distribution)
    domain.be_under_way(sighting.domain_status, members.get("update_status"))
    domain.be_as_seen(sighting)
    app.domain_associations[same_name(name)] = domain
    return domain


def _sub_domain(members: Members) -> SubDomain:
    setting = members["sub_domain_setting"]
    return SubDomain(
        setting.get("prefix", ""),
        setting["branch_name"],
        members.get("verified", False),
        members.get("dns_record", ""),
    )


def put_webhook(backend: Backend, app: App, members: Members) -> Webhook:
    """Put a webhook in place."""
    created, times = _times(backend, members)
    webhook_id = members["webhook_id"]
    webhook = app.webhooks.get(webhook_id) or Webhook.made(
        app.next_number(),
        app_arn=app.app_arn,
        app_id=app.app_id,
        branch_name=members["branch_name"],
        description=None,
        now=created,
        random=backend.random,
        webhook_id=webhook_id,
    )
    put(webhook, {"description": None, **members, **times}, kept=("tags",))
    app.webhooks[webhook_id] = webhook
    return webhook


def put_backend_environment(backend: Backend, app: App, members: Members) -> BackendEnvironment:
    """Put a backend environment in place."""
    created, times = _times(backend, members)
    name, arn = members["environment_name"], members["backend_environment_arn"]
    environment = app.backend_environments.get(name) or BackendEnvironment(
        app.next_number(), arn, name, None, None, created, created
    )
    put(environment, {"stack_name": None, "deployment_artifacts": None, **members, **times}, kept=("tags",))
    app.backend_environments[name] = environment
    return environment


def _times(backend: Backend, members: Members) -> tuple[datetime.datetime, dict[str, datetime.datetime]]:
    created = members.get("create_time") or backend.clock.now()
    return created, {"create_time": created, "update_time": members.get("update_time") or created}
