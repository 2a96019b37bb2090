"""What notebooks show of a mock, as HTML: its apps, branches and jobs in tables, and the steps of jobs over time."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from amplify_mock.clock import Clock
from amplify_mock.resources.apps import App
from amplify_mock.resources.backend import Backend
from amplify_mock.resources.backend_environments import BackendEnvironment
from amplify_mock.resources.branches import Branch
from amplify_mock.resources.domain_associations import DomainAssociation, SubDomain
from amplify_mock.resources.jobs import Job
from amplify_mock.resources.repositories import without_credentials
from amplify_mock.resources.webhooks import Webhook

from .step_bars import bar, duration, tint

MOST = 20
"""How many rows a table has."""

_LONGEST = 80
# How many names one cell has.
_FEW = 8
# Notebooks set text to the right, because of numbers, and have backgrounds of their own.
_LEFT = ' style="text-align:left;vertical-align:top"'
_CAPTION = ' style="caption-side:top;text-align:left;padding:.8em 0 .4em;color:inherit"'

Cells = Sequence[str]


def of_mock(backends: Iterable[Backend], clock: Clock, *, has_ended: bool) -> str:
    """Show a mock. Whoever calls it holds the mock's lock, as with everything here."""
    ahead = f", {clock.passed} ahead of the system" if clock.passed else ""
    ended = " The mock has ended." if has_ended else ""
    used = [backend for backend in backends if backend.apps]
    tables = [
        _apps(backend.apps, f"Apps in {escape(backend.region_name)}, account {escape(backend.account_id)}")
        for backend in used
    ]
    nothing = "" if used else "<p>There are no apps.</p>"
    return _whole(f"<b>amplify_mock</b> at {_time(clock.now())} UTC{ahead}.{ended}", nothing, *tables)


def of(value: object) -> str | None:
    """Show an app, a branch, a job or a domain association; None for anything else."""
    return next((show(value) for kind, show in _SINGLE.items() if isinstance(value, kind)), None)


def of_several(values: Mapping[str, Any], name: str) -> str | None:
    """Show several of a kind, by the name of the attribute that they are at; None for what is no kind of resource."""
    table = _TABLES.get(name)
    return None if table is None else _whole("", table(values))


def of_missing(problem: str) -> str:
    """Say that something is not there any more."""
    return _whole(f"It is not there any more: <bdi>{escape(problem)}</bdi>")


# One of them


def _app(app: App) -> str:
    about = f"{_code(app.app_id)} {escape(app.platform)}, {_source(app)}, created {_time(app.create_time)} UTC"
    domains = {name: domain for name, domain in app.domain_associations.items() if not domain.is_gone}
    return _whole(
        f"App <b>{_text(app.name)}</b> {about}", _branches(app.branches), _domains(domains) if domains else ""
    )


def _branch(branch: Branch) -> str:
    about = f"stage {escape(branch.stage)}, created {_time(branch.create_time)} UTC"
    return _whole(f"Branch <b>{_text(branch.branch_name)}</b>, {about}", _jobs(branch.jobs))


def _job(job: Job) -> str:
    progress = job.progress()
    rows = [
        (
            _cell(step.step_name),
            _status(step.status),
            _time(step.start_time),
            _time(step.end_time),
            _took(step.start_time, step.end_time),
            _cell(step.status_reason or ""),
        )
        for step in progress.steps
    ]
    names = ("Step", "Status", "From (UTC)", "To (UTC)", "Took", "Reason")
    table = _table("Steps that have started", names, rows, len(rows)) if rows else ""
    title = f"Job <b>{escape(job.job_id)}</b> of branch {_text(job.branch_name)}, {escape(job.job_type)}"
    return _whole(f"{title} {_status(progress.status)}", bar(job), table)


def _domain(domain: DomainAssociation) -> str:
    reason = _text(domain.status_reason) if domain.status_reason else ""
    names = ("Host", "Branch", "Verified", "DNS record")
    rows = [_sub_domain(domain, each) for each in domain.sub_domains[:MOST]]
    return _whole(
        f"Domain <b>{_text(domain.domain_name)}</b> {_status(domain.domain_status)} {reason}",
        _table("Subdomains", names, rows, len(domain.sub_domains)),
    )


def _sub_domain(domain: DomainAssociation, each: SubDomain) -> Cells:
    host = f"{each.prefix}.{domain.domain_name}" if each.prefix else domain.domain_name
    return _cell(host), _cell(each.branch_name), "yes" if each.verified else "no", _cell(each.dns_record)


# Several of them


def _apps(apps: Mapping[str, App], caption: str = "Apps") -> str:
    names = ("App", "Id", "Source", "Branches", "Newest job")
    return _table(caption, names, map(_app_row, _newest(apps)), len(apps))


def _app_row(app: App) -> Cells:
    jobs = [job for branch in app.branches.values() for job in branch.jobs.values()]
    newest = max(jobs, key=lambda job: job.created, default=None)
    return (
        _cell(app.name),
        _code(app.app_id),
        _roomy(_source(app)),
        _names(app.branches),
        "" if newest is None else f"{_roomy(_text(str(newest)))} {_status(newest.status)}",
    )


def _branches(branches: Mapping[str, Branch]) -> str:
    names = ("Branch", "Stage", "Newest job", "Status", "Started (UTC)", "Steps")
    return _table("Branches", names, map(_branch_row, _newest(branches)), len(branches))


def _branch_row(branch: Branch) -> Cells:
    newest = next(reversed(branch.jobs.values()), None)
    of_job = (
        ("none", "", "", "")
        if newest is None
        else (escape(newest.job_id), _status(newest.status), _time(newest.start_time), bar(newest))
    )
    return _cell(branch.branch_name), escape(branch.stage), *of_job


def _jobs(jobs: Mapping[str, Job]) -> str:
    names = ("Job", "Type", "Status", "Started (UTC)", "Took", "Commit", "Steps")
    return _table("Jobs", names, map(_job_row, _newest(jobs)), len(jobs))


def _job_row(job: Job) -> Cells:
    progress = job.progress()
    return (
        escape(job.job_id),
        escape(job.job_type),
        _status(progress.status),
        _time(job.start_time),
        _took(job.start_time, progress.end_time),
        _cell(job.commit_message or job.commit_id or ""),
        bar(job),
    )


def _domains(domains: Mapping[str, DomainAssociation]) -> str:
    return _table("Domains", ("Domain", "Status", "Reason"), map(_domain_row, _newest(domains)), len(domains))


def _domain_row(domain: DomainAssociation) -> Cells:
    return _cell(domain.domain_name), _status(domain.domain_status), _cell(domain.status_reason or "")


def _webhooks(webhooks: Mapping[str, Webhook]) -> str:
    names = ("Webhook", "Branch", "Description", "Created (UTC)")
    return _table("Webhooks", names, map(_webhook_row, _newest(webhooks)), len(webhooks))


def _webhook_row(webhook: Webhook) -> Cells:
    # Not its URL, which has a token.
    about = _cell(webhook.branch_name), _cell(webhook.description or "")
    return _code(webhook.webhook_id), *about, _time(webhook.create_time)


def _environments(environments: Mapping[str, BackendEnvironment]) -> str:
    names = ("Environment", "Stack", "Created (UTC)")
    return _table("Backend environments", names, map(_environment_row, _newest(environments)), len(environments))


def _environment_row(environment: BackendEnvironment) -> Cells:
    return _cell(environment.environment_name), _cell(environment.stack_name or ""), _time(environment.create_time)


def _newest(things: Mapping[str, Any]) -> list[Any]:
    return list(things.values())[-MOST:][::-1]


_TABLES: dict[str, Callable[[Any], str]] = {
    "apps": _apps,
    "branches": _branches,
    "jobs": _jobs,
    "domain_associations": _domains,
    "webhooks": _webhooks,
    "backend_environments": _environments,
}
_SINGLE: dict[type, Callable[[Any], str]] = {App: _app, Branch: _branch, Job: _job, DomainAssociation: _domain}


# Pieces of HTML


def _whole(title: str, *parts: str) -> str:
    heading = f"<p>{title}</p>" if title else ""
    return f'<div style="color:inherit">{heading}{"".join(parts)}</div>'


def _table(caption: str, names: Cells, rows: Iterable[Cells], number: int) -> str:
    head = "".join(f'<th scope="col"{_LEFT}>{name}</th>' for name in names)
    body = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in rows)
    more = f"<p>and {number - MOST} more</p>" if number > MOST else ""
    if not number:
        return f"<p>There are no {caption.lower()}.</p>"
    caption = f"<caption{_CAPTION}>{caption}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cells(row: Cells) -> Iterator[str]:
    yield f'<th scope="row"{_LEFT}>{row[0]}</th>'
    for cell in row[1:]:
        yield f"<td{_LEFT}>{cell}</td>"


def _text(text: str) -> str:
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    # What a user has written may change the direction of writing, and shall do so for no other text.
    return f'<bdi style="overflow-wrap:anywhere">{escape(shown)}</bdi>'


def _cell(text: str) -> str:
    return _roomy(_text(text)) if text else ""


def _names(names: Collection[str]) -> str:
    shown = ", ".join(map(_text, list(names)[:_FEW]))
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return _roomy(shown + more)


def _roomy(shown: str) -> str:
    # What may be broken anywhere would be as narrow as a letter, beside what may not.
    return f'<div style="min-width:8em">{shown}</div>'


def _code(text: str) -> str:
    return f'<code style="white-space:nowrap">{escape(text)}</code>'


def _unbroken(text: str) -> str:
    return f'<span style="white-space:nowrap">{escape(text)}</span>'


def _status(status: str) -> str:
    return f'<span style="padding:0 .4em;border-radius:3px;white-space:nowrap;{tint(status)}">{escape(status)}</span>'


def _source(app: App) -> str:
    return "deployed by hand" if app.repository is None else _text(without_credentials(app.repository))


def _time(moment: datetime.datetime | None) -> str:
    return "" if moment is None else _unbroken(f"{moment:%Y-%m-%d %H:%M:%S}")


def _took(start: datetime.datetime, end: datetime.datetime | None) -> str:
    return "" if end is None else _unbroken(duration(end - start))
