"""Where and sort, checked and taken apart into what both adapters translate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.store.documents import check_path, check_scalar
from shared.store.port import Among, Exists, Range, Where


@dataclass(frozen=True)
class NotAfter:
    """The field is absent, None, or at most this value (how a free lease looks)."""

    value: Any


# (dotted path, scalar | Range | Among | Exists | NotAfter), all must hold; a path may occur more than once
Conditions = tuple[tuple[str, Any], ...]
# (dotted path, descending), always ending in `_id`
Order = tuple[tuple[str, bool], ...]


def conditions(where: Where) -> Conditions:
    """Check and take apart a Where. Raises Invalid for values no document can hold, ValueError for bad paths."""
    for path, condition in where.items():
        check_path(path)
        for value in _values(condition):
            check_scalar(path, value)
            if path == "_id" and value is not None and not isinstance(value, str):
                raise ValueError("_id is compared with text only")
    return tuple(where.items())


def order(sort: Sequence[str]) -> Order:
    """Take apart a sort: a `-` prefix is descending; `_id` breaks ties in the direction of the last path."""
    parsed = [(check_path(path.removeprefix("-")), path.startswith("-")) for path in sort]
    if all(path != "_id" for path, _ in parsed):
        parsed.append(("_id", parsed[-1][1] if parsed else False))
    return tuple(parsed)


def bounds(condition: Range) -> list[tuple[str, Any]]:
    """Return the bounds that are given, as (operator name, value)."""
    named = (("gt", condition.gt), ("gte", condition.gte), ("lt", condition.lt), ("lte", condition.lte))
    return [(name, value) for name, value in named if value is not None]


def _values(condition: Any) -> Sequence[Any]:
    match condition:
        case Range():
            return [value for _, value in bounds(condition)]
        case Among():
            return condition.values
        case Exists():
            return ()
        case _:
            return (condition,)
