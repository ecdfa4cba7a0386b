"""What the evaluators ask of their surroundings: ports for forms and for indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from shared.expressions.missing import Missing, Result


class Nodes(tuple["str | float | bool", ...]):
    """The values of one question in all items of a repeat, or of one column in several rows of a list, in order."""

    __slots__ = ()


Value = str | float | bool | Nodes
"""A form value: empty is '', dates are ISO text, several choices are separated by blanks.

Where one value is needed, Nodes count as their first, and as '' when there is none.
"""


class FormContext(Protocol):
    """One record while it is filled in or checked; values as in `form_value`."""

    def value(self, question: str, /) -> Value:
        """Return the answer; '' if there is none, it is not relevant, or the question is unknown.

        A question of a repeat that the asking question is not in gives Nodes, one for each item.
        """
        ...

    def indexed(self, question: str, indexes: Mapping[str, int], /) -> Value:
        """Return the answer in the item with this number (from 1) of each named repeat; '' if there is none."""
        ...

    def position(self, levels: int, /) -> float:
        """Return the number (from 1) of the repeat item so many levels around the question; 1 for a group."""
        ...

    def rows(self, list_name: str, /) -> Sequence[Mapping[str, str]]:
        """Return the rows of a choice list or of a file's list; empty if there is none of that name."""
        ...

    def last_saved(self, question: str, /) -> Value:
        """Return the answer in the previous record, else ''."""
        ...

    def choice(self, column: str, /) -> Value:
        """Return a column of the choice row a choice filter is judging; '' elsewhere."""
        ...

    def choices(self, question: str, /) -> Mapping[str, str]:
        """Return value → label, in the active language, of the question's own choice list."""
        ...

    def instance_ids(self) -> str:
        """Return a new random UUID (version 4) as text; the only source of randomness."""
        ...

    @property
    def current(self) -> Value:
        """The value of `.`."""
        ...

    @property
    def today(self) -> date: ...

    @property
    def now(self) -> datetime:
        """The aware local time."""
        ...

    @property
    def language(self) -> str:
        """The active language, e.g. `de`, for the names of months and days."""
        ...


Answer = str | float | list[str] | Missing


class Row(Protocol):
    """One respondent's answers in one wave."""

    def answer(self, question: str, /) -> Answer:
        """Return the coded answer.

        Missing: not relevant or not in the form → NOT_ASKED; empty → NOT_ANSWERED; a code that
        the question or its scale declares missing → DONT_KNOW.
        """
        ...


@dataclass(frozen=True)
class Scale:
    """A set of items measured alike; `low`/`high` are the ends of the answer range, `missing` its don't-know codes."""

    items: tuple[str, ...]
    low: float
    high: float
    min_valid: int
    reversed: frozenset[str] = frozenset()
    missing: frozenset[float] = frozenset()


class IndicatorContext(Protocol):
    """One site in one wave."""

    def rows(self, question: str | None = None, /) -> Sequence[Row]:
        """Return the respondents of the form that holds `question`; with None, of the indicator's own form.

        A form with a single respondent gives no row or one.
        """
        ...

    def scale(self, scale_id: str, /) -> Scale: ...

    def indicator(self, name: str, /) -> Result:
        """Return another indicator's value at this site in this wave."""
        ...

    def at(self, offset: int, /) -> IndicatorContext | None:
        """Return the context `offset` fielded waves back (0 is this one), or None before the first."""
        ...

    def asked_back(self) -> Iterator[IndicatorContext]:
        """Yield this wave, then all earlier waves of the programme, newest first."""
        ...

    def site(self, feature: str, /) -> str | float | Missing: ...

    def wave(self, feature: str, /) -> str | float | Missing: ...

    def peers(self, indicator: str, group_feature: str | None = None, /) -> Sequence[float]:
        """Return the indicator's values of the other sites in this wave, or of those alike in the feature."""
        ...

    def days_overdue(self, form: str, /) -> int | Missing:
        """Return whole days since the report of the form was due; 0 while it is not due or if it came."""
        ...

    @property
    def reference_date(self) -> date:
        """The last day of the wave's period."""
        ...

    @property
    def min_peers(self) -> int: ...

    @property
    def peers_enabled(self) -> bool: ...
