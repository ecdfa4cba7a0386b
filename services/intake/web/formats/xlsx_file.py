"""XLSX: a workbook with the answers and a codebook, zipped while it is written.

Libraries build the whole file before its first byte can be sent; the few parts of the format that a table
needs are written here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from services.intake.handlers.export import Table
from services.intake.web.formats import xlsx_parts as parts
from services.intake.web.formats.codebook import HEADINGS, lines
from services.intake.web.formats.xlsx_cells import Cell, cell_of, heading, text_cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A sheet holds this many rows, and a part of a zip file that every program opens 2 GiB.
MOST_ROWS = 1_048_576
_MOST_BYTES = 3 * 2**29
_AT_ONCE = 64 * 1024


class _Sink:
    """Takes what the archive writes, until it is taken away."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        """Keep the bytes."""
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        """Return what came since the last time."""
        taken, self._parts, self.size = self._parts, [], 0
        return b"".join(taken)


@dataclass(frozen=True)
class _Grid:
    """What a sheet shows: headings, one kind of cell per column, rows of values."""

    head: Sequence[str]
    cells: Sequence[Cell]
    rows: Iterable[Sequence[Any]]
    most_rows: int


def write(table: Table, most_rows: int = MOST_ROWS) -> Iterator[bytes]:
    """Yield the file: a sheet `answers` (`answers 2`, … where one is full) and a sheet `codebook`."""
    sink, sheets = _Sink(), ["answers"]
    names, cells = [column.name for column in table.columns], [cell_of(column) for column in table.columns]
    answers = _Grid(names, cells, (row.values for row in table.rows), most_rows)
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=2) as archive:
        while (yield from _sheet(archive, sink, len(sheets), answers)):
            sheets.append(f"answers {len(sheets) + 1}")
        sheets.append("codebook")
        codebook = _Grid(HEADINGS, [text_cell] * len(HEADINGS), lines(table), most_rows)
        yield from _sheet(archive, sink, len(sheets), codebook)
        for name, content in parts.around(sheets):
            archive.writestr(name, content)
    yield sink.taken()


def _sheet(archive: ZipFile, sink: _Sink, number: int, grid: _Grid) -> Generator[bytes, None, bool]:
    """Yield one sheet; return True when it is full, so that rows may be left."""
    letters = [parts.letters(at) for at in range(len(grid.head))]
    columns = list(zip(letters, grid.cells, strict=True))
    with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
        size = part.write(parts.SHEET_BEGIN)
        part.write(_row(1, [(letter, heading) for letter in letters], grid.head))
        full = False
        for at, values in enumerate(grid.rows, start=2):
            size += part.write(_row(at, columns, values))
            if sink.size > _AT_ONCE:
                yield sink.taken()
            full = at >= grid.most_rows or size > _MOST_BYTES
            if full:
                break
        part.write(parts.SHEET_END)
    return full


def _row(at: int, columns: Sequence[tuple[str, Cell]], values: Sequence[Any]) -> bytes:
    """Return one row as XML; empty cells are left out."""
    cells = [
        cell(f"{letters}{at}", value)
        for (letters, cell), value in zip(columns, values, strict=True)
        if value is not None
    ]
    return f'<row r="{at}">{"".join(cells)}</row>'.encode()
