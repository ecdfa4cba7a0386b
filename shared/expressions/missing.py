"""Missing indicator values: each says why it is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why there is no value; where several apply, the one listed first is reported."""

    ERROR = "ERROR"
    NOT_COMPARABLE = "NOT_COMPARABLE"
    NOT_ASKED = "NOT_ASKED"
    NO_DATA = "NO_DATA"
    SMALL_N = "SMALL_N"
    NOT_ANSWERED = "NOT_ANSWERED"
    DONT_KNOW = "DONT_KNOW"
    ZERO_DENOMINATOR = "ZERO_DENOMINATOR"
    NONFINITE = "NONFINITE"


_RANK = {reason: rank for rank, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class Missing:
    """No value, and why."""

    reason: Reason


Result = float | str | bool | list[str] | Missing


def first_missing(values: Iterable[Result]) -> Missing | None:
    """Return the missing value whose reason comes first in `Reason`, or None if none is missing."""
    gaps = [value for value in values if isinstance(value, Missing)]
    return min(gaps, key=lambda gap: _RANK[gap.reason]) if gaps else None
