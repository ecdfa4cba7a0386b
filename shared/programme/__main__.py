"""Command line: check programme folders and forms, publish a programme, convert a form."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.errors import Invalid
from shared.programme.loader import load_form, load_programme, read_programme
from shared.programme.model import Programme
from shared.programme.place import Report
from shared.programme.publish import PublishFailed, publish
from shared.programme.xlsform import xform


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 when something is wrong (it is printed)."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except Invalid as invalid:
        for fault in invalid.faults:
            print(f"{getattr(options, 'folder', None) or options.published}/{fault.path}: {fault.message}")
    except PublishFailed as failed:
        print(failed, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shared.programme", description=__doc__)
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("check", help="name every fault of programme folders or single forms")
    check.add_argument("sources", nargs="+", type=Path, metavar="DIR", help="a programme folder, or one form file")
    check.add_argument(
        "--published", type=Path, metavar="DIR", help="the folder of the version in use, to compare with"
    )
    check.set_defaults(run=_check)
    publishing = commands.add_parser("publish", help="check a programme folder and send it to a running installation")
    publishing.add_argument("folder", type=Path, metavar="DIR")
    publishing.add_argument("--url", required=True, help="address of the installation, e.g. http://localhost:8080")
    publishing.add_argument("--key", required=True, help="API key that may publish programmes")
    publishing.set_defaults(run=_publish)
    convert = commands.add_parser("convert", help="write one form of a programme in another format")
    convert.add_argument("folder", type=Path, metavar="DIR")
    convert.add_argument("form", metavar="FORM", help="the form's id")
    convert.add_argument("--to", required=True, choices=["xform"])
    convert.set_defaults(run=_convert)
    return parser


def _check(options: argparse.Namespace) -> int:
    published = read_programme(options.published) if options.published else None
    return max([_check_one(source, published) for source in options.sources])


def _check_one(source: Path, published: Programme | None) -> int:
    if source.is_dir():
        loaded = load_programme(source, published)
        _print_findings(loaded.report, str(source))
        if loaded.programme is None:
            return 1
        print(f"{source}: ok: {_counts(loaded.programme)}")
        return 0
    try:
        form, report = load_form(source.read_bytes(), source.name, source)
    except OSError as error:
        print(f"{source}: cannot be read ({error.strerror}).")
        return 1
    _print_findings(report, str(source.parent))
    if form is None:
        return 1
    print(f"{source}: ok: {len(form.questions())} questions, {len(form.choices)} choice lists")
    return 0


def _print_findings(report: Report, folder: str) -> None:
    marked = [(finding, "") for finding in report.faults] + [(finding, "notice: ") for finding in report.notices]
    for finding, mark in sorted(marked):
        print(f"{finding.place.inside(folder)}: {mark}{finding.message}")


def _counts(programme: Programme) -> str:
    named = {
        "forms": programme.forms,
        "indicators": programme.indicators,
        "flags": programme.flags,
        "measures": programme.measures,
        "waves": programme.waves,
        "sites": programme.sites,
    }
    return ", ".join(f"{len(items)} {name}" for name, items in named.items())


def _publish(options: argparse.Namespace) -> int:
    read_programme(options.folder)
    print(publish(options.folder, options.url, options.key))
    return 0


def _convert(options: argparse.Namespace) -> int:
    programme = read_programme(options.folder)
    form = next((form for form in programme.forms if form.id == options.form), None)
    if form is None:
        known = ", ".join(form.id for form in programme.forms)
        print(f'There is no form "{options.form}"; known: {known}.', file=sys.stderr)
        return 1
    print(xform(form))
    return 0


if __name__ == "__main__":
    sys.exit(main())
