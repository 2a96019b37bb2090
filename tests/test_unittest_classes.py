"""@mock_amplify on test cases of unittest, run by pytest and by unittest."""

from __future__ import annotations

import unittest

import boto3
import pytest

from amplify_mock import activation, mock_amplify
from support.apps import create, is_mocked, names
from support.unittest_runs import assert_passed, run

# Test cases that pytest runs here as they are


@mock_amplify
class TestUnittestSetUp(unittest.TestCase):
    def setUp(self) -> None:
        self.app_id = create("mine")
        self.addCleanup(lambda: self.assertTrue(is_mocked()))

    def tearDown(self) -> None:
        self.assertIn("mine", names())

    def test_one(self) -> None:
        self.assertEqual(names(), ["mine"])
        create("one")

    def test_two(self) -> None:
        self.assertEqual(names(), ["mine"])
        create("two")

    def test_sub_tests_share_the_test(self) -> None:
        for number in range(2):
            with self.subTest(number=number):
                create(f"sub-{number}")
        self.assertEqual(names(), ["mine", "sub-0", "sub-1"])


@mock_amplify
class TestUnittestFixture(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def of_every_test(self) -> None:
        create("every")

    def test_one(self) -> None:
        self.assertEqual(names(), ["every"])

    def test_two(self) -> None:
        self.assertEqual(names(), ["every"])


@mock_amplify
class TestUnittestAsync(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        create("async")

    async def asyncTearDown(self) -> None:
        self.assertIn("async", names())

    def setUp(self) -> None:
        create("sync")

    async def test_one(self) -> None:
        self.assertEqual(names(), ["async", "sync"])
        create("one")

    async def test_two(self) -> None:
        self.assertEqual(names(), ["async", "sync"])
        create("two")


# unittest's runner


def test_the_state_of_a_class_is_there_for_each_of_its_tests() -> None:
    @mock_amplify
    class Case(unittest.TestCase):
        app_id: str

        @classmethod
        def setUpClass(cls) -> None:
            cls.app_id = create("class")

        @classmethod
        def tearDownClass(cls) -> None:
            assert names() == ["class"]

        def test_1_deletes(self) -> None:
            boto3.client("amplify").delete_app(appId=self.app_id)
            self.assertEqual(names(), [])

        def test_2_creates(self) -> None:
            self.assertEqual(names(), ["class"])
            create("more")

        def test_3_changes(self) -> None:
            self.assertEqual(names(), ["class"])
            boto3.client("amplify").create_branch(appId=self.app_id, branchName="main")

        def test_4_sees_nothing_of_it(self) -> None:
            self.assertEqual(names(), ["class"])
            self.assertEqual(boto3.client("amplify").list_branches(appId=self.app_id)["branches"], [])

    assert_passed(run(Case), 4)


def test_a_test_that_fails_leaves_nothing_for_the_next() -> None:
    @mock_amplify
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create("class")

        def test_1(self) -> None:
            create("left")
            self.fail("on purpose")

        def test_2(self) -> None:
            self.assertEqual(names(), ["class"])

    result = run(Case)
    assert [test.id().rpartition(".")[2] for test, _ in result.failures] == ["test_1"]
    assert result.errors == []
    assert activation.active() == []


def test_each_class_starts_fresh() -> None:
    @mock_amplify
    class One(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create("one")

        def test(self) -> None:
            self.assertEqual(names(), ["one"])

    @mock_amplify
    class Two(unittest.TestCase):
        def test(self) -> None:
            self.assertEqual(names(), [])

    assert_passed(run(One, Two), 2)


def test_time_that_a_test_lets_pass_has_not_passed_for_the_next() -> None:
    @mock_amplify
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            with mock_amplify() as amplify:
                cls.amplify = amplify
                cls.start = amplify.clock.now()

        def test_1(self) -> None:
            self.amplify.clock.advance(hours=1)

        def test_2(self) -> None:
            self.assertLess((self.amplify.clock.now() - self.start).total_seconds(), 3000)

    assert_passed(run(Case), 2)


def test_a_backend_that_the_class_holds_shows_the_state_of_each_test() -> None:
    @mock_amplify
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            with mock_amplify() as amplify:
                cls.backend = amplify.backend()
            create("class")

        def test_1(self) -> None:
            create("one")
            self.assertEqual([app.name for app in self.backend.apps.values()], ["class", "one"])

        def test_2(self) -> None:
            create("two")
            self.assertEqual([app.name for app in self.backend.apps.values()], ["class", "two"])

    assert_passed(run(Case), 2)


def test_clean_ups_of_a_class_run_inside_its_mock() -> None:
    found = []

    @mock_amplify
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            app_id = create("class")
            cls.addClassCleanup(lambda: found.append((is_mocked(), app_id)))

        def test(self) -> None:
            self.assertEqual(names(), ["class"])

    assert_passed(run(Case), 1)
    assert [mocked for mocked, _ in found] == [True]


@pytest.mark.parametrize("error", [ValueError("on purpose"), unittest.SkipTest("on purpose")])
def test_a_set_up_of_a_class_that_ends_early_leaves_nothing_active(error: Exception) -> None:
    @mock_amplify
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create("class")
            raise error

        def test(self) -> None:
            self.fail("it was not set up")

    result = run(Case)
    assert (len(result.errors), len(result.skipped)) == ((1, 0) if isinstance(error, ValueError) else (0, 1))
    assert result.testsRun == 0
    assert activation.active() == []


def test_a_set_up_of_a_derived_class_that_fails_after_that_of_its_base_leaves_nothing_active() -> None:
    @mock_amplify
    class Base(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create("base")

    class Case(Base):
        @classmethod
        def setUpClass(cls) -> None:
            super().setUpClass()
            raise ValueError("on purpose")

        def test(self) -> None:
            self.fail("it was not set up")

    assert len(run(Case).errors) == 1
    assert activation.active() == []


def test_a_tear_down_of_a_class_that_fails_leaves_nothing_active() -> None:
    @mock_amplify
    class Case(unittest.TestCase):
        @classmethod
        def tearDownClass(cls) -> None:
            raise ValueError("on purpose")

        def test(self) -> None:
            create("shop")

    assert len(run(Case).errors) == 1
    assert activation.active() == []


@pytest.mark.parametrize("hook", ["setUp", "tearDown"])
def test_a_test_whose_set_up_or_tear_down_fails_leaves_nothing(hook: str) -> None:
    class Case(unittest.TestCase):
        def test_1(self) -> None:
            create("one")

        def test_2(self) -> None:
            create("two")

    def fail(self: unittest.TestCase) -> None:
        create("hook")
        assert len(names()) == (1 if hook == "setUp" else 2)
        raise ValueError("on purpose")

    setattr(Case, hook, fail)
    result = run(mock_amplify(Case))
    assert ["on purpose" in text for _, text in result.errors] == [True, True]
    assert activation.active() == []


def test_a_skipped_class_activates_nothing_that_stays() -> None:
    @mock_amplify
    @unittest.skip("on purpose")
    class Case(unittest.TestCase):
        def test(self) -> None:
            self.fail("it is skipped")

    result = run(Case)
    assert len(result.skipped) == 1
    assert activation.active() == []


def test_expected_failures_are_expected() -> None:
    @mock_amplify
    class Case(unittest.TestCase):
        @unittest.expectedFailure
        def test(self) -> None:
            create("shop")
            self.fail("on purpose")

    assert len(run(Case).expectedFailures) == 1
    assert activation.active() == []


def test_a_test_case_can_be_debugged_and_run_alone() -> None:
    @mock_amplify
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            create("shop")

        def test(self) -> None:
            self.assertEqual(names(), ["shop"])

    Case("test").debug()
    assert Case("test").run().wasSuccessful()
    assert activation.active() == []


def test_a_static_set_up_of_a_class_works() -> None:
    class Case(unittest.TestCase):
        @staticmethod
        def setUpClass() -> None:
            create("class")

        def test(self) -> None:
            self.assertEqual(names(), ["class"])

    assert_passed(run(mock_amplify(Case)), 1)


def test_an_interrupt_in_the_set_up_of_a_class_leaves_nothing_active():
    @mock_amplify
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            raise KeyboardInterrupt

        def test(self) -> None:
            raise AssertionError

    with pytest.raises(KeyboardInterrupt):
        unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(unittest.TestResult())
    assert activation.active() == []
