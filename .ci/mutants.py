"""Runs the tests against mutants: copies of the code in resources/ and service/ with one small mistake each.

mutmut makes the mutants, and its section in pyproject.toml says of what, and which tests are to find them. They are run
by mutant_forks.py, because the tests stop and move the clock by which mutmut would choose its time-outs;
mutant_tests.py says which of them a mutant meets. Nothing is changed in the checkout: all happens in a copy,
build/mutants, and what came of each mutant stays beside it. Those that are known to be found are not run again.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import math
import os
import random
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from mutant_forks import SURVIVED, Forks
from mutant_tests import Mutant
from mutmut.configuration import config
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name

ROOT = Path(__file__).resolve().parents[1]
COPIED = ["amplify_mock", "docs", "examples", "tests", "CHANGELOG.md", "README.md", "pyproject.toml"]
NOT_COPIED = shutil.ignore_patterns("__pycache__", "node_modules")


def copy(folder: Path) -> None:
    """Put all that the tests need into a folder, in the place of what was there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=NOT_COPIED)
        else:
            shutil.copy(ROOT / name, folder / name)


def mutate() -> list[Mutant]:
    """Put all mutants of each file into its place, and return them. None of them is at work yet."""
    made = []
    for path in sorted(Path("amplify_mock").rglob("*.py")):
        if not config().should_mutate(path):
            continue
        mutated = mutate_file_contents(str(path), path.read_text("utf-8"))
        lines = mutated.code.splitlines()
        spans = mutated.line_span_by_function_name
        for name in mutated.mutant_names:
            function = name.partition("__mutmut_")[0]
            before, after = (
                [line.replace(each, function) for line in lines[spans[each].start - 1 : spans[each].end]]
                for each in (f"{function}__mutmut_orig", name)
            )
            changed = [
                line
                for line in difflib.unified_diff(before, after, n=0, lineterm="")
                if line[:2] not in ("--", "++", "@@")
            ]
            first = spans[f"{function}__mutmut_orig"].start
            places = frozenset(first + place for place in statement(before, after))
            made.append(Mutant(get_mutant_name(path, name), str(path), "\n".join(changed), places))
        path.write_text(mutated.code, "utf-8")
    return made


def statement(before: list[str], after: list[str]) -> range:
    """Return the lines of a function, counted from 0, at least one of which is run by whoever meets a mutant.

    They are those of the innermost statement that is changed; of one with a body, only what stands before that.
    """
    changes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    line = next(start for tag, start, *_ in changes if tag != "equal") + 1
    [function] = ast.parse(textwrap.dedent("\n".join(before))).body
    found: ast.stmt = function
    for each in ast.walk(function):
        # What is walked to later is further inside.
        if isinstance(each, ast.stmt) and each.lineno <= line <= (each.end_lineno or 0):
            found = each
    body, end = getattr(found, "body", None), found.end_lineno or 0
    if found is not function and body and line < body[0].lineno:
        end = body[0].lineno - 1
    return range(found.lineno - 1, end)


def in_turn(mutants: list[Mutant], seed: int) -> list[Mutant]:
    """Return them in a random order in which the first so many, however many they are, come evenly from all files."""
    by_file: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_file.setdefault(mutant.file, []).append(mutant)
    chosen = random.Random(seed)  # noqa: S311 - nobody has to be kept from guessing it
    places = []
    for each in by_file.values():
        chosen.shuffle(each)
        places += [((place + chosen.random()) / len(each), mutant) for place, mutant in enumerate(each)]
    return [mutant for _, mutant in sorted(places, key=lambda each: each[0])]


def table(mutants: list[Mutant], outcomes: dict[str, Any]) -> str:
    """Return the figures of each file and each layer."""
    rows = [
        "| | mutants | run | killed | timed out | survived | killed or timed out |",
        "|---|---|---|---|---|---|---|",
    ]
    files = sorted({mutant.file for mutant in mutants})
    layers = sorted({f"{Path(file).parent}/" for file in files})
    for name in [*files, *layers]:
        all_of_it = [mutant.name for mutant in mutants if mutant.file.startswith(name)]
        known = Counter(outcomes[each]["outcome"] for each in all_of_it if each in outcomes)
        run, ended = known.total(), known["killed"] + known["timed out"]
        survived = run - ended
        share = _share(ended, run, len(all_of_it)) if run else ""
        cells = [
            name.removeprefix("amplify_mock/"),
            len(all_of_it),
            run,
            known["killed"],
            known["timed out"],
            survived,
            share,
        ]
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


def _share(part: int, run: int, of: int) -> str:
    """Return a share in percent, and what it is of all with a probability of 95 % (Wilson's interval)."""
    share = f"{100 * part / run:.1f} %"
    if run == of:
        return share
    z = 1.96
    middle = (part + z * z / 2) / (run + z * z)
    margin = z / (run + z * z) * math.sqrt(part * (run - part) / run + z * z / 4)
    return f"{share} ({100 * (middle - margin):.1f} to {100 * (middle + margin):.1f})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run mutants, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", default=["*"], help="only mutants like these, such as: '*.globs.*'")
    parser.add_argument("--again", action="store_true", help="only those that survived before")
    parser.add_argument("--minutes", type=float, default=math.inf, help="how long to begin with another mutant")
    parser.add_argument("--most", type=float, default=math.inf, help="seconds of tests for a mutant, the nearest first")
    parser.add_argument("--seed", type=int, default=1, help="the order in which they are run (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time (%(default)s)")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "build" / "mutants", help="where it happens (%(default)s)"
    )
    given = parser.parse_args(arguments)
    measured = given.folder.resolve().with_suffix(".tests.json")
    results = given.folder.resolve().with_suffix(".jsonl")
    outcomes: dict[str, Any] = {}
    if results.exists():
        outcomes = {line["name"]: line for line in map(json.loads, results.read_text("utf-8").splitlines())}
    copy(given.folder)
    os.chdir(given.folder)
    sys.path.insert(0, os.getcwd())
    mutants = mutate()
    changes = {mutant.name: mutant.change for mutant in mutants}
    for name, outcome in list(outcomes.items()):
        if changes.get(name) != outcome["change"]:
            del outcomes[name]
    wanted = [
        mutant
        for mutant in in_turn(mutants, given.seed)
        if any(fnmatch(mutant.name, name) for name in given.names)
        and (outcomes[mutant.name]["outcome"] in SURVIVED if mutant.name in outcomes else not given.again)
    ]
    print(f"{len(mutants)} mutants, of which {len(wanted)} are to be run")

    def save(outcome: Any) -> None:
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(outcome) + "\n")

    files = sorted({mutant.file for mutant in mutants})
    forks = Forks(wanted, files, outcomes, save, measured, given.jobs, 60 * given.minutes, given.most)
    options = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--capture=no", "--no-summary", "--show-capture=no"]
    tests = config().pytest_add_cli_args_test_selection
    pytest.main([*options, *config().pytest_add_cli_args, *tests], plugins=[forks])
    print(table(mutants, outcomes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
