"""The tiny Amplify's deployments, jobs and artifacts."""

# ruff: noqa: N803  (operations take what boto3 takes)

from __future__ import annotations

from support.tiny_courses import Job
from support.tiny_state import TinyState, shown_summary

ANY = type("Any", (), {"__repr__": lambda _: "ANY"})()
TEST_PHASE, BROKEN_SPEC = "test: {phases: {test: {commands: [npm test]}}}", "]"


class TinyJobs(TinyState):
    """Each operation judges what the mock has answered, and returns what of it is known beforehand."""

    def create_deployment(self, answer, *, appId, branchName):
        branch = self.branch(appId, branchName)
        self.fine(BadRequestException=self._is_connected(appId) or self._is_busy(branch))
        return {"jobId": self._new_job(branch, answer["jobId"], "MANUAL", ("DEPLOY", "VERIFY")).id}

    def start_deployment(self, answer, *, appId, branchName, jobId=None, sourceUrl=None):
        branch = self.branch(appId, branchName)
        self.judge(BadRequestException=self._is_connected(appId) or (jobId is None) == (sourceUrl is None))
        if jobId is None:
            self.fine(BadRequestException=self._is_busy(branch))
            given = answer["jobSummary"]["jobId"]
            job = self._new_job(branch, given, "MANUAL", ("DEPLOY", "VERIFY"), sourceUrl=sourceUrl)
        else:
            job = self.job(appId, branchName, jobId)
            self.fine(BadRequestException=not job.opened or job.is_started or not job.blocks)
        self._start(job)
        return {"jobSummary": shown_summary(job)}

    def start_job(self, answer, *, appId, branchName, jobType, jobId=None, commitMessage=""):
        app, branch = self.app(appId), self.branch(appId, branchName)
        is_retry = jobType == "RETRY"
        self.fine(
            BadRequestException=not self._is_connected(appId) or jobType == "MANUAL" or (is_retry and jobId is None),
            LimitExceededException=self._is_busy(branch),
            NotFoundException=is_retry and jobId is not None and jobId not in branch["jobs"],
        )
        spec = branch["buildSpec"] or app["buildSpec"]
        steps = ("BUILD", "TEST", "DEPLOY", "VERIFY") if spec == TEST_PHASE else ("BUILD", "DEPLOY", "VERIFY")
        members = {"commitId": "HEAD", "commitMessage": commitMessage}
        if is_retry:
            members = {name: branch["jobs"][jobId].members[name] for name in members}
        job = self._new_job(branch, answer["jobSummary"]["jobId"], jobType, steps, **members)
        self._start(job, flaw="BUILD" if spec == BROKEN_SPEC else None)
        return {"jobSummary": shown_summary(job)}

    def _is_connected(self, app_id):
        return self.apps[app_id]["repository"] is not None

    def _is_busy(self, branch):
        return any(job.blocks for job in branch["jobs"].values())

    def _new_job(self, branch, job_id, job_type, steps, **members):
        branch["jobs_made"] += 1
        assert job_id == str(branch["jobs_made"]), "job numbers count up, and none is used twice"
        arn = f"{branch['branchArn']}/jobs/{branch['jobs_made']:010}"
        job = Job(branch["jobs_made"], arn, job_type, self.now, branch["stage"], steps, tags={}, **members)
        branch["jobs"][job.id] = job
        return job

    def _start(self, job, flaw=None):
        job.plan = {**(self.plans.pop(0) if self.plans else {}), "flaw": flaw}
        self.places.enter(job, self.now)

    def get_job(self, _answer, *, appId, branchName, jobId):
        job = self.job(appId, branchName, jobId)
        self.fine()
        self.places.read(job, self.now)
        steps = [{"stepName": name, "status": status} for name, status in job.shown_steps(self.now)]
        return {"job": {"summary": shown_summary(job), "steps": steps}}

    def list_jobs(self, answer, *, appId, branchName, **paging):
        branch = self.apps.get(appId, {"branches": {}})["branches"].get(branchName)
        jobs = [] if branch is None else list(branch["jobs"].values())
        scope = ("list_jobs", appId, branchName)
        page = self.page(answer, scope, [(-job.number, job) for job in reversed(jobs)], branch is None, **paging)
        waiting = [job for job in page if job.waits]
        for job in page:
            if job not in waiting:
                self.places.read(job, self.now)
        if waiting:
            self.places.read(waiting[-1], self.now, beside=page)
        return {"jobSummaries": [shown_summary(job) for job in page]}

    def stop_job(self, _answer, *, appId, branchName, jobId):
        job = self.job(appId, branchName, jobId)
        self.fine(BadRequestException=job.is_finished)
        job.stop(self.now)
        self.places.settle(self.now)
        return {"jobSummary": shown_summary(job)}

    def delete_job(self, _answer, *, appId, branchName, jobId):
        job = self.job(appId, branchName, jobId)
        self.fine(BadRequestException=not job.is_finished)
        return {"jobSummary": shown_summary(self.apps[appId]["branches"][branchName]["jobs"].pop(job.id))}

    def list_artifacts(self, answer, *, appId, branchName, jobId, **paging):
        branch = self.apps.get(appId, {"branches": {}})["branches"].get(branchName, {"jobs": {}})
        job = branch["jobs"].get(jobId.lstrip("0"))
        # The tests of a job leave two files behind. Their ids are known once they were listed.
        files = [(1, 1), (2, 2)] if job is not None and job.has_tested(self.now) else []
        page = self.page(answer, ("list_artifacts", appId, branchName, jobId), files, job is None, **paging)
        for number, artifact in zip(page, answer["artifacts"], strict=True):
            known = job.artifacts.setdefault(number, artifact["artifactId"])
            assert known == artifact["artifactId"]
        return {"artifacts": [{"artifactId": job.artifacts[number]} for number in page]}

    def get_artifact_url(self, _answer, *, artifactId):
        jobs = [job for branch in self.branches() for job in branch["jobs"].values()]
        self.fine(NotFoundException=not any(artifactId in job.artifacts.values() for job in jobs))
        return {"artifactId": artifactId}

    # Pages

    def page(self, answer, scope, items, is_missing, *, maxResults=0, nextToken=None, largest=50):
        """Return the page that is due, of items in order with a number each, and keep its token."""
        of, after = self.tokens.get(nextToken, (None, None))
        is_foreign = nextToken is not None and of != scope
        self.fine(NotFoundException=is_missing, BadRequestException=is_foreign)
        rest = [(number, item) for number, item in items if after is None or number > after]
        page = rest[: maxResults or largest]
        assert ("nextToken" in answer) == (len(rest) > len(page))
        if "nextToken" in answer:
            self.tokens[answer["nextToken"]] = (scope, page[-1][0])
        return [item for _, item in page]
