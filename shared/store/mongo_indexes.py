"""Declared indexes on a MongoDB-wire server: create them, and find the one a document collides with."""

from __future__ import annotations

from collections.abc import Iterator

from pymongo.collection import Collection as Documents
from pymongo.errors import DuplicateKeyError, OperationFailure

from shared.store.documents import check_name, check_path
from shared.store.mongo_client import Stored
from shared.store.mongo_query import keys_of, options_of
from shared.store.paging import value_at
from shared.store.port import Document, Duplicate, Index

MIGRATION_TIMEOUT_S = 600.0
_NOT_IMPLEMENTED = 238


def ensure_index(documents: Documents[Stored], index: Index) -> Iterator[str]:
    """Create the index, or create it anew if it was declared differently before; yield one line per change."""
    name, keys = check_name(index.name), [(check_path(path), step) for path, step in keys_of(index)]
    stored = documents.index_information().get(name)
    if stored is not None:
        if list(stored["key"]) == keys and bool(stored.get("unique")) == index.unique:
            return
        documents.drop_index(name)
    try:
        _create(documents, index)
    except DuplicateKeyError as error:
        raise Duplicate(documents.name, name) from error
    yield f"{documents.name}: index {name} {'created' if stored is None else 'changed'}"


def taken_index(documents: Documents[Stored], document: Document) -> str | None:
    """Return the unique index under which another document holds this one's values.

    Servers differ in what a duplicate-key error tells (some tell nothing), so we look.
    """
    for name, stored in documents.index_information().items():
        values = {path: value_at(document, path) for path, _ in stored["key"]}
        if not stored.get("unique") or name == "_id_":
            continue
        if documents.find_one({**values, "_id": {"$ne": document["_id"]}}, ["_id"]) is not None:
            return name
    return None


def _create(documents: Documents[Stored], index: Index) -> None:
    options = options_of(index)
    try:
        documents.create_index(keys_of(index), name=index.name, **options)
    except OperationFailure as error:
        if error.code != _NOT_IMPLEMENTED or "partialFilterExpression" not in options:
            raise
        documents.create_index(keys_of(index), name=index.name, unique=True)
