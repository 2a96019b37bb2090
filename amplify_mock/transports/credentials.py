"""What a client's credentials tell of the account it works in, and those it has where nobody looks for real ones."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable
from typing import Any

from botocore.credentials import Credentials, DeferredRefreshableCredentials, ReadOnlyCredentials
from botocore.session import Session
from botocore.signers import RequestSigner

from amplify_mock.integrations import accounts, moto

TESTING = Credentials("testing", "testing")


def account_of(access_key_id: Any) -> str | None:
    """Return the account of an access key id: one of 12 digits is an account's number, as for moto and LocalStack.

    moto knows the accounts of those that its own STS and IAM have made.
    """
    if not isinstance(access_key_id, str):
        return None
    return access_key_id if re.fullmatch(r"[0-9]{12}", access_key_id) else accounts.account_of(access_key_id)


def account_of_signer(signer: RequestSigner) -> str | None:
    """Return the account of a client, given what signs its requests."""
    credentials: Any = vars(signer).get("_credentials")
    if type(credentials) is DeferredRefreshableCredentials and _is_by_moto(credentials):
        return account_of(credentials.access_key)
    # Only what is there already: refreshable credentials have a property of the first name, which refreshes them.
    known = getattr(credentials, "__dict__", {})
    return account_of(known.get("access_key") or known.get("_access_key"))


def _is_by_moto(credentials: DeferredRefreshableCredentials) -> bool:
    """Say whether credentials are those of a role, which moto lets assume without anything leaving the process."""
    return moto.is_active() and str(credentials.method).startswith("assume-role")


def made_up(signer: RequestSigner) -> Credentials:
    """Return credentials of the account of a client that are no secret."""
    access_key_id = account_of_signer(signer) or "testing"
    if inspect.iscoroutinefunction(signer.sign):
        # Only now: aiobotocore is there, because the signer is its own.
        from aiobotocore.credentials import AioCredentials

        asynchronous: Credentials = AioCredentials(access_key_id, "testing")
        return asynchronous
    return Credentials(access_key_id, "testing")


class SessionCredentials(Credentials):
    """Credentials of a client that was made inside a mock: nobody has looked for real ones.

    When the client outlives the mock, they are those of its session. While a mock is active they are made up.

    Args:
        session: the client's session.
        is_mocked: says whether a mock is active.
    """

    def __init__(self, session: Session, is_mocked: Callable[[], bool]) -> None:
        super().__init__(_configured_account(session) or "testing", "testing")
        self._session = session
        self._is_mocked = is_mocked

    def get_frozen_credentials(self) -> ReadOnlyCredentials | None:  # type: ignore[override]
        if self._is_mocked():
            return super().get_frozen_credentials()
        credentials = self._session.get_credentials()
        return None if credentials is None else credentials.get_frozen_credentials()


def _configured_account(session: Session) -> str | None:
    """Return the access key id that is configured in plain sight, if it is an account's number."""
    access_key_id = session.get_scoped_config().get("aws_access_key_id")
    if session.instance_variables().get("profile") is None:
        access_key_id = os.environ.get("AWS_ACCESS_KEY_ID") or access_key_id
    return account_of(access_key_id)
