"""The section of a failed test's report that tells of the mock's calls and jobs, in whichever way the mock was used."""

from __future__ import annotations

import pytest
from _pytest.runner import runtestprotocol

from support.plugin_runs import HEAD, IN_ORDER, run


def told(result):
    """Return the sections about mocks of each report, by the test and its phase."""
    reports = result.reprec.getreports("pytest_runtest_logreport")
    return {
        (report.nodeid.rpartition("::")[2], report.when): [
            (title, text) for title, text in report.sections if "amplify" in title
        ]
        for report in reports
    }


def names_told(result):
    """Return the names of the apps that were created, of each section of the reports that have one."""

    def created(text):
        return [line.split("'")[1] for line in text.splitlines() if "CreateApp" in line]

    return {key: [(title, created(text)) for title, text in found] for key, found in told(result).items() if found}


# In whichever way the mock is used

WAYS = """
@pytest.fixture
@mock_amplify
def decorated():
    yield create("set up")


def test_fixture(amplify_mock):
    create("shop")
    assert 0


@pytest.mark.amplify_mock
def test_marker():
    create("shop")
    assert 0


@mock_amplify
def test_decorator():
    create("shop")
    assert 0


def test_decorated_fixture(decorated):
    create("shop")
    assert 0


def test_with():
    with mock_amplify():
        create("shop")
    assert 0


def test_start():
    mock_amplify.start()
    create("shop")
    mock_amplify.stop()
    assert 0


@mock_amplify
class Case(unittest.TestCase):
    def setUp(self):
        create("set up")

    def test_case(self):
        create("shop")
        assert 0


@mock_amplify
class TestShop:
    def setup_class(cls):
        create("class")

    def setup_method(self):
        create("set up")

    def test_class(self):
        create("shop")
        assert 0
"""


@pytest.mark.parametrize("scope", ["function", "module"])
def test_a_failed_test_tells_of_it(pytester, scope):
    result = run(pytester, WAYS, amplify_mock_scope=scope)
    result.assert_outcomes(failed=8)
    found = names_told(result)
    before = {"test_decorated_fixture": ["set up"], "test_case": ["set up"], "test_class": ["class", "set up"]}
    for name in ("fixture", "marker", "decorator", "decorated_fixture", "with", "start", "class", "case"):
        expected = [*before.get(f"test_{name}", []), "shop"]
        assert found.pop((f"test_{name}", "call")) == [("amplify_mock", expected)], name
    assert found == {}
    result.stdout.fnmatch_lines(["*--- amplify_mock ---*", "Calls, *:", "  CreateApp(name='shop'): success"])


def test_a_failed_set_up_or_tear_down_tells_of_it(pytester):
    result = run(
        pytester,
        """
@pytest.fixture
@mock_amplify
def fails():
    create("set up")
    raise ValueError("on purpose")


@pytest.fixture
def fails_at_its_end(amplify_mock):
    yield
    create("tear down")
    raise ValueError("on purpose")


def test_set_up(fails):
    pass


def test_tear_down(fails_at_its_end):
    create("test")


@mock_amplify
class TestShop:
    def setup_class(cls):
        create("class")

    def teardown_method(self):
        create("tear down")
        raise ValueError("on purpose")

    def teardown_class(cls):
        create("end")

    def test_class(self):
        create("test")
""",
    )
    result.assert_outcomes(passed=2, errors=3)
    assert names_told(result) == {
        ("test_set_up", "setup"): [("amplify_mock", ["set up"])],
        ("test_tear_down", "teardown"): [("amplify_mock", ["test", "tear down"])],
        ("test_class", "teardown"): [
            ("amplify_mock (1 of 2)", ["class", "test", "tear down"]),
            ("amplify_mock (2 of 2)", ["class", "end"]),
        ],
    }


def test_the_tear_down_of_a_wider_scope_tells_of_what_the_last_test_did_and_of_its_own_calls(pytester):
    result = run(
        pytester,
        """
@pytest.fixture(scope="module")
def shop(amplify_mock):
    create("shop")
    yield
    create("tear down")
    raise ValueError("on purpose")


@pytest.mark.parametrize("number", [1, 2])
def test(shop, number):
    create(f"test {number}")
""",
        amplify_mock_scope="module",
    )
    result.assert_outcomes(passed=2, errors=1)
    assert names_told(result) == {
        ("test[2]", "teardown"): [
            ("amplify_mock (1 of 2)", ["shop", "test 2"]),
            ("amplify_mock (2 of 2)", ["shop", "tear down"]),
        ]
    }


def test_each_mock_of_a_test_is_told_of(pytester):
    result = run(
        pytester,
        """
def test_two(amplify_mock):
    create("outer")
    with mock_amplify(isolated=True):
        create("inner")
    with mock_amplify(isolated=True):
        pass
    assert 0


def test_many():
    for number in range(12):
        with mock_amplify():
            create(str(number))
    assert 0
""",
    )
    found = names_told(result)
    assert found["test_two", "call"] == [("amplify_mock (1 of 2)", ["inner"]), ("amplify_mock (2 of 2)", ["outer"])]
    assert found["test_many", "call"] == [(f"amplify_mock ({n + 1} of 12)", [str(n)]) for n in range(2, 12)]


def test_other_tests_tell_nothing(pytester):
    result = run(
        pytester,
        """
def test_passes(amplify_mock):
    create("shop")


@pytest.mark.xfail
def test_expected_to_fail(amplify_mock):
    create("shop")
    assert 0


def test_skipped(amplify_mock):
    create("shop")
    pytest.skip("on purpose")


def test_without_calls(amplify_mock):
    assert 0


def test_without_a_mock():
    assert 0
""",
    )
    result.assert_outcomes(passed=1, xfailed=1, skipped=1, failed=2)
    assert names_told(result) == {}


def test_a_test_that_runs_again_tells_of_its_last_run(pytester):
    pytester.makeconftest(
        """
from _pytest.runner import runtestprotocol


def pytest_runtest_protocol(item, nextitem):
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    runtestprotocol(item, nextitem=nextitem, log=False)
    item._initrequest()
    runtestprotocol(item, nextitem=nextitem)
    return True
"""
    )
    result = run(pytester, "def test(amplify_mock):\n    create('shop')\n    assert 0\n")
    assert names_told(result) == {("test", "call"): [("amplify_mock", ["shop"])]}


def test_a_test_that_is_run_by_hand_tells_nothing(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(IN_ORDER))
    item = pytester.getitem(HEAD + "def test(amplify_mock):\n    create('shop')\n    assert 0\n", "test")
    outcomes = [(report.outcome, report.sections) for report in runtestprotocol(item, log=False)]
    assert outcomes == [("passed", []), ("failed", []), ("passed", [])]


def test_nothing_is_held_after_the_test(pytester):
    result = run(
        pytester,
        """
import gc
import weakref

from amplify_mock import activation

refs = []


@pytest.fixture(autouse=True, params=["passes", "fails"])
def outcome(request):
    yield
    assert request.param == "passes"


@pytest.fixture
def mocked(amplify_mock):
    refs.append(weakref.ref(amplify_mock))


def test_fixture(mocked):
    create("shop")


def test_with():
    with mock_amplify():
        refs.append(weakref.ref(activation.current()))
        create("shop")


@mock_amplify
class TestShop:
    def test_class(self):
        refs.append(weakref.ref(activation.current()))
        create("shop")


def teardown_module():
    gc.collect()
    assert len(refs) == 6
    assert [ref() for ref in refs[:-1]] == [None] * 5
""",
    )
    result.assert_outcomes(passed=6, errors=3)
    assert len(names_told(result)) == 3


def test_the_sections_come_from_the_workers_of_xdist_too(pytester):
    result = run(pytester, "def test(amplify_mock):\n    create('shop')\n    assert 0\n", "-n", "1")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*--- amplify_mock ---*", "  CreateApp(name='shop'): success"])
