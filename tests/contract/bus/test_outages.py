"""Things a handler needs are away: the consumer waits, keeps its message, and goes on by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shared.bus.admin import ParkedQueue
from shared.errors import InfrastructureError, StoreUnavailable
from shared.events import Event
from tests.support.bus import QUICK, QUICK_BUS, Seen, consuming, depth, handlers, publishing, submission_received
from tests.support.wait import eventually


def away(times: int, seen: Callable[[], int], error: InfrastructureError) -> Callable[[Event], None]:
    """Return a handler that finds something away on its first `times` calls."""

    def act(_event: Event) -> None:
        if seen() <= times:
            raise error

    return act


def test_an_outage_pauses_and_uses_no_attempt(bus_url: str) -> None:
    seen = Seen()
    seen.act = away(5, lambda: len(seen.ids), StoreUnavailable("away"))
    first, second = submission_received(1), submission_received(2)
    with publishing(bus_url) as publisher, consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)):
        publisher.publish(first)
        publisher.publish(second)
        seen.wait_for(7)
        eventually(lambda: depth(bus_url, "intake.events") == 2)

    assert seen.ids == [first.id] * 6 + [second.id]
    assert all("x-attempt" not in event.headers for event in seen.events)
    assert depth(bus_url, "scoring.parked") == 0


def test_a_long_outage_gives_the_connection_up_and_loses_nothing(bus_url: str) -> None:
    seen = Seen()
    seen.act = away(12, lambda: len(seen.ids), StoreUnavailable("away"))
    with (
        publishing(bus_url) as publisher,
        consuming(
            bus_url,
            "scoring",
            handlers("scoring", submission_received=seen),
            options=replace(QUICK, pause_limit_s=0.3),
        ),
    ):
        publisher.publish(submission_received(1))
        eventually(lambda: depth(bus_url, "intake.events") == 1, 20)

    assert depth(bus_url, "scoring.parked") == 0
    assert depth(bus_url, "scoring.events") == 0
    assert len(set(seen.ids)) == 1


def test_an_event_that_alone_never_finds_what_it_needs_is_parked_in_the_end(bus_url: str) -> None:
    def act(event: Event) -> None:
        if event.data["submission"] == "s-1":
            raise StoreUnavailable("too slow for this one")

    seen = Seen(act)
    impatient = replace(QUICK, pause_limit_s=0.1, outage_wait_s=0.1, reconnect_longest_s=0.05)
    with (
        publishing(bus_url) as publisher,
        consuming(bus_url, "scoring", handlers("scoring", submission_received=seen), options=impatient),
    ):
        publisher.publish(submission_received(1))
        publisher.publish(submission_received(2))
        eventually(lambda: depth(bus_url, "scoring.parked") == 1, 40)
        eventually(lambda: depth(bus_url, "intake.events") == 1)

    assert ParkedQueue(bus_url, "scoring", options=QUICK_BUS).messages()[0].error_class == "delivery_limit"
    assert seen.events[-1].data["submission"] == "s-2"


def test_stopping_during_an_outage_leaves_the_message_in_the_queue(bus_url: str) -> None:
    seen = Seen()
    seen.act = away(10_000, lambda: len(seen.ids), StoreUnavailable("away"))
    with publishing(bus_url) as publisher:
        publisher.publish(submission_received(1))
        with consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)):
            seen.wait_for(2)

    eventually(lambda: depth(bus_url, "scoring.events") == 1)
