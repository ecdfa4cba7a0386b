"""Fakes of ports, held to the same contract suites as the real adapters."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from shared.errors import StoreUnavailable
from shared.events import Event
from shared.store.collection import BaseCollection, Edit, as_lease, claimable, leased
from shared.store.conditions import Conditions, NotAfter, Order, bounds, conditions, order
from shared.store.documents import check_document, check_name, check_size
from shared.store.paging import value_at
from shared.store.port import (
    Among,
    Collection,
    CollectionSpec,
    Document,
    Duplicate,
    Exists,
    Index,
    Lease,
    Range,
    Where,
)


class MemoryStore:
    """Documents in a dictionary; `fail_next` makes the next calls raise StoreUnavailable."""

    def __init__(self) -> None:
        self._collections: dict[str, MemoryCollection] = {}
        self._indexes: dict[str, dict[str, Index]] = {}
        self._lock = threading.RLock()
        self.fail_next = 0

    def collection(self, name: str) -> Collection:
        """Return a collection."""
        with self._lock:
            return self._collections.setdefault(check_name(name), MemoryCollection(name, self))

    def migrate(self, specs: Sequence[CollectionSpec]) -> list[str]:
        """Remember unique indexes; return one line per change. Raises Duplicate if stored documents break one."""
        lines = []
        for spec in specs:
            lines += [f"{spec.name}: collection created"] if spec.name not in self._indexes else []
            known = self._indexes.setdefault(spec.name, {})
            for index in spec.indexes:
                if known.get(index.name) != index:
                    lines.append(f"{spec.name}: index {index.name} {'changed' if index.name in known else 'created'}")
                    for document in self.collection(spec.name).find({}) if index.unique else []:
                        self._collections[spec.name].check_unique(document, [index])
                    known[index.name] = index
        return lines

    def ping(self) -> None:
        """Raise StoreUnavailable if told to fail."""
        self.enter()

    def close(self) -> None:
        """Keep everything: closing a store does not delete it."""

    def enter(self) -> threading.RLock:
        """Fail if told to, else hand out the lock every operation holds."""
        with self._lock:
            if self.fail_next:
                self.fail_next -= 1
                raise StoreUnavailable("told to fail")
        return self._lock

    def unique(self, collection: str) -> list[Index]:
        """Return the unique indexes of a collection."""
        return [index for index in self._indexes.get(collection, {}).values() if index.unique]


class MemoryCollection(BaseCollection):
    """The Collection port over a dictionary."""

    def __init__(self, name: str, store: MemoryStore) -> None:
        super().__init__(name)
        self._store = store
        self._documents: dict[str, Document] = {}

    def insert(self, document: Document) -> None:
        with self._store.enter():
            if document.get("_id") in self._documents:
                raise Duplicate(self._name, "_id")
            self._keep(document)

    def get(self, id_: str) -> Document | None:
        with self._store.enter():
            return copy.deepcopy(self._documents.get(id_))

    def put_if_newer(self, document: Document, revision: str = "revision") -> bool:
        newer = int(document[revision])
        with self._store.enter():
            stored = value_at(self._documents.get(document["_id"], {}), revision)
            if stored is not None and stored >= newer:
                return False
            self._keep(document)
            return True

    def claim(self, where: Where, *, due: str, now: str, until: str, owner: str) -> Lease | None:
        with self._store.enter():
            found = self._select(claimable(where, due, now), order((due,)), 1)
            return as_lease(copy.deepcopy(self._keep(leased(found[0], until, owner)))) if found else None

    def delete(self, id_: str) -> bool:
        with self._store.enter():
            return self._documents.pop(id_, None) is not None

    def count(self, where: Where) -> int:
        return len(self._select(conditions(where), (), None))

    def stream(self, where: Where, *, sort: Sequence[str] = ("_id",)) -> Iterator[Document]:
        yield from self._select(conditions(where), order(sort), None)

    def _select(self, wanted: Conditions, sort: Order, limit: int | None) -> list[Document]:
        with self._store.enter():
            found = [d for d in self._documents.values() if all(_meets(value_at(d, p), c) for p, c in wanted)]
            for path, descending in reversed(sort):
                found.sort(key=lambda document, at=path: _rank(value_at(document, at)), reverse=descending)
            return copy.deepcopy(found[:limit])

    def _modify(self, id_: str, wanted: Conditions, edit: Edit) -> Document | None:
        with self._store.enter():
            found = self._select((("_id", id_), *wanted), (), 1)
            return copy.deepcopy(self._keep(edit(found[0]))) if found else None

    def _keep(self, document: Document) -> Document:
        check_document(document)
        check_size(document, len(json.dumps(document, allow_nan=False)))
        self.check_unique(document, self._store.unique(self._name))
        self._documents[document["_id"]] = copy.deepcopy(document)
        return document

    def check_unique(self, document: Document, indexes: Sequence[Index]) -> None:
        """Raise Duplicate if another document has the same key."""
        for index in indexes:
            key = [_rank(value_at(document, path)) for path in index.fields]
            others = (d for d in self._documents.values() if d["_id"] != document["_id"])
            taken = any([_rank(value_at(d, path)) for path in index.fields] == key for d in others)
            if taken and _rank(None) not in key:
                raise Duplicate(self._name, index.name)


def _rank(value: Any) -> tuple[int, Any]:
    """Order values as the adapters do: nothing, numbers, texts, booleans; containers last."""
    if value is None:
        return (0, 0)
    if isinstance(value, bool):
        return (3, value)
    if isinstance(value, (int, float)):
        return (1, value)
    return (2, value) if isinstance(value, str) else (4, json.dumps(value))


def _meets(value: Any, condition: Any) -> bool:
    match condition:
        case Range():
            return value is not None and all(_compares(value, name, bound) for name, bound in bounds(condition))
        case Among():
            return any(_meets(value, wanted) for wanted in condition.values)
        case Exists():
            return (value is not None) == condition.present
        case NotAfter():
            return value is None or _compares(value, "lte", condition.value)
        case _:
            return _rank(value) == _rank(condition)


def _compares(value: Any, operator: str, bound: Any) -> bool:
    (kind, left), (wanted, right) = _rank(value), _rank(bound)
    if kind != wanted:
        return False
    return bool({"gt": left > right, "gte": left >= right, "lt": left < right, "lte": left <= right}[operator])


class ListPublisher:
    """Remembers what was published; `before` and `after` run around each publish and may raise."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.before: Callable[[Event], None] = lambda _event: None
        self.after: Callable[[Event], None] = lambda _event: None

    def publish(self, event: Event) -> None:
        """Take the event."""
        self.before(event)
        self.events.append(event)
        self.after(event)

    @property
    def ids(self) -> list[str]:
        """The ids in the order of publishing."""
        return [event.id for event in self.events]
