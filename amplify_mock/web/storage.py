"""Answer for the bucket that presigned URLs lead to, as S3 would: take uploads, and give out what is there."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from amplify_mock.clock import Clock
from amplify_mock.resources.backend import Backend
from amplify_mock.resources.objects import StoredObject, stored
from amplify_mock.resources.presigning import Presigner, PresigningError
from amplify_mock.service.http import Request, Response

from .problems import problem

HOST = re.compile(r"aws-amplify-prod-(?P<region>[a-z0-9-]+)-artifacts\.s3\.(?P=region)\.amazonaws\.com")


def answer(backends: Iterable[Backend], presigner: Presigner, clock: Clock, request: Request) -> Response:
    """Answer a request to the artifacts bucket.

    A PUT to a URL that CreateDeployment gave keeps the body, until the deployment's time is over. A GET of a log, an
    artifact or a screenshot gives it; so does a HEAD, less the body (S3 itself would want another signature for it).
    """
    host = HOST.fullmatch(request.host)
    region = host["region"] if host else ""
    key = presigner.key(request.path)
    try:
        for backend in backends:
            if backend.region_name != region:
                continue
            if key in backend.uploads:
                presigner.check(region, key, request.query, request.method)
                return _upload(backend, key, clock, request)
            found = stored(backend, key)
            if found is not None:
                presigner.check(region, key, request.query, "GET" if request.method == "HEAD" else request.method)
                return _download(found, request)
    except PresigningError as error:
        return problem(403, error.code, str(error))
    return problem(404, "NoSuchKey", "The specified key does not exist.", {"Key": key})


def _upload(backend: Backend, key: str, clock: Clock, request: Request) -> Response:
    deployment, name = backend.uploads[key]
    if clock.now() > deployment.deadline:
        return problem(403, "AccessDenied", "Request has expired")
    expected = request.headers.get("content-md5")
    if expected is not None and expected != _md5_in_base64(request.body):
        return problem(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
    deployment.uploads[name] = request.body
    return Response(200, {"ETag": _etag(request.body), "Content-Length": "0", "Server": "AmazonS3"})


def _download(found: StoredObject, request: Request) -> Response:
    headers = {
        "Content-Type": found.content_type,
        "Content-Length": str(len(found.body)),
        "ETag": _etag(found.body),
        "Server": "AmazonS3",
    }
    return Response(200, headers, b"" if request.method == "HEAD" else found.body)


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _md5_in_base64(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
