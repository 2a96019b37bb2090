"""Redirects are followed by each HTTP client: inside a site, from site to site, to other hosts and back."""

import asyncio
import http.client
import urllib.error
import urllib.request
from urllib.parse import urljoin

import aiohttp
import httpx
import pytest
import requests
import urllib3
from urllib3.util import Retry

from support.clients import client_of
from support.domains import available
from support.uploads import new_site, pool_for

FILES = {"index.html": b"home", "blog/index.html": b"blog"}


# One function for each client: it returns the status, the address that was reached in the end, and the body.


def with_requests(url):
    answer = requests.get(url, timeout=5)
    return answer.status_code, answer.url, answer.content


def with_urllib3(url):
    with urllib3.PoolManager() as pools:
        answer = pools.request("GET", url, timeout=5)
    return answer.status, urljoin(url, answer.retries.history[-1].redirect_location), answer.data


def with_urllib_request(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.status, answer.url, answer.read()


def with_httpx(url):
    answer = httpx.get(url, follow_redirects=True)
    return answer.status_code, str(answer.url), answer.content


def with_async_httpx(url):
    async def ask():
        async with httpx.AsyncClient(follow_redirects=True) as client:
            answer = await client.get(url)
        return answer.status_code, str(answer.url), answer.content

    return asyncio.run(ask())


def with_aiohttp(url):
    async def ask():
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, str(answer.url), await answer.read()

    return asyncio.run(ask())


CLIENTS = [with_requests, with_urllib3, with_urllib_request, with_httpx, with_async_httpx, with_aiohttp]
TOO_MANY = (
    requests.TooManyRedirects,
    urllib3.exceptions.MaxRetryError,
    urllib.error.HTTPError,
    httpx.TooManyRedirects,
    aiohttp.TooManyRedirects,
)


@pytest.fixture(params=CLIENTS, ids=lambda client: client.__name__)
def get(request):
    return request.param


def leading_to(target, source="/go", status="302"):
    """Deploy a site with a rule that leads somewhere else."""
    return new_site(FILES, customRules=[{"source": source, "target": target, "status": status}])[1]


# Inside a site, and to another one


def test_a_redirect_inside_a_site_is_followed(amplify_mock, get):
    _, url = new_site(FILES)
    assert get(f"{url}/blog") == (200, f"{url}/blog/", b"blog")


@pytest.mark.parametrize("status", ["301", "302"])
def test_a_redirect_to_another_site_is_followed(amplify_mock, get, status):
    _, other = new_site(FILES, "next")
    url = leading_to(f"{other}/blog/", status=status)
    assert get(f"{url}/go") == (200, f"{other}/blog/", b"blog")


def test_a_redirect_to_a_domain_of_ones_own_is_followed(amplify_mock, get):
    app_id, _ = new_site(FILES)
    available(client_of(), app_id)
    url = leading_to("https://www.example.com/")
    assert get(f"{url}/go") == (200, "https://www.example.com/", b"home")


def test_redirects_in_a_circle_end(amplify_mock, get):
    url = leading_to("/go")
    with pytest.raises(TOO_MANY) as caught:
        get(f"{url}/go")
    if isinstance(caught.value, urllib.error.HTTPError):
        caught.value.close()


# To other hosts, and from them


def test_a_redirect_to_another_host_leads_to_the_network(amplify_mock, get, httpserver):
    httpserver.expect_oneshot_request("/landing", query_string="a=b").respond_with_data(b"from the network")
    target = httpserver.url_for("/landing?a=b")
    assert get(f"{leading_to(target)}/go") == (200, target, b"from the network")


def test_a_redirect_from_another_host_leads_to_the_mock(amplify_mock, get, httpserver):
    _, url = new_site(FILES)
    httpserver.expect_oneshot_request("/go").respond_with_data(status=302, headers={"Location": f"{url}/blog/"})
    assert get(httpserver.url_for("/go")) == (200, f"{url}/blog/", b"blog")


def test_other_hosts_are_reached_without_a_redirect(amplify_mock, httpserver, send):
    httpserver.expect_oneshot_request("/site.zip", method="PUT", data=b"zip").respond_with_data("kept")
    assert send("PUT", httpserver.url_for("/site.zip?a=b"), b"zip").body == b"kept"


# What single clients do about them


def test_requests_tells_where_it_came_by(amplify_mock):
    _, url = new_site(FILES)
    with requests.Session() as session:
        answer = session.get(f"{url}/blog")
        assert [each.status_code for each in answer.history] == [301]
        answer = session.get(f"{url}/blog", allow_redirects=False)
        assert (answer.is_redirect, answer.next.url) == (True, f"{url}/blog/")
        session.max_redirects = 0
        with pytest.raises(requests.TooManyRedirects):
            session.get(f"{url}/blog")


def test_urllib3_follows_as_often_as_it_is_told(amplify_mock):
    _, url = new_site(FILES)
    with urllib3.PoolManager() as pools:
        assert pools.request("GET", f"{url}/blog", redirect=False).status == 301
        assert pools.request("GET", f"{url}/blog", retries=Retry(redirect=1)).data == b"blog"
        assert pools.request("GET", f"{url}/blog", retries=Retry(redirect=0, raise_on_redirect=False)).status == 301
        with pytest.raises(urllib3.exceptions.MaxRetryError, match="too many redirects"):
            pools.request("GET", f"{url}/blog", retries=Retry(redirect=0))


def test_a_urllib3_pool_follows_on_its_host(amplify_mock):
    url = leading_to("https://example.com/")
    pool, _ = pool_for(url)
    with pool:
        answer = pool.request("GET", "/blog")
        assert (answer.status, answer.data, answer.geturl()) == (200, b"blog", "/blog/")
        with pytest.raises(urllib3.exceptions.HostChangedError):
            pool.request("GET", "/go")


def test_a_urllib3_pool_uses_its_own_retries(amplify_mock):
    _, url = new_site(FILES)
    pool, _ = pool_for(url)
    pool.retries = Retry(redirect=0)
    with pool, pytest.raises(urllib3.exceptions.MaxRetryError):
        pool.request("GET", "/blog")


def test_httpx_tells_where_it_came_by(amplify_mock):
    _, url = new_site(FILES)
    assert httpx.get(f"{url}/blog").next_request.url == f"{url}/blog/"
    answer = httpx.get(f"{url}/blog", follow_redirects=True)
    assert [each.status_code for each in answer.history] == [301]


async def test_aiohttp_tells_where_it_came_by(amplify_mock):
    _, url = new_site(FILES)
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/blog") as answer:
            assert [each.status for each in answer.history] == [301]
        async with session.get(f"{url}/blog", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (301, "/blog/")


def test_http_client_follows_none(amplify_mock):
    _, url = new_site(FILES)
    connection = http.client.HTTPSConnection(pool_for(url)[0].host)
    for _ in range(2):
        connection.request("GET", "/blog")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"], answer.read()) == (301, "/blog/", b"")
