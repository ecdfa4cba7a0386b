"""Indicator functions about sites, peers and dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.unit.shared.expressions.memory_context import GAPS, MemoryContext, evaluate


def _among(values: list[float], own: float = 5.0, **changes: Any) -> MemoryContext:
    context = MemoryContext(values={"H": own}, peer_values={("H", None): values, ("H", "area"): values[:2]})
    return replace(context, **changes)


def test_peers_are_judged_by_robust_distance() -> None:
    assert evaluate("peer_z(H)", _among([1, 2, 3, 4, 5])) == pytest.approx(2 / 1.4826)
    assert evaluate("peer_z(H)", _among([1, 1, 1, 1, 3])) == pytest.approx(4 / (1.253314 * 0.4))
    assert evaluate("peer_z(H)", _among([1, 1, 1, 1, 1])) == GAPS["NO_DATA"]
    assert evaluate("peer_percentile(H)", _among([1, 2, 5, 5, 9])) == 60
    assert evaluate("peer_median(H)", _among([1, 2, 5, 5, 9])) == 5


def test_too_few_alike_peers_fall_back_to_all_and_too_few_at_all_to_nothing() -> None:
    assert evaluate("peer_median(H, 'area')", _among([1, 2, 5, 5, 9])) == 5
    assert evaluate("peer_median(H, 'area')", _among([1, 2, 5, 5, 9], min_peers=2)) == 1.5
    assert evaluate("peer_median(H)", _among([1, 2, 5, 5])) == GAPS["NO_DATA"]
    assert evaluate("peer_z(H)", _among([1, 2, 3, 4, 5], peers_enabled=False)) == GAPS["NOT_COMPARABLE"]


@pytest.mark.parametrize(
    ("day", "wanted"),
    [("2026-08-31", 2), ("2026-07-15", 0.5), ("2026-01-30", -5), ("2026-06-30", 0), ("2027-06-30", 12)],
)
def test_months_are_whole_plus_a_fraction_and_negative_in_the_past(day: str, wanted: float) -> None:
    context = MemoryContext(features={"end": day}, reference_date=date(2026, 6, 30))

    assert evaluate("months_until(site('end'))", context) == pytest.approx(wanted, abs=0.04)
    assert evaluate(f"months_until('{day}')", context) == evaluate("months_until(site('end'))", context)


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        ("2026-06-30", "2026-12-31", 6),
        ("2026-06-30", "2027-01-01", 6 + 1 / 31),
        ("2026-06-30", "2026-12-30", 5 + 30 / 31),
        ("2026-12-31", "2027-06-30", 6),
        ("2026-02-28", "2027-02-28", 12),
        ("2028-02-29", "2027-02-28", -12),
        ("2026-01-30", "2026-02-28", 1),
    ],
)
def test_the_end_of_a_month_is_whole_months_from_the_end_of_another(start: str, end: str, wanted: float) -> None:
    context = MemoryContext(reference_date=date.fromisoformat(start))

    assert evaluate(f"months_until('{end}')", context) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        ("2026-06-30", "9999-12-31", 7973 * 12 + 6),
        ("2026-01-15", "9999-12-31", 7973 * 12 + 11 + 16 / 31),
        ("9999-12-31", "9999-12-31", 0),
        ("9999-12-01", "9999-12-31", 30 / 31),
        ("2026-06-30", "0001-01-01", -(2025 * 12 + 5 + 29 / 30)),
        ("0001-01-01", "9999-12-31", 9998 * 12 + 11 + 30 / 31),
    ],
)
def test_months_reach_to_the_ends_of_the_calendar(start: str, end: str, wanted: float) -> None:
    context = MemoryContext(reference_date=date.fromisoformat(start))

    assert evaluate(f"months_until('{end}')", context) == pytest.approx(wanted, abs=0.001)


@pytest.mark.parametrize(
    "day", ["0000-00-00", "10000-01-01", "99999-12-31", "2026-02-30", "-001-01-01", "9999-13-01", "", "never", "2026"]
)
def test_a_feature_that_is_no_day_gives_an_error_and_not_a_crash(day: str) -> None:
    assert evaluate("months_until(site('end'))", MemoryContext(features={"end": day})) == GAPS["ERROR"]


@pytest.mark.parametrize("day", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_an_instant_at_the_ends_of_the_calendar_gives_months(day: str) -> None:
    assert isinstance(evaluate("months_until(site('end'))", MemoryContext(features={"end": day})), float)


def test_features_and_overdue_days_come_from_the_surroundings() -> None:
    context = MemoryContext(
        features={"area": "urban", "no": "day"}, wave_features={"half": "H2"}, overdue={"report": 12}
    )

    assert evaluate("site('area') = 'urban' and wave('half') = 'H2'", context) is True
    assert evaluate("days_overdue('report') >= 10", context) is True
    assert evaluate("days_overdue('other')", context) == GAPS["NO_DATA"]
    assert evaluate("months_until(site('no'))", context) == GAPS["ERROR"]
