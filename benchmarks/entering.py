"""What it costs to switch a mock on and off again, as every test does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from moto import mock_aws

from amplify_mock import mock_amplify

from .measuring import Contestant, Table, medians


def entering(mock: Callable[[], AbstractContextManager[object]]) -> Contestant:
    def enter_and_exit() -> None:
        with mock():
            pass

    @contextmanager
    def contestant() -> Iterator[Callable[[], object]]:
        yield enter_and_exit

    return contestant


def measure() -> Table:
    contestants = {
        "with mock_aws(): pass": entering(mock_aws),
        "with mock_amplify(): pass": entering(mock_amplify),
    }
    return Table("On and off", medians(contestants, rounds=7, calls=50))
