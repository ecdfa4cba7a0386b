"""Expressions of a form: syntax, names, circles, choices, conditions that never hold."""

from __future__ import annotations

import pytest

from tests.support.programmes import HEADINGS, form_codes, form_faults, form_notices, markdown

CITY = "list_name | name | label::Deutsch (de) | label::English (en) | land"
TOWNS = ("town | ulm | Ulm | Ulm | bw", "land | bw | BW | BW | ")


def form(*rows: str, extra: str) -> bytes:
    """Write a form with an integer `n`, a choice `c`, and the rows with further columns."""
    known = ("integer | n | N | N", "select_one yes_no | c | C | C", "select_multiple yes_no | m | M | M")
    return markdown(*known, *rows, headings=f"{HEADINGS} | {extra}")


@pytest.mark.parametrize(
    ("column", "expression", "code"),
    [
        ("relevant", "${n} >", "syntax"),
        ("relevant", "${n} > 1)", "syntax"),
        ("constraint", "5 % 2", "syntax"),
        ("relevant", "foo(${n})", "unknown_function"),
        ("relevant", "mean(${n}) > 1", "function_not_here"),
        ("relevant", "if(${n} > 1)", "argument_count"),
        ("relevant", "${nn} > 1", "unknown_question"),
        ("relevant", "n > 1", "bare_name"),
        ("relevant", "false()", "never_relevant"),
        ("relevant", "1 > 2", "never_relevant"),
        ("relevant", "no", "never_relevant"),
        ("relevant", ". > 1", "self_reference"),
        ("relevant", "${q} > 1", "self_reference"),
        ("relevant", "${c} = 'maybe'", "unknown_choice"),
        ("relevant", "selected(${m}, 'maybe')", "unknown_choice"),
        ("relevant", "'maybe' != ${c}", "unknown_choice"),
        ("default", "${nn} + 1", "unknown_question"),
        ("default", "foo()", "unknown_function"),
        ("required", "${nn} > 1", "unknown_question"),
        ("readonly", "${nn} > 1", "unknown_question"),
    ],
)
def test_a_faulty_expression_has_exactly_this_fault(column: str, expression: str, code: str) -> None:
    assert form_codes(form(f"integer | q | Q | Q | {expression}", extra=column)) == [code]


@pytest.mark.parametrize(
    ("column", "expression"),
    [
        ("relevant", "${n} > 1 and ${c} = 'yes' or selected(${m}, 'no')"),
        ("relevant", "true()"),
        ("relevant", "today() > '2026-01-01'"),
        ("relevant", "${c} != ''"),
        ("constraint", ". >= 0 and . <= ${n}"),
        ("calculation", "once(random())"),
        ("default", "today()"),
    ],
)
def test_a_sound_expression_has_no_fault(column: str, expression: str) -> None:
    assert form_codes(form(f"integer | q | Q | Q | {expression}", extra=column)) == []


def test_a_fault_points_at_the_character_in_the_file() -> None:
    (fault,) = form_faults(form("integer | q | Q | Q | ${n} > 1 and ${nn} > 1", extra="relevant"))

    assert fault.path == "form.md:6:40"
    assert 'Did you mean "n"' not in fault.message


def test_every_unknown_question_of_an_expression_is_named() -> None:
    found = form_faults(form("integer | q | Q | Q | ${x1} > ${x2}", extra="relevant"))

    assert [fault.path for fault in found] == ["form.md:6:27", "form.md:6:35"]


def test_a_circle_is_named_once_at_its_first_question() -> None:
    data = form("calculate | a | | | ${b} + 1", "calculate | b | | | ${a} + 1", extra="calculation")

    (fault,) = form_faults(data)

    assert (fault.path, fault.code) == ("form.md:6:25", "cycle")
    assert "a, b" in fault.message


def test_a_group_that_depends_on_its_own_question_is_a_circle() -> None:
    data = form("begin_group | g | G | G | ${q} > 1", "integer | q | Q | Q |", "end_group | | | |", extra="relevant")

    assert form_codes(data) == ["self_reference"]


def test_a_circle_through_a_group_two_levels_up_is_found() -> None:
    data = form(
        "begin_group | g | G | G | ${z} > 1",
        "begin_group | h | H | H |",
        "integer | q | Q | Q |",
        "end_group | | | |",
        "end_group | | | |",
        "integer | z | Z | Z | ${q} > 1",
        extra="relevant",
    )

    assert form_codes(data) == ["cycle"]


def test_a_very_large_tangle_is_reported_as_one() -> None:
    rows = [f"calculate | k{i} | | | ${{k{(i + 1) % 400}}} + 1" for i in range(400)]

    assert form_codes(form(*rows, extra="calculation")) == ["cycle"]


def test_a_long_chain_is_no_circle() -> None:
    rows = [f"calculate | k{i} | | | ${{k{i + 1}}} + 1" for i in range(300)]

    assert form_codes(form(*rows, "calculate | k300 | | | 1", extra="calculation")) == []


def test_a_choice_filter_sees_the_columns_of_its_list() -> None:
    def filtered(expression: str) -> list[str]:
        rows = ("select_one land | l | L | L |", f"select_one town | t | T | T | {expression}")
        return form_codes(markdown(*rows, headings=f"{HEADINGS} | choice_filter", choices=TOWNS, choice_headings=CITY))

    assert filtered("land = ${l} and name != 'x'") == []
    assert filtered("lnd = ${l}") == ["unknown_choice_column"]


def test_references_in_texts_must_exist() -> None:
    data = form("note | q | Es sind ${n} | There are ${nn} | Mehr ${x}? | More?", extra="hint::de | hint::en")

    assert [fault.path for fault in form_faults(data)] == ["form.md:6:41", "form.md:6:54"]


@pytest.mark.parametrize(("default", "codes"), [("yes", []), ("maybe", ["unknown_choice"])])
def test_the_default_of_a_choice_must_be_in_its_list(default: str, codes: list[str]) -> None:
    assert form_codes(form(f"select_one yes_no | q | Q | Q | {default}", extra="default")) == codes


def test_a_choice_list_may_be_used_several_times() -> None:
    assert form_notices(form("rank yes_no | q | Q | Q |", extra="_note")) == []


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        ("instance('town')/root/item[name = ${t} and land = 'bw']/label", []),
        ("count(instance('town')/root/item)", []),
        ("instance('towns')/root/item/label", ["unknown_list"]),
        ("instance('town')/root/item[lnd = 'bw']/label", ["unknown_column"]),
        ("instance('town')/root/item[name = ${x}]/label", ["unknown_question"]),
    ],
)
def test_a_calculation_may_look_up_what_a_list_holds(expression: str, codes: list[str]) -> None:
    rows = ("select_one town | t | T | T |", f"calculate | k | | | {expression}")

    data = markdown(*rows, headings=f"{HEADINGS} | calculation", choices=TOWNS, choice_headings=CITY)

    assert form_codes(data) == codes
