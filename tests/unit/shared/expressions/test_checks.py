"""Static checks: every fault is named, with a stable code, a hint and a column."""

from __future__ import annotations

import pytest

from shared.expressions import Scope, check, comparisons, parse

INDICATOR = Scope(
    "indicator",
    questions={"many": True, "other": True, "one": False},
    names=["H15", "H14"],
    scales={"ACC": True, "SINGLE": False},
    features=["area_type"],
    wave_features=["half"],
    forms=["report"],
)
FORM = Scope("form", questions={"one": False, "two": False})


def faults(text: str, scope: Scope = INDICATOR) -> list[tuple[str, int]]:
    return [(fault.code, fault.column) for fault in check(parse(text), scope)]


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("H15 + nobody", "unknown_indicator", 7),
        ("${nobody} > 1", "unknown_question", 1),
        ("mean(score('ACX'))", "unknown_scale", 12),
        ("site('aera_type')", "unknown_site_feature", 6),
        ("peer_z(H15, 'nope')", "unknown_site_feature", 13),
        ("wave('third')", "unknown_wave_feature", 6),
        ("days_overdue('rapport')", "unknown_form", 14),
        ("foo(1)", "unknown_function", 1),
        ("today()", "function_not_here", 1),
        ("if(1, 2)", "argument_count", 1),
        ("prev(H15, 1, 2)", "argument_count", 1),
        ("coalesce()", "argument_count", 1),
        ("pow(H15, 17)", "argument", 10),
        ("pow(H15, H14)", "argument", 10),
        ("trend(H15, 3)", "argument", 12),
        ("percentile(${many}, 0.5)", "argument", 21),
        ("score(${one})", "argument", 7),
        ("peer_z(${one})", "argument", 8),
        ("is_missing(H15, 'SOON')", "argument", 17),
        ("months_until('31.12.2026')", "argument", 14),
        ("${one} = ''", "empty_text", 8),
        (". > 3", "form_only", 1),
        ("${last-saved#one}", "form_only", 1),
        ("mean(mean(${many}))", "nested_aggregate", 6),
        ("pct(${many} > max(${many}))", "nested_aggregate", 15),
        ("mean(prev(H15))", "across_in_aggregate", 6),
        ("${many} > 3", "needs_aggregate", 1),
        ("prev(${many})", "needs_aggregate", 6),
        ("score('ACC')", "needs_aggregate", 1),
        ("mean(${many} + ${one})", "mixed_forms", 1),
    ],
)
def test_a_fault_in_an_indicator_is_named(text: str, code: str, column: int) -> None:
    assert faults(text) == [(code, column)]


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("${on} > 1", "unknown_question", 1),
        ("${last-saved#on}", "unknown_question", 1),
        ("one > 1", "bare_name", 1),
        ("mean(${one})", "function_not_here", 1),
        ("regex(., '(')", "argument", 10),
        ("jr:choice-name(${one}, 'one')", "argument", 24),
        ("jr:choice-name(${one}, '${on}')", "unknown_question", 24),
        ("date('31.12.2026')", "argument", 6),
    ],
)
def test_a_fault_in_a_form_is_named(text: str, code: str, column: int) -> None:
    assert faults(text, FORM) == [(code, column)]


def test_bare_names_in_a_choice_filter_are_columns() -> None:
    scope = Scope("form", questions={"state": False}, choice_columns=["region", "name"])

    assert faults("region = ${state}", scope) == []
    assert faults("regoin = ${state}", scope) == [("unknown_choice_column", 1)]


@pytest.mark.parametrize(
    "text",
    ["max(${one}, 3)", "mean(max(${many}, ${other}))", "score('SINGLE')", "count()", "pct(${many} > H15)",
     "prev(mean(${many}))", "mean(${many}, site('area_type') = 'urban')", 
     "months_until('2026-12-31')", "count(answered(${one})) = 0"],
)  # fmt: skip
def test_what_may_stand_has_no_fault(text: str) -> None:
    assert faults(text) == []


def test_all_faults_are_named_at_once_in_reading_order() -> None:
    assert faults("nobody + foo(${nobody}) > score('ACC')") == [
        ("unknown_indicator", 1),
        ("unknown_function", 10),
        ("unknown_question", 14),
        ("needs_aggregate", 27),
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("slected(${one}, 'x')", "Did you mean selected?"),
        ("H16", "Did you mean H15?"),
        ("H15-H14", "blanks around the minus"),
    ],
)
def test_a_fault_says_what_to_do(text: str, hint: str) -> None:
    assert hint in check(parse(text), INDICATOR)[0].message


def test_thresholds_of_a_rule_are_picked_out() -> None:
    found = comparisons(parse("H15 > 15 and (2 <= ${one} or prev(H14) < -3) and H15 > H14"))

    assert [(term.name, term.op, term.threshold) for term in found] == [
        ("H15", ">", 15),
        ("one", ">=", 2),
        (None, "<", -3),
    ]
