"""Answer for the bucket that Amplify's presigned URLs lead to, as S3 would."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

from .clock import Clock
from .resources.backend import Backend
from .service.http import Request, Response

HOST = re.compile(r"aws-amplify-prod-(?P<region>[a-z0-9-]+)-artifacts\.s3\.(?P=region)\.amazonaws\.com")


def answer(backends: Iterable[Backend], clock: Clock, request: Request) -> Response:
    """Answer a request to the artifacts bucket: a PUT to a URL that CreateDeployment gave keeps the body."""
    url = f"https://{request.host}{request.path}"
    for backend in backends:
        if url in backend.uploads:
            deployment, name = backend.uploads[url]
            if request.method != "PUT" or deployment.urls[name] != f"{url}?{request.query}":
                return _problem(
                    403,
                    "SignatureDoesNotMatch",
                    "The request signature we calculated does not match the signature you provided. "
                    "Check your key and signing method.",
                )
            if clock.now() > deployment.deadline:
                return _problem(403, "AccessDenied", "Request has expired")
            deployment.uploads[name] = request.body
            etag = hashlib.md5(request.body, usedforsecurity=False).hexdigest()
            return Response(200, {"ETag": f'"{etag}"', "Content-Length": "0", "Server": "AmazonS3"})
    return _problem(404, "NoSuchKey", "The specified key does not exist.")


def _problem(status: int, code: str, message: str) -> Response:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    ).encode()
    headers = {"Content-Type": "application/xml", "Content-Length": str(len(body)), "Server": "AmazonS3"}
    return Response(status, headers, body)
