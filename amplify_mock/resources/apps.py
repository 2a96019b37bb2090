"""An app: settings, branches, and what connects it to a repository."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from amplify_mock.clock import Clock
from amplify_mock.exceptions import BadRequestException, NotFoundException

from .backend_environments import BackendEnvironment
from .branches import PRODUCTION, Branch, default_display_name
from .build_specs import BuildSpec, BuildSpecError, parsed
from .domain_associations import DomainAssociation, check_settings, same_name
from .domain_plans import DomainPlan
from .fixed import Fixed, nothing
from .literals import Platform
from .members import changes, checked, environment
from .quotas import Quotas
from .repositories import clone_method
from .rolls import Roll, in_order
from .webhooks import Webhook

_KEPT_WHEN_EMPTY = ("description", "iam_service_role_arn", "basic_auth_credentials")
_TOKENS = ("oauth_token", "access_token")

_NEW_BRANCH_CONFIG = {
    "stage": "NONE",
    "enable_auto_build": False,
    "enable_basic_auth": False,
    "enable_performance_mode": False,
    "enable_pull_request_preview": False,
    "environment_variables": {},
}

_USUAL_CACHE = Fixed({"type": "AMPLIFY_MANAGED_NO_COOKIES"})
_USUAL_COMPUTE = Fixed({"build_compute_type": "STANDARD_8GB"})


@dataclass(slots=True, eq=False)
class App:
    """An app: settings, and what it owns, by name or id (``app.branches["main"]``).

    ``known_production_branch`` is the one that the app had when it was loaded, until the mock knows better.
    """

    number: int
    app_id: str
    app_arn: str
    name: str
    create_time: datetime.datetime
    update_time: datetime.datetime
    clock: Clock = field(repr=False)
    quotas: Quotas = field(repr=False)
    tags: dict[str, str] = field(default_factory=nothing)
    description: str | None = None
    repository: str | None = None
    platform: Platform = "WEB"
    compute_role_arn: str | None = None
    iam_service_role_arn: str | None = None
    environment_variables: dict[str, str] = field(default_factory=nothing)
    enable_branch_auto_build: bool = False
    enable_branch_auto_deletion: bool = False
    enable_basic_auth: bool = False
    basic_auth_credentials: str | None = field(default=None, repr=False)
    custom_rules: list[dict[str, str]] = field(default_factory=list)
    build_spec: str | None = field(default=None, repr=False)
    custom_headers: str | None = None
    enable_auto_branch_creation: bool = False
    auto_branch_creation_patterns: list[str] | None = None
    auto_branch_creation_config: dict[str, Any] | None = field(default=None, repr=False)
    repository_clone_method: str | None = None
    cache_config: dict[str, str] = field(default_factory=lambda: _USUAL_CACHE)
    job_config: dict[str, str] = field(default_factory=lambda: _USUAL_COMPUTE)
    webhook_create_time: datetime.datetime | None = None
    waf_configuration: dict[str, str] | None = None
    known_production_branch: dict[str, Any] | None = field(default=None, repr=False)
    branches: dict[str, Branch] = field(default_factory=Roll, repr=False)
    domain_associations: dict[str, DomainAssociation] = field(default_factory=Roll, repr=False)
    webhooks: dict[str, Webhook] = field(default_factory=Roll, repr=False)
    backend_environments: dict[str, BackendEnvironment] = field(default_factory=Roll, repr=False)
    _children_made: int = field(default=0, repr=False)
    _domains_leaving: Sequence[DomainAssociation] = field(default=(), repr=False)

    @property
    def default_domain(self) -> str:
        """The domain that every branch has an address in."""
        return f"{self.app_id}.amplifyapp.com"

    @property
    def production_branch(self) -> dict[str, Any] | None:
        """The branch of stage PRODUCTION that was deployed last; None before the first such deployment."""
        deployed = [
            (job.end_time, branch.branch_name)
            for branch in self.branches.values()
            if (job := branch.production_job) is not None and job.end_time is not None
        ]
        if not deployed:
            return self.known_production_branch
        last_deploy_time, branch_name = max(deployed)
        return {"last_deploy_time": last_deploy_time, "status": "SUCCEED", "branch_name": branch_name}

    @property
    def is_connected(self) -> bool:
        """Whether the app builds from a repository; otherwise it is deployed by hand."""
        return self.repository is not None

    def configure(self, members: Mapping[str, Any]) -> None:
        """Take the settings of CreateApp."""
        self._set(checked(self._connected(members, self.create_time)))

    def update(self, members: Mapping[str, Any]) -> None:
        """Change the given members and no others."""
        self._set(changes(self._connected(members, self.clock.now()), kept_when_empty=_KEPT_WHEN_EMPTY))
        self.update_time = self.clock.later_than(self.update_time)

    def _set(self, members: Mapping[str, Any]) -> None:
        settings = dict(members)
        config = settings.get("auto_branch_creation_config")
        if config is None and members.get("enable_auto_branch_creation") and self.auto_branch_creation_config is None:
            config = {}
        if config is not None:
            variables = environment(config.get("environment_variables", {}))
            settings["auto_branch_creation_config"] = {
                **_NEW_BRANCH_CONFIG,
                **config,
                "environment_variables": variables,
            }
        for name, value in settings.items():
            setattr(self, name, value)

    def _connected(self, members: Mapping[str, Any], now: datetime.datetime) -> dict[str, Any]:
        """Return the members with what follows from a new repository, and without the tokens, which are never kept."""
        settings = {name: value for name, value in members.items() if name not in _TOKENS}
        repository = settings.get("repository")
        if not repository:
            settings.pop("repository", None)
            return settings
        settings["repository_clone_method"] = method = clone_method(repository)
        # CodeCommit is reached through the app's service role.
        if method != "SIGV4" and not any(members.get(token) for token in _TOKENS):
            raise BadRequestException("You should at least provide one valid token")
        if self.branches and not self.is_connected:
            raise BadRequestException(
                "Cannot connect your app to repository while manually deployed branch still exists. "
                "Please delete all branches and try again."
            )
        settings["webhook_create_time"] = now
        return settings

    def branch(self, branch_name: str) -> Branch:
        """Return a branch by its name.

        Raises:
            NotFoundException: when the app has no such branch.
        """
        found = self.branches.get(branch_name)
        if found is None:
            raise NotFoundException(f"Branch {branch_name} not found.")
        return found

    def add_branch(
        self, branch_name: str, members: Mapping[str, Any], created: datetime.datetime | None = None
    ) -> Branch:
        """Make a branch, which was created now unless something else is said."""
        if branch_name in self.branches:
            raise BadRequestException(
                f"Failed to create branch. The branch {branch_name} already exists for the app {self.app_id}"
            )
        self.quotas.check("branches", len(self.branches) + 1)
        settings = checked(members)
        display_name = settings.pop("display_name", None) or default_display_name(branch_name)
        self._refuse_display_name(display_name)
        now = created or self.clock.now()
        branch = Branch(
            number=self.next_number(),
            branch_arn=f"{self.app_arn}/branches/{branch_name}",
            branch_name=branch_name,
            create_time=now,
            update_time=now,
            clock=self.clock,
            display_name=display_name,
            domain_associations=self.domain_associations,
            **settings,
        )
        self.branches[branch_name] = branch
        return branch

    def update_branch(self, branch_name: str, members: Mapping[str, Any]) -> Branch:
        """Change a branch; its display name must stay unique in the app."""
        branch = self.branch(branch_name)
        display_name = members.get("display_name")
        if display_name and display_name.lower() != branch.display_name.lower():
            self._refuse_display_name(display_name)
        branch.update(members)
        if branch.stage != PRODUCTION:
            self._forget_production(branch_name)
        return branch

    def _forget_production(self, branch_name: str) -> None:
        known = self.known_production_branch
        if known is not None and known.get("branch_name") == branch_name:
            self.known_production_branch = None

    def _refuse_display_name(self, display_name: str) -> None:
        for branch in self.branches.values():
            if branch.display_name.lower() == display_name.lower():
                raise BadRequestException(
                    f"The display name {display_name} is already used by the branch {branch.branch_name} "
                    f"of the app {self.app_id}"
                )

    def delete_branch(self, branch_name: str) -> Branch:
        """Remove a branch, with its jobs and the subdomains that lead to it."""
        branch = self.branch(branch_name)
        branch.abandon_jobs()
        del self.branches[branch_name]
        self._forget_production(branch_name)
        # The answer shows what led to the branch until now.
        branch.domain_associations = {name: copy.copy(domain) for name, domain in self.domain_associations.items()}
        for domain in self.domain_associations.values():
            domain.forget_branch(branch_name)
        return branch

    # Domain associations

    def live_domains(self) -> Sequence[DomainAssociation]:
        """Return the domain associations whose deletion has not finished, and forget the others."""
        if self._domains_leaving:
            self._forget_domains()
        return in_order(self.domain_associations)

    def _forget_domains(self) -> None:
        gone = [domain for domain in self._domains_leaving if domain.is_gone]
        for domain in gone:
            name = same_name(domain.domain_name)
            # Another one may have come in its place.
            if self.domain_associations.get(name) is domain:
                del self.domain_associations[name]
        self._domains_leaving = [domain for domain in self._domains_leaving if domain not in gone]

    def domain(self, domain_name: str) -> DomainAssociation:
        """Return a domain association.

        Raises:
            NotFoundException: when the app has none for this name.
        """
        self.live_domains()
        found = self.domain_associations.get(same_name(domain_name))
        if found is None:
            raise NotFoundException(f"Domain association {domain_name} not found.")
        return found

    def add_domain(
        self, domain_name: str, members: Mapping[str, Any], *, plan: DomainPlan, random: Random
    ) -> DomainAssociation:
        """Make a domain association; one that failed is answered again as it is."""
        present = len(self.live_domains())
        existing = self.domain_associations.get(same_name(domain_name))
        if existing is not None:
            if existing.domain_status == "FAILED":
                return existing
            raise BadRequestException(f"The domain {domain_name} is already associated with the app {self.app_id}")
        self._check_subdomains(domain_name, members["sub_domain_settings"])
        self.quotas.check("domains", present + 1)
        self._forget_custom_domains()
        domain = DomainAssociation.made(
            self.next_number(), self.app_arn, domain_name, plan=plan, clock=self.clock, random=random
        )
        domain.create(members)
        self.domain_associations[same_name(domain_name)] = domain
        return domain

    def update_domain(self, domain_name: str, members: Mapping[str, Any]) -> DomainAssociation:
        """Change a domain association."""
        domain = self.domain(domain_name)
        self._check_subdomains(domain_name, members.get("sub_domain_settings", []))
        domain.update(members)
        self._forget_custom_domains()
        return domain

    def _check_subdomains(self, domain_name: str, settings: Sequence[Mapping[str, str]]) -> None:
        check_settings(domain_name, settings, self.branches)
        self.quotas.check("subdomains", len(settings))

    def delete_domain(self, domain_name: str) -> DomainAssociation:
        """Remove a domain association."""
        domain = self.domain(domain_name)
        domain.delete()
        self._domains_leaving = [*self._domains_leaving, domain]
        self.live_domains()
        self._forget_custom_domains()
        return domain

    def _forget_custom_domains(self) -> None:
        for branch in self.branches.values():
            branch.known_custom_domains = None

    def serves(self, domain_name: str) -> bool:
        """Say whether a host name or domain is one of the app's."""
        names = [self.default_domain]
        names += [f"{branch.display_name}.{self.default_domain}" for branch in self.branches.values()]
        for domain in self.live_domains():
            names += [domain.domain_name, *domain.hosts]
        return same_name(domain_name) in map(same_name, names)

    # Webhooks and backend environments

    def add_webhook(
        self,
        branch_name: str,
        description: str | None,
        random: Random,
        *,
        webhook_id: str | None = None,
        created: datetime.datetime | None = None,
    ) -> Webhook:
        """Make a webhook for a branch."""
        self.branch(branch_name)
        self.quotas.check("webhooks", len(self.webhooks) + 1)
        webhook = Webhook.made(
            self.next_number(),
            app_arn=self.app_arn,
            app_id=self.app_id,
            branch_name=branch_name,
            description=description,
            now=created or self.clock.now(),
            random=random,
            webhook_id=webhook_id,
        )
        self.webhooks[webhook.webhook_id] = webhook
        return webhook

    def update_webhook(self, webhook: Webhook, branch_name: str | None, description: str | None) -> None:
        """Change a webhook; its id and URL stay."""
        if branch_name is not None:
            webhook.branch_name = self.branch(branch_name).branch_name
        if description is not None:
            webhook.description = description
        webhook.update_time = self.clock.later_than(webhook.update_time)

    def backend_environment(self, name: str) -> BackendEnvironment:
        """Return a backend environment.

        Raises:
            NotFoundException: when the app has none of this name.
        """
        found = self.backend_environments.get(name)
        if found is None:
            raise NotFoundException(f"BackendEnvironment {name} does not exist.")
        return found

    def add_backend_environment(
        self,
        name: str,
        stack_name: str | None,
        deployment_artifacts: str | None,
        created: datetime.datetime | None = None,
    ) -> BackendEnvironment:
        """Make a backend environment."""
        if name in self.backend_environments:
            raise BadRequestException(
                f"Failed to create backend environment.The environment {name} already exists for the app {self.app_id}"
            )
        environment = BackendEnvironment.made(
            self.next_number(),
            app_arn=self.app_arn,
            app_name=self.name,
            name=name,
            stack_name=stack_name,
            deployment_artifacts=deployment_artifacts,
            now=created or self.clock.now(),
        )
        self.backend_environments[name] = environment
        return environment

    def next_number(self) -> int:
        """Count one more thing that the app owns, and return how many there were."""
        self._children_made += 1
        return self._children_made

    def build_steps(self, branch: Branch) -> tuple[str, ...]:
        """Return the steps of a build of a branch: TEST is among them when the build spec has a test phase."""
        try:
            has_tests = self.build_spec_of(branch).has_tests
        except BuildSpecError:
            has_tests = False
        return ("BUILD", "TEST", "DEPLOY", "VERIFY") if has_tests else ("BUILD", "DEPLOY", "VERIFY")

    def build_spec_of(self, branch: Branch) -> BuildSpec:
        """Return what the build of a branch goes by.

        Raises:
            BuildSpecError: when it cannot be read.
        """
        return parsed(branch.build_spec or self.build_spec or "")
