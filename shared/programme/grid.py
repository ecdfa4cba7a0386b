"""Tables of an XLSForm, whatever file they come from: sheets, rows and cells with their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shared.programme.place import Place, Report

MAX_ROWS = 5_000
MAX_COLUMNS = 100
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Cell:
    """A text in a table; `raw` is how it stands in a Markdown file, where `|` is written `\\|`."""

    text: str
    place: Place
    raw: str = ""

    def place_at(self, offset: int) -> Place:
        """Return the place of the character at this offset (from 0) of `text`."""
        if self.place.heading:
            return replace(self.place, column=offset + 1)
        escapes = 0
        position = -1
        for _ in range(offset + 1):
            position += 1
            if self.raw.startswith("\\|", position):
                position += 1
                escapes += 1
        return replace(self.place, column=self.place.column + offset + escapes)


@dataclass(frozen=True)
class Row:
    """A row by heading; a missing key is an empty cell. `number` counts as the spreadsheet does."""

    number: int
    place: Place
    cells: dict[str, Cell] = field(default_factory=dict)

    def text(self, heading: str) -> str:
        """Return the cell's text, empty when there is none."""
        cell = self.cells.get(heading)
        return cell.text if cell else ""

    def at(self, heading: str) -> Place:
        """Return the cell's place, or the row's when the cell is empty."""
        cell = self.cells.get(heading)
        return cell.place if cell else self.place


@dataclass
class Sheet:
    """A named table: its headings and its non-empty rows."""

    name: str
    place: Place
    headings: list[Cell] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


Line = tuple[int, Sequence[Cell | None]]


def sheet_of(name: str, place: Place, lines: Sequence[Line], report: Report) -> Sheet:
    """Build a sheet from numbered lines of cells; the first one with any text holds the headings."""
    filled = [(number, cells) for number, cells in lines if any(cells)]
    sheet = Sheet(name, place)
    if not filled:
        return sheet
    columns = _headings(filled[0][1], sheet, report)
    for number, cells in filled[1:]:
        sheet.rows.append(_row(number, cells, columns, report))
    return sheet


def _headings(cells: Sequence[Cell | None], sheet: Sheet, report: Report) -> list[str]:
    columns: list[str] = []
    for cell in cells:
        text = _SPACES.sub(" ", cell.text) if cell else ""
        if cell and text in columns:
            report.fault(cell.place, "duplicate_column", f'The column "{text}" stands here twice; keep one.')
            text = ""
        elif cell:
            sheet.headings.append(replace(cell, text=text))
        columns.append(text)
    return columns


def _row(number: int, cells: Sequence[Cell | None], columns: Sequence[str], report: Report) -> Row:
    row = Row(number, next(_row_place(cell.place) for cell in cells if cell))
    for index, cell in enumerate(cells):
        if cell is None:
            continue
        heading = columns[index] if index < len(columns) else ""
        if heading:
            place = replace(cell.place, heading=heading) if cell.place.heading else cell.place
            row.cells[heading] = replace(cell, place=place)
        elif index >= len(columns):
            message = "This cell stands right of the last heading. In a Markdown table write | inside a text as \\|."
            report.fault(cell.place, "no_heading", message)
        else:
            report.fault(cell.place, "no_heading", "This column has no usable heading; add one or clear the cell.")
    return row


def _row_place(place: Place) -> Place:
    return replace(place, heading="", letter="", column=0 if place.heading else place.column)
