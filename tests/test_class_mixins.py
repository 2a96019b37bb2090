"""@mock_amplify on mixins and on classes that take them in: their tests and set-ups run inside the mock."""

from __future__ import annotations

import unittest

from amplify_mock import mock_amplify
from support.apps import create, names
from support.unittest_runs import assert_passed, run


def test_a_mixin_brings_tests_and_set_ups() -> None:
    class Mixin:
        @classmethod
        def setUpClass(cls) -> None:
            create("mixin class")
            super().setUpClass()  # type: ignore[misc]

        def setUp(self) -> None:
            create("mixin")
            super().setUp()  # type: ignore[misc]

        def test_of_the_mixin(self) -> None:
            assert names() == ["mixin", "mixin class"]

    @mock_amplify
    class Case(Mixin, unittest.TestCase):
        def test_own(self) -> None:
            self.assertEqual(names(), ["mixin", "mixin class"])

    assert_passed(run(Case), 2)


def test_a_decorated_mixin_brings_its_mock() -> None:
    @mock_amplify
    class Mixin:
        def setUp(self) -> None:
            create("mixin")

        def test_of_the_mixin(self) -> None:
            assert names() == ["mixin"]

    class Case(Mixin, unittest.TestCase):
        def test_own(self) -> None:
            self.assertEqual(names(), ["mixin"])

    assert_passed(run(Case), 2)


def test_the_order_of_base_classes_still_decides_which_method_runs() -> None:
    class Base:
        def name(self) -> str:
            return "base"

    @mock_amplify
    class Left(Base):
        pass

    class Right(Base):
        def name(self) -> str:
            return "right"

    class Both(Left, Right):
        pass

    assert Both().name() == "right"


class Mixin:
    def setup_method(self) -> None:
        create("mixin")

    def test_of_the_mixin(self) -> None:
        assert names() == ["mixin"]


@mock_amplify
class TestMixin(Mixin):
    def test_own(self) -> None:
        assert names() == ["mixin"]


@mock_amplify
class DecoratedMixin:
    def setup_method(self) -> None:
        create("mixin")

    def test_of_the_mixin(self) -> None:
        assert names() == ["mixin"]


class TestDecoratedMixin(DecoratedMixin):
    def test_own(self) -> None:
        assert names() == ["mixin"]


class TestDecoratedMixinInATestCase(DecoratedMixin, unittest.TestCase):
    def setUp(self) -> None:
        create("set up")

    def test_own(self) -> None:
        assert names() == ["mixin", "set up"]
        create("more")

    def test_of_the_mixin(self) -> None:
        assert names() == ["mixin", "set up"]
        create("more")
