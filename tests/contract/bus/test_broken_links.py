"""A network that delays, swallows and cuts: no false confirmation, no call without end, and all well afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from shared.bus.publisher import Publisher
from shared.errors import BusUnavailable
from tests.support.bus import QUICK_BUS, Seen, consuming, depth, empty, handlers, publishing, submission_received
from tests.support.proxy import IN, OUT, Proxy, proxied
from tests.support.wait import eventually

LONGEST_CALL_S = 10.0


@pytest.fixture
def link(amqp_url: str) -> Iterator[Proxy]:
    """A proxy in front of an empty RabbitMQ."""
    empty(amqp_url)
    with proxied(urlsplit(amqp_url).port or 5672) as proxy:
        yield proxy


def through(proxy: Proxy, url: str) -> str:
    """Return the broker's address by way of the proxy."""
    return url.replace(f":{urlsplit(url).port}", f":{proxy.port}")


def refused(publisher: Publisher) -> None:
    """Insist that publishing fails, and soon."""
    started = time.monotonic()
    with pytest.raises(BusUnavailable):
        publisher.publish(submission_received())
    assert time.monotonic() - started < LONGEST_CALL_S


def test_a_late_confirmation_never_counts_for_the_next_event(link: Proxy, amqp_url: str) -> None:
    never_idle = replace(QUICK_BUS, heartbeat_s=60)
    with publishing(through(link, amqp_url), never_idle) as publisher:
        publisher.publish(submission_received(0))
        link.hold(IN)
        refused(publisher)  # arrives, but its confirmation is late
        link.drop(OUT)
        late = threading.Timer(0.5, link.heal, [IN])
        late.start()

        refused(publisher)  # never leaves, and the late confirmation comes while it is waited for

        late.join()
        link.heal()
        publisher.publish(submission_received(3))

    assert depth(amqp_url, "scoring.events") == 3


@pytest.mark.parametrize("directions", [(OUT,), (IN,), (OUT, IN)], ids=["out", "in", "both"])
def test_publishing_into_a_black_hole_fails_soon_and_works_again_afterwards(
    link: Proxy, amqp_url: str, directions: tuple[str, ...]
) -> None:
    with publishing(through(link, amqp_url)) as publisher:
        publisher.publish(submission_received())
        link.drop(*directions)

        refused(publisher)
        refused(publisher)

        link.heal()
        publisher.publish(submission_received())


def test_a_cut_connection_costs_one_attempt(link: Proxy, amqp_url: str) -> None:
    with publishing(through(link, amqp_url)) as publisher:
        publisher.publish(submission_received())
        link.cut()

        refused(publisher)
        publisher.publish(submission_received())


@pytest.mark.parametrize("how", ["hold", "drop", "cut"])
def test_a_consumer_comes_back_after_the_link_heals(link: Proxy, amqp_url: str, how: str) -> None:
    seen = Seen()
    beats: list[float] = []
    with (
        publishing(amqp_url) as publisher,
        consuming(
            through(link, amqp_url),
            "scoring",
            handlers("scoring", submission_received=seen),
            beat=lambda: beats.append(time.monotonic()),
        ),
    ):
        publisher.publish(submission_received(1))
        seen.wait_for(1)
        link.cut() if how == "cut" else getattr(link, how)(OUT, IN)
        eventually(lambda: depth(amqp_url, "scoring.events") == 0)
        publisher.publish(submission_received(2))
        # the broker, too, has to notice that its consumer is gone
        eventually(lambda: how == "cut" or depth(amqp_url, "scoring.events") == 1, 20)
        link.heal()
        eventually(lambda: {event.data["submission"] for event in seen.events} == {"s-1", "s-2"}, 30)

    pauses = [after - before for before, after in zip(beats, beats[1:], strict=False)]
    assert max(pauses) < LONGEST_CALL_S, "the loop must never hang, or the health file grows old"


def test_a_connection_that_lay_idle_past_the_heartbeat_is_not_used(amqp_url: str) -> None:
    empty(amqp_url)
    with publishing(amqp_url) as publisher:
        publisher.publish(submission_received(1))
        idle_since = time.monotonic()
        eventually(lambda: time.monotonic() - idle_since > 2.5 * QUICK_BUS.heartbeat_s, 20)

        publisher.publish(submission_received(2))
