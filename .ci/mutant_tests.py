"""Which tests a mutant meets, and in which order: those first that are likely to notice it.

A test can notice only what it runs. Many run the same statement, but few speak of what is changed there: of a member's
name, or in the words of a message.
"""

from __future__ import annotations

import functools
import inspect
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
# So many tests that speak of what is changed are tried before all others.
MOST_LIKELY = 40


class Mutant(NamedTuple):
    """One mistake: its name in mutmut, the file it is in, what it changes, and the lines where it is without it."""

    name: str
    file: str
    change: str
    lines: frozenset[int]

    @property
    def function(self) -> str:
        """The function that it is in, as mutmut writes it."""
        return self.name.partition("__mutmut_")[0]


class Tests:
    """The tests, and what is known of each.

    Args:
        items: all of them.
        known: for each how long it takes, and which lines of which files it runs.
        new: those that were not known before. They were written because mutants have survived.
    """

    def __init__(self, items: list[pytest.Item], known: dict[str, Any], new: set[str]) -> None:
        self.by_id = {item.nodeid: item for item in items}
        self.costs = {item.nodeid: known[item.nodeid][0] for item in items}
        self._new = new
        self._of_file = Counter(item.path for item in items)
        self._words = {item.nodeid: _words_of_test(getattr(item, "function", None), item.nodeid) for item in items}
        self._common = Counter(word for words in self._words.values() for word in words)
        self._running: dict[tuple[str, int], list[str]] = {}
        self._in_order: dict[tuple[str, frozenset[int]], list[str]] = {}
        # Tests that have found mutants, by the function that those were in.
        self._finders: dict[str, Counter[str]] = {}
        for item in items:
            for file, lines in known[item.nodeid][1].items():
                for line in lines:
                    self._running.setdefault((file, line), []).append(item.nodeid)

    def note(self, mutant: Mutant, test: str) -> None:
        """Remember which test has found a mutant."""
        self._finders.setdefault(mutant.function, Counter())[test] += 1

    def of(self, mutant: Mutant) -> list[pytest.Item]:
        """Return the tests that run the mutated statement, the most likely ones first."""
        names = self._running_it(mutant)
        found = self._finders.get(mutant.function, Counter())
        scores = self._scores(mutant, names)
        likely = set(sorted(names, key=lambda name: -scores[name])[:MOST_LIKELY])
        names = sorted(names, key=lambda name: -scores[name] if name in likely else 0)
        return [self.by_id[name] for name in sorted(names, key=lambda name: (name not in self._new, -found[name]))]

    def _running_it(self, mutant: Mutant) -> list[str]:
        """Return the tests that run the mutated statement; those of one file tend to find the same.

        The quickest of each file come first, and of a file more whose other tests run the statement as well.
        """
        where = mutant.file, mutant.lines
        if where not in self._in_order:
            running = {name for line in mutant.lines for name in self._running.get((mutant.file, line), ())}
            of_file = Counter(self.by_id[name].path for name in running)
            tried: Counter[Path] = Counter()
            promise = {}
            for name in sorted(running, key=lambda name: (self.costs[name], name)):
                path = self.by_id[name].path
                tried[path] += 1
                promise[name] = tried[path] * self._of_file[path] / of_file[path]
            self._in_order[where] = sorted(promise, key=promise.__getitem__)
        return self._in_order[where]

    def _scores(self, mutant: Mutant, names: list[str]) -> dict[str, float]:
        """Return how much each test speaks of what is changed: rare words count most, changed ones thrice."""
        before, after = (
            Counter(_words("\n".join(line for line in mutant.change.splitlines() if line[:1] == sign))) for sign in "-+"
        )
        weights = {word: self._rarity(word) for word in [*before, *_words(mutant.function.rpartition(".")[2])]}
        for word in (before - after) + (after - before):
            weights[word] = 3 * self._rarity(word)
        return {
            name: sum(weights[word] for word in self._words[name].intersection(weights)) / (1 + self.costs[name])
            for name in names
        }

    def _rarity(self, word: str) -> float:
        return math.log((1 + len(self._words)) / (1 + self._common[word]))


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _words_of_test(function: Any, name: str) -> frozenset[str]:
    return _words_of_function(inspect.unwrap(function)) | frozenset(_words(name)) if function else frozenset()


@functools.cache
def _words_of_function(function: Any) -> frozenset[str]:
    try:
        return frozenset(_words(inspect.getsource(function)))
    except (OSError, TypeError):
        return frozenset()
