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
from shared.errors import Invalid
from shared.programme.model import Question
from tests.support.forms import GOOD, both, report_form

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
        ("topics", "grants", "wrong_type"),
        ("topics", "grants rooms", "wrong_type"),
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


def test_a_list_is_refused_as_text_with_its_shape() -> None:
    with pytest.raises(Invalid) as caught:
        accept(FORM, {**GOOD, "topics": "grants rooms"}, around())

    (told,) = caught.value.faults
    assert told.path == "topics"
    assert '["a", "b"]' in told.message


def test_what_rests_on_a_wrong_answer_waits_for_the_next_try() -> None:
    answers = {**GOOD, "groups": "ten", "groups_new": 500, "help": "perhaps"}

    assert faults(answers) == [("groups", "wrong_type")]
    assert faults({**answers, "groups": 10}) == [("groups_new", "constraint"), ("help", "unknown_choice")]


def test_a_wrong_answer_hides_no_fault_of_a_question_that_does_not_look_at_it() -> None:
    answers = {**GOOD, "groups": "ten", "budget": -1, "asked_on": "soon", "topics": "grants", "zzz": 1}

    assert faults(answers) == [
        ("groups", "wrong_type"),
        ("budget", "constraint"),
        ("asked_on", "not_a_date"),
        ("topics", "wrong_type"),
        ("zzz", "unknown_question"),
    ]


def test_a_choice_is_not_called_withdrawn_while_what_offers_it_is_wrong() -> None:
    assert faults({**GOOD, "topics": ["none", "rooms"], "main_topic": "grants"}) == [("topics", "constraint")]


def test_rules_that_look_at_each_other_give_at_least_one_fault() -> None:
    ends = (
        Question("first", "integer", both("a", "a"), constraint=". <= ${last}"),
        Question("last", "integer", both("b", "b"), constraint=". >= ${first}"),
    )
    form = compile_questions(report_form(items=ends))

    with pytest.raises(Invalid) as caught:
        accept(form, {"first": 5, "last": 3}, around())

    assert [fault.path for fault in caught.value.faults] == ["first"]


def test_a_computed_value_of_a_wrong_answer_is_not_judged() -> None:
    items = (
        Question("a", "integer", both("a", "a")),
        Question("twice", "calculate", calculation="${a} * 2"),
        Question("b", "integer", both("b", "b"), relevant="${twice} != 4", required="true()"),
        Question("c", "integer", both("c", "c"), required="true()"),
    )
    form = compile_questions(report_form(items=items))

    with pytest.raises(Invalid) as caught:
        accept(form, {"a": "2"}, around())

    assert [fault.path for fault in caught.value.faults] == ["a", "c"]


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


def test_a_choice_named_twice_is_kept_once() -> None:
    assert accept(FORM, {**GOOD, "topics": ["grants", "rooms", "grants"]}, around())["topics"] == ["grants", "rooms"]


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


def test_a_cycle_of_calculations_still_compiles_to_some_order() -> None:
    items = (Question("a", "calculate", calculation="${b} + 1"), Question("b", "calculate", calculation="${a} + 1"))

    order = compile_questions(report_form(items=items)).order

    assert {item.question.name for item in order} == {"a", "b"}


PLACE = compile_questions(report_form(items=(Question("place", "geopoint", both("Ort", "Place")),)))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("52.5163 13.3777", "52.5163 13.3777"),
        (" 52.5163, 13.3777 ", "52.5163 13.3777"),
        ("-33.9 151 58.1 4.2", "-33.9 151 58.1 4.2"),
    ],
)
def test_a_point_is_latitude_and_longitude_in_degrees(typed: str, kept: str) -> None:
    assert accept(PLACE, {"place": typed}, around()) == {"place": kept}
    assert coded(PLACE, {"place": kept}) == {}


@pytest.mark.parametrize("typed", ["Berlin", "52.5", "91 0", "0 181", "1 2 3 4 5", "52,5 13,3", "1e1 2", "NaN 1"])
def test_what_is_no_point_is_named(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        accept(PLACE, {"place": typed}, around())

    assert [fault.code for fault in caught.value.faults] == ["not_a_point"]
