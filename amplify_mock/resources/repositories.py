"""The URLs of repositories: how Amplify reaches one, and what of it may be shown."""

from __future__ import annotations

import re

from amplify_mock.exceptions import BadRequestException

_REPOSITORY = re.compile(
    r"(?:https?|ssh)://(?:[^\s/@]+@)?(?P<host>[^\s/:]+)(?::\d+)?/\S+|[\w.-]+@(?P<ssh_host>[^\s:/]+):\S+"
)
# People write tokens into it.
_CREDENTIALS = re.compile(r"(?<=://)[^/?#]*@")


def without_credentials(repository: str) -> str:
    """Return the URL of a repository without the user's name and password."""
    return _CREDENTIALS.sub("", repository)


def clone_method(repository: str) -> str:
    """Return how Amplify reaches a repository: TOKEN, SSH or SIGV4.

    Raises:
        BadRequestException: when the URL is none.
    """
    found = _REPOSITORY.fullmatch(repository)
    if found is None:
        raise BadRequestException("The repository url is not valid.")
    host = (found["host"] or found["ssh_host"]).lower()
    if host.startswith("git-codecommit."):
        return "SIGV4"
    return "TOKEN" if host in ("github.com", "www.github.com") else "SSH"
