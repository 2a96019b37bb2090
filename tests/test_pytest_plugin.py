"""The fixtures and the marker of the pytest plugin, as another project's tests use them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import boto3
import pytest

from amplify_mock import AmplifyMock, activation

# The plugin of hypothesis takes long to import, and is imported again for each run.
OPTIONS = ("-p", "no:asyncio", "-p", "no:hypothesispytest", "-W", "error", "--strict-markers")

HEAD = """
import unittest

import pytest

from amplify_mock import mock_amplify
from support.apps import account, create, is_mocked, names

"""


def run(pytester: pytest.Pytester, source: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(HEAD + source)
    return pytester.runpytest_inprocess(*OPTIONS, "-p", "no:randomly", *options)


# Fixtures


def test_the_fixture_is_the_controller_of_an_active_mock(amplify_mock: AmplifyMock) -> None:
    app_id = boto3.client("amplify").create_app(name="shop")["app"]["appId"]
    assert isinstance(amplify_mock, AmplifyMock)
    assert amplify_mock.backend().apps[app_id].name == "shop"


def test_the_client_is_one_of_boto3_in_us_east_1_on_the_same_mock(amplify_client: Any, amplify_mock: Any) -> None:
    assert amplify_client.meta.region_name == "us-east-1"
    app_id = amplify_client.create_app(name="shop")["app"]["appId"]
    assert list(amplify_mock.backend("us-east-1").apps) == [app_id]


def test_the_client_alone_is_enough(amplify_client: Any) -> None:
    assert amplify_client.list_apps()["apps"] == []


def test_the_client_is_in_us_east_1_whatever_region_is_configured(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert request.getfixturevalue("amplify_client").meta.region_name == "us-east-1"


def test_the_mock_of_the_fixture_ends_with_its_test(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_1(amplify_mock, amplify_client):
    assert names() == []
    amplify_client.create_app(name="shop")


def test_2(amplify_client):
    assert names() == []
    raise ValueError("on purpose")


def test_3():
    assert not is_mocked()
""",
    )
    result.assert_outcomes(passed=2, failed=1)


def test_fixtures_of_a_project_may_build_on_those_of_the_plugin(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.fixture
def shop(amplify_client):
    yield amplify_client.create_app(name="shop")["app"]["appId"]
    assert is_mocked()


def test(shop, amplify_mock):
    assert amplify_mock.backend().apps[shop].name == "shop"
""",
    )
    result.assert_outcomes(passed=1)


# The marker


@pytest.mark.amplify_mock
def test_the_marker_alone_activates_the_mock() -> None:
    assert boto3.client("amplify").list_apps()["apps"] == []


@pytest.mark.amplify_mock(account_id="111122223333")
def test_the_marker_gives_the_settings(amplify_client: Any, amplify_mock: AmplifyMock) -> None:
    assert amplify_mock.settings.account_id == "111122223333"
    assert ":111122223333:" in amplify_client.create_app(name="shop")["app"]["appArn"]


@pytest.mark.amplify_mock
async def test_the_marker_works_on_async_tests() -> None:
    assert boto3.client("amplify").list_apps()["apps"] == []


def test_the_marker_can_stand_on_a_class_and_on_a_module_and_the_nearest_decides(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
pytestmark = pytest.mark.amplify_mock(account_id="111122223333")


def test_of_the_module():
    assert account() == "111122223333"


@pytest.mark.amplify_mock(account_id="444455556666")
class TestShop:
    def test_of_the_class(self):
        assert account() == "444455556666"

    @pytest.mark.amplify_mock(account_id="777788889999")
    def test_of_its_own(self):
        assert account() == "777788889999"

    @pytest.mark.amplify_mock
    def test_the_default(self):
        assert account() == "123456789012"


@pytest.mark.parametrize("expected", [
    "111122223333", pytest.param("444455556666", marks=pytest.mark.amplify_mock(account_id="444455556666")),
])
def test_of_a_parameter(expected):
    assert account() == expected
""",
    )
    result.assert_outcomes(passed=6)


def test_the_marker_works_on_unittest_classes(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.amplify_mock(account_id="111122223333")
class Case(unittest.TestCase):
    def setUp(self):
        create("set up")
        self.assertEqual(account(), "111122223333")
        self.addCleanup(lambda: self.assertTrue(is_mocked()))

    def tearDown(self):
        self.assertIn("set up", names())

    def test_1(self):
        self.assertEqual(names(), ["set up", "whose"])
        create("more")

    def test_2(self):
        self.assertEqual(names(), ["set up", "whose"])
        create("more")


@pytest.mark.amplify_mock
class AsyncCase(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        create("set up")

    async def test(self):
        self.assertEqual(names(), ["set up"])


class Unmarked(unittest.TestCase):
    def test(self):
        self.assertFalse(is_mocked())

    @pytest.mark.amplify_mock
    def test_marked(self):
        self.assertTrue(is_mocked())
""",
    )
    result.assert_outcomes(passed=5)


def test_the_marker_reaches_the_set_up_of_plain_classes_and_autouse_fixtures(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.fixture(autouse=True)
def of_every_test():
    create("autouse")


@pytest.mark.amplify_mock
class TestShop:
    def setup_method(self):
        create("set up")

    def test_1(self):
        assert names() == ["autouse", "set up"]

    def test_2(self):
        assert names() == ["autouse", "set up"]
""",
    )
    result.assert_outcomes(passed=2)


def test_a_marked_test_can_be_decorated_too(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.amplify_mock(account_id="111122223333")
@mock_amplify
def test_shares(amplify_mock):
    assert account() == "111122223333"
    assert len(amplify_mock.backend().apps) == 1


@pytest.mark.amplify_mock
@mock_amplify(account_id="111122223333")
def test_conflicts():
    pass
""",
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*mock_amplify(account_id=...) was started inside another mock*"])


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("amplify_mock(acount_id='111122223333')", "*has no setting 'acount_id'*Did you mean 'account_id'?*"),
        ("amplify_mock(account_id='1')", "*account_id must be a string of 12 digits*"),
        ("amplify_mock('111122223333')", "*takes settings by name*111122223333*"),
    ],
)
def test_wrong_settings_of_a_marker_are_an_error_that_teaches(
    pytester: pytest.Pytester, marker: str, message: str
) -> None:
    result = run(
        pytester,
        f"""
@pytest.mark.{marker}
def test():
    pass


def test_next():
    assert not is_mocked()
""",
    )
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines([message])


def test_a_marked_test_can_be_skipped(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.skip
@pytest.mark.amplify_mock
def test():
    pass
""",
    )
    result.assert_outcomes(skipped=1)
    assert activation.active() == []


def test_tests_of_the_plugin_pass_in_random_order_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        HEAD
        + """
@pytest.mark.amplify_mock
@pytest.mark.parametrize("number", range(5))
def test_marked(number):
    assert names() == []
    account()


@pytest.mark.parametrize("number", range(5))
def test_unmarked(number):
    assert not is_mocked()
"""
    )
    result = pytester.runpytest_inprocess(*OPTIONS, "-p", "no:cacheprovider")
    result.assert_outcomes(passed=10)


def test_the_plugin_can_be_switched_off(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test(request):
    assert not request.config.pluginmanager.has_plugin("amplify_mock")
    with mock_amplify():
        assert names() == []


@mock_amplify
class TestShop:
    def setup_method(self):
        create("set up")

    def test_1(self):
        assert names() == ["set up"]

    def test_2(self):
        assert names() == ["set up"]
""",
        "-p",
        "no:amplify_mock",
    )
    result.assert_outcomes(passed=3)


# Its documentation, and what it costs


def test_the_fixtures_are_documented(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess(*OPTIONS, "-p", "no:randomly", "--fixtures", "-v")
    result.stdout.fnmatch_lines(
        [
            "amplify_mock -- *",
            "*Mock AWS Amplify for this test*",
            "*@pytest.mark.amplify_mock(*",
            "amplify_client -- *",
            "*boto3 client*us-east-1*",
        ]
    )


def test_the_marker_is_documented(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess(*OPTIONS, "-p", "no:randomly", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.amplify_mock(?*settings): *mock_amplify(?*settings)*account_id=*"])


def test_a_plugin_that_is_not_used_imports_no_botocore(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
import sys


def test(request):
    assert request.config.pluginmanager.has_plugin("amplify_mock")
    heavy = {"boto3", "botocore", "wrapt", "amplify_mock.controller", "amplify_mock.transports.botocore"}
    assert heavy & set(sys.modules) == set()


class TestShop:
    def test(self):
        assert "botocore" not in sys.modules
"""
    )
    pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:asyncio", "-p", "no:hypothesispytest").assert_outcomes(
        passed=2
    )


def test_the_package_is_imported_without_botocore() -> None:
    code = "import amplify_mock, sys; print(sorted({'boto3', 'botocore', 'wrapt', 'pytest'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_a_test_that_ends_the_mock_of_its_module_fails_and_the_others_go_on(pytester):
    pytester.makeini("[pytest]\namplify_mock_scope = module")
    pytester.makepyfile(
        """
        def test_that_ends_it(amplify_mock):
            amplify_mock.stop()

        def test_after_it(amplify_client):
            assert amplify_client.list_apps()["apps"] == []
        """
    )
    result = pytester.runpytest("-p", "no:randomly", "-p", "no:asyncio")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*the test has ended the mock that it shares with the others of its module*"])
