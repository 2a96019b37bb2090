"""The settings of a mock, and the errors that teach their names."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Settings:
    """What ``mock_amplify(...)`` can be told.

    Args:
        isolated: have state of its own, also inside another mock.
        account_id: the account of clients whose access key id is not an account's number.
        retry_sleep: let botocore really sleep between retries.
    """

    isolated: bool = False
    account_id: str = "123456789012"
    retry_sleep: bool = False

    def __post_init__(self) -> None:
        account_id = self.account_id
        if not (isinstance(account_id, str) and re.fullmatch(r"[0-9]{12}", account_id)):
            raise ValueError(
                f"account_id must be a string of 12 digits, such as '123456789012', and not {account_id!r}"
            )
        for name in ("isolated", "retry_sleep"):
            if not isinstance(getattr(self, name), bool):
                raise TypeError(f"{name} must be True or False, and not {getattr(self, name)!r}")

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of all settings."""
        return [each.name for each in fields(cls)]

    @classmethod
    def of(cls, given: dict[str, Any]) -> Settings:
        """Return settings, given by name.

        Raises:
            TypeError: for a name that is no setting.
        """
        for name in given:
            if name not in cls.names():
                near = difflib.get_close_matches(name, cls.names(), n=1)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                raise TypeError(
                    f"mock_amplify() has no setting {name!r}.{hint} The settings are: {', '.join(cls.names())}."
                )
        return cls(**given)

    def given(self) -> dict[str, Any]:
        """Return the settings that differ from the defaults, without ``isolated``, which is none of the state's."""
        return {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if each.name != "isolated" and getattr(self, each.name) != each.default
        }
