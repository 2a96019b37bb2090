"""Whatever is called in whatever order, the mock answers as a tiny Amplify of a few rules does."""

from __future__ import annotations

from botocore import xform_name
from hypothesis import strategies as st
from hypothesis import target
from hypothesis.stateful import initialize, invariant, precondition, rule

from amplify_mock import JobPlan
from support import tiny_calls as draw
from support.model import MODEL
from support.searches import search
from support.tiny_calls import NOBODY, some
from support.tiny_comparison import state_of_mock, state_of_tiny
from support.tiny_courses import DAY, SECOND
from support.tiny_machine import TinyMachine


class AmplifyMachine(TinyMachine):
    """Calls operations through boto3, and holds what comes of them against the tiny Amplify."""

    @initialize(domain_plan=draw.domain_plans, places=st.integers(1, 2), is_bare=draw.seldom)
    def begin(self, domain_plan, places, is_bare):
        self.start(domain_plan, places)
        if not is_bare:
            self.furnish()

    @invariant()
    def the_state_is_what_it_should_be(self):
        if hasattr(self, "tiny"):
            assert state_of_mock(self.amplify.backend()) == state_of_tiny(self.tiny)

    def teardown(self):
        super().teardown()
        jobs = [job for branch in self.tiny.branches() for job in branch["jobs"].values()]
        target(float(sum(job.is_finished for job in jobs) + 2 * len(self.tiny.places.waiting)), label="jobs")

    # Apps

    @rule(name=st.sampled_from(["shop", "blog"]), members=some({**draw.app_settings, "tags": draw.tags}))
    def create_app(self, name, members):
        self.call("create_app", name=name, **members)

    @rule(pick=draw.picks)
    def get_app(self, pick):
        self.call("get_app", appId=self.an_app(pick))

    @rule(size=draw.sizes, token=draw.tokens)
    def list_apps(self, size, token):
        self.call("list_apps", **self.page("list_apps", size, token))

    @rule(pick=draw.picks, members=some({**draw.app_settings, "name": st.just("renamed")}))
    def update_app(self, pick, members):
        self.call("update_app", appId=self.an_app(pick), **members)

    @rule(pick=draw.picks, is_meant=draw.seldom)
    def delete_app(self, pick, is_meant):
        self.call("delete_app", appId=self.an_app(pick if is_meant else NOBODY))

    # Branches

    @rule(pick=draw.picks, name=draw.branch_names, members=some({**draw.branch_settings, "tags": draw.tags}))
    def create_branch(self, pick, name, members):
        self.call("create_branch", appId=self.an_app(pick), branchName=name, **members)

    @rule(pick=draw.picks)
    def get_branch(self, pick):
        self.call("get_branch", **self.a_branch(pick))

    @rule(pick=draw.picks, size=draw.sizes, token=draw.tokens)
    def list_branches(self, pick, size, token):
        app_id = self.an_app(pick)
        self.call("list_branches", appId=app_id, **self.page(("branches", app_id, None), size, token))

    @rule(pick=draw.picks, members=some(draw.branch_settings))
    def update_branch(self, pick, members):
        self.call("update_branch", **self.a_branch(pick), **members)

    @rule(pick=draw.picks)
    def delete_branch(self, pick):
        self.call("delete_branch", **self.a_branch(pick))

    # Deployments and jobs

    @rule(pick=draw.picks)
    def create_deployment(self, pick):
        self.call("create_deployment", **self.a_branch(pick, is_connected=False))

    @rule(pick=draw.picks, times=draw.few)
    def start_deployment(self, pick, times):
        job = self.a_job(pick, is_open=True)
        if self.call("start_deployment", **job) is not None:
            self.read(job, times)

    @rule(pick=draw.picks, members=some({"jobId": draw.job_ids, "sourceUrl": st.just("s3://bucket/site.zip")}))
    def start_a_deployment_of_any_kind(self, pick, members):
        self.call("start_deployment", **self.a_branch(pick), **members)

    @rule(pick=draw.picks, times=draw.few)
    def deploy_from_elsewhere(self, pick, times):
        branch = self.a_branch(pick, is_connected=False)
        started = self.call("start_deployment", **branch, sourceUrl="s3://bucket/site.zip")
        if started is not None:
            self.read({**branch, "jobId": started["jobSummary"]["jobId"]}, times)

    @rule(pick=draw.picks, times=draw.few, members=some({"commitMessage": st.just("m")}))
    def start_job(self, pick, times, members):
        branch = self.a_branch(pick, is_connected=True)
        started = self.call("start_job", **branch, jobType="RELEASE", **members)
        if started is not None:
            self.read({**branch, "jobId": started["jobSummary"]["jobId"]}, times)

    @rule(pick=draw.picks, job_type=draw.job_types, members=some({"jobId": draw.job_ids}))
    def start_a_job_of_any_kind(self, pick, job_type, members):
        self.call("start_job", **self.a_branch(pick), jobType=job_type, **members)

    @rule(pick=draw.picks, times=draw.few, is_padded=st.booleans())
    def get_job(self, pick, times, is_padded):
        job = self.a_job(pick)
        self.read({**job, "jobId": job["jobId"].zfill(10)} if is_padded else job, times)

    def read(self, job, times):
        for _ in range(times):
            self.call("get_job", **job)

    @rule(pick=draw.picks, size=draw.sizes, token=draw.tokens)
    def list_jobs(self, pick, size, token):
        branch = self.a_branch(pick)
        self.call("list_jobs", **branch, **self.page(("list_jobs", *branch.values()), size, token))

    @rule(pick=draw.picks)
    def stop_job(self, pick):
        self.call("stop_job", **self.a_job(pick))

    @rule(pick=draw.picks)
    def delete_job(self, pick):
        self.call("delete_job", **self.a_job(pick))

    @rule(pick=draw.picks, size=draw.sizes, token=draw.tokens)
    def list_artifacts(self, pick, size, token):
        job = self.a_job(pick)
        found = self.call("list_artifacts", **job, **self.page(("list_artifacts", *job.values()), size, token))
        for each in found["artifacts"] if found else ():
            self.call("get_artifact_url", artifactId=each["artifactId"])

    @rule(pick=draw.picks)
    def get_artifact_url(self, pick):
        self.call("get_artifact_url", artifactId=self.an_artifact(pick))

    @rule(plan=draw.job_plans)
    def plan_jobs(self, plan):
        self.tiny.plans.append(plan)
        self.amplify.plan_jobs(JobPlan(**plan), times=1)

    # Domain associations

    @rule(pick=draw.picks, name=draw.domain_names, prefix=st.sampled_from(["", "www"]), times=st.integers(0, 5))
    def create_domain_association(self, pick, name, prefix, times):
        domain = {"appId": self.an_app(pick), "domainName": name}
        settings = [{"prefix": prefix, "branchName": "main"}]
        if self.call("create_domain_association", **domain, subDomainSettings=settings) is not None:
            for _ in range(times):
                self.call("get_domain_association", **domain)

    @rule(
        pick=draw.picks,
        name=draw.domain_names,
        settings=draw.sub_domains,
        members=some({"certificateSettings": draw.certificates}),
    )
    def create_a_domain_association_of_any_kind(self, pick, name, settings, members):
        given = {"domainName": name, "subDomainSettings": settings, **members}
        self.call("create_domain_association", appId=self.an_app(pick), **given)

    @rule(pick=draw.picks, times=st.integers(1, 4))
    def get_domain_association(self, pick, times):
        for _ in range(times):
            self.call("get_domain_association", **self.a_domain(pick))

    @rule(pick=draw.picks, size=draw.sizes, token=draw.tokens)
    def list_domain_associations(self, pick, size, token):
        app_id = self.an_app(pick)
        self.call("list_domain_associations", appId=app_id, **self.page(("domains", app_id, None), size, token))

    @rule(
        pick=draw.picks,
        members=some({"certificateSettings": draw.certificates, "subDomainSettings": draw.sub_domains}),
    )
    def update_domain_association(self, pick, members):
        self.call("update_domain_association", **self.a_domain(pick), **members)

    @rule(pick=draw.picks)
    def delete_domain_association(self, pick):
        self.call("delete_domain_association", **self.a_domain(pick))

    @rule(
        pick=draw.picks,
        name=draw.domain_names | st.sampled_from(["home", "main.home"]),
        days=st.lists(st.integers(-20, 0), max_size=2),
    )
    def generate_access_logs(self, pick, name, days):
        app_id = self.an_app(pick)
        times = dict(zip(("startTime", "endTime"), (each * DAY for each in days), strict=False))
        name = name.replace("home", f"{app_id}.amplifyapp.com")
        self.call("generate_access_logs", appId=app_id, domainName=name, **times)

    # Webhooks and backend environments

    @rule(pick=draw.picks, members=some({"description": st.just("d")}))
    def create_webhook(self, pick, members):
        self.call("create_webhook", **self.a_branch(pick), **members)

    @rule(pick=draw.picks)
    def get_webhook(self, pick):
        self.call("get_webhook", webhookId=self.a_webhook(pick))

    @rule(pick=draw.picks, members=some({"branchName": draw.branch_names, "description": st.just("new")}))
    def update_webhook(self, pick, members):
        self.call("update_webhook", webhookId=self.a_webhook(pick), **members)

    @rule(pick=draw.picks)
    def delete_webhook(self, pick):
        self.call("delete_webhook", webhookId=self.a_webhook(pick))

    @rule(pick=draw.picks, size=draw.sizes, token=draw.tokens)
    def list_webhooks(self, pick, size, token):
        app_id = self.an_app(pick)
        self.call("list_webhooks", appId=app_id, **self.page(("webhooks", app_id, None), size, token))

    @rule(pick=draw.picks, name=draw.environment_names)
    def create_backend_environment(self, pick, name):
        self.call("create_backend_environment", appId=self.an_app(pick), environmentName=name)

    @rule(pick=draw.picks)
    def get_backend_environment(self, pick):
        self.call("get_backend_environment", **self.an_environment(pick))

    @rule(pick=draw.picks)
    def delete_backend_environment(self, pick):
        self.call("delete_backend_environment", **self.an_environment(pick))

    @rule(pick=draw.picks, name=st.none() | draw.environment_names, size=draw.sizes, token=draw.tokens)
    def list_backend_environments(self, pick, name, size, token):
        app_id = self.an_app(pick)
        one = {} if name is None else {"environmentName": name}
        page = self.page(("environments", app_id, name), size, token)
        self.call("list_backend_environments", appId=app_id, **one, **page)

    # Tags

    @rule(pick=draw.many_picks, tags=draw.one_or_two_tags, number=st.sampled_from([0, 0, 0, 25]))
    def tag_resource(self, pick, tags, number):
        many = {f"k{each + pick}": "" for each in range(number)}
        self.call("tag_resource", resourceArn=self.an_arn(pick), tags={**tags, **many})

    @rule(pick=draw.many_picks, keys=st.lists(st.sampled_from("abc"), min_size=1, max_size=2))
    def untag_resource(self, pick, keys):
        self.call("untag_resource", resourceArn=self.an_arn(pick), tagKeys=keys)

    @rule(pick=draw.many_picks)
    def list_tags_for_resource(self, pick):
        self.call("list_tags_for_resource", resourceArn=self.an_arn(pick))

    # The mock as a whole

    @rule(seconds=draw.waits, is_steered=st.booleans())
    def let_time_pass(self, seconds, is_steered):
        (self.pass_time if is_steered else self.advance)(seconds * SECOND)

    @rule()
    def snapshot(self):
        self.saved = self.amplify.snapshot(), self.tiny.snapshot(), self.passed

    @precondition(lambda self: self.saved is not None)
    @rule()
    def restore(self):
        snapshot, of_tiny, self.passed = self.saved
        self.amplify.restore(snapshot)
        self.tiny.restore(of_tiny)
        self.tiny.tick(self.ahead + self.passed)

    @rule(is_meant=draw.seldom)
    def reset(self, is_meant):
        if is_meant:
            self.amplify.reset()
            self.tiny.reset()
            self.passed = 0


def test_there_is_a_rule_for_every_operation():
    assert {xform_name(name) for name in MODEL.operation_names} <= vars(AmplifyMachine).keys()


TestAmplify = AmplifyMachine.TestCase
TestAmplify.settings = search(15, deep=500)
