"""The pages of every list operation, and the tokens that lead from one to the next."""

from __future__ import annotations

import base64
import itertools
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amplify_mock import mock_amplify
from support.clients import client_of, refusal
from support.jobs import GITHUB


class Apps:
    operation, members, key, largest = "list_apps", "apps", "appId", 100
    newest_first = False

    def __init__(self, client):
        self.client = client
        self.target = {}

    def add(self):
        return self.client.create_app(name="shop")["app"]["appId"]

    def remove(self, key):
        self.client.delete_app(appId=key)


class Branches:
    operation, members, key, largest = "list_branches", "branches", "branchName", 50
    newest_first = False

    def __init__(self, client):
        self.client = client
        self.target = {"appId": client.create_app(name="shop")["app"]["appId"]}
        # Names in an order that is not the alphabet's.
        self.names = (f"branch-{number * 7 % 1000}" for number in itertools.count(1))

    def add(self):
        return self.client.create_branch(**self.target, branchName=next(self.names))["branch"]["branchName"]

    def remove(self, key):
        self.client.delete_branch(**self.target, branchName=key)


class Jobs:
    operation, members, key, largest = "list_jobs", "jobSummaries", "jobId", 50
    newest_first = True

    def __init__(self, client):
        self.client = client
        app_id = client.create_app(name="shop", **GITHUB)["app"]["appId"]
        self.target = {"appId": app_id, "branchName": "main"}
        client.create_branch(**self.target)

    def add(self):
        job_id = self.client.start_job(**self.target, jobType="RELEASE")["jobSummary"]["jobId"]
        self.client.stop_job(**self.target, jobId=job_id)
        self.client.get_job(**self.target, jobId=job_id)
        return job_id

    def remove(self, key):
        self.client.delete_job(**self.target, jobId=key)


KINDS = [Apps, Branches, Jobs]


@pytest.fixture(params=KINDS)
def listing(request, client):
    return request.param(client)


def page(listing, **parameters):
    """Return the keys on one page, and the token for the next, if any."""
    answer = getattr(listing.client, listing.operation)(**listing.target, **parameters)
    return [each[listing.key] for each in answer[listing.members]], answer.get("nextToken")


def pages(listing, size, between=lambda: None):
    found, token = page(listing, maxResults=size)
    result = [found]
    while token is not None:
        between()
        found, token = page(listing, maxResults=size, nextToken=token)
        result.append(found)
    return result


def joined(pages):
    return list(itertools.chain.from_iterable(pages))


def fill(listing, count):
    """Add ``count`` members and return their keys in the order of the list."""
    keys = [listing.add() for _ in range(count)]
    return keys[::-1] if listing.newest_first else keys


def refused(listing, **parameters):
    code, status, text = refusal(getattr(listing.client, listing.operation), **listing.target, **parameters)
    assert (code, status) == ("BadRequestException", 400)
    return text


# Pages


@pytest.mark.parametrize(("count", "sizes"), [(5, [2, 2, 1]), (4, [2, 2]), (2, [2]), (1, [1]), (0, [0])])
def test_pages_make_up_the_list(listing, count, sizes):
    keys = fill(listing, count)
    found = pages(listing, 2)
    assert [len(each) for each in found] == sizes
    assert joined(found) == keys


def test_pages_of_one(listing):
    keys = fill(listing, 3)
    assert pages(listing, 1) == [[key] for key in keys]


def test_the_last_page_has_no_token_at_all(listing):
    fill(listing, 2)
    for parameters in ({}, {"maxResults": 2}, {"maxResults": listing.largest}):
        answer = getattr(listing.client, listing.operation)(**listing.target, **parameters)
        assert "nextToken" not in answer


def test_0_means_the_default(listing):
    keys = fill(listing, 3)
    assert page(listing, maxResults=0) == (keys, None)


@pytest.mark.parametrize("kind", [Apps, Jobs])
def test_without_a_size_a_page_is_as_large_as_may_be(client, kind):
    listing = kind(client)
    keys = fill(listing, listing.largest + 1)
    for parameters in ({}, {"maxResults": 0}, {"maxResults": listing.largest}):
        found, token = page(listing, **parameters)
        assert found == keys[:-1]
        assert page(listing, nextToken=token) == (keys[-1:], None)


def test_a_size_that_is_too_large_is_refused(listing):
    size = listing.largest + 1
    assert refused(listing, maxResults=size) == (
        f"1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy constraint: "
        f"Member must have value less than or equal to {listing.largest}"
    )
    assert "maxResults" in refused(listing, maxResults=10**30)


def test_the_size_may_change_from_page_to_page(listing):
    keys = fill(listing, 6)
    first, token = page(listing, maxResults=1)
    second, token = page(listing, maxResults=3, nextToken=token)
    third, token = page(listing, nextToken=token)
    assert (first + second + third, len(second), token) == (keys, 3, None)


def test_a_token_serves_more_than_once(listing):
    fill(listing, 3)
    _, token = page(listing, maxResults=1)
    assert page(listing, maxResults=1, nextToken=token) == page(listing, maxResults=1, nextToken=token)


# Paginators


def test_paginators_work(listing):
    keys = fill(listing, 5)
    paginator = listing.client.get_paginator(listing.operation)
    found = [
        [each[listing.key] for each in answer[listing.members]]
        for answer in paginator.paginate(**listing.target, PaginationConfig={"PageSize": 2})
    ]
    assert [len(each) for each in found] == [2, 2, 1]
    assert joined(found) == keys


def test_paginators_stop_and_go_on(listing):
    keys = fill(listing, 5)
    paginator = listing.client.get_paginator(listing.operation)
    first = paginator.paginate(**listing.target, PaginationConfig={"PageSize": 2, "MaxItems": 3}).build_full_result()
    rest = paginator.paginate(
        **listing.target, PaginationConfig={"PageSize": 2, "StartingToken": first["NextToken"]}
    ).build_full_result()
    assert [each[listing.key] for each in first[listing.members] + rest[listing.members]] == keys


# Tokens


def test_tokens_tell_nothing(listing):
    keys = fill(listing, 3)
    _, token = page(listing, maxResults=2)
    assert not any(len(key) > 3 and key in token for key in keys)
    assert not token.isdigit()


@pytest.mark.parametrize(
    "token",
    ["", "1", "2", "None", "null", "abc", "=", "====", "AAAA", "A" * 2000, "ü", "\U0001f600", "a b", "%", "-_", "\x00",
     base64.b64encode(b"1").decode(), base64.b64encode(b'{"offset": 1}').decode(),
     base64.b64encode(bytes(17)).decode()],
)  # fmt: skip
def test_a_token_that_is_not_ours_is_refused(listing, token):
    fill(listing, 2)
    text = refused(listing, nextToken=token)
    assert "nextToken" in text


def test_a_token_that_is_too_long_is_refused(listing):
    assert "length less than or equal to 2000" in refused(listing, nextToken="x" * 2001)


@pytest.mark.parametrize("size", [1, 10])
def test_an_altered_token_is_refused(listing, size):
    fill(listing, 12)
    _, token = page(listing, maxResults=size)
    alphabet = string.ascii_letters + string.digits + "+/-_="
    altered = [
        token[:place] + each + token[place + 1 :]
        for place in range(len(token))
        for each in alphabet[place % 8 :: 8] + "-="
    ]
    altered += [token[:-1], token[1:], token + "=", token + "A", token * 2, token.swapcase(), token.strip("=")]
    altered += [token + " ", " " + token, token + "\n"]
    accepted = [each for each in set(altered) - {token} if accepts(listing, each)]
    assert accepted == []


def accepts(listing, token):
    try:
        page(listing, nextToken=token)
    except listing.client.exceptions.BadRequestException:
        return False
    return True


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(KINDS, 2)))
def test_the_token_of_another_operation_is_refused(client, first, second):
    one, other = first(client), second(client)
    fill(one, 2)
    fill(other, 2)
    _, token = page(one, maxResults=1)
    refused(other, nextToken=token)


@pytest.mark.parametrize("kind", [Branches, Jobs])
def test_the_token_of_another_app_is_refused(client, kind):
    one, other = kind(client), kind(client)
    fill(one, 2)
    fill(other, 2)
    _, token = page(one, maxResults=1)
    refused(other, nextToken=token)


def test_the_token_of_another_branch_is_refused(client):
    one, other = Jobs(client), Jobs(client)
    other.target = {**one.target, "branchName": "dev"}
    client.create_branch(**other.target)
    fill(one, 2)
    fill(other, 2)
    _, token = page(one, maxResults=1)
    refused(other, nextToken=token)


@pytest.mark.parametrize("elsewhere", [{"region": "eu-west-1"}, {"key": "111122223333"}])
def test_the_token_of_another_region_or_account_is_refused(client, elsewhere):
    one, other = Apps(client), Apps(client_of(**elsewhere))
    fill(one, 2)
    fill(other, 2)
    _, token = page(one, maxResults=1)
    refused(other, nextToken=token)


def test_the_token_of_another_mock_is_refused(boto3_client):
    listing = Apps(boto3_client)
    fill(listing, 2)
    _, token = page(listing, maxResults=1)
    with mock_amplify(isolated=True):
        fill(listing, 2)
        refused(listing, nextToken=token)


# Changes between two pages


def test_what_is_deleted_between_pages_skips_nothing(listing):
    keys = fill(listing, 6)
    first, token = page(listing, maxResults=2)
    for key in (keys[0], keys[1], keys[2]):
        listing.remove(key)
    rest, _ = page(listing, nextToken=token)
    assert (first, rest) == (keys[:2], keys[3:])


def test_what_is_added_between_pages_repeats_nothing(listing):
    keys = fill(listing, 4)
    first, token = page(listing, maxResults=2)
    added = fill(listing, 2)
    rest, _ = page(listing, nextToken=token)
    assert first + rest == (keys if listing.newest_first else keys + added)


def test_nothing_is_left_when_the_rest_was_deleted(listing):
    keys = fill(listing, 4)
    _, token = page(listing, maxResults=2)
    for key in keys[1:]:
        listing.remove(key)
    assert page(listing, nextToken=token) == ([], None)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    count=st.integers(0, 8),
    size=st.integers(1, 3),
    changes=st.lists(st.one_of(st.none(), st.integers(0, 7)), max_size=12),
)
def test_whatever_changes_between_pages(kind, count, size, changes):
    with mock_amplify():
        listing = kind(client_of())
        keys = fill(listing, count)
        present, removed, added = list(keys), [], []
        steps = iter(changes)

        def between():
            for change in itertools.islice(steps, 2):
                if change is None:
                    added.append(listing.add())
                elif present:
                    removed.append(present.pop(change % len(present)))
                    listing.remove(removed[-1])

        found = joined(pages(listing, size, between))
    assert len(found) == len(set(found))
    assert set(present) <= set(found) <= set(keys + added)
    assert [key for key in found if key in keys] == [key for key in keys if key in found]
