"""@mock_amplify on fixtures, and on tests that use fixtures and parameters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import boto3
import pytest
from hypothesis import given, settings, strategies

from amplify_mock import mock_amplify
from support.apps import create, is_mocked, names


@pytest.fixture
@mock_amplify
def shop(tmp_path: Any) -> Iterator[str]:
    assert tmp_path.is_dir()
    yield create("shop")
    assert names() == ["shop"]


@pytest.fixture
@mock_amplify(account_id="111122223333")
async def async_shop() -> AsyncIterator[str]:
    yield create("shop")
    assert names() == ["shop"]


@pytest.fixture
@mock_amplify
def returned_shop(request: pytest.FixtureRequest) -> list[str]:
    create(request.node.name)
    return names()


def test_a_test_runs_inside_the_mock_of_its_generator_fixture(shop: str) -> None:
    assert boto3.client("amplify").get_app(appId=shop)["app"]["name"] == "shop"


@mock_amplify
def test_a_decorated_test_shares_the_mock_of_its_fixture(shop: str) -> None:
    assert boto3.client("amplify").get_app(appId=shop)["app"]["name"] == "shop"


async def test_a_test_runs_inside_the_mock_of_its_async_fixture(async_shop: str) -> None:
    assert boto3.client("amplify").get_app(appId=async_shop)["app"]["appArn"].split(":")[4] == "111122223333"


def test_the_mock_of_a_fixture_that_returns_ends_with_it(returned_shop: list[str]) -> None:
    assert returned_shop == ["test_the_mock_of_a_fixture_that_returns_ends_with_it"]
    assert not is_mocked()


@mock_amplify
@pytest.mark.parametrize("name", ["shop", "blog"])
@mock_amplify
def test_fixtures_and_parameters_are_injected(name: str, tmp_path: Any, request: pytest.FixtureRequest) -> None:
    assert tmp_path.is_dir()
    assert request.node.callspec.params == {"name": name}
    create(name)
    assert names() == [name]


@settings(max_examples=5, deadline=None)
@given(name=strategies.sampled_from(["shop", "blog"]))
@mock_amplify
def test_each_example_of_hypothesis_starts_fresh(name: str) -> None:
    create(name)
    assert names() == [name]
