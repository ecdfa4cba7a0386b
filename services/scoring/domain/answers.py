"""Stored responses as rows the expressions can read, and whether a site's report is complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.expressions import Answer, Missing, Reason
from shared.programme.model import Form

NOT_ASKED = Missing(Reason.NOT_ASKED)
NOT_ANSWERED = Missing(Reason.NOT_ANSWERED)
DONT_KNOW = Missing(Reason.DONT_KNOW)
_CHOSEN = frozenset({"select_one", "select_multiple", "rank"})


@dataclass(frozen=True)
class Response:
    """The newest answers of one respondent to one form of a site in a wave; answers are coded or numeric."""

    form: str
    respondent: str
    revision: int
    received_at: str
    answers: Mapping[str, Any]
    imported: bool = False


@dataclass(frozen=True)
class Coding:
    """How answers of one form are to be read: known questions, and per question the codes that mean "cannot say"."""

    known: frozenset[str]
    missing: Mapping[str, frozenset[str]] = field(default_factory=dict)


def coding(form: Form) -> Coding:
    """Return how the form's answers are read. Its missing codes apply to questions with choices only."""
    questions = form.questions()
    codes = frozenset(form.missing)
    chosen = [question.name for question in questions if question.type in _CHOSEN] if codes else []
    return Coding(frozenset(question.name for question in questions), dict.fromkeys(chosen, codes))


class ResponseRow:
    """One respondent's answers, as the expressions ask for them."""

    def __init__(self, response: Response, coding: Coding) -> None:
        self._answers = response.answers
        self._coding = coding

    def answer(self, question: str, /) -> Answer:
        """Return the coded answer, or why there is none."""
        if question not in self._answers:
            return NOT_ASKED
        value = self._answers[question]
        if value is None or value == "" or value == []:
            return NOT_ANSWERED
        if _cannot_say(value, self._coding.missing.get(question)):
            return DONT_KNOW
        return _plain(value)


def _cannot_say(value: Any, codes: frozenset[str] | None) -> bool:
    if not codes:
        return False
    chosen = value if isinstance(value, list) else [value]
    return all(str(one) in codes for one in chosen)


def _plain(value: Any) -> Answer:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, list):
        return [str(one) for one in value]
    return str(value)


@dataclass(frozen=True)
class Progress:
    """How far a site's report of one form is: answers so far, whether that is all, days overdue reported."""

    n: int
    complete: bool
    overdue: int | None


def progress(form: Form, responses: Sequence[Response], days_overdue: int | None) -> Progress:
    """Return how far the report is. Once it is complete, no overdue days count."""
    enough = len(responses) >= form.complete_min
    complete = enough and all(
        choice in _given(question, responses) for question, choices in form.complete_with.items() for choice in choices
    )
    return Progress(len(responses), complete, None if complete else days_overdue)


def _given(question: str, responses: Sequence[Response]) -> frozenset[str]:
    found: set[str] = set()
    for response in responses:
        value = response.answers.get(question)
        found.update(str(one) for one in (value if isinstance(value, list) else [value]))
    return frozenset(found)
