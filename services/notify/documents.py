"""The documents notify owns, by collection, and their indexes."""

from __future__ import annotations

from shared.bus.contact import CONTACT
from shared.store.port import CollectionSpec, Index

ALERTS = CollectionSpec(
    "alerts",
    (
        Index("place", ("programme", "site", "state")),
        Index("changed", ("changed_at",)),
        Index("outbox", ("outbox_due",)),
    ),
)
GROUPS = CollectionSpec("groups", (Index("due", ("next_flush_at",)), Index("recipient", ("recipient",))))
DELIVERIES = CollectionSpec(
    "deliveries",
    (
        Index("due", ("next_at",)),
        Index("place", ("programme", "site")),
        Index("created", ("created_at",)),
        Index("outbox", ("outbox_due",)),
    ),
)
SILENCES = CollectionSpec("silences", (Index("programme", ("programme", "ends_at")),))
SUPPRESSIONS = CollectionSpec("suppressions")
CHANNELS = CollectionSpec("channels")

COLLECTIONS = (ALERTS, GROUPS, DELIVERIES, SILENCES, SUPPRESSIONS, CHANNELS, CONTACT)
