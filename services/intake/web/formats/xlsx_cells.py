"""One cell of a sheet as XML: numbers, dates and times as such, all else as text that is never a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from xml.sax.saxutils import escape

from services.intake.domain.export_columns import Column
from services.intake.web.formats.xlsx_parts import BOLD, DATE, MOMENT, TEXT, TIME

# (where, value) -> XML
Cell = Callable[[str, Any], str]

_NUMBERS = frozenset({"number", "flag", "rank"})
_DAY_S = 86_400
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001
_FIRST_SURE_DAY = 61
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Text that the format itself would read as an escaped character.
_LIKE_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def cell_of(column: Column) -> Cell:
    """Return how the cells of a column are written."""
    if column.kind in _NUMBERS or column.numbers:
        return _number_cell
    cells: dict[str, Cell] = {"date": _date_cell, "dateTime": _moment_cell, "time": _time_cell}
    return cells.get(column.kind, text_cell)


def text_cell(where: str, value: Any) -> str:
    """Return a text as a cell of text format, so that it stays one when somebody edits it; a number as number."""
    if not isinstance(value, str):
        return _number_cell(where, value)
    return _string(where, TEXT, value)


def heading(where: str, value: Any) -> str:
    """Return a heading."""
    return _string(where, BOLD, str(value))


def _string(where: str, style: int, text: str) -> str:
    clean = _LIKE_ESCAPED.sub("_x005F_", _NOT_IN_XML.sub("\ufffd", text))
    return f'<c r="{where}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


def _number_cell(where: str, value: Any) -> str:
    return f'<c r="{where}"><v>{value}</v></c>'


def _date_cell(where: str, value: Any) -> str:
    return _calendar_cell(where, DATE, value, (_wall_clock(value) - _EPOCH).days)


def _moment_cell(where: str, value: Any) -> str:
    return _calendar_cell(where, MOMENT, value, (_wall_clock(value) - _EPOCH).total_seconds() / _DAY_S)


def _calendar_cell(where: str, style: int, value: str, days: float) -> str:
    """Return a date; days before March 1900, which spreadsheets count in different ways or not at all, as text."""
    if days < _FIRST_SURE_DAY:
        return _string(where, TEXT, value)
    return f'<c r="{where}" s="{style}"><v>{days}</v></c>'


def _time_cell(where: str, value: Any) -> str:
    at = time.fromisoformat(value)
    return f'<c r="{where}" s="{TIME}"><v>{(at.hour * 3600 + at.minute * 60 + at.second) / _DAY_S}</v></c>'


def _wall_clock(text: str) -> datetime:
    """Return a date or a moment as the clock on the wall showed it."""
    return datetime.fromisoformat(text).replace(tzinfo=None)
