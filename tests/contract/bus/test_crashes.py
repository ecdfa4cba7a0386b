"""Processes that end without warning: the broker has not lost a message, and nobody handles it too seldom."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shared.errors import BusUnavailable
from tests.support.bus import QUICK_BUS, Seen, consuming, depth, handlers, publishing, submission_received
from tests.support.servers.rabbitmq import RabbitMQ
from tests.support.wait import eventually

ROOT = Path(__file__).parents[3]


def test_a_message_whose_consumer_was_killed_is_handled_by_the_next(bus_url: str, tmp_path: Path) -> None:
    file = tmp_path / "handled"
    file.touch()
    command = [sys.executable, "-m", "tests.support.consumer_process", bus_url, str(file)]
    with publishing(bus_url) as publisher:
        for number in range(6):
            publisher.publish(submission_received(number))

    doomed = subprocess.Popen([*command, "s-2"], cwd=ROOT)
    eventually(lambda: file.read_text().split() == ["s-0", "s-1", "s-2"], 20)
    doomed.kill()
    doomed.wait(10)
    survivor = subprocess.Popen([*command, "none"], cwd=ROOT)
    try:
        eventually(lambda: set(file.read_text().split()) >= {f"s-{n}" for n in range(6)}, 20)
        eventually(lambda: depth(bus_url, "intake.events") == 6)
    finally:
        survivor.kill()
        survivor.wait(10)

    handled = file.read_text().split()
    assert sorted(handled) == sorted([*(f"s-{n}" for n in range(6)), "s-2"])


def test_a_publisher_goes_on_in_a_forked_process(bus_url: str) -> None:
    with publishing(bus_url) as publisher:
        publisher.publish(submission_received(1))
        child = multiprocessing.get_context("fork").Process(target=publisher.publish, args=(submission_received(2),))
        child.start()
        child.join(20)
        publisher.publish(submission_received(3))

    assert child.exitcode == 0
    assert depth(bus_url, "scoring.events") == 3


@pytest.mark.slow
def test_no_confirmed_event_is_lost_when_the_broker_is_killed(rabbitmq_broker: RabbitMQ, amqp_url: str) -> None:
    if amqp_url != rabbitmq_broker.url:
        pytest.skip("TEST_AMQP_URL names a broker that is not ours to kill")
    seen, confirmed = Seen(), []
    enough, killed = threading.Event(), threading.Event()

    def publish() -> None:
        number = 0
        with publishing(amqp_url) as publisher:
            while not enough.is_set():
                event = submission_received(number)
                try:
                    publisher.publish(event)
                    confirmed.append(event.id)
                except BusUnavailable:
                    enough.wait(0.05)
                number += 1
                if number >= 200:
                    killed.wait(60)

    writer = threading.Thread(target=publish, daemon=True)
    with consuming(amqp_url, "scoring", handlers("scoring", submission_received=seen)):
        writer.start()
        eventually(lambda: len(confirmed) >= 100)
        rabbitmq_broker.kill()
        rabbitmq_broker.restart()
        before = len(confirmed)
        killed.set()
        eventually(lambda: len(confirmed) >= before + 100, 60)
        enough.set()
        writer.join(20)
        eventually(lambda: set(confirmed) <= set(seen.ids), 30)

    with publishing(amqp_url, QUICK_BUS) as publisher:
        publisher.publish(submission_received())
