"""Every name on the bus: the exchange, the queues, who consumes what, whose handling is confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

EXCHANGE = "peilung.events"
DELIVERY_LIMIT = 20
RUNGS_S = (5.0, 30.0, 120.0, 600.0, 1800.0)

_FROM_INTAKE = (
    "programme.published",
    "account.changed",
    "site.changed",
    "wave.opened",
    "wave.closed",
)
SUBSCRIPTIONS: Mapping[str, tuple[str, ...]] = {
    "intake": ("handled.intake",),
    "scoring": (
        *_FROM_INTAKE,
        "report.overdue",
        "submission.received",
        "submission.erased",
        "handled.scoring",
    ),
    "notify": (
        *_FROM_INTAKE,
        "indicators.computed",
        "flag.raised",
        "flag.changed",
        "flag.cleared",
        "flag.restated",
    ),
}
_REPLACED = frozenset({"indicators.computed"})


@dataclass(frozen=True)
class QueueSpec:
    """One queue: its name, its arguments and the routing keys it is bound to."""

    name: str
    arguments: Mapping[str, Any]
    keys: tuple[str, ...] = field(default=())


def events_queue(service: str) -> str:
    """Return the queue a service consumes."""
    return f"{service}.events"


def parked_queue(service: str) -> str:
    """Return the queue that keeps what a service could not handle."""
    return f"{service}.parked"


def retry_queue(service: str, delay_s: float) -> str:
    """Return the queue a message waits in before it comes back; the delay is in the name, so it can change."""
    return f"{service}.retry.{round(delay_s * 1000)}ms"


def receipt_name(source: str) -> str:
    """Return the name of the event that tells `source` that one of its events was handled."""
    return f"handled.{source}"


def consumers(name: str) -> tuple[str, ...]:
    """Return the services that consume events of this name."""
    return tuple(service for service, names in SUBSCRIPTIONS.items() if name in names)


def awaiting(name: str) -> tuple[str, ...]:
    """Return the services whose handling of this name is confirmed by a receipt."""
    if name.startswith("handled.") or is_replaced(name):
        return ()
    return consumers(name)


def is_replaced(name: str) -> bool:
    """Return whether the next event of this name from the same document says everything the last one said."""
    return name in _REPLACED


def queues(service: str, rungs_s: Sequence[float] = ()) -> list[QueueSpec]:
    """Return the queues of a service: parked first, then events, then one per retry delay."""
    back = {"x-dead-letter-exchange": "", "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}
    specs = [
        # looking at parked messages counts as a delivery: the limit must never be reached
        QueueSpec(parked_queue(service), _quorum(limit=2**31 - 1)),
        QueueSpec(
            events_queue(service),
            _quorum(limit=DELIVERY_LIMIT) | back | {"x-dead-letter-routing-key": parked_queue(service)},
            SUBSCRIPTIONS[service],
        ),
    ]
    for delay_s in rungs_s:
        ttl = {"x-message-ttl": round(delay_s * 1000), "x-dead-letter-routing-key": events_queue(service)}
        specs.append(QueueSpec(retry_queue(service, delay_s), _quorum(limit=DELIVERY_LIMIT) | back | ttl))
    return specs


def _quorum(limit: int) -> dict[str, Any]:
    return {"x-queue-type": "quorum", "x-delivery-limit": limit}
