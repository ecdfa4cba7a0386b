"""SAV, the format of SPSS and PSPP: typed variables with labels, missing codes and measures.

How wide a text is stands at the beginning of the file, so the rows wait in a compressed temporary file until
the longest is known. Libraries hold the whole table in memory instead.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any

from services.intake.domain.export_columns import Column
from services.intake.domain.export_rows import Value
from services.intake.handlers.export import Table
from services.intake.web.formats.sav_cases import Cases
from services.intake.web.formats.sav_dictionary import Header, dictionary
from services.intake.web.formats.sav_names import sav_names
from services.intake.web.formats.sav_variables import MAY_BE_TEXT, Seen, Variable, variable

MEDIA_TYPE = "application/x-spss-sav"
_AT_ONCE = 64 * 1024
_EPOCH = datetime(1582, 10, 14)  # noqa: DTZ001

Number = float | int | None


def write(table: Table) -> Iterator[bytes]:
    """Yield the file; its first bytes come when all rows have been read."""
    seen = [Seen() for _ in table.columns]
    with TemporaryFile() as file:
        count = _put_by(table, seen, file)
        names = sav_names(table.columns)
        variables = [
            variable(column, name, table.language, said)
            for column, name, said in zip(table.columns, names, seen, strict=True)
        ]
        yield dictionary(Header(table.form.title.get(table.language, ""), table.at, count), variables)
        yield from _cases(file, variables, [_converter(*pair) for pair in zip(table.columns, variables, strict=True)])


def _put_by(table: Table, seen: Sequence[Seen], file: IO[bytes]) -> int:
    """Write the rows to the file and note what they hold; return how many there are."""
    encode, count = json.JSONEncoder(ensure_ascii=False).encode, 0
    unsure = [(at, seen[at]) for at, column in enumerate(table.columns) if column.kind in MAY_BE_TEXT]
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1) as lines:
        for row in table.rows:
            for at, said in unsure:
                said.note(row.values[at])
            lines.write(f"{encode(row.values)}\n".encode())
            count += 1
    file.seek(0)
    return count


def _cases(
    file: IO[bytes], variables: Sequence[Variable], converters: Sequence[Callable[[Any], Value]]
) -> Iterator[bytes]:
    cases = Cases([each.width for each in variables])
    with gzip.GzipFile(fileobj=file, mode="rb") as lines:
        for line in lines:
            values = json.loads(line)
            cases.add([convert(value) for convert, value in zip(converters, values, strict=True)])
            if cases.size > _AT_ONCE:
                yield cases.taken()
    yield cases.end()


def _converter(column: Column, made: Variable) -> Callable[[Any], Value]:
    """Return what turns a value into what the variable holds: a text, or a number."""
    if made.width:
        return lambda value: None if value is None else str(value)
    clocks: dict[str, Callable[[str], Number]] = {"date": _moment, "dateTime": _moment, "time": _time}
    read = clocks.get(column.kind, float if column.numbers else None)
    return partial(_present, read) if read else lambda value: value


def _present(read: Callable[[Any], Number], value: Any) -> Number:
    return None if value is None else read(value)


def _moment(text: str) -> Number:
    """Return the seconds since the format's epoch, as the clock on the wall showed them."""
    return (datetime.fromisoformat(text).replace(tzinfo=None) - _EPOCH).total_seconds()


def _time(text: str) -> Number:
    at = time.fromisoformat(text)
    return at.hour * 3600 + at.minute * 60 + at.second
