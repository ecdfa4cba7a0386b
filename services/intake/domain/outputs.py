"""Answers in words, and texts of a form that show answers (`${question}` in labels, hints and messages)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from services.intake.domain.compiled import CompiledForm, Item
from services.intake.domain.messages import in_language
from services.intake.domain.values import Answer
from shared.quantities import exact

WriteDay = Callable[[str, str], str]
_OUTPUT = re.compile(r"\$\{\s*([^}\s]*)\s*\}")


def _as_stored(day: str, _language: str) -> str:
    return day


def in_words(item: Item, value: Answer | None, language: str, write_day: WriteDay = _as_stored) -> str:
    """Return an answer as a person reads it, '' if there is none; `write_day` writes an ISO day in a language."""
    if value is None:
        return ""
    labels = {choice.name: in_language(choice.label, language) for choice in item.choices}
    if isinstance(value, list):
        return ", ".join(labels.get(name, name) for name in value)
    if isinstance(value, str):
        return write_day(value, language) if item.question.type == "date" else labels.get(value, value)
    return exact(value, language)


def filled_in(
    text: str,
    compiled: CompiledForm,
    values: Mapping[str, Answer],
    language: str,
    write_day: WriteDay = _as_stored,
) -> str:
    """Return the text with every `${question}` replaced by its answer in words, by nothing if it has none."""

    def answer(found: re.Match[str]) -> str:
        item = compiled.items.get(found[1])
        return in_words(item, values.get(found[1]), language, write_day) if item else ""

    return _OUTPUT.sub(answer, text)
