"""The pytest plugin: fixtures and a marker. Nothing of the mock is imported before a test uses them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .controller import AmplifyMock

MARKER = "amplify_mock"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "amplify_mock(**settings): run the test inside mock_amplify(**settings), as the fixture amplify_mock does; "
        "for example @pytest.mark.amplify_mock(account_id='111122223333').",
    )


@pytest.fixture
def amplify_mock(request: pytest.FixtureRequest) -> Iterator[AmplifyMock]:
    """Mock AWS Amplify for this test, and give the controller (an AmplifyMock).

    The marker ``@pytest.mark.amplify_mock(**settings)`` gives the settings.
    """
    from . import mock_amplify

    marker = request.node.get_closest_marker(MARKER)
    if marker is not None and marker.args:
        raise TypeError(f"@pytest.mark.amplify_mock takes settings by name, and not {marker.args}")
    with mock_amplify(**(marker.kwargs if marker is not None else {})) as amplify:
        yield amplify


@pytest.fixture
def amplify_client(amplify_mock: AmplifyMock) -> Any:
    """Give a boto3 client for AWS Amplify in us-east-1, inside the fixture ``amplify_mock``."""
    import boto3

    return boto3.client("amplify", region_name="us-east-1")


@pytest.fixture(autouse=True)
def _amplify_mock_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run each test of a decorated class inside the mock, and each test that has the marker."""
    classes = _classes_if_decorated(request.cls)
    if classes is not None:
        with classes.test_activation(request.cls):
            yield
        return
    if request.node.get_closest_marker(MARKER) is not None:
        request.getfixturevalue(MARKER)
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> None:
    """Open a decorated class before the first of its fixtures, one of which is pytest's own for setup_class."""
    if request.scope == "class":
        classes = _classes_if_decorated(request.cls)
        if classes is not None:
            opened = ExitStack()
            opened.enter_context(classes.class_activation(request.cls))
            request.node.addfinalizer(opened.close)


def _classes_if_decorated(cls: type | None) -> Any:
    # A class can only be decorated once this module is there.
    classes = sys.modules.get(f"{__package__}.classes")
    return classes if classes is not None and classes.is_decorated(cls) else None
