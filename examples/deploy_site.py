"""Deploy a small site to AWS Amplify, the way deploy scripts do it. Run as a script, it does so under the mock.

The two functions are plain boto3 and requests: they know nothing of the mock.
"""

from __future__ import annotations

import functools
import io
import time
import zipfile
from typing import Any

import boto3
import requests

# Each step is seen as it happens, also through a pipe.
print = functools.partial(print, flush=True)  # noqa: A001

SITE = {
    "index.html": "<!doctype html><title>Hello</title><h1>Hello from Amplify</h1>",
    "css/site.css": "h1 { color: rebeccapurple }",
}


def zip_of(files: dict[str, str]) -> bytes:
    """Return a zip archive with the given texts by file name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def deploy(app_name: str, branch_name: str, files: dict[str, str], poll_seconds: float = 0.2) -> dict[str, Any]:
    """Create an app and a branch, upload the files, and wait until they are deployed. Return the finished job."""
    amplify = boto3.client("amplify")

    app = amplify.create_app(name=app_name)["app"]
    print(f"created app      {app['appId']}  {app['defaultDomain']}")

    branch = amplify.create_branch(appId=app["appId"], branchName=branch_name, stage="PRODUCTION")["branch"]
    print(f"created branch   {branch['branchName']}  {branch['branchArn']}")

    deployment = amplify.create_deployment(appId=app["appId"], branchName=branch_name)
    print(f"opened job       {deployment['jobId']}")

    archive = zip_of(files)
    answer = requests.put(deployment["zipUploadUrl"], data=archive, timeout=60)
    answer.raise_for_status()
    print(f"uploaded         {len(archive)} bytes, HTTP {answer.status_code}")

    summary = amplify.start_deployment(appId=app["appId"], branchName=branch_name, jobId=deployment["jobId"])[
        "jobSummary"
    ]
    print(f"started          {summary['status']}")

    while True:
        job = amplify.get_job(appId=app["appId"], branchName=branch_name, jobId=deployment["jobId"])["job"]
        steps = ", ".join(f"{step['stepName']} {step['status']}" for step in job["steps"])
        print(f"polled           {job['summary']['status']}  ({steps})")
        if job["summary"]["status"] in ("SUCCEED", "FAILED", "CANCELLED"):
            break
        time.sleep(poll_seconds)

    if job["summary"]["status"] != "SUCCEED":
        raise RuntimeError(f"the deployment ended as {job['summary']['status']}")
    print(f"deployed         https://{branch['displayName']}.{app['defaultDomain']}")
    return dict(job)


if __name__ == "__main__":
    from amplify_mock import mock_amplify

    with mock_amplify():
        deploy("hello", "main", SITE)
