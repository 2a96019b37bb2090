"""Measure all subjects, or some, and print a table of each; or write them into the documentation."""

from __future__ import annotations

import argparse
import datetime
import platform
from collections.abc import Iterator
from pathlib import Path

import boto3
import botocore
import moto

from . import calls, entering, importing, profiling, scale, server
from .measuring import Limits, Shares, Table

SUBJECTS = {
    "calls": calls,
    "entering": entering,
    "importing": importing,
    "server": server,
    "scale": scale,
    "profiling": profiling,
}
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->"

Row = tuple[str, ...]


def lines(table: Table | Limits | Shares, *, markdown: bool) -> Iterator[str]:
    columns, rows = _FORMS[type(table)](table)
    if markdown:
        yield from (f"\n### {table.title}\n", f"| | {' | '.join(columns)} |", f"|---{'|--:' * len(columns)}|")
        yield from (f"| {' | '.join(row)} |" for row in rows)
    else:
        yield ""
        for name, *values in [(table.title, *columns), *rows]:
            yield f"{name:64}" + "".join(f"{each:>14}" for each in values)


def compared(table: Table) -> tuple[Row, list[Row]]:
    first, *_ = table.seconds
    base = table.seconds[first]
    rows = [(name, duration(each), f"{each / base:.2f}") for name, each in table.seconds.items()]
    return ("median", "of the first"), rows


def limited(table: Limits) -> tuple[Row, list[Row]]:
    rows = [
        (
            each.name,
            amount(each.measured, each.unit),
            "" if each.most is None else f"≤ {amount(each.most, each.unit)}",
            "" if each.most is None else "kept" if each.measured <= each.most else "BROKEN",
        )
        for each in table.limits
    ]
    return ("measured", "limit", ""), rows


def shared(table: Shares) -> tuple[Row, list[Row]]:
    parts = sorted({part for case in table.cases.values() for part in case})
    rows = [(part, *(f"{case.get(part, 0):.0%}" for case in table.cases.values())) for part in parts]
    return tuple(table.cases), rows


_FORMS = {Table: compared, Limits: limited, Shares: shared}


def amount(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if unit else f"{value:.2f}"


def duration(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:.0f} ms"  # noqa: PLR2004


def versions() -> str:
    used = {"Python": platform.python_version(), "botocore": botocore.__version__, "boto3": boto3.__version__}
    return ", ".join(f"{name} {version}" for name, version in {**used, "moto": moto.__version__}.items())


def write(page: Path, measured: list[Table | Limits | Shares]) -> None:
    """Put what was measured into the region of a page that is for it."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{page} has no lines {BEGIN.strip()} and {END}")
    heading = f"On {datetime.date.today():%Y-%m-%d}, with {versions()}."
    text = "\n".join([heading, *(line for table in measured for line in lines(table, markdown=True))])
    page.write_text(f"{before}{begin}{text}\n{end}{after}", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="subject", help=f"{', '.join(SUBJECTS)}: all by default")
    parser.add_argument("--markdown", action="store_true", help="print tables as Markdown has them")
    parser.add_argument("--write", type=Path, metavar="page", help="write the tables into this page as well")
    given = parser.parse_args()
    for name in given.subjects:
        if name not in SUBJECTS:
            parser.error(f"there is no subject {name!r}; there are {', '.join(SUBJECTS)}")
    print(versions())
    measured: list[Table | Limits | Shares] = []
    for name in given.subjects or SUBJECTS:
        for table in SUBJECTS[name].measure():
            measured.append(table)
            print("\n".join(lines(table, markdown=given.markdown)), flush=True)
    if given.write:
        write(given.write, measured)


if __name__ == "__main__":
    main()
