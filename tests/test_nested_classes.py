"""@mock_amplify on classes inside other classes, inside other mocks, and on what tests call."""

from __future__ import annotations

import unittest

import pytest

from amplify_mock import mock_amplify
from support.apps import account, create, is_mocked, names
from support.unittest_runs import assert_passed, run


@mock_amplify
class TestNestedClasses:
    class InnerOne(unittest.TestCase):
        def setUp(self) -> None:
            create("one")

        def test_sees_its_own(self) -> None:
            self.assertEqual(names(), ["one"])

    class InnerTwo(unittest.TestCase):
        def test_sees_nothing_of_the_other(self) -> None:
            self.assertEqual(names(), [])

    class TestInner:
        @classmethod
        def setup_class(cls) -> None:
            create("class")

        def setup_method(self) -> None:
            create("inner")

        def test_one(self) -> None:
            assert names() == ["class", "inner"]
            create("more")

        def test_two(self) -> None:
            assert names() == ["class", "inner"]
            create("more")

    def test_outer(self) -> None:
        assert names() == []
        create("outer")


def test_a_class_that_a_class_only_refers_to_is_left_alone() -> None:
    class Elsewhere(unittest.TestCase):
        def test(self) -> None:
            self.assertFalse(is_mocked())

    @mock_amplify
    class Case(unittest.TestCase):
        other = Elsewhere

        def test(self) -> None:
            self.assertTrue(is_mocked())

    assert_passed(run(Case, Elsewhere), 2)


def test_a_nested_class_keeps_settings_of_its_own() -> None:
    @mock_amplify
    class Outer:
        @mock_amplify(account_id="111122223333")
        class Inner(unittest.TestCase):
            def test(self) -> None:
                self.assertEqual(account(), "111122223333")

    assert_passed(run(Outer.Inner), 1)


def test_a_class_inside_an_outer_mock_shares_it_and_resets_nothing() -> None:
    @mock_amplify
    class Case(unittest.TestCase):
        def test(self) -> None:
            self.assertEqual(names(), ["outer"])
            create("inner")

    with mock_amplify():
        create("outer")
        result = run(Case)
        assert result.wasSuccessful()
        assert names() == ["inner", "outer"]


def test_an_isolated_class_inside_an_outer_mock_starts_fresh() -> None:
    @mock_amplify(isolated=True)
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create("class")

        def test_1(self) -> None:
            self.assertEqual(names(), ["class"])
            create("one")

        def test_2(self) -> None:
            self.assertEqual(names(), ["class"])

    with mock_amplify():
        create("outer")
        result = run(Case)
        assert result.errors + result.failures == []
        assert names() == ["outer"]


def test_settings_of_a_class_inside_an_outer_mock_are_an_error() -> None:
    @mock_amplify(account_id="111122223333")
    class Case(unittest.TestCase):
        def test(self) -> None:
            self.fail("it must not run")

    with mock_amplify():
        [(_, text)] = run(Case).errors
        assert "inside another mock" in text
        assert is_mocked()


class TestNestedDecorators(unittest.TestCase):
    @mock_amplify
    def make_shop(self) -> None:
        create("shop")
        self.assertEqual(names(), ["shop"])

    @mock_amplify
    def test_a_decorated_helper_shares_the_state_of_a_decorated_test(self) -> None:
        self.make_shop()
        self.assertEqual(names(), ["shop"])

    def test_a_decorated_helper_of_a_test_without_a_mock_leaves_nothing(self) -> None:
        self.make_shop()
        self.make_shop()
        self.assertFalse(is_mocked())


def test_nested_classes_of_any_name_run_inside_the_mock(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\npython_classes = Describe* When*")
    pytester.makepyfile(
        """
from amplify_mock import mock_amplify
from support.apps import create, names


@mock_amplify
class DescribeShop:
    def test_outer(self):
        assert names() == []

    class WhenOpen:
        def test_inner(self):
            create("shop")
            assert names() == ["shop"]
"""
    )
    options = ("-p", "no:randomly", "-p", "no:asyncio", "-p", "no:hypothesispytest")
    pytester.runpytest_inprocess(*options).assert_outcomes(passed=2)
