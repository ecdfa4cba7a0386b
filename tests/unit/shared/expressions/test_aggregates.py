"""Indicator functions over respondents and scales, with the worked check values of the programmes."""

from __future__ import annotations

from typing import Any

import pytest

from shared.expressions import (
    Scale,
    compile_counted,
    parse,
)
from tests.unit.shared.expressions.memory_context import GAPS, MemoryContext, evaluate, single, survey

ACC = Scale(("acc_1", "acc_2", "acc_3", "acc_4r"), 1, 5, 3, frozenset({"acc_4r"}), frozenset({9.0}))
GS = Scale(tuple(f"gs_{i}" for i in range(1, 7)) + ("gs_7r",), 1, 4, 5, frozenset({"gs_7r"}))


def test_a_scale_mirrors_reversed_items_within_their_range() -> None:
    context = MemoryContext([{"acc_1": 4, "acc_2": 5, "acc_3": 3, "acc_4r": 2}], scales={"ACC": ACC})

    assert evaluate("score('ACC')", context) == 75
    assert evaluate("mean(score('ACC'))", context) == 75


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ({"acc_1": 4, "acc_2": 5, "acc_3": None, "acc_4r": ""}, "NOT_ANSWERED"),
        ({"acc_1": 4, "acc_2": 5, "acc_3": 9, "acc_4r": 9}, "NOT_ANSWERED"),
        ({}, "NOT_ASKED"),
    ],
)
def test_a_scale_with_too_few_valid_items_has_no_value(answers: dict[str, Any], wanted: str) -> None:
    assert evaluate("score('ACC')", MemoryContext([answers], scales={"ACC": ACC})) == GAPS[wanted]


def test_coded_text_answers_count_as_numbers_in_scales() -> None:
    answers = {f"gs_{i}": "3" for i in range(1, 7)} | {"gs_7r": "2"}

    assert evaluate("round(score('GS'), 1)", MemoryContext([answers], scales={"GS": GS})) == 66.7


@pytest.mark.parametrize(
    ("goals", "wanted"),
    [((0, 1, -1), 50), ((1, 1, 1), 63.7), ((-1, -1, 0), 40.9), ((-1, -1, None), 37.6)],
)
def test_goal_attainment_matches_the_published_formula(goals: tuple[Any, ...], wanted: float) -> None:
    context = single(**{f"gas_{i}": goal for i, goal in enumerate(goals, start=1)})

    assert evaluate("round(gas(${gas_1}, ${gas_2}, ${gas_3}), 1)", context) == wanted
    assert evaluate("round(mean(gas(${gas_1}, ${gas_2}, ${gas_3})), 1)", context) == wanted


def test_goal_attainment_needs_two_goals() -> None:
    assert evaluate("gas(${a}, ${b})", single(a=1, b=None)) == GAPS["NOT_ANSWERED"]
    assert evaluate("gas(${a}, ${b})", single()) == GAPS["NOT_ASKED"]


def test_recommendation_score_counts_promoters_and_detractors() -> None:
    assert evaluate("nps(${recommend})", survey("recommend", [10, 9, 8, 6, 0])) == 0


@pytest.mark.parametrize(
    "text",
    [
        "100 * ${mp_approved} div ${mp_applications}",
        "${mp_amount} div ${mp_approved}",
        "${mp_first} div ${mp_approved} < 5",
    ],
)
def test_an_empty_answer_gives_no_value_and_no_flag(text: str) -> None:
    context = single(mp_approved=None, mp_applications=None, mp_amount=None, mp_first=None)

    assert evaluate(text, context) == GAPS["NOT_ANSWERED"]


def test_a_question_outside_aggregates_takes_the_single_row() -> None:
    assert evaluate("${a}", single(a=3)) == 3
    assert evaluate("${a}", single(a="")) == GAPS["NOT_ANSWERED"]
    assert evaluate("${a}", single(b=1)) == GAPS["NOT_ASKED"]
    assert evaluate("${a}", MemoryContext()) == GAPS["NO_DATA"]
    assert evaluate("${a}", MemoryContext([{"a": 1}, {"a": 2}])) == GAPS["ERROR"]


def test_aggregates_leave_missing_answers_out() -> None:
    context = survey("x", [1, 2, None, 3, 6])

    assert evaluate("mean(${x})", context) == 3
    assert evaluate("median(${x})", context) == 2.5
    assert evaluate("sum(${x})", context) == 12
    assert evaluate("min(${x})", context) == 1
    assert evaluate("max(${x})", context) == 6
    assert evaluate("pct(${x} >= 3)", context) == 50
    assert evaluate("share(${x} >= 3)", context) == 50
    assert evaluate("count(${x} >= 3)", context) == 2
    assert evaluate("count()", context) == 5
    assert evaluate("count(answered(${x}))", context) == 4
    assert evaluate("top_box(${x}, 3)", context) == 50
    assert evaluate("percentile(${x}, 25)", context) == 1.75


def test_a_condition_chooses_the_respondents() -> None:
    context = MemoryContext([{"x": 1, "g": "a"}, {"x": 5, "g": "b"}, {"x": 7, "g": "b"}, {"x": 9, "g": None}])

    assert evaluate("mean(${x}, ${g} = 'b')", context) == 6
    assert evaluate("pct(${x} > 5, ${g} = 'b')", context) == 50
    assert evaluate("mean(${x}, ${g} = 'c')", context) == GAPS["NO_DATA"]
    assert evaluate("mean_by(${x}, ${g})", context) == 3.5


def test_aggregates_without_a_single_value_say_why() -> None:
    assert evaluate("mean(${x})", MemoryContext()) == GAPS["NO_DATA"]
    assert evaluate("mean(${x})", survey("x", [None, None])) == GAPS["NOT_ANSWERED"]
    assert evaluate("sd(${x})", survey("x", [4])) == GAPS["SMALL_N"]
    assert evaluate("count(${x} > 1)", MemoryContext()) == 0
    assert evaluate("mean_by(${x}, ${x})", MemoryContext()) == GAPS["NO_DATA"]


def test_the_number_of_valid_respondents_is_the_smallest_seen() -> None:
    context = MemoryContext([{"x": 1, "y": 1}, {"x": 2, "y": None}, {"x": 3, "y": 5}])

    assert compile_counted(parse("mean(${x}) - mean(${y})"))(context).n == 2
    assert compile_counted(parse("mean(${x}, ${y} = 5)"))(context).n == 1
    assert compile_counted(parse("1 + 1"))(context).n is None


def test_alpha_needs_thirty_complete_rows() -> None:
    items = ("i1", "i2", "i3")
    scales = {"S": Scale(items, 1, 5, 2, frozenset({"i3"}))}
    alike = [{"i1": 1 + i % 5, "i2": 1 + i % 5, "i3": 5 - i % 5} for i in range(30)]

    assert evaluate("alpha('S')", MemoryContext(alike, scales=scales)) == pytest.approx(1)
    assert evaluate("alpha('S')", MemoryContext(alike[:29], scales=scales)) == GAPS["SMALL_N"]
    constant = [{"i1": 3, "i2": 3, "i3": 3}] * 30
    assert evaluate("alpha('S')", MemoryContext(constant, scales=scales)) == GAPS["ZERO_DENOMINATOR"]


def test_straight_lining_looks_at_answers_before_mirroring() -> None:
    scales = {"ACC": ACC}
    flat, varied, partial = [dict(zip(ACC.items, v, strict=True)) for v in ((4,) * 4, (4, 4, 4, 2), (4, 4, 4, 9))]

    assert evaluate("straight_lining('ACC')", MemoryContext([flat, varied, partial], scales=scales)) == 50


def test_a_value_that_costs_too_much_is_an_error() -> None:
    context = survey("x", [1] * 30_000)

    assert evaluate("mean(${x})", context) == 1
    assert evaluate("mean(${x} + 1)", context) == GAPS["ERROR"]
