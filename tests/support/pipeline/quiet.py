"""When everything that was accepted has been worked off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from services.intake.ports import WITH_OUTBOX as INTAKE
from services.notify.documents import ALERTS, DELIVERIES, GROUPS
from services.scoring.ports import WITH_OUTBOX as SCORING
from services.scoring.ports import WORK
from shared.bus import topology
from shared.bus.connection import BusOptions, borrowed
from shared.clock import SystemClock, to_text
from shared.errors import BusUnavailable
from shared.store.port import Range
from tests.support.pipeline.installation import Installation

SOON_S = 7200  # what is published again waits an hour at most, a reminder a day at least
MANY = 50


def open_work(installation: Installation) -> dict[str, int]:
    """Return what is still to be done, by place (up to MANY each); empty when the pipeline has come to rest."""
    soon = Range(lte=to_text(SystemClock().now() + timedelta(seconds=SOON_S)))
    places = [
        *[("intake", spec.name, "outbox_due") for spec in INTAKE],
        *[("scoring", name, "outbox_due") for name in SCORING],
        ("scoring", WORK.name, "due_at"),
        *[("notify", spec.name, "outbox_due") for spec in (ALERTS, DELIVERIES)],
        ("notify", GROUPS.name, "next_flush_at"),
        ("notify", DELIVERIES.name, "next_at"),
    ]
    left = {}
    for service, name, due in places:
        collection = installation.stores[service].collection(name)
        left[f"{service}.{name} {due}"] = len(collection.find({due: soon}, sort=(due,), limit=MANY))
    left |= waiting_messages(installation.bus_url)
    return {name: count for name, count in left.items() if count}


def waiting_messages(bus_url: str) -> dict[str, int]:
    """Return how many messages wait in every queue but the parked ones."""
    return _depths(bus_url, lambda queue: not queue.endswith(".parked"))


def parked_messages(bus_url: str) -> dict[str, int]:
    """Return how many messages are parked, by queue."""
    return {name: count for name, count in _depths(bus_url, lambda queue: queue.endswith(".parked")).items() if count}


def _depths(bus_url: str, wanted: Callable[[str], bool]) -> dict[str, int]:
    names = [q.name for s in topology.SUBSCRIPTIONS for q in topology.queues(s, topology.RUNGS_S) if wanted(q.name)]
    try:
        with borrowed(bus_url, BusOptions()) as connection:
            channel = connection.channel()
            return {name: channel.queue_declare(queue=name, passive=True).message_count for name in names}
    except BusUnavailable:
        return {"the bus": 1}
