"""The names of columns as SPSS takes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.intake.domain.export_columns import Column

MOST_BYTES = 64
_NOT_IN_NAMES = re.compile(r"[^\w.@#$]")
_RESERVED = frozenset({"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"})


def sav_names(columns: Sequence[Column]) -> list[str]:
    """Return a name per column: its own where SPSS allows it, else close to it; no two differ by case alone."""
    taken: set[str] = set()
    names: list[str] = []
    for column in columns:
        wished = _allowed(column.name)
        name, number = _short(wished, MOST_BYTES), 2
        while name.casefold() in taken:
            ending = f"_{number}"
            name = _short(wished, MOST_BYTES - len(ending)) + ending
            number += 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _allowed(name: str) -> str:
    clean = _NOT_IN_NAMES.sub("_", name)
    if not clean[0].isalpha():
        clean = f"v{clean}"
    return f"{clean}_" if clean.casefold() in _RESERVED or clean.endswith(".") else clean


def _short(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")
