"""Thresholds of raise and clear: whether one value can satisfy both."""

from __future__ import annotations

import pytest

from shared.expressions import parse
from shared.programme.thresholds import both_can_hold


@pytest.mark.parametrize(
    ("raising", "clearing", "both"),
    [
        ("A > 15", "A <= 10", None),
        ("A > 15", "A <= 15", None),
        ("A >= 15", "A <= 15", "A"),
        ("A > 15", "A < 16", "A"),
        ("A < 15", "A > 14", "A"),
        ("15 < A", "A <= 15", None),
        ("15 <= A", "15 >= A", "A"),
        ("A = 0", "A > 0", None),
        ("A = 0", "A < 1", "A"),
        ("A = 0", "A = 1", None),
        ("A < -5", "A >= -5", None),
        ("A > 15 and ${n} >= 2", "A <= 10", None),
        ("A > 15 and ${n} >= 2", "A <= 20", "A"),
        ("A > 15 and ${n} >= 2", "${n} < 2", None),
        ("A > 15 and ${n} >= 2", "A <= 20 and ${n} < 2", None),
        ("A = 0 or B = 0", "A >= 1 and B >= 1", None),
        ("A = 0 or B = 0", "A >= 1 or B >= 1", None),
        ("A < 60 or A > 110", "A >= 65 and A <= 105", None),
        ("A < 60 or A > 110", "A >= 65", "A"),
        ("A > 15", "B <= 10", None),
        ("A > prev(A)", "A <= 10", None),
        ("A > 15 and prev(A) > 1", "A <= 20", None),
        ("A != 15", "A = 3", None),
        ("A > 10 and A < 5", "A > 0", None),
    ],
)
def test_simple_thresholds_are_compared_and_the_rest_is_left_alone(
    raising: str, clearing: str, both: str | None
) -> None:
    assert both_can_hold(parse(raising), parse(clearing)) == both


def test_a_long_chain_of_alternatives_stays_cheap() -> None:
    many = " and ".join(f"(A{i} < 1 or B{i} < 1)" for i in range(15))

    assert both_can_hold(parse(many), parse("C > 1")) is None
