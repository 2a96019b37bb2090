"""How long a cheap read takes through the server, beside one of the same kind through moto's server.

It needs the extra of either: ``pip install amplify-mock[server] 'moto[server]'``. Each server runs in this process, and
is asked over one connection that is kept open.
"""

from __future__ import annotations

import http
import http.client
import json
import logging
import statistics
import time
from collections.abc import Callable

from moto.server import ThreadedMotoServer

from amplify_mock import mock_amplify

ROUNDS, CALLS = 5, 500
SIGNED = "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"

Ask = Callable[[str, str, str], dict]


def asking(port: int, service: str) -> Ask:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": SIGNED.format(service), "Content-Type": "application/json"}

    def ask(method: str, path: str, body: str = "") -> dict:
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == http.HTTPStatus.OK, text
        return json.loads(text)

    return ask


def measured(ask: Ask, path: str) -> list[float]:
    """Return the seconds of each of many calls."""
    seconds = []
    for _ in range(CALLS):
        began = time.perf_counter()
        ask("GET", path)
        seconds.append(time.perf_counter() - began)
    return seconds


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    with mock_amplify() as amplify, amplify.serve() as server:
        ask_moto = asking(moto.get_host_and_port()[1], "aps")
        workspace = ask_moto("POST", "/workspaces", json.dumps({"alias": "shop"}))["workspaceId"]
        ask_ours = asking(server.port, "amplify")
        app = ask_ours("POST", "/apps", json.dumps({"name": "shop"}))["app"]["appId"]
        wanted = {
            "moto's server, DescribeWorkspace": (ask_moto, f"/workspaces/{workspace}"),
            "amplify_mock's server, GetApp": (ask_ours, f"/apps/{app}"),
        }
        seconds: dict[str, list[float]] = {name: [] for name in wanted}
        # In turns, so that whatever else the machine does meets both.
        for _ in range(ROUNDS):
            for name, (ask, path) in wanted.items():
                seconds[name] += measured(ask, path)
    moto.stop()
    print(f"{'':34}{'median':>10}{'99 %':>10}{'per second':>12}")
    for name, each in seconds.items():
        late = statistics.quantiles(each, n=100)[98]
        print(f"{name:34}{statistics.median(each) * 1e6:7.0f} µs{late * 1e6:7.0f} µs{len(each) / sum(each):12.0f}")
    first, second = (statistics.median(each) for each in seconds.values())
    print(f"one call takes {second / first:.2f} of the time that it takes with moto")


if __name__ == "__main__":
    main()
