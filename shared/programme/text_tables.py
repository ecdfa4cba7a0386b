"""Tables kept as text: XLSForm in Markdown or CSV, and plain CSV lists."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from shared.programme.grid import MAX_COLUMNS, MAX_ROWS, Cell, Line, Sheet, sheet_of
from shared.programme.place import Place, Report
from shared.programme.workbook import letter_of

MAX_BYTES = 1_000_000
_SEPARATOR = frozenset("|-: \t")
_TOO_LONG = f"The tables have more than {MAX_ROWS:,} rows; shorten them."
_PIPE = re.compile(r"(?<!\\)\|")


def decode(data: bytes, file: str, report: Report) -> str | None:
    """Return the text of a small UTF-8 file; None (and a fault) for anything else."""
    if len(data) > MAX_BYTES:
        report.fault(Place(file), "too_large", f"The file is larger than {MAX_BYTES:,} bytes; shorten it.")
    elif data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        report.fault(
            Place(file), "wrong_format", "This is a workbook, not a text file; give it its own ending (.xlsx)."
        )
    elif b"\0" in data:
        report.fault(Place(file), "not_utf8", "This is not a text file; save it as UTF-8.")
    else:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            report.fault(Place(file, line=line, column=1), "not_utf8", "Save the file as UTF-8; this line is not.")
    return None


def read_markdown(data: bytes, file: str, report: Report) -> list[Sheet]:
    """Read pyxform's Markdown tables: the first column names the sheet, the rest are its cells."""
    text = decode(data, file, report) or ""
    tables: list[tuple[str, Place, list[Line]]] = []
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if _is_row(line)]
    if len(lines) > MAX_ROWS:
        report.fault(Place(file, line=lines[MAX_ROWS][0], column=1), "too_large", _TOO_LONG)
    for number, line in lines[:MAX_ROWS]:
        _markdown_line(line.rstrip(), number, file, tables, report)
    return [sheet_of(name, place, lines, report) for name, place, lines in tables]


def _is_row(line: str) -> bool:
    text = line.strip()
    return len(text) > 1 and text[0] == "|" and ("-" not in text or not _SEPARATOR.issuperset(text))


def _markdown_line(
    line: str, number: int, file: str, tables: list[tuple[str, Place, list[Line]]], report: Report
) -> None:
    body, _, comment = line.rpartition("|")
    if comment and not comment.lstrip().startswith("#"):
        message = "A table row must end with |. In a text write | as \\|."
        report.fault(Place(file, line=number, column=len(line)), "open_row", message)
        body = line
    cells = _markdown_cells(body, number, file)
    name = cells[0] if cells else None
    if name:
        tables.append((name.text.lower(), name.place, []))
    if any(cells[1:]) and not tables:
        message = "Name the sheet first: a row such as | survey | above its headings."
        report.fault(Place(file, line=number, column=1), "no_sheet", message)
    elif tables:
        tables[-1][2].append((number, cells[1:]))


def _markdown_cells(body: str, number: int, file: str) -> list[Cell | None]:
    start = body.index("|") + 1
    cells: list[Cell | None] = []
    for raw in _PIPE.split(body[start:], maxsplit=MAX_COLUMNS):
        text = raw.strip()
        column = start + len(raw) - len(raw.lstrip()) + 1
        place = Place(file, line=number, column=column)
        cells.append(Cell(text.replace("\\|", "|").replace("\xa0", " "), place, text) if text else None)
        start += len(raw) + 1
    return cells


def read_csv_form(data: bytes, file: str, report: Report) -> list[Sheet]:
    """Read an XLSForm in one CSV file: the first column names the sheet, the rest are its cells."""
    tables: list[tuple[str, Place, list[Line]]] = []
    for number, fields in _csv_rows(data, file, report):
        if fields and fields[0].strip():
            tables.append((fields[0].strip().lower(), Place(file, line=number, column=1), []))
        if tables:
            sheet = tables[-1][0]
            cells = [_csv_cell(text, file, sheet, number, i) for i, text in enumerate(fields)]
            tables[-1][2].append((number, cells[1:]))
        elif any(text.strip() for text in fields):
            message = "Name the sheet first: a row with survey in the first column."
            report.fault(Place(file, line=number, column=1), "no_sheet", message)
    return [sheet_of(name, place, lines, report) for name, place, lines in tables]


def write_csv_form(sheets: Sequence[Sheet]) -> str:
    """Write sheets as one CSV file, as `read_csv_form` reads it; line breaks inside cells are kept."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for sheet in sheets:
        headings = [heading.text for heading in sheet.headings]
        writer.writerow([sheet.name])
        writer.writerow(["", *headings])
        writer.writerows(["", *(row.text(heading) for heading in headings)] for row in sheet.rows)
    return stream.getvalue()


def read_csv_list(data: bytes, file: str, report: Report) -> Sheet:
    """Read a plain CSV file whose first row holds the headings; `,` or `;` between the cells."""
    lines: list[Line] = []
    for number, fields in _csv_rows(data, file, report):
        lines.append((number, [_csv_cell(text, file, "", number, i) for i, text in enumerate(fields)]))
    return sheet_of("", Place(file), lines, report)


def _csv_cell(text: str, file: str, sheet: str, number: int, index: int) -> Cell | None:
    clean = text.replace("\xa0", " ").strip()
    letter = letter_of(index)
    return Cell(clean, Place(file, sheet, number, heading=letter, letter=letter)) if clean else None


def _csv_rows(data: bytes, file: str, report: Report) -> list[tuple[int, list[str]]]:
    text = decode(data, file, report) or ""
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows.extend(zip(range(1, MAX_ROWS + 2), reader, strict=False))
    except csv.Error as error:
        message = f"This row is not valid CSV: {error}. Look for a quotation mark that is not closed."
        report.fault(Place(file, line=max(reader.line_num, 1), column=1), "csv_syntax", message)
    if len(rows) > MAX_ROWS:
        report.fault(Place(file, line=MAX_ROWS + 1, column=1), "too_large", _TOO_LONG)
    return [(number, fields[: MAX_COLUMNS + 1]) for number, fields in rows[:MAX_ROWS]]
