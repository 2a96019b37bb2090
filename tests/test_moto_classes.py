"""Test classes with mock_amplify and moto's mock_aws: each resets its state as it does without the other."""

from __future__ import annotations

import pytest

from support.plugin_runs import run

HEAD = """
import unittest

import boto3
from moto import mock_aws

from amplify_mock import mock_amplify
from support.apps import create, names


def s3():
    return boto3.client("s3", region_name="us-east-1")


def put(name):
    s3().create_bucket(Bucket=f"bucket-{name}")


def buckets():
    return [bucket["Name"].removeprefix("bucket-") for bucket in s3().list_buckets()["Buckets"]]


def check(of_moto, of_amplify):
    assert (buckets(), names()) == (of_moto, of_amplify)
    put("test")
    create("test")
    assert (buckets(), names()) == ([*of_moto, "test"], [*of_amplify, "test"])
"""

ORDERS = {"moto outside": "@mock_aws\n@mock_amplify\n", "moto inside": "@mock_amplify\n@mock_aws\n"}
PLUGIN = {"with the plugin": (), "without the plugin": ("-p", "no:amplify_mock")}


@pytest.fixture(params=ORDERS)
def run_decorated(request, pytester, no_default_session, monkeypatch):
    """Run classes that have both decorators where their source has ``@both``."""
    # What gets past the mocks shall fail at once.
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    def run_them(source, *options):
        return run(pytester, source.replace("@both\n", ORDERS[request.param]), *options, head=HEAD)

    return run_them


@pytest.fixture(params=PLUGIN)
def run_pytest_classes(request, run_decorated):
    return lambda source: run_decorated(source, *PLUGIN[request.param])


def test_classes_without_set_up_start_each_test_from_nothing(run_pytest_classes):
    run_pytest_classes("""
@both
class TestPlain:
    def test_1(self):
        check([], [])

    test_2 = test_1


@both
class TestTearDown:
    def test_1(self):
        check([], [])

    test_2 = test_1

    def teardown_method(self):
        s3().list_buckets()
        assert names() == ["test"]
""").assert_outcomes(passed=4)


def test_the_set_up_of_each_test_is_inside_both(run_pytest_classes):
    run_pytest_classes("""
@both
class TestSetUp:
    def setup_method(self, method=None):
        put(method.__name__[-1])
        create("set-up")

    def test_1(self):
        check(["1"], ["set-up"])

    def test_2(self):
        check(["2"], ["set-up"])

    def teardown_method(self, method=None):
        assert buckets() == [method.__name__[-1], "test"]
        assert names() == ["set-up", "test"]
""").assert_outcomes(passed=2)


def test_the_set_up_of_a_class_is_for_all_its_tests_at_amplify(run_pytest_classes):
    run_pytest_classes("""
@both
class TestSetUpOfTheClass:
    @classmethod
    def setup_class(cls):
        create("class")

    def test_1(self):
        check([], ["class"])

    test_2 = test_1


@both
class TestFunction:
    def setup_class(cls):
        create("class")

    def test_1(self):
        check([], ["class"])

    test_2 = test_1
""").assert_outcomes(passed=4)


def test_derived_classes_are_as_those_that_they_are_derived_from(run_pytest_classes):
    run_pytest_classes("""
@both
class TestBase:
    def test_1(self):
        check([], [])

    test_2 = test_1


class TestDerived(TestBase):
    pass


@both
class TestDecoratedAgain(TestBase):
    def test_3(self):
        check([], [])

    test_4 = test_3


class SetUp:
    def setup_method(self):
        put("base")
        create("base")


@both
class TestInheritsItsSetUp(SetUp):
    def setup_method(self, method=None):
        super().setup_method()

    def test_1(self):
        check(["base"], ["base"])

    test_2 = test_1


class TestInheritsEverything(TestInheritsItsSetUp):
    pass
""").assert_outcomes(passed=12)


def test_a_set_up_of_a_base_without_decorators_is_inside_both_where_moto_is_outside(pytester, no_default_session):
    source = """
class SetUp:
    def setup_method(self):
        put("base")
        create("base")


@mock_aws
@mock_amplify
class TestInherits(SetUp):
    def test_1(self):
        check(["base"], ["base"])

    test_2 = test_1
"""
    run(pytester, source, head=HEAD).assert_outcomes(passed=2)


def test_cases_of_unittest_start_as_with_each_mock_alone(run_decorated):
    run_decorated("""
@both
class TestPlain(unittest.TestCase):
    def test_1(self):
        check([], [])

    test_2 = test_1


class TestDerived(TestPlain):
    pass


@both
class TestDecoratedAgain(TestPlain):
    def test_3(self):
        check([], [])


@both
class TestSetUp(unittest.TestCase):
    def setUp(self):
        put("set-up")
        create("set-up")

    def test_1(self):
        check(["set-up"], ["set-up"])

    test_2 = test_1


class TestDerivedSetUp(TestSetUp):
    pass


@both
class TestSetUpOfTheClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        create("class")

    def test_1(self):
        check([], ["class"])

    test_2 = test_1
""").assert_outcomes(passed=13)


def test_a_case_of_unittest_can_be_debugged_inside_both(run_decorated):
    run_decorated("""
@both
class Case(unittest.TestCase):
    def test(self):
        check([], [])


def test_debug():
    Case("test").debug()
    Case("test").debug()
""").assert_outcomes(passed=2)
