"""The fields an outbox adds to a document, and how staging, sending and confirming change them."""

from __future__ import annotations

from collections.abc import Collection as Group
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.bus.topology import awaiting, is_replaced
from shared.clock import EPOCH_TEXT, to_text
from shared.event_schemas import UnreadableEvent, check, event_type, to_json
from shared.events import Event
from shared.store.port import Change, Document, Index

FIRST_RESEND_S = 60.0
LONGEST_RESEND_S = 3600

OUTBOX_INDEX = Index("outbox_due", ("outbox_due",))


def stage(document: Mapping[str, Any] | None, events: Sequence[Event], now: str) -> dict[str, Any]:
    """Return the fields to set so that these events leave with the write that sets them.

    `document` is the document as read, or None for a new one: merge the fields into the document to
    insert, or put them into `Change.set` of an `update_if` whose `where` has
    `{"outbox_rev": document.get("outbox_rev")}`; when that does not match, read again and stage again.
    An event staged again under the same id replaces the entry still there, and so does one that says
    everything an earlier one said (`indicators.computed`). Gives back any lease.
    Raises UnreadableEvent when an event breaks its schema, or is confirmed and has no origin.
    """
    for event in events:
        check(event)
        if awaiting(event.name) and not event.origin:
            raise UnreadableEvent("schema", f"{event.name}: needs an origin, or nobody could confirm it")
    before = document or {}
    kept = [entry for entry in before.get("outbox") or [] if not any(_replaces(event, entry) for event in events)]
    fresh = [
        {"event": to_json(event), "awaiting": list(awaiting(event.name)), "due": now, "sent": 0} for event in events
    ]
    return {**_fields(before, kept + fresh), "lease_until": EPOCH_TEXT}


def _replaces(event: Event, entry: Mapping[str, Any]) -> bool:
    earlier = entry["event"]
    same_kind = earlier["type"] == event_type(event.name, event.version)
    return bool(earlier["id"] == event.id or (is_replaced(event.name) and same_kind))


def after_sending(
    document: Mapping[str, Any], sent: Group[str], now: datetime, resend_s: float = FIRST_RESEND_S
) -> Change:
    """Return the change after these event ids were published: dropped if nobody confirms them, else due again later."""
    entries = []
    for entry in document.get("outbox") or []:
        if entry["event"]["id"] not in sent:
            entries.append(entry)
        elif entry["awaiting"]:
            delay_s = min(resend_s * 2 ** entry["sent"], LONGEST_RESEND_S)
            due = to_text(now + timedelta(seconds=delay_s))
            entries.append({**entry, "due": due, "sent": min(entry["sent"] + 1, 10)})
    change = _change(document, entries)
    return Change(set={**change.set, "lease_until": EPOCH_TEXT}, unset=change.unset)


def after_receipt(document: Mapping[str, Any], event_id: str, service: str) -> Change | None:
    """Return the change after `service` handled the event; None if nothing waits for that."""
    entries: list[Document] = []
    found = False
    for entry in document.get("outbox") or []:
        if entry["event"]["id"] == event_id and service in entry["awaiting"]:
            found = True
            left = [other for other in entry["awaiting"] if other != service]
            entries += [{**entry, "awaiting": left}] if left else []
        else:
            entries.append(entry)
    return _change(document, entries) if found else None


def _change(document: Mapping[str, Any], entries: list[Document]) -> Change:
    fields = _fields(document, entries)
    if entries:
        return Change(set=fields)
    return Change(set={"outbox_rev": fields["outbox_rev"]}, unset=("outbox", "outbox_due"))


def _fields(document: Mapping[str, Any], entries: list[Document]) -> dict[str, Any]:
    fields: dict[str, Any] = {"outbox": entries, "outbox_rev": (document.get("outbox_rev") or 0) + 1}
    if entries:
        fields["outbox_due"] = min(entry["due"] for entry in entries)
    return fields
