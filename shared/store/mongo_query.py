"""Conditions, sort orders and indexes in the plain operators every MongoDB-wire server knows."""

from __future__ import annotations

from typing import Any

from shared.store.conditions import Conditions, NotAfter, Order, bounds
from shared.store.port import Among, Exists, Index, Range

Filter = dict[str, Any]
Keys = list[tuple[str, int]]


def filter_of(wanted: Conditions) -> Filter:
    """Return the filter document; a second condition on the same path goes into `$and`."""
    merged: Filter = {}
    further: list[Filter] = []
    for path, condition in wanted:
        if path in merged:
            further.append({path: _condition(condition)})
        else:
            merged[path] = _condition(condition)
    return {**merged, "$and": further} if further else merged


def sort_of(sort: Order) -> Keys:
    """Return the sort specification."""
    return [(path, -1 if descending else 1) for path, descending in sort]


def keys_of(index: Index) -> Keys:
    """Return the index keys; one that is not unique ends in `_id`, so that it answers sorted pages."""
    paths = [*index.fields, *([] if index.unique or "_id" in index.fields else ["_id"])]
    return [(path, 1) for path in paths]


def options_of(index: Index) -> dict[str, Any]:
    """Return the options that make a unique index ignore documents that lack one of its fields."""
    if not index.unique:
        return {}
    if len(index.fields) == 1:
        return {"unique": True, "sparse": True}
    return {"unique": True, "partialFilterExpression": {path: {"$exists": True} for path in index.fields}}


def _condition(condition: Any) -> Any:
    match condition:
        case Range():
            given = {f"${operator}": value for operator, value in bounds(condition)}
            return given or _condition(Exists())
        case Among():
            return {"$in": list(condition.values)}
        case Exists():
            return {"$exists": True, "$ne": None} if condition.present else None
        case NotAfter():
            return {"$not": {"$gt": condition.value}}
        case _:
            return condition
