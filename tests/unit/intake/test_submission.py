from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.submission import Place, Sent, reference, submission_id

PLACE = Place("p", "f", "s", "w")
SENT = Sent(PLACE, "uuid:1", {"a": 1, "b": ["x", "y"], "c": "text"})


@given(st.permutations(["a", "b", "c"]))
def test_the_order_of_answers_does_not_matter(order: list[str]) -> None:
    assert replace(SENT, answers={name: SENT.answers[name] for name in order}).content_hash == SENT.content_hash


@pytest.mark.parametrize("empty", [None, "", []])
def test_an_empty_answer_says_as_much_as_none(empty: Any) -> None:
    assert replace(SENT, answers={**SENT.answers, "d": empty}).content_hash == SENT.content_hash


@pytest.mark.parametrize(
    "change",
    [
        {"answers": {**SENT.answers, "a": 2}},
        {"answers": {**SENT.answers, "b": ["y", "x"]}},
        {"answers": {**SENT.answers, "d": 0}},
        {"respondent": "r"},
        {"deprecated_id": "uuid:0"},
        {"place": replace(PLACE, site="t")},
        {"place": replace(PLACE, wave="v")},
    ],
)
def test_other_content_has_another_hash(change: dict[str, Any]) -> None:
    assert replace(SENT, **change).content_hash != SENT.content_hash


def test_an_instance_has_one_place_in_a_form_whatever_site_it_names() -> None:
    assert submission_id(PLACE, "uuid:1") == submission_id(replace(PLACE, site="t", wave="v"), "uuid:1")
    assert submission_id(PLACE, "uuid:1") != submission_id(replace(PLACE, form="g"), "uuid:1")


@given(st.uuids())
def test_a_reference_can_be_read_out(id_: Any) -> None:
    text = reference(str(id_))

    assert len(text) == 9
    assert set(text) <= set("23456789ABCDEFGHJKMNPQRSTUVWXYZ-")
    assert text == reference(str(id_))
