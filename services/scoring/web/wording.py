"""Numbers, targets and states as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.scoring.domain.targets import bounds, met
from shared.programme.model import Indicator
from shared.quantities import number, quantity
from shared.web.language import current, pick

BY_MEDIAN = {"de": "Median der anderen", "en": "median of the others"}


def amount(value: float | None, unit: str, decimals: int | None = None) -> str:
    """Return a number with its unit, a dash where there is none."""
    if value is None:
        return "–"
    return quantity(value, unit, current(), decimals).replace(" ", "\u00a0")


def term_value(term: Mapping[str, Any], point: Mapping[str, Any]) -> str:
    """Return the value of a rule's operand at a point in time: a number with unit, or the label of a choice."""
    value = point["value"]
    if value is None:
        return "–"
    if isinstance(value, str):
        return pick(point.get("text") or {}, current()) or value
    return amount(float(value), term.get("unit") or "", term.get("decimals"))


def target_text(indicator: Indicator, benchmark: float | None) -> str:
    """Return the target as signs and a number (`≥ 70 %`), "" without one."""
    low, high = bounds(indicator, benchmark)
    if low is not None and high is not None:
        return f"{number(low, current())}\u2060–\u2060{amount(high, indicator.unit)}"
    if low is not None:
        return f"≥\u00a0{amount(low, indicator.unit, _decimals(indicator, low))}"
    if high is not None:
        return f"≤\u00a0{amount(high, indicator.unit, _decimals(indicator, high))}"
    return pick(BY_MEDIAN, current()) if indicator.target is not None and indicator.target.peer_median else ""


def _decimals(indicator: Indicator, bound: float) -> int | None:
    """Return how many decimals a target has: all that were written, one more than the values for a median."""
    if bound == int(bound):
        return 0
    return indicator.decimals + 1 if indicator.target is not None and indicator.target.peer_median else None


def verdict(indicator: Indicator, record: Mapping[str, Any] | None) -> str:
    """Return `met`, `missed`, `plain` (no target) or `none` (no value)."""
    if record is None or record["value"] is None:
        return "none"
    reached = met(indicator, record["value"], record.get("benchmark"))
    return "plain" if reached is None else "met" if reached else "missed"
