"""`or_other` written out: a list with one more choice, and a text question for what it does not offer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from shared.programme.choices import Lists
from shared.programme.form import Choice, Group, Question, Texts

OTHER = "other"
_CHOICE = {"de": "Anderes", "en": "Other"}
_QUESTION = {"de": "Anderes, und zwar:", "en": "Other, namely:"}


def other_name(question: str) -> str:
    """Return the name of the text question beside a question with `or_other`."""
    return f"{question}_other"


def with_other(
    items: tuple[Question | Group, ...], lists: Lists, asked: Collection[str], languages: Collection[str]
) -> tuple[tuple[Question | Group, ...], Lists]:
    """Return the form's parts and lists with `or_other` of these questions written out; shared lists stay."""
    longer = dict(lists)
    written: list[Question | Group] = []
    for item in items:
        if isinstance(item, Group):
            inside, longer = with_other(item.items, longer, asked, languages)
            written.append(replace(item, items=inside))
        elif item.name in asked and item.list_name in lists:
            name = f"{item.list_name}_or_other"
            longer[name] = (*lists[item.list_name], Choice(OTHER, _in(languages, _CHOICE)))
            relevant = f"selected(${{{item.name}}}, '{OTHER}')"
            written.append(replace(item, list_name=name))
            written.append(Question(other_name(item.name), "text", _in(languages, _QUESTION), relevant=relevant))
        else:
            written.append(item)
    return tuple(written), longer


def _in(languages: Collection[str], texts: Mapping[str, str]) -> Texts:
    return {code: texts.get(code, texts["en"]) for code in languages}
