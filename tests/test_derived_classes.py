"""@mock_amplify on classes and the classes derived from them: each runs inside the mock of the class that is run."""

from __future__ import annotations

import unittest

from amplify_mock import mock_amplify
from support.apps import account, create, is_mocked, names
from support.unittest_runs import assert_passed, run

# unittest


def test_inherited_tests_and_set_ups_run_inside_the_mock_of_the_derived_class() -> None:
    class Base(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create(cls.__name__)

        def setUp(self) -> None:
            create("base")

        def test_inherited(self) -> None:
            self.assertEqual(names(), ["Case", "base"])

    @mock_amplify
    class Case(Base):
        def test_own(self) -> None:
            self.assertEqual(names(), ["Case", "base"])

    assert_passed(run(Case), 2)


def test_a_class_derived_from_a_decorated_one_runs_inside_its_mock() -> None:
    @mock_amplify(account_id="111122223333")
    class Base(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create("class")

        def setUp(self) -> None:
            create("base")

    class Case(Base):
        def setUp(self) -> None:
            super().setUp()
            create("derived")

        def test_1(self) -> None:
            self.assertEqual(names(), ["base", "class", "derived"])

        def test_2(self) -> None:
            self.assertEqual(names(), ["base", "class", "derived"])
            self.assertEqual(account(), "111122223333")

    assert_passed(run(Case), 2)


def test_a_derived_class_may_set_itself_up_before_its_base_or_without_it() -> None:
    @mock_amplify
    class Base(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create("base")

    class Before(Base):
        @classmethod
        def setUpClass(cls) -> None:
            create("derived")
            super().setUpClass()

        def test(self) -> None:
            self.assertEqual(names(), ["base", "derived"])

    class Without(Base):
        @classmethod
        def setUpClass(cls) -> None:
            create("derived")

        def test(self) -> None:
            self.assertEqual(names(), ["derived"])

    assert_passed(run(Before, Without), 2)


def test_a_derived_class_may_tear_itself_down_after_its_base_or_without_it() -> None:
    found = []

    @mock_amplify
    class Base(unittest.TestCase):
        def test(self) -> None:
            create("shop")

    class After(Base):
        @classmethod
        def tearDownClass(cls) -> None:
            super().tearDownClass()
            found.append(is_mocked())

    class Without(Base):
        @classmethod
        def tearDownClass(cls) -> None:
            found.append(is_mocked())

    assert_passed(run(After, Without), 2)
    assert found == [True, True]


def test_a_derived_class_may_have_other_settings() -> None:
    @mock_amplify(account_id="111122223333")
    class Base(unittest.TestCase):
        expected = "111122223333"

        @classmethod
        def setUpClass(cls) -> None:
            cls.of_class = account()

        def setUp(self) -> None:
            self.of_test = account()

        def test(self) -> None:
            self.assertEqual([self.of_class, self.of_test, account()], [self.expected] * 3)

    @mock_amplify(account_id="444455556666")
    class Derived(Base):
        expected = "444455556666"

    @mock_amplify
    class Default(Derived):
        expected = "123456789012"

    assert_passed(run(Base, Derived, Default, Base), 4)


def test_a_base_and_a_derived_class_may_have_the_same_mock() -> None:
    found = []

    @mock_amplify
    class Base(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create("class")

        def setUp(self) -> None:
            create("test")

        def test_1(self) -> None:
            self.assertEqual(names(), ["class", "test"])

    @mock_amplify
    class Derived(Base):
        @classmethod
        def tearDownClass(cls) -> None:
            super().tearDownClass()
            found.append(is_mocked())

        def test_2(self) -> None:
            self.assertEqual(names(), ["class", "test"])

    assert_passed(run(Derived, Base), 3)
    assert found == [True]


def test_a_class_that_watches_its_subclasses_still_does():
    seen = []

    @mock_amplify
    class Base:
        def __init_subclass__(cls, /, label: str) -> None:
            super().__init_subclass__()
            seen.append((cls.__name__, label))

    class Derived(Base, label="derived"):
        def test(self) -> None:
            create("shop")

    assert seen == [("Derived", "derived")]
    Derived().test()


# pytest, which runs these classes as they are


@mock_amplify
class Base:
    @classmethod
    def setup_class(cls) -> None:
        create("class")

    def setup_method(self) -> None:
        create("test")

    def test_inherited(self) -> None:
        assert names() == ["class", "test"]


@mock_amplify
class TestBothDecorated(Base):
    def test_own(self) -> None:
        assert names() == ["class", "test"]
        create("more")


@mock_amplify
class TestBothDecoratedAndSetUp(Base):
    def setup_method(self) -> None:
        super().setup_method()
        create("derived")

    def teardown_method(self) -> None:
        super().teardown_method()
        assert "derived" in names()

    def test_1(self) -> None:
        assert names() == ["class", "derived", "test"]
        create("more")

    def test_2(self) -> None:
        assert names() == ["class", "derived", "test"]
        create("more")

    def test_inherited(self) -> None:
        create("more")
        assert names() == ["class", "derived", "more", "test"]


class TestOnlyTheBaseDecorated(Base):
    def test_1(self) -> None:
        assert names() == ["class", "test"]
        create("more")

    def test_2(self) -> None:
        assert names() == ["class", "test"]
        create("more")


class TestOnlyTheBaseDecoratedAndSetUp(Base):
    @classmethod
    def setup_class(cls) -> None:
        create("derived")

    def setup_method(self) -> None:
        create("own")

    def test_1(self) -> None:
        assert names() == ["derived", "own"]
        create("more")

    def test_2(self) -> None:
        assert names() == ["derived", "own"]
        create("more")

    def test_inherited(self) -> None:
        assert names() == ["derived", "own"]


@mock_amplify(account_id="111122223333")
class TestBaseWithSettings:
    expected = "111122223333"

    @classmethod
    def setup_class(cls) -> None:
        cls.of_class = account()

    def setup_method(self) -> None:
        self.of_test = account()

    def test(self) -> None:
        assert [self.of_class, self.of_test, account()] == [self.expected] * 3


@mock_amplify(account_id="444455556666")
class TestOtherSettings(TestBaseWithSettings):
    expected = "444455556666"

    def test_own(self) -> None:
        assert account() == self.expected
