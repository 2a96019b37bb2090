"""Which account an access key belongs to that moto's STS or IAM has made."""

from __future__ import annotations

from . import moto


def account_of(access_key_id: str) -> str | None:
    """Return the account of an access key; None for a key that moto has not made, or while it is not active.

    An assumed role's key belongs to the account of the role, whoever has assumed it.
    """
    # Lists, because other threads may make accounts and keys meanwhile.
    for account_id, account in list(moto.backends("moto.iam.models", "iam_backends").items()):
        if any(access_key_id in backend.access_keys for backend in list(account.values())):
            return str(account_id)
    return None
