"""When workers were last in contact with the bus: written down in the service's own store, read by its pages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from shared.clock import Clock, from_text, to_text
from shared.store.port import CollectionSpec, Store

CONTACT = CollectionSpec("bus_contact")
KEEP_EVERY_S = 15.0
_ID = "last"


class Contact:
    """One document for all workers of a service; the newest contact wins, so their number does not matter."""

    def __init__(
        self, store: Store, clock: Clock, late_after_s: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._kept = store.collection(CONTACT.name)
        self._clock, self._late_after = clock, timedelta(seconds=late_after_s)
        self._monotonic = monotonic
        self._made = threading.Event()
        self._next = 0.0

    def made(self) -> None:
        """Say that the bus has just answered. Cheap, from any thread."""
        self._made.set()

    def keep(self) -> int:
        """Write down that there was contact since the last time, every 15 seconds at most; return 0."""
        if self._made.is_set() and self._monotonic() >= self._next:
            self._made.clear()
            now = self._clock.now()
            document = {"_id": _ID, "revision": int(now.timestamp() * 1000), "at": to_text(now)}
            self._kept.put_if_newer(document)
            self._next = self._monotonic() + KEEP_EVERY_S
        return 0

    def lost_since(self) -> str | None:
        """Return when there was contact last, None unless that is too long ago (or there never was any)."""
        known = self._kept.get(_ID)
        if known is None or self._clock.now() - from_text(known["at"]) <= self._late_after:
            return None
        return str(known["at"])
