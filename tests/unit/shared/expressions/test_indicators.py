"""The indicator evaluator: values, missing reasons, logic."""

from __future__ import annotations

from itertools import product

import pytest

from shared.expressions import (
    ExpressionError,
    Missing,
    Reason,
    Result,
    compile_indicator,
    parse,
)
from tests.unit.shared.expressions.memory_context import GAPS, evaluate, single

TRUTHS: dict[str, Result] = {"T": True, "F": False, "M": GAPS["NO_DATA"]}


@pytest.mark.parametrize(("left", "right"), list(product("TFM", repeat=2)))
def test_logic_is_kleenes(left: str, right: str) -> None:
    values = {"a": TRUTHS[left], "b": TRUTHS[right]}
    both = "F" if "F" in (left, right) else "M" if "M" in (left, right) else "T"
    either = "T" if "T" in (left, right) else "M" if "M" in (left, right) else "F"

    assert evaluate("a and b", **values) == TRUTHS[both]
    assert evaluate("a or b", **values) == TRUTHS[either]
    assert evaluate("not(a)", **values) == TRUTHS[{"T": "F", "F": "T", "M": "M"}[left]]


@pytest.mark.parametrize("op", ["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">="])
def test_an_operator_on_a_missing_value_is_missing(op: str) -> None:
    assert evaluate(f"a {op} 1", a=GAPS["SMALL_N"]) == GAPS["SMALL_N"]
    assert evaluate(f"1 {op} a", a=GAPS["SMALL_N"]) == GAPS["SMALL_N"]


@pytest.mark.parametrize(("first", "second"), list(product(Reason, repeat=2)))
def test_the_reason_that_comes_first_is_reported(first: Reason, second: Reason) -> None:
    order = list(Reason)
    wanted = Missing(min(first, second, key=order.index))

    for text in ("a + b", "a = b", "a and b", "coalesce(a, b)", "composite(a, b)"):
        assert evaluate(text, a=Missing(first), b=Missing(second)) == wanted


def test_only_coalesce_and_is_missing_escape() -> None:
    gap = GAPS["DONT_KNOW"]

    assert evaluate("if(a, 1, 2)", a=gap) == gap
    assert evaluate("only_if(a, 1)", a=gap) == gap
    assert evaluate("coalesce(a, 4)", a=gap) == 4
    assert evaluate("is_missing(a)", a=gap) is True
    assert evaluate("is_missing(a, 'DONT_KNOW')", a=gap) is True
    assert evaluate("is_missing(a, 'NO_DATA')", a=gap) is False
    assert evaluate("is_missing(a)", a=1.0) is False
    assert evaluate("only_if(a > 3, 7)", a=1.0) == GAPS["NO_DATA"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 div 0", "ZERO_DENOMINATOR"),
        ("0 div 0", "ZERO_DENOMINATOR"),
        ("1 mod 0", "ZERO_DENOMINATOR"),
        ("pow(0, -1)", "ZERO_DENOMINATOR"),
        ("pow(pow(1000000000000, 16), 16)", "NONFINITE"),
        ("sqrt(-1)", "NONFINITE"),
        ("pow(1000000000000, 16) * pow(1000000000000, 16)", "NONFINITE"),
        ("'x' + 1", "ERROR"),
        ("'x' < 1", "ERROR"),
        ("nobody", "NO_DATA"),
        ("${q}", "NO_DATA"),
    ],
)
def test_what_cannot_be_computed_says_why(text: str, reason: str) -> None:
    assert evaluate(text) == GAPS[reason]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("5 mod 3", 2),
        ("-5 mod 3", -2),
        ("'3' = 3", True),
        ("'x' = 3", False),
        ("'x' != 'y'", True),
        ("true() = 1", True),
        ("0.1 + 0.2 = 0.3", True),
        ("-a", -4),
        ("round(2.345, 2)", 2.35),
        ("int(-2.5)", -2),
        ("abs(-2)", 2),
        ("min(3, a)", 3),
        ("max(3, a)", 4),
        ("composite(a, 6, 8)", 6),
        ("a > 3 and not(a > 4)", True),
        ("'2026-02-01' > '2026-01-31'", True),
    ],
)
def test_present_values_compute_as_written(text: str, wanted: Result) -> None:
    assert evaluate(text, a=4.0) == wanted


def test_a_composite_needs_seventy_per_cent_of_its_parts() -> None:
    gap = GAPS["NO_DATA"]

    assert evaluate("composite(a, 1, 2, 3)", a=gap) == 2
    assert evaluate("composite(a, 1, 2)", a=gap) == gap


def test_choices_are_matched_whole() -> None:
    context = single(needs=["room", "proofs"], one="room")

    assert evaluate("selected(${needs}, 'room')", context) is True
    assert evaluate("selected(${needs}, 'roo')", context) is False
    assert evaluate("selected(${one}, 'room') and ${one} = 'room'", context) is True
    assert evaluate("count-selected(${needs})", context) == 2


@pytest.mark.parametrize(
    "text", ["mean(mean(${x}))", "mean(prev(H))", "mean()", "score(H)", "trend(H, k)", ". + 1", "today()"]
)
def test_structural_faults_are_refused_when_compiling(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_indicator(parse(text))
