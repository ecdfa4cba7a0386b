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

    What an earlier change put aside and this version takes again comes back.
    An answer that no longer fits becomes something typed wrongly, so that it is shown and asked again;
    it and what is no longer asked stay in `left` with the version they were given to.
    """
    if draft.form_version == compiled.form.version or draft.state != "draft":
        return draft
    items = unfold(compiled, draft.answers).items
    kept = {name: value for name, value in draft.answers.items() if _fits(items.get(name), value)}
    back = {name: left.value for name, left in draft.left.items() if _returns(name, left, draft, items.get(name))}
    apart = {name: value for name, value in draft.answers.items() if name not in kept}
    typed = {name: given for name, given in draft.typed.items() if name in items}
    gone: dict[str, Answer] = {name: list(given) for name, given in draft.typed.items() if name not in items}
    again = {name: _written(value, language) for name, value in apart.items() if _asked(items.get(name))}
    left = {name: Left(draft.form_version, value) for name, value in {**gone, **apart}.items()}
    return replace(
        draft,
        answers={**back, **kept},
        typed={**typed, **again},
        left={name: one for name, one in {**draft.left, **left}.items() if name not in back},
        form_version=compiled.form.version,
        revised_from=draft.revised_from or draft.form_version,
    )


def _returns(name: str, left: Left, draft: Draft, item: Item | None) -> bool:
    """Return whether what was put aside is an answer again: to a question nothing was said about since."""
    return name not in draft.answers and name not in draft.typed and _fits(item, left.value)


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
