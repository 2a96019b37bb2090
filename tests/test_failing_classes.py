"""@mock_amplify on plain classes whose set-ups or tear-downs fail or skip: nothing stays active."""

from __future__ import annotations

from collections.abc import Callable

import pytest

HEAD = """
import unittest

import pytest

from amplify_mock import mock_amplify
from support.apps import create, is_mocked, names


def test_nothing_is_active_before_and_after():
    assert not is_mocked()
"""

# The plugin of hypothesis takes long to import, and is imported again for each run.
OPTIONS = ("-p", "no:randomly", "-p", "no:asyncio", "-p", "no:hypothesispytest", "-W", "error")

Run = Callable[..., None]


@pytest.fixture
def run_pytest(pytester: pytest.Pytester) -> Run:
    """Run the tests of a source in the order in which they stand there; the first test runs again at the end."""

    def run(source: str, **outcomes: int) -> None:
        pytester.makepyfile(test_inner=HEAD + source, test_last="from test_inner import *")
        last = "test_last.py::test_nothing_is_active_before_and_after"
        result = pytester.runpytest_inprocess(*OPTIONS, "test_inner.py", last)
        outcomes["passed"] = outcomes.get("passed", 0) + 2
        result.assert_outcomes(**outcomes)

    return run


def test_set_ups_of_pytest_that_fail_leave_nothing_active(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
class TestOfTheClass:
    def setup_class(cls):
        create("class")
        raise ValueError("on purpose")

    def test(self):
        pass


@mock_amplify
class TestOfTheTest:
    def setup_method(self):
        assert names() == []
        create("test")
        raise ValueError("on purpose")

    def test_1(self):
        pass

    def test_2(self):
        pass


@mock_amplify
class TestFixture:
    @pytest.fixture
    def fails(self):
        assert names() == []
        create("fixture")
        raise ValueError("on purpose")

    def test_1(self, fails):
        pass

    def test_2(self, fails):
        pass
""",
        errors=5,
    )


def test_a_set_up_that_fails_after_that_of_its_decorated_base_leaves_nothing_active(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
class Base:
    def setup_class(cls):
        create("class")

    def setup_method(self):
        create("test")


class TestOfTheClass(Base):
    @classmethod
    def setup_class(cls):
        super().setup_class()
        raise ValueError("on purpose")

    def test(self):
        pass


class TestOfTheTest(Base):
    def setup_method(self):
        super().setup_method()
        raise ValueError("on purpose")

    def test_1(self):
        pass
""",
        errors=2,
    )


def test_tear_downs_of_pytest_that_fail_leave_nothing_active(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
class TestShop:
    def teardown_method(self):
        assert names() == [self.name]
        raise ValueError("on purpose")

    def teardown_class(cls):
        assert names() == []
        raise ValueError("on purpose")

    def test_1(self):
        self.name = "one"
        create(self.name)

    def test_2(self):
        self.name = "two"
        create(self.name)
""",
        passed=2,
        errors=2,
    )


def test_a_skip_in_a_set_up_is_a_skip(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
class TestPlain:
    def setup_class(cls):
        create("class")
        pytest.skip("on purpose")

    def test(self):
        pass


@mock_amplify
class TestUnittest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        create("class")
        raise unittest.SkipTest("on purpose")

    def test(self):
        pass
""",
        skipped=2,
    )
