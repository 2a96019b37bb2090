"""One mock and one tiny Amplify side by side: every call goes to both, and both have the same time."""

from __future__ import annotations

import contextlib
import datetime

import time_machine
from botocore.exceptions import ClientError
from hypothesis import event
from hypothesis.stateful import RuleBasedStateMachine

from amplify_mock import DomainPlan, mock_amplify
from support.clients import client_of
from support.tiny_amplify import TinyAmplify
from support.tiny_calls import GITHUB, NOBODY, NOWHERE, chosen
from support.tiny_comparison import START, agree, as_date, bare
from support.tiny_jobs import TEST_PHASE
from support.tiny_state import Refused

QUOTAS = {"apps": 3, "branches": 5, "domains": 2, "subdomains": 2, "webhooks": 3}
TIMES = ("startTime", "endTime")


class TinyMachine(RuleBasedStateMachine):
    """What the rules do their calls with."""

    def __init__(self):
        super().__init__()
        self.open = contextlib.ExitStack()
        self.clock = self.open.enter_context(time_machine.travel(START, tick=False))
        self.ahead, self.passed, self.saved = 0, 0, None
        self.client = client_of()

    def start(self, domain_plan, places):
        quotas = {**QUOTAS, "concurrent_jobs": places}
        self.tiny = TinyAmplify(quotas, domain_plan)
        self.amplify = self.open.enter_context(mock_amplify(quotas=quotas, domain_plan=DomainPlan(**domain_plan)))

    def furnish(self):
        self.call("create_app", name="built", repository=GITHUB, accessToken="t", buildSpec=TEST_PHASE)
        self.call("create_app", name="deployed by hand")
        for app_id in self.tiny.apps:
            self.call("create_branch", appId=app_id, branchName="main", stage="PRODUCTION")
            self.call("create_branch", appId=app_id, branchName="dev")
            self.call("create_webhook", appId=app_id, branchName="main")
            self.call("create_backend_environment", appId=app_id, environmentName="dev")
        settings = [{"prefix": "", "branchName": "main"}, {"prefix": "dev", "branchName": "dev"}]
        self.call("create_domain_association", appId=app_id, domainName="example.com", subDomainSettings=settings)

    def teardown(self):
        self.open.close()

    # One call, and the time

    def call(self, operation, **parameters):
        """Call an operation, and return what the tiny Amplify knows of the answer; None if it is refused."""
        self.pass_time(1)
        try:
            answer, self.tiny.code = bare(getattr(self.client, operation)(**with_dates(parameters))), None
        except ClientError as error:
            answer, self.tiny.code = None, error.response["Error"]["Code"]
        event(f"{operation}: {self.tiny.code or 'fine'}")
        try:
            expected = getattr(self.tiny, operation)(answer, **parameters)
        except Refused:
            return None
        agree(expected, answer, operation)
        return expected

    def pass_time(self, milliseconds):
        self.ahead += milliseconds
        self.clock.shift(datetime.timedelta(milliseconds=milliseconds))
        self.tiny.tick(self.ahead + self.passed)

    def advance(self, milliseconds):
        self.passed += milliseconds
        self.amplify.clock.advance(milliseconds=milliseconds)
        self.tiny.tick(self.ahead + self.passed)

    # Who is meant

    def an_app(self, pick):
        return chosen(list(self.tiny.apps), pick, "dunknown")

    def a_branch(self, pick, *, is_connected=None):
        """Return what names a branch, as a rule of an app of one kind."""
        apps = self.tiny.apps.values()
        found = [(app["appId"], name) for app in apps if is_connected in {None, bool(app["repository"])}
                 for name in app["branches"]]  # fmt: skip
        nobody = ("dunknown", "main") if not self.tiny.apps else (self.an_app(pick), "gone")
        return dict(zip(("appId", "branchName"), chosen(found, pick, nobody), strict=True))

    def a_job(self, pick, *, is_open=None):
        """Return what names a job; of the newest ones rather than of old ones."""
        found = [
            (job.number, app_id, name, job.id)
            for app_id, app in self.tiny.apps.items()
            for name, branch in app["branches"].items()
            for job in branch["jobs"].values()
            if is_open in {None, not job.is_started}
        ]
        _, *one = chosen(sorted(found, reverse=True), pick, (0, *self.a_branch(0).values(), "99"))
        return dict(zip(("appId", "branchName", "jobId"), one, strict=True))

    def a_domain(self, pick):
        found = [(app_id, domain.name) for app_id, app in self.tiny.apps.items() for domain in app["domains"].values()]
        return dict(zip(("appId", "domainName"), chosen(found, pick, (self.an_app(0), "gone.com")), strict=True))

    def a_webhook(self, pick):
        return chosen([each for app in self.tiny.apps.values() for each in app["webhooks"]], pick, "unknown")

    def an_environment(self, pick):
        found = [(app_id, name) for app_id, app in self.tiny.apps.items() for name in app["environments"]]
        return dict(zip(("appId", "environmentName"), chosen(found, pick, (self.an_app(0), "gone")), strict=True))

    def an_arn(self, pick):
        return chosen(list(self.tiny.arns()), pick, NOWHERE)

    def an_artifact(self, pick):
        jobs = [job for branch in self.tiny.branches() for job in branch["jobs"].values()]
        return chosen([each for job in jobs for each in job.artifacts.values()], pick, "unknown")

    def page(self, scope, size, token):
        """Return the parameters of a page: perhaps of one whose token was handed out, for this list or for another."""
        mine = [each for each, (of, _) in self.tiny.tokens.items() if of == scope]
        others = [each for each in self.tiny.tokens if each not in mine]
        if token == NOBODY:
            return {**size, "nextToken": others[0] if others else "nonsense"}
        return {**size, "nextToken": mine[token % len(mine)]} if mine and token is not None else size


def with_dates(parameters):
    return {name: as_date(value) if name in TIMES else value for name, value in parameters.items()}
