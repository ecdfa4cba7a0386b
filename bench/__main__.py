"""`python -m bench [--quick] [--only NAME]`: the performance table, measured now on this machine."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import cold_start, devices, expressions, growth, long_form, mails, pages, submissions
from bench.rows import Row, left_out, table
from bench.serving import CannotRun, mongodb_wire

EMBEDDED, WIRE = "SQLite", "MongoDB wire"


@dataclass(frozen=True)
class Size:
    """How long to measure; quick runs say less."""

    rounds: int
    seconds: float
    mail_s: float
    many: int
    submissions: int
    starts: int


FULL = Size(rounds=5, seconds=5.0, mail_s=30.0, many=100_000, submissions=200, starts=3)
QUICK = Size(rounds=2, seconds=2.0, mail_s=8.0, many=10_000, submissions=50, starts=1)
Measure = Callable[[Path, Size], Sequence[Row]]


def submissions_embedded(folder: Path, size: Size) -> Sequence[Row]:
    """API submissions on SQLite."""
    return [submissions.measure(folder, EMBEDDED, "", size.rounds, size.seconds)]


def submissions_wire(folder: Path, size: Size) -> Sequence[Row]:
    """API submissions on a MongoDB-wire server."""
    with mongodb_wire(folder) as uri:
        return [submissions.measure(folder, WIRE, uri, size.rounds, size.seconds)]


def pages_embedded(folder: Path, size: Size) -> Sequence[Row]:
    """Page POSTs on SQLite."""
    return [pages.measure(folder, min(size.rounds, 3), 2 * size.seconds)]


def mails_embedded(folder: Path, size: Size) -> Sequence[Row]:
    """Submission to mail on the embedded store and bus."""
    return [mails.measure(folder, "embedded", "", "", size.mail_s)]


def growing(folder: Path, size: Size) -> Sequence[Row]:
    """Scoring with little and with much stored."""
    return [growth.measure(folder, 1000, size.many, size.submissions)]


def devices_embedded(folder: Path, size: Size) -> Sequence[Row]:
    """Filled forms from devices on SQLite."""
    return [devices.measure(folder, min(size.rounds, 3), size.seconds)]


def long_forms(_: Path, size: Size) -> Sequence[Row]:
    """A long form, judged as a page does."""
    return [long_form.measure(size.rounds)]


def evaluating(_: Path, size: Size) -> Sequence[Row]:
    """Both expression evaluators."""
    return expressions.measure(size.rounds, 1.0)


def starting(folder: Path, size: Size) -> Sequence[Row]:
    """Cold start of the embedded deployment."""
    return cold_start.measure(folder, size.starts)


MEASURES: dict[str, Measure] = {
    "submissions": submissions_embedded,
    "submissions-wire": submissions_wire,
    "pages": pages_embedded,
    "mails": mails_embedded,
    "growth": growing,
    "devices": devices_embedded,
    "long-form": long_forms,
    "expressions": evaluating,
    "cold-start": starting,
}


def rows(names: Sequence[str], size: Size) -> Iterator[Row]:
    """Measure one after the other; what cannot run here says why."""
    for name in names:
        print(f"… {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix=f"peilung-bench-{name}-") as folder:
            try:
                yield from MEASURES[name](Path(folder), size)
            except CannotRun as why:
                yield left_out(name, "-", str(why).splitlines()[0])
            except Exception as error:
                yield left_out(name, "-", f"failed: {type(error).__name__}: {error}")


def main(argv: list[str] | None = None) -> int:
    """Print the table; always 0, as a slow machine is no fault of the code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter and less certain")
    parser.add_argument("--only", choices=MEASURES, action="append", help="measure only this; may be repeated")
    options = parser.parse_args(argv)
    before = os.getloadavg()[0]
    found = list(rows(options.only or list(MEASURES), QUICK if options.quick else FULL))
    print(table(found))
    print(
        f"\n{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load before {before:.1f}, after {os.getloadavg()[0]:.1f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
