"""Names and who consumes what."""

from __future__ import annotations

import pytest

from shared.bus import topology
from shared.event_data import SCHEMAS


def test_every_subscribed_event_has_a_schema() -> None:
    subscribed = {name for names in topology.SUBSCRIPTIONS.values() for name in names}

    assert subscribed <= {name for name, _version in SCHEMAS}


@pytest.mark.parametrize(
    ("name", "services"),
    [
        ("submission.received", ("scoring",)),
        ("programme.published", ("scoring", "notify")),
        ("flag.raised", ("notify",)),
        ("indicators.computed", ()),
        ("handled.intake", ()),
        ("alert.sent", ()),
    ],
)
def test_who_confirms_an_event(name: str, services: tuple[str, ...]) -> None:
    assert topology.awaiting(name) == services


def test_whoever_is_awaited_gets_a_receipt_queue_bound_at_the_source() -> None:
    for source, names in {"intake": topology.SUBSCRIPTIONS["scoring"], "scoring": ("flag.raised",)}.items():
        assert any(topology.awaiting(name) for name in names)
        assert topology.consumers(topology.receipt_name(source)) == (source,)


def test_a_rung_returns_to_the_queue_it_came_from() -> None:
    *_, rung = topology.queues("scoring", (5.0,))

    assert rung.name == "scoring.retry.5000ms"
    assert rung.arguments["x-message-ttl"] == 5000
    assert rung.arguments["x-dead-letter-routing-key"] == "scoring.events"


def test_what_is_spent_goes_to_the_parked_queue_and_is_never_dropped_from_there() -> None:
    parked, events = topology.queues("notify")

    assert events.arguments["x-dead-letter-routing-key"] == parked.name
    assert events.arguments["x-delivery-limit"] == 20
    assert events.arguments["x-overflow"] == "reject-publish"
    assert parked.arguments["x-delivery-limit"] > 10**9
    assert "x-dead-letter-exchange" not in parked.arguments


def test_every_queue_is_replicated() -> None:
    specs = [spec for service in topology.SUBSCRIPTIONS for spec in topology.queues(service, topology.RUNGS_S)]

    assert {spec.arguments["x-queue-type"] for spec in specs} == {"quorum"}
    assert len({spec.name for spec in specs}) == len(specs) == 21
