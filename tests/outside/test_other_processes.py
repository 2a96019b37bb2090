"""Python in other processes: boto3 and aiobotocore, which know nothing of the mock, and many processes at once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from support.outside import environment
from support.servers import ask, running
from support.sites import zipped

BOTO3 = """
import json, sys, urllib.request
import boto3

amplify = boto3.client("amplify")
branch = {"appId": amplify.create_app(name="shop")["app"]["appId"], "branchName": "main"}
amplify.create_branch(**branch)
deployment = amplify.create_deployment(**branch)
with open(sys.argv[1], "rb") as file:
    upload = urllib.request.Request(deployment["zipUploadUrl"], file.read(), method="PUT")
with urllib.request.urlopen(upload):
    pass
job = {**branch, "jobId": deployment["jobId"]}
amplify.start_deployment(**job)
statuses = [amplify.get_job(**job)["job"]["summary"]["status"] for _ in range(2)]
try:
    amplify.get_app(appId="d0000000000000")
except amplify.exceptions.NotFoundException as error:
    missing = str(error)
print(json.dumps([branch["appId"], statuses, missing]))
"""

AIOBOTOCORE = """
import asyncio, json, sys
import aiohttp
from aiobotocore.session import get_session

async def main():
    async with get_session().create_client("amplify") as amplify, aiohttp.ClientSession() as http:
        branch = {"appId": (await amplify.create_app(name="shop"))["app"]["appId"], "branchName": "main"}
        await amplify.create_branch(**branch)
        deployment = await amplify.create_deployment(**branch)
        with open(sys.argv[1], "rb") as file:
            body = file.read()
        async with http.put(deployment["zipUploadUrl"], data=body) as answer:
            answer.raise_for_status()
        job = {**branch, "jobId": deployment["jobId"]}
        await amplify.start_deployment(**job)
        statuses = [(await amplify.get_job(**job))["job"]["summary"]["status"] for _ in range(2)]
        try:
            await amplify.get_app(appId="d0000000000000")
        except amplify.exceptions.NotFoundException as error:
            missing = str(error)
        print(json.dumps([branch["appId"], statuses, missing]))

asyncio.run(main())
"""

# Says when it is ready, and waits until all the others are as well.
ONE_OF_MANY = """
import io, json, sys, urllib.request, zipfile
import boto3

amplify, number, shared = boto3.client("amplify"), sys.argv[1], sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
app = amplify.create_app(name=f"app-{number}")["app"]
branch = {"appId": app["appId"], "branchName": "main"}
amplify.create_branch(**branch)
jobs = []
for deployment in range(3):
    amplify.create_branch(appId=shared, branchName=f"{number}-{deployment}")
    amplify.tag_resource(resourceArn=app["appArn"].replace(app["appId"], shared), tags={f"{number}-{deployment}": "x"})
    opened = amplify.create_deployment(**branch)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", f"{number}-{deployment}" * 10_000)
    upload = urllib.request.Request(opened["zipUploadUrl"], file.getvalue(), method="PUT")
    with urllib.request.urlopen(upload):
        pass
    job = {**branch, "jobId": opened["jobId"]}
    started = amplify.start_deployment(**job)["jobSummary"]
    while (status := amplify.get_job(**job)["job"]["summary"]["status"]) in ("PENDING", "RUNNING"):
        pass
    jobs.append([started["jobArn"], status])
print(json.dumps([app["appId"], jobs]))
"""


def python(program, *arguments):
    return [sys.executable, "-W", "error", "-c", program, *arguments]


@pytest.mark.parametrize("program", [BOTO3, AIOBOTOCORE], ids=["boto3", "aiobotocore"])
def test_a_site_is_deployed(amplify_mock, server, run, tmp_path, program):
    (tmp_path / "site.zip").write_bytes(zipped({"index.html": "<p>home"}))
    out, err = run(python(program, "site.zip"), AWS_ENDPOINT_URL_AMPLIFY=server.url)
    app_id, statuses, missing = json.loads(out)
    assert (statuses, err) == (["RUNNING", "SUCCEED"], "")
    said = "An error occurred (NotFoundException) when calling the GetApp operation: App d0000000000000 not found."
    assert missing == said
    assert ask(server, "GET", f"/sites/{app_id}/main/").body == b"<p>home"
    assert {call.operation for call in amplify_mock.calls} >= {"CreateApp", "StartDeployment", "GetJob"}


PROCESSES = 16


def test_many_processes_at_once_lose_nothing_and_get_ids_of_their_own(tmp_path):
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with running("--quiet") as (command, server):
        shared = ask(server, "POST", "/apps", {"name": "shared"}).json["app"]["appId"]
        given = environment(tmp_path, AWS_ENDPOINT_URL_AMPLIFY=server.url)
        processes = [
            subprocess.Popen(python(ONE_OF_MANY, str(number), shared), env=given, **pipes)
            for number in range(PROCESSES)
        ]
        try:
            assert {process.stdout.readline() for process in processes} == {b"ready\n"}
            for process in processes:
                process.stdin.write(b"go\n")
                process.stdin.flush()
            written = [process.communicate(timeout=40) for process in processes]
        finally:
            for process in processes:
                process.kill()
                process.communicate()
        assert {err for _, err in written} == {b""}
        made = [json.loads(out) for out, _ in written]
        state = ask(server, "GET", "/_amplify/state").json
        shared_app = ask(server, "GET", f"/apps/{shared}").json["app"]
        sites = [ask(server, "GET", f"/sites/{app_id}/main/").body.decode() for app_id, _ in made]
        command.send_signal(signal.SIGTERM)
        _, log = command.communicate(timeout=10)
    assert (command.returncode, log) == (0, "")
    apps = {app["appId"]: app for app in state["backends"][0]["apps"]}
    assert len({app_id for app_id, _ in made}) == PROCESSES
    assert apps.keys() == {shared, *(app_id for app_id, _ in made)}
    arns = [arn for _, jobs in made for arn, _ in jobs]
    assert len(set(arns)) == len(arns) == 3 * PROCESSES
    assert {status for _, jobs in made for _, status in jobs} == {"SUCCEED"}
    assert sites == [f"{number}-2" * 10_000 for number in range(PROCESSES)]
    for app_id, _ in made:
        (branch,) = apps[app_id]["branches"]
        assert [job["jobId"] for job in branch["jobs"]] == ["3", "2", "1"]
    names = {f"{number}-{deployment}" for number in range(PROCESSES) for deployment in range(3)}
    assert {branch["branchName"] for branch in apps[shared]["branches"]} == names
    assert shared_app["tags"].keys() == names
