"""Runs the collected tests against one mutant after the other, each in a fork of this process, as a plugin of pytest.

What most of a run of pytest takes is the same for every mutant: to import, to collect, to make a client. Here it is
done once. A mutant meets the tests that run the mutated statement, until one fails.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import importlib
import itertools
import json
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage
from mutant_tests import Mutant, Tests
from mutmut.mutation import trampoline

# A test may take so many times as long as it does without a mutant, and so many seconds on top: of processor time, and
# of time, because a mutant may also wait for something that never comes.
TIMES, SECONDS, PATIENCE = 10, 5, 10
MEMORY = 4 << 30
# How forks end in which a test has failed, and those that have failed themselves.
FOUND, BROKEN = 1, 3
SURVIVED = ("survived", "no test reaches it")

_Cached = type(functools.cache(len))


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
        files: those that have mutants.
        outcomes: what came of those that were run before, by name, and of those that are run.
        save: keeps the outcomes.
        measured: where it is kept which lines each test runs.
        jobs: how many run at the same time.
        seconds: how long to begin with another one.
        most: how long the tests of one mutant may take, in seconds without it; others are left out.
    """

    def __init__(
        self,
        mutants: list[Mutant],
        files: list[str],
        outcomes: dict[str, Any],
        save: Callable[[Any], None],
        measured: Path,
        jobs: int,
        seconds: float,
        most: float,
    ) -> None:
        self._mutants = mutants
        self._files = files
        self._outcomes = outcomes
        self._save = save
        self._measured = measured
        self._jobs = jobs
        self._seconds = seconds
        self._most = most
        self._tests: Tests
        self._forget: Callable[[], None]
        self._failed = ""
        self._sound: dict[str, bool] = {}

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
        self._forget = forgetting()
        self._tests = self._measured_tests(session.items)
        # What is there before a fork is never garbage, and to look at it would copy its memory.
        gc.collect()
        gc.freeze()
        running: dict[int, tuple[Mutant, int, float]] = {}
        began = time.monotonic()
        for mutant in self._mutants:
            if time.monotonic() - began > self._seconds:
                break
            tests = self._tests.of(mutant)
            if not tests:
                self._note(mutant, "no test reaches it")
                continue
            while len(running) >= self._jobs:
                self._reap(running)
            running |= self._start(mutant, tests)
        while running:
            self._reap(running)
        return True

    def _measured_tests(self, items: list[pytest.Item]) -> Tests:
        """Find out which lines each test runs and how long it takes, unless it is known from before."""
        code = hashlib.sha256(b"".join(Path(file).read_bytes() for file in self._files)).hexdigest()
        known = json.loads(self._measured.read_text("utf-8")) if self._measured.exists() else {}
        if known.pop("code", code) != code:
            known = {}
        new = [item for item in items if item.nodeid not in known]
        names = {item.nodeid for item in new} if known else set()
        if new:
            known.update(self._measure_in_fork(new))
            self._measured.write_text(json.dumps({**known, "code": code}), "utf-8")
        return Tests(items, known, names)

    def _measure_in_fork(self, items: list[pytest.Item]) -> dict[str, Any]:
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            coverage = Coverage(data_file=None, config_file=False, include=self._files)
            coverage.set_option("run:disable_warnings", ["no-data-collected"])
            be_under_test("")
            with _ending(), os.fdopen(writing, "w") as told:
                for item, following in zip(items, [*items[1:], None], strict=True):
                    self._forget()
                    self._failed = ""
                    coverage.erase()
                    with coverage.collect():
                        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                    data = coverage.get_data()
                    lines = {file: sorted(data.lines(os.path.abspath(file)) or ()) for file in self._files}
                    taken = resource.getrusage(resource.RUSAGE_SELF)
                    told.write(json.dumps([item.nodeid, taken.ru_utime + taken.ru_stime, self._failed, lines]) + "\n")
        os.close(writing)
        measured, until_now = {}, 0.0
        with os.fdopen(reading) as heard:
            for line in heard:
                name, until, failed, lines_of = json.loads(line)
                if failed:
                    print(f"{name} fails without a mutant, and is left out")
                measured[name] = until - until_now, {} if failed else lines_of
                until_now = until
        os.waitpid(pid, 0)
        print(f"{len(measured)} of {len(items)} tests are measured, which take {until_now:.0f} s")
        return measured

    def _start(self, mutant: Mutant, tests: list[pytest.Item]) -> dict[int, tuple[Mutant, int, float]]:
        until = itertools.accumulate(self._tests.costs[item.nodeid] for item in tests)
        tests = [item for item, cost in zip(tests, until, strict=True) if cost < self._most]
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reading)
            with _ending():
                self._run(mutant.name, tests, writing)
        os.close(writing)
        allowed = PATIENCE * (SECONDS + sum(self._tests.costs[item.nodeid] for item in tests))
        return {pid: (mutant, reading, time.monotonic() + allowed)}

    def _run(self, name: str, tests: list[pytest.Item], telling: int) -> None:
        """Run tests against a mutant until one fails, and tell the name of each."""
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        be_under_test(name)
        self._forget()
        for item, following in zip(tests, [*tests[1:], None], strict=True):
            os.write(telling, f"{item.nodeid}\n".encode())
            limit = math.ceil(time.process_time() + SECONDS + TIMES * self._tests.costs[item.nodeid])
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
                    self._run("", [self._tests.by_id[name]], os.open(os.devnull, os.O_WRONLY))
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
            self._tests.note(mutant, names[-1])
        else:
            print(f"{mutant.name}: ended with {status}, by {names[-1:]}, which says nothing", flush=True)

    def _note(self, mutant: Mutant, outcome: str, test: str = "") -> None:
        self._outcomes[mutant.name] = {
            "name": mutant.name,
            "file": mutant.file,
            "change": mutant.change,
            "outcome": outcome,
            "test": test,
        }
        if outcome in SURVIVED:
            print(f"{mutant.name}: {outcome}\n{mutant.change}", flush=True)
        self._save(self._outcomes[mutant.name])


def be_under_test(name: str) -> None:
    """Let a mutant be at work, or none, in this process from now on."""
    # mutmut would ask the environment at each call of a function, which takes longer than many of them.
    vars(trampoline)["get_mutant_under_test"] = lambda: name


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
