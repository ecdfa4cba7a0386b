"""The file formats of exports: each writes a table as a stream of bytes and holds no more than a few rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.intake.handlers.export import Table
from services.intake.web.formats import csv_file, json_file, sav_file, xlsx_file


@dataclass(frozen=True)
class Format:
    """One kind of file."""

    media_type: str
    description: str
    write: Callable[[Table], Iterator[bytes]]


FORMATS = {
    "csv": Format(
        csv_file.MEDIA_TYPE, "RFC 4180, comma, UTF-8 with byte order mark; codes in the cells.", csv_file.write
    ),
    "xlsx": Format(xlsx_file.MEDIA_TYPE, "A workbook: the sheets `answers` and `codebook`.", xlsx_file.write),
    "sav": Format(
        sav_file.MEDIA_TYPE, "SPSS: labels in the language asked for, missing codes declared.", sav_file.write
    ),
    "json": Format(json_file.MEDIA_TYPE, "One object per response; lists of choices also as lists.", json_file.write),
}
