"""What a newer version of the form means for a draft, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.domain.compiled import CompiledForm, Item
from services.intake.domain.draft import Draft, Left
from services.intake.domain.outputs import in_words
from services.intake.domain.repeats import is_repeat, name_of
from services.intake.handlers.desk import Questionnaire
from services.intake.web.here import office
from services.intake.web.page_view import said
from shared.errors import NotFound
from shared.web.language import current, day


@dataclass(frozen=True)
class Said:
    """One question with what was answered."""

    label: str
    text: str


@dataclass(frozen=True)
class News:
    """Questions that are new, answers that no longer fit and are asked again, answers to questions that are gone."""

    new: tuple[str, ...]
    unfit: tuple[Said, ...]
    gone: tuple[Said, ...]


def news_of(asked: Questionnaire, draft: Draft) -> News | None:
    """Return what has changed for this draft, None if it never met another version of the form."""
    if not draft.revised_from and not draft.left:
        return None
    unfit = {name: left for name, left in draft.left.items() if name in draft.typed}
    gone = {name: left for name, left in draft.left.items() if name_of(name) not in asked.compiled.items}
    return News(_new(asked, draft), _all_said(asked, unfit), _all_said(asked, gone))


def _new(asked: Questionnaire, draft: Draft) -> tuple[str, ...]:
    before = _version(asked, draft.revised_from)
    if before is None:
        return ()
    items = [item for name, item in asked.compiled.items.items() if name not in before.items]
    return tuple(_label(item, asked.compiled) for item in items if item.question.asked and not is_repeat(item))


def _all_said(asked: Questionnaire, left: Mapping[str, Left]) -> tuple[Said, ...]:
    found = []
    for key, one in left.items():
        before = _version(asked, one.version)
        item = before.items.get(name_of(key)) if before else None
        if before is None or item is None:
            found.append(Said(name_of(key), _plain(one)))
        elif item.question.asked and not is_repeat(item):
            found.append(Said(_label(item, before), in_words(item, one.value, current(), day)))
    return tuple(found)


def _plain(left: Left) -> str:
    return ", ".join(left.value) if isinstance(left.value, list) else str(left.value)


def _label(item: Item, compiled: CompiledForm) -> str:
    return said(item.question.label, compiled, {}, current()) or item.question.name


def _version(asked: Questionnaire, version: str) -> CompiledForm | None:
    """Return the form in an earlier version, None if nobody has it any more."""
    if not version:
        return None
    try:
        return office().desk.compiled(asked.programme, asked.place.form, version)
    except NotFound:
        return None
