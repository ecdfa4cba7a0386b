"""A draft that meets another version of its form: what fits is kept, what does not is asked again, nothing is lost."""

from __future__ import annotations

from dataclasses import replace

from services.intake.domain.compiled import CompiledForm, Item
from services.intake.domain.draft import Draft, Left
from services.intake.domain.repeats import is_repeat
from services.intake.domain.typed import written_number
from services.intake.domain.unfolding import unfold
from services.intake.domain.values import Answer, Refused, read


def refit(draft: Draft, compiled: CompiledForm, language: str) -> Draft:
    """Return the draft as one of this version of the form; one that is so already is returned as it is.

    An answer that no longer fits becomes something typed wrongly, so that it is shown and asked again;
    it and what is no longer asked stay in `left` with the version they were given to.
    """
    if draft.form_version == compiled.form.version or draft.state != "draft":
        return draft
    items = unfold(compiled, draft.answers).items
    kept = {name: value for name, value in draft.answers.items() if _fits(items.get(name), value)}
    apart = {name: value for name, value in draft.answers.items() if name not in kept}
    typed = {name: given for name, given in draft.typed.items() if name in items}
    gone: dict[str, Answer] = {name: list(given) for name, given in draft.typed.items() if name not in items}
    again = {name: _written(value, language) for name, value in apart.items() if _asked(items.get(name))}
    left = {name: Left(draft.form_version, value) for name, value in {**gone, **apart}.items()}
    return replace(
        draft,
        answers=kept,
        typed={**typed, **again},
        left={**draft.left, **left},
        form_version=compiled.form.version,
        revised_from=draft.revised_from or draft.form_version,
    )


def _fits(item: Item | None, value: Answer) -> bool:
    if item is None:
        return False
    try:
        return read(item.question, item.names, value) is not None
    except Refused:
        return False


def _asked(item: Item | None) -> bool:
    return item is not None and item.question.asked and not is_repeat(item)


def _written(value: Answer, language: str) -> list[str]:
    if isinstance(value, list):
        return value
    return [value if isinstance(value, str) else written_number(value, language)]
