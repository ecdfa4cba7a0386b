"""Receipts: a consumer has handled an event, so it may leave the outbox of the document that caused it."""

from __future__ import annotations

from collections.abc import Collection as Group

from shared.errors import PermanentError, TransientError
from shared.events import Event
from shared.outbox.entries import after_receipt
from shared.store.port import Store

_TRIES = 20


class Receipts:
    """Handles `handled.<service>` for the collections whose documents carry an outbox."""

    def __init__(self, store: Store, collections: Group[str]) -> None:
        self._store, self._collections = store, frozenset(collections)

    def on_handled(self, event: Event) -> None:
        """Strike the service off the entry; a receipt for what is no longer there changes nothing. Idempotent."""
        name, _, id_ = str(event.data["origin"]).partition("/")
        if name not in self._collections or not id_:
            raise PermanentError(f"receipt {event.id} names a collection without an outbox")
        collection = self._store.collection(name)
        for _ in range(_TRIES):
            document = collection.get(id_)
            change = None if document is None else after_receipt(document, event.data["event_id"], event.data["by"])
            if document is None or change is None:
                return
            if collection.update_if(id_, {"outbox_rev": document["outbox_rev"]}, change) is not None:
                return
        raise TransientError(f"receipt {event.id}: the document changes too often")
