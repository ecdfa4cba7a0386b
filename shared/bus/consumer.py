"""Consuming: one message at a time, acknowledged last, over a connection that is watched and renewed for ever."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import kombu

from shared.bus import topology
from shared.bus.backoff import Backoff
from shared.bus.connection import BusOptions, check_url, declare, declare_all, discard, open_connection
from shared.bus.delivery import Delivery, Handler, Settler
from shared.bus.in_hand import InHand, OutageTooLong, Worker
from shared.bus.publisher import Publisher
from shared.clock import Clock, SystemClock
from shared.errors import ConfigError, InfrastructureError
from shared.runtime import metrics

log = logging.getLogger(__name__)

_DEPTH_EVERY_S = 15.0
_GLANCE_S = 0.001  # while a message is in hand: only let the connection see its heartbeats


@dataclass(frozen=True)
class ConsumerOptions:
    """Times in seconds; the defaults are for production."""

    rungs_s: tuple[float, ...] = topology.RUNGS_S
    handler_limit_s: float = 60.0
    pause_limit_s: float = 120.0
    pause_first_s: float = 1.0
    pause_longest_s: float = 30.0
    outage_wait_s: float = 900.0
    reconnect_first_s: float = 0.5
    reconnect_longest_s: float = 30.0
    poll_s: float = 0.2


class Consumer:
    """Consumes a service's queue; see `shared/bus/delivery.py` for what becomes of a message.

    Handlers run on a thread of their own, one message at a time, and must be idempotent. `beat` is called
    on every pass of the loop and stops being called while a handler runs longer than `handler_limit_s`;
    `contact` likewise, but only while the bus answers.
    Raises ConfigError if a subscribed event has no handler.
    """

    def __init__(
        self,
        url: str,
        service: str,
        handlers: Mapping[str, Handler],
        *,
        options: ConsumerOptions | None = None,
        bus: BusOptions | None = None,
        beat: Callable[[], None] = lambda: None,
        contact: Callable[[], None] = lambda: None,
        clock: Clock | None = None,
    ) -> None:
        missing = [name for name in topology.SUBSCRIPTIONS[service] if name not in handlers]
        if missing:
            raise ConfigError([f"{service} has no handler for {name}" for name in missing])
        check_url(url)
        self._url, self._service, self._beat, self._contact = url, service, beat, contact
        self._options, self._bus = options or ConsumerOptions(), bus or BusOptions()
        self._publisher = Publisher(url, self._bus)
        self._settler = Settler(
            service, handlers, self._publisher, rungs_s=self._options.rungs_s, clock=clock or SystemClock()
        )
        self._depth_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Consume until `stop` is set, then settle the message in hand and return. Reconnects for ever."""
        worker = Worker()
        backoff = Backoff(self._options.reconnect_first_s, self._options.reconnect_longest_s)
        try:
            while not stop.is_set():
                started = time.monotonic()
                try:
                    self._session(stop, worker)
                except OutageTooLong as outage:
                    self._outlast(outage.delivery, stop, worker)
                except Exception as error:
                    log.warning("bus connection ended", extra={"service": self._service, "error": type(error).__name__})
                if time.monotonic() - started > self._options.reconnect_longest_s:
                    backoff.reset()
                self._idle(stop, backoff.next_s())
        finally:
            worker.submit(self._publisher.close)
            worker.finish()

    def _idle(self, stop: threading.Event, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left_s := until - time.monotonic()) > 0 and not stop.wait(min(left_s, 1.0)):
            self._beat()

    def _outlast(self, delivery: Delivery, stop: threading.Event, worker: Worker) -> None:
        """Wait without a connection until the handler no longer finds anything away, but not for ever.

        Should it be this one message that never finds what it needs, the returns it costs park it in the end.
        """
        until = time.monotonic() + self._options.outage_wait_s
        while not stop.is_set() and time.monotonic() < until:
            probe = worker.submit(lambda: self._settler.probe(delivery))
            while not probe.done() and not stop.wait(self._options.poll_s):
                continue
            if stop.is_set() or not isinstance(probe.exception(), InfrastructureError):
                return
            self._idle(stop, min(self._options.pause_longest_s, until - time.monotonic()))

    def _session(self, stop: threading.Event, worker: Worker) -> None:
        connection = open_connection(self._url, self._bus, durable=False)
        try:
            declare_all(connection)
            declare(connection, topology.queues(self._service, self._options.rungs_s))
            channel = connection.channel()
            arrived: deque[Any] = deque()
            consumer = kombu.Consumer(
                channel,
                [kombu.Queue(topology.events_queue(self._service), no_declare=True)],
                on_message=arrived.append,
                on_decode_error=lambda message, _error: arrived.append(message),
                prefetch_count=1,
                auto_declare=False,
            )
            consumer.consume()
            self._pump(connection, consumer, arrived, stop, worker)
            connection.close()
        finally:
            discard(connection)

    def _pump(self, connection: Any, consumer: Any, arrived: deque[Any], stop: threading.Event, worker: Worker) -> None:
        held: InHand | None = None
        while True:
            if stop.is_set():
                if held is None or held.paused:
                    return
                consumer.cancel()
            if held is None and arrived:
                held = InHand(arrived.popleft(), self._settler, worker, self._options)
            if held is not None:
                held.wait(self._options.poll_s)
                if held.advance():
                    held = None
            _drain(connection, self._options.poll_s if held is None else _GLANCE_S)
            connection.heartbeat_check()
            if held is None or not held.overdue:
                self._beat()
                self._contact()
            self._measure(consumer.channel)

    def _measure(self, channel: Any) -> None:
        now = time.monotonic()
        if now - self._depth_at >= _DEPTH_EVERY_S:
            self._depth_at = now
            parked = topology.parked_queue(self._service)
            depth = channel.queue_declare(queue=parked, passive=True).message_count
            metrics.PARKED_DEPTH.labels(parked).set(depth)


def _drain(connection: Any, timeout_s: float) -> None:
    try:
        connection.drain_events(timeout=timeout_s)
    except TimeoutError:
        return
