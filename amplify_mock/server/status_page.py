"""The page that shows people the state of a mock: plain HTML, without scripts and without anything from elsewhere."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from .rewriting import site_prefix
from .state import state

if TYPE_CHECKING:
    from amplify_mock.controller import AmplifyMock
    from amplify_mock.controls.calls import Call

Members = dict[str, Any]

_MOST_APPS, _MOST_BRANCHES, _MOST_JOBS, _MOST_CALLS = 50, 20, 5, 20
_REFRESH = 5
# The members of a call that say what it is about, none of which is anybody's secret.
_IDENTIFYING = ("appId", "name", "branchName", "jobType", "jobId", "domainName", "environmentName", "webhookId")
_LONGEST = 80

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60em;padding:0 1em 3em;color:#1f2328;background:#fff}
h1{font-size:1.4em}h2{font-size:1.15em;margin:2em 0 .3em}h3{font-size:1em;margin:1.2em 0 .2em}
small,.no{color:#59636e}small{font-weight:400}a,code,small{overflow-wrap:anywhere}code{font-size:.9em}
ul{padding-left:1.2em;margin:.2em 0}li li{margin:.2em 0}.at{white-space:nowrap}
ul.calls{padding-left:4.3em;text-indent:-4.3em;list-style:none}
.bar{display:flex;gap:1px;height:1.4em;margin:.2em 0 .4em;max-width:40em;border-radius:.3em;overflow:hidden}
.bar{font-size:.75em}.bar span{flex:1 1 0;padding:0 .5em;overflow:hidden;white-space:nowrap;background:#d1d9e0}
.SUCCEED,.AVAILABLE{color:#116329}.FAILED{color:#a40e26}.RUNNING{color:#0550ae}.CANCELLED,.CANCELLING{color:#59636e}
.bar .SUCCEED{background:#aceebb}.bar .FAILED{background:#ffcecb}.bar .RUNNING{background:#b6e3ff}
@media(prefers-color-scheme:dark){body{color:#d1d7e0;background:#151b23}small,.no{color:#9198a1}a{color:#79c0ff}
.SUCCEED,.AVAILABLE{color:#56d364}.FAILED{color:#ff7b72}.RUNNING{color:#79c0ff}
.CANCELLED,.CANCELLING{color:#9198a1}.bar span{color:#1f2328}}
"""


def page(amplify: AmplifyMock, version: str) -> str:
    """Return the page as HTML."""
    shown = state(amplify)
    body = "\n".join(_body(shown, amplify.calls, version))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="refresh" content="{_REFRESH}">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>amplify_mock</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _body(shown: Members, calls: Sequence[Call], version: str) -> Iterator[str]:
    clock = shown["clock"]
    ahead = datetime.timedelta(seconds=clock["ahead"])
    yield f"<h1>amplify_mock {escape(version)}</h1>"
    yield f"<p>Its clock says {_time(clock['now'])} UTC{f', {ahead} ahead of the system' if ahead else ''}.</p>"
    if not shown["backends"]:
        yield '<p class="no">There are no apps yet.</p>'
    for backend in shown["backends"]:
        yield f"<h2>{escape(backend['region'])} <small>account {escape(backend['accountId'])}</small></h2>"
        for app in backend["apps"][-_MOST_APPS:]:
            yield from _app(app)
        yield from _left_out(backend["apps"], _MOST_APPS, "apps")
    yield "<h2>Calls</h2>"
    yield from _calls(calls)


def _app(app: Members) -> Iterator[str]:
    source = app["repository"] or "deployed by hand"
    yield f"<h3>{_short(app['name'])} <small><code>{escape(app['appId'])}</code> {_short(source)}</small></h3>"
    if not app["branches"]:
        yield '<p class="no">no branches</p>'
    yield "<ul>"
    for branch in app["branches"][-_MOST_BRANCHES:]:
        yield from _branch(app["appId"], branch)
    yield from _left_out(app["branches"], _MOST_BRANCHES, "branches", "li")
    for domain in app["domainAssociations"][-_MOST_BRANCHES:]:
        yield f"<li>{_short(domain['domainName'])} {_status(domain['domainStatus'])} {_reason(domain)}</li>"
    yield from _left_out(app["domainAssociations"], _MOST_BRANCHES, "domains", "li")
    yield "</ul>"


def _branch(app_id: str, branch: Members) -> Iterator[str]:
    link = f"{site_prefix(app_id, branch['displayName'])}/"
    stage = "" if branch["stage"] == "NONE" else f" <small>{escape(branch['stage'])}</small>"
    yield f'<li><a href="{escape(link)}">{_short(branch["branchName"])}</a>{stage}<ul>'
    for job in branch["jobs"][:_MOST_JOBS]:
        yield f"<li>job {escape(job['jobId'])} {escape(job['jobType'])} {_status(job['status'])} {_times(job)}"
        yield "".join(_bar(job["steps"])) + "</li>"
    yield from _left_out(branch["jobs"], _MOST_JOBS, "jobs", "li")
    yield "</ul></li>"


def _bar(steps: Sequence[Members]) -> Iterator[str]:
    if steps:
        yield '<div class="bar">'
        for step in steps:
            text = f"{step['stepName']} {step['status']}"
            yield f'<span class="{escape(step["status"])}" title="{escape(text)}">{escape(step["stepName"])}</span>'
        yield "</div>"
        yield from (f"<div><small>{_reason(step)}</small></div>" for step in steps if step["statusReason"])


def _calls(calls: Sequence[Call]) -> Iterator[str]:
    if not calls:
        yield '<p class="no">There were no calls yet.</p>'
        return
    yield '<ul class="calls">'
    for call in reversed(calls[-_MOST_CALLS:]):
        about = ", ".join(str(call.parameters[name]) for name in _IDENTIFYING if name in call.parameters)
        outcome = "SUCCEED" if call.outcome == "success" else "FAILED"
        yield (
            f"<li><small>{call.time:%H:%M:%S}</small> {escape(call.operation)} <code>{_short(about)}</code> "
            f'<span class="{outcome}">{escape(call.outcome)}</span></li>'
        )
    yield from _left_out(calls, _MOST_CALLS, "calls", "li")
    yield "</ul>"


def _left_out(all_of_them: Sequence[Any], most: int, kind: str, element: str = "p") -> Iterator[str]:
    if len(all_of_them) > most:
        yield f'<{element} class="no">and {len(all_of_them) - most} older {kind}</{element}>'


def _status(status: str) -> str:
    return f'<b class="{escape(status)}">{escape(status)}</b>'


def _reason(failed: Members) -> str:
    return _short(failed["statusReason"] or "")


def _times(job: Members) -> str:
    began, end = _time(job["startTime"]), _time(job["endTime"] or "")
    date, _, _ = began.partition(" ")
    until = f" to {end.removeprefix(f'{date} ')}" if end else ""
    return f'<small class="at">{began}{until}</small>'


def _time(text: str) -> str:
    return escape(text[:19].replace("T", " "))


def _short(text: str) -> str:
    return escape(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
