"""Which answers of a form may leave the questionnaire: coded ones, and what is calculated from them alone."""

from __future__ import annotations

from collections.abc import Set

from shared.expressions import ExpressionError, parse, references
from shared.programme.form import Form, Question


def travelling(form: Form, unread: Set[str] = frozenset(), *, inside_repeats: bool = False) -> frozenset[str]:
    """Return the names of questions whose answers indicators and flags can see.

    Those of repeats are not among them (unless `inside_repeats`), but calculations over all items are.
    `unread` questions, whose type is not known, are taken for coded ones.
    """
    questions, repeated = form.questions(), form.repeats().keys()
    travels = {question.name for question in questions if question.coded and question.type != "calculate"} | unread
    travels |= repeated - {question.name for question in questions}
    waiting = {question.name: _asked(question) for question in questions if question.type == "calculate"}
    while settled := {name for name, asked in waiting.items() if asked is not None and asked <= travels}:
        travels |= settled
        waiting = {name: asked for name, asked in waiting.items() if name not in settled}
    return frozenset(travels if inside_repeats else travels - repeated)


def _asked(question: Question) -> frozenset[str] | None:
    """Return the questions a calculation asks; None when it cannot be read or looks at former records."""
    try:
        found = references(parse(question.calculation or "''"))
    except ExpressionError:
        return None
    return None if found.last_saved else found.questions
