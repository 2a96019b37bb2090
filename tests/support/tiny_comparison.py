"""Hold what the mock answers and shows against what the tiny Amplify says."""

from __future__ import annotations

import datetime

from support.tiny_jobs import ANY
from support.tiny_state import ABSENT, key

START = datetime.datetime(2024, 9, 1, 12, 0, tzinfo=datetime.timezone.utc)


def as_date(milliseconds):
    return START + datetime.timedelta(milliseconds=milliseconds)


def since(moment):
    return None if moment is None else (moment - START) // datetime.timedelta(milliseconds=1)


def bare(answer):
    """Return an answer without what botocore adds, and with milliseconds for dates."""
    if isinstance(answer, datetime.datetime):
        return since(answer)
    if isinstance(answer, list):
        return [bare(each) for each in answer]
    if isinstance(answer, dict):
        return {name: bare(value) for name, value in answer.items() if name != "ResponseMetadata"}
    return answer


def agree(expected, found, where):
    """Fail unless all that is expected was found; there may be more."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            if value is ABSENT:
                assert name not in found, f"{where}.{name} is {found[name]!r}, and should be absent"
            else:
                # What the model does not require is left out while it is empty.
                agree(value, found.get(name, "" if value == "" else ABSENT), f"{where}.{name}")
        if where.endswith((".tags", ".environmentVariables")):
            assert expected == found, f"{where} is {found!r}, and should be {expected!r}"
    elif isinstance(expected, list):
        assert len(expected) == len(found), f"{where} is {found!r}, and should be {expected!r}"
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            agree(one, other, f"{where}[{number}]")
    else:
        assert expected is ANY or expected == found, f"{where} is {found!r}, and should be {expected!r}"


def state_of_mock(backend):
    """Return all state that matters, as the controller shows it."""
    return {
        app_id: {
            "productionBranch": (app.production_branch or {}).get("branch_name"),
            "tags": dict(app.tags),
            "branches": {name: _branch_of_mock(branch) for name, branch in app.branches.items()},
            "domains": {
                name: (domain.domain_status, domain.update_status, domain.hosts)
                for name, domain in app.domain_associations.items()
                if not domain.is_gone
            },
            "webhooks": {each.webhook_id: each.branch_name for each in app.webhooks.values()},
            "environments": list(app.backend_environments),
        }
        for app_id, app in backend.apps.items()
    }


def _branch_of_mock(branch):
    jobs = {job.job_id: (job.status, since(job.start_time), since(job.end_time)) for job in branch.jobs.values()}
    return {"stage": branch.stage, "activeJobId": branch.active_job_id or "", "jobs": jobs, "tags": dict(branch.tags)}


def state_of_tiny(tiny):
    """Return the same of the tiny Amplify."""
    return {
        app_id: {
            "productionBranch": _production(tiny.shown_app(app_id)["productionBranch"]),
            "tags": app["tags"],
            "branches": {name: _branch_of_tiny(tiny, app_id, name) for name in app["branches"]},
            "domains": {
                key(name): (domain.status, domain.update_status, domain.hosts)
                for name, domain in app["domains"].items()
                if not domain.is_gone
            },
            "webhooks": {name: each["branchName"] for name, each in app["webhooks"].items()},
            "environments": list(app["environments"]),
        }
        for app_id, app in tiny.apps.items()
    }


def _production(shown):
    return None if shown is ABSENT else shown["branchName"]


def _branch_of_tiny(tiny, app_id, name):
    shown = tiny.shown_branch(app_id, name)
    jobs = tiny.apps[app_id]["branches"][name]["jobs"]
    return {
        **{each: shown[each] for each in ("stage", "activeJobId", "tags")},
        "jobs": {job.id: (job.status, job.start, job.end) for job in jobs.values()},
    }
