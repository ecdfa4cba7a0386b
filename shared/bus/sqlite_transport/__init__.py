"""A kombu transport on one SQLite file: at least once, confirmed, with delays and a delivery limit, no server."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
import uuid
from queue import Empty
from typing import Any

from amqp.exceptions import NoConsumers, NotFound, PreconditionFailed
from amqp.protocol import queue_declare_ok_t
from kombu.transport import virtual

from shared.bus.sqlite_transport.tables import Tables

_SHORTEST_PAUSE_S = 0.002
_LONGEST_PAUSE_S = 0.05
_TIDY_EVERY_S = 60.0


class Channel(virtual.Channel):  # type: ignore[misc]
    """Routing and leases; the delivery tag is the row and the number of the delivery."""

    body_encoding = None

    @property
    def tables(self) -> Tables:
        """The tables, shared by the channels of a connection."""
        return self.connection.tables  # type: ignore[no-any-return]

    @property
    def owner(self) -> str:
        """Who holds the leases of this connection."""
        return self.connection.owner  # type: ignore[no-any-return]

    def encode_body(self, body: Any, encoding: str | None = None) -> tuple[Any, str | None]:
        """Bodies are stored as they are."""
        return body, encoding

    def decode_body(self, body: Any, encoding: str | None = None) -> Any:
        """Bodies are stored as they are."""
        return body

    def exchange_declare(self, exchange: str = "", type: str = "direct", passive: bool = False, **_: Any) -> None:
        """Create the exchange; an existing one must have the same type."""
        if passive and self.tables.exchange_type(exchange) is None:
            raise NotFound(f"no exchange {exchange!r}")
        if not passive and self.tables.declare_exchange(exchange, type) != type:
            raise PreconditionFailed(f"exchange {exchange!r} has another type")

    def exchange_delete(self, exchange: str, **_: Any) -> None:
        """Exchanges stay."""
        raise PreconditionFailed("exchanges are not deleted")

    def queue_declare(
        self, queue: str = "", passive: bool = False, arguments: Any = None, **_: Any
    ) -> queue_declare_ok_t:
        """Create the queue, or only look whether it exists."""
        if not passive:
            self.tables.declare_queue(queue, arguments or {})
        elif not self._has_queue(queue):
            raise NotFound(f"no queue {queue!r}")
        return queue_declare_ok_t(queue, self._size(queue), 0)

    def queue_delete(self, queue: str, **_: Any) -> None:
        """Remove the queue with its bindings and messages."""
        self.tables.delete_queue(queue)

    def queue_bind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        """Bind a queue to an exchange."""
        _key, pattern, _queue = self.typeof(exchange).prepare_bind(queue, exchange, routing_key, None)
        self.tables.bind(exchange, routing_key, queue, pattern)

    def queue_unbind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        """Remove a binding."""
        self.tables.unbind(exchange, routing_key, queue)

    def get_table(self, exchange: str) -> list[tuple[str, str | None, str]]:
        """Return the bindings of an exchange."""
        return self.tables.bindings(exchange)

    def typeof(self, exchange: str, default: str = "direct") -> Any:
        """Return how this exchange routes."""
        kind = self.tables.exchange_type(exchange)
        if kind is None:
            raise NotFound(f"no exchange {exchange!r}")
        return self.exchange_types[kind]

    def basic_publish(
        self, message: dict[str, Any], exchange: str, routing_key: str, mandatory: bool = False, **_: Any
    ) -> None:
        """Store the message in every queue it is routed to, in one transaction."""
        queues = [routing_key]
        if exchange:
            queues = sorted(self.typeof(exchange).lookup(self.get_table(exchange), exchange, routing_key, None))
        body = message["body"]
        properties = message["properties"] | {"delivery_info": {"exchange": exchange, "routing_key": routing_key}}
        meta = {**message, "body": None, "properties": properties}
        stored = self.tables.put(queues, json.dumps(meta), body.encode() if isinstance(body, str) else body)
        if mandatory and not stored:
            raise NoConsumers(f"no queue for {routing_key!r}")

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        taken = self.tables.take(queue, self.owner)
        if taken is None:
            raise Empty
        raw = taken.meta | {"body": taken.body}
        raw["properties"]["delivery_tag"] = f"{taken.id}.{taken.deliveries}"
        raw["properties"]["delivery_info"]["redelivered"] = taken.deliveries > 1
        raw["properties"]["delivery_info"]["queue"] = queue
        if taken.deliveries > 1:
            raw["headers"]["x-delivery-count"] = taken.deliveries - 1
        return raw

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        """Delete the message, unless its lease has passed to another."""
        self.tables.acknowledge(_row(delivery_tag), self.owner)
        super().basic_ack(delivery_tag, multiple)

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Give the message back to the queue, counted, or move it to the dead-letter queue."""
        if requeue:
            self.tables.give_back(_row(delivery_tag), self.owner)
        else:
            queue = self.qos.get(delivery_tag).delivery_info["queue"]
            self.tables.dead_letter(_row(delivery_tag), queue, self.owner, "rejected")
        self.qos.ack(delivery_tag)

    def _restore(self, message: Any) -> None:
        with contextlib.suppress(sqlite3.Error):  # else the lease runs out
            self.tables.give_back(_row(message.delivery_tag), self.owner)

    def renew(self) -> None:
        """Extend the lease of every message that is being handled."""
        held = [_row(tag) for tag in self.qos._delivered if tag not in self.qos._dirty]
        if held:
            self.tables.renew(held, self.owner)

    def _size(self, queue: str) -> int:
        return self.tables.size(queue)

    def _purge(self, queue: str) -> int:
        return self.tables.purge(queue)

    def _has_queue(self, queue: str, **_: Any) -> bool:
        return self.tables.queue_arguments(queue) is not None


def _row(delivery_tag: str) -> int:
    return int(delivery_tag.partition(".")[0])


class Transport(virtual.Transport):  # type: ignore[misc]
    """Options: `path`, `lease_s`, `busy_timeout_s`, `synchronous` (FULL or NORMAL)."""

    Channel = Channel
    default_port = 0
    driver_type = driver_name = "sqlite"
    connection_errors = (*virtual.Transport.connection_errors, sqlite3.Error)
    implements = virtual.Transport.implements.extend(exchange_type=frozenset(["direct", "topic"]))

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)
        given = client.transport_options
        self.tables = Tables(
            given["path"],
            lease_s=given["lease_s"],
            busy_timeout_s=given["busy_timeout_s"],
            synchronous=given["synchronous"],
        )
        self.owner = f"{os.getpid()}-{uuid.uuid4().hex}"
        self._renew_every_s = given["lease_s"] / 3
        self._renewed_at = self._tidied_at = time.monotonic()
        self._pause_s = _SHORTEST_PAUSE_S

    def driver_version(self) -> str:
        """Return the version of SQLite."""
        return sqlite3.sqlite_version

    def establish_connection(self) -> Any:
        """Open the file, so that a wrong path shows now."""
        self.tables.exchange_type("")
        return super().establish_connection()

    def close_connection(self, connection: Any) -> None:
        """Give unacknowledged messages back and close the file."""
        super().close_connection(connection)
        self.tables.close()

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Deliver one message; looks often after one came, less often while none comes."""
        deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            try:
                self.cycle.get(self._deliver, timeout=timeout)
            except Empty:
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    raise TimeoutError from None
                time.sleep(min(self._pause_s, left_s))
                self._pause_s = min(self._pause_s * 1.5, _LONGEST_PAUSE_S)
            else:
                self._pause_s = _SHORTEST_PAUSE_S
                return

    def heartbeat_check(self, connection: Any, rate: int = 2) -> None:
        """Extend leases and tidy up, each when it is time."""
        now = time.monotonic()
        if now - self._renewed_at >= self._renew_every_s:
            self._renewed_at = now
            for channel in self.channels:
                channel.renew()
        if now - self._tidied_at >= _TIDY_EVERY_S:
            self._tidied_at = now
            self.tables.tidy()
