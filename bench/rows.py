"""The table: one row a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEADER = ("what", "measured", "yardstick", "ratio", "budget", "met")


@dataclass(frozen=True)
class Row:
    """One budget and what was measured; `met` None = not measured, `note` says under which conditions or why not."""

    what: str
    measured: str
    budget: str
    met: bool | None
    yardstick: str = "-"
    ratio: str = "-"
    note: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The row's texts in the order of the header."""
        verdict = {True: "yes", False: "NO", None: "-"}[self.met]
        return (self.what, self.measured, self.yardstick, self.ratio, self.budget, verdict)


def left_out(what: str, budget: str, why: str) -> Row:
    """Return the row of something that could not be measured."""
    return Row(what, "left out", budget, None, note=why)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table, the notes below."""
    lines = [HEADER, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    shown = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    notes = [f"- {row.what}: {row.note}" for row in rows if row.note]
    return "\n".join([*shown, "", *notes])
