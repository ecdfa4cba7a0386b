"""JSON: one object that holds one object per response, written as it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator

from services.intake.domain.export_columns import LISTS
from services.intake.handlers.export import Table

MEDIA_TYPE = "application/json"
_AT_ONCE = 64 * 1024
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def write(table: Table) -> Iterator[bytes]:
    """Yield `{"programme", "form", "items", "left_out"}`; an item has the columns and every list of choices."""
    names = [column.name for column in table.columns]
    lists = {
        column.name.removesuffix(f".{column.choice}"): str(column.question)
        for column in table.columns
        if column.kind in LISTS
    }
    head = _JSON.encode({"programme": table.programme, "form": table.form.id})
    parts, size = [f'{head[:-1]}, "items": ['], 0
    separator = "\n"
    for row in table.rows:
        item = dict(zip(names, row.values, strict=True)) | {
            name: row.answers.get(question) for name, question in lists.items()
        }
        parts.append(separator + _JSON.encode(item))
        size += len(parts[-1])
        separator = ",\n"
        if size > _AT_ONCE:
            yield "".join(parts).encode()
            parts, size = [], 0
    left_out = [{"wave": group.wave, "site": group.site} for group in table.left_out]
    parts.append(f'\n], "left_out": {_JSON.encode(left_out)}}}\n')
    yield "".join(parts).encode()
