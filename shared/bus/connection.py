"""Connections to the bus: opened with every timeout set, declared, and thrown away after an error."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import kombu
from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError

from shared.bus import sqlite_transport, topology
from shared.errors import BusUnavailable, ConfigError

_DRIVER_ERRORS = (OSError, AMQPError, KombuError, *sqlite_transport.Transport.connection_errors)


@dataclass(frozen=True)
class BusOptions:
    """Time limits in seconds; the defaults are for production."""

    heartbeat_s: float = 15.0
    connect_timeout_s: float = 3.0
    confirm_timeout_s: float = 5.0
    io_timeout_s: float = 10.0
    lease_s: float = 15.0


def check_url(url: str) -> None:
    """Raise ConfigError unless the address is of a kind we speak."""
    parts = urlsplit(url)
    if parts.scheme not in ("amqp", "amqps", "sqlite"):
        raise ConfigError(["AMQP_URL must start with amqp://, amqps:// or sqlite:///"])
    if parts.scheme == "sqlite" and (parts.netloc or len(parts.path) < 2):
        raise ConfigError(["AMQP_URL must name a file by its full path: sqlite:///…"])


def open_connection(url: str, options: BusOptions, *, durable: bool = True) -> kombu.Connection:
    """Return an open connection with confirms and without retries of its own.

    `durable=False` lets the SQLite transport skip the disk flush of its own writes: right for a consumer,
    whose lost lease or acknowledgement only means a redelivery. Raises what the driver raises.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _open_sqlite(unquote(parts.path), options, durable)
    connection = kombu.Connection(
        url,
        heartbeat=options.heartbeat_s,
        connect_timeout=options.connect_timeout_s,
        transport_options={"confirm_publish": True, "max_retries": 1},
    )
    try:
        connection.connect()
        # bounds every wait that has no timeout of its own (declare, acknowledge), also when the peer only stalls
        connection.connection.transport.sock.settimeout(options.io_timeout_s)
    except BaseException:
        discard(connection)
        raise
    return connection


def _open_sqlite(path: str, options: BusOptions, durable: bool) -> kombu.Connection:
    connection = kombu.Connection(
        transport=sqlite_transport.Transport,
        transport_options={
            "path": path,
            "lease_s": options.lease_s,
            "busy_timeout_s": options.confirm_timeout_s,
            "synchronous": "FULL" if durable else "NORMAL",
        },
    )
    connection.connect()
    return connection


@contextlib.contextmanager
def borrowed(url: str, options: BusOptions) -> Iterator[kombu.Connection]:
    """Lend an open connection for a short job and close it. Raises BusUnavailable for whatever the driver raises."""
    connection = None
    try:
        connection = open_connection(url, options)
        yield connection
        connection.close()
    except _DRIVER_ERRORS as error:
        raise BusUnavailable(f"the bus cannot be used: {type(error).__name__}") from error
    finally:
        discard(connection)


def discard(connection: kombu.Connection | None) -> None:
    """Drop a connection without talking to the peer; never raises."""
    if connection is not None:
        with contextlib.suppress(Exception):
            connection.collect()


def declare(connection: kombu.Connection, specs: Iterable[topology.QueueSpec]) -> None:
    """Create the exchange and these queues with their bindings. Idempotent."""
    with connection.channel() as channel:
        exchange = kombu.Exchange(topology.EXCHANGE, type="topic", durable=True, channel=channel)
        exchange.declare()
        for spec in specs:
            queue = kombu.Queue(spec.name, durable=True, queue_arguments=dict(spec.arguments), channel=channel)
            queue.queue_declare()
            for key in spec.keys:
                queue.bind_to(exchange, key)


def declare_all(connection: kombu.Connection) -> None:
    """Create everything an event can be routed to, so that a broker that lost its data heals. Idempotent."""
    declare(connection, [spec for service in topology.SUBSCRIPTIONS for spec in topology.queues(service)])
