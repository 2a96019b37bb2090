"""The plugin's option for a mock that several tests share, and what is taken back after each of them."""

from __future__ import annotations

import pytest

from support.plugin_runs import HEAD, OPTIONS, run, run_files

SHOP = """
@pytest.fixture(scope="module")
def shop(amplify_client):
    return amplify_client.create_app(name="shop")["app"]["appId"]

"""

WIDER = ["class", "module", "session"]


# Which tests share a mock


@pytest.mark.parametrize(("scope", "number"), [("function", 8), ("class", 6), ("module", 2), ("session", 1)])
def test_tests_within_the_scope_share_one_mock_and_one_client(pytester, scope, number):
    source = """
@pytest.fixture(scope="session")
def seen():
    return [], []


def use(seen, *used):
    for those, one in zip(seen, used):
        if not any(each is one for each in those):
            those.append(one)


def test_1(seen, amplify_mock, amplify_client):
    use(seen, amplify_mock, amplify_client)


def test_2(seen, amplify_mock, amplify_client):
    use(seen, amplify_mock, amplify_client)


class TestShop:
    def test_1(self, seen, amplify_mock, amplify_client):
        use(seen, amplify_mock, amplify_client)

    def test_2(self, seen, amplify_mock, amplify_client):
        use(seen, amplify_mock, amplify_client)
"""
    pytester.makeconftest(HEAD + source.partition("def test_1")[0])
    last = f"def test_number(seen):\n    assert [len(each) for each in seen] == [{number}, {number}]\n"
    uses = "from conftest import use\n" + source.partition("\n\n\n")[2].partition("\n\n\n")[2]
    pytester.makepyfile(test_one=uses, test_two=uses, test_z=last)
    run_files(pytester, amplify_mock_scope=scope).assert_outcomes(passed=9)


def test_the_mock_ends_with_its_scope(pytester):
    source = "import pytest\nfrom support.apps import is_mocked\n\n\ndef test_before():\n    assert not is_mocked()\n"
    uses = "\n\ndef test_uses(amplify_mock):\n    pass\n\n\ndef test_is_still_inside():\n    assert is_mocked()\n"
    pytester.makepyfile(test_1=source + uses, test_2=source)
    run_files(pytester, amplify_mock_scope="module").assert_outcomes(passed=4)


def test_a_scope_that_does_not_exist_is_an_error_that_lists_those_that_do(pytester):
    result = run(pytester, "def test():\n    pass\n", amplify_mock_scope="package")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: amplify_mock_scope must be one of function, class, module, session, and not 'package'"]
    )


def test_the_options_are_documented(pytester):
    result = pytester.runpytest_inprocess(*OPTIONS, "--help")
    result.stdout.fnmatch_lines(
        ["*amplify_mock_scope (string):*", "*function, class, module, session*", "*amplify_mock_block (bool):*"]
    )


# What is taken back


def test_what_a_test_does_is_taken_back_to_what_wider_fixtures_have_made(pytester):
    result = run(
        pytester,
        SHOP
        + """
@pytest.mark.parametrize("number", range(3))
def test_changes(shop, number, amplify_client, amplify_mock):
    assert names() == ["shop"]
    amplify_mock.clock.advance(days=1)
    amplify_client.update_app(appId=shop, name="renamed")
    create("more")


def test_deletes(shop, amplify_client, amplify_mock):
    assert amplify_mock.clock.passed.days == 0
    amplify_client.delete_app(appId=shop)


def test_has_jobs(shop, amplify_client):
    branch = {"appId": shop, "branchName": "main"}
    amplify_client.create_branch(**branch)
    amplify_client.start_deployment(**branch, sourceUrl="s3://bucket/site.zip")


def test_has_no_jobs(shop, amplify_client, amplify_mock):
    assert amplify_client.list_branches(appId=shop)["branches"] == []
    assert [call.operation for call in amplify_mock.calls] == ["CreateApp", "ListBranches"]
""",
        amplify_mock_scope="module",
    )
    result.assert_outcomes(passed=6)


def test_what_tests_do_that_do_not_ask_for_the_mock_is_taken_back_too(pytester):
    result = run(
        pytester,
        SHOP
        + """
def test_asks(shop):
    pass


def test_does_not_ask():
    create("more")


class Case(unittest.TestCase):
    def test_does_not_ask(self):
        create("more")

    def test_sees_nothing_of_it(self):
        self.assertEqual(names(), ["shop"])
""",
        amplify_mock_scope="module",
    )
    result.assert_outcomes(passed=4)


def test_what_fixtures_of_a_test_do_is_taken_back_too(pytester):
    result = run(
        pytester,
        SHOP
        + """
@pytest.fixture
def blog(shop):
    yield create("blog")
    create("in the tear-down")


@pytest.fixture
def fails(shop):
    create("on purpose")
    raise ValueError("on purpose")


@pytest.mark.parametrize("number", range(2))
def test(shop, blog, number):
    assert names() == ["blog", "shop"]


def test_has_no_set_up(fails):
    pass


def test_last(shop):
    assert names() == ["shop"]
""",
        amplify_mock_scope="module",
    )
    result.assert_outcomes(passed=3, errors=1)


def test_wider_fixtures_that_come_in_the_middle_of_a_test_stay(pytester):
    result = run(
        pytester,
        SHOP
        + """
def test_first(request):
    app_id = request.getfixturevalue("shop")
    create("of the test")


def test_second(shop):
    assert "shop" in names()
    create("of the second test")


def test_third(shop):
    assert "shop" in names() and "of the second test" not in names()
""",
        amplify_mock_scope="session",
    )
    result.assert_outcomes(passed=3)


def test_a_mock_that_begins_in_the_middle_of_a_test_is_empty_for_the_next(pytester):
    result = run(
        pytester,
        """
@pytest.fixture
def late(request):
    return request.getfixturevalue("amplify_mock")


@pytest.mark.parametrize("number", range(2))
def test(late, number):
    assert names() == []
    create("of the test")
""",
        amplify_mock_scope="session",
    )
    result.assert_outcomes(passed=2)


def test_tests_that_share_a_mock_pass_in_any_order(pytester):
    pytester.makepyfile(
        HEAD
        + SHOP
        + "@pytest.mark.parametrize('number', range(8))\ndef test(shop, number):\n"
        + "    assert names() == ['shop']\n    create('more')\n"
    )
    pytester.makeini("[pytest]\namplify_mock_scope = module\n")
    pytester.runpytest_inprocess(*OPTIONS, "-p", "no:cacheprovider").assert_outcomes(passed=8)


# The marker


def test_the_marker_of_a_module_gives_the_settings_of_the_mock_that_its_tests_share(pytester):
    result = run(
        pytester,
        """
pytestmark = pytest.mark.amplify_mock(account_id="111122223333")


def setup_module():
    assert account() == "111122223333"


@pytest.fixture(scope="module")
def blog():
    return create("blog")


def test_1(blog):
    assert names() == ["blog", "whose"]
    create("more")


@pytest.mark.amplify_mock
def test_2(blog, amplify_mock):
    assert amplify_mock.settings.account_id == "111122223333"
    assert names() == ["blog", "whose"]
""",
        amplify_mock_scope="module",
    )
    result.assert_outcomes(passed=2)


def test_the_marker_without_settings_makes_a_test_run_inside_the_mock_that_is_shared(pytester):
    result = run(
        pytester,
        """
@pytest.mark.amplify_mock
def test_marked():
    assert names() == []
    create("more")


@pytest.mark.amplify_mock
class TestShop:
    def setup_class(cls):
        create("of the class")

    def test(self):
        assert names() == ["of the class"]
""",
        amplify_mock_scope="session",
    )
    result.assert_outcomes(passed=2)


MARKED = """
{0}


@pytest.mark.amplify_mock({1})
class TestShop:
    @pytest.mark.amplify_mock({2})
    def test(self, amplify_mock):
        assert amplify_mock.settings.account_id == "111122223333"


@pytest.mark.amplify_mock({3})
def test(amplify_mock):
    assert amplify_mock.settings.account_id == "111122223333"
"""
SETTINGS = 'account_id="111122223333"'
MODULE_SETTINGS = f"pytestmark = pytest.mark.amplify_mock({SETTINGS})"


@pytest.mark.parametrize(
    ("scope", "marked", "advice"),
    [
        ("session", MARKED.format(MODULE_SETTINGS, "", "", ""), "*such as *module*"),
        ("module", MARKED.format("", SETTINGS, "", SETTINGS), "*pytestmark = pytest.mark.amplify_mock(account_id=*"),
        ("module", MARKED.format("", "", SETTINGS, SETTINGS), "*mock_amplify(isolated=True, account_id='1*')*"),
        ("class", MARKED.format("", "", SETTINGS, ""), "*Settings belong on the class*"),
    ],
    ids=["session", "class in module", "test in module", "test in class"],
)
def test_settings_for_some_of_the_tests_that_share_a_mock_are_refused_with_advice(pytester, scope, marked, advice):
    result = run(pytester, marked, "-k", "TestShop", amplify_mock_scope=scope)
    result.assert_outcomes(errors=1, deselected=1)
    result.stdout.fnmatch_lines([f"E *TypeError: *with amplify_mock_scope = {scope} one mock{advice}"])


def test_settings_on_a_class_and_on_a_test_without_one_are_good_for_the_scope_of_a_class(pytester):
    run(pytester, MARKED.format("", SETTINGS, "", SETTINGS), amplify_mock_scope="class").assert_outcomes(passed=2)


def test_a_test_has_settings_of_its_own_in_an_isolated_mock(pytester):
    result = run(
        pytester,
        """
def test(amplify_mock):
    with mock_amplify(isolated=True, account_id="111122223333"):
        assert account() == "111122223333"
    assert account() == "123456789012"
""",
        amplify_mock_scope="session",
    )
    result.assert_outcomes(passed=1)


# Decorated classes


@pytest.mark.parametrize("scope", ["function", *WIDER])
def test_decorated_classes_work_as_ever(pytester, scope):
    result = run(
        pytester,
        """
@pytest.fixture(scope="class")
def of_the_class():
    create("of the fixture")
    yield
    assert "of the fixture" in names()


@mock_amplify
class TestShop:
    def setup_class(cls):
        create("class")

    def setup_method(self):
        create("test")

    @pytest.mark.parametrize("number", range(2))
    def test(self, of_the_class, amplify_mock, number):
        assert names() == ["class", "of the fixture", "test"]
        create("more")


@mock_amplify
class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        create("case")

    def test_1(self):
        self.assertIn("case", names())
        self.assertNotIn("more", names())
        create("more")

    test_2 = test_1


def test_a_shared_mock(amplify_mock):
    assert "more" not in names()
""",
        amplify_mock_scope=scope,
    )
    result.assert_outcomes(passed=5)
