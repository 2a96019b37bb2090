"""A domain association of an app: a custom domain whose subdomains lead to branches, on its way to being available."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple, cast

from amplify_mock.clock import Clock
from amplify_mock.exceptions import BadRequestException

from . import ids
from .domain_plans import DomainPlan
from .fixed import nothing
from .hints import nearest
from .lifecycle import Course
from .literals import DomainStatus, UpdateStatus
from .planning import LONGEST_REASON

MANAGED = {"type": "AMPLIFY_MANAGED"}

_BEFORE_DISTRIBUTION = frozenset({"CREATING", "REQUESTING_CERTIFICATE", "IMPORTING_CUSTOM_CERTIFICATE", "FAILED"})
_ENDS = frozenset({"AVAILABLE", "FAILED", "UPDATE_COMPLETE", "UPDATE_FAILED"})
_LONGEST_HOST = 253
# Terraform's acceptance tests update a domain that waits for its verification.
_MAY_UPDATE = frozenset({"AVAILABLE", "PENDING_DEPLOYMENT", "PENDING_VERIFICATION", "FAILED"})


class SubDomain(NamedTuple):
    """One host name of an association. ``prefix`` is empty for the domain itself."""

    prefix: str
    branch_name: str
    verified: bool
    dns_record: str

    @property
    def sub_domain_setting(self) -> dict[str, str]:
        """What leads where."""
        return {"prefix": self.prefix, "branch_name": self.branch_name}


class Sighting(NamedTuple):
    """How an association was seen elsewhere. So it is shown until its status changes, or it is updated."""

    domain_status: DomainStatus
    status_reason: str | None
    sub_domains: list[SubDomain]
    enable_auto_sub_domain: bool
    certificate_verification_dns_record: str | None
    certificate: dict[str, str | None] | None


@dataclass(slots=True, eq=False)
class DomainAssociation:
    """A domain association; its status is worked out from its plan and the clock."""

    number: int
    domain_association_arn: str
    domain_name: str
    clock: Clock = field(repr=False)
    plan: DomainPlan
    settings: list[dict[str, str]]
    distribution: str
    validation: str
    certificate_settings: dict[str, str] = field(default_factory=lambda: dict(MANAGED))
    auto_sub_domain_creation_patterns: list[str] | None = None
    auto_sub_domain_iam_role: str | None = None
    wants_auto_sub_domain: bool = False
    tags: dict[str, str] = field(default_factory=nothing)
    _course: Course = field(init=False, repr=False)
    _update: Course | None = field(default=None, init=False, repr=False)
    _deletion: Course | None = field(default=None, init=False, repr=False)
    _asked_for_certificate: bool = field(default=False, init=False, repr=False)
    _verified: frozenset[str] = field(default=frozenset(), init=False, repr=False)
    _reason: str = field(default="", init=False, repr=False)
    _sighting: Sighting | None = field(default=None, init=False, repr=False)

    @classmethod
    def made(
        cls, number: int, app_arn: str, domain_name: str, *, plan: DomainPlan, clock: Clock, random: Random
    ) -> DomainAssociation:
        """Return a new association, without its settings."""
        return cls(
            number=number,
            domain_association_arn=f"{app_arn}/domains/{domain_name}",
            domain_name=domain_name,
            clock=clock,
            plan=plan,
            settings=[],
            distribution=ids.distribution(random),
            validation=ids.certificate_validation(domain_name.rstrip("."), random),
        )

    # What it is now

    @property
    def domain_status(self) -> DomainStatus:
        """The status now; looking here moves nothing."""
        update_status = self.update_status
        if update_status == "UPDATE_FAILED":
            return "FAILED"
        if update_status not in (None, "UPDATE_COMPLETE"):
            return "UPDATING"
        # The stages are named for the statuses.
        return cast("DomainStatus", self._course.at(self.clock.now())[-1].name)

    @property
    def update_status(self) -> UpdateStatus | None:
        """How far an update has come; None before the first."""
        return None if self._update is None else cast("UpdateStatus", self._update.at(self.clock.now())[-1].name)

    @property
    def status_reason(self) -> str | None:
        """Why it failed."""
        if (seen := self._seen) is not None:
            return seen.status_reason
        return self._reason[:LONGEST_REASON] if self.domain_status == "FAILED" else None

    @property
    def is_gone(self) -> bool:
        """Whether it was deleted and its deletion has finished."""
        return self._deletion is not None and self._deletion.at(self.clock.now())[-1].name == "GONE"

    @property
    def enable_auto_sub_domain(self) -> bool:
        """Whether branches get subdomains by themselves: the service says false as long as no role is given."""
        if (seen := self._seen) is not None:
            return seen.enable_auto_sub_domain
        return self.wants_auto_sub_domain and bool(self.auto_sub_domain_iam_role)

    @property
    def has_managed_certificate(self) -> bool:
        """Whether Amplify is to provide the certificate."""
        return self.certificate_settings["type"] == MANAGED["type"]

    @property
    def has_distribution(self) -> bool:
        """Whether it got as far as to have a certificate asked for, and a CloudFront distribution."""
        reached = {stage.name for stage in self._course.at(self.clock.now())}
        return not reached <= _BEFORE_DISTRIBUTION

    @property
    def certificate_verification_dns_record(self) -> str | None:
        """The record that proves the domain to the certificate authority, once there is a managed certificate."""
        if (seen := self._seen) is not None:
            return seen.certificate_verification_dns_record
        return self.validation if self.has_managed_certificate and self.has_distribution else None

    @property
    def certificate(self) -> dict[str, str | None]:
        """The certificate."""
        if (seen := self._seen) is not None and seen.certificate is not None:
            return seen.certificate
        return {
            **self.certificate_settings,
            "certificate_verification_dns_record": self.certificate_verification_dns_record,
        }

    @property
    def certificate_asked_for(self) -> dict[str, str | None] | None:
        """The certificate, if the caller ever said which one he wants."""
        return self.certificate if self._asked_for_certificate else None

    @property
    def sub_domains(self) -> list[SubDomain]:
        """The subdomains, with the record that each needs."""
        if (seen := self._seen) is not None:
            return seen.sub_domains
        status = self.domain_status
        target = self.distribution if self.has_distribution else "<pending>"
        return [
            SubDomain(
                each["prefix"],
                each["branch_name"],
                status == "AVAILABLE" or each["prefix"] in self._verified,
                f"{each['prefix']} CNAME {target}",
            )
            for each in self.settings
        ]

    @property
    def hosts(self) -> list[str]:
        """The full host names."""
        return host_names(self.domain_name, self.settings)

    def hosts_of(self, branch_name: str) -> list[str]:
        """The full host names that lead to one branch."""
        settings = () if self.is_gone else (each for each in self.settings if each["branch_name"] == branch_name)
        return host_names(self.domain_name, settings)

    @property
    def _seen(self) -> Sighting | None:
        seen = self._sighting
        return seen if seen is not None and seen.domain_status == self.domain_status else None

    # What happens to it

    def create(self, members: Mapping[str, Any]) -> None:
        """Take the settings of CreateDomainAssociation, and begin."""
        self._set(members)
        stages = self._stages(("CREATING", *self._certification(), "PENDING_DEPLOYMENT"), "AVAILABLE")
        self._course = Course.starting(self.clock.now(), stages)
        self._reason = self.plan.reason

    def update(self, members: Mapping[str, Any]) -> None:
        """Take the settings of UpdateDomainAssociation: subdomains are replaced all at once.

        Raises:
            BadRequestException: when the status does not allow it.
        """
        status = self.domain_status
        if status not in _MAY_UPDATE:
            raise BadRequestException(f"Cannot update domain while the domain is in {status} status.")
        if self._deletion is not None:
            raise BadRequestException("Cannot update domain while the domain is being deleted.")
        verified = frozenset(each.prefix for each in self.sub_domains if each.verified)
        previous = self.certificate_settings
        self._set(members)
        self._verified, self._sighting = verified, None
        first: tuple[str, ...] = ()
        if self.certificate_settings != previous:
            first = self._certification()
        elif status == "PENDING_VERIFICATION":
            first = ("PENDING_VERIFICATION",)
        self._reason = self.plan.reason
        now = self.clock.now()
        self._course = Course.starting(now, [("AVAILABLE", None)])
        self._update = Course.starting(now, self._stages((*first, "PENDING_DEPLOYMENT"), "UPDATE_COMPLETE"))

    def delete(self) -> None:
        """Begin the deletion, which has finished at once unless the plan says otherwise."""
        if self._deletion is None:
            stages = [("DELETING", self.plan.deletion_lasts), ("GONE", None)]
            self._deletion = Course.starting(self.clock.now(), stages)

    def read(self) -> None:
        """Look at it as GetDomainAssociation does: it moves one status on, unless the clock has moved it already."""
        if self.plan.progress == "poll":
            self._moving_course.read(self.clock.now())

    @property
    def _moving_course(self) -> Course:
        return self._deletion or self._update or self._course

    # What a test does to it

    def succeed(self) -> None:
        """Make it available now, or let an update come to its end."""
        self._finish("AVAILABLE", "UPDATE_COMPLETE", "succeed")

    def fail(self, status: str | None, reason: str | None) -> None:
        """Let it fail now, at the end of the status that it is in, or of a later one."""
        self._refuse_end("fail")
        course, now = self._update or self._course, self.clock.now()
        left = [name for name, _ in course.stages[len(course.at(now)) - 1 : -1]]
        if status is not None and status not in left:
            hint = nearest(status, left)
            raise ValueError(f"{self} cannot fail at {status!r}.{hint} It can at {' or '.join(left)}.")
        while status is not None and course.at(now)[-1].name != status:
            course.advance(now)
        self._finish("FAILED", "UPDATE_FAILED", "fail")
        self._reason = self.plan.reason if reason is None else reason

    def advance(self) -> None:
        """Move it one status on; at its end it stays."""
        self._moving_course.advance(self.clock.now())

    def _finish(self, end: str, end_of_update: str, what: str) -> None:
        self._refuse_end(what)
        if self._update is not None:
            self._update.finish(end_of_update, self.clock.now())
        else:
            self._course.finish(end, self.clock.now(), at_once=what == "fail")

    def _refuse_end(self, what: str) -> None:
        if self._deletion is not None or self.domain_status in ("AVAILABLE", "FAILED"):
            now = "being deleted" if self._deletion is not None else self.domain_status
            raise ValueError(f"{self} cannot {what} any more: it is {now}.")

    def __str__(self) -> str:
        return f"the domain association {self.domain_name}"

    def forget_branch(self, branch_name: str) -> None:
        """Drop the subdomains that lead to a branch which is being deleted."""
        self.settings = [each for each in self.settings if each["branch_name"] != branch_name]
        if (seen := self._sighting) is not None:
            left = [each for each in seen.sub_domains if each.branch_name != branch_name]
            self._sighting = seen._replace(sub_domains=left)

    # What it is when it comes from elsewhere

    def be_under_way(self, status: str, update_status: str | None = None) -> None:
        """Be at a status now, and go on from there as planned."""
        now = self.clock.now()
        self._reason = self.plan.reason
        if update_status is None and status != "UPDATING":
            self._course = self._course_from(status, "AVAILABLE", now)
            return
        self._course = Course.starting(now, [("AVAILABLE", None)])
        self._update = self._course_from(update_status or "PENDING_DEPLOYMENT", "UPDATE_COMPLETE", now)

    def be_as_seen(self, sighting: Sighting) -> None:
        """Be as it was seen elsewhere, as long as nothing happens to it."""
        self._sighting, self._asked_for_certificate = sighting, sighting.certificate is not None
        self._verified = frozenset(each.prefix for each in sighting.sub_domains if each.verified)

    def _course_from(self, status: str, end: str, now: datetime.datetime) -> Course:
        if status in _ENDS:
            return Course.starting(now, [(status, None)])
        way = ("CREATING", *self._certification(), "PENDING_DEPLOYMENT")
        # The service knows statuses that are not on the mock's way.
        left = way[way.index(status) :] if status in way else (status, "PENDING_DEPLOYMENT")
        return Course.joined(now, self._stages(left, end), now)

    def _certification(self) -> tuple[str, ...]:
        managed = ("REQUESTING_CERTIFICATE", "PENDING_VERIFICATION")
        return managed if self.has_managed_certificate else ("IMPORTING_CUSTOM_CERTIFICATE",)

    def _stages(self, statuses: Sequence[str], end: str) -> Iterable[tuple[str, datetime.timedelta | None]]:
        for status in statuses:
            yield status, self.plan.lasts(status)
            if status == self.plan.fail_at:
                yield ("FAILED" if end == "AVAILABLE" else "UPDATE_FAILED"), None
                return
        yield end, None

    def _set(self, members: Mapping[str, Any]) -> None:
        certificate = members.get("certificate_settings", MANAGED)
        if certificate != MANAGED and not certificate.get("custom_certificate_arn"):
            raise BadRequestException("Must specify customCertificateArn for a certificate of type CUSTOM.")
        if "sub_domain_settings" in members:
            self.settings = members["sub_domain_settings"]
        self.wants_auto_sub_domain = members.get("enable_auto_sub_domain", self.wants_auto_sub_domain)
        if "certificate_settings" in members:
            self.certificate_settings = members["certificate_settings"]
            self._asked_for_certificate = True
        for name in ("auto_sub_domain_creation_patterns", "auto_sub_domain_iam_role"):
            if name in members:
                setattr(self, name, members[name])


def host_names(domain_name: str, settings: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the full host names that subdomain settings mean."""
    return [f"{each['prefix']}.{domain_name}" if each["prefix"] else domain_name for each in settings]


def same_name(domain_name: str) -> str:
    """Return the one spelling of all that mean the same domain or host."""
    return domain_name.lower().removesuffix(".")


def check_settings(domain_name: str, settings: Sequence[Mapping[str, str]], branch_names: Iterable[str]) -> None:
    """Refuse subdomains that lead nowhere, or that cannot be host names."""
    if not {each["branch_name"] for each in settings} <= set(branch_names):
        raise BadRequestException("A subdomain cannot point to a non-existent branch")
    for host in host_names(domain_name, settings):
        if len(host) > _LONGEST_HOST:
            raise BadRequestException(f"The subdomain {host} is longer than {_LONGEST_HOST} characters.")
