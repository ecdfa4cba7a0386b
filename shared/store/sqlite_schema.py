"""Tables, generated columns and indexes of the SQLite store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from shared.store.documents import check_name, check_path
from shared.store.port import CollectionSpec, Duplicate, Index
from shared.store.sqlite_query import column, column_name, value_expression

_TABLES_AND_COLUMNS = (
    "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' ORDER BY 1"
)


class Schema:
    """What the database file declares; read again whenever anybody changed it."""

    def __init__(self) -> None:
        self._read: tuple[int, Mapping[str, frozenset[str]]] = (-1, {})

    def declared(self, connection: sqlite3.Connection, collection: str) -> frozenset[str] | None:
        """Return the paths with a generated column, None if the collection does not exist yet."""
        version = connection.execute("PRAGMA schema_version").fetchone()[0]
        seen, tables = self._read
        if seen != version:
            tables = _declared_paths(connection)
            self._read = (version, tables)
        return tables.get(collection)


def create_table(connection: sqlite3.Connection, collection: str) -> None:
    """Create the table of a collection if it is missing."""
    connection.execute(f'CREATE TABLE IF NOT EXISTS "{collection}" (_id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)')


def migrate(connection: sqlite3.Connection, specs: Sequence[CollectionSpec]) -> Iterator[str]:
    """Create what the specs declare and the file lacks; yield one line per change."""
    present = _declared_paths(connection)
    for spec in specs:
        collection = check_name(spec.name)
        if collection not in present:
            create_table(connection, collection)
            yield f"{collection}: collection created"
        columns = set(present.get(collection, ()))
        for index in spec.indexes:
            for path in index.fields:
                if check_path(path) not in columns and path != "_id":
                    columns.add(path)
                    yield _add_column(connection, collection, path)
            yield from _ensure_index(connection, collection, index)


def violated(connection: sqlite3.Connection, collection: str, error: sqlite3.IntegrityError) -> Duplicate:
    """Return the Duplicate that names the index SQLite complains about."""
    message = str(error).removeprefix("UNIQUE constraint failed: ")
    indexes = connection.execute('SELECT name FROM pragma_index_list(?) WHERE "unique"', (collection,)).fetchall()
    for (name,) in indexes:
        fields = connection.execute("SELECT name FROM pragma_index_info(?)", (name,)).fetchall()
        if message == ", ".join(f"{collection}.{field}" for (field,) in fields):
            return Duplicate(collection, name.removeprefix(f"{collection}:") if ":" in name else "_id")
    raise error


def _declared_paths(connection: sqlite3.Connection) -> dict[str, frozenset[str]]:
    tables: dict[str, set[str]] = {}
    prefix = column_name("")
    for table, name in connection.execute(_TABLES_AND_COLUMNS):
        paths = tables.setdefault(table, set())
        if name.startswith(prefix):
            paths.add(name.removeprefix(prefix))
    return {table: frozenset(paths) for table, paths in tables.items()}


def _add_column(connection: sqlite3.Connection, collection: str, path: str) -> str:
    connection.execute(f'ALTER TABLE "{collection}" ADD COLUMN "{column_name(path)}" AS ({value_expression(path)})')
    return f"{collection}: {path} prepared for indexes"


def _ensure_index(connection: sqlite3.Connection, collection: str, index: Index) -> Iterator[str]:
    """An index that ends in the key answers sorts and pages without sorting; a unique one must not."""
    name = f"{collection}:{check_name(index.name)}"
    paths = [*index.fields, *([] if index.unique or "_id" in index.fields else ["_id"])]
    columns = ", ".join(column(path, frozenset(paths)) for path in paths)
    wanted = f'CREATE {"UNIQUE " if index.unique else ""}INDEX "{name}" ON "{collection}" ({columns})'
    stored = connection.execute("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?", (name,)).fetchone()
    if stored is not None and stored[0] == wanted:
        return
    if stored is not None:
        connection.execute(f'DROP INDEX "{name}"')
    try:
        connection.execute(wanted)
    except sqlite3.IntegrityError as error:
        raise Duplicate(collection, index.name) from error
    yield f"{collection}: index {index.name} {'created' if stored is None else 'changed'}"
