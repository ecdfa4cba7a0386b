"""What has been erased lies among no service's parked messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from services.scoring.app import Scoring
from shared.bus import topology
from shared.bus.admin import ParkedQueue
from shared.bus.connection import borrowed
from shared.event_schemas import CONTENT_TYPE, encode, to_json
from shared.events import Event
from tests.support.bus import QUICK_BUS, consuming, depth, publishing, submission_received
from tests.support.fakes import MemoryStore
from tests.support.scoring import SETTINGS
from tests.support.wait import eventually


@pytest.fixture
def scoring(bus_url: str) -> Iterator[Scoring]:
    """Scoring's own handlers, consuming from the bus."""
    scoring = Scoring(replace(SETTINGS, bus_url=bus_url), MemoryStore())
    scoring.migrate()
    with consuming(bus_url, "scoring", scoring.handlers()):
        yield scoring


def park(url: str, *bodies: bytes) -> None:
    """Put messages where scoring keeps what it cannot handle."""
    queue = topology.parked_queue("scoring")
    with publishing(url) as publisher:
        for body in bodies:
            publisher.put(queue, body, {}, message_id="parked", content_type=CONTENT_TYPE)
    eventually(lambda: depth(url, queue) == len(bodies))


def erase(url: str, number: int) -> None:
    """Tell of the erasure of `received(number)` and wait for the receipt: then scoring has done its part."""
    event = received(number)
    data = {name: event.data[name] for name in ("submission", "programme", "form", "site", "wave", "respondent")}
    told = replace(event, name="submission.erased", id=f"erased-{number}", data=data | {"revision": 2})
    with publishing(url) as publisher:
        publisher.publish(told)
    eventually(lambda: depth(url, "intake.events") == 1, 20)


def received(number: int, **changes: Any) -> Event:
    """Return a submission of a respondent of its own."""
    return submission_received(number, respondent=f"r-{number}", **changes)


def parked(url: str) -> list[Any]:
    """Return (submission, revision) of everything parked."""
    found = ParkedQueue(url, "scoring", options=QUICK_BUS).messages()
    return [(message.data.get("submission"), message.data.get("revision")) for message in found]


def test_an_erasure_discards_the_parked_answers_of_that_submission_only(bus_url: str, scoring: Scoring) -> None:
    later = {"revision": 4, "id": "later"}
    park(bus_url, *map(encode, (received(1), received(2), received(1, id="copy"), received(1, **later))))

    erase(bus_url, 1)

    eventually(lambda: parked(bus_url) == [("s-2", 1), ("s-1", 4)])


def test_an_erasure_also_finds_answers_that_could_not_be_read(bus_url: str, scoring: Scoring) -> None:
    damaged = to_json(received(1))
    del damaged["data"]["received_at"]
    too_new = to_json(received(1)) | {"type": "peilung.submission.received.v9"}
    park(bus_url, json.dumps(damaged).encode(), json.dumps(too_new).encode(), b"{nonsense", encode(received(2)))

    erase(bus_url, 1)

    eventually(lambda: parked(bus_url) == [(None, None), ("s-2", 1)])


def test_what_somebody_was_looking_at_during_the_erasure_goes_with_the_next_purge(
    bus_url: str, scoring: Scoring
) -> None:
    park(bus_url, encode(received(1)))

    with borrowed(bus_url, QUICK_BUS) as connection:
        held = connection.channel().basic_get(topology.parked_queue("scoring"), no_ack=False)
        assert held is not None
        erase(bus_url, 1)
    eventually(lambda: parked(bus_url) == [("s-1", 1)])

    assert eventually(scoring.purge) == 1
    assert parked(bus_url) == []
