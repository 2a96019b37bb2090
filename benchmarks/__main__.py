"""Measure all subjects, or some, and print a table of each."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator

import boto3
import moto

from . import calls, entering, importing, server
from .measuring import Table

SUBJECTS = {"server": server, "calls": calls, "entering": entering, "importing": importing}


def lines(table: Table, *, markdown: bool) -> Iterator[str]:
    first, *_ = table.seconds
    base = table.seconds[first]
    rows = [(name, duration(each), f"{each / base:.2f}") for name, each in table.seconds.items()]
    if markdown:
        yield from (f"\n### {table.title}\n", "| | median | of the first |", "|---|--:|--:|")
        yield from (f"| {' | '.join(row)} |" for row in rows)
    else:
        yield f"\n{table.title:64}{'median':>12}{'of the first':>14}"
        yield from (f"{name:64}{median:>12}{ratio:>14}" for name, median, ratio in rows)


def duration(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:.0f} ms"  # noqa: PLR2004


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="subject", help=f"{', '.join(SUBJECTS)}: all by default")
    parser.add_argument("--markdown", action="store_true", help="print tables as Markdown has them")
    given = parser.parse_args()
    for name in given.subjects:
        if name not in SUBJECTS:
            parser.error(f"there is no subject {name!r}; there are {', '.join(SUBJECTS)}")
    print(f"Python {platform.python_version()}, boto3 {boto3.__version__}, moto {moto.__version__}")
    for name in given.subjects or SUBJECTS:
        print("\n".join(lines(SUBJECTS[name].measure(), markdown=given.markdown)), flush=True)


if __name__ == "__main__":
    main()
