"""Events in their documents: staged, relayed, confirmed, and not lost by anybody's haste."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import BusUnavailable, PermanentError
from shared.event_schemas import UnreadableEvent
from shared.events import Event
from shared.outbox import Relay, stage
from shared.store.port import Document
from tests.support.bus import AT, submission_received
from tests.support.fakes import ListPublisher
from tests.support.outbox import Bench, computed


@pytest.fixture
def bench() -> Bench:
    """An empty bench."""
    return Bench()


def test_a_staged_event_is_published_as_it_was_staged(bench: Bench) -> None:
    event = submission_received(1, correlation_id="c-1")
    bench.insert(event)

    assert bench.relay.run_once() == 1

    assert bench.publisher.events == [event]
    assert bench.relay.run_once() == 0


def test_an_event_that_breaks_its_schema_cannot_be_staged() -> None:
    with pytest.raises(UnreadableEvent, match="revision"):
        stage(None, [submission_received(revision="one")], AT)


def test_an_event_that_is_confirmed_needs_an_origin() -> None:
    with pytest.raises(UnreadableEvent, match="origin"):
        stage(None, [submission_received(origin=None)], AT)


def test_what_nobody_confirms_leaves_with_its_publication(bench: Bench) -> None:
    bench.insert(computed())

    bench.relay.run_once()

    document = bench.read()
    assert "outbox" not in document
    assert "outbox_due" not in document


def test_what_is_confirmed_leaves_with_its_receipt(bench: Bench) -> None:
    event = submission_received(1)
    bench.insert(event)
    bench.relay.run_once()
    assert bench.left() == [event.id]

    bench.confirm(event)

    assert "outbox_due" not in bench.read()
    assert bench.left() == []


def test_an_event_for_two_services_waits_for_both(bench: Bench) -> None:
    data = {"programme": "example", "version": "1", "revision": 1, "definition": {}}
    event = Event("programme.published", data, "example", "intake", "p-1", AT, origin="submissions/s-1")
    bench.insert(event)
    bench.relay.run_once()

    bench.confirm(event, "scoring")
    assert bench.left() == ["p-1"]
    bench.confirm(event, "notify")

    assert bench.left() == []


def test_a_receipt_twice_or_too_late_changes_nothing(bench: Bench) -> None:
    event, other = submission_received(1), submission_received(1)
    bench.insert(event, other)
    bench.relay.run_once()
    bench.confirm(event)
    before = bench.read()

    bench.confirm(event)
    bench.confirm(submission_received(99, origin="submissions/gone"))

    assert bench.read() == before
    assert bench.left() == [other.id]


def test_a_receipt_for_a_collection_without_outbox_is_refused(bench: Bench) -> None:
    for origin in ("accounts/a-1", "submissions", "submissions/", ""):
        with pytest.raises(PermanentError):
            bench.confirm(submission_received(1, origin=origin))


def test_an_event_staged_while_a_receipt_is_handled_is_not_lost(bench: Bench) -> None:
    first, second = submission_received(1), submission_received(2)
    bench.insert(first)
    bench.relay.run_once()
    read = bench.documents.get

    def overtaken(id_: str) -> Document | None:
        document = read(id_)
        bench.documents.get = read  # type: ignore[method-assign]
        bench.add(second)
        return document

    bench.documents.get = overtaken  # type: ignore[method-assign]
    bench.confirm(first)

    assert bench.left() == [second.id]


def test_an_id_with_a_slash_is_found(bench: Bench) -> None:
    event = submission_received(1, origin="submissions/a/b")
    bench.insert(event, id_="a/b")

    bench.confirm(event)

    assert bench.left("a/b") == []


def test_what_is_not_confirmed_is_sent_again_ever_more_seldom(bench: Bench) -> None:
    event = submission_received(1)
    bench.insert(event)
    bench.relay.run_once()

    for wait_s in (60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600, 3600):
        bench.clock.advance(seconds=wait_s - 1)
        assert bench.relay.run_once() == 0, wait_s
        bench.clock.advance(seconds=1)
        assert bench.relay.run_once() == 1, wait_s

    assert bench.publisher.ids == [event.id] * 13


def test_an_event_staged_later_does_not_send_the_older_ones_again(bench: Bench) -> None:
    first, second = submission_received(1), submission_received(2)
    bench.insert(first)
    bench.relay.run_once()

    bench.add(second)
    bench.relay.run_once()

    assert bench.publisher.ids == [first.id, second.id]
    assert bench.left() == [first.id, second.id]


def test_staging_the_same_event_again_sends_it_again_at_once(bench: Bench) -> None:
    event = submission_received(1)
    bench.insert(event)
    bench.relay.run_once()

    bench.add(event)
    bench.relay.run_once()

    assert bench.publisher.ids == [event.id] * 2
    assert bench.left() == [event.id]


def test_a_new_computation_replaces_the_one_that_has_not_left_yet(bench: Bench) -> None:
    event = submission_received(1)
    bench.insert(event, computed(1))

    bench.add(computed(2))
    bench.add(computed(3))

    assert bench.left() == [event.id, "computed-3"]


def test_an_event_staged_while_the_relay_publishes_is_not_lost(bench: Bench) -> None:
    first, second = submission_received(1), submission_received(2)
    bench.insert(first)
    bench.publisher.before = lambda event: bench.add(second) if event == first else None

    bench.relay.run_once()

    assert bench.publisher.ids == [first.id, second.id]
    assert bench.left() == [first.id, second.id]


def test_a_receipt_that_overtakes_the_relay_is_kept_and_nothing_is_sent_twice(bench: Bench) -> None:
    event = submission_received(1)
    bench.insert(event)
    bench.publisher.after = bench.confirm

    bench.relay.run_once()
    bench.clock.advance(hours=2)

    assert bench.left() == []
    assert bench.relay.run_once() == 0


def test_without_a_bus_nothing_is_lost_and_the_next_document_gets_its_turn(bench: Bench) -> None:
    bench.insert(submission_received(1), id_="s-1")
    bench.clock.advance(seconds=1)
    bench.insert(submission_received(2), id_="s-2")

    def away(event: Event) -> None:
        if event.data["submission"] == "s-1":
            raise BusUnavailable("away")

    bench.publisher.before = away
    with pytest.raises(BusUnavailable):
        bench.relay.run_once()
    assert bench.relay.run_once() == 1
    assert bench.relay.run_once() == 0, "the first one is leased for a while"

    bench.publisher.before = lambda _event: None
    bench.clock.advance(seconds=11)
    assert bench.relay.run_once() == 1
    assert [event.data["submission"] for event in bench.publisher.events] == ["s-2", "s-1"]


def test_a_relay_that_lost_its_lease_writes_nothing(bench: Bench) -> None:
    first, second = submission_received(1), submission_received(2)
    bench.insert(first)
    other = Relay(bench.documents, ListPublisher(), bench.clock, "relay-2")

    def paused_for_long(_event: Event) -> None:
        bench.publisher.before = lambda _event: None
        bench.clock.advance(seconds=30)
        assert other.run_once() == 1
        bench.add(second)

    bench.publisher.before = paused_for_long
    bench.relay.run_once()

    assert bench.left() == [first.id, second.id]
    assert second.id in bench.publisher.ids


def test_the_oldest_goes_first_and_a_pass_is_bounded(bench: Bench) -> None:
    for number in range(5):
        bench.insert(submission_received(number), id_=f"s-{number}")
        bench.clock.advance(seconds=1)

    assert [bench.relay.run_once(limit=2) for _ in range(4)] == [2, 2, 1, 0]

    assert [event.data["submission"] for event in bench.publisher.events] == [f"s-{n}" for n in range(5)]


def test_a_backlog_is_looked_at_once_a_pass(bench: Bench) -> None:
    for number in range(20):
        bench.insert(submission_received(number), id_=f"s-{number}")
    find, looks = bench.documents.find, 0

    def counted(*args: Any, **more: Any) -> list[Document]:
        nonlocal looks
        looks += 1
        return find(*args, **more)

    bench.documents.find = counted  # type: ignore[method-assign]

    assert bench.relay.run_once() == 20
    assert looks == 2, "one look at the backlog, one that finds nothing more"
