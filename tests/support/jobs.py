"""Apps with a branch whose jobs are started and read."""

from __future__ import annotations

import datetime

UTC = datetime.timezone.utc
START = datetime.datetime(2024, 2, 8, 21, 54, 42, 398765, UTC)
HOUR = datetime.timedelta(hours=1)
ZIP = "s3://bucket/site.zip"
GITHUB = {"repository": "https://github.com/example/shop", "accessToken": "t"}
TEST_PHASE = "version: 1\nfrontend:\n  phases: {}\ntest:\n  phases:\n    test:\n      commands: [npm test]\n"


def new_app(client, **members):
    return client.create_app(**{"name": "shop", **members})["app"]["appId"]


def new_branch(client, name="main", app=None, **members):
    """Make an app with a branch, and return what names the branch."""
    branch = {"appId": new_app(client, **(app or {})), "branchName": name}
    client.create_branch(**branch, **members)
    return branch


def app_with_branches(client, *names):
    """Make an app with branches, and return what names the app."""
    app_id = new_app(client)
    for name in names:
        client.create_branch(appId=app_id, branchName=name)
    return app_id


def release(client, branch, **members):
    return client.start_job(**{**branch, "jobType": "RELEASE", **members})["jobSummary"]


def deploy(client, branch, **members):
    return client.start_deployment(**branch, **(members or {"sourceUrl": ZIP}))["jobSummary"]


def get(client, branch, job_id="1"):
    return client.get_job(**branch, jobId=job_id)["job"]


def read(client, branch, job_id="1"):
    return get(client, branch, job_id)["summary"]


def listed(client, branch, **parameters):
    return client.list_jobs(**branch, **parameters)["jobSummaries"]


def finish(client, branch, job_id="1"):
    """Read a job until it has ended, and return its summary."""
    return [read(client, branch, job_id) for _ in range(2)][-1]


def steps(client, branch, job_id="1"):
    return [(each["stepName"], each["status"]) for each in get(client, branch, job_id)["steps"]]


def now():
    """Return the time as the mock tells it, which is cut to milliseconds."""
    moment = datetime.datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
