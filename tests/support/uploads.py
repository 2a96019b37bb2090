"""Deployments that wait for their files, one function for each way to send these, and the sites they become."""

import asyncio
import contextlib
import http.client
import io
import urllib.error
import urllib.request
import zipfile
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import aiohttp
import botocore.httpsession
import httpx
import pytest
import requests
import urllib3
import yarl
from botocore.awsrequest import AWSRequest
from requests.adapters import HTTPAdapter

from support.clients import client_of

BODY = b"PK\x03\x04 the site"


class Answer(NamedTuple):
    status: int
    headers: dict
    body: bytes

    @classmethod
    def of(cls, status, headers, body):
        return cls(status, {name.lower(): value for name, value in headers.items()}, body)

    @property
    def code(self):
        """The error code of S3's XML."""
        assert self.headers["content-type"] == "application/xml"
        assert int(self.headers["content-length"]) == len(self.body)
        root = ET.fromstring(self.body)
        assert root.tag == "Error"
        assert root.findtext("Message")
        return root.findtext("Code")


def open_deployment(branch_name="main", **arguments):
    client = client_of()
    app_id = client.create_app(name="shop")["app"]["appId"]
    client.create_branch(appId=app_id, branchName=branch_name)
    return app_id, client.create_deployment(appId=app_id, branchName=branch_name, **arguments)


def uploads(amplify, app_id, branch_name="main"):
    return amplify.backend().apps[app_id].branches[branch_name].jobs["1"].uploads


def new_site(files, branch_name="main", **app):
    """Deploy files to an app of their own, and return its id and the address of the branch."""
    client = client_of()
    branch = {"appId": client.create_app(name="shop", **app)["app"]["appId"], "branchName": branch_name}
    client.create_branch(**branch)
    deployment = client.create_deployment(**branch)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    with_requests("PUT", deployment["zipUploadUrl"], archive.getvalue())
    client.start_deployment(**branch, jobId=deployment["jobId"])
    for _ in range(2):
        client.get_job(**branch, jobId=deployment["jobId"])
    return branch["appId"], f"https://{branch_name}.{branch['appId']}.amplifyapp.com"


# One function for each way to send a request.


def with_requests(method, url, body):
    answer = requests.request(method, url, data=body, timeout=5)
    return Answer.of(answer.status_code, answer.headers, answer.content)


def with_a_requests_session(method, url, body):
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=3, pool_maxsize=1))
        session.mount("http://", HTTPAdapter())
        answer = session.request(method, url, data=body, timeout=5)
    return Answer.of(answer.status_code, answer.headers, answer.content)


def with_a_requests_adapter(method, url, body):
    with contextlib.closing(HTTPAdapter()) as adapter:
        answer = adapter.send(requests.Request(method, url, data=body).prepare(), timeout=5)
        return Answer.of(answer.status_code, answer.headers, answer.content)


def with_urllib3(method, url, body):
    with urllib3.PoolManager() as pools:
        answer = pools.request(method, url, body=body, timeout=5, retries=False)
    return Answer.of(answer.status, answer.headers, answer.data)


def pool_for(url):
    parts = urlsplit(url)
    kind = urllib3.HTTPSConnectionPool if parts.scheme == "https" else urllib3.HTTPConnectionPool
    return kind(parts.hostname, parts.port), f"{parts.path}?{parts.query}"


def with_a_urllib3_pool(method, url, body):
    pool, target = pool_for(url)
    with pool:
        answer = pool.urlopen(method, target, body, {"Content-Type": "application/zip"}, False)
    return Answer.of(answer.status, answer.headers, answer.data)


def with_a_urllib3_pool_by_keyword(method, url, body):
    pool, target = pool_for(url)
    with pool:
        answer = pool.urlopen(method=method, url=target, body=body, retries=False, preload_content=False)
        return Answer.of(answer.status, answer.headers, answer.read())


def with_urllib_request(method, url, body):
    request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": "application/zip"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return Answer.of(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer.of(error.code, error.headers, error.read())


def with_an_opener(method, url, body):
    class Plain(urllib.request.HTTPErrorProcessor):
        def http_response(self, request, response):
            return response

        https_response = http_response

    request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": "application/zip"})
    with urllib.request.build_opener(Plain, urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
        return Answer.of(answer.status, answer.headers, answer.read())


def with_httpx(method, url, body):
    answer = httpx.request(method, url, content=body)
    return Answer.of(answer.status_code, answer.headers, answer.content)


def with_an_httpx_client(method, url, body):
    with (
        httpx.Client(transport=httpx.HTTPTransport(retries=2)) as client,
        client.stream(method, url, content=body) as answer,
    ):
        return Answer.of(answer.status_code, answer.headers, b"".join(answer.iter_bytes()))


async def pieces(iterable):
    for piece in iterable:
        yield piece


def with_async_httpx(method, url, body, library=httpx):
    async def ask():
        content = body if body is None or isinstance(body, bytes) else pieces(body)
        async with library.AsyncClient() as client:
            answer = await client.request(method, url, content=content)
        return Answer.of(answer.status_code, answer.headers, answer.content)

    return asyncio.run(ask())


def with_httpx2(method, url, body):
    # It is for Python from 3.11 on.
    answer = pytest.importorskip("httpx2").request(method, url, content=body)
    return Answer.of(answer.status_code, answer.headers, answer.content)


def with_async_httpx2(method, url, body):
    return with_async_httpx(method, url, body, pytest.importorskip("httpx2"))


def with_aiohttp(method, url, body):
    async def ask():
        # aiohttp takes files as they are, but of iterables only asynchronous ones.
        content = pieces(body) if hasattr(body, "send") else body
        asked = yarl.URL(url, encoded=True)
        async with aiohttp.ClientSession() as session, session.request(method, asked, data=content) as answer:
            return Answer.of(answer.status, answer.headers, await answer.read())

    return asyncio.run(ask())


def with_an_aiohttp_connector(method, url, body):
    async def ask():
        content = body if body is None or isinstance(body, bytes) else pieces(body)
        connector = aiohttp.TCPConnector(limit=1, force_close=True)
        async with aiohttp.ClientSession(connector=connector, trust_env=True) as session:
            answer = await session.request(method, yarl.URL(url, encoded=True), data=content)
            body_pieces = [piece async for piece in answer.content.iter_any()]
        return Answer.of(answer.status, answer.headers, b"".join(body_pieces))

    return asyncio.run(ask())


def with_http_client(method, url, body):
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    with contextlib.closing(kind(parts.hostname, parts.port, timeout=5)) as connection:
        connection.request(method, f"{parts.path}?{parts.query}", body)
        answer = connection.getresponse()
        return Answer.of(answer.status, answer.headers, answer.read())


def with_botocores_http_session(method, url, body):
    with contextlib.closing(botocore.httpsession.URLLib3Session()) as session:
        answer = session.send(AWSRequest(method, url, data=body).prepare())
        return Answer.of(answer.status_code, answer.headers, answer.content)


WAYS = [
    with_requests,
    with_a_requests_session,
    with_a_requests_adapter,
    with_urllib3,
    with_a_urllib3_pool,
    with_a_urllib3_pool_by_keyword,
    with_urllib_request,
    with_an_opener,
    with_httpx,
    with_an_httpx_client,
    with_async_httpx,
    with_httpx2,
    with_async_httpx2,
    with_aiohttp,
    with_an_aiohttp_connector,
    with_http_client,
    with_botocores_http_session,
]
