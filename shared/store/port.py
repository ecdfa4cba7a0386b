"""The document-store port: what use cases need, and nothing only one adapter can do.

Documents are JSON objects: text keys without `.`, `$` or NUL; values are None, bool, int
(64 bit), finite float, str, list, object. Instants are `shared.clock.to_text` text, so they sort.
The key is `_id` (str, required). A write is one document and is durable when the call returns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.errors import Conflict

Document = dict[str, Any]


class Duplicate(Conflict):
    """A unique key is taken; `index` names it (`_id` or the declared index name)."""

    def __init__(self, collection: str, index: str) -> None:
        super().__init__("duplicate", f"{collection}: {index} is taken")
        self.index = index


@dataclass(frozen=True)
class Index:
    """A declared index; `fields` are dotted paths in order. Documents that lack a field of a
    unique index are not constrained by it."""

    name: str
    fields: tuple[str, ...]
    unique: bool = False


@dataclass(frozen=True)
class CollectionSpec:
    """A collection and its declared indexes."""

    name: str
    indexes: tuple[Index, ...] = ()


@dataclass(frozen=True)
class Range:
    """Bounds for one field, None = open. `gt`/`lt` exclude, `gte`/`lte` include. A missing field never matches."""

    gt: Any = None
    gte: Any = None
    lt: Any = None
    lte: Any = None


@dataclass(frozen=True)
class Among:
    """The field equals one of these scalars."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Exists:
    """The field is present and not None (`present=True`), or absent or None (`present=False`)."""

    present: bool = True


# dotted path -> scalar (equality; None means absent or null), Range, Among or Exists; all must hold
Where = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """What an update does; paths are dotted. `append` adds one element to a list (created if absent)."""

    set: Mapping[str, Any] = field(default_factory=dict)
    inc: Mapping[str, int] = field(default_factory=dict)
    unset: Sequence[str] = ()
    append: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Documents of one page and the opaque cursor of the next (None = last page)."""

    items: list[Document]
    next: str | None


@dataclass(frozen=True)
class Lease:
    """A claimed document; `fence` must be handed to `finish`."""

    document: Document
    fence: int


class Collection(Protocol):
    """One collection. Every method raises StoreUnavailable when the server is away or too slow."""

    def insert(self, document: Document) -> None:
        """Add a document. Raises Duplicate when `_id` or a unique key is taken."""

    def get(self, id_: str) -> Document | None:
        """Return the document or None."""

    def find(self, where: Where, *, sort: Sequence[str] = ("_id",), limit: int | None = None) -> list[Document]:
        """Return matching documents in order; a `-` prefix sorts a path descending. `_id` breaks ties."""

    def page(self, where: Where, *, sort: str = "_id", limit: int = 100, cursor: str | None = None) -> Page:
        """Return one page in order of one path (`-` descending, `_id` breaks ties).

        `cursor` is what the previous Page gave; raises Invalid when it is not one of ours.
        """

    def update_if(self, id_: str, where: Where, change: Change) -> Document | None:
        """Apply the change to this document if it matches; return it as it is afterwards, else None."""

    def put_if_newer(self, document: Document, revision: str = "revision") -> bool:
        """Store the whole document unless one with an equal or higher `revision` (int field) is stored.

        True if it was written. Idempotent. Raises Duplicate only for a unique index other than `_id`.
        """

    def claim(self, where: Where, *, due: str, now: str, until: str, owner: str) -> Lease | None:
        """Lease the document with the oldest `due` (instant text) at or before `now` that nobody holds.

        Sets `lease_until`, `lease_owner` and increments `fence` in one atomic step. A document without
        `due`, or with `lease_until` after `now`, is not taken. None when there is nothing to do.
        """

    def finish(self, id_: str, fence: int, change: Change) -> bool:
        """Apply the change and give the lease back, if `fence` is still the document's. False if it was lost."""

    def delete(self, id_: str) -> bool:
        """Remove the document; True if it was there."""

    def count(self, where: Where) -> int:
        """Return how many documents match."""

    def stream(self, where: Where, *, sort: Sequence[str] = ("_id",)) -> Iterator[Document]:
        """Yield matching documents in order without holding them all in memory."""


class Store(Protocol):
    """One service's database. Safe to share between threads; connect lazily, after fork."""

    def collection(self, name: str) -> Collection:
        """Return a collection (created on first write)."""

    def migrate(self, specs: Sequence[CollectionSpec]) -> list[str]:
        """Create what is missing, idempotently; return one line per change made."""

    def ping(self) -> None:
        """Raise StoreUnavailable unless the server answers within a second."""

    def close(self) -> None:
        """Release connections; a later call opens new ones."""
