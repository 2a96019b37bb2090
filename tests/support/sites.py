"""Branches that are deployed by hand, their sites, and what else lies behind presigned URLs."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from xml.etree import ElementTree as ET

import requests

from support.jobs import finish, get

UNKNOWN = "amplify_mock does not know the content of this site"


def zipped(files):
    """Return a zip of files by path."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return data.getvalue()


def unzipped(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def md5(data):
    return hashlib.md5(data).hexdigest()


def page(text):
    """Return the files of a site of one page."""
    return {"index.html": text.encode()}


# Deploying


def put(url, body):
    answer = requests.put(url, data=body, timeout=5)
    assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{md5(body)}"')


def opened(client, branch, body=None):
    """Open a deployment, upload the zip if there is one, and return the id of the job."""
    deployment = client.create_deployment(**branch)
    if body is not None:
        put(deployment["zipUploadUrl"], body)
    return deployment["jobId"]


def started(client, branch, body):
    """Start the deployment of a zip, or of some files as one."""
    job_id = opened(client, branch, body if isinstance(body, bytes) else zipped(body))
    client.start_deployment(**branch, jobId=job_id)
    return job_id


def deployed(client, branch, body):
    """Deploy a zip, or some files as one, and return how that ended."""
    return ending(client, branch, started(client, branch, body))


def files_started(client, branch, files, sums=None):
    """Start the deployment of files that are uploaded one by one."""
    if sums is None:
        sums = {name: md5(body) for name, body in files.items()}
    deployment = client.create_deployment(**branch, fileMap=sums)
    for name, body in files.items():
        put(deployment["fileUploadUrls"][name], body)
    client.start_deployment(**branch, jobId=deployment["jobId"])
    return deployment["jobId"]


def ending(client, branch, job_id="1"):
    """Read a job to its end, and return its status, the last step and that step's ``statusReason``."""
    status = finish(client, branch, job_id)["status"]
    step = get(client, branch, job_id)["steps"][-1]
    return status, step["stepName"], step.get("statusReason", "")


SUCCEEDED = ("SUCCEED", "VERIFY", "")


# Asking


def host_of(branch):
    label = re.sub("[^0-9A-Za-z-]", "-", branch["branchName"])
    return f"{label}.{branch['appId']}.amplifyapp.com"


def ask(site, path="/", method="GET", **options):
    """Ask the site of a branch, or that of a host name, without following where it leads."""
    host = site if isinstance(site, str) else host_of(site)
    return requests.request(method, f"https://{host}{path}", timeout=5, allow_redirects=False, **options)


def seen(site, path="/", **options):
    """Return the status and the text that a site answers with."""
    answer = ask(site, path, **options)
    return answer.status_code, answer.text


def refused(url, method="GET", body=None):
    """Return the status and the code with which the bucket refuses a request, and S3's XML in whole."""
    answer = requests.request(method, url, data=body, timeout=5)
    if method == "HEAD":
        return answer.status_code, None
    assert answer.headers["Content-Type"] == "application/xml"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    root = ET.fromstring(answer.content)
    assert root.tag == "Error"
    assert root.findtext("Message")
    return answer.status_code, root.findtext("Code")


NO_KEY = (404, "NoSuchKey")
DENIED = (403, "AccessDenied")
MISMATCH = (403, "SignatureDoesNotMatch")
