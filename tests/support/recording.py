"""A bus that remembers what is published, or is away."""

from __future__ import annotations

from shared.errors import BusUnavailable
from shared.event_schemas import check
from shared.events import Event


class Recording:
    """Checks and keeps every event; while `away` it takes none."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.away = False

    def publish(self, event: Event) -> None:
        """Keep the event."""
        if self.away:
            raise BusUnavailable("the bus is away")
        check(event)
        self.events.append(event)

    def names(self) -> list[str]:
        """Return the names of all events, sorted."""
        return sorted(event.name for event in self.events)

    def of(self, name: str) -> list[Event]:
        """Return the events of one name."""
        return [event for event in self.events if event.name == name]
