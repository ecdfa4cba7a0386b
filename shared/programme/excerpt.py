"""The rows of a form's sheets in which something is wrong, as they stand there, with the faulty cells marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.programme.grid import Cell, Row, Sheet
from shared.programme.place import Finding, Place

_MOST_ROWS = 60
_LONGEST = 160


@dataclass(frozen=True)
class Shown:
    """One cell: its text, and the numbers (from 1) of the faults in it."""

    text: str
    faults: tuple[int, ...] = ()


@dataclass(frozen=True)
class ShownRow:
    """One row by its number in the file; `faults` are those of the row as a whole."""

    number: int
    cells: tuple[Shown, ...]
    faults: tuple[int, ...] = ()


@dataclass(frozen=True)
class Excerpt:
    """One sheet: its headings (with their letters, if it has any) and the rows with faults."""

    sheet: str
    letters: tuple[str, ...]
    headings: tuple[Shown, ...]
    rows: tuple[ShownRow, ...]


def excerpts(sheets: Sequence[Sheet], faults: Sequence[Finding]) -> list[Excerpt]:
    """Return what has to be looked at; `faults` are numbered as they come."""
    numbered = list(enumerate(faults, start=1))
    found = [_excerpt(sheet, [one for one in numbered if _of(sheet, one[1].place)]) for sheet in sheets]
    return [one for one in found if one.rows or any(heading.faults for heading in one.headings)]


Numbered = list[tuple[int, Finding]]


def _excerpt(sheet: Sheet, faults: Numbered) -> Excerpt:
    shown = [_row(sheet, row, faults) for row in sheet.rows]
    faulty = [row for row in shown if row.faults or any(cell.faults for cell in row.cells)]
    return Excerpt(
        sheet=sheet.name,
        letters=tuple(heading.place.letter for heading in sheet.headings),
        headings=tuple(_shown(heading, faults) for heading in sheet.headings),
        rows=tuple(faulty[:_MOST_ROWS]),
    )


def _of(sheet: Sheet, place: Place) -> bool:
    if place.sheet or not place.line:
        return place.sheet.lower() == sheet.place.sheet.lower() and bool(place.sheet)
    return not sheet.place.sheet  # text tables name their lines instead of their sheets


def _row(sheet: Sheet, row: Row, faults: Numbered) -> ShownRow:
    here = [one for one in faults if one[1].place.line == row.place.line]
    cells = tuple(_shown(row.cells.get(heading.text), here) for heading in sheet.headings)
    told = {number for cell in cells for number in cell.faults}
    return ShownRow(row.number, cells, tuple(number for number, _ in here if number not in told))


def _shown(cell: Cell | None, faults: Numbered) -> Shown:
    if cell is None:
        return Shown("")
    text = cell.text if len(cell.text) <= _LONGEST else f"{cell.text[: _LONGEST - 1]}…"
    return Shown(text, tuple(number for number, finding in faults if _inside(cell, finding.place)))


def _inside(cell: Cell, place: Place) -> bool:
    if place.line != cell.place.line:
        return False
    if cell.place.letter:
        return place.letter == cell.place.letter
    return cell.place.column <= place.column < cell.place.column + max(len(cell.raw), 1)
