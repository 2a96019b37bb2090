"""Errors as S3 writes them: XML with a code, a text, and the ids of the request."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from xml.sax.saxutils import escape

from amplify_mock.service.http import Response

_NOT_IN_XML = re.compile("[^\\t\\n\\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def problem(status: int, code: str, message: str, more: Mapping[str, str] | None = None) -> Response:
    """Return an error; ``more`` are further elements of its XML, such as the ``Key`` that there is not."""
    request_id, host_id = uuid.uuid4().hex[:16].upper(), uuid.uuid4().hex
    elements = {"Code": code, "Message": message, **(more or {}), "RequestId": request_id, "HostId": host_id}
    inside = "".join(f"<{name}>{escape(_NOT_IN_XML.sub('?', text))}</{name}>" for name, text in elements.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inside}</Error>'.encode(errors="replace")
    headers = {
        "Content-Type": "application/xml",
        "Content-Length": str(len(body)),
        "Server": "AmazonS3",
        "x-amz-request-id": request_id,
        "x-amz-id-2": host_id,
    }
    return Response(status, headers, body)
