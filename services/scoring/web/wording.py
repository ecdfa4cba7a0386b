"""Numbers, targets and states as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.scoring.domain.targets import bounds, met
from shared.programme.model import Indicator
from shared.web.language import current, number, pick

SHOWN_UNITS = {"count": {"de": "", "en": ""}, "index": {"de": "Punkte", "en": "points"}}
UNIT_NAMES = {
    "points": {"de": "Punkte", "en": "points"},
    "days": {"de": "Tage", "en": "days"},
    "ratio": {"de": "", "en": ""},
    "FTE": {"de": "Stellen", "en": "posts"},
    **SHOWN_UNITS,
}


def unit_name(unit: str) -> str:
    """Return a unit as people write it."""
    return pick(UNIT_NAMES[unit], current()) if unit in UNIT_NAMES else unit


def amount(value: float | None, unit: str, decimals: int | None = None) -> str:
    """Return a number with its unit, a dash where there is none."""
    if value is None:
        return "–"
    return f"{number(value, current(), decimals)} {unit_name(unit)}".rstrip()


def term_value(term: Mapping[str, Any], value: Any) -> str:
    """Return the value of a rule's operand: a number with unit, or the code."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return amount(float(value), term.get("unit") or "", term.get("decimals"))


def target_text(indicator: Indicator, benchmark: float | None) -> str:
    """Return the target as signs and a number (`≥ 70 %`), "" without one."""
    low, high = bounds(indicator, benchmark)
    if low is not None and high is not None:
        return f"{number(low, current())}–{amount(high, indicator.unit)}"
    if low is not None:
        return f"≥ {amount(low, indicator.unit, _exact(low))}"
    return f"≤ {amount(high, indicator.unit, _exact(high))}" if high is not None else ""


def _exact(bound: float) -> int | None:
    return 0 if bound == int(bound) else None


def verdict(indicator: Indicator, record: Mapping[str, Any] | None) -> str:
    """Return `met`, `missed`, `plain` (no target) or `none` (no value)."""
    if record is None or record["value"] is None:
        return "none"
    reached = met(indicator, record["value"], record.get("benchmark"))
    return "plain" if reached is None else "met" if reached else "missed"
