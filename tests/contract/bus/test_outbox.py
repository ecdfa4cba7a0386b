"""Documents, relays, bus, consumers and receipts together: everything is handled, every outbox gets empty."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.clock import FixedClock, to_text
from shared.errors import InfrastructureError, TransientError
from shared.events import Event
from shared.outbox import OUTBOX_INDEX, Receipts, Relay, stage
from shared.store import open_store
from shared.store.port import CollectionSpec, Store
from tests.support.bus import Seen, consuming, empty, handlers, publishing, submission_received
from tests.support.wait import eventually

COUNT = 40


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An embedded store with the collection of the documents that cause events."""
    opened = open_store(f"sqlite://{tmp_path}/store.db")
    opened.migrate([CollectionSpec("submissions", (OUTBOX_INDEX,))])
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FixedClock:
    """The time of the relays."""
    return FixedClock(datetime(2026, 2, 1, tzinfo=UTC))


@contextmanager
def relaying(url: str, store: Store, clock: FixedClock, owner: str) -> Iterator[None]:
    """Run a relay in a thread."""
    stop = threading.Event()

    def run() -> None:
        with publishing(url) as publisher:
            relay = Relay(store.collection("submissions"), publisher, clock, owner)
            while not stop.wait(0.02):
                try:
                    relay.run_once()
                except InfrastructureError:
                    stop.wait(0.1)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def accept(store: Store, clock: FixedClock, first: int, count: int) -> list[Event]:
    """Insert submissions with their events, as intake does."""
    events = [submission_received(number) for number in range(first, first + count)]
    for event in events:
        document = {"_id": event.data["submission"], **stage(None, [event], to_text(clock.now()))}
        store.collection("submissions").insert(document)
    return events


def outboxes(store: Store) -> int:
    """Return how many documents still hold events."""
    return sum(1 for document in store.collection("submissions").find({}) if document.get("outbox"))


def test_many_relays_and_consumers_bring_everything_to_rest(bus_url: str, store: Store, clock: FixedClock) -> None:
    seen, receipts = Seen(), Receipts(store, ["submissions"])
    with ExitStack() as running:
        for number in range(2):
            running.enter_context(relaying(bus_url, store, clock, f"relay-{number}"))
            running.enter_context(consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)))
            running.enter_context(consuming(bus_url, "intake", handlers("intake", handled_intake=receipts.on_handled)))
        events = accept(store, clock, 0, COUNT)
        eventually(lambda: outboxes(store) == 0, 30)

    assert set(seen.ids) == {event.id for event in events}
    assert len(seen.ids) == COUNT, "nothing went wrong, so nothing was sent twice"


def test_a_bus_that_forgets_everything_loses_nothing(bus_url: str, store: Store, clock: FixedClock) -> None:
    seen, receipts = Seen(), Receipts(store, ["submissions"])
    with relaying(bus_url, store, clock, "relay-1"):
        forgotten = accept(store, clock, 0, 5)
        eventually(lambda: all(d["outbox"][0]["sent"] for d in store.collection("submissions").find({})))
        empty(bus_url)
        with (
            consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)),
            consuming(bus_url, "intake", handlers("intake", handled_intake=receipts.on_handled)),
        ):
            later = accept(store, clock, 100, 5)
            eventually(lambda: outboxes(store) == 5, 20)
            clock.advance(seconds=61)
            eventually(lambda: outboxes(store) == 0, 20)

    assert set(seen.ids) == {event.id for event in forgotten + later}


def test_an_event_behind_a_delayed_one_is_not_delayed(bus_url: str, store: Store, clock: FixedClock) -> None:
    times: dict[str, float] = {}

    def act(event: Event) -> None:
        if event.data["submission"] == "s-0" and len(seen.ids) < 2:
            raise TransientError("later")
        times[event.data["submission"]] = time.monotonic()

    seen, receipts = Seen(act), Receipts(store, ["submissions"])
    with (
        relaying(bus_url, store, clock, "relay-1"),
        consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)),
        consuming(bus_url, "intake", handlers("intake", handled_intake=receipts.on_handled)),
    ):
        accept(store, clock, 0, 2)
        eventually(lambda: outboxes(store) == 0, 20)

    assert times["s-1"] < times["s-0"]
