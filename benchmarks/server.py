"""A cheap read through the server, beside one of the same kind through moto's server.

Each server runs in this process, and is asked over one connection that is kept open.
"""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from moto.server import ThreadedMotoServer

from amplify_mock import mock_amplify

from .measuring import Limits, Table, medians

SIGNED = "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


@contextmanager
def asking(port: int, service: str) -> Iterator[Callable[..., Any]]:
    headers = {"Authorization": SIGNED.format(service), "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:

        def ask(method: str, path: str, **members: str) -> Any:
            connection.request(method, path, json.dumps(members) if members else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == http.HTTPStatus.OK, text
            return json.loads(text)

        yield ask


@contextmanager
def moto() -> Iterator[Callable[[], object]]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        with asking(server.get_host_and_port()[1], "aps") as ask:
            workspace = ask("POST", "/workspaces", alias="shop")["workspaceId"]
            yield lambda: ask("GET", f"/workspaces/{workspace}")
    finally:
        server.stop()


@contextmanager
def get_app() -> Iterator[Callable[[], object]]:
    with mock_amplify() as amplify, amplify.serve() as server, asking(server.port, "amplify") as ask:
        app = amplify.add_app("shop")
        yield lambda: ask("GET", f"/apps/{app.app_id}")


@contextmanager
def get_job() -> Iterator[Callable[[], object]]:
    with mock_amplify() as amplify, amplify.serve() as server, asking(server.port, "amplify") as ask:
        app = amplify.add_app("shop", branches=["main"])
        amplify.add_job(app.app_id, "main")
        yield lambda: ask("GET", f"/apps/{app.app_id}/branches/main/jobs/1")


MOTO, GET_APP, GET_JOB = (
    "moto's server, DescribeWorkspace",
    "amplify_mock's server, GetApp",
    "amplify_mock's server, GetJob",
)


def measure() -> Iterator[Table | Limits]:
    contestants = {MOTO: moto, GET_APP: get_app, GET_JOB: get_job}
    table = Table("One call through a server", medians(contestants, rounds=5, calls=400))
    yield table
    yield Limits("A cheap read through the server", [table.ratio(each, MOTO, 1 / 3) for each in (GET_APP, GET_JOB)])
