"""What an operator does with parked messages."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from shared.bus.__main__ import main
from shared.bus.admin import ParkedMessage, ParkedQueue
from shared.errors import BusUnavailable, PermanentError
from shared.events import Event
from tests.support.bus import QUICK_BUS, Seen, consuming, depth, handlers, publishing, submission_received
from tests.support.wait import eventually


def everything(_message: ParkedMessage) -> bool:
    """Select all."""
    return True


def park(url: str, *events: Event) -> None:
    """Let scoring refuse these events."""

    def refuse(_event: Event) -> None:
        raise PermanentError("refused")

    before = depth(url, "scoring.parked")
    with (
        publishing(url) as publisher,
        consuming(url, "scoring", handlers("scoring", submission_received=Seen(refuse))),
    ):
        for event in events:
            publisher.publish(event)
        eventually(lambda: depth(url, "scoring.parked") == before + len(events))


@pytest.fixture
def queue(bus_url: str) -> ParkedQueue:
    """The parked queue of scoring."""
    return ParkedQueue(bus_url, "scoring", options=QUICK_BUS)


def test_looking_at_parked_messages_leaves_them_there_in_order(bus_url: str, queue: ParkedQueue) -> None:
    events = [submission_received(number) for number in range(3)]
    park(bus_url, *events)

    for _ in range(25):  # more often than any delivery limit would allow; they come back a moment after the look
        eventually(lambda: [message.message_id for message in queue.messages()] == [event.id for event in events])

    first = eventually(queue.messages)[0]
    assert first.age is not None
    assert timedelta(0) <= first.age < timedelta(minutes=1)
    assert "count" not in repr(first)


def test_replay_sends_an_event_through_the_same_queue_again(bus_url: str, queue: ParkedQueue) -> None:
    event = submission_received(1)
    park(bus_url, event)

    assert queue.replay(everything, by="operator") == 1

    seen = Seen()
    with consuming(bus_url, "scoring", handlers("scoring", submission_received=seen)):
        seen.wait_for(1)
    assert seen.events == [event]
    assert seen.events[0].headers == {"x-attempt": 0, "x-replayed-by": "operator"}
    assert queue.messages() == []


def test_a_second_replay_has_nothing_to_send(bus_url: str, queue: ParkedQueue) -> None:
    park(bus_url, submission_received(1))

    assert [queue.replay(everything, by="a"), queue.replay(everything, by="a")] == [1, 0]
    assert depth(bus_url, "scoring.events") == 1


def test_replay_and_discard_touch_only_what_is_selected(bus_url: str, queue: ParkedQueue) -> None:
    events = [submission_received(number) for number in range(4)]
    park(bus_url, *events)

    assert queue.replay(lambda message: message.message_id == events[1].id, by="a") == 1
    eventually(lambda: len(queue.messages()) == 3)
    eventually(lambda: depth(bus_url, "scoring.parked") == 3)
    assert queue.discard(lambda message: message.data["submission"] == "s-2", reason="erased", by="a") == 1

    eventually(lambda: [message.message_id for message in queue.messages()] == [events[0].id, events[3].id])


def test_discarding_leaves_one_line_with_reason_and_person(
    bus_url: str, queue: ParkedQueue, caplog: pytest.LogCaptureFixture
) -> None:
    park(bus_url, submission_received(1))

    with caplog.at_level(logging.WARNING):
        queue.discard(everything, reason="a test", by="operator")

    (record,) = [record for record in caplog.records if record.message == "parked message discarded"]
    assert (vars(record)["reason"], vars(record)["by"]) == ("a test", "operator")


def test_a_replay_that_is_not_confirmed_leaves_the_parked_message(bus_url: str, queue: ParkedQueue) -> None:
    park(bus_url, submission_received(1))

    def broken(_message: ParkedMessage) -> bool:
        raise BusUnavailable("in the middle")

    with pytest.raises(BusUnavailable):
        queue.replay(broken, by="a")

    eventually(lambda: len(queue.messages()) == 1)


def test_the_command_lists_replays_and_discards(bus_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    events = [submission_received(number) for number in range(2)]
    park(bus_url, *events)
    command = ["--url", bus_url]

    assert main([*command, "parked", "scoring"]) == 0
    listed = capsys.readouterr().out
    assert f"PermanentError  submission.received  example/north  {events[0].id}  refused" in listed
    assert "2 parked" in listed
    eventually(lambda: depth(bus_url, "scoring.parked") == 2)

    assert main([*command, "replay", "--id", events[0].id, "--by", "operator"]) == 0
    assert "1 sent back" in capsys.readouterr().out
    eventually(lambda: depth(bus_url, "scoring.parked") == 1)
    assert main([*command, "discard", "scoring", "--match", "submission=s-1", "--reason", "erased"]) == 0
    assert "1 discarded" in capsys.readouterr().out
    assert main([*command, "parked"]) == 0
    assert capsys.readouterr().out == "0 parked\n"


def test_the_command_does_not_send_everything_back_by_accident(
    bus_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    park(bus_url, submission_received(1))

    assert main(["--url", bus_url, "replay"]) == 1

    assert "--all" in capsys.readouterr().err
    assert depth(bus_url, "scoring.parked") == 1


def test_the_command_declares_everything_and_says_when_the_bus_is_away(
    bus_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--url", bus_url, "declare"]) == 0
    assert main(["--url", f"sqlite://{tmp_path}", "parked"]) == 1
    assert main(["--url", "http://example.org", "parked"]) == 1
    assert "AMQP_URL" in capsys.readouterr().err
