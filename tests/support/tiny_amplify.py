"""A tiny Amplify, of dicts and a few rules, to compare the mock with.

Each operation is a method that is told what the mock has answered, and judges it: it fails when the mock refused what
is allowed, allowed what is not, or refused it with another error. Nothing here comes from the package.
"""

# ruff: noqa: N803  (operations take what boto3 takes)

from __future__ import annotations

import re

from support.tiny_courses import DAY, Domain, hosts
from support.tiny_jobs import TinyJobs
from support.tiny_state import changed, is_wrong, key, may_connect, shown_domain, stored, without


class TinyAmplify(TinyJobs):
    """All of it but the jobs; returns of each answer what is known beforehand."""

    # Apps

    def create_app(self, answer, *, name, **given):
        self.fine(
            LimitExceededException=len(self.apps) + 1 > self.quotas["apps"],
            BadRequestException=is_wrong(given) or not may_connect(given),
        )
        made = answer["app"]
        assert made["appId"] not in self.apps
        self.apps[made["appId"]] = {
            "seq": self.next_seq(), "appId": made["appId"], "appArn": made["appArn"], "name": name, "description": "",
            "repository": None, "platform": "WEB", "buildSpec": "", "branches": {}, "domains": {}, "webhooks": {},
            "environments": {}, "createTime": self.now, "updateTime": self.now,
            **stored(given), "tags": dict(given.get("tags", {})),
            "environmentVariables": without_empty_name(given.get("environmentVariables", {})),
        }  # fmt: skip
        return {"app": self.shown_app(made["appId"])}

    def get_app(self, _answer, *, appId):
        self.app(appId)
        self.fine()
        return {"app": self.shown_app(appId)}

    def update_app(self, _answer, *, appId, **given):
        app = self.app(appId)
        connects_late = "repository" in given and app["branches"] and app["repository"] is None
        self.fine(BadRequestException=is_wrong(given) or not may_connect(given) or connects_late)
        app.update(changed(given, "description"), updateTime=self.now)
        return {"app": self.shown_app(appId)}

    def delete_app(self, _answer, *, appId):
        app = self.app(appId)
        self.fine()
        last = self.shown_app(appId)
        for branch in app["branches"].values():
            self._abandon(branch)
        del self.apps[appId]
        return {"app": last}

    # Branches

    def create_branch(self, answer, *, appId, branchName, **given):
        app = self.app(appId)
        shown = given.get("displayName") or re.sub(r"[^0-9A-Za-z-]", "-", branchName)
        self.fine(
            LimitExceededException=len(app["branches"]) + 1 > self.quotas["branches"],
            BadRequestException=branchName in app["branches"] or is_wrong(given) or self._taken(app, shown),
        )
        app["branches"][branchName] = {
            "seq": self.next_seq(), "branchName": branchName, "branchArn": answer["branch"]["branchArn"],
            "stage": "NONE", "description": "", "buildSpec": "", "jobs": {}, "jobs_made": 0,
            **stored(given), "displayName": shown, "createTime": self.now, "updateTime": self.now,
            "tags": dict(given.get("tags", {})),
            "environmentVariables": without_empty_name(given.get("environmentVariables", {})),
        }  # fmt: skip
        assert answer["branch"]["branchArn"] == f"{app['appArn']}/branches/{branchName}"
        return {"branch": self.shown_branch(appId, branchName)}

    def _taken(self, app, shown, but=None):
        return any(
            each["displayName"].lower() == shown.lower()
            for each in app["branches"].values()
            if each["branchName"] != but
        )

    def get_branch(self, _answer, *, appId, branchName):
        self.branch(appId, branchName)
        self.fine()
        return {"branch": self.shown_branch(appId, branchName)}

    def update_branch(self, _answer, *, appId, branchName, **given):
        branch, shown = self.branch(appId, branchName), given.get("displayName")
        is_taken = bool(shown) and self._taken(self.apps[appId], shown, but=branchName)
        self.fine(BadRequestException=is_wrong(given) or is_taken)
        branch.update(changed(given, "displayName"), updateTime=self.now)
        return {"branch": self.shown_branch(appId, branchName)}

    def delete_branch(self, _answer, *, appId, branchName):
        branch = self.branch(appId, branchName)
        self.fine()
        last = self.shown_branch(appId, branchName)
        self._abandon(branch)
        del self.apps[appId]["branches"][branchName]
        for domain in self.apps[appId]["domains"].values():
            domain.settings = [each for each in domain.settings if each["branchName"] != branchName]
        return {"branch": last}

    def _abandon(self, branch):
        for job in branch["jobs"].values():
            if not job.is_finished:
                job.stop(self.now)
        self.places.settle(self.now)

    # Webhooks and backend environments

    def create_webhook(self, answer, *, appId, branchName, description=""):
        self.branch(appId, branchName)
        app = self.apps[appId]
        self.fine(LimitExceededException=len(app["webhooks"]) + 1 > self.quotas["webhooks"])
        made = answer["webhook"]
        app["webhooks"][made["webhookId"]] = {
            "seq": self.next_seq(), "branchName": branchName, "description": description, "tags": {},
            **{name: made[name] for name in ("webhookId", "webhookArn", "webhookUrl")},
        }  # fmt: skip
        return {"webhook": untagged(app["webhooks"][made["webhookId"]])}

    def get_webhook(self, _answer, *, webhookId):
        webhook = self.webhook(webhookId)[1]
        self.fine()
        return {"webhook": untagged(webhook)}

    def update_webhook(self, _answer, *, webhookId, **given):
        app, webhook = self.webhook(webhookId)
        self.fine(NotFoundException="branchName" in given and given["branchName"] not in app["branches"])
        webhook.update(given)
        return {"webhook": untagged(webhook)}

    def delete_webhook(self, _answer, *, webhookId):
        app, webhook = self.webhook(webhookId)
        self.fine()
        return {"webhook": untagged(app["webhooks"].pop(webhook["webhookId"]))}

    def create_backend_environment(self, answer, *, appId, environmentName):
        app = self.app(appId)
        is_name = re.fullmatch("[a-z0-9]{2,10}", environmentName)
        self.fine(BadRequestException=not is_name or environmentName in app["environments"])
        app["environments"][environmentName] = {
            "seq": self.next_seq(), "environmentName": environmentName, "tags": {},
            "backendEnvironmentArn": answer["backendEnvironment"]["backendEnvironmentArn"],
        }  # fmt: skip
        return {"backendEnvironment": untagged(app["environments"][environmentName])}

    def get_backend_environment(self, _answer, *, appId, environmentName):
        environment = self.environment(appId, environmentName)
        self.fine()
        return {"backendEnvironment": untagged(environment)}

    def delete_backend_environment(self, _answer, *, appId, environmentName):
        self.environment(appId, environmentName)
        self.fine()
        return {"backendEnvironment": untagged(self.apps[appId]["environments"].pop(environmentName))}

    # Tags

    def tagged(self, arn):
        self.judge(ResourceNotFoundException=arn not in self.arns())
        return self.arns()[arn]

    def tag_resource(self, _answer, *, resourceArn, tags):
        present = self.tagged(resourceArn)
        self.fine(BadRequestException=len({**present, **tags}) > 50)
        present.update(tags)
        return {}

    def untag_resource(self, _answer, *, resourceArn, tagKeys):
        present = self.tagged(resourceArn)
        self.fine()
        for each in tagKeys:
            present.pop(each, None)
        return {}

    def list_tags_for_resource(self, _answer, *, resourceArn):
        present = self.tagged(resourceArn)
        self.fine()
        return {"tags": present}

    # Domain associations

    def create_domain_association(self, answer, *, appId, domainName, **given):
        app, settings = self.app(appId), given["subDomainSettings"]
        present = app["domains"].get(key(domainName))
        has_failed = present is not None and present.status == "FAILED"
        self.judge(BadRequestException=self._refuses_domain(appId, domainName, settings))
        if has_failed:
            self.fine()
            return {"domainAssociation": shown_domain(present)}
        self.fine(
            BadRequestException=present is not None or self._is_wrong_domain(app, given),
            LimitExceededException=len(settings) > self.quotas["subdomains"]
            or len(app["domains"]) + 1 > self.quotas["domains"],
        )
        arn = answer["domainAssociation"]["domainAssociationArn"]
        made = Domain(self.next_seq(), appId, arn, domainName, self.now, self.domain_plan, given)
        app["domains"][made.key] = made
        return {"domainAssociation": shown_domain(made)}

    def _refuses_domain(self, app_id, name, settings):
        others = [domain for app in self.apps.values() if app["appId"] != app_id for domain in app["domains"].values()]
        taken = {key(host) for domain in others for host in domain.hosts}
        wanted = {key(host) for host in hosts(name, settings)}
        return bool(taken & wanted) or key(name) in {domain.key for domain in others}

    def _is_wrong_domain(self, app, given):
        certificate = given.get("certificateSettings", {"type": "AMPLIFY_MANAGED"})
        leads_nowhere = {each["branchName"] for each in given.get("subDomainSettings", ())} - app["branches"].keys()
        return bool(leads_nowhere) or (certificate["type"] == "CUSTOM" and "customCertificateArn" not in certificate)

    def get_domain_association(self, _answer, *, appId, domainName):
        domain = self.domain(appId, domainName)
        self.fine()
        domain.read(self.now)
        return {"domainAssociation": shown_domain(domain)}

    def update_domain_association(self, _answer, *, appId, domainName, **given):
        app, domain = self.app(appId), self.domain(appId, domainName)
        settings = given.get("subDomainSettings", ())
        may = {"AVAILABLE", "PENDING_DEPLOYMENT", "PENDING_VERIFICATION", "FAILED"}
        is_wrong = domain.status not in may or domain.deletion is not None or self._is_wrong_domain(app, given)
        self.fine(
            BadRequestException=is_wrong or self._refuses_domain(appId, domainName, settings),
            LimitExceededException=len(settings) > self.quotas["subdomains"],
        )
        domain.update(self.now, given)
        return {"domainAssociation": shown_domain(domain)}

    def delete_domain_association(self, _answer, *, appId, domainName):
        domain = self.domain(appId, domainName)
        self.fine()
        last = shown_domain(domain)
        domain.delete(self.now)
        self.forget_gone(self.apps[appId])
        return {"domainAssociation": last}

    def generate_access_logs(self, answer, *, appId, domainName, startTime=None, endTime=None):
        app = self.app(appId)
        home = f"{appId}.amplifyapp.com"
        names = [home, *(f"{branch['displayName']}.{home}" for branch in app["branches"].values())]
        names += [name for domain in app["domains"].values() for name in (domain.name, *domain.hosts)]
        end = self.now if endTime is None else endTime
        start = end - 14 * DAY if startTime is None else startTime
        self.fine(
            NotFoundException=key(domainName) not in map(key, names),
            BadRequestException=start > end or end - start > 14 * DAY,
        )
        assert key(domainName) in answer["logUrl"]
        return {}

    # Lists, in the order in which things were made

    def list_apps(self, answer, **paging):
        apps = self.page(answer, "list_apps", in_order(self.apps), False, largest=100, **paging)
        return {"apps": [self.shown_app(each["appId"]) for each in apps]}

    def list_branches(self, answer, *, appId, **paging):
        branches = self._page_of("branches", answer, appId, **paging)
        return {"branches": [self.shown_branch(appId, each["branchName"]) for each in branches]}

    def list_webhooks(self, answer, *, appId, **paging):
        return {"webhooks": [untagged(each) for each in self._page_of("webhooks", answer, appId, **paging)]}

    def list_backend_environments(self, answer, *, appId, environmentName=None, **paging):
        found = self._page_of("environments", answer, appId, environmentName, **paging)
        return {"backendEnvironments": [untagged(each) for each in found]}

    def list_domain_associations(self, answer, *, appId, **paging):
        domains = self._page_of("domains", answer, appId, **paging)
        for domain in domains:
            domain.read(self.now)
        return {"domainAssociations": [shown_domain(domain) for domain in domains]}

    def _page_of(self, kind, answer, app_id, name=None, **paging):
        children = self.apps.get(app_id, {kind: {}})[kind]
        wanted = {each: child for each, child in children.items() if name in {None, each}}
        return self.page(answer, (kind, app_id, name), in_order(wanted), app_id not in self.apps, **paging)


def untagged(members):
    return without(members, "tags")


def in_order(things):
    return [(thing["seq"] if isinstance(thing, dict) else thing.seq, thing) for thing in things.values()]


def without_empty_name(variables):
    return {name: value for name, value in variables.items() if name}
