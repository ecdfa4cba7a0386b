"""The form evaluator against shared vectors (the browser's evaluator runs the same file)."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.expressions import ExpressionError, FormState, as_number, as_text, compile_form, form_value, parse, truth

VECTORS = json.loads(Path(__file__).with_name("form_vectors.json").read_text(encoding="utf-8"))
CASES = [(text, wanted) for group in VECTORS["groups"].values() for text, wanted in group]


def _state(**changes: Any) -> FormState:
    known: dict[str, Any] = {
        key: VECTORS[key] for key in ("answers", "current", "language", "previous", "labels", "row")
    }
    known |= {"now": datetime.fromisoformat(VECTORS["now"]), "new_id": lambda: VECTORS["new_id"]}
    return FormState(**(known | changes))


def evaluate(text: str, **changes: Any) -> Any:
    return compile_form(parse(text))(_state(**changes))


@pytest.mark.parametrize(("text", "wanted"), CASES, ids=[text for text, _ in CASES])
def test_a_vector_gives_its_result(text: str, wanted: Any) -> None:
    result = evaluate(text)

    if isinstance(wanted, dict):
        assert as_text(result) == wanted["number"]
        assert isinstance(result, float)
    elif isinstance(wanted, bool | str):
        assert result is wanted or (isinstance(wanted, str) and result == wanted)
    else:
        assert result == pytest.approx(wanted, abs=1e-12)
        assert not isinstance(result, bool | str)


def test_if_evaluates_only_the_chosen_branch_and_logic_stops_early() -> None:
    def refuse() -> str:
        raise AssertionError("evaluated")

    assert evaluate("if(1, 2, uuid())", new_id=refuse) == 2
    assert evaluate("false() and uuid()", new_id=refuse) is False
    assert evaluate("true() or uuid()", new_id=refuse) is True


def test_once_computes_while_there_is_no_value() -> None:
    assert evaluate("once(9)", current="") == 9


def test_names_of_months_follow_the_language_of_the_form() -> None:
    assert evaluate("format-date('2026-03-05', '%a %e. %b')", language="de") == "Do 5. Mär"
    assert evaluate("format-date('2026-03-05', '%a %b')", language="fr") == "Thu Mar"


def test_the_answer_of_the_day_uses_local_midnight_not_utc() -> None:
    assert evaluate("today()", now=datetime(2026, 1, 1, 0, 30, tzinfo=UTC)) == "2026-01-01"


@pytest.mark.parametrize(
    ("answer", "value"),
    [(None, ""), (3, 3.0), (["a", "b"], "a b"), ([], ""), (True, True), (1.5, 1.5), ("x", "x")],
)
def test_stored_answers_become_form_values(answer: object, value: object) -> None:
    assert form_value(answer) == value
    assert type(form_value(answer)) is type(value)


def test_conversions_agree_with_xpath() -> None:
    assert truth("false")
    assert not truth(math.nan)
    assert as_text(-0.0) == "0"
    assert as_text(1e21) == "1000000000000000000000"
    assert math.isnan(as_number("1 2"))
    assert as_number(True) == 1


@pytest.mark.parametrize("text", ["nope(1)", "if(1, 2)", "regex('a', '(')", "jr:choice-name(1, 'x')", "mean(1)"])
def test_a_call_that_cannot_be_is_refused_when_compiling(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_form(parse(text))


@pytest.mark.parametrize("digits", ["0 div 0", "1 div 0", "99999", "-99999"])
def test_rounding_to_absurd_places_gives_a_number(digits: str) -> None:
    assert isinstance(evaluate(f"round(1234.5, {digits})"), float)
