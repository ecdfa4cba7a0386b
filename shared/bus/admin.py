"""Parked messages: look at them, send them back to their queue, throw them away with a reason."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.bus import topology
from shared.bus.connection import BusOptions, borrowed, declare_all
from shared.bus.delivery import ATTEMPT, ERROR, ERROR_CLASS, PARKED_AT, REPLAYED_BY, Delivery
from shared.bus.publisher import Publisher
from shared.clock import Clock, SystemClock, from_text
from shared.event_schemas import UnreadableEvent, from_json

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ParkedMessage:
    """One parked message: what an operator may see, and `data` to select by (never shown: may hold personal data)."""

    service: str
    message_id: str
    name: str
    subject: str
    error_class: str
    error: str
    age: timedelta | None
    replayed_by: str
    data: dict[str, Any] = field(repr=False)


Selection = Callable[[ParkedMessage], bool]


class ParkedQueue:
    """The parked queue of one service. Every method raises BusUnavailable when the bus cannot be reached."""

    def __init__(
        self, url: str, service: str, *, options: BusOptions | None = None, clock: Clock | None = None
    ) -> None:
        self._url, self._service = url, service
        self._options, self._clock = options or BusOptions(), clock or SystemClock()

    def messages(self) -> list[ParkedMessage]:
        """Return what is parked, in the order of the queue; everything stays where it is."""
        with self._taken() as taken:
            return [self._described(message) for message in taken]

    def replay(self, selected: Selection, by: str) -> int:
        """Put the selected messages back into the service's queue as new ones; return how many.

        A message leaves the parked queue only after the other queue has it: a crash in between makes two of it.
        """
        publisher = Publisher(self._url, self._options)
        try:
            return self._settle(selected, lambda message, _facts: self._put_back(publisher, message, by))
        finally:
            publisher.close()

    def discard(self, selected: Selection, reason: str, by: str) -> int:
        """Delete the selected messages for good, with one log line each; return how many."""
        return self._settle(
            selected, lambda _message, facts: log.warning("parked message discarded", extra=facts), reason=reason, by=by
        )

    def _settle(self, selected: Selection, act: Callable[[Any, dict[str, Any]], None], **why: str) -> int:
        count = 0
        with self._taken() as taken:
            for message in taken:
                parked = self._described(message)
                if selected(parked):
                    act(message, {"message_id": parked.message_id, "error_class": parked.error_class, **why})
                    message.ack()
                    count += 1
        return count

    def _put_back(self, publisher: Publisher, message: Any, by: str) -> None:
        delivery = Delivery.of(message)
        publisher.put(
            topology.events_queue(self._service),
            delivery.body,
            {**delivery.headers, ATTEMPT: 0, REPLAYED_BY: by},
            message_id=delivery.message_id,
            content_type=delivery.content_type,
        )

    @contextmanager
    def _taken(self) -> Iterator[Iterator[Any]]:
        """Hand out every message there is now; those not acknowledged go back when the connection closes."""
        with borrowed(self._url, self._options) as connection:
            declare_all(connection)
            yield self._each(connection.channel())

    def _each(self, channel: Any) -> Iterator[Any]:
        queue = topology.parked_queue(self._service)
        for _ in range(channel.queue_declare(queue=queue, passive=True).message_count):
            raw = channel.basic_get(queue, no_ack=False)
            if raw is None:
                return
            yield channel.message_to_python(raw)

    def _described(self, message: Any) -> ParkedMessage:
        headers = message.headers
        name, subject, data = _event(Delivery.of(message).body)
        return ParkedMessage(
            service=self._service,
            message_id=str(message.properties.get("message_id") or ""),
            name=name,
            subject=subject,
            error_class=str(headers.get(ERROR_CLASS) or headers.get("x-first-death-reason") or "unknown"),
            error=str(headers.get(ERROR) or ""),
            age=self._age(headers.get(PARKED_AT)),
            replayed_by=str(headers.get(REPLAYED_BY) or ""),
            data=data,
        )

    def _age(self, parked_at: Any) -> timedelta | None:
        try:
            return self._clock.now() - from_text(parked_at)
        except (TypeError, ValueError):
            return None


def _event(body: bytes) -> tuple[str, str, dict[str, Any]]:
    """Return name, subject and data; of a damaged or too new event at least the data, as erasing must find it too."""
    raw: Any = None
    try:
        raw = json.loads(body)
        event = from_json(raw)
    except (ValueError, AttributeError, RecursionError, UnreadableEvent):
        data = raw.get("data") if isinstance(raw, dict) else None
        return "unreadable", "", data if isinstance(data, dict) else {}
    return event.name, event.subject, dict(event.data)
