"""What the operations guide says about queues: a length set by policy, and what to do when arguments change."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from shared.bus.connection import borrowed
from shared.errors import BusUnavailable
from tests.support.bus import QUICK_BUS, depth, empty, publishing, submission_received
from tests.support.servers.rabbitmq import RabbitMQ
from tests.support.wait import eventually

CTL = Path("/usr/lib/rabbitmq/bin/rabbitmqctl")


def control(broker: RabbitMQ, *arguments: str) -> None:
    """Run rabbitmqctl on the private broker."""
    done = subprocess.run([CTL, *arguments], env=broker.env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def refused(url: str, first: int) -> bool:
    """Return whether one of a few messages is refused."""
    with publishing(url) as publisher:
        try:
            for number in range(5):
                publisher.publish(submission_received(first + number))
        except BusUnavailable:
            return True
    return False


@pytest.fixture
def broker(rabbitmq_broker: RabbitMQ) -> RabbitMQ:
    """A private broker with empty queues."""
    empty(rabbitmq_broker.url)
    return rabbitmq_broker


def test_a_length_set_by_policy_makes_a_full_queue_refuse_and_not_forget(broker: RabbitMQ) -> None:
    assert not refused(broker.url, 0)

    control(broker, "set_policy", "length", r"^(intake|scoring|notify)\.events$", '{"max-length": 10}')
    try:
        eventually(lambda: refused(broker.url, 100), timeout_s=30)
        assert depth(broker.url, "scoring.events") >= 10
    finally:
        control(broker, "clear_policy", "length")
        empty(broker.url)


def test_a_queue_with_other_arguments_refuses_until_it_is_deleted(broker: RabbitMQ) -> None:
    control(broker, "delete_queue", "scoring.events")
    with borrowed(broker.url, QUICK_BUS) as connection, connection.channel() as channel:
        channel.queue_declare("scoring.events", durable=True, auto_delete=False)
    assert refused(broker.url, 0)

    control(broker, "delete_queue", "scoring.events")

    assert not refused(broker.url, 0)
    empty(broker.url)
