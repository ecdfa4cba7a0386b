"""Publishing with confirmation: returns only when the broker has the message."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from typing import Any

import kombu

from shared.bus import topology
from shared.bus.connection import BusOptions, check_url, declare_all, discard, open_connection
from shared.errors import BusUnavailable
from shared.event_schemas import CONTENT_TYPE, encode
from shared.events import Event
from shared.runtime import metrics

log = logging.getLogger(__name__)


class Publisher:
    """Confirmed publishing over a connection of its own. One per thread; connects on first use."""

    def __init__(self, url: str, options: BusOptions | None = None) -> None:
        check_url(url)
        self._url = url
        self._options = options or BusOptions()
        self._connection: kombu.Connection | None = None
        self._producer: kombu.Producer | None = None
        self._pid = 0
        self._used_at = 0.0

    def publish(self, event: Event) -> None:
        """Publish and wait for the broker's confirmation.

        Raises BusUnavailable if it did not come in time or nobody would receive a message that somebody
        should; the message may have arrived all the same. Raises UnreadableEvent for data that is not JSON.
        """
        headers = {"traceparent": event.traceparent} if event.traceparent else {}
        self._send(
            encode(event),
            exchange=topology.EXCHANGE,
            routing_key=event.name,
            mandatory=bool(topology.consumers(event.name)),
            headers=headers,
            message_id=event.id,
            content_type=CONTENT_TYPE,
        )

    def put(self, queue: str, body: bytes, headers: Mapping[str, Any], *, message_id: str, content_type: str) -> None:
        """Put a message into one queue, confirmed. Raises BusUnavailable as `publish` does."""
        self._send(
            body,
            exchange="",
            routing_key=queue,
            mandatory=True,
            headers=dict(headers),
            message_id=message_id,
            content_type=content_type,
        )

    def close(self) -> None:
        """Close the connection; a later publish opens a new one."""
        connection, self._connection, self._producer = self._connection, None, None
        discard(connection)

    def _send(self, body: bytes, **properties: Any) -> None:
        try:
            self._ready().publish(
                body,
                delivery_mode=2,
                retry=False,
                confirm_timeout=self._options.confirm_timeout_s,
                content_encoding="utf-8",
                **properties,
            )
            self._used_at = time.monotonic()
        except Exception as error:
            # a late confirmation must never meet the next message: no second use of this connection
            self.close()
            metrics.PUBLISH_FAILURES.labels(type(error).__name__).inc()
            log.warning("publish failed", extra={"key": properties["routing_key"], "error": type(error).__name__})
            raise BusUnavailable(f"{properties['routing_key']} was not confirmed: {type(error).__name__}") from error

    def _ready(self) -> kombu.Producer:
        if self._pid != os.getpid():  # a connection does not survive a fork
            self._connection = self._producer = None
        # nobody sends heartbeats while we are idle, so the broker may have hung up
        elif self._connection is not None and self._connection.supports_heartbeats and self._idle():
            self.close()
        if self._producer is None:
            self._pid = os.getpid()
            self._connection = open_connection(self._url, self._options)
            declare_all(self._connection)
            self._producer = kombu.Producer(self._connection.channel(), auto_declare=False)
        return self._producer

    def _idle(self) -> bool:
        return time.monotonic() - self._used_at > self._options.heartbeat_s
