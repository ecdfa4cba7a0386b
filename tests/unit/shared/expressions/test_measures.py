"""The statistics against the standard library and published properties."""

from __future__ import annotations

import statistics
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.expressions import measures

NUMBERS = st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=1, max_size=40)
NEAR = {"rel": 1e-9, "abs": 1e-6}


@given(NUMBERS)
def test_mean_and_median_agree_with_the_standard_library(values: list[float]) -> None:
    assert measures.mean(values) == pytest.approx(statistics.fmean(values), **NEAR)
    assert measures.median(values) == pytest.approx(statistics.median(values), **NEAR)


@given(
    st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=2, max_size=40), st.integers(min_value=1, max_value=99)
)
def test_percentiles_and_deviation_agree_with_the_standard_library(values: list[float], percent: int) -> None:
    wanted = statistics.quantiles(values, n=100, method="inclusive")[percent - 1]

    assert measures.percentile(values, percent) == pytest.approx(wanted, **NEAR)
    assert measures.sd(values) == pytest.approx(statistics.stdev(values), rel=1e-6, abs=1e-6)


@given(NUMBERS, st.floats(min_value=-1e6, max_value=1e6))
def test_a_rank_among_peers_lies_between_0_and_100(values: list[float], own: float) -> None:
    assert 0 <= measures.percentile_rank(own, values) <= 100
    assert measures.percentile_rank(min(values) - 1, values) == 0


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_months_grow_with_the_date_and_turn_with_the_direction(start: date, end: date) -> None:
    months = measures.months_between(start, end)

    assert measures.months_between(end, start) == -months
    assert months == pytest.approx((end - start).days / 30.436875, abs=1.1)
    assert (months > 0) == (end > start)


def test_months_end_where_calendars_end() -> None:
    assert measures.months_between(date(2026, 1, 31), date(2026, 2, 28)) == 1
    assert measures.months_between(date(2024, 12, 15), date(2025, 1, 15)) == 1
    assert measures.months_between(date(2026, 11, 1), date(2026, 12, 16)) == pytest.approx(1 + 15 / 31)


def test_alpha_matches_a_worked_example() -> None:
    rows = [(2, 3, 3), (4, 4, 5), (3, 3, 4), (5, 5, 5), (1, 2, 2)]
    items = [statistics.variance(column) for column in zip(*rows, strict=True)]
    total = statistics.variance([sum(row) for row in rows])

    assert measures.cronbach_alpha(rows) == pytest.approx(1.5 * (1 - sum(items) / total))
    assert measures.cronbach_alpha([]) is None
    assert measures.cronbach_alpha([(1,), (2,)]) is None


def test_slopes_ignore_a_single_outlier() -> None:
    assert measures.theil_sen([(0, 0), (1, 2), (2, 4), (3, 99), (4, 8)]) == 2
    assert measures.theil_sen([(0, 1)]) is None
