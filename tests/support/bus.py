"""Working with a bus in tests: events, consumers that run in a thread, a clean start."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from shared.bus import topology
from shared.bus.connection import BusOptions, borrowed, declare, declare_all
from shared.bus.consumer import Consumer, ConsumerOptions
from shared.bus.publisher import Publisher
from shared.events import Event
from tests.support.wait import eventually

RUNGS_S = (0.3, 0.6)
QUICK_BUS = BusOptions(heartbeat_s=2, connect_timeout_s=2, confirm_timeout_s=2, io_timeout_s=4, lease_s=2)
QUICK = ConsumerOptions(
    rungs_s=RUNGS_S,
    pause_first_s=0.05,
    pause_longest_s=0.1,
    reconnect_first_s=0.05,
    reconnect_longest_s=0.2,
    poll_s=0.05,
)
AT = "2026-01-31T08:15:00.250Z"
Handler = Callable[[Event], None]


def submission_received(number: int = 0, **changes: Any) -> Event:
    """Return an invented submission's event; `data` fields and envelope fields can be changed by name."""
    data: dict[str, Any] = {
        "submission": f"s-{number}",
        "programme": "example",
        "form": "report",
        "form_version": "1",
        "site": "north",
        "wave": "2026-h1",
        "respondent": "site",
        "revision": 1,
        "received_at": AT,
        "answers": {"count": number, "kind": "a", "kinds": ["a", "b"], "share": 0.5},
    }
    envelope: dict[str, Any] = {"id": str(uuid.uuid4()), "origin": f"submissions/s-{number}"}
    for name, value in changes.items():
        (data if name in data else envelope)[name] = value
    return Event(
        **({"name": "submission.received", "subject": "example/north", "source": "intake", "time": AT} | envelope),
        data=data,
    )


@dataclass
class Seen:
    """What handlers were given, in order; `act` decides what the handler does with it."""

    act: Handler = lambda _event: None
    events: list[Event] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self.act(event)

    @property
    def ids(self) -> list[str]:
        """The ids in order of handling."""
        return [event.id for event in self.events]

    def wait_for(self, count: int, timeout_s: float = 15) -> list[str]:
        """Return the ids once there are at least `count`."""
        eventually(lambda: len(self.events) >= count, timeout_s)
        return self.ids


def handlers(service: str, **given: Handler) -> Mapping[str, Handler]:
    """Return a handler for everything the service consumes; `submission_received=…` replaces one."""
    named = {name.replace("_", "."): handler for name, handler in given.items()}
    return {name: named.get(name, lambda _event: None) for name in topology.SUBSCRIPTIONS[service]}


@contextmanager
def consuming(
    url: str,
    service: str,
    given: Mapping[str, Handler],
    *,
    options: ConsumerOptions = QUICK,
    bus: BusOptions = QUICK_BUS,
    beat: Callable[[], None] = lambda: None,
    contact: Callable[[], None] = lambda: None,
) -> Iterator[threading.Event]:
    """Run a consumer in a thread; stops it at the end and insists that it leaves."""
    stop = threading.Event()
    consumer = Consumer(url, service, given, options=options, bus=bus, beat=beat, contact=contact)
    thread = threading.Thread(target=consumer.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive(), "the consumer did not stop"


@contextmanager
def publishing(url: str, bus: BusOptions = QUICK_BUS) -> Iterator[Publisher]:
    """Hand out a publisher and close it."""
    publisher = Publisher(url, bus)
    try:
        yield publisher
    finally:
        publisher.close()


def empty(url: str) -> None:
    """Declare everything and delete every message."""
    with borrowed(url, QUICK_BUS) as connection:
        declare_all(connection)
        for service in topology.SUBSCRIPTIONS:
            specs = topology.queues(service, RUNGS_S)
            declare(connection, specs)
            channel = connection.channel()
            for spec in specs:
                channel.queue_purge(spec.name)


def depth(url: str, queue: str) -> int:
    """Return how many messages are ready in a queue."""
    with borrowed(url, QUICK_BUS) as connection:
        count: int = connection.channel().queue_declare(queue=queue, passive=True).message_count
        return count
