"""Indicator functions across waves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.shared.expressions.memory_context import GAPS, evaluate, waves


def test_earlier_waves_are_reached_by_position() -> None:
    context = waves("H", 5.0, GAPS["SMALL_N"], 2.0, 1.0)

    assert evaluate("prev(H)", context) == GAPS["SMALL_N"]
    assert evaluate("prev(H, 2)", context) == 2
    assert evaluate("prev(H, 9)", context) == GAPS["NO_DATA"]
    assert evaluate("prev_valid(H)", context) == 2
    assert evaluate("prev_valid(H, 0)", context) == GAPS["NO_DATA"]
    assert evaluate("baseline(H)", context) == 1
    assert evaluate("baseline(H, 2)", context) == 1.5
    assert evaluate("baseline(H, 3)", context) == GAPS["NO_DATA"]
    assert evaluate("prev(H, 2) + prev(prev(H, 2))", context) == 3


def test_changes_compare_with_the_wave_before() -> None:
    assert evaluate("change(H)", waves("H", 5.0, 2.0)) == 3
    assert evaluate("pct_change(H)", waves("H", 5.0, -2.0)) == 350
    assert evaluate("pct_change(H)", waves("H", 5.0, 0.0)) == GAPS["ZERO_DENOMINATOR"]


@pytest.mark.parametrize(
    "text", ["prev(H)", "prev_valid(H)", "change(H)", "pct_change(H)", "baseline(H)", "trend(H, 4)"]
)
def test_the_first_wave_has_nothing_to_compare_with(text: str) -> None:
    assert evaluate(text, waves("H", 5.0)) == GAPS["NO_DATA"]


def test_a_trend_is_the_median_slope_and_bears_few_gaps() -> None:
    gap = GAPS["NO_DATA"]

    assert evaluate("trend(H, 4)", waves("H", 8.0, 6.0, 4.0, 2.0, 99.0)) == 2
    assert evaluate("trend(H, 4)", waves("H", 8.0, gap, 4.0, 2.0)) == 2
    assert evaluate("trend(H, 4)", waves("H", 8.0, gap, gap, 2.0)) == gap
    assert evaluate("trend(H, 4)", waves("H", gap, 6.0, 4.0, 2.0)) == gap


@pytest.mark.parametrize(
    ("values", "wanted"),
    [((1, 2, 9), 2), ((9, 1, 1), 0), ((1, None, 1, None, 1), 2), ((1, None, None, 1), 1), ((1,), 1), ((None, 1), None)],
)
def test_a_streak_counts_waves_in_a_row_and_bears_one_gap(values: tuple[Any, ...], wanted: int | None) -> None:
    context = waves("H", *[GAPS["SMALL_N"] if value is None else float(value) for value in values])

    assert evaluate("streak(H < 5)", context) == (GAPS["SMALL_N"] if wanted is None else wanted)


def test_the_latest_values_are_found_over_all_waves() -> None:
    context = waves("H", GAPS["NOT_ASKED"], 7.0, GAPS["NO_DATA"], 3.0)

    assert evaluate("latest(H)", context) == 7
    assert evaluate("latest(H, 2)", context) == 3
    assert evaluate("latest(H, 3)", context) == GAPS["NO_DATA"]
