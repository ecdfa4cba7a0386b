"""A form unfolded for the items of a record's repeats: every question in every item is a question of its own.

An unfolded form has no repeats left; what is written about names holds for keys (`title@3`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Protocol, cast

from services.intake.domain.compiled import CompiledForm, Item, Rule, in_order
from services.intake.domain.repeats import Ids, Structure, ids_inside, key_of, structure
from shared.expressions import FormContext, Value
from shared.expressions.context import Nodes
from shared.programme.model import Group, Question, Texts

_OUTPUT = re.compile(r"\$\{\s*([^}\s]*)\s*\}")


def unfold(compiled: CompiledForm, answers: Mapping[str, Any]) -> CompiledForm:
    """Return the form as it is for these answers; a form without repeats is returned as it is."""
    return _Unfolding(compiled, structure(compiled, answers)).form() if compiled.repeats else compiled


@dataclass(frozen=True)
class _Place:
    """Where in the form an expression stands: the items around it, and which numbers its parents have."""

    repeats: Ids = ()
    ids: Ids = ()
    numbers: tuple[int, ...] = ()


class _Answers(FormContext, Protocol):
    shown: set[str]


class _Here:
    """What an expression asks, answered from where it stands: a name means the question in the same item."""

    __slots__ = ("_place", "_record", "_unfolding")

    def __init__(self, record: FormContext, unfolding: _Unfolding, place: _Place) -> None:
        self._record = cast(_Answers, record)
        self._unfolding = unfolding
        self._place = place

    def value(self, question: str, /) -> Value:
        """Return the answer here, or those of all items that are not around this place."""
        meaning = self._unfolding.meaning(question, self._place)
        if isinstance(meaning, str):
            return self._record.value(meaning)
        values = (self._record.value(key) for key in meaning if key in self._record.shown)
        return Nodes(chain.from_iterable(one if isinstance(one, Nodes) else (one,) for one in values))

    def indexed(self, question: str, indexes: Mapping[str, int], /) -> Value:
        """Return the answer in the item with this number; of repeats that are not named, in the one around."""
        key = self._unfolding.numbered(question, indexes, self._place)
        return self._record.value(key) if key in self._record.shown else ""

    def position(self, levels: int, /) -> float:
        """Return the number of the item so many levels around, 1 for a group."""
        numbers = self._place.numbers
        return float(numbers[-levels]) if levels <= len(numbers) else 1.0

    def choices(self, question: str, /) -> Mapping[str, str]:
        """Return name to label of the question's list."""
        return self._record.choices(self._unfolding.first(question, self._place))

    def __getattr__(self, name: str) -> object:
        return getattr(self._record, name)


class _Unfolding:
    def __init__(self, folded: CompiledForm, items: Structure) -> None:
        self._folded = folded
        self._structure = items
        self._items: dict[str, Item] = {}

    def form(self) -> CompiledForm:
        """Return the unfolded form."""
        parts = tuple(self._parts(self._folded.form.items, _Place()))
        form = replace(self._folded.form, items=parts)
        return replace(self._folded, form=form, items=self._items, order=in_order(self._items), repeats={})

    def meaning(self, name: str, place: _Place) -> str | Ids:
        """Return the key a name means at a place, or the keys in all items of repeats that are not around it."""
        around = self._folded.repeats.get(name, ())
        common = _common(around, place.repeats)
        if common == len(around):
            return key_of(name, place.ids[:common]) if common else name
        inside = ids_inside(self._structure, around[common:], place.ids[:common])
        return tuple(key_of(name, ids) for ids in inside)

    def first(self, name: str, place: _Place) -> str:
        """Return the key a name means, the first if there are several, '' if there is none."""
        meaning = self.meaning(name, place)
        return meaning if isinstance(meaning, str) else next(iter(meaning), "")

    def numbered(self, name: str, indexes: Mapping[str, int], place: _Place) -> str:
        """Return the key of a question in the items with these numbers, '' if there is no such item."""
        around = self._folded.repeats.get(name, ())
        common = _common(around, place.repeats)
        ids: Ids = ()
        for depth, repeat in enumerate(around):
            items = self._structure.get(key_of(repeat, ids), ())
            own = items.index(place.ids[depth]) if depth < common and place.ids[depth] in items else 0
            at = indexes[repeat] - 1 if repeat in indexes else own
            if not 0 <= at < len(items):
                return ""
            ids = (*ids, items[at])
        return key_of(name, ids)

    def _parts(self, parts: Sequence[Question | Group], place: _Place) -> Iterator[Question | Group]:
        for part in parts:
            if isinstance(part, Question):
                yield self._question(part.name, place)
            elif part.repeat:
                yield self._repeat(part, place)
            else:
                inside = replace(place, numbers=(*place.numbers, 1))
                items = tuple(self._parts(part.items, inside))
                yield replace(part, label=self._said(part.label, place), items=items)

    def _repeat(self, part: Group, place: _Place) -> Group:
        key = self._question(part.name, place).name
        items = []
        for number, id_ in enumerate(self._structure[key], start=1):
            inside = _Place((*place.repeats, part.name), (*place.ids, id_), (*place.numbers, number))
            label = {language: f"{text} {number}" for language, text in self._said(part.label, inside).items()}
            items.append(Group(key_of(part.name, inside.ids), label, tuple(self._parts(part.items, inside))))
        return replace(part, name=key, label=self._said(part.label, place), items=tuple(items))

    def _question(self, name: str, place: _Place) -> Question:
        item = self._folded.items[name]
        question = replace(
            item.question,
            name=key_of(name, place.ids),
            label=self._said(item.question.label, place),
            hint=self._said(item.question.hint, place),
            constraint_message=self._said(item.question.constraint_message, place),
            required_message=self._said(item.question.required_message, place),
        )
        self._items[question.name] = replace(
            item,
            question=question,
            position=len(self._items),
            shown_if=tuple(self._bound(rule, place) for rule in item.shown_if),
            required=self._rule(item.required, place),
            readonly=self._rule(item.readonly, place),
            constraint=self._rule(item.constraint, place),
            calculation=self._rule(item.calculation, place),
            default=self._rule(item.default, place),
            choice_filter=self._rule(item.choice_filter, place),
        )
        return question

    def _rule(self, rule: Rule | None, place: _Place) -> Rule | None:
        return self._bound(rule, place) if rule else None

    def _bound(self, rule: Rule, place: _Place) -> Rule:
        """Return the rule as it is at this place."""
        if not place.ids and rule.asks.isdisjoint(self._folded.repeats):
            return rule
        run = rule.run
        asks: set[str] = set()
        for name in rule.asks:
            meaning = self.meaning(name, _Place() if name in rule.anywhere else place)
            asks.update((meaning,) if isinstance(meaning, str) else meaning)
        return replace(
            rule, run=lambda context: run(cast(FormContext, _Here(context, self, place))), asks=frozenset(asks)
        )

    def _said(self, texts: Texts, place: _Place) -> Texts:
        """Return texts whose outputs name the answers of this place."""
        return {
            language: _OUTPUT.sub(lambda found: f"${{{self.first(found[1], place)}}}", text) if "${" in text else text
            for language, text in texts.items()
        }


def _common(around: Sequence[str], place: Sequence[str]) -> int:
    """Return how many repeats around a question are around a place, too."""
    count = 0
    for one, other in zip(around, place, strict=False):
        if one != other:
            break
        count += 1
    return count
