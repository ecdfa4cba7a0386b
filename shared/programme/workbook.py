"""Excel workbooks: refused unopened when dangerous, then read cell by cell."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from shared.programme.grid import MAX_COLUMNS, MAX_ROWS, Cell, Line, Sheet, sheet_of
from shared.programme.place import Place, Report

MAX_BYTES = 5_000_000
MAX_MEMBERS = 200
MAX_UNPACKED = 50_000_000
MAX_RATIO = 100
MAX_SHEETS = 6_000_000
MAX_OTHER = 2_000_000
MAX_CELLS = 100_000
_SMALL = 100_000
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_MEMBER = b"PK\x01\x02"
_TOO_MANY = f"The workbook has more than {MAX_MEMBERS} parts; copy the form sheets into a new one."
_TOO_LONG = f"has more than {MAX_ROWS:,} rows or {MAX_CELLS:,} filled cells; shorten it."
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, ParseError, OSError, EOFError, KeyError, ValueError, TypeError,
    AttributeError, IndexError, OverflowError, NotImplementedError, RuntimeError,
)  # fmt: skip


def letter_of(index: int) -> str:
    """Return the spreadsheet letter of a column counted from 0."""
    return str(get_column_letter(index + 1))


def read_workbook(
    data: bytes, file: str, report: Report, wanted: Iterable[str], columns: int = MAX_COLUMNS
) -> list[Sheet]:
    """Read the wanted sheets of an .xlsx file; others come back empty, by name only."""
    problem = _danger(data)
    if problem:
        report.fault(Place(file), *problem)
        return []
    names = frozenset(wanted)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            return [_sheet(book[name], file, report, names, columns) for name in book.sheetnames]
        finally:
            book.close()
    except _UNREADABLE:
        message = (
            "The workbook is damaged or not a real .xlsx file. Open it and save it again as Excel workbook (.xlsx)."
        )
        report.fault(Place(file), "unreadable", message)
        return []


def _danger(data: bytes) -> tuple[str, str] | None:
    if len(data) > MAX_BYTES:
        return "too_large", f"The workbook is larger than {MAX_BYTES:,} bytes; remove pictures and unused sheets."
    if data.startswith(_OLD_FORMAT):
        message = "This is an old .xls file or has a password. Save it as Excel workbook (.xlsx) without a password."
        return "old_format", message
    if not data.startswith(b"PK\x03\x04"):
        return "wrong_format", "This is not an Excel workbook; save it as Excel workbook (.xlsx)."
    if data.count(_MEMBER) > MAX_MEMBERS:  # before the list of parts is read, which takes time by itself
        return "too_large", _TOO_MANY
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _danger_inside(archive.infolist(), len(data)) or _too_long(archive)
    except _UNREADABLE:
        return "unreadable", "The workbook is damaged; open it and save it again as Excel workbook (.xlsx)."


def _danger_inside(members: list[zipfile.ZipInfo], packed: int) -> tuple[str, str] | None:
    if len(members) > MAX_MEMBERS:
        return "too_large", _TOO_MANY
    unpacked = sum(member.file_size for member in members)
    swollen = any(m.file_size > max(_SMALL, MAX_RATIO * m.compress_size) for m in members)
    parsed = [m for m in members if m.filename.lower().endswith((".xml", ".rels"))]
    sheets = sum(m.file_size for m in parsed if "worksheets/" in m.filename.lower())
    swollen |= sheets > MAX_SHEETS or sum(m.file_size for m in parsed) - sheets > MAX_OTHER
    if unpacked > min(MAX_UNPACKED, max(_SMALL, MAX_RATIO * packed)) or swollen:
        return "too_large", "The workbook unpacks to far more than a form needs; copy the form sheets into a new one."
    if any(m.filename.lower().endswith("vbaproject.bin") for m in members):
        return "macros", "The workbook contains macros. Save it as Excel workbook (.xlsx), which has none."
    return None


def _too_long(archive: zipfile.ZipFile) -> tuple[str, str] | None:
    """Count rows and filled cells before a parser does, which takes far longer."""
    for member in archive.infolist():
        if "worksheets/" in member.filename.lower():
            sheet = archive.read(member)
            if sheet.count(b"<row ") > MAX_ROWS or sheet.count(b"</c>") > MAX_CELLS:
                return "too_large", f"A sheet of the workbook {_TOO_LONG}"
    return None


def _sheet(worksheet: Any, file: str, report: Report, wanted: frozenset[str], columns: int) -> Sheet:
    name = str(worksheet.title)
    place = Place(file, sheet=name)
    if name.lower() not in wanted:
        return Sheet(name, place)
    return sheet_of(name.lower(), place, list(_lines(worksheet, place, report, columns)), report)


def _lines(worksheet: Any, place: Place, report: Report, columns: int) -> Iterator[Line]:
    worksheet.reset_dimensions()
    seen = 0
    for number, row in enumerate(worksheet.iter_rows(max_row=MAX_ROWS + 1, max_col=columns), start=1):
        cells = [_cell(cell, place, number, index, report) for index, cell in enumerate(row)]
        seen += sum(cell is not None for cell in cells)
        if seen > MAX_CELLS or number > MAX_ROWS:
            report.fault(place, "too_large", f"The sheet {_TOO_LONG}")
            return
        yield number, cells


def _cell(cell: Any, place: Place, number: int, index: int, report: Report) -> Cell | None:
    if cell.value is None:
        return None
    letter = letter_of(index)
    here = Place(place.file, place.sheet, number, heading=letter, letter=letter)
    if cell.data_type == "f":
        report.fault(here, "formula", "The cell holds a formula; copy it and paste it as a value.")
        return None
    if cell.data_type == "e":
        report.fault(here, "error_cell", f"The cell shows the error {cell.value}; put the text itself here.")
        return None
    text = value_text(cell.value)
    return Cell(text, here) if text else None


def value_text(value: object) -> str:
    """Write a cell's value as XLSForm text: whole numbers without `.0`, days as ISO, TRUE/FALSE."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, time):
        return value.isoformat()
    return str(value).replace("\xa0", " ").strip()
