"""The SMTP channel as a whole: paused when the server refuses us rather than one recipient."""

from __future__ import annotations

import logging

from services.notify.documents import CHANNELS
from shared.clock import Clock, to_text
from shared.runtime import metrics
from shared.store.port import Change, Duplicate, Store

log = logging.getLogger(__name__)

SMTP = "smtp"


class Channel:
    """All senders see the same pause; when it ends, one mail tries whether the server takes us again."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._channels = store.collection(CHANNELS.name)
        self._clock = clock

    def paused(self) -> bool:
        """True while no mail may be tried."""
        channel = self._channels.get(SMTP)
        paused = channel is not None and to_text(self._clock.now()) < channel["paused_until"]
        metrics.MAIL_PAUSED.set(int(paused))
        return paused

    def pause(self, until: str, reason: str) -> None:
        """Rest until then; an operator must look, as a wrong password or sender does not mend itself."""
        log.error("mail server refuses us, channel paused", extra={"until": until, "reason": reason})
        fields = {"paused_until": until, "reason": reason}
        if self._channels.update_if(SMTP, {}, Change(set=fields)) is None:
            try:
                self._channels.insert({"_id": SMTP, **fields})
            except Duplicate:
                return

    def resume(self) -> None:
        """Try again now."""
        self._channels.update_if(SMTP, {}, Change(set={"paused_until": to_text(self._clock.now())}))
