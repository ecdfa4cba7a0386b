"""Codes to scan, drawn as the path of an SVG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import segno


@dataclass(frozen=True)
class Code:
    """The code of a text."""

    text: str

    @cached_property
    def rows(self) -> list[list[int]]:
        """The code row by row with its quiet zone; 1 is dark."""
        return [list(row) for row in segno.make(self.text, error="m", micro=False).matrix_iter(border=4)]

    @property
    def path(self) -> str:
        """The dark runs of the code, as the path of an SVG."""
        return "".join(
            f"M{column} {number}h{length}v1h-{length}z"
            for number, row in enumerate(self.rows)
            for column, length in _runs(row)
        )


def _runs(row: list[int]) -> Iterator[tuple[int, int]]:
    column = 0
    for dark, run in groupby(row):
        length = len(list(run))
        if dark:
            yield column, length
        column += length
