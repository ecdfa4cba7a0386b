"""The choices sheet: lists of choices, each name once per list, each label in every language."""

from __future__ import annotations

import re

from shared.programme.columns import columns_of
from shared.programme.entries import Entry, Languages, missing_columns
from shared.programme.fields import NAME, NAME_RULE
from shared.programme.grid import Sheet
from shared.programme.model import Choice
from shared.programme.place import Place, Report
from shared.programme.vocabulary import CHOICES

MAX_NAME = 64
_CONTROL = re.compile(r"[\x00-\x1f$.]")

Lists = dict[str, tuple[Choice, ...]]


def read_choices(
    sheet: Sheet | None, languages: Languages, report: Report
) -> tuple[Lists, dict[tuple[str, str], Entry]]:
    """Return the lists by name, and the row of every (list, choice)."""
    lists: dict[str, list[Choice]] = {}
    entries: dict[tuple[str, str], Entry] = {}
    if sheet is None:
        return {}, entries
    columns = columns_of(sheet, CHOICES, report)
    for name in ("list_name", "name"):
        if name not in columns.plain and sheet.headings:
            report.fault(sheet.headings[0].place, "missing_column", f'The sheet choices needs a column "{name}".')
    for heading in columns.further:
        if not NAME.fullmatch(heading):
            message = f'"{heading}" cannot be the heading of a further column: {NAME_RULE}.'
            report.fault(columns.places[heading], "bad_name", message)
    missing_columns(columns, languages, sheet, "label", report)
    for row in sheet.rows:
        entry = Entry(row, columns, languages)
        choice = read_choice(entry, entry.text("list_name"), entries, report)
        if choice:
            lists.setdefault(entry.text("list_name"), []).append(choice)
    return {name: tuple(choices) for name, choices in lists.items()}, entries


def read_choice(entry: Entry, list_name: str, entries: dict[tuple[str, str], Entry], report: Report) -> Choice | None:
    """Return the choice in a row of this list and note its row in `entries`; None (and faults) when it is none."""
    name = entry.text("name")
    for column in ("list_name", "name"):
        if column in entry.columns.plain and not entry.text(column):
            report.fault(entry.place, "missing_cell", f"This choice has no {column}.")
    if not list_name or not name:
        return None
    if "list_name" in entry.columns.plain and not NAME.fullmatch(list_name):
        report.fault(entry.at("list_name"), "bad_name", f'"{list_name[:80]}" cannot be a list name: {NAME_RULE}.')
    if len(name) > MAX_NAME or _CONTROL.search(name):
        message = (
            f'"{name[:80]}" cannot be a choice name: at most {MAX_NAME} characters, none of them $ or a full stop.'
        )
        report.fault(entry.at("name"), "bad_name", message)
    if (list_name, name) in entries:
        message = f'The list "{list_name}" already has a choice "{name}"; give every choice its own name.'
        report.fault(entry.at("name"), "duplicate_choice", message)
        return None
    entries[list_name, name] = entry
    further = {heading: cell.text for heading in entry.columns.further if (cell := entry.row.cells.get(heading))}
    return Choice(name, entry.texts("label", report, needed=True), further)


def check_use(
    lists: Lists, entries: dict[tuple[str, str], Entry], used: dict[str, tuple[str, Place]], report: Report
) -> None:
    """Name lists nobody uses, and choice names with spaces in lists of which several may be chosen."""
    for list_name, choices in lists.items():
        first = entries.get((list_name, choices[0].name)) if choices else None
        if first is None:  # from a file: used, and named by the file's checks
            continue
        if list_name not in used:
            report.notice(first.at("list_name"), "unused_list", f'No question uses the list "{list_name}".')
        elif used[list_name][0] != "select_one":
            for choice in choices:
                if " " in choice.name:
                    message = f'"{choice.name}" has a space; in a list of which several may be chosen use _ instead.'
                    report.fault(entries[list_name, choice.name].at("name"), "space_in_name", message)
