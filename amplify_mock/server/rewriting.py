"""Let the URLs that Amplify hands out lead to the server instead of to AWS."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from amplify_mock.service.http import Response

#: The members of answers that are URLs to be used, or that are maps of such.
URL_MEMBERS = frozenset(
    {
        "artifactUrl",
        "artifactsUrl",
        "fileUploadUrls",
        "logUrl",
        "screenshots",
        "testArtifactsUrl",
        "testConfigUrl",
        "thumbnailUrl",
        "webhookUrl",
        "zipUploadUrl",
    }
)
#: Maps whose names are the user's own, and may be those of members by chance.
USER_MAPS = frozenset({"environmentVariables", "tags"})

_URL = re.compile(r"https?://(?P<host>[^/?#:]+)(?P<rest>[/?#].*|)", re.DOTALL)
_SITE = re.compile(r"(?P<branch>[^.]+)\.(?P<app_id>[^.]+)\.amplifyapp\.com")
# Every answer of the API has it, and nothing else.
_REQUEST_ID = "x-amzn-RequestId"


class LoopbackUrls:
    """Turns the URLs of one answer.

    Args:
        base: what all of the server's own URLs begin with, as the caller has reached it.
        owns: says whether the mock answers for a host.
    """

    def __init__(self, base: str, owns: Callable[[str], bool]) -> None:
        self._base = base
        self._owns = owns

    def url(self, url: str) -> str:
        """Return where a URL leads on the server; what does not lead to the mock stays as it is."""
        found = _URL.fullmatch(url)
        if found is None or not self._owns(found["host"]):
            return url
        site = _SITE.fullmatch(found["host"])
        start = f"sites/{site['app_id']}/{site['branch']}" if site else f"urls/{found['host']}"
        rest = found["rest"] if found["rest"].startswith("/") else f"/{found['rest']}"
        return f"{self._base}/{start}{rest}"

    def answer(self, response: Response) -> Response:
        """Return an answer of the API with its URLs turned; any other answer as it is."""
        # Most answers have none, and need not be taken apart.
        if _REQUEST_ID not in response.headers or b'"https://' not in response.body:
            return response
        body = json.dumps(self._turned(json.loads(response.body))).encode()
        return replace(response, headers={**response.headers, "Content-Length": str(len(body))}, body=body)

    def redirect(self, response: Response, prefix: str) -> Response:
        """Return an answer whose ``Location`` leads to the server.

        Args:
            response: the answer.
            prefix: where the host that has answered begins on the server.
        """
        return replace(
            response,
            headers={
                name: self._location(value, prefix) if name.lower() == "location" else value
                for name, value in response.headers.items()
            },
        )

    def _location(self, location: str, prefix: str) -> str:
        is_path = location.startswith("/") and not location.startswith("//")
        return prefix + location if is_path else self.url(location)

    def _turned(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._turned(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {name: self._member(name, member) for name, member in value.items()}

    def _member(self, name: str, member: Any) -> Any:
        if name in USER_MAPS:
            return member
        if name not in URL_MEMBERS:
            return self._turned(member)
        if isinstance(member, dict):
            return {key: self.url(url) for key, url in member.items()}
        return self.url(member)


def site_prefix(app_id: str, branch: str) -> str:
    """Return where the site of a branch begins on the server."""
    return f"/sites/{quote(app_id, safe='')}/{quote(branch, safe='')}"
