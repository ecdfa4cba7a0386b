"""What becomes of one delivered message: handled with a receipt, sent to wait, or parked with the reason."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from shared.bus import topology
from shared.bus.publisher import Publisher
from shared.clock import Clock, to_text
from shared.errors import InfrastructureError, PermanentError
from shared.event_schemas import CONTENT_TYPE, UnreadableEvent, decode
from shared.events import Event, derived_id
from shared.runtime import context, metrics

log = logging.getLogger(__name__)

Handler = Callable[[Event], None]
ATTEMPT, ERROR, ERROR_CLASS, PARKED_AT, REPLAYED_BY = (
    "x-attempt",
    "x-error",
    "x-error-class",
    "x-parked-at",
    "x-replayed-by",
)
_CARRIED = ("traceparent", ATTEMPT, REPLAYED_BY)
_READABLE = frozenset({CONTENT_TYPE, "application/json"})


@dataclass(frozen=True)
class Delivery:
    """One message as it came; `returns` is how often it was delivered before without being settled."""

    body: bytes
    content_type: str
    message_id: str
    headers: Mapping[str, Any]
    returns: int

    @classmethod
    def of(cls, message: Any) -> Delivery:
        """Take over a kombu message; one that kombu could not unpack gets no readable content type."""
        body = message.body
        return cls(
            body=body.encode(errors="surrogatepass") if isinstance(body, str) else bytes(body or b""),
            content_type="" if message.errors else str(message.content_type or ""),
            message_id=str(message.properties.get("message_id") or ""),
            headers={key: message.headers[key] for key in _CARRIED if isinstance(message.headers.get(key), (str, int))},
            returns=_count(message.headers.get("x-delivery-count")),
        )

    @property
    def attempt(self) -> int:
        """How many retry delays it has been through."""
        return _count(self.headers.get(ATTEMPT))


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0


class Settler:
    """Takes the decision for one message at a time; what it publishes is confirmed when it returns."""

    def __init__(
        self,
        service: str,
        handlers: Mapping[str, Handler],
        publisher: Publisher,
        *,
        rungs_s: Sequence[float],
        clock: Clock,
    ) -> None:
        self._service, self._handlers, self._publisher = service, handlers, publisher
        self._rungs_s, self._clock = rungs_s, clock
        self._queue = topology.events_queue(service)

    def settle(self, delivery: Delivery) -> None:
        """Return when the message may be acknowledged.

        Raises InfrastructureError when something is away: nothing is decided then, settle it again later.
        """
        started = time.monotonic()
        try:
            if delivery.returns >= topology.DELIVERY_LIMIT:
                raise UnreadableEvent("delivery_limit", f"delivered {delivery.returns} times, never settled")
            event = self._read(delivery)
            with _asked_by(event):
                self._handlers[event.name](event)
                self._confirm(event)
            outcome = "handled"
        except InfrastructureError:
            raise
        except PermanentError as error:
            outcome = self._park(delivery, str(getattr(error, "code", type(error).__name__)), str(error)[:200])
        except Exception as error:
            outcome = self._retry(delivery, error)
        metrics.CONSUMER_MESSAGES.labels(self._queue, outcome).inc()
        metrics.CONSUMER_HANDLER_SECONDS.labels(self._queue).observe(time.monotonic() - started)

    def probe(self, delivery: Delivery) -> None:
        """Run only the handler, to see whether what was away is back. Raises InfrastructureError while it is not."""
        try:
            event = self._read(delivery)
            with _asked_by(event):
                self._handlers[event.name](event)
        except InfrastructureError:
            raise
        except Exception:
            log.debug("probe ended with an answer")

    def _read(self, delivery: Delivery) -> Event:
        if delivery.content_type not in _READABLE:
            raise UnreadableEvent("undecodable", "content type is not a CloudEvent in JSON")
        event = decode(delivery.body)
        if event.name not in self._handlers:
            raise UnreadableEvent("unknown", f"{self._service} does not handle {event.name}")
        return replace(event, headers=delivery.headers)

    def _confirm(self, event: Event) -> None:
        if event.origin is None or self._service not in topology.awaiting(event.name):
            return
        self._publisher.publish(
            Event(
                name=topology.receipt_name(event.source),
                data={"event_id": event.id, "origin": event.origin, "by": self._service},
                subject=event.subject,
                source=self._service,
                id=derived_id("handled", event.id, self._service),
                time=to_text(self._clock.now()),
                correlation_id=event.correlation_id,
                traceparent=event.traceparent,
            )
        )

    def _retry(self, delivery: Delivery, error: Exception) -> str:
        where = _where(error)
        if delivery.attempt >= len(self._rungs_s):
            return self._park(delivery, "spent", where)
        rung = topology.retry_queue(self._service, self._rungs_s[delivery.attempt])
        self._put(rung, delivery, {ATTEMPT: delivery.attempt + 1})
        metrics.RETRIES.labels(rung).inc()
        log.warning("message waits for another attempt", extra=self._facts(delivery) | {"error": where, "rung": rung})
        return "retried"

    def _park(self, delivery: Delivery, error_class: str, reason: str) -> str:
        marks = {ERROR_CLASS: error_class, ERROR: reason, PARKED_AT: to_text(self._clock.now())}
        self._put(topology.parked_queue(self._service), delivery, marks)
        log.error("message parked", extra=self._facts(delivery) | {"error_class": error_class, "error": reason})
        return "parked"

    def _put(self, queue: str, delivery: Delivery, marks: Mapping[str, Any]) -> None:
        self._publisher.put(
            queue,
            delivery.body,
            {**delivery.headers, **marks},
            message_id=delivery.message_id,
            content_type=delivery.content_type or "application/octet-stream",
        )

    def _facts(self, delivery: Delivery) -> dict[str, Any]:
        return {"queue": self._queue, "message_id": delivery.message_id, "attempt": delivery.attempt}


@contextmanager
def _asked_by(event: Event) -> Iterator[None]:
    correlation = context.correlation_id.set(event.correlation_id)
    trace = context.traceparent.set(event.traceparent)
    try:
        yield
    finally:
        context.correlation_id.reset(correlation)
        context.traceparent.reset(trace)


def _where(error: Exception) -> str:
    """Name the kind of error and the line it came from: the message of an unexpected error may hold values."""
    frames = list(traceback.walk_tb(error.__traceback__))
    place = f" at {frames[-1][0].f_globals.get('__name__')}:{frames[-1][1]}" if frames else ""
    return f"{type(error).__name__}{place}"
