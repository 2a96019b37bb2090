"""With sleep="virtual", time.sleep moves the mock's clock and returns at once."""

from __future__ import annotations

import _thread
import asyncio
import copy
import datetime
import importlib
import multiprocessing.pool
import queue
import subprocess
import sys
import threading
import time
import types

import boto3
import pytest
import time_machine
from botocore.config import Config
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from amplify_mock import JobPlan, mock_amplify
from support.botocore_clients import busy_branch, new_client
from support.jobs import GITHUB, START, get, new_branch, release
from support.sleeps import all_as_before, seconds

TEN = datetime.timedelta(seconds=10)


@pytest.fixture(autouse=True)
def _everything_is_as_before():
    with all_as_before():
        yield


@pytest.fixture
def module(monkeypatch):
    """What makes a module of source text, as if it had been imported."""

    def make(source):
        made = types.ModuleType("deploys")
        exec(source, vars(made))
        monkeypatch.setitem(sys.modules, "deploys", made)
        return made

    return make


# The code under test


def test_a_polling_loop_takes_no_time():
    with mock_amplify(sleep="virtual", plan=JobPlan(progress="clock")) as amplify:
        client = boto3.client("amplify", region_name="us-east-1")
        branch = new_branch(client, app=GITHUB)
        release(client, branch)
        polls = 0
        while get(client, branch)["summary"]["status"] != "SUCCEED":
            time.sleep(10)
            polls += 1
        assert polls == 7
        assert seconds(amplify) == 70


def test_sleeps_are_real_unless_asked_for(slept):
    with mock_amplify() as amplify:
        time.sleep(10)
        assert seconds(amplify) == 0
    assert slept == [10]


@pytest.mark.parametrize("value", ["fake", "", None, True, ["virtual"]])
def test_other_values_are_refused(value):
    with pytest.raises(ValueError, match="sleep must be 'real' or 'virtual', and not"):
        mock_amplify(sleep=value)


@settings(max_examples=50, deadline=None, database=None)
@given(st.lists(st.integers(1, 10**9) | st.floats(0.001, 10**6)))
def test_the_clock_moves_by_the_sum_of_all_sleeps(lengths):
    with mock_amplify(sleep="virtual") as amplify:
        for length in lengths:
            time.sleep(length)
        assert amplify.clock.passed == sum((datetime.timedelta(seconds=each) for each in lengths), datetime.timedelta())


@pytest.mark.parametrize("value", [-1, -0.001, float("nan"), float("inf"), 10**12, "x", None, 1j, b"1"])
def test_errors_are_those_of_the_real_function(value):
    with pytest.raises((ValueError, TypeError, OverflowError)) as expected:
        time.sleep(value)
    with mock_amplify(sleep="virtual") as amplify:
        with pytest.raises(expected.type) as caught:
            time.sleep(value)
        assert seconds(amplify) == 0
    assert str(caught.value) == str(expected.value)


def test_whatever_stands_for_a_whole_number_is_a_length():
    class Ten:
        def __index__(self):
            return 10

    with mock_amplify(sleep="virtual") as amplify:
        time.sleep(Ten())
        time.sleep(True)
        assert seconds(amplify) == 11


def test_a_sleep_of_nothing_moves_nothing():
    with mock_amplify(sleep="virtual") as amplify:
        time.sleep(0)
        time.sleep(0.0)
        assert seconds(amplify) == 0


def test_listeners_hear_of_what_a_sleep_brings_about():
    heard = []
    with mock_amplify(sleep="virtual", plan=JobPlan(progress="clock")) as amplify:
        amplify.on_event(lambda event: heard.append(event["detail"]["jobStatus"]))
        client = new_client()
        release(client, new_branch(client, app=GITHUB))
        time.sleep(600)
    assert heard == ["STARTED", "SUCCEED"]


def test_botocores_own_waiting_between_retries_is_virtual_too():
    client = new_client(config=Config(retries={"mode": "standard"}))
    with mock_amplify(sleep="virtual", retry_sleep=True) as amplify:
        arguments = busy_branch(client)
        with pytest.raises(client.exceptions.LimitExceededException):
            client.start_job(**arguments)
        assert seconds(amplify) > 0


# References to the function


@pytest.mark.parametrize("imports", ["from time import sleep as nap", "from time import sleep; nap = sleep"])
def test_functions_imported_by_name_are_virtual(module, imports):
    deploys = module(imports)
    nap = deploys.nap
    with mock_amplify(sleep="virtual") as amplify:
        deploys.nap(10)
        assert seconds(amplify) == 10
    assert deploys.nap is nap is time.sleep


def test_functions_imported_by_name_are_virtual_also_when_something_stands_in_for_the_original(module, monkeypatch):
    deploys = module("from time import sleep as nap")
    nap = deploys.nap
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with mock_amplify(sleep="virtual") as amplify:
        deploys.nap(10)
        assert seconds(amplify) == 10
    assert deploys.nap is nap


def test_functions_imported_by_name_inside_the_mock_are_virtual_and_real_afterwards(tmp_path, monkeypatch):
    (tmp_path / "imported_late.py").write_text("from time import sleep as nap\nfrom asyncio import sleep\n")
    monkeypatch.syspath_prepend(tmp_path)
    with mock_amplify(sleep="virtual") as amplify:
        late = importlib.import_module("imported_late")
        late.nap(10)
        assert seconds(amplify) == 10
    monkeypatch.delitem(sys.modules, "imported_late")
    assert late.nap is time.sleep
    assert late.sleep is asyncio.sleep


def test_modules_that_are_forgotten_inside_the_mock_are_put_back(module, monkeypatch):
    deploys = module("from time import sleep")
    with mock_amplify(sleep="virtual"):
        monkeypatch.delitem(sys.modules, "deploys")
    assert deploys.sleep is time.sleep


def test_modules_that_load_lazily_are_not_loaded(monkeypatch):
    class Lazy(types.ModuleType):
        def __getattribute__(self, name):
            pytest.fail(f"the module was asked for {name}")

    monkeypatch.setitem(sys.modules, "lazy", Lazy("lazy"))
    monkeypatch.setitem(sys.modules, "blocked", None)
    with mock_amplify(sleep="virtual") as amplify:
        time.sleep(10)
        assert seconds(amplify) == 10


def test_a_reference_that_is_kept_sleeps_really_afterwards(slept):
    with mock_amplify(sleep="virtual") as amplify:
        nap = time.sleep
        nap(10)
    nap(20)
    with mock_amplify():
        nap(30)
    assert slept == [20, 30]
    assert seconds(amplify) == 10


def test_a_reference_that_is_kept_is_virtual_again_in_the_next_mock(slept):
    with mock_amplify(sleep="virtual"):
        nap = time.sleep
    with mock_amplify(sleep="virtual") as amplify:
        nap(10)
        assert seconds(amplify) == 10
    assert slept == []


def test_it_stays_a_function_as_an_attribute_of_a_class_and_in_a_copy():
    with mock_amplify(sleep="virtual") as amplify:

        class Poller:
            nap = time.sleep

        Poller().nap(10)
        copy.deepcopy({"nap": time.sleep})["nap"](10)
        assert seconds(amplify) == 20


# freezegun and time-machine


@pytest.mark.parametrize("options", [{}, {"tick": True}, {"auto_tick_seconds": 15}], ids=["frozen", "ticking", "steps"])
def test_freezegun_moves_and_the_clock_with_it_just_once(options):
    with freeze_time(START, **options) as frozen, mock_amplify(sleep="virtual") as amplify:
        before = frozen.time_to_freeze
        time.sleep(10)
        time.sleep(0.5)
        assert frozen.time_to_freeze - before == datetime.timedelta(seconds=10.5)
        assert seconds(amplify) == 0
        assert amplify.clock.now() >= START.replace(microsecond=398000) + datetime.timedelta(seconds=10.5)


def test_the_innermost_freezegun_moves():
    with freeze_time(START) as outer, mock_amplify(sleep="virtual"):
        with freeze_time(START) as inner:
            time.sleep(10)
            assert inner() - outer() == TEN
        time.sleep(10)
        assert inner() == outer()


def test_a_clock_of_freezegun_that_ticks_never_goes_back():
    with freeze_time(START, tick=True), mock_amplify(sleep="virtual"):
        threading.Event().wait(0.005)
        before = datetime.datetime.now()
        time.sleep(0.001)
        assert datetime.datetime.now() > before


@pytest.mark.parametrize("tick", [False, True])
def test_time_machine_moves_and_the_clock_with_it_just_once(tick):
    with time_machine.travel(START, tick=tick), mock_amplify(sleep="virtual") as amplify:
        before = amplify.clock.now()
        time.sleep(10)
        time.sleep(0.5)
        moved = (amplify.clock.now() - before).total_seconds()
        assert moved == 10.5 or (tick and 10.5 < moved < 20)
        assert seconds(amplify) == 0


@pytest.mark.skipif(hasattr(time_machine, "coordinates_stack"), reason="the other tests are run with it")
def test_time_machine_before_its_version_3_moves(monkeypatch):
    shifts = []
    travel = types.SimpleNamespace(shift=shifts.append)
    monkeypatch.setattr(time_machine, "coordinates_stack", [travel], raising=False)
    with mock_amplify(sleep="virtual") as amplify:
        time.sleep(10)
        assert seconds(amplify) == 0
    assert shifts == [TEN]


# Threads, and who sleeps really


@pytest.mark.parametrize(
    "start",
    [
        lambda done: threading.Thread(target=lambda: (time.sleep(10), done.set())).start(),
        lambda done: _thread.start_new_thread(time.sleep, (10,)) and done.set(),
    ],
)
def test_threads_sleep_virtually(start):
    done = threading.Event()
    with mock_amplify(sleep="virtual") as amplify:
        start(done)
        assert done.wait(5)
        while not seconds(amplify):
            threading.Event().wait(0.001)
        assert seconds(amplify) == 10


def test_sleeps_of_several_threads_add_up():
    with mock_amplify(sleep="virtual") as amplify:
        threads = [threading.Thread(target=time.sleep, args=(1,)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seconds(amplify) == 20


def test_waiting_for_threads_queues_and_processes_takes_real_time():
    with mock_amplify(sleep="virtual") as amplify:
        assert not threading.Event().wait(0.001)
        with pytest.raises(queue.Empty):
            queue.Queue().get(timeout=0.001)
        with pytest.raises(subprocess.TimeoutExpired):
            subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.01, check=False)
        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.01)
        process.kill()
        process.wait()
        with multiprocessing.pool.ThreadPool(1) as pool:
            assert pool.apply(abs, (-1,)) == 1
        assert seconds(amplify) == 0


@pytest.mark.parametrize("name", ["_pytest.runner", "xdist.remote", "ipykernel.parentpoller"])
def test_runners_of_tests_and_notebooks_sleep_really(slept, module, name):
    runner = module(f"__name__ = {name!r}\nimport time\ndef wait():\n    time.sleep(10)")
    with mock_amplify(sleep="virtual") as amplify:
        runner.wait()
        assert seconds(amplify) == 0
    assert slept == [10]
