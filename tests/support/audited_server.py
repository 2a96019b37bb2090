"""Serve a mock, send it hostile requests, and print what Python's audit events say that it touched meanwhile."""

from __future__ import annotations

import json
import os
import sys
import tempfile

from amplify_mock import mock_amplify
from support.hostile import BUCKET, climbing, climbing_zips, request
from support.servers import ask, follow, send, status_of

# Events that say nothing of files, processes and the network.
HARMLESS = ("object.", "code.", "cpython.", "sys.", "gc.", "import", "compile", "exec", "marshal.", "builtins.id",
            "socket.__new__", "socket.bind", "socket.getaddrinfo", "array.", "_thread.", "time.", "http.client.",
            "logging.", "pickle.")  # fmt: skip


class Watch:
    """Notes what is touched outside of the memory, from when it is on.

    A large upload lies in a file without a name while it is received. Python's own modules are loaded when they are
    first needed.
    """

    def __init__(self, secret):
        self.is_on, self.touched = False, []
        self.allowed = (tempfile.gettempdir(),)
        self.secret = secret
        sys.addaudithook(self.note)

    def note(self, event, details):
        if not self.is_on or event.startswith(HARMLESS):
            return
        if event == "socket.connect" and details[1][0] == "127.0.0.1":
            return
        if event == "open" and self._may_open(*details[:2]):
            return
        if event in {"os.listdir", "os.scandir"} and self._is_module(details[0]):
            return
        if event.startswith("tempfile."):
            return
        self.touched.append([event, *map(repr, details)])

    def _may_open(self, path, mode):
        if isinstance(path, int):
            return True
        path = os.fsdecode(path)
        is_read = mode is None or "r" in mode
        return path.startswith(self.allowed) or (
            is_read and path.endswith((".py", ".pyc", ".so")) and self._is_module(path)
        )

    def _is_module(self, path):
        return os.fsdecode(path or ".").startswith(tuple(each for each in (*sys.path, sys.prefix) if each))


def site_of(server, app_id, branch_name, zip_file):
    """Deploy a zip by way of the server, and return the status of the job."""
    branch = f"/apps/{app_id}/branches/{branch_name}"
    opened = ask(server, "POST", f"{branch}/deployments", "{}").json
    follow(opened["zipUploadUrl"], "PUT", zip_file)
    ask(server, "POST", f"{branch}/deployments/start", {"jobId": opened["jobId"]})
    return [ask(server, "GET", f"{branch}/jobs/{opened['jobId']}").json["job"]["summary"]["status"] for _ in range(2)][
        -1
    ]


def bad_requests(app_id):
    folders = [f"/sites/{app_id}/main", "/sites", f"{BUCKET}/{app_id}", "/urls", "/_amplify", "/apps"]
    for target in climbing(*folders):
        yield request(target)
    for target in climbing(f"{BUCKET}/{app_id}"):
        yield request(target, "PUT", body=b"x")
    yield request(f"{BUCKET}/x", "PUT", body=bytes(400_000))
    yaml = "customHeaders: !!python/object/apply:os.system ['touch pwned']\n"
    for text in (yaml, "!include /etc/passwd", "%YAML 1.1\n--- !<tag:yaml.org,2002:python/name:os.system> x"):
        yield request(f"/apps/{app_id}", "POST", body=json.dumps({"customHeaders": text, "buildSpec": text}).encode())
        yield request(f"/sites/{app_id}/main/")
    for url in ("file:///etc/passwd", "s3://../../etc/passwd", "http://127.0.0.1:9/x.zip", "https://example.com/x.zip"):
        body = json.dumps({"sourceUrl": url}).encode()
        yield request(f"/apps/{app_id}/branches/main/deployments/start", "POST", body=body)
    for document in ('"/etc/passwd"', '{"path": "/etc/passwd"}', '{"app": "secret.txt"}'):
        yield request("/_amplify/load", "POST", body=document.encode())
        yield request("/_amplify/clock", "POST", body=document.encode())


def main(secret):
    """Run it all; ``secret`` is what a file in the working directory holds."""
    watch = Watch(secret)
    with mock_amplify(isolated=True) as amplify, amplify.serve() as server:
        app_id = ask(server, "POST", "/apps", {"name": "shop"}).json["app"]["appId"]
        ask(server, "POST", f"/apps/{app_id}/branches", {"branchName": "main"})
        # What is loaded once is loaded.
        zips = [*climbing_zips()]
        first = [site_of(server, app_id, "main", each) for each in zips[:2]]
        status_of(send(server, request(f"/sites/{app_id}/main/")))
        watch.is_on = True
        deployed = [site_of(server, app_id, "main", each) for each in zips]
        answers = [send(server, each) for each in bad_requests(app_id)]
        watch.is_on = False
    sys.stdout.write(
        json.dumps(
            {
                "touched": watch.touched,
                "deployed": sorted({*first, *deployed}),
                "leaks": sum(secret.encode() in each or b"root:" in each for each in answers),
                "statuses": sorted({status_of(each) or 0 for each in answers}),
                "count": len(answers),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
