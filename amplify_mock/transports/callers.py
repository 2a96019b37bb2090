"""Who a signed request comes from: the account and the region that its credential scope tells."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from amplify_mock.service.http import Request

from .credentials import account_of

# In the header of a signed request, or in the query of a presigned one.
_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,\s]+)/(?:[0-9]{8}/(?P<region>[a-z0-9-]{1,40})/)?")


class Caller(NamedTuple):
    """What the credentials of a request tell; None for what they do not."""

    account_id: str | None
    region: str | None


def caller_of(request: Request) -> Caller:
    """Return who has signed a request. The signature itself is not looked at."""
    found = _CREDENTIAL.search(request.headers.get("authorization", "") + unquote(request.query))
    return Caller(account_of(found["key"]), found["region"]) if found else Caller(None, None)
