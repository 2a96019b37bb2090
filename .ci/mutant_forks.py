"""Runs the collected tests against one mutant after the other, each in a fork of this process, as a plugin of pytest.

What most of a run of pytest takes is the same for every mutant: to import, to collect, to make a client. Here it is
done once. A mutant meets the tests that reach the mutated function, until one fails.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import itertools
import json
import math
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from mutmut.mutation import trampoline
from mutmut.utils.format_utils import mangled_name_from_mutant_name

# A test may take so many times as long as it does without a mutant, and so many seconds on top: of processor time, and
# of time, because a mutant may also wait for something that never comes.
TIMES, SECONDS, PATIENCE = 10, 5, 10
MEMORY = 4 << 30
# How forks end in which a test has failed, and those that have failed themselves.
FOUND, BROKEN = 1, 3
SURVIVED = ("survived", "no test reaches it")

_Cached = type(functools.cache(len))


class Mutant(NamedTuple):
    """One mistake: its name in mutmut, the file it is in, and what it changes."""

    name: str
    file: str
    change: str

    @property
    def function(self) -> str:
        """The function that it is in, as mutmut writes it."""
        return str(mangled_name_from_mutant_name(self.name))


def forgetting() -> Callable[[], None]:
    """Return what makes the package forget all that it keeps for longer than a test."""
    lasting: list[Callable[[], Any]] = []
    for name, module in list(sys.modules.items()):
        if not name.startswith(("amplify_mock", "test_", "support")):
            continue
        for value in list(vars(module).values()):
            if isinstance(value, _Cached) and value.__module__.startswith("amplify_mock"):
                lasting.append(value.cache_clear)
            if type(value).__module__.startswith("amplify_mock") and hasattr(value, "__dict__"):
                kept = [key for key, each in vars(type(value)).items() if isinstance(each, functools.cached_property)]
                lasting += [functools.partial(vars(value).pop, key, None) for key in kept]

    def forget() -> None:
        for each in lasting:
            each()

    return forget


class Forks:
    """A plugin of pytest that runs the collected tests against mutants, each in a fork.

    Args:
        mutants: what to run, in this order.
        outcomes: what came of those that were run before, by name, and of those that are run.
        save: keeps the outcomes.
        measured: where it is kept what each test reaches.
        jobs: how many run at the same time.
        seconds: how long to begin with another one.
        most: how long the tests of one mutant may take, in seconds without it; others are left out.
    """

    def __init__(
        self,
        mutants: list[Mutant],
        outcomes: dict[str, Any],
        save: Callable[[Any], None],
        measured: Path,
        jobs: int,
        seconds: float,
        most: float,
    ) -> None:
        self._mutants = mutants
        self._outcomes = outcomes
        self._save = save
        self._measured = measured
        self._jobs = jobs
        self._seconds = seconds
        self._most = most
        self._reached: dict[str, list[pytest.Item]] = {}
        self._costs: dict[str, float] = {}
        # Tests that have found mutants, by the function or the file that those were in: they are the first to be tried.
        self._finders: dict[str, Counter[str]] = {}
        self._failed = ""
        self._by_id: dict[str, pytest.Item] = {}
        self._forget: Callable[[], None]
        self._sound: dict[str, bool] = {}
        self._new: set[str] = set()

    @pytest.hookimpl
    def pytest_configure(self) -> None:
        """Let the first example that fails be enough, and try the same ones each time."""
        from hypothesis import Phase, settings  # pytest does not want it to be there before

        phases = [Phase.explicit, Phase.generate]
        settings.register_profile("mutants", phases=phases, derandomize=True, database=None, deadline=None)
        settings.load_profile("mutants")

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which test has failed."""
        if report.failed:
            self._failed = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the mutants in the place of the tests."""
        if session.testsfailed:
            raise session.Failed("tests cannot be collected")
        # What is set up for the whole session, and the first client, which takes longest, are there before all forks.
        session.items[0].ihook.pytest_runtest_protocol(item=session.items[0], nextitem=session.items[-1])
        importlib.import_module("support.clients").client_of()
        self._by_id = {item.nodeid: item for item in session.items}
        self._forget = forgetting()
        self._measure(session.items)
        # What is there before a fork is never garbage, and to look at it would copy its memory.
        gc.collect()
        gc.freeze()
        running: dict[int, tuple[Mutant, int, float]] = {}
        began = time.monotonic()
        for mutant in self._mutants:
            if time.monotonic() - began > self._seconds:
                break
            if mutant.function not in self._reached:
                self._note(mutant, "no test reaches it")
                continue
            while len(running) >= self._jobs:
                self._reap(running)
            running |= self._start(mutant)
        while running:
            self._reap(running)
        return True

    def _measure(self, items: list[pytest.Item]) -> None:
        """Find out which functions each test reaches and how long it takes, unless it is known from before."""
        known = json.loads(self._measured.read_text("utf-8")) if self._measured.exists() else {}
        new = [item for item in items if item.nodeid not in known]
        self._new = {item.nodeid for item in new} if known else set()
        if new:
            known.update(self._measure_in_fork(new))
            self._measured.write_text(json.dumps(known), "utf-8")
        for item in items:
            cost, functions = known[item.nodeid]
            self._costs[item.nodeid] = cost
            for function in functions:
                self._reached.setdefault(function, []).append(item)
        for tests in self._reached.values():
            tests.sort(key=_promise(items, tests, self._costs).__getitem__)

    def _measure_in_fork(self, items: list[pytest.Item]) -> dict[str, Any]:
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            trampoline.set_mutant_under_test("stats")
            reached: set[str] = set()
            vars(trampoline)["record_trampoline_hit"] = lambda name, caller=None: reached.add(name)
            with _ending(), os.fdopen(writing, "w") as told:
                for item, following in zip(items, [*items[1:], None], strict=True):
                    self._forget()
                    reached.clear()
                    self._failed = ""
                    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                    taken = resource.getrusage(resource.RUSAGE_SELF)
                    facts = [item.nodeid, taken.ru_utime + taken.ru_stime, bool(self._failed), sorted(reached)]
                    told.write(json.dumps(facts) + "\n")
        os.close(writing)
        measured, until_now = {}, 0.0
        with os.fdopen(reading) as heard:
            for line in heard:
                name, until, has_failed, functions = json.loads(line)
                if has_failed:
                    print(f"{name} fails without a mutant, and is left out")
                measured[name] = until - until_now, [] if has_failed else functions
                until_now = until
        os.waitpid(pid, 0)
        print(f"{len(measured)} of {len(items)} tests are measured, which take {until_now:.0f} s")
        return measured

    def _start(self, mutant: Mutant) -> dict[int, tuple[Mutant, int, float]]:
        found = Counter(self._finders.get(mutant.file)) + Counter(
            {name: 1000 * times for name, times in self._finders.get(mutant.function, Counter()).items()}
        )
        tests = list(self._reached[mutant.function])
        topic = f"test_{Path(mutant.file).stem}.py"
        # New tests are those that were written because mutants have survived.
        tests.sort(key=lambda item: (item.nodeid not in self._new, -found[item.nodeid], item.path.name != topic))
        until = itertools.accumulate(self._costs[item.nodeid] for item in tests)
        tests = [item for item, cost in zip(tests, until, strict=True) if cost < self._most]
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reading)
            with _ending():
                self._run(mutant.name, tests, writing)
        os.close(writing)
        allowed = PATIENCE * (SECONDS + sum(self._costs[item.nodeid] for item in tests))
        return {pid: (mutant, reading, time.monotonic() + allowed)}

    def _run(self, name: str, tests: list[pytest.Item], telling: int) -> None:
        """Run tests against a mutant until one fails, and tell the name of each."""
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        trampoline.set_mutant_under_test(name)
        self._forget()
        for item, following in zip(tests, [*tests[1:], None], strict=True):
            os.write(telling, f"{item.nodeid}\n".encode())
            limit = math.ceil(time.process_time() + SECONDS + TIMES * self._costs[item.nodeid])
            resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
            try:
                item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            except BaseException:
                # What tells of a failed test asks the mutant as well.
                os._exit(FOUND)
            if self._failed:
                os._exit(FOUND)

    def _passes(self, name: str) -> bool:
        """Whether a test passes in the same way without a mutant: if not, it has found none."""
        if name not in self._sound:
            pid = os.fork()
            if not pid:
                with _ending():
                    self._run("", [self._by_id[name]], os.open(os.devnull, os.O_WRONLY))
            self._sound[name] = os.waitpid(pid, 0)[1] == 0
        return self._sound[name]

    def _reap(self, running: dict[int, tuple[Mutant, int, float]]) -> None:
        """Wait for one to end."""
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                break
            for late, (_, _, until) in running.items():
                if time.monotonic() > until:
                    os.kill(late, signal.SIGXCPU)
            time.sleep(0.005)
        mutant, reading, _ = running.pop(pid)
        with os.fdopen(reading, "rb") as heard:
            names = heard.read().decode().splitlines()
        if status == 0:
            self._note(mutant, "survived")
        elif os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
            self._note(mutant, "timed out", names[-1])
        elif os.waitstatus_to_exitcode(status) == FOUND and self._passes(names[-1]):
            self._note(mutant, "killed", names[-1])
            for where in (mutant.function, mutant.file):
                self._finders.setdefault(where, Counter())[names[-1]] += 1
        else:
            print(f"{mutant.name}: ended with {status}, by {names[-1:]}, which says nothing", flush=True)

    def _note(self, mutant: Mutant, outcome: str, test: str = "") -> None:
        self._outcomes[mutant.name] = {**mutant._asdict(), "outcome": outcome, "test": test}
        if outcome in SURVIVED:
            print(f"{mutant.name}: {outcome}\n{mutant.change}", flush=True)
        self._save(self._outcomes[mutant.name])


def _promise(items: list[pytest.Item], tests: list[pytest.Item], costs: dict[str, float]) -> dict[pytest.Item, float]:
    """Return for each test that reaches a function how late it is to be tried: those of one file tend to find the same.

    The quickest of each file come first, and of a file more whose other tests reach the function as well.
    """
    of_file = Counter(item.path for item in items)
    reaching = Counter(item.path for item in tests)
    tried: Counter[Path] = Counter()
    promise = {}
    for item in sorted(tests, key=lambda item: costs[item.nodeid]):
        tried[item.path] += 1
        promise[item] = tried[item.path] * of_file[item.path] / reaching[item.path]
    return promise


@contextlib.contextmanager
def _ending() -> Iterator[None]:
    """End the fork, whatever happens, without what the process would do at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        yield
    except BaseException:
        # Whatever it is, a fork must not go on with what the process does that it comes from.
        os._exit(BROKEN)
    os._exit(0)
