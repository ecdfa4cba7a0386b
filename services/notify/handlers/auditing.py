"""The auditor: finds mails that are due and that nobody has tried."""

from __future__ import annotations

import logging

from services.notify.documents import DELIVERIES
from services.notify.handlers.channel import Channel
from shared.clock import Clock, plus, to_text
from shared.runtime import metrics
from shared.store.port import Range, Store

log = logging.getLogger(__name__)


class Auditor:
    """Looks at most every `every_s` seconds; says once when mails are stuck and once when they are not any more."""

    def __init__(self, store: Store, clock: Clock, *, late_s: float = 120, every_s: float = 15) -> None:
        self._deliveries = store.collection(DELIVERIES.name)
        self._channel = Channel(store, clock)
        self._clock = clock
        self._late_s = late_s
        self._every_s = every_s
        self._next_at = ""
        self._overdue = 0

    def step(self) -> int:
        """Count overdue mails; always 0, as there is never more to do at once. A paused channel has said so itself."""
        now = to_text(self._clock.now())
        if now < self._next_at:
            return 0
        self._next_at = plus(now, self._every_s)
        overdue = self.overdue(now)
        metrics.MAIL_OVERDUE.set(overdue)
        if overdue and not self._overdue:
            log.error("mails are due and not sent", extra={"count": overdue})
        elif self._overdue and not overdue:
            log.info("no mail is overdue any more", extra={"count": 0})
        self._overdue = overdue
        return 0

    def overdue(self, now: str) -> int:
        """Return how many mails have been due for too long."""
        if self._channel.paused():
            return 0
        return self._deliveries.count({"next_at": Range(lte=plus(now, -self._late_s))})
