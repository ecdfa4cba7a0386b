"""What a service has stored: taken before and after, to see that a refusal changed nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.intake.ports import COLLECTIONS
from shared.store.port import Document, Store

Stored = dict[str, dict[str, Document]]


def everything(store: Store) -> Stored:
    """Return every document of intake's collections, by collection and id."""
    found = {spec.name: store.collection(spec.name).find({}) for spec in COLLECTIONS}
    return {name: {document["_id"]: document for document in documents} for name, documents in found.items()}


def changed(before: Stored, after: Stored) -> set[str]:
    """Return the collections in which something was added, changed or lost."""
    return {name for name in before if before[name] != after[name]}


@contextmanager
def nothing_changes(store: Store) -> Iterator[None]:
    """Raise AssertionError if a document was added, changed or lost inside the context."""
    before = everything(store)
    yield
    assert changed(before, everything(store)) == set()
