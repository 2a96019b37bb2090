"""The seam's side for aiobotocore, and so for aioboto3: the same endpoints and clients, awaited."""

from __future__ import annotations

import asyncio
from typing import Any

from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.credentials import AioCredentials
from botocore.awsrequest import AWSPreparedRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.endpoint import Endpoint

from amplify_mock.service.http import Response

from .credentials import SessionCredentials
from .endpoints import Events, Sink, read, unsigned
from .exchange import encoded

_TESTING = AioCredentials("testing", "testing")


class _AsyncEvents(Events):
    async def emit(self, event_name: str, **kwargs: Any) -> Any:
        responses = await self._emitter.emit(event_name, **kwargs)
        return self._heard(event_name, responses) if responses else responses


def mocked(endpoint: Endpoint, target: Sink, request_dict: dict[str, Any]) -> Endpoint:
    """Return a copy of a client's endpoint whose requests end at ``target``."""
    copy, events = unsigned(endpoint, request_dict, _AsyncEvents, target)
    # The same that are there, to be awaited by whoever signs after all.
    request_dict["context"]["signing"]["request_credentials"] = _TESTING
    # The endpoint of a client that runs on trio has one of its own.
    sleep = getattr(endpoint, "_sleep", asyncio.sleep)

    async def send(request: AWSPreparedRequest) -> AioAWSResponse:
        # Other tasks have their turn, as they do whenever a request is on its way.
        await sleep(0)
        response = target.handle(read(request, endpoint, request_dict, events))
        return AioAWSResponse(request.url, response.status, response.headers, _RawBody(response))  # type: ignore[arg-type]

    vars(copy)["_send"] = send
    return copy


class _RawBody:
    """A response body with what aiobotocore reads of aiohttp's response, or of httpx's."""

    def __init__(self, response: Response) -> None:
        self._body = response.body
        self.raw_headers = encoded(response.headers)

    async def read(self) -> bytes:
        return self._body


class AsyncSessionCredentials(SessionCredentials, AioCredentials):
    """The same credentials, awaited."""

    async def get_frozen_credentials(self) -> ReadOnlyCredentials | None:  # type: ignore[override]
        if self._is_mocked():
            frozen: ReadOnlyCredentials = await AioCredentials.get_frozen_credentials(self)
            return frozen
        credentials: Any = await self._session.get_credentials()  # type: ignore[misc]  # the stubs know botocore's
        return None if credentials is None else await credentials.get_frozen_credentials()
