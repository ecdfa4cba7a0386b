"""CSV: RFC 4180 with commas, UTF-8 with a byte order mark, and no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from services.intake.handlers.export import Table

MEDIA_TYPE = "text/csv"
_AT_ONCE = 64 * 1024
_WRITTEN_BY_PEOPLE = frozenset({"text", "computed"})
# A program that splits at another separator than ours, or ignores quotes, must meet no formula either.
_FORMULA = re.compile(r"(^|[,;\t\r\n])(?=[\"' ]*[=+\-@\t\r＝＋－＠])")


def write(table: Table) -> Iterator[bytes]:
    """Yield the file: a line of names, then one line per response."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    risky = [at for at, column in enumerate(table.columns) if column.kind in _WRITTEN_BY_PEOPLE]
    text.write("\ufeff")
    lines.writerow([column.name for column in table.columns])
    for row in table.rows:
        cells = list(row.values)
        for at in risky:
            cell = cells[at]
            if isinstance(cell, str):
                cells[at] = harmless(cell)
        lines.writerow(cells)
        if text.tell() > _AT_ONCE:
            yield _taken(text)
    yield _taken(text)


def harmless(text: str) -> str:
    """Return the text with a `'` wherever a spreadsheet could see the beginning of a formula."""
    return _FORMULA.sub(r"\1'", text)


def _taken(text: io.StringIO) -> bytes:
    taken = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return taken
