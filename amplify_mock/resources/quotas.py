"""How many of each thing there may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypedDict

from amplify_mock.exceptions import LimitExceededException

from .hints import nearest

_TEXTS = {
    "apps": "You have reached the maximum number of apps in this account",
    "branches": "You have reached the maximum number of branches in this app",
    "domains": "You have reached the maximum number of domains in this app",
    "subdomains": "You have reached the maximum number of subdomains in this domain",
    "webhooks": "You have reached the maximum number of webhooks in this app",
}


class GivenQuotas(TypedDict, total=False):
    """The quotas that were given, by name; see :class:`Quotas`."""

    apps: int
    branches: int
    domains: int
    subdomains: int
    webhooks: int
    concurrent_jobs: int


@dataclass(frozen=True)
class Quotas:
    """The service quotas; None is no limit. The defaults are those that AWS never raises.

    Args:
        apps: apps in a region of an account.
        branches: branches of an app.
        domains: domain associations of an app.
        subdomains: subdomains of a domain association.
        webhooks: webhooks of an app.
        concurrent_jobs: jobs that run at the same time in a region of an account; the others wait.
    """

    apps: int | None = None
    branches: int | None = 50
    domains: int | None = None
    subdomains: int | None = 50
    webhooks: int | None = None
    concurrent_jobs: int | None = None

    @classmethod
    def of(cls, given: Quotas | Mapping[str, Any] | str | None) -> Quotas:
        """Return quotas from what a user gives: ``"aws"``, or single ones by name.

        Raises:
            ValueError: for a name that is no quota, or a quota that is no count.
        """
        if given is None or isinstance(given, cls):
            return given or _ALWAYS
        if given == "aws":
            return cls.aws()
        if not isinstance(given, Mapping):
            raise TypeError(f'quotas must be "aws" or a dict such as {{"apps": 3}}, and not {given!r}')
        names = [each.name for each in fields(cls)]
        for name, most in given.items():
            if name not in names:
                hint = nearest(name, names)
                raise ValueError(f"there is no quota {name!r}.{hint} The quotas are: {', '.join(names)}.")
            if not isinstance(most, int) or isinstance(most, bool) or most < 0:
                raise ValueError(f"the quota {name} must be a count, and not {most!r}")
            fixed: int | None = getattr(cls(), name)
            if fixed is not None and most > fixed:
                raise ValueError(f"AWS never raises the quota {name} above {fixed}, so {most} cannot be asked for")
        return cls(**given)

    @classmethod
    def aws(cls) -> Quotas:
        """Return what an account has by default."""
        return cls(apps=25, branches=50, domains=5, subdomains=50, webhooks=50, concurrent_jobs=5)

    def check(self, name: str, count: int) -> None:
        """Refuse to have ``count`` of something.

        Raises:
            LimitExceededException: when that is more than the quota.
        """
        most: int | None = getattr(self, name)
        if most is not None and count > most:
            raise LimitExceededException(_TEXTS[name])


# The quotas that hold whatever a user says.
_ALWAYS = Quotas()
