"""What the bus does when nothing goes wrong, the same on both transports."""

from __future__ import annotations

import threading

import pytest

from shared.bus import topology
from shared.bus.connection import borrowed
from shared.errors import BusUnavailable, ConfigError
from shared.events import Event
from shared.runtime import context
from tests.support.bus import QUICK_BUS, Seen, consuming, depth, handlers, publishing, submission_received
from tests.support.wait import eventually


def test_an_event_arrives_as_it_was_published(bus_url: str) -> None:
    seen = Seen()
    sent = submission_received(7, correlation_id="c-1", traceparent="00-a-b-01")

    with publishing(bus_url) as publisher, consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)):
        publisher.publish(sent)
        seen.wait_for(1)

    assert seen.events == [sent]


def test_events_arrive_in_order_and_the_queue_is_empty_afterwards(bus_url: str) -> None:
    seen = Seen()
    events = [submission_received(number) for number in range(30)]

    with publishing(bus_url) as publisher:
        for event in events:
            publisher.publish(event)
        with consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)):
            seen.wait_for(30)

    assert seen.ids == [event.id for event in events]
    assert depth(bus_url, "scoring.events") == 0


def test_competing_consumers_share_the_work_and_handle_each_event_once(bus_url: str) -> None:
    one, two = Seen(), Seen()
    events = [submission_received(number) for number in range(40)]

    with (
        publishing(bus_url) as publisher,
        consuming(bus_url, "scoring", handlers("scoring", submission_received=one)),
        consuming(bus_url, "scoring", handlers("scoring", submission_received=two)),
    ):
        for event in events:
            publisher.publish(event)
        eventually(lambda: len(one.ids) + len(two.ids) >= 40)

    assert sorted(one.ids + two.ids) == sorted(event.id for event in events)
    assert one.ids
    assert two.ids


def test_every_subscribed_service_gets_its_own_copy(bus_url: str) -> None:
    scoring, notify = Seen(), Seen()
    data = {"programme": "example", "version": "1", "revision": 1, "definition": {}}
    event = Event(
        "programme.published", data, "example", "intake", "e-1", "2026-01-31T08:15:00.250Z", origin="programmes/p"
    )

    with (
        publishing(bus_url) as publisher,
        consuming(bus_url, "scoring", handlers("scoring", programme_published=scoring)),
        consuming(bus_url, "notify", handlers("notify", programme_published=notify)),
    ):
        publisher.publish(event)
        scoring.wait_for(1)
        notify.wait_for(1)

    assert scoring.ids == notify.ids == ["e-1"]


def test_the_producer_gets_a_receipt_after_the_effect(bus_url: str) -> None:
    handled, receipts = Seen(), Seen()
    event = submission_received(3, correlation_id="c-3")

    with (
        publishing(bus_url) as publisher,
        consuming(bus_url, "scoring", handlers("scoring", submission_received=handled)),
        consuming(bus_url, "intake", handlers("intake", handled_intake=receipts)),
    ):
        publisher.publish(event)
        receipts.wait_for(1)

    (receipt,) = receipts.events
    assert receipt.data == {"event_id": event.id, "origin": "submissions/s-3", "by": "scoring"}
    assert receipt.correlation_id == "c-3"


def test_no_receipt_for_events_without_origin(bus_url: str) -> None:
    handled = Seen()

    with (
        publishing(bus_url) as publisher,
        consuming(bus_url, "scoring", handlers("scoring", submission_received=handled)),
    ):
        publisher.publish(submission_received(origin=None))
        handled.wait_for(1)

    assert depth(bus_url, "intake.events") == 0


def test_handlers_run_with_the_correlation_id_of_the_event(bus_url: str) -> None:
    contexts: list[tuple[str, str | None]] = []
    seen = Seen(lambda _event: contexts.append((context.correlation_id.get(), context.traceparent.get())))

    with publishing(bus_url) as publisher, consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)):
        publisher.publish(submission_received(1, correlation_id="c-9", traceparent="00-x-y-01"))
        publisher.publish(submission_received(2))
        seen.wait_for(2)

    assert contexts == [("c-9", "00-x-y-01"), ("", None)]


def test_stopping_finishes_the_message_in_hand(bus_url: str) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slowly(_event: Event) -> None:
        begun.set()
        assert may_end.wait(10)

    seen = Seen(slowly)
    with publishing(bus_url) as publisher:
        publisher.publish(submission_received(1))
        publisher.publish(submission_received(2))
        with consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)) as stop:
            assert begun.wait(10)
            stop.set()
            may_end.set()

    assert len(seen.ids) == 1
    assert depth(bus_url, "scoring.events") == 1


def test_a_handler_longer_than_the_lease_and_the_heartbeat_runs_once(bus_url: str) -> None:
    patience = threading.Event()
    seen = Seen(lambda _event: None if patience.wait(5) else None)  # lease and heartbeat are 2 s here

    with (
        publishing(bus_url) as publisher,
        consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)),
        consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)),
    ):
        publisher.publish(submission_received())
        seen.wait_for(1)
        eventually(lambda: depth(bus_url, "intake.events") == 1, 15)

    assert len(seen.ids) == 1


def test_a_message_nobody_would_get_is_refused_and_the_next_one_heals_the_bindings(bus_url: str) -> None:
    with publishing(bus_url) as publisher:
        publisher.publish(submission_received(1))
        with borrowed(bus_url, QUICK_BUS) as connection:
            channel = connection.channel()
            channel.queue_unbind("scoring.events", exchange=topology.EXCHANGE, routing_key="submission.received")

        with pytest.raises(BusUnavailable):
            publisher.publish(submission_received(2))
        publisher.publish(submission_received(3))

    assert depth(bus_url, "scoring.events") == 2


def test_an_event_nobody_consumes_is_not_an_error(bus_url: str) -> None:
    data = {"alert": "a-1", "programme": "p", "site": "s", "episodes": [], "account": "x", "at": "2026-01-31"}

    with publishing(bus_url) as publisher:
        publisher.publish(Event("alert.sent", data, "p/s", "notify", "e-1", "2026-01-31T08:15:00.250Z"))


def test_a_broker_that_lost_its_queues_is_healed_by_whoever_comes_first(bus_url: str) -> None:
    seen = Seen()
    with (
        publishing(bus_url) as publisher,
        consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)),
    ):
        publisher.publish(submission_received(1))
        seen.wait_for(1)
        with borrowed(bus_url, QUICK_BUS) as connection:
            for service in topology.SUBSCRIPTIONS:
                for spec in topology.queues(service):
                    connection.channel().queue_delete(spec.name)

        with pytest.raises(BusUnavailable):
            publisher.publish(submission_received(2))
        publisher.publish(submission_received(3))
        seen.wait_for(2)


def test_a_consumer_without_a_handler_for_what_it_gets_does_not_start(bus_url: str) -> None:
    with pytest.raises(ConfigError, match="scoring has no handler for submission.received"):
        consuming(bus_url, "scoring", {}).__enter__()
