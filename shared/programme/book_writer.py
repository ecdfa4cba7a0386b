"""A published form as an Excel workbook, laid out so that the next edit can start from it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill

from shared.programme.model import Form
from shared.programme.workbook import letter_of
from shared.programme.xlsform import workbook_of

_SHEETS = ("survey", "choices", "settings")
_LEFT_OUT = frozenset({"client_editable"})
_FIRST = ("type", "list_name", "name", "form_title", "form_id", "version", "default_language")
_WIDTHS = {"type": 26, "name": 22, "list_name": 18}
_WIDE, _NARROW = 44, 20
_HEAD = PatternFill("solid", fgColor="DDE8EA")


def write_workbook(form: Form) -> bytes:
    """Return the form as .xlsx; read again, it is the same form. What the programme decides is not in it."""
    content = workbook_of(form)
    book = Workbook()
    book.remove(book.worksheets[0])
    for name in _SHEETS:
        _write(book, name, content[name])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(book: Workbook, name: str, rows: Sequence[Mapping[str, str]]) -> None:
    headings = dict.fromkeys(key for row in rows for key in row if key not in _LEFT_OUT)
    ordered = [*(key for key in _FIRST if key in headings), *(key for key in headings if key not in _FIRST)]
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "C2" if name == "survey" else "A2"
    for index, heading in enumerate(ordered):
        cell = sheet.cell(1, index + 1, heading)
        cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.column_dimensions[letter_of(index)].width = _WIDTHS.get(heading, _WIDE if "::" in heading else _NARROW)
        for number, row in enumerate(rows, start=2):
            if row.get(heading):
                written = sheet.cell(number, index + 1)
                written.value = ILLEGAL_CHARACTERS_RE.sub("", row[heading])
                written.data_type = "s"  # a text that starts with = is not a formula
                written.alignment = Alignment(vertical="top", wrap_text=True)
