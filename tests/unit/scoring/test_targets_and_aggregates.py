"""Targets, figures over all sites, and who may see what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.scoring.domain.aggregates import aggregate
from services.scoring.domain.targets import bounds, met
from shared.programme.model import Indicator, Peers, Target
from tests.support.scoring import minimal

LABEL = {"de": "x", "en": "x"}


def indicator(target: Target | None, good: Any = "up") -> Indicator:
    return Indicator("X", LABEL, "small_report", "1", target=target, good=good)


@pytest.mark.parametrize(
    ("target", "value", "benchmark", "expected"),
    [
        (Target(min=70), 70.0, None, True),
        (Target(min=70), 70.0 - 1e-8, None, True),
        (Target(min=70), 69.9, None, False),
        (Target(max=10), 10.1, None, False),
        (Target(min=80, max=105), 106.0, None, False),
        (Target(min=80, max=105), 90.0, None, True),
        (Target(peer_median=True), 5.0, 4.0, True),
        (Target(peer_median=True), 5.0, 6.0, False),
        (Target(peer_median=True), 5.0, None, None),
        (Target(min=70), None, None, None),
        (None, 5.0, None, None),
    ],
)
def test_a_target_is_met_missed_or_not_to_be_judged(
    target: Target | None, value: float | None, benchmark: float | None, expected: bool | None
) -> None:
    assert met(indicator(target), value, benchmark) is expected


def test_where_less_is_better_the_median_of_the_others_is_an_upper_bound() -> None:
    assert bounds(indicator(Target(peer_median=True), good="down"), 4.0) == (None, 4.0)


def records(*values: float | None) -> list[dict[str, Any]]:
    return [{"value": value, "reason": None, "n": 1} for value in values]


def test_two_sites_give_no_range() -> None:
    found = aggregate(minimal(), indicator(Target(min=5)), records(1.0, 9.0, None))

    assert (found.sites, found.low, found.middle, found.high, found.met) == (2, None, None, None, None)


def test_three_sites_tell_who_meets_the_target_but_no_figures_of_single_sites() -> None:
    found = aggregate(minimal(), indicator(Target(min=5)), records(1.0, 9.0, 7.0))

    assert (found.low, found.middle, found.high, found.met) == (None, None, None, 2)


def test_range_and_median_take_one_site_more_than_a_comparison_with_others() -> None:
    programme = replace(minimal(), peers=Peers(enabled=True, min=3))

    assert aggregate(programme, indicator(None), records(1.0, 2.0, 3.0)).middle is None
    found = aggregate(programme, indicator(None), records(1.0, 2.0, 3.0, 4.0))
    assert (found.low, found.middle, found.high) == (1.0, 2.5, 4.0)


def test_where_sites_may_not_be_compared_there_is_no_range() -> None:
    programme = replace(minimal(), peers=Peers(enabled=False, min=3))

    assert aggregate(programme, indicator(None), records(1.0, 2.0, 3.0, 4.0)).low is None
