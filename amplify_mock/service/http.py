"""The HTTP request and response that every transport translates to and from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


# Not frozen, which would double the time that making one takes.
@dataclass(slots=True)
class Request:
    """One HTTP request. Nobody changes one.

    ``path`` and ``query`` are raw, that is, still percent-encoded; ``headers`` go by lower-case name. ``region`` and
    ``account_id`` say whose state is meant; ``account_id`` is None when the caller's credentials do not tell. Headers
    and body may hold secrets, so they do not show in ``repr``. ``url`` is all of the address, as the client has it.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    host: str = ""
    region: str = "us-east-1"
    account_id: str | None = None
    url: str = field(default="", repr=False)


@dataclass(slots=True)
class Response:
    """One HTTP response. Nobody changes one."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
