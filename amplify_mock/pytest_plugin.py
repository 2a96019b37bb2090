"""The pytest plugin: fixtures, a marker, options, and what failed tests tell. The mock is imported when it is used."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    # The stubs are the user's to install; without them, type checkers take it for Any.
    from types_boto3_amplify.client import AmplifyClient

    from .activation import Activation, Watch
    from .controller import AmplifyMock, Snapshot

MARKER = "amplify_mock"
SCOPE = "amplify_mock_scope"
BLOCK = "amplify_mock_block"

ScopeName = Literal["session", "package", "module", "class", "function"]

# The widest first. A fixture of a plugin can have "package" too, but pytest takes it for "session".
_ALL_SCOPES: Sequence[ScopeName] = ("session", "package", "module", "class", "function")
_SCOPES: Sequence[ScopeName] = ("function", "class", "module", "session")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        SCOPE,
        f"scope of the fixtures amplify_mock and amplify_client: {', '.join(_SCOPES)}. What a test does to the state "
        "of a mock that it shares is taken back at its end. (amplify_mock)",
        default="function",
    )
    parser.addini(
        BLOCK,
        "let every call to AWS Amplify that no mock answers raise an AmplifyBlockedError. (amplify_mock)",
        type="bool",
        default=False,
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "amplify_mock(**settings): run the test inside mock_amplify(**settings), as the fixture amplify_mock does; "
        "for example @pytest.mark.amplify_mock(account_id='111122223333').",
    )
    scope = config.getini(SCOPE)
    if scope not in _SCOPES:
        raise pytest.UsageError(f"{SCOPE} must be one of {', '.join(_SCOPES)}, and not {scope!r}")
    config.stash[_SHARED] = _Shared(scope)
    if config.getini(BLOCK):
        from .blocking import Block

        block = Block()
        block.begin()
        config.add_cleanup(block.end)


# The mock of a test


def _scope(fixture_name: str, config: pytest.Config) -> ScopeName:
    return config.stash[_SHARED].scope


@pytest.fixture(scope=_scope)
def amplify_mock(request: pytest.FixtureRequest) -> Iterator[AmplifyMock]:
    """Mock AWS Amplify for this test, and give the controller (an AmplifyMock).

    The marker ``@pytest.mark.amplify_mock(**settings)`` gives the settings. With ``amplify_mock_scope`` in pytest's
    configuration several tests share the mock, and what each does to its state is taken back at its end.
    """
    from . import mock_amplify

    marker = request.node.get_closest_marker(MARKER)
    settings = {} if marker is None else _settings(marker)
    with mock_amplify(**settings) as amplify, request.config.stash[_SHARED].sharing(amplify):
        yield amplify


@pytest.fixture(scope=_scope)
def amplify_client(amplify_mock: AmplifyMock) -> AmplifyClient:
    """Give a boto3 client for AWS Amplify in us-east-1, inside the fixture ``amplify_mock``."""
    import boto3

    return boto3.client("amplify", region_name="us-east-1")


@pytest.fixture(autouse=True)
def _amplify_mock_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run each test of a decorated class inside the mock, and each test that has the marker; take back what it does."""
    shared = request.config.stash[_SHARED]
    classes = _classes_if_decorated(request.cls)
    if classes is None and request.node.get_closest_marker(MARKER) is not None:
        shared.refuse_settings(request.node)
        request.getfixturevalue(MARKER)
    with shared.taken_back(), nullcontext() if classes is None else classes.test_activation(request.cls):
        yield


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Iterator[None]:
    """Open a decorated class before the first of its fixtures, one of which is pytest's own for setup_class.

    The mock that a marked class or module shares comes before its fixtures, too.
    """
    shared = request.config.stash[_SHARED]
    classes = _classes_if_decorated(request.cls) if request.scope == "class" else None
    if classes is not None:
        opened = ExitStack()
        opened.enter_context(classes.class_activation(request.cls))
        request.node.addfinalizer(opened.close)
    elif (
        fixturedef.argname != MARKER
        and shared.may_serve(request.scope)
        and request.node.get_closest_marker(MARKER) is not None
    ):
        request.getfixturevalue(MARKER)
    yield
    if request.scope != "function":
        shared.note()


def _classes_if_decorated(cls: type | None) -> Any:
    # A class can only be decorated once this module is there.
    classes = sys.modules.get(f"{__package__}.classes")
    return classes if classes is not None and classes.is_decorated(cls) else None


def _settings(marker: pytest.Mark) -> dict[str, Any]:
    if marker.args:
        raise TypeError(f"@pytest.mark.amplify_mock takes settings by name, and not {marker.args}")
    return dict(marker.kwargs)


class _Shared:
    """The mocks that tests share when the fixtures' scope is wider than a test, and where the present test began."""

    def __init__(self, scope: ScopeName) -> None:
        self.scope = scope
        self._mocks: list[Activation] = []
        self._before: list[tuple[AmplifyMock, Snapshot]] | None = None

    def may_serve(self, scope: str) -> bool:
        """Say whether fixtures of a scope can use a mock that tests share."""
        return scope != "function" and _ALL_SCOPES.index(self.scope) <= _ALL_SCOPES.index(scope)

    @contextmanager
    def sharing(self, amplify: AmplifyMock) -> Iterator[None]:
        """Count a mock among those that tests share, if its fixture's scope is wide enough."""
        from .activation import active

        mine = next(each for each in reversed(active()) if each.controller is amplify)
        self._mocks.append(mine)
        try:
            yield
        finally:
            self._mocks.remove(mine)

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """Take back at the end of a test what it did to the state of the mocks that it shared."""
        if self.scope == "function":
            yield
            return
        self._before = []
        self.note()
        try:
            yield
        finally:
            before, self._before = self._before, None
            for amplify, snapshot in before:
                from .activation import take_back

                take_back(amplify, snapshot)
            self._resume()

    def _resume(self) -> None:
        """Make the mocks active again that the test has ended for all who share them, and let it fail for that."""
        ended = [each for each in self._mocks if not each.is_active]
        for each in ended:
            from .activation import resume

            resume(each)
        if ended:
            raise RuntimeError(
                f"the test has ended the mock that it shares with the others of its {self.scope}, by stop() or "
                "stop_all(). Let it use a mock of its own: mock_amplify(isolated=True)."
            )

    def note(self) -> None:
        """Note the state that a test starts from.

        Also when a fixture of a wider scope is set up in the middle of a test: what it has made stays, because it is
        not set up again for the next one.
        """
        if self._before is not None:
            controllers = dict.fromkeys(each.controller for each in self._mocks)
            self._before = [(amplify, amplify.snapshot()) for amplify in controllers]

    def refuse_settings(self, item: pytest.Item) -> None:
        """Refuse settings that a marker gives to some of the tests that share a mock, and not to all of them.

        Raises:
            TypeError: when there are some; it says where they belong.
        """
        for node, marker in item.iter_markers_with_node(MARKER):
            given = ", ".join(f"{name}={value!r}" for name, value in _settings(marker).items())
            if given and self._is_narrower(item, node):
                advice = _ADVICE[self.scope].format(given=given)
                raise TypeError(
                    f"@pytest.mark.amplify_mock({given}) stands on {node.name}, but with {SCOPE} = {self.scope} one "
                    f"mock serves all tests of a {self.scope}. {advice} For this test alone, use "
                    f"mock_amplify(isolated=True, {given}) in it."
                )

    def _is_narrower(self, item: pytest.Item, node: Any) -> bool:
        if self.scope == "class":
            return node is item and item.getparent(pytest.Class) is not None
        narrower = {"function": (), "module": (pytest.Item, pytest.Class), "session": (pytest.Item, pytest.Collector)}
        return isinstance(node, narrower[self.scope])


_ADVICE = {
    "class": "Settings belong on the class: put @pytest.mark.amplify_mock({given}) there.",
    "module": "Settings belong to the module: pytestmark = pytest.mark.amplify_mock({given}).",
    "session": f"Settings need a narrower scope, such as {SCOPE} = module.",
}

_SHARED = pytest.StashKey[_Shared]()


# What a failed test tells

_WATCH: pytest.StashKey[Watch] = pytest.StashKey()


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Watch which mocks a test uses, in whichever way."""
    from .activation import watch

    with watch(_describe) as item.stash[_WATCH]:
        yield
    del item.stash[_WATCH]


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Add the calls and the jobs of each mock to the report of a phase that failed."""
    outcome: Any = yield
    report = outcome.get_result()
    watch = item.stash.get(_WATCH, None)
    if watch is None:
        return
    if report.failed:
        from .report import sections

        report.sections.extend(sections(*watch.descriptions()))
    if report.when == "teardown":
        # Plugins that run failed tests again do so within one protocol.
        watch.forget()


def _describe(amplify: AmplifyMock) -> Any:
    from .report import record

    return record(amplify)
