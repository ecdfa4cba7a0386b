"""Poison, retries, outages: bounded, visible, and never in the way of the others."""

from __future__ import annotations

import json
import pickle
import time
from dataclasses import replace
from typing import Any

import pytest

from shared.bus import topology
from shared.bus.admin import ParkedMessage, ParkedQueue
from shared.bus.connection import borrowed
from shared.bus.publisher import Publisher
from shared.errors import PermanentError, TransientError
from shared.event_schemas import CONTENT_TYPE, encode, to_json
from shared.events import Event
from tests.support.bus import (
    QUICK,
    QUICK_BUS,
    RUNGS_S,
    Seen,
    consuming,
    depth,
    handlers,
    publishing,
    submission_received,
)
from tests.support.wait import eventually


def parked(url: str) -> list[ParkedMessage]:
    """Return what scoring has parked."""
    return ParkedQueue(url, "scoring", options=QUICK_BUS).messages()


def as_bytes(**changes: Any) -> bytes:
    """Return an event's JSON with envelope members replaced."""
    return json.dumps(to_json(submission_received()) | changes).encode()


POISON: dict[str, tuple[bytes, str, str]] = {
    "not json": (b"{nonsense", CONTENT_TYPE, "undecodable"),
    "empty": (b"", CONTENT_TYPE, "undecodable"),
    "pickle": (pickle.dumps({"a": 1}), "application/x-python-serialize", "undecodable"),
    "bytes that are no text": (b"\xff\xfe\x00", CONTENT_TYPE, "undecodable"),
    "a list": (b"[1, 2]", CONTENT_TYPE, "undecodable"),
    "no envelope": (b'{"a": 1}', "application/json", "undecodable"),
    "not a number": (as_bytes().replace(b"0.5", b"NaN"), CONTENT_TYPE, "undecodable"),
    "beyond every float": (as_bytes().replace(b"0.5", b"1e999"), CONTENT_TYPE, "undecodable"),
    "nested without end": (b"[" * 100_000, CONTENT_TYPE, "undecodable"),
    "field missing": (as_bytes(data={"submission": "s"}), CONTENT_TYPE, "schema"),
    "newer version": (as_bytes(type="peilung.submission.received.v9"), CONTENT_TYPE, "too_new"),
    "unheard of": (as_bytes(type="peilung.nobody.knows.v1"), CONTENT_TYPE, "unknown"),
    "not for this service": (as_bytes(type="peilung.alert.sent.v1", data={
        "alert": "a", "programme": "p", "site": "s", "episodes": [], "account": "x", "at": "2026-01-31"
    }), CONTENT_TYPE, "unknown"),
}  # fmt: skip


def test_poison_is_parked_with_its_class_while_the_others_flow(bus_url: str) -> None:
    seen = Seen()
    with publishing(bus_url) as publisher:
        for number, (body, content_type, _) in enumerate(POISON.values()):
            publisher.put("scoring.events", body, {}, message_id=f"poison-{number}", content_type=content_type)
            publisher.publish(submission_received(number))
        with consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)):
            seen.wait_for(len(POISON))
            eventually(lambda: depth(bus_url, "scoring.parked") == len(POISON))

    expected = {f"poison-{number}": error_class for number, (*_, error_class) in enumerate(POISON.values())}
    assert {message.message_id: message.error_class for message in parked(bus_url)} == expected
    assert len(seen.ids) == len(POISON)


def test_a_permanent_error_parks_at_once_with_its_reason_and_without_the_answers(bus_url: str) -> None:
    def refuse(_event: Event) -> None:
        raise PermanentError("definition 7 is missing")

    seen = Seen(refuse)
    with publishing(bus_url) as publisher, consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)):
        publisher.publish(submission_received(4))
        eventually(lambda: depth(bus_url, "scoring.parked") == 1)

    (message,) = parked(bus_url)
    assert (message.error_class, message.error) == ("PermanentError", "definition 7 is missing")
    assert (message.name, message.subject) == ("submission.received", "example/north")
    assert len(seen.ids) == 1
    assert depth(bus_url, "intake.events") == 0, "what is parked is not confirmed as handled"


@pytest.mark.parametrize("error", [TransientError("s-1 again"), KeyError("Ms Synthetic")], ids=["transient", "bug"])
def test_a_failing_event_waits_longer_each_time_and_is_parked_in_the_end(bus_url: str, error: Exception) -> None:
    times: list[float] = []

    def fail(_event: Event) -> None:
        times.append(time.monotonic())
        raise error

    seen = Seen(fail)
    with publishing(bus_url) as publisher, consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)):
        publisher.publish(submission_received())
        eventually(lambda: depth(bus_url, "scoring.parked") == 1)

    waits = [after - before for before, after in zip(times, times[1:], strict=False)]
    assert len(waits) == len(RUNGS_S)
    for waited, rung_s in zip(waits, RUNGS_S, strict=True):
        assert rung_s <= waited < rung_s + 4
    (message,) = parked(bus_url)
    assert message.error_class == "spent"
    assert type(error).__name__ in message.error
    assert "Synthetic" not in message.error


def test_a_waiting_event_does_not_hold_up_the_next(bus_url: str) -> None:
    def fail_the_first(event: Event) -> None:
        if event.data["submission"] == "s-1" and len(seen.ids) == 1:
            raise TransientError("later")

    seen = Seen(fail_the_first)
    first, second = submission_received(1), submission_received(2)
    with publishing(bus_url) as publisher, consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)):
        publisher.publish(first)
        publisher.publish(second)
        seen.wait_for(3)

    assert seen.ids == [first.id, second.id, first.id]


def test_a_message_that_ends_every_consumer_is_parked_at_the_delivery_limit(bus_url: str) -> None:
    def returned(url: str, times: int) -> None:
        with borrowed(url, QUICK_BUS) as connection:
            channel = connection.channel()
            for _ in range(times):
                raw = eventually(lambda: channel.basic_get("scoring.events", no_ack=False))
                channel.basic_reject(channel.message_to_python(raw).delivery_tag, requeue=True)

    seen = Seen()
    with publishing(bus_url) as publisher:
        publisher.publish(submission_received(1))
        returned(bus_url, topology.DELIVERY_LIMIT)
        with consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)):
            eventually(lambda: depth(bus_url, "scoring.parked") == 1)

    (message,) = parked(bus_url)
    assert message.error_class == "delivery_limit"
    assert seen.ids == []


def test_the_broker_itself_parks_what_comes_back_once_more(bus_url: str) -> None:
    with publishing(bus_url) as publisher:
        publisher.publish(submission_received(1))
    with borrowed(bus_url, QUICK_BUS) as connection:
        channel = connection.channel()
        for _ in range(topology.DELIVERY_LIMIT + 1):
            raw = eventually(lambda: channel.basic_get("scoring.events", no_ack=False))
            channel.basic_reject(channel.message_to_python(raw).delivery_tag, requeue=True)
        assert channel.basic_get("scoring.events", no_ack=False) is None

    eventually(lambda: depth(bus_url, "scoring.parked") == 1)
    assert parked(bus_url)[0].error_class == "delivery_limit"


def test_the_heartbeat_falls_silent_while_a_handler_runs_too_long(bus_url: str) -> None:
    beats: list[float] = []
    seen = Seen(lambda _event: eventually(lambda: beats and time.monotonic() - beats[-1] > 0.5, 10) and None)
    with (
        publishing(bus_url) as publisher,
        consuming(
            bus_url,
            "scoring",
            handlers("scoring", submission_received=seen),
            options=replace(QUICK, handler_limit_s=0.2),
            beat=lambda: beats.append(time.monotonic()),
        ),
    ):
        publisher.publish(submission_received())
        eventually(lambda: depth(bus_url, "intake.events") == 1, 15)
        before = len(beats)
        eventually(lambda: len(beats) > before)


def test_encoding_a_value_json_cannot_hold_is_refused_before_it_leaves(bus_url: str) -> None:
    publisher = Publisher(bus_url, QUICK_BUS)

    with pytest.raises(PermanentError, match="not JSON"):
        publisher.publish(submission_received(answers={"share": float("nan")}))
    publisher.close()
    assert encode(submission_received())
