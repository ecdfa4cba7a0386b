"""The codebook: one line per column with its labels, choices and the form versions that have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.intake.domain.export_columns import Column, in_language
from services.intake.handlers.export import Table
from services.intake.web.formats.sav_names import sav_names

HEADINGS = ("name", "name_sav", "label_de", "label_en", "type", "choices_de", "choices_en", "missing", "form_versions")


def lines(table: Table) -> Iterator[Sequence[str | None]]:
    """Yield the lines, and after them the groups that were left out because they are too small."""
    for column, name in zip(table.columns, sav_names(table.columns), strict=True):
        yield (
            column.name,
            name,
            column.title("de"),
            column.title("en"),
            column.type or None,
            _choices(column, "de"),
            _choices(column, "en"),
            ", ".join(column.missing) or None,
            ", ".join(column.versions) or None,
        )
    for group in table.left_out:
        too_few = (f"{group.site}, {group.wave}: zu wenige Antworten", f"{group.site}, {group.wave}: too few responses")
        yield ("", None, *too_few, None, None, None, None, None)


def _choices(column: Column, language: str) -> str | None:
    if column.kind in ("flag", "rank"):
        return {"flag": "0, 1", "rank": "1 …"}[column.kind]
    return "\n".join(f"{one.name} = {in_language(one.label, language)}" for one in column.choices) or None
