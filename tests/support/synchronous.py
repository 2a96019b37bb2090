"""An asynchronous client, called as boto3's is: without await."""

from __future__ import annotations

import inspect


class SynchronousClient:
    """Calls the operations of a client of aiobotocore, and waits for each.

    Args:
        client: the client.
        run: runs an awaitable, and returns what comes of it.
    """

    def __init__(self, client, run):
        self._client = client
        self._run = run

    def __getattr__(self, name):
        attribute = getattr(self._client, name)
        if not inspect.ismethod(attribute):
            return attribute
        return lambda *args, **kwargs: self._run(attribute(*args, **kwargs))

    def get_paginator(self, operation_name):
        return SynchronousPaginator(self._client.get_paginator(operation_name), self._run)


class SynchronousPaginator:
    def __init__(self, paginator, run):
        self._paginator = paginator
        self._run = run

    def paginate(self, **parameters):
        return SynchronousPages(self._paginator.paginate(**parameters), self._run)


class SynchronousPages:
    def __init__(self, pages, run):
        self._pages = pages
        self._run = run

    def __iter__(self):
        return iter(self._run(self._all()))

    async def _all(self):
        return [page async for page in self._pages]

    def build_full_result(self):
        return self._run(self._pages.build_full_result())
