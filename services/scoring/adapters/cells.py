"""Computed cells in the document store, with the events they cause."""

from __future__ import annotations

from collections.abc import Sequence

from services.scoring.domain.cells import CellKey
from services.scoring.ports import CELLS
from shared.errors import TransientError
from shared.events import Event
from shared.outbox import stage
from shared.store.port import Change, Document, Duplicate, Store

_TRIES = 50


class StoredCells:
    """Implements `Cells`: one document per cell, compare-and-set on `as_of_seq` and the outbox."""

    def __init__(self, store: Store) -> None:
        self._cells = store.collection(CELLS.name)

    def get(self, key: CellKey) -> Document | None:
        """Return a cell."""
        return self._cells.get(str(key))

    def of_site(self, programme: str, site: str, waves: Sequence[str]) -> list[Document]:
        """Return the site's cells of these waves that exist, in the order of the waves."""
        found = (self.get(CellKey(programme, site, wave)) for wave in waves)
        return [cell for cell in found if cell is not None]

    def write(self, key: CellKey, cell: Document, event: Event) -> None:
        """Store a cell unless a newer one is stored; the event leaves with the write if the content changed."""
        for _ in range(_TRIES):
            before = self.get(key)
            if before is not None and before["as_of_seq"] >= cell["as_of_seq"]:
                return
            if self._written(key, before, cell, event):
                return
        raise TransientError(f"{key} is written too often at once")

    def _written(self, key: CellKey, before: Document | None, cell: Document, event: Event) -> bool:
        fields = dict(cell)
        if before is None or before["content_digest"] != cell["content_digest"]:
            fields |= stage(before, [event], event.time)
        if before is None:
            try:
                self._cells.insert({"_id": str(key), **fields})
            except Duplicate:
                return False
            return True
        where = {"as_of_seq": before["as_of_seq"], "outbox_rev": before.get("outbox_rev")}
        return self._cells.update_if(str(key), where, Change(set=fields)) is not None
