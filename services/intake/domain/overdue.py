"""Which reports are overdue by which threshold, and whether a site's report is complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from shared.clock import from_text
from shared.programme.model import Form, Programme


def complete(form: Form, responses: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the newest answers of a site's respondents make its report of this form complete."""
    answers = list(responses)
    if len(answers) < max(1, form.complete_min):
        return False
    return all(
        choice in {str(answer.get(question)) for answer in answers}
        for question, choices in form.complete_with.items()
        for choice in choices
    )


def thresholds(programme: Programme, form: str) -> tuple[int, ...]:
    """Return the days after the due date at which somebody wants to know, ascending."""
    days = {
        threshold
        for flag in programme.flags
        if flag.overdue and flag.form == form
        for threshold in flag.overdue.values()
    }
    return tuple(sorted(days))


def reached(due_at: str, now: str, days: Iterable[int]) -> tuple[int, ...]:
    """Return the thresholds that have passed at this instant."""
    late = from_text(now) - from_text(due_at)
    return tuple(day for day in days if late >= timedelta(days=day))


def days_late(due_at: str, now: str) -> int:
    """Return whole days since the due moment, 0 before it."""
    return max(0, (from_text(now) - from_text(due_at)).days)
