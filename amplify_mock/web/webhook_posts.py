"""Answer for the host that webhook URLs lead to: a POST starts a build, as a push to the repository would."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from urllib.parse import parse_qs

from amplify_mock.resources.apps import App
from amplify_mock.resources.backend import Backend
from amplify_mock.resources.branches import Branch
from amplify_mock.service.http import Request, Response

HOST = re.compile(r"webhooks\.amplify\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")

_PATH = "/prod/webhooks"
#: "The maximum size of a webhook's body is 256 KB" (FAQ of Amplify Hosting).
_LARGEST_BODY = 256 * 1024


def answer(backends: Iterable[Backend], request: Request) -> Response:
    """Answer a request to a webhook URL.

    The answers are those that were recorded: of the queue that takes the POST, of a POST without
    ``Content-Type: application/json``, and CloudFront's for whatever else.
    """
    given = parse_qs(request.query)
    found = None
    if request.path == _PATH:
        webhook_id, token = (given.get(name, [""])[-1] for name in ("id", "token"))
        host = HOST.fullmatch(request.host)
        region = host["region"] if host else ""
        own = [_webhook(each, webhook_id, token) for each in backends if each.region_name == region]
        found = next(filter(None, own), None)
    if found is None or request.method != "POST":
        return _page(403, "The request could not be satisfied.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return _json(415, {"message": "Unsupported Media Type"}, {"x-amzn-ErrorType": "BadRequestException"})
    if len(request.body) > _LARGEST_BODY:
        return _json(413, {"message": "Request Too Long"})
    backend, app, branch = found
    # The queue has taken it, also if there is nothing that could be built.
    if app.is_connected and branch is not None:
        backend.build_pushed(app, branch, "HEAD", None, "WEB_HOOK")
    message = str(uuid.UUID(int=backend.random.getrandbits(128), version=4))
    return _json(
        200,
        {
            "SendMessageResponse": {
                "ResponseMetadata": {"RequestId": str(uuid.UUID(int=backend.random.getrandbits(128), version=4))},
                "SendMessageResult": {"MessageId": message},
            }
        },
    )


def _webhook(backend: Backend, webhook_id: str, token: str) -> tuple[Backend, App, Branch | None] | None:
    for app in backend.apps.values():
        webhook = app.webhooks.get(webhook_id)
        if webhook is not None and webhook.webhook_url.endswith(f"&token={token}"):
            return backend, app, app.branches.get(webhook.branch_name)
    return None


def _json(status: int, value: object, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(value).encode()
    return Response(
        status,
        {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})},
        body,
    )


def _page(status: int, text: str) -> Response:
    body = f"<html><head><title>ERROR: {text}</title></head><body><h1>{status} ERROR</h1>{text}</body></html>".encode()
    return Response(
        status, {"Content-Type": "text/html", "Content-Length": str(len(body)), "Server": "CloudFront"}, body
    )
