"""Questions that nobody is ever asked: found when it can be shown, never claimed when it cannot."""

from __future__ import annotations

import pytest

from tests.support.programmes import HEADINGS, form_codes, form_faults, markdown

KNOWN = (
    "integer | n | N | N | ",
    "select_one yes_no | c | C | C | ",
    "select_multiple yes_no | m | M | M | ",
    "text | t | T | T | ",
    "date | d | D | D | ",
)


def asked(*rows: str) -> bytes:
    return markdown(*KNOWN, *rows, headings=f"{HEADINGS} | relevant")


@pytest.mark.parametrize(
    "condition",
    [
        "${n} > 10 and ${n} < 5",
        "${c} = 'yes' and ${c} = 'no'",
        "${c} = 'yes' and ${c} = ''",
        "selected(${m}, 'yes') and not(selected(${m}, 'yes'))",
        "selected(${m}, 'yes') and ${m} = ''",
        "${t} = 'a' and ${t} = 'b'",
        "not(${n} > 3 or ${n} <= 3 or ${n} = '')",
    ],
)
def test_a_condition_that_contradicts_itself_is_named_at_its_cell(condition: str) -> None:
    (fault,) = form_faults(asked(f"integer | q | Q | Q | {condition}"))

    assert (fault.path.split(":")[1], fault.code) == ("8", "never_relevant")


@pytest.mark.parametrize(
    "condition",
    [
        "${n} > 5 and ${n} < 10",
        "${n} > 5 and ${n} < 6",
        "selected(${m}, 'yes') and selected(${m}, 'no')",
        "${c} = 'yes' or ${c} = 'no'",
        "${c} != 'yes' and ${c} != 'no'",
        "${t} != 'a' and ${t} != ''",
        "${d} > today() and ${d} < today()",
        "${n} * 2 > 5 and ${n} * 2 < 5",
        "regex(${t}, 'a') and ${t} = 'b'",
        "count-selected(${m}) = 2",
    ],
)
def test_a_condition_that_can_hold_or_cannot_be_judged_is_left_alone(condition: str) -> None:
    assert form_codes(asked(f"integer | q | Q | Q | {condition}")) == []


def test_conditions_of_groups_and_of_the_questions_they_ask_count() -> None:
    rows = (
        "begin_group | g | G | G | ${c} = 'yes'",
        "integer | inside | I | I | ${n} > 3",
        "integer | never | Q | Q | ${c} = 'no'",
        "end_group | | | | ",
        "integer | later | L | L | ${c} = 'no' and ${inside} > 3",
    )

    faults = form_faults(asked(*rows))

    assert [(fault.path.split(":")[1], fault.code) for fault in faults] == [
        ("10", "never_relevant"),
        ("12", "never_relevant"),
    ]
    assert '"later" is never asked: no answers to n, c, inside make' in faults[1].message


def test_a_group_that_is_never_shown_is_named_once_and_not_again_for_what_is_in_it() -> None:
    rows = (
        "begin_group | g | G | G | ${n} > 3 and ${n} < 2",
        "integer | inside | I | I | ${c} = 'yes'",
        "end_group | | | | ",
    )

    assert [fault.path.split(":")[1] for fault in form_faults(asked(*rows))] == ["8"]


def test_answers_of_many_items_may_say_yes_and_no_at_once() -> None:
    rows = (
        "begin_repeat | r | R | R | ",
        "select_one yes_no | each | E | E | ",
        "end_repeat | | | | ",
        "integer | q | Q | Q | ${each} = 'yes' and ${each} = 'no'",
    )

    assert form_codes(asked(*rows)) == []


def test_an_answer_that_no_longer_counts_opens_nothing() -> None:
    rows = ("integer | a | A | A | ${c} = 'yes'", "integer | b | B | B | ${c} = 'no' and ${a} = ''")

    assert form_codes(asked(*rows)) == []
