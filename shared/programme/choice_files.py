"""Choices from CSV files beside a form (`select_one_from_file towns.csv`): columns name, label and any further ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shared.programme.choices import Lists, read_choice
from shared.programme.columns import columns_of
from shared.programme.entries import Entry, Languages
from shared.programme.fields import NAME, NAME_RULE
from shared.programme.form import Choice
from shared.programme.grid import Cell, Sheet
from shared.programme.place import Place, Report
from shared.programme.question_types import choice_file, list_of_file
from shared.programme.text_tables import read_csv_list
from shared.programme.vocabulary import CHOICE_FILE

Attached = Callable[[str], bytes | None]
_TYPE_HEADINGS = ("type", "command")


def no_files(_: str) -> bytes | None:
    """Return None: a form that stands alone has no files beside it."""
    return None


def add_files(survey: Sheet, lists: Lists, attached: Attached, languages: Languages, report: Report) -> None:
    """Add a list for every file the survey names; a file that is not there is a fault and an empty list."""
    for row in survey.rows:
        cell = next((row.cells[name] for name in _TYPE_HEADINGS if name in row.cells), None)
        file = choice_file(cell.text) if cell else ""
        if cell and file.endswith(".csv") and list_of_file(file) not in lists:
            lists[list_of_file(file)] = _read(file, cell, attached, languages, report)


def _read(file: str, cell: Cell, attached: Attached, languages: Languages, report: Report) -> tuple[Choice, ...]:
    if not NAME.fullmatch(list_of_file(file)):
        report.fault(cell.place, "bad_name", f'"{file[:80]}" cannot name a list: before .csv {NAME_RULE}.')
        return ()
    data = attached(file)
    if data is None:
        message = f'The file "{file[:80]}" is not beside the form; put it there, or its rows on the sheet choices.'
        report.fault(cell.place, "missing_file", message)
        return ()
    sheet = read_csv_list(data, file, report)
    columns = columns_of(sheet, CHOICE_FILE, report)
    if "name" not in columns.plain or "label" not in columns.translated:
        report.fault(Place(file, line=1), "missing_column", "The file needs the columns name and label.")
        return ()
    entries: dict[tuple[str, str], Entry] = {}
    read = (read_choice(Entry(row, columns, languages), file, entries, report) for row in sheet.rows)
    return tuple(_in_all(choice, languages) for choice in read if choice)


def _in_all(choice: Choice, languages: Languages) -> Choice:
    """Use a label that is given once for every language: files often hold names of places."""
    usual = choice.label.get(languages.default) or next(iter(choice.label.values()), choice.name)
    return replace(choice, label={code: choice.label.get(code, usual) for code in languages.required})
