"""What a form fills in before anybody has answered."""

from __future__ import annotations

from services.intake.domain.filling import Record
from services.intake.domain.typed import read_default
from services.intake.domain.values import Answer, Refused


def defaults_of(record: Record) -> dict[str, Answer]:
    """Return the defaults of all questions a person is asked; those that do not fit their question are left out."""
    found: dict[str, Answer] = {}
    for name, item in record.compiled.items.items():
        default = record.default_of(item) if item.question.asked else None
        if default is None:
            continue
        try:
            answer = read_default(item.question, item.names, default)
        except Refused:
            continue
        if answer is not None:
            found[name] = answer
    return found
