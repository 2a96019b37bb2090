"""@mock_amplify on test classes, run by unittest, by pytest, and by hand."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError

from amplify_mock import activation, mock_amplify


def create(name: str) -> str:
    return boto3.client("amplify", region_name="us-east-1").create_app(name=name)["app"]["appId"]


def names() -> list[str]:
    apps = boto3.client("amplify", region_name="us-east-1").list_apps()["apps"]
    return sorted(app["name"] for app in apps)


def account() -> str:
    client = boto3.client("amplify", region_name="us-east-1")
    return client.create_app(name="whose")["app"]["appArn"].split(":")[4]


def is_mocked() -> bool:
    try:
        names()
    except NoCredentialsError:
        return False
    return True


# Classes that pytest runs here as they are


@mock_amplify
class TestPlain:
    def test_one(self) -> None:
        assert names() == []
        create("one")
        assert names() == ["one"]

    def test_two(self) -> None:
        assert names() == []
        create("two")
        assert names() == ["two"]

    async def test_async(self) -> None:
        create("async")
        assert names() == ["async"]

    @pytest.mark.parametrize("name", ["shop", "blog"])
    def test_parameters_and_fixtures(self, name: str, tmp_path: Any) -> None:
        assert tmp_path.is_dir()
        create(name)
        assert names() == [name]


@mock_amplify
class TestSetUpMethod:
    def setup_method(self) -> None:
        self.app_id = create("mine")

    def teardown_method(self, method: Callable[..., Any]) -> None:
        assert "added" in method.__name__ or names() == ["mine"]

    def test_it_is_seen(self) -> None:
        assert boto3.client("amplify").get_app(appId=self.app_id)["app"]["name"] == "mine"

    def test_what_is_added(self) -> None:
        create("more")
        assert names() == ["mine", "more"]

    def test_what_is_added_elsewhere(self) -> None:
        create("other")
        assert names() == ["mine", "other"]


@mock_amplify
class TestSetUpMethodThatTakesTheTest:
    def setup_method(self, method: Callable[..., Any]) -> None:
        create(method.__name__)

    def test_one(self) -> None:
        assert names() == ["test_one"]

    def test_two(self) -> None:
        assert names() == ["test_two"]


@mock_amplify
class TestSetUpClass:
    app_id: str

    @classmethod
    def setup_class(cls) -> None:
        cls.app_id = create("class")

    @classmethod
    def teardown_class(cls) -> None:
        assert names() == ["class"]

    def setup_method(self) -> None:
        create("test")

    def test_one(self) -> None:
        assert names() == ["class", "test"]
        boto3.client("amplify").delete_app(appId=self.app_id)

    def test_two(self) -> None:
        assert names() == ["class", "test"]
        boto3.client("amplify").update_app(appId=self.app_id, name="renamed")

    def test_three(self) -> None:
        assert names() == ["class", "test"]
        create("three")


@mock_amplify
class TestFixturesOfAClass:
    @pytest.fixture(scope="class")
    @classmethod
    def of_the_class(cls) -> Iterator[str]:
        yield create("class")
        assert "class" in names()

    @pytest.fixture(autouse=True)
    def of_every_test(self) -> Iterator[None]:
        create("every")
        yield
        assert "every" in names()

    @pytest.fixture
    def of_a_test(self) -> str:
        return create("one")

    def test_one(self, of_the_class: str, of_a_test: str) -> None:
        assert of_the_class != of_a_test
        assert names() == ["class", "every", "one"]

    @pytest.mark.usefixtures("of_the_class")
    def test_two(self) -> None:
        assert names() == ["class", "every"]

    @pytest.mark.usefixtures("of_the_class")
    def test_three(self) -> None:
        assert names() == ["class", "every"]


@pytest.fixture
def of_the_module() -> str:
    return create("module")


@pytest.mark.usefixtures("of_the_module")
@mock_amplify
class TestFixturesOfAModule:
    def test_one(self) -> None:
        assert names() == ["module"]

    def test_two(self) -> None:
        assert names() == ["module"]


@mock_amplify
class TestHelpers:
    shop = "shop"

    @staticmethod
    def static(*args: Any) -> None:
        assert not args
        create("static")

    @classmethod
    def of_class(cls, *args: Any) -> None:
        assert not args
        create(cls.__name__)

    def _helper(self) -> None:
        create("helper")

    def __private(self) -> None:
        create("private")

    def public(self) -> str:
        return create("public")

    @property
    def value(self) -> list[str]:
        return names()

    def test_they_share_the_state_of_the_test(self) -> None:
        self.static()
        self.of_class()
        self._helper()
        self.__private()
        self.public()
        assert self.value == ["TestHelpers", "helper", "private", "public", "static"]

    def test_they_leave_nothing(self) -> None:
        assert self.value == []
        assert self.shop == "shop"


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
        def setup_method(self) -> None:
            create("inner")

        def test_one(self) -> None:
            assert names() == ["inner"]
            create("more")

        def test_two(self) -> None:
            assert names() == ["inner"]
            create("more")

    def test_outer(self) -> None:
        assert names() == []
        create("outer")


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


# unittest's runner


def run(*cases: type[unittest.TestCase]) -> unittest.TestResult:
    """Run test cases as unittest does, in the order of their names."""
    result = unittest.TestResult()
    loader = unittest.TestLoader()
    unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases).run(result)
    return result


def assert_passed(result: unittest.TestResult, count: int) -> None:
    assert result.errors + result.failures == []
    assert result.testsRun == count
    assert activation.active() == []


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


# Inheritance with unittest


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


def test_a_decorated_class_is_the_same_class() -> None:
    class Case(unittest.TestCase):
        """What it tests."""

        def test(self) -> None:
            """Say something."""

    class Plain:
        def test_plain(self, name: str) -> str:
            """Say something."""
            return name

    assert mock_amplify(Case) is Case
    assert Case("test").shortDescription() == "Say something."
    assert Case.__doc__ == "What it tests."
    assert mock_amplify()(Plain) is Plain
    assert Plain.test_plain.__doc__ == "Say something."
    assert Plain().test_plain("shop") == "shop"


# Called by hand


def test_each_call_of_a_method_by_hand_starts_fresh() -> None:
    @mock_amplify
    class Deployer:
        def deploy(self, name: str) -> list[str]:
            create(name)
            self.again(name)
            return names()

        def again(self, name: str) -> None:
            create(name)

        async def deploy_async(self) -> list[str]:
            create("async")
            return names()

    deployer = Deployer()
    assert deployer.deploy("shop") == ["shop", "shop"]
    assert deployer.deploy("blog") == ["blog", "blog"]
    with pytest.raises(StopIteration) as end:
        deployer.deploy_async().send(None)
    assert end.value.value == ["async"]
    assert not is_mocked()


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


# pytest's runner

HEAD = """
import functools
import unittest

import boto3
import pytest
from botocore.exceptions import NoCredentialsError

from amplify_mock import mock_amplify


def create(name):
    return boto3.client("amplify", region_name="us-east-1").create_app(name=name)["app"]["appId"]


def names():
    return sorted(app["name"] for app in boto3.client("amplify", region_name="us-east-1").list_apps()["apps"])


def test_nothing_is_active_before_and_after():
    with pytest.raises(NoCredentialsError):
        names()
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


def test_pytest_runs_tests_of_a_class_fresh_after_its_set_up(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
class TestShop:
    def setup_class(cls):
        create("class")

    def setup_method(self):
        create("test")

    def test_1(self):
        create("one")
        assert names() == ["class", "one", "test"]

    def test_2(self):
        assert names() == ["class", "test"]
""",
        passed=2,
    )


def test_hooks_of_pytest_may_be_static_or_take_their_argument(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
class TestShop:
    @staticmethod
    def setup_class():
        create("class")

    @staticmethod
    def setup_method(method):
        create(method.__name__)

    def teardown_method(self):
        assert len(names()) == 2

    def test_1(self):
        assert names() == ["class", "test_1"]

    def test_2(self):
        assert names() == ["class", "test_2"]
""",
        passed=2,
    )


def test_hooks_of_pytest_may_have_decorators_of_their_own(run_pytest: Run) -> None:
    run_pytest(
        """
def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper


@mock_amplify
class TestShop:
    @logged
    def setup_method(self, method):
        create("test")

    def test(self):
        assert names() == ["test"]


@mock_amplify
class TestBlog:
    @mock_amplify
    def setup_method(self, method):
        create("test")

    def test(self):
        assert names() == ["test"]
""",
        passed=2,
    )


def test_a_base_and_a_derived_pytest_class_may_have_the_same_mock(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
class Base:
    def setup_class(cls):
        create("class")

    def setup_method(self):
        create("test")

    def test_inherited(self):
        assert names() == ["class", "test"]


@mock_amplify
class TestDerived(Base):
    def test_own(self):
        assert names() == ["class", "test"]


@mock_amplify
class TestExtended(Base):
    def setup_method(self):
        super().setup_method()
        create("derived")

    def teardown_method(self):
        super().teardown_method()
        assert "derived" in names()

    def test_1(self):
        assert names() == ["class", "derived", "test"]

    def test_2(self):
        assert names() == ["class", "derived", "test"]

    def test_inherited(self):
        create("more")
        assert names() == ["class", "derived", "more", "test"]
""",
        passed=5,
    )


def test_a_pytest_class_derived_from_a_decorated_one_runs_inside_its_mock(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
class Base:
    def setup_class(cls):
        create("class")

    def test_inherited(self):
        assert names() == ["class"]


class TestDerived(Base):
    def test_own(self):
        assert names() == ["class"]
        create("more")

    def test_zzz(self):
        assert names() == ["class"]


class TestOwnSetUp(Base):
    def setup_class(cls):
        create("derived")

    def setup_method(self):
        create("test")

    def test_1(self):
        assert names() == ["derived", "test"]

    def test_2(self):
        assert names() == ["derived", "test"]

    def test_inherited(self):
        assert names() == ["derived", "test"]
""",
        passed=6,
    )


def test_a_derived_pytest_class_may_have_other_settings(run_pytest: Run) -> None:
    run_pytest(
        """
def account():
    return boto3.client("amplify").create_app(name="whose")["app"]["appArn"].split(":")[4]


@mock_amplify(account_id="111122223333")
class TestBase:
    expected = "111122223333"

    def setup_class(cls):
        cls.of_class = account()

    def setup_method(self):
        self.of_test = account()

    def test(self):
        assert [self.of_class, self.of_test, account()] == [self.expected] * 3


@mock_amplify(account_id="444455556666")
class TestDerived(TestBase):
    expected = "444455556666"

    def test_own(self):
        assert account() == self.expected
""",
        passed=3,
    )


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


def test_fixtures_of_a_test_are_rolled_back_with_it(run_pytest: Run) -> None:
    run_pytest(
        """
@pytest.fixture(autouse=True)
def of_the_module():
    if _is_in_class:
        create("module")


_is_in_class = False


@mock_amplify
class TestPlain:
    def setup_class(cls):
        global _is_in_class
        _is_in_class = True

    def teardown_class(cls):
        global _is_in_class
        _is_in_class = False

    @pytest.fixture(autouse=True)
    def of_the_class(self):
        create("class")

    def test_1(self):
        assert names() == ["class", "module"]

    def test_2(self):
        assert names() == ["class", "module"]


@mock_amplify
class TestUnittest(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def of_the_class(self):
        create("class")

    def test_1(self):
        assert names() == ["class"]

    def test_2(self):
        assert names() == ["class"]
""",
        passed=4,
    )


def test_a_set_up_method_that_is_a_fixture_works(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
class TestShop:
    @pytest.fixture(autouse=True)
    def setup_method(self, tmp_path):
        create(tmp_path.name)
        yield
        assert len(names()) == 1

    def test_1(self, tmp_path):
        assert names() == [tmp_path.name]

    def test_2(self, tmp_path):
        assert names() == [tmp_path.name]
""",
        passed=2,
    )


def test_nested_pytest_classes_start_fresh_and_set_up_once(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
class TestOuter:
    def test_outer(self):
        assert names() == []

    class TestInner:
        def setup_class(cls):
            create("class")

        def setup_method(self):
            create("test")

        def test_1(self):
            assert names() == ["class", "test"]
            create("more")

        def test_2(self):
            assert names() == ["class", "test"]
            create("more")
""",
        passed=3,
    )


def test_nested_classes_of_any_name_run_inside_the_mock(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\npython_classes = Describe* When*")
    pytester.makepyfile(
        HEAD
        + """
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
    pytester.runpytest_inprocess(*OPTIONS).assert_outcomes(passed=3)


def test_a_mixin_in_pytest_classes_brings_tests_and_set_ups(run_pytest: Run) -> None:
    run_pytest(
        """
class Mixin:
    def setup_method(self):
        create("mixin")

    def test_of_the_mixin(self):
        assert names() == ["mixin"]


@mock_amplify
class TestShop(Mixin):
    def test_own(self):
        assert names() == ["mixin"]


@mock_amplify
class DecoratedMixin:
    def setup_method(self):
        create("mixin")

    def test_of_the_mixin(self):
        assert names() == ["mixin"]


class TestBlog(DecoratedMixin):
    def test_own(self):
        assert names() == ["mixin"]


class TestCase(DecoratedMixin, unittest.TestCase):
    def setUp(self):
        create("set up")

    def test_own(self):
        assert names() == ["mixin", "set up"]
        create("more")

    def test_of_the_mixin(self):
        assert names() == ["mixin", "set up"]
        create("more")
""",
        passed=6,
    )


def test_a_pytest_class_can_be_decorated_twice(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
@mock_amplify
class TestShop:
    def setup_class(cls):
        create("class")

    def setup_method(self):
        create("test")

    def test_1(self):
        assert names() == ["class", "test"]
        create("more")

    def test_2(self):
        assert names() == ["class", "test"]
""",
        passed=2,
    )


def test_a_test_that_stops_everything_leaves_the_next_one_inside_the_mock(run_pytest: Run) -> None:
    run_pytest(
        """
@mock_amplify
class TestShop:
    def test_1(self):
        create("shop")
        mock_amplify.stop_all()

    def test_2(self):
        assert names() == []
""",
        passed=2,
    )


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
