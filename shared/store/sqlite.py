"""The SQLite adapter of the store port: one file, JSON bodies, several processes."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from shared.store import sqlite_schema as schema
from shared.store.collection import BaseCollection, Edit, as_lease, claimable, leased
from shared.store.conditions import Conditions, Order, conditions, order
from shared.store.documents import check_document, check_name, check_size
from shared.store.port import Collection, CollectionSpec, Document, Lease, Where
from shared.store.sqlite_connection import BUSY_TIMEOUT_S, Connections
from shared.store.sqlite_query import order_sql, value_expression, where_sql
from shared.store.sqlite_writer import Writer

T = TypeVar("T")
_PING_TIMEOUT_S = 1.0
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class SqliteStore:
    """A database file; every thread and process has its own connection, and each process one to write with."""

    def __init__(self, path: str, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self._connections = Connections(path, busy_timeout_s)
        self._writer = Writer(self._connections, busy_timeout_s)
        self._schema = schema.Schema()

    def collection(self, name: str) -> Collection:
        """Return a collection; its table is created by the first write."""
        return SqliteCollection(self._connections, self._writer, self._schema, check_name(name))

    def migrate(self, specs: Sequence[CollectionSpec]) -> list[str]:
        """Create missing tables, columns and indexes in one transaction; return one line per change."""
        with self._connections.translated(), self._writer.transaction() as connection:
            return list(schema.migrate(connection, specs))

    def ping(self) -> None:
        """Open the file anew and read from it; raises StoreUnavailable if that takes longer than a second."""
        with (
            self._connections.translated(),
            contextlib.closing(self._connections.open(_PING_TIMEOUT_S)) as connection,
        ):
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()

    def close(self) -> None:
        """Close this thread's connection and the one for writing; other threads' close at their next use or with it."""
        self._connections.close()
        self._writer.close()


class SqliteCollection(BaseCollection):
    """One table: `_id`, the document as JSON, and a generated column per declared path."""

    def __init__(self, connections: Connections, writer: Writer, known: schema.Schema, name: str) -> None:
        super().__init__(name)
        self._connections = connections
        self._writer = writer
        self._schema = known

    def insert(self, document: Document) -> None:
        """Add a document. Raises Duplicate when `_id` or a unique key is taken."""
        row = (document.get("_id"), _encode(document))
        statement = f'INSERT INTO "{self._name}" (_id, body) VALUES (?, ?)'  # noqa: S608
        self._written(lambda connection: connection.execute(statement, row).rowcount)

    def get(self, id_: str) -> Document | None:
        """Return the document or None."""
        found = self._select(conditions({"_id": id_}), (), 1)
        return found[0] if found else None

    def put_if_newer(self, document: Document, revision: str = "revision") -> bool:
        """Store the whole document unless one with an equal or higher revision is stored; True if written."""
        stored = value_expression(revision)
        statement = (
            f'INSERT INTO "{self._name}" (_id, body) VALUES (?, ?) ON CONFLICT (_id) '  # noqa: S608
            f"DO UPDATE SET body = excluded.body WHERE coalesce({stored}, ?) < ?"
        )
        newer = int(document[revision])
        row = (document.get("_id"), _encode(document), newer - 1, newer)
        return self._written(lambda connection: connection.execute(statement, row).rowcount) == 1

    def claim(self, where: Where, *, due: str, now: str, until: str, owner: str) -> Lease | None:
        """Lease the document with the oldest `due` at or before `now` that nobody holds, None if there is none."""
        wanted, sort = claimable(where, due, now), order((due,))
        while found := self._select(wanted, sort, 1):
            stored = self._modify(found[0]["_id"], wanted, lambda document: leased(document, until, owner))
            if stored is not None:
                return as_lease(stored)
        return None

    def delete(self, id_: str) -> bool:
        """Remove the document; True if it was there."""
        statement = f'DELETE FROM "{self._name}" WHERE _id = ?'  # noqa: S608
        return self._written(lambda connection: connection.execute(statement, (id_,)).rowcount) == 1

    def count(self, where: Where) -> int:
        """Return how many documents match."""
        with self._connections.translated():
            rows = self._query(self._connections.get(), "count(*)", conditions(where), (), None)
            return next((int(number) for (number,) in rows), 0)

    def stream(self, where: Where, *, sort: Sequence[str] = ("_id",)) -> Iterator[Document]:
        """Yield matching documents as they were when the first was read, on a connection of its own."""
        wanted, sorting = conditions(where), order(sort)
        with self._connections.translated(), contextlib.closing(self._connections.open(BUSY_TIMEOUT_S)) as connection:
            for (body,) in self._query(connection, "body", wanted, sorting, None):
                yield json.loads(body)

    def _select(self, wanted: Conditions, sort: Order, limit: int | None) -> list[Document]:
        with self._connections.translated():
            return self._read(self._connections.get(), wanted, sort, limit)

    def _read(
        self, connection: sqlite3.Connection, wanted: Conditions, sort: Order, limit: int | None
    ) -> list[Document]:
        return [json.loads(body) for (body,) in self._query(connection, "body", wanted, sort, limit)]

    def _modify(self, id_: str, wanted: Conditions, edit: Edit) -> Document | None:
        statement = f'UPDATE "{self._name}" SET body = ? WHERE _id = ?'  # noqa: S608

        def change(connection: sqlite3.Connection) -> Document | None:
            for found in self._read(connection, (("_id", id_), *wanted), (), 1):
                edited = edit(found)
                connection.execute(statement, (_encode(edited), edited["_id"]))
                return edited
            return None

        return self._written(change)

    def _query(
        self, connection: sqlite3.Connection, what: str, wanted: Conditions, sort: Order, limit: int | None
    ) -> Iterator[tuple[Any, ...]]:
        declared = self._schema.declared(connection, self._name)
        if declared is None:
            return iter(())
        text, parameters = where_sql(wanted, declared)
        statement = f'SELECT {what} FROM "{self._name}" WHERE {text}'  # noqa: S608
        statement += f" ORDER BY {order_sql(sort, declared)}" if sort else ""
        statement += f" LIMIT {int(limit)}" if limit is not None else ""
        return connection.execute(statement, parameters)

    def _written(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Make a change durable, with the table there and SQLite's errors as ours."""

        def checked(connection: sqlite3.Connection) -> T:
            if self._schema.declared(connection, self._name) is None:
                schema.create_table(connection, self._name)
            try:
                return change(connection)
            except sqlite3.IntegrityError as error:
                raise schema.violated(connection, self._name, error) from error

        with self._connections.translated():
            return self._writer.write(checked)


def _encode(document: Document) -> str:
    check_document(document)
    body = _JSON.encode(document)
    check_size(document, len(body))
    return body
