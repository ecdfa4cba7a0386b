"""The items of a repeat as rows of a table of their own, each linked to its response."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.intake.domain.export_columns import Column
from services.intake.domain.repeats import ids_inside, ids_of, key_of, name_of
from shared.programme.model import Form

Document = Mapping[str, Any]


def repeats_around(versions: Sequence[Form], repeat: str) -> tuple[str, ...]:
    """Return the repeat and those around it, outermost first, in the newest version that has it. Raises KeyError."""
    for form in versions:
        if repeat in form.repeat_labels():
            return (*form.repeats()[repeat], repeat)
    raise KeyError(repeat)


def item_columns(versions: Sequence[Form], around: Sequence[str]) -> list[Column]:
    """Return one column per repeat: the number of the item, from 1."""
    labels = {name: label for form in reversed(versions) for name, label in form.repeat_labels().items()}
    return [Column(name, "number", labels[name]) for name in around]


def items_of(documents: Iterable[Document], around: Sequence[str]) -> Iterator[Document]:
    """Yield every item of the innermost repeat as a response of its own, with its numbers under `items`."""
    for document in documents:
        answers = document["answers"]
        inside: dict[tuple[str, ...], dict[str, Any]] = {}
        for key, value in answers.items():
            inside.setdefault(ids_of(key), {})[name_of(key)] = value
        for ids in ids_inside(answers, around, ()):
            lists = [answers[key_of(repeat, ids[:depth])] for depth, repeat in enumerate(around)]
            numbers = {name: held.index(id_) + 1 for name, held, id_ in zip(around, lists, ids, strict=True)}
            yield {**document, "answers": inside.get(ids, {}), "items": numbers}
