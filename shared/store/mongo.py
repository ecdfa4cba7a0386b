"""The MongoDB adapter of the store port: compare-and-set on a tag, nothing a wire-compatible server might lack."""

from __future__ import annotations

import contextlib
import itertools
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pymongo.collection import Collection as Documents
from pymongo.cursor import Cursor
from pymongo.errors import DuplicateKeyError, OperationFailure

from shared.errors import StoreUnavailable
from shared.store.collection import BaseCollection, Edit, as_lease, claimable, leased
from shared.store.conditions import Conditions, Order, conditions, order
from shared.store.documents import ETAG, check_document, check_name
from shared.store.mongo_client import READ_BACK_TIMEOUT_S, Client, Stored, bounded
from shared.store.mongo_indexes import MIGRATION_TIMEOUT_S, ensure_index, taken_index
from shared.store.mongo_query import Filter, Keys, filter_of, sort_of
from shared.store.paging import value_at
from shared.store.port import Collection, CollectionSpec, Document, Duplicate, Lease, Where

T = TypeVar("T")

PING_TIMEOUT_S = 1.0
# How many of the oldest documents a claimer looks at, so that claimers who race need not all read again.
_CANDIDATES = 4
# What a stream asks for at a time; a few hundred documents come well within the limit of one call.
_BATCH = 200


class MongoStore:
    """One database on a MongoDB-wire server."""

    def __init__(self, url: str) -> None:
        self._client = Client(url)

    def collection(self, name: str) -> Collection:
        """Return a collection; the server creates it at the first write."""
        return MongoCollection(self._client, check_name(name))

    def migrate(self, specs: Sequence[CollectionSpec]) -> list[str]:
        """Create missing or changed indexes; return one line per change. May take minutes on a large collection."""
        with bounded(MIGRATION_TIMEOUT_S):
            database = self._client.database()
            return [
                line
                for spec in specs
                for index in spec.indexes
                for line in ensure_index(database[check_name(spec.name)], index)
            ]

    def ping(self) -> None:
        """Raise StoreUnavailable unless the server answers within a second."""
        with bounded(PING_TIMEOUT_S):
            self._client.database().client.admin.command("ping")

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._client.close()


class MongoCollection(BaseCollection):
    """One collection; every stored document carries a tag that each write replaces."""

    def __init__(self, client: Client, name: str) -> None:
        super().__init__(name)
        self._client = client

    def insert(self, document: Document) -> None:
        """Add a document. Raises Duplicate when `_id` or a unique key is taken."""
        self._sending(lambda sent: self._insert(document, sent), lambda _: None)

    def get(self, id_: str) -> Document | None:
        """Return the document or None."""
        found = self._select(conditions({"_id": id_}), (), 1)
        return found[0] if found else None

    def put_if_newer(self, document: Document, revision: str = "revision") -> bool:
        """Store the whole document unless one with an equal or higher revision is stored; True if written."""
        return self._sending(lambda sent: self._put_if_newer(document, revision, sent), lambda _: True)

    def claim(self, where: Where, *, due: str, now: str, until: str, owner: str) -> Lease | None:
        """Lease the document with the oldest `due` at or before `now` that nobody holds, None if there is none."""
        wanted, sort = claimable(where, due, now), sort_of(order((due,)))

        def work(sent: list[Stored]) -> Lease | None:
            while candidates := list(self._documents().find(filter_of(wanted), sort=sort, limit=_CANDIDATES)):
                for seen in candidates:
                    stored = self._replace(seen, wanted, leased(_visible(seen), until, owner), sent)
                    if stored is not None:
                        return as_lease(stored)
            return None

        return self._sending(work, as_lease)

    def delete(self, id_: str) -> bool:
        """Remove the document; True if it was there."""
        with bounded():
            return self._documents().delete_one({"_id": id_}).deleted_count == 1

    def count(self, where: Where) -> int:
        """Return how many documents match."""
        with bounded():
            return self._documents().count_documents(filter_of(conditions(where)))

    def stream(self, where: Where, *, sort: Sequence[str] = ("_id",)) -> Iterator[Document]:
        """Yield matching documents in order; one changed meanwhile may be missed or seen as it was or is.

        Each batch has a deadline of its own, and what the reader does between two of them has none.
        """
        wanted, sorting = filter_of(conditions(where)), sort_of(order(sort))
        with contextlib.closing(self._opened(wanted, sorting)) as cursor:
            while batch := self._batch(cursor):
                yield from map(_visible, batch)

    def _opened(self, wanted: Filter, sorting: Keys) -> Cursor[Stored]:
        with bounded():
            return self._documents().find(wanted, sort=sorting, batch_size=_BATCH)

    def _batch(self, cursor: Cursor[Stored]) -> list[Stored]:
        with bounded():
            return list(itertools.islice(cursor, _BATCH))

    def _select(self, wanted: Conditions, sort: Order, limit: int | None) -> list[Document]:
        with bounded():
            cursor = self._documents().find(filter_of(wanted), sort=sort_of(sort) or None, limit=limit or 0)
            return [_visible(stored) for stored in cursor]

    def _modify(self, id_: str, wanted: Conditions, edit: Edit) -> Document | None:
        def work(sent: list[Stored]) -> Document | None:
            while seen := self._documents().find_one(filter_of((("_id", id_), *wanted))):
                stored = self._replace(seen, wanted, edit(_visible(seen)), sent)
                if stored is not None:
                    return stored
            return None

        return self._sending(work, lambda document: document)

    def _put_if_newer(self, document: Document, revision: str, sent: list[Stored]) -> bool:
        while True:
            seen = self._documents().find_one({"_id": document["_id"]}, [revision, ETAG])
            if seen is None:
                with contextlib.suppress(_IdTaken):
                    self._insert(document, sent)
                    return True
            elif not _is_older(value_at(seen, revision), document[revision]):
                return False
            elif self._replace(seen, (), document, sent) is not None:
                return True

    def _insert(self, document: Document, sent: list[Stored]) -> None:
        """Insert; raises Duplicate. A duplicate key that is gone when we look for it is tried again."""
        check_document(document)
        sent.append(_tagged(document))
        while True:
            try:
                self._documents().insert_one(sent[-1])
                return
            except DuplicateKeyError:
                holder = self._documents().find_one({"_id": document["_id"]}, [ETAG])
                if holder is not None and holder.get(ETAG) == sent[-1][ETAG]:
                    return
                if holder is not None:
                    raise _IdTaken(self._name, "_id") from None
                self._raise_if_taken(document)

    def _replace(self, seen: Stored, wanted: Conditions, document: Document, sent: list[Stored]) -> Document | None:
        """Replace exactly what was seen; None if it has changed since. Raises Duplicate.

        The conditions are part of the filter again: some servers return a document as it is when they send it,
        not as it was when it matched.
        """
        check_document(document)
        sent.append(_tagged(document))
        try:
            unchanged = filter_of((("_id", seen["_id"]), (ETAG, seen.get(ETAG)), *wanted))
            written = self._documents().replace_one(unchanged, sent[-1]).matched_count == 1
        except OperationFailure as error:
            # Some servers do not say that it was a taken key.
            self._raise_if_taken(document)
            if not isinstance(error, DuplicateKeyError):
                raise
            written = False
        return document if written else None

    def _raise_if_taken(self, document: Document) -> None:
        index = taken_index(self._documents(), document)
        if index is not None:
            raise Duplicate(self._name, index) from None

    def _sending(self, work: Callable[[list[Stored]], T], arrived: Callable[[Document], T]) -> T:
        """Bound a write. If its outcome is unknown, look: when the last document sent is stored, it succeeded."""
        sent: list[Stored] = []
        try:
            with bounded():
                return work(sent)
        except StoreUnavailable:
            if sent and self._arrived(sent[-1]):
                return arrived(_visible(sent[-1]))
            raise

    def _arrived(self, stored: Stored) -> bool:
        with contextlib.suppress(StoreUnavailable), bounded(READ_BACK_TIMEOUT_S):
            found = self._documents().find_one({"_id": stored["_id"]}, [ETAG])
            return found is not None and found.get(ETAG) == stored[ETAG]
        return False

    def _documents(self) -> Documents[Stored]:
        return self._client.database()[self._name]


class _IdTaken(Duplicate):
    """The `_id` is taken, as opposed to a declared unique index."""


def _tagged(document: Document) -> Stored:
    return {**document, ETAG: secrets.token_hex(8)}


def _visible(stored: Stored) -> Document:
    return {key: value for key, value in stored.items() if key != ETAG}


def _is_older(revision: object, than: int) -> bool:
    return revision is None or (isinstance(revision, (int, float)) and revision < than)
