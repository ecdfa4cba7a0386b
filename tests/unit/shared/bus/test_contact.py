"""The last contact with the bus: any worker writes it down, every page reads it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.bus.contact import CONTACT, Contact
from shared.clock import FixedClock
from shared.store.port import Store
from tests.support.fakes import MemoryStore

LATE_AFTER_S = 120
NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
AT_NOON = "2026-08-01T12:00:00.000Z"


@pytest.fixture
def store() -> Store:
    return MemoryStore()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


def contact(store: Store, clock: FixedClock) -> Contact:
    """What one process has."""
    return Contact(store, clock, LATE_AFTER_S, monotonic=lambda: clock.now().timestamp())


def test_nothing_is_late_before_there_was_ever_a_worker(store: Store, clock: FixedClock) -> None:
    worker = contact(store, clock)

    worker.keep()
    clock.advance(days=1)

    assert contact(store, clock).lost_since() is None


def test_without_contact_for_longer_than_the_limit_pages_are_late_since_the_last_one(
    store: Store, clock: FixedClock
) -> None:
    worker, page = contact(store, clock), contact(store, clock)
    worker.made()
    worker.keep()

    clock.advance(seconds=LATE_AFTER_S)
    worker.keep()  # runs, but the bus has not answered again
    assert page.lost_since() is None
    clock.advance(seconds=1)
    worker.keep()

    assert page.lost_since() == AT_NOON


def test_one_worker_with_contact_is_enough_and_the_first_one_back_ends_it(store: Store, clock: FixedClock) -> None:
    lost, other, page = (contact(store, clock) for _ in range(3))
    lost.made()
    lost.keep()
    clock.advance(seconds=LATE_AFTER_S + 1)
    assert page.lost_since() == AT_NOON

    other.made()
    other.keep()

    assert page.lost_since() is None


def test_a_worker_whose_clock_is_behind_takes_nothing_back(store: Store, clock: FixedClock) -> None:
    ahead, behind = contact(store, clock), contact(store, FixedClock(datetime(2026, 7, 31, 12, tzinfo=UTC)))
    ahead.made()
    ahead.keep()

    behind.made()
    behind.keep()

    assert contact(store, clock).lost_since() is None


def test_a_busy_worker_writes_every_fifteen_seconds_at_most(store: Store, clock: FixedClock) -> None:
    worker, seen = contact(store, clock), set()

    for _ in range(60):
        worker.made()
        worker.keep()
        seen.add(store.collection(CONTACT.name).find({})[0]["at"])
        clock.advance(seconds=1)

    assert len(seen) == 4
