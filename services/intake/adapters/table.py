"""A table with answers from a file: CSV, or the sheet `answers` of a workbook."""

from __future__ import annotations

import csv
import io
import re

from services.intake.domain.bulk import Line
from shared.errors import Fault, Invalid
from shared.programme.place import Report
from shared.programme.workbook import read_workbook

MAX_BYTES = 20_000_000
MAX_COLUMNS = 2_000
_SHEET = "answers"
# What an export as CSV puts before texts that a spreadsheet could take for a formula.
_GUARD = re.compile(r"(^|[,;\t\r\n])'(?=[\"' ]*[=+\-@\t\r＝＋－＠])")


def read_table(data: bytes, file: str) -> list[Line]:
    """Return the rows that hold anything; the first one of the file holds the headings. Raises Invalid."""
    if file.lower().endswith(".xlsx"):
        return _workbook(data, file)
    if len(data) > MAX_BYTES:
        raise _refused("too_large", f"The table is larger than {MAX_BYTES:,} bytes; divide it.")
    try:
        text = data.decode("utf-8-sig")
        first = text.split("\n", 1)[0]
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
        table = [(rows.line_num, row) for row in rows]
    except UnicodeDecodeError:
        raise _refused("not_utf8", "Save the table as CSV UTF-8.") from None
    except csv.Error as error:
        raise _refused("csv_syntax", f"This is not valid CSV: {error}.") from None
    headings = [one.strip() for one in table[0][1]] if table else []
    found = [Line(number, _cells(headings, row)) for number, row in enumerate((row for _, row in table[1:]), start=2)]
    return [line for line in found if line.cells]


def _cells(headings: list[str], row: list[str]) -> dict[str, str]:
    cells = ((name, _GUARD.sub(r"\1", text).strip()) for name, text in zip(headings, row, strict=False))
    return {name: text for name, text in cells if name and text}


def _workbook(data: bytes, file: str) -> list[Line]:
    report = Report()
    sheets = read_workbook(data, file, report, (_SHEET,), columns=MAX_COLUMNS)
    if report.faults:
        raise report.invalid()
    for sheet in sheets:
        if sheet.name == _SHEET:
            return [Line(row.number, {name: cell.text for name, cell in row.cells.items()}) for row in sheet.rows]
    raise _refused("no_sheet", 'Call the sheet with the answers "answers".')


def _refused(code: str, message: str) -> Invalid:
    return Invalid([Fault("1", code, message)])
