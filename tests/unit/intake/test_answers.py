from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.answers import accept, coded
from services.intake.domain.compiled import compile_questions
from services.intake.domain.filling import Surroundings
from services.intake.domain.values import Refused, typed_day, typed_number
from shared.errors import Invalid
from shared.programme.model import Question
from tests.support.forms import GOOD, report_form

FORM = compile_questions(report_form())


def around(**more: Any) -> Surroundings:
    return Surroundings(**{"now": datetime(2026, 7, 1, 12, tzinfo=UTC), "language": "en", "ids": lambda: "id", **more})


def faults(raw: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        accept(FORM, raw, around(**more))
    return [(fault.path, fault.code) for fault in caught.value.faults]


def test_good_answers_are_kept_with_calculations_in_the_order_of_the_form() -> None:
    kept = accept(FORM, dict(reversed(GOOD.items())), around())

    assert kept == {**GOOD, "c_share": 40, "c_words": "!"}
    assert list(kept) == [*GOOD, "c_share", "c_words"]


@pytest.mark.parametrize(
    ("question", "value", "code"),
    [
        ("groups", True, "wrong_type"),
        ("groups", "10", "wrong_type"),
        ("groups", [10], "wrong_type"),
        ("groups", 1.5, "not_whole"),
        ("groups", float("nan"), "not_finite"),
        ("groups", 2**60, "out_of_range"),
        ("budget", 1e300, "out_of_range"),
        ("budget", float("inf"), "not_finite"),
        ("budget", -1, "constraint"),
        ("groups", None, "required"),
        ("groups_new", 11, "constraint"),
        ("asked_on", "2026-02-30", "not_a_date"),
        ("asked_on", "20260701", "not_a_date"),
        ("asked_on", 3, "wrong_type"),
        ("topics", ["grants", "nonsense"], "unknown_choice"),
        ("topics", "grants nonsense", "unknown_choice"),
        ("topics", [["grants"]], "wrong_type"),
        ("topics", {"grants": True}, "wrong_type"),
        ("topics", ["none", "rooms"], "constraint"),
        ("main_topic", "none", "not_offered"),
        ("main_topic", "nonsense", "unknown_choice"),
        ("help", 1, "wrong_type"),
        ("comment", "x" * 10_001, "too_long"),
        ("comment", "a\x00b", "bad_text"),
        ("comment", "a\ud800b", "bad_text"),
        ("comment", {"$ne": None}, "wrong_type"),
        ("intro", "something", "not_answerable"),
        ("nonsense", 1, "unknown_question"),
    ],
)
def test_one_wrong_answer_is_one_fault_with_the_questions_name(question: str, value: Any, code: str) -> None:
    assert (question, code) in faults({**GOOD, question: value})


def test_a_wrong_answer_raises_no_echo_in_the_rules_that_look_at_it() -> None:
    assert faults({**GOOD, "groups": "ten"}) == [("groups", "wrong_type")]


def test_all_faults_come_at_once_in_the_order_of_the_form() -> None:
    found = faults({"help": "perhaps", "topics": [], "groups": 5, "groups_new": 6, "zzz": 1})

    assert found == [
        ("groups_new", "constraint"),
        ("topics", "required"),
        ("help", "unknown_choice"),
        ("zzz", "unknown_question"),
    ]


def test_messages_speak_the_chosen_language_and_the_forms_own_words() -> None:
    with pytest.raises(Invalid) as caught:
        accept(FORM, {**GOOD, "topics": ["none", "rooms"], "help": None}, around(language="de"))

    assert [f.message for f in caught.value.faults] == [
        "Entweder Themen oder nichts davon.",
        "Beantworten Sie diese Frage.",
    ]


def test_select_multiple_takes_blank_separated_text_and_drops_doubles() -> None:
    assert accept(FORM, {**GOOD, "topics": "grants rooms grants"}, around())["topics"] == ["grants", "rooms"]


def test_hidden_answers_are_dropped_and_count_as_empty() -> None:
    kept = accept(FORM, {**GOOD, "topics": ["none"], "comment": "left over"}, around())

    assert "main_topic" not in kept
    assert "comment" not in kept
    assert kept["c_words"] == "!"


def test_a_group_that_is_not_relevant_asks_nothing() -> None:
    kept = accept(FORM, {**GOOD, "groups": 0, "groups_new": 0, "help": None}, around())

    assert "help" not in kept
    assert "c_share" not in kept


def test_calculations_are_computed_here_whatever_the_client_says() -> None:
    assert accept(FORM, {**GOOD, "c_share": 99}, around())["c_share"] == 40


def test_values_intake_knows_win_over_hidden_values_from_the_client() -> None:
    assert faults({**GOOD, "prev_groups": 100}, given={"prev_groups": 2}) == [("why", "required")]
    assert accept(FORM, {**GOOD, "prev_groups": 9}, around())["prev_groups"] == 9


def test_free_text_and_what_is_computed_from_it_stay_in_intake() -> None:
    kept = accept(FORM, {**GOOD, "comment": "canary"}, around(given={"site_code": "a"}))

    travelling = coded(FORM, kept)

    assert travelling == {name: value for name, value in GOOD.items()} | {"c_share": 40}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


names = st.sampled_from([*GOOD, "comment", "why", "intro", "c_share", "prev_groups"]) | st.text()


@given(st.dictionaries(names, json_values))
def test_any_json_is_accepted_or_invalid_and_nothing_else(raw: dict[str, Any]) -> None:
    with contextlib.suppress(Invalid):
        assert "topics" in accept(FORM, raw, around())


@given(st.dictionaries(st.sampled_from(["groups", "groups_new", "budget"]), st.integers(0, 500)))
def test_accepting_what_was_accepted_changes_nothing(numbers: dict[str, int]) -> None:
    try:
        kept = accept(FORM, {**GOOD, **numbers}, around())
    except Invalid:
        return

    assert accept(FORM, kept, around()) == kept


@pytest.mark.parametrize(
    ("typed", "language", "number"),
    [
        ("1.234,5", "de", 1234.5),
        ("1.234", "de", 1234),
        ("2.5", "de", 2.5),
        ("2,5", "de", 2.5),
        ("1,234.5", "en", 1234.5),
        ("2,5", "en", 2.5),
        ("1 000", "de", 1000),
        ("12", "en", 12),
        ("−3", "de", -3),
        ("1200 €", "de", 1200),
    ],
)
def test_typed_numbers_are_read_the_way_people_write_them(typed: str, language: str, number: float) -> None:
    assert typed_number(typed, language) == number


@pytest.mark.parametrize("typed", ["ten", "1e5", "1,2,3", "--1", "١٢", "0x10", "inf"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        typed_number(typed, "en")


@pytest.mark.parametrize("typed", ["31.1.2026", "31/01/2026", "2026-01-31", "31. 1. 2026"])
def test_typed_days_are_read_the_way_people_write_them(typed: str) -> None:
    assert typed_day(typed, "de") == "2026-01-31"


def test_a_cycle_of_calculations_still_compiles_to_some_order() -> None:
    items = (Question("a", "calculate", calculation="${b} + 1"), Question("b", "calculate", calculation="${a} + 1"))

    order = compile_questions(report_form(items=items)).order

    assert {item.question.name for item in order} == {"a", "b"}
