"""What both adapters' collections do the same way, on top of select and modify."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from shared.store.changes import apply
from shared.store.conditions import Conditions, NotAfter, Order, conditions, order
from shared.store.paging import cursor_after, position, segments
from shared.store.port import Change, Document, Lease, Page, Range, Where

Edit = Callable[[Document], Document]


class BaseCollection(ABC):
    """The part of the Collection port that does not depend on the server."""

    def __init__(self, name: str) -> None:
        self._name = name

    @abstractmethod
    def _select(self, wanted: Conditions, sort: Order, limit: int | None) -> list[Document]:
        """Return matching documents in order."""

    @abstractmethod
    def _modify(self, id_: str, wanted: Conditions, edit: Edit) -> Document | None:
        """Replace this document by its edited self in one atomic step, if it matches; return what is stored then."""

    def find(self, where: Where, *, sort: Sequence[str] = ("_id",), limit: int | None = None) -> list[Document]:
        """Return matching documents in order; `_id` breaks ties in the direction of the last sort path."""
        if limit is not None and limit < 1:
            raise ValueError("limit must be positive")
        return self._select(conditions(where), order(sort), limit)

    def page(self, where: Where, *, sort: str = "_id", limit: int = 100, cursor: str | None = None) -> Page:
        """Return one page; documents that arrive meanwhile appear only behind the cursor."""
        if limit < 1:
            raise ValueError("limit must be positive")
        wanted, sorting = conditions(where), order((sort,))
        found: list[Document] = []
        for segment in [()] if cursor is None else self._after(sort, cursor):
            found += self._select((*wanted, *segment), sorting, limit + 1 - len(found))
            if len(found) > limit:
                return Page(found[:limit], cursor_after(self._name, sort, found[limit - 1]))
        return Page(found, None)

    def update_if(self, id_: str, where: Where, change: Change) -> Document | None:
        """Apply the change to this document if it matches; return it as it is afterwards, else None."""
        return self._modify(id_, conditions(where), lambda document: apply(document, change))

    def finish(self, id_: str, fence: int, change: Change) -> bool:
        """Apply the change and give the lease back; True once per lease, as giving back moves the fence on."""
        finished = self._modify(id_, (("fence", fence),), lambda document: apply(apply(document, change), _RELEASE))
        return finished is not None

    def _after(self, sort: str, cursor: str) -> list[Conditions]:
        value, id_ = position(self._name, sort, cursor)
        path, descending = order((sort,))[0]
        return segments(path, descending, value, id_)


_RELEASE = Change(unset=("lease_until", "lease_owner"), inc={"fence": 1})


def claimable(where: Where, due: str, now: str) -> Conditions:
    """Return what a document must fulfil to be claimed at `now`."""
    return (*conditions(where), *conditions({due: Range(lte=now)}), ("lease_until", NotAfter(now)))


def leased(document: Document, until: str, owner: str) -> Document:
    """Return the document under a new lease."""
    return apply(document, Change(set={"lease_until": until, "lease_owner": owner}, inc={"fence": 1}))


def as_lease(document: Document) -> Lease:
    """Return the lease on a document that `leased` made."""
    return Lease(document, document["fence"])
