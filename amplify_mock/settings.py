"""The settings of a mock, and the errors that teach their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypedDict

from .resources.domain_plans import DomainPlan
from .resources.hints import nearest
from .resources.plans import JobPlan
from .resources.quotas import GivenQuotas, Quotas

FIDELITIES = ("model", "recorded")
UPLOADS = ("optional", "required")
SLEEPS = ("real", "virtual")


class GivenSettings(TypedDict, total=False):
    """The settings that were given, by name; see :class:`Settings`."""

    isolated: bool
    account_id: str
    retry_sleep: bool
    fidelity: Literal["model", "recorded"]
    quotas: GivenQuotas | Literal["aws"] | None
    seed: int | str | None
    domain_plan: DomainPlan | None
    plan: JobPlan | None
    uploads: Literal["optional", "required"]
    sleep: Literal["real", "virtual"]


@dataclass(frozen=True)
class Settings:
    """What ``mock_amplify(...)`` can be told.

    Args:
        isolated: have state of its own, also inside another mock.
        account_id: the account of clients whose access key id is not 12 digits.
        retry_sleep: let botocore really sleep between retries.
        fidelity: "model" answers with all that the service model requires; "recorded" with just the members that the
            real service was seen to send.
        quotas: "aws" for the limits that an account has by default, or single ones: ``{"apps": 3}``. Without it, only
            the two hold that AWS never raises: 50 branches of an app, and 50 subdomains of a domain.
        seed: makes ids, tokens and URLs repeat from run to run.
        domain_plan: how long domain associations stay in each status, and how they end.
        plan: how long jobs stay in each status, how they end, and what moves them.
        uploads: "required" lets a manual deployment fail for which nothing was uploaded; "optional" lets it succeed.
        sleep: "virtual" lets ``time.sleep`` and ``asyncio.sleep`` of the code under test return at once, and moves the
            mock's clock ahead by as much, and that of freezegun or time-machine.
    """

    isolated: bool = False
    account_id: str = "123456789012"
    retry_sleep: bool = False
    fidelity: Literal["model", "recorded"] = "model"
    quotas: GivenQuotas | Literal["aws"] | None = None
    seed: int | str | None = None
    domain_plan: DomainPlan | None = None
    plan: JobPlan | None = None
    uploads: Literal["optional", "required"] = "optional"
    sleep: Literal["real", "virtual"] = "real"

    def __post_init__(self) -> None:
        check_account(self.account_id)
        for name in ("isolated", "retry_sleep"):
            if not isinstance(getattr(self, name), bool):
                raise TypeError(f"{name} must be True or False, and not {getattr(self, name)!r}")
        if self.fidelity not in FIDELITIES:
            raise ValueError(f"fidelity must be 'model' or 'recorded', and not {self.fidelity!r}")
        if not isinstance(self.seed, (int, str, type(None))):
            raise TypeError(f"seed must be a number or a string, and not {self.seed!r}")
        if not isinstance(self.domain_plan, (DomainPlan, type(None))):
            raise TypeError(f"domain_plan must be a DomainPlan, and not {self.domain_plan!r}")
        if not isinstance(self.plan, (JobPlan, type(None))):
            raise TypeError(f"plan must be a JobPlan, such as JobPlan(fail_at='BUILD'), and not {self.plan!r}")
        if self.sleep not in SLEEPS:
            raise ValueError(f"sleep must be 'real' or 'virtual', and not {self.sleep!r}")
        if self.uploads not in UPLOADS:
            raise ValueError(f"uploads must be 'optional' or 'required', and not {self.uploads!r}")
        Quotas.of(self.quotas)

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of all settings."""
        return [each.name for each in fields(cls)]

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Settings:
        """Return settings, given by name.

        Raises:
            TypeError: for a name that is no setting.
        """
        for name in given:
            if name not in cls.names():
                hint = nearest(name, cls.names())
                raise TypeError(
                    f"mock_amplify() has no setting {name!r}.{hint} The settings are: {', '.join(cls.names())}."
                )
        return cls(**given) if given else _DEFAULTS


def check_account(account_id: object) -> None:
    """Refuse what is no account.

    Raises:
        ValueError: for anything but a string of 12 digits.
    """
    if not (isinstance(account_id, str) and re.fullmatch(r"[0-9]{12}", account_id)):
        raise ValueError(f"account_id must be a string of 12 digits, such as '123456789012', and not {account_id!r}")


_DEFAULTS = Settings()
