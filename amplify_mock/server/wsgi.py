"""The WSGI application: leads each request to the API, a site, an upload URL, the admin API or the status page."""

from __future__ import annotations

import http
import json
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError
from waitress.channel import ClientDisconnected
from waitress.task import hop_by_hop

from amplify_mock.service.http import Request, Response
from amplify_mock.service.service import ERROR_TYPE
from amplify_mock.transports.callers import caller_of

from .admin import Admin
from .reading import Reader, RefusalError, unpacked
from .rewriting import LoopbackUrls, site_prefix
from .status_page import page

if TYPE_CHECKING:
    from amplify_mock.controller import AmplifyMock

LOG = logging.getLogger("amplify_mock.server")

_BRANCH_SITE = re.compile(r"/sites/(?P<app_id>[^/]+)/(?P<branch>[^/]+)(?P<path>/.*)?", re.DOTALL)
# Browsers let every name that ends like this lead to their own machine.
_SITE_HOST = re.compile(r"(?P<label>[^.]+)\.(?P<app_id>[^.]+)\.localhost(?P<port>:[0-9]+)?", re.IGNORECASE)
_OWN_HOST = re.compile(r"/urls/(?P<host>[^/]+)(?P<path>/.*)", re.DOTALL)
_LONGEST_SHOWN_PATH = 200
# A site may have any headers, and some are only between this server and its client. The date is the server's own: other
# programs do not know of the mock's clock, and SDKs take a clock that is ahead for a broken one, and try again.
_NOT_PASSED_ON = {*hop_by_hop, "date"}
_PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Application:
    """Answers the requests of other programs from one mock.

    Args:
        amplify: the mock.
        reader: takes requests at the door.
        default_host: the host and port for clients that name none.
    """

    def __init__(self, amplify: AmplifyMock, reader: Reader, default_host: str) -> None:
        self._amplify = amplify
        self._reader = reader
        self._default_host = default_host
        self._admin = Admin(amplify)

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()
        operation = ""
        try:
            request = self._reader.read(environ, self._default_host)
            operation = self._amplify.operation_of(request) or ""
            response = self._answer(request)
        except RefusalError as refusal:
            response = _problem(refusal.status, refusal.message)
        except BotoCoreError as error:
            # A test asked for it. The client sees what it sees when a connection breaks off.
            _log(environ, operation, f"no answer, {type(error).__name__}", began)
            raise ClientDisconnected from None
        except Exception:
            LOG.exception("%s %s is answered with 500 because of this:", environ["REQUEST_METHOD"], _path(environ))
            response = _problem(500, "amplify_mock has failed inside; its log says how.")
        _log(environ, operation, _outcome(response), began)
        status = f"{response.status} {_phrase(response.status)}"
        headers = [(name, value) for name, value in response.headers.items() if name.lower() not in _NOT_PASSED_ON]
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.body]

    def _answer(self, request: Request) -> Response:
        site = _SITE_HOST.fullmatch(request.host)
        if site is not None and self._has(site["app_id"].lower()):
            # Here the paths of a site are its own, while below /sites/ those that begin with a slash lead out of it.
            urls = LoopbackUrls(f"http://localhost{site['port'] or ''}", self._amplify.owns)
            return self._fetch(request, f"{site['label']}.{site['app_id']}.amplifyapp.com", request.path, "", urls)
        first = request.path.split("/", 2)[1]
        if first == "":
            return self._status_page(request)
        if first in ("_amplify", "moto-api"):
            return self._admin.answer(unpacked(request))
        urls = LoopbackUrls(f"http://{request.host}", self._amplify.owns)
        if first == "sites":
            return self._site(request, urls)
        if first == "urls":
            return self._own_host(request, urls)
        # By the host name that it would have if the caller had not been sent here.
        region = caller_of(request).region or request.region
        return urls.answer(self._amplify.fetch(replace(unpacked(request), host=f"amplify.{region}.amazonaws.com")))

    def _status_page(self, request: Request) -> Response:
        if request.path != "/":
            raise RefusalError(404, f"There is nothing at {request.path}.")
        if request.method not in ("GET", "HEAD"):
            raise RefusalError(405, f"/ takes GET, not {request.method}.")
        # Only now: the package stands on its parts, and none of them on it.
        from amplify_mock import __version__

        # A name may have half a character, which JSON can say and UTF-8 cannot.
        body = page(self._amplify, __version__).encode(errors="xmlcharrefreplace")
        return Response(200, {**_PAGE_HEADERS, "Content-Length": str(len(body))}, body)

    def _site(self, request: Request, urls: LoopbackUrls) -> Response:
        found = _BRANCH_SITE.fullmatch(request.path)
        if found is None:
            raise RefusalError(404, "A site is at /sites/<appId>/<branch>/.")
        app_id, branch = unquote(found["app_id"]), unquote(found["branch"])
        prefix = site_prefix(app_id, branch)
        if found["path"] is None:
            # So that relative links lead to other pages of the site.
            query = f"?{request.query}" if request.query else ""
            return Response(308, {"Location": f"{prefix}/{query}", "Content-Length": "0"})
        return self._fetch(
            request, f"{self._label(app_id, branch)}.{app_id}.amplifyapp.com", found["path"], prefix, urls
        )

    def _has(self, app_id: str) -> bool:
        return any(app_id in backend.apps for backend in self._amplify.backends())

    def _label(self, app_id: str, branch: str) -> str:
        """Return what stands for a branch in host names, by its own name or by that one."""
        for backend in self._amplify.backends():
            app = backend.apps.get(app_id)
            found = app and app.branches.get(branch)
            if found:
                return found.display_name
        return branch

    def _own_host(self, request: Request, urls: LoopbackUrls) -> Response:
        found = _OWN_HOST.fullmatch(request.path)
        if found is None:
            raise RefusalError(404, "The URLs of other hosts are at /urls/<host>/<path>.")
        return self._fetch(request, found["host"].lower(), found["path"], f"/urls/{found['host']}", urls)

    def _fetch(self, request: Request, host: str, path: str, prefix: str, urls: LoopbackUrls) -> Response:
        if not self._amplify.owns(host):
            raise RefusalError(404, f"The mock has no {host}.")
        asked = replace(request, host=host, path=path, url=f"https://{host}{path}?{request.query}".removesuffix("?"))
        return urls.redirect(urls.answer(self._amplify.fetch(asked)), prefix)


def _problem(status: int, message: str) -> Response:
    body = json.dumps({"message": message}).encode()
    return Response(status, {"Content-Type": "application/json", "Content-Length": str(len(body))}, body)


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _path(environ: Mapping[str, Any]) -> str:
    """Return the path as it may be shown: on one line, and without the query, where URLs have their secrets."""
    path = environ["REQUEST_URI"].partition("?")[0]
    shown = path if len(path) <= _LONGEST_SHOWN_PATH else f"{path[:_LONGEST_SHOWN_PATH]}..."
    return shown.encode("ascii", "backslashreplace").decode() if shown.isprintable() else ascii(shown)


def _outcome(response: Response) -> str:
    error = response.headers.get(ERROR_TYPE, "")
    text = f": {response.body.decode(errors='replace')}" if LOG.isEnabledFor(logging.DEBUG) and error else ""
    return f"{response.status} {error}{text}".strip()


def _log(environ: Mapping[str, Any], operation: str, outcome: str, began: float) -> None:
    if LOG.isEnabledFor(logging.INFO):
        milliseconds = (time.perf_counter() - began) * 1000
        words = [environ["REQUEST_METHOD"], _path(environ), operation, outcome, f"{milliseconds:.1f} ms"]
        LOG.info("%s", " ".join(filter(None, words)))
