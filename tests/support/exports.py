"""Exports read back by other people's readers."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pyreadstat


@dataclass(frozen=True)
class Sav:
    """What a reader of SPSS files finds: one dictionary per case, and what it knows of the variables."""

    cases: list[dict[str, Any]]
    about: Any


def read_csv(data: bytes) -> list[dict[str, str]]:
    """Return one dictionary per line."""
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def read_json(data: bytes) -> Any:
    """Return the whole content."""
    return json.loads(data)


def read_xlsx(data: bytes) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every sheet; no cell may be a formula."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    return {sheet.title: _rows(sheet) for sheet in book}


def _rows(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def read_sav(data: bytes, folder: Path) -> Sav:
    """Return the cases with user-missing codes as they are."""
    file = folder / "export.sav"
    file.write_bytes(data)
    columns, about = pyreadstat.read_sav(str(file), output_format="dict", user_missing=True)
    return Sav([dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)], about)
