"""What an SPSS variable is for each kind of column: its type, width, labels, missing codes and measure."""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.domain.export_columns import Column, Kind, in_language
from services.intake.domain.export_rows import Value

MOST_WIDTH = 32_767
MOST_MISSING = 3
MAY_BE_TEXT: frozenset[Kind] = frozenset({"text", "code", "computed"})
NOMINAL, ORDINAL, SCALE = 1, 2, 3
# The format's numbers for kinds of display.
_A, _F, _TIME, _DATETIME, _SDATE = 1, 5, 21, 22, 39


@dataclass(frozen=True)
class Variable:
    """One variable. `width` 0 = a number, else the bytes of a text; `display` is kind, width and decimals."""

    name: str
    width: int
    display: tuple[int, int, int]
    label: str
    values: tuple[tuple[str | float, str], ...] = ()
    missing: tuple[str | float, ...] = ()
    measure: int = NOMINAL


@dataclass
class Seen:
    """What the rows of a column hold: the widest text in bytes, and whether there was a number."""

    width: int = 0
    number: bool = False

    def note(self, value: Value) -> None:
        """Take one value into account."""
        if isinstance(value, str):
            self.width = max(self.width, len(value) if value.isascii() else len(value.encode()))
        elif value is not None:
            self.number = True


_NUMBERS: dict[Kind, tuple[tuple[int, int, int], int]] = {
    "number": ((_F, 12, 2), SCALE),
    "computed": ((_F, 12, 2), SCALE),
    "date": ((_SDATE, 10, 0), SCALE),
    "dateTime": ((_DATETIME, 20, 0), SCALE),
    "time": ((_TIME, 8, 0), SCALE),
    "flag": ((_F, 1, 0), NOMINAL),
    "rank": ((_F, 3, 0), ORDINAL),
    "code": ((_F, 8, 0), ORDINAL),
}


def variable(column: Column, name: str, language: str, seen: Seen) -> Variable:
    """Return the variable of a column; a calculation is a number unless one of its values was a text."""
    label = column.title(language)
    texts = column.kind == "text" or (column.kind == "code" and not column.numbers)
    if texts or (column.kind == "computed" and seen.width):
        return _text(column, name, language, seen)
    display, measure = _NUMBERS[column.kind]
    if column.type in ("integer", "") and column.kind == "number":
        display = (_F, 8, 0)
    values = tuple((float(one.name), in_language(one.label, language)) for one in column.choices)
    missing = tuple(float(code) for code in column.missing[:MOST_MISSING])
    return Variable(name, 0, display, label, values, missing, measure)


def _text(column: Column, name: str, language: str, seen: Seen) -> Variable:
    # A number among texts is written out; 24 digits are enough for any.
    widest = max(seen.width, 24 if seen.number else 1, *(len(one.name.encode()) for one in column.choices), 1)
    width = min(widest, MOST_WIDTH)
    values = tuple((one.name, in_language(one.label, language)) for one in column.choices)
    return Variable(
        name,
        width,
        (_A, min(width, 255), 0),
        column.title(language),
        values,
        tuple(code for code in column.missing if len(code.encode()) <= 8)[:MOST_MISSING],
    )
