"""An outbox on a bench: a store in memory, a relay, receipts, a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shared.clock import FixedClock, to_text
from shared.events import Event, derived_id
from shared.outbox import Receipts, Relay, stage
from shared.store.port import Change, Collection, Document
from tests.support.bus import AT
from tests.support.fakes import ListPublisher, MemoryStore

START = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)


class Bench:
    """A store, a relay, receipts and a clock."""

    def __init__(self) -> None:
        self.clock = FixedClock(START)
        self.store = MemoryStore()
        self.documents: Collection = self.store.collection("submissions")
        self.publisher = ListPublisher()
        self.relay = Relay(self.documents, self.publisher, self.clock, "relay-1")
        self.receipts = Receipts(self.store, ["submissions"])

    @property
    def now(self) -> str:
        """The time as text."""
        return to_text(self.clock.now())

    def insert(self, *events: Event, id_: str = "s-1") -> None:
        """Insert a document that causes these events."""
        self.documents.insert({"_id": id_, **stage(None, events, self.now)})

    def add(self, event: Event, id_: str = "s-1") -> None:
        """Stage one more event on a stored document, as a careful writer does."""
        document = self.read(id_)
        change = Change(set=stage(document, [event], self.now))
        assert self.documents.update_if(id_, {"outbox_rev": document.get("outbox_rev")}, change)

    def read(self, id_: str = "s-1") -> Document:
        """Return the stored document."""
        document = self.documents.get(id_)
        assert document is not None
        return document

    def confirm(self, event: Event, by: str = "scoring") -> None:
        """Hand in the receipt of a consumer."""
        self.receipts.on_handled(receipt(event, by))

    def left(self, id_: str = "s-1") -> list[str]:
        """Return the ids still in the outbox."""
        return [entry["event"]["id"] for entry in self.read(id_).get("outbox") or []]


def receipt(event: Event, by: str) -> Event:
    """Return the receipt `by` publishes for an event."""
    data = {"event_id": event.id, "origin": event.origin, "by": by}
    return Event("handled.intake", data, event.subject, by, derived_id("handled", event.id, by), AT)


def computed(number: int = 1, **envelope: Any) -> Event:
    """Return an event nobody confirms."""
    data = {"programme": "example", "site": "north", "wave": "2026-h1", "as_of_seq": number, "values": []}
    return Event("indicators.computed", data, "example/north", "scoring", f"computed-{number}", AT, **envelope)
