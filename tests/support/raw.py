"""Requests that botocore would not write, and the words in which they are refused."""

from __future__ import annotations

import json

from amplify_mock.service.http import Request


def post_to(amplify_mock, path, body, query=""):
    # botocore would refuse most of this by itself.
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = amplify_mock.handle(Request("POST", path, query, body=raw))
    answer = json.loads(response.body)
    if response.status == 400:
        assert response.headers["x-amzn-ErrorType"] == "BadRequestException"
        return 400, answer["message"]
    return response.status, answer.get("app")


def detected(*violations):
    plural = "" if len(violations) == 1 else "s"
    texts = "; ".join(f"{value} at '{path}' failed to satisfy constraint: {rule}" for value, path, rule in violations)
    return 400, f"{len(violations)} validation error{plural} detected: {texts}"
