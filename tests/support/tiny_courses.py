"""What becomes of jobs and domain associations in the tiny Amplify: they tick, and reads push them on.

Times are milliseconds. Nothing here comes from the package: it is what the package is compared with.
"""

from __future__ import annotations

SECOND = 1000
DAY = 24 * 60 * 60 * SECOND
START_WITHIN = DAY // 3
STEPS = {"BUILD": 40 * SECOND, "TEST": 20 * SECOND, "DEPLOY": 15 * SECOND, "VERIFY": 1 * SECOND}
FINISHED = {"SUCCEED", "FAILED", "CANCELLED"}


class Course:
    """Stages one after another, each with how long it lasts; the last one lasts for ever."""

    def __init__(self, began, stages):
        self.began, self.stages, self.since = began, stages, [began]
        self.last_read = stages[0][0]

    @property
    def stage(self):
        return self.stages[len(self.since) - 1][0]

    @property
    def is_over(self):
        return len(self.since) == len(self.stages)

    def entered(self, stage):
        """Return when a stage began, or None."""
        names = [name for name, _ in self.stages[: len(self.since)]]
        return self.since[names.index(stage)] if stage in names else None

    def tick(self, now):
        while not self.is_over and self.since[-1] + self.stages[len(self.since) - 1][1] <= now:
            self.since.append(self.since[-1] + self.stages[len(self.since) - 1][1])

    def read(self, now):
        """Move one stage on unless the clock did so since the last read; say whether it moved."""
        self.tick(now)
        before = self.stage
        if before == self.last_read and not self.is_over:
            self.since.append(now)
            self.tick(now)
        self.last_read = self.stage
        return self.stage != before


class Job:
    """A job: it waits for StartDeployment, then for a place, then it runs, and somebody may stop it."""

    def __init__(self, number, arn, job_type, created, stage, steps, **members):
        self.number, self.arn, self.job_type, self.created = number, arn, job_type, created
        self.stage, self.steps, self.members = stage, steps, members
        self.opened = job_type == "MANUAL" and "sourceUrl" not in members
        self.expiry = Course(created, [("PENDING", START_WITHIN + 1), ("FAILED", None)]) if self.opened else None
        self.is_started, self.course, self.stopping = False, None, None
        self.fails_at, self.plan, self.artifacts = None, {}, {}

    # What it is

    @property
    def id(self):
        return str(self.number)

    @property
    def status(self):
        present = self.stopping or self.course or (None if self.is_started else self.expiry)
        return "PENDING" if present is None else present.stage

    @property
    def is_finished(self):
        return self.status in FINISHED

    @property
    def blocks(self):
        return not self.is_finished and self.stopping is None

    @property
    def waits(self):
        return self.is_started and self.course is None and self.stopping is None

    @property
    def start(self):
        return self.created if self.course is None else self.course.began

    @property
    def end(self):
        if not self.is_finished:
            return None
        return (self.stopping or self.course or self.expiry).since[-1]

    def shown_steps(self, now):
        """Return the names and statuses of the steps that have begun."""
        moment = now if self.stopping is None else self.stopping.began
        since = None if self.course is None else self.course.entered("RUNNING")
        if since is None:
            return []
        names = self.planned_steps
        if self.course.is_over and self.stopping is None:
            return [*((name, "SUCCEED") for name in names[:-1]), (names[-1], self.status)]
        reached = 0
        while reached < len(names) - 1 and since + STEPS[names[reached]] <= moment:
            since += STEPS[names[reached]]
            reached += 1
        return [*((name, "SUCCEED") for name in names[:reached]), (names[reached], self.status)]

    @property
    def planned_steps(self):
        return self.steps if self.fails_at is None else self.steps[: self.steps.index(self.fails_at) + 1]

    def has_tested(self, now):
        return any(name == "TEST" and status in {"SUCCEED", "FAILED"} for name, status in self.shown_steps(now))

    # What happens to it

    def begin(self, at):
        failures = [each for each in (self.plan.get("fail_at"), self.plan.get("flaw")) if each in self.steps]
        self.fails_at = min(failures, key=self.steps.index, default=None)
        lasts = sum(STEPS[name] for name in self.planned_steps)
        provisioning = self.plan.get("provisioning", 0) * SECOND
        self.course = Course(
            at,
            [
                ("PENDING", 5 * SECOND),
                *([("PROVISIONING", provisioning)] if provisioning else []),
                ("RUNNING", lasts),
                ("SUCCEED" if self.fails_at is None else "FAILED", None),
            ],
        )

    def stop(self, now):
        if self.stopping is None:
            self.stopping = Course(now, [("CANCELLING", 5 * SECOND), ("CANCELLED", None)])

    def tick(self, now):
        for course in (self.stopping or self.course, None if self.is_started else self.expiry):
            if course is not None:
                course.tick(now)

    def nudge(self, now):
        course = self.stopping or self.course
        return course is not None and self.plan.get("progress") != "clock" and course.read(now)


class Places:
    """The jobs of a region that run, at most so many, and those that wait for them."""

    def __init__(self, limit):
        self.limit, self.running, self.waiting = limit, [], []

    def enter(self, job, now):
        job.is_started = True
        self.waiting.append((job, now))
        self.settle(now)

    def settle(self, now):
        for job in self.running:
            job.tick(now)
        self.waiting = [(job, since) for job, since in self.waiting if job.stopping is None]
        while self.waiting:
            begin = self.waiting[0][1]
            if len(self.running) >= self.limit:
                ended = [job for job in self.running if job.end is not None]
                if not ended:
                    return
                first = min(ended, key=lambda job: job.end)
                self.running.remove(first)
                begin = max(begin, first.end)
            job = self.waiting.pop(0)[0]
            job.begin(begin)
            job.tick(now)
            self.running.append(job)

    def read(self, job, now, beside=()):
        """Move a job on by a read; one that waits has the first of those that run move instead."""
        self.settle(now)
        if not job.waits:
            job.nudge(now)
        else:
            # The first that moves is enough.
            any(each.nudge(now) for each in self.running if each not in beside)
        self.settle(now)


class Domain:
    """A domain association, by its plan."""

    def __init__(self, seq, app, arn, name, now, plan, members):
        self.seq, self.app, self.arn, self.name, self.plan, self.tags = seq, app, arn, name, plan, {}
        self.settings = list(members["subDomainSettings"])
        self.certificate = members.get("certificateSettings", {"type": "AMPLIFY_MANAGED"})
        self.update_course = self.deletion = None
        self.verified = set()
        self.course = self._course(now, ["CREATING", *self._certification(), "PENDING_DEPLOYMENT"], "AVAILABLE")

    def _certification(self):
        if self.certificate["type"] == "CUSTOM":
            return ["IMPORTING_CUSTOM_CERTIFICATE"]
        return ["REQUESTING_CERTIFICATE", "PENDING_VERIFICATION"]

    def _course(self, now, stages, end):
        if (fails_at := self.plan.get("fail_at")) in stages:
            stages = stages[: stages.index(fails_at) + 1]
            end = "FAILED" if end == "AVAILABLE" else "UPDATE_FAILED"
        return Course(now, [*((name, 10 * SECOND) for name in stages), (end, None)])

    @property
    def status(self):
        update = self.update_status
        if update in {None, "UPDATE_COMPLETE"}:
            return self.course.stage
        return "FAILED" if update == "UPDATE_FAILED" else "UPDATING"

    @property
    def update_status(self):
        return None if self.update_course is None else self.update_course.stage

    @property
    def is_gone(self):
        return self.deletion is not None and self.deletion.is_over

    @property
    def key(self):
        return self.name.lower().removesuffix(".")

    @property
    def hosts(self):
        return hosts(self.name, self.settings)

    def hosts_of(self, branch_name):
        return hosts(self.name, [each for each in self.settings if each["branchName"] == branch_name])

    def tick(self, now):
        for course in (self.course, self.update_course, self.deletion):
            if course is not None:
                course.tick(now)

    def read(self, now):
        (self.deletion or self.update_course or self.course).read(now)

    def delete(self, now):
        if self.deletion is None:
            self.deletion = Course(now, [("DELETING", self.plan.get("deletion", 0) * SECOND), ("GONE", None)])
            self.deletion.tick(now)

    def update(self, now, members):
        status = self.status
        self.verified = {each["prefix"] for each in self.settings if self.is_verified(each)}
        first = ["PENDING_VERIFICATION"] if status == "PENDING_VERIFICATION" else []
        if members.get("certificateSettings", self.certificate) != self.certificate:
            self.certificate = members["certificateSettings"]
            first = self._certification()
        self.settings = list(members.get("subDomainSettings", self.settings))
        self.course = Course(now, [("AVAILABLE", None)])
        self.update_course = self._course(now, [*first, "PENDING_DEPLOYMENT"], "UPDATE_COMPLETE")

    def is_verified(self, setting):
        return self.status == "AVAILABLE" or setting["prefix"] in self.verified


def hosts(name, settings):
    return [".".join(filter(None, (each["prefix"], name))) for each in settings]
