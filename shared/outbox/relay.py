"""Publishing what documents carry in their outbox, again and again until it is confirmed as handled."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Protocol

from shared.clock import Clock, from_text, to_text
from shared.event_schemas import from_json
from shared.events import Event
from shared.outbox.entries import FIRST_RESEND_S, after_sending
from shared.runtime import metrics
from shared.store.port import Change, Collection, Document, Lease, Range

log = logging.getLogger(__name__)

LEASE_S = 10
_TRIES = 8


class EventPublisher(Protocol):
    """What the relay needs of a publisher."""

    def publish(self, event: Event) -> None:
        """Return when the bus has the event. Raises BusUnavailable."""


class Relay:
    """Relays one collection. Several may run at once; `owner` tells them apart in the documents.

    What nobody confirms within `resend_s` is published again, then after twice that time, and so on.
    """

    def __init__(
        self,
        collection: Collection,
        publisher: EventPublisher,
        clock: Clock,
        owner: str,
        resend_s: float = FIRST_RESEND_S,
    ) -> None:
        self._collection, self._publisher = collection, publisher
        self._clock, self._owner, self._resend_s = clock, owner, resend_s

    def run_once(self, limit: int = 50) -> int:
        """Relay up to `limit` documents that are due; return how many there were.

        Raises BusUnavailable or StoreUnavailable: nothing is lost, the lease runs out and the document
        comes again; wait before the next call.
        """
        done, more = 0, True
        while more and done < limit:
            more = False
            for lease in self._due(limit - done):
                self._relay(lease)
                done, more = done + 1, True
        return done

    def _due(self, limit: int) -> Iterator[Lease]:
        """Look once (a look can cost a whole scan), then lease one after the other, each just before it is relayed."""
        now = to_text(self._clock.now())
        for seen in self._collection.find({"outbox_due": Range(lte=now)}, sort=("outbox_due",), limit=limit):
            if (seen.get("lease_until") or "") <= now:
                lease = self._lease(seen)
                if lease is not None:
                    yield lease

    def _lease(self, seen: Document) -> Lease | None:
        until = to_text(self._clock.now() + timedelta(seconds=LEASE_S))
        unchanged = {"fence": seen.get("fence"), "outbox_rev": seen.get("outbox_rev")}
        change = Change(set={"lease_until": until, "lease_owner": self._owner}, inc={"fence": 1})
        leased = self._collection.update_if(seen["_id"], unchanged, change)
        return None if leased is None else Lease(leased, leased["fence"])

    def _relay(self, lease: Lease) -> None:
        now = self._clock.now()
        now_text = to_text(now)
        sent: set[str] = set()
        for entry in lease.document.get("outbox") or []:
            if entry["due"] <= now_text:
                event = from_json(entry["event"])
                if not entry["sent"]:
                    waited_s = (now - from_text(entry["due"])).total_seconds()
                    metrics.OUTBOX_OLDEST.labels(event.source).set(waited_s)
                self._publisher.publish(event)
                sent.add(event.id)
                metrics.OUTBOX_PUBLISHED.labels(event.source).inc()
        self._settle(lease, sent)

    def _settle(self, lease: Lease, sent: set[str]) -> None:
        """Write down what was sent, on top of what others changed meanwhile; not if the lease has passed on."""
        document, now = lease.document, self._clock.now()
        for _ in range(_TRIES):
            where = {"fence": lease.fence, "outbox_rev": document.get("outbox_rev")}
            change = after_sending(document, sent, now, self._resend_s)
            if self._collection.update_if(document["_id"], where, change) is not None:
                return
            current = self._collection.get(document["_id"])
            if current is None or current.get("fence") != lease.fence:
                return
            document = current
        log.warning("outbox changes too often, sending again later", extra={"owner": self._owner})
