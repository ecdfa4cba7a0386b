"""Repeats in a record: which items there are, and a key for every question in every item.

The key of a question inside repeats is its name and the ids of the items around it: `title@3`, `guest@3@1`.
The answer to a repeat is the list of its items' ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from services.intake.domain.compiled import CompiledForm, Item
from services.intake.domain.values import MAX_ITEMS, are_item_ids
from shared.programme.form import REPEAT

MAX_IN_ALL = 500
MAX_DEPTH = 10
Ids = tuple[str, ...]
Structure = Mapping[str, Ids]


def is_repeat(item: Item) -> bool:
    """Return whether the item stands for a repeat itself."""
    return item.question.type == REPEAT


def key_of(name: str, ids: Sequence[str]) -> str:
    """Return the key of a question or repeat in these items, outermost first; without items its name."""
    return "@".join((name, *ids))


def ids_of(key: str) -> Ids:
    """Return the ids of the items around what has this key, outermost first."""
    return tuple(key.split("@")[1:])


def name_of(key: str) -> str:
    """Return the name in a key."""
    return key.partition("@")[0]


def structure(compiled: CompiledForm, answers: Mapping[str, Any]) -> dict[str, Ids]:
    """Return the items of every repeat there is, by its key; what is no list of different ids is no items."""
    found: dict[str, Ids] = {}
    left = MAX_IN_ALL
    for name, around in compiled.repeats.items():
        if is_repeat(compiled.items[name]):
            for ids in ids_inside(found, around, ()):
                key = key_of(name, ids)
                found[key] = _ids(answers.get(key), left)
                left -= len(found[key])
    return found


def _ids(raw: Any, most: int) -> Ids:
    return tuple(raw[: min(MAX_ITEMS, most)]) if are_item_ids(raw) else ()


def flattened(compiled: CompiledForm, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return answers with the items of repeats as objects (`{"events": [{"title": "…"}]}`) as answers by key."""
    if not compiled.repeats:
        return raw
    flat: dict[str, Any] = {}
    _flatten(compiled, raw, (), flat)
    return flat


def _flatten(compiled: CompiledForm, raw: Mapping[str, Any], ids: Ids, flat: dict[str, Any]) -> None:
    for name, value in raw.items():
        key = key_of(name, ids)
        if not isinstance(value, list) or not value or not all(isinstance(one, Mapping) for one in value):
            flat[key] = value
            continue
        flat[key] = [str(number) for number in range(1, len(value) + 1)]
        if name in compiled.repeats and len(ids) < MAX_DEPTH:
            for id_, inside in zip(flat[key][:MAX_ITEMS], value, strict=False):
                _flatten(compiled, inside, (*ids, id_), flat)


def nested(compiled: CompiledForm, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers by key with the items of repeats as objects: what `flattened` makes flat."""
    items = structure(compiled, answers)
    found = {name: value for name, value in answers.items() if "@" not in name}
    for name, around in compiled.repeats.items():
        for ids in ids_inside(items, around, ()):
            key = key_of(name, ids)
            if key in answers:
                home = found
                for depth, repeat in enumerate(around):
                    home = home[repeat][items[key_of(repeat, ids[:depth])].index(ids[depth])]
                home[name] = [{} for _ in items[key]] if key in items else answers[key]
    return found


def with_first_items(compiled: CompiledForm, answers: Mapping[str, Any], under: Ids = ()) -> dict[str, Any]:
    """Return the answers with one item in every repeat that people fill and that has none yet.

    `under` (the ids of an item and those around it): only in repeats inside this item.
    """
    found = dict(answers)
    for name, around in compiled.repeats.items():
        if not is_repeat(compiled.items[name]) or compiled.items[name].calculation:
            continue
        for ids in ids_inside(structure(compiled, found), around, ()):
            key = key_of(name, ids)
            if key not in found and ids[: len(under)] == under:
                found[key] = ["1"]
    return found


def with_count(ids: Sequence[str], count: int) -> list[str]:
    """Return so many ids: the first of those there are, then new ones; within the limits."""
    wanted = max(0, min(count, MAX_ITEMS))
    fresh = (str(number) for number in range(1, 2 * MAX_ITEMS + 1) if str(number) not in ids)
    return [*ids[:wanted], *islice(fresh, max(0, wanted - len(ids)))]


def ids_inside(items: Structure, around: Sequence[str], ids: Ids) -> Iterator[Ids]:
    """Yield the ids of every item of the innermost of these repeats, inside the item with these ids."""
    if not around:
        yield ids
        return
    for id_ in items.get(key_of(around[0], ids), ()):
        yield from ids_inside(items, around[1:], (*ids, id_))
