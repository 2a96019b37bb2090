"""What the tiny Amplify knows: everything that there is, who is meant, and what of it the API shows."""

from __future__ import annotations

import copy
import re

from support.tiny_courses import Places

ROLE = re.compile(r"arn:aws:iam::\d{12}:role/.+")
ABSENT = type("Absent", (), {"__repr__": lambda _: "ABSENT", "__deepcopy__": lambda self, _: self})()


class Refused(Exception):
    """The operation has to be refused, and was."""


class TinyState:
    """One account in one region.

    Attributes:
        now: the time, in milliseconds.
        code: how the mock has answered the operation that is judged: the code of an error, or None.
        quotas: how many of each thing there may be.
        tokens: the page tokens handed out, each with the list that it is of and the last that was listed.
    """

    def __init__(self, quotas, domain_plan):
        self.now, self.code, self.quotas, self.domain_plan = 0, None, quotas, domain_plan
        self.reset()

    # All of it

    def reset(self):
        self.apps, self.plans, self.made, self.tokens = {}, [], 0, {}
        self.places = Places(self.quotas["concurrent_jobs"])

    def snapshot(self):
        return copy.deepcopy((self.apps, self.plans, self.made, self.places))

    def restore(self, snapshot):
        self.apps, self.plans, self.made, self.places = copy.deepcopy(snapshot)
        self.tokens = {}

    def tick(self, now):
        self.now = now
        for branch in self.branches():
            for job in branch["jobs"].values():
                job.tick(now)
        self.places.settle(now)
        for app in self.apps.values():
            for domain in app["domains"].values():
                domain.tick(now)
            self.forget_gone(app)

    def forget_gone(self, app):
        app["domains"] = {name: domain for name, domain in app["domains"].items() if not domain.is_gone}

    def branches(self):
        return [branch for app in self.apps.values() for branch in app["branches"].values()]

    def next_seq(self):
        self.made += 1
        return self.made

    # What may be answered

    def judge(self, **wrongs):
        """Compare the error that the mock has raised with those that it may raise."""
        due = {code for code, is_wrong in wrongs.items() if is_wrong}
        if due:
            assert self.code in due, f"answered {self.code or 'without an error'}, where {due} was due"
            raise Refused

    def fine(self, **wrongs):
        self.judge(**wrongs)
        assert self.code is None, f"answered {self.code}, where nothing is wrong"

    # Who is meant

    def app(self, app_id):
        self.judge(NotFoundException=app_id not in self.apps)
        return self.apps[app_id]

    def branch(self, app_id, name):
        app = self.app(app_id)
        self.judge(NotFoundException=name not in app["branches"])
        return app["branches"][name]

    def job(self, app_id, name, job_id):
        jobs = self.branch(app_id, name)["jobs"]
        self.judge(NotFoundException=job_id.lstrip("0") not in jobs)
        return jobs[job_id.lstrip("0")]

    def domain(self, app_id, name):
        domains = self.app(app_id)["domains"]
        self.judge(NotFoundException=key(name) not in domains)
        return domains[key(name)]

    def environment(self, app_id, name):
        environments = self.app(app_id)["environments"]
        self.judge(NotFoundException=name not in environments)
        return environments[name]

    def webhook(self, webhook_id):
        found = [app for app in self.apps.values() if webhook_id in app["webhooks"]]
        self.judge(NotFoundException=not found)
        return found[0], found[0]["webhooks"][webhook_id]

    def arns(self):
        """Return what has tags, by ARN. A branch may be called like a job of another one, and comes first then."""
        found = {}
        for app in self.apps.values():
            found[app["appArn"]] = app["tags"]
            found.update((domain.arn, domain.tags) for domain in app["domains"].values())
            found.update((each["webhookArn"], each["tags"]) for each in app["webhooks"].values())
            found.update((each["backendEnvironmentArn"], each["tags"]) for each in app["environments"].values())
        for branch in self.branches():
            found.update((job.arn, job.members["tags"]) for job in branch["jobs"].values())
        found.update((branch["branchArn"], branch["tags"]) for branch in self.branches())
        return found

    # What it shows

    def shown_app(self, app_id):
        app = self.apps[app_id]
        deployed = [
            (job.end, branch["branchName"])
            for branch in app["branches"].values()
            for job in branch["jobs"].values()
            if branch["stage"] == job.stage == "PRODUCTION" and job.status == "SUCCEED"
        ]
        end, name = max(deployed, default=(None, None))
        newest = {"lastDeployTime": end, "status": "SUCCEED", "branchName": name}
        hidden = ("branches", "domains", "webhooks", "environments")
        return {
            **without(app, *hidden),
            "repository": app["repository"] or "",
            "productionBranch": newest if deployed else ABSENT,
        }

    def shown_branch(self, app_id, name):
        app, branch = self.apps[app_id], self.apps[app_id]["branches"][name]
        succeeded = [job.number for job in branch["jobs"].values() if job.status == "SUCCEED"]
        leading_here = [domain.hosts_of(name) for domain in app["domains"].values() if not domain.is_gone]
        return {
            **without(branch, "jobs", "jobs_made"),
            "activeJobId": f"{max(succeeded):010}" if succeeded else "",
            "customDomains": [host for hosts in leading_here for host in hosts],
        }


def shown_summary(job):
    return {
        "jobId": job.id,
        "jobArn": job.arn,
        "jobType": job.job_type,
        "status": job.status,
        "startTime": job.start,
        "endTime": ABSENT if job.end is None else job.end,
        "commitId": job.members.get("commitId", ""),
        "commitMessage": job.members.get("commitMessage", ""),
    }


def shown_domain(domain):
    return {
        "domainName": domain.name,
        "domainAssociationArn": domain.arn,
        "domainStatus": domain.status,
        "updateStatus": domain.update_status or ABSENT,
        "subDomains": [{"subDomainSetting": each, "verified": domain.is_verified(each)} for each in domain.settings],
    }


def without(members, *names):
    return {name: value for name, value in members.items() if name not in {"seq", *names}}


def key(domain_name):
    return domain_name.lower().removesuffix(".")


# What may be given for apps and branches


def is_wrong(given):
    role = given.get("computeRoleArn")
    return (bool(role) and not ROLE.fullmatch(role)) or any(
        name.startswith("AWS") for name in given.get("environmentVariables", ())
    )


def may_connect(given):
    repository = given.get("repository")
    if repository is None:
        return True
    needs_no_token = repository.startswith("https://git-codecommit.")
    return repository.startswith("https://") and (needs_no_token or "accessToken" in given)


def stored(given):
    kept = {name: value for name, value in given.items() if name not in {"accessToken", "computeRoleArn"}}
    if "environmentVariables" in kept:
        kept["environmentVariables"] = {name: value for name, value in kept["environmentVariables"].items() if name}
    return kept


def changed(given, *kept_when_empty):
    kept = {name: value for name, value in given.items() if value != "" or name not in kept_when_empty}
    if kept.get("environmentVariables") == {}:
        del kept["environmentVariables"]
    return stored(kept)
