"""Things others keep a copy of (sites, waves, accounts): one document with its revision and outgoing event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.handlers.desk import Desk
from shared.errors import TransientError
from shared.events import Event, derived_id
from shared.outbox import stage
from shared.store.port import Change, CollectionSpec, Document, Duplicate

_ATTEMPTS = 20


@dataclass(frozen=True)
class State:
    """The state one thing shall have. `data` is what the event says, without `revision`."""

    spec: CollectionSpec
    id: str
    data: Mapping[str, Any]
    subject: str


def establish(desk: Desk, state: State, event_name: str | None) -> bool:
    """Bring the stored document to this state and stage the event; False when it was so already.

    `event_name` None keeps the state without telling anybody. Safe against other writers.
    """
    collection = desk.collection(state.spec)
    for _ in range(_ATTEMPTS):
        stored = collection.get(state.id)
        if stored is not None and all(stored.get(key) == value for key, value in state.data.items()):
            return False
        if _write(desk, state, stored, event_name):
            desk.forget()
            return True
    raise TransientError(f"{state.spec.name}/{state.id} is being changed by others")


def _write(desk: Desk, state: State, stored: Document | None, event_name: str | None) -> bool:
    collection = desk.collection(state.spec)
    revision = 1 if stored is None else int(stored["revision"]) + 1
    content = {**state.data, "revision": revision}
    events = [state_event(desk, state, content, event_name)] if event_name else []
    if events or stored is None:
        content = {**content, **stage(stored, events, desk.now())}
    try:
        if stored is None:
            collection.insert({"_id": state.id, **content})
            return True
    except Duplicate:
        return False
    unchanged = {"outbox_rev": stored.get("outbox_rev"), "revision": stored["revision"]}
    return collection.update_if(state.id, unchanged, Change(set=content)) is not None


def state_event(desk: Desk, state: State, data: Mapping[str, Any], name: str) -> Event:
    """Return the event that tells a state; the same state gives the same id."""
    return Event(
        name=name,
        subject=state.subject,
        source="intake",
        id=derived_id(name, state.id, data["revision"]),
        time=desk.now(),
        origin=f"{state.spec.name}/{state.id}",
        data=dict(data),
    )
