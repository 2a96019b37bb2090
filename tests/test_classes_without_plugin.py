"""Decorated pytest classes work without the plugin, but for classes inside them that have set-ups of their own."""

from __future__ import annotations

SOURCE = """
import boto3
import pytest
from amplify_mock import mock_amplify


def create(name):
    boto3.client("amplify").create_app(name=name)


def names():
    return [app["name"] for app in boto3.client("amplify").list_apps()["apps"]]


class Base:
    def test_inherited(self):
        create("more")
        assert names() == ["more"]


@mock_amplify
class TestInherited(Base):
    pass


@mock_amplify
class TestSetUpOfTheClass:
    def setup_class(cls):
        create("class")

    def test_1(self):
        create("more")
        assert names() == ["class", "more"]

    test_2 = test_1


@mock_amplify
class TestFixture:
    @pytest.fixture(autouse=True)
    def shop(self):
        create("fixture")

    def test_1(self):
        assert names() == ["fixture"]

    test_2 = test_1


@mock_amplify
class TestOuter:
    def test_outer(self):
        assert names() == []

    class TestInner:
        def setup_method(self):
            create("inner")

        def test_1(self):
            assert names() == ["inner"]

        test_2 = test_1
"""


def test_without_the_plugin(pytester):
    pytester.makepyfile(SOURCE)
    options = ("-p", "no:randomly", "-p", "no:asyncio", "-W", "error")
    pytester.runpytest_inprocess("-p", "no:amplify_mock", *options).assert_outcomes(passed=8)
    pytester.runpytest_inprocess(*options).assert_outcomes(passed=8)
