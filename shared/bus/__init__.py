"""The message bus: a confirmed publisher and a careful consumer, on RabbitMQ or on an SQLite file."""

from __future__ import annotations

from shared.bus.connection import BusOptions
from shared.bus.consumer import Consumer, ConsumerOptions
from shared.bus.publisher import Publisher

__all__ = ["BusOptions", "Consumer", "ConsumerOptions", "Publisher"]
