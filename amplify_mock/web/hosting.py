"""Find the site that a host name leads to, let it answer, and keep the request for the app's access logs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from amplify_mock.resources.access_logs import AccessLog, Entry
from amplify_mock.resources.apps import App
from amplify_mock.resources.backend import Backend
from amplify_mock.resources.branches import Branch
from amplify_mock.resources.domain_associations import host_names, same_name
from amplify_mock.service.http import Request, Response

from . import sites
from .problems import problem

#: Where every branch has its address, ``<branch>.<app id>.amplifyapp.com``. All of these hosts are the mock's: no test
#: wants the site of an app that it does not have.
HOST = re.compile(r"(?:(?P<label>[^.]+)\.)?(?P<app>d[a-z0-9]+)\.amplifyapp\.com", re.IGNORECASE)

_FIRST_ERROR = 400
_FIRST_REDIRECT = 300


def serves(backends: Iterable[Backend], host: str) -> bool:
    """Say whether a host name leads to the site of a branch, or could if there were one."""
    return HOST.fullmatch(host) is not None or _branch(backends, host) is not None


def answer(backends: Iterable[Backend], request: Request) -> Response:
    """Answer a request to a site."""
    found = _branch(backends, request.host)
    if found is None:
        # Nobody knows what Amplify says of an app or a branch that there is not.
        return problem(404, "NoSuchKey", f"No branch of an app has the address {request.host}.", {"Key": request.host})
    backend, app, branch = found
    response = sites.answer(_site(app, branch), request)
    backend.access_logs.setdefault(app.app_id, AccessLog()).add(_entry(backend, request, response))
    return response


def _branch(backends: Iterable[Backend], host: str) -> tuple[Backend, App, Branch] | None:
    default = HOST.fullmatch(host)
    for backend in backends:
        if default is not None:
            app = backend.apps.get(default["app"].lower())
            if app is not None:
                label = (default["label"] or "").lower()
                named = (each for each in app.branches.values() if each.display_name.lower() == label)
                return next(((backend, app, branch) for branch in named), None)
            continue
        for app in backend.apps.values():
            branch_name = _custom(app, host)
            if branch_name in app.branches:
                return backend, app, app.branches[branch_name]
    return None


def _custom(app: App, host: str) -> str:
    """Return the name of the branch that a host name of one's own leads to, once it is verified."""
    for domain in app.live_domains():
        for each in domain.sub_domains:
            name = same_name(host_names(domain.domain_name, [each.sub_domain_setting])[0])
            if each.verified and (name == same_name(host) or _is_among(host, name)):
                return each.branch_name
    return ""


def _is_among(host: str, name: str) -> bool:
    """Say whether a host name is one of those that a name with a wildcard means: ``*.example.com``."""
    label, _, rest = same_name(host).partition(".")
    return name == f"*.{rest}" and bool(label)


def _site(app: App, branch: Branch) -> sites.Site:
    job = branch.live_job
    protected = branch if branch.enable_basic_auth else app if app.enable_basic_auth else None
    return sites.Site(
        content=None if job is None else job.content,
        rules=app.custom_rules,
        custom_headers=app.custom_headers,
        basic_auth=None if protected is None else protected.basic_auth_credentials or "",
        is_deployed=(job or branch.active_job_id) is not None,
    )


def _entry(backend: Backend, request: Request, response: Response) -> Entry:
    result = "Miss"
    if response.status >= _FIRST_ERROR:
        result = "Error"
    elif response.status >= _FIRST_REDIRECT:
        result = "Redirect"
    return Entry(
        time=backend.clock.now(),
        host=request.host,
        method=request.method,
        path=request.path,
        query=request.query,
        status=response.status,
        size=len(response.body),
        referer=request.headers.get("referer", ""),
        user_agent=request.headers.get("user-agent", ""),
        content_type=response.headers.get("Content-Type", ""),
        result=result,
    )
