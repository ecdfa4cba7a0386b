"""Sending: one due mail at a time, at most one copy wherever that can be known."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.notify.documents import ALERTS, DELIVERIES
from services.notify.domain.events import alert_event
from services.notify.handlers.channel import Channel
from services.notify.handlers.grouping import Groups
from services.notify.handlers.people import People
from services.notify.ports import BadAddress, Renderer
from shared.clock import Clock, plus, to_text
from shared.errors import StoreUnavailable
from shared.events import Event
from shared.mail import delivery as deliveries
from shared.mail.delivery import Patience
from shared.mail.envelope import Envelope, Mailer
from shared.mail.replies import Meaning, Reply, meaning
from shared.outbox import stage
from shared.registry import Account
from shared.runtime import metrics
from shared.store.port import Change, Document, Lease, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SendOptions:
    """`lease_s` must be longer than all SMTP phases together; half of it is the limit for the final dot."""

    owner: str
    patience: Patience = field(default_factory=Patience)
    lease_s: float = 180
    record_pause_s: float = 0.5


class Sender:
    """Sends the mail that is due longest. Any number may run at once, each with a mailer of its own.

    The mark written before the final dot tells a later holder of the mail whether it may have arrived.
    """

    def __init__(
        self,
        store: Store,
        people: People,
        groups: Groups,
        mailer: Mailer,
        renderer: Renderer,
        clock: Clock,
        options: SendOptions,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._deliveries = store.collection(DELIVERIES.name)
        self._alerts = store.collection(ALERTS.name)
        self._channel = Channel(store, clock)
        self._people = people
        self._groups = groups
        self._mailer = mailer
        self._renderer = renderer
        self._clock = clock
        self._options = options
        self._monotonic = monotonic
        self._wait = wait

    def step(self) -> int:
        """Handle one due mail; return 0 when none is due or the channel is paused."""
        if self._channel.paused():
            return 0
        started = self._monotonic()
        now = self._now()
        until = plus(now, self._options.lease_s)
        lease = self._deliveries.claim({}, due="next_at", now=now, until=until, owner=self._options.owner)
        if lease is None:
            return 0
        if deliveries.left_at_the_dot(lease.document):
            metrics.MAIL_ATTEMPTS.labels(Meaning.UNCERTAIN.value).inc()
            self._finish(lease, deliveries.unsure(lease.document, now, self._options.owner, self._options.patience))
        else:
            self._attempt(lease, started)
        return 1

    def _attempt(self, lease: Lease, started: float) -> None:
        account = self._people.account(lease.document["recipient"])
        if account is None or not account.active:
            self._undeliverable(lease, "recipient_gone")
        elif self._people.suppressed(account.email):
            self._undeliverable(lease, "suppressed")
        else:
            self._mail(lease, account, started)

    def _mail(self, lease: Lease, account: Account, started: float) -> None:
        try:
            envelope = self._renderer.envelope(lease.document, account)
        except BadAddress:
            self._undeliverable(lease, "bad_address")
            return
        self._record(lease, self._sent(lease, envelope, started), account)

    def _sent(self, lease: Lease, envelope: Envelope, started: float) -> Reply:
        def young() -> bool:
            return self._monotonic() - started < self._options.lease_s / 2

        def commit() -> bool:
            if not young():
                return False
            mark = deliveries.before_dot(lease.document, self._now(), self._options.owner)
            try:
                mine = self._deliveries.update_if(lease.document["_id"], {"fence": lease.fence}, mark)
            except StoreUnavailable:
                return False
            return mine is not None and young()

        return self._mailer.send(envelope, commit)

    def _record(self, lease: Lease, reply: Reply, account: Account) -> None:
        now = self._now()
        what = meaning(reply)
        metrics.MAIL_ATTEMPTS.labels(what.value).inc()
        if what is Meaning.PAUSE:
            self._channel.pause(plus(now, self._options.patience.pause_s), reply.in_words())
        if what is Meaning.HARD_BOUNCE:
            self._people.suppress(account.email, account.id, now, reply.in_words())
            self._tell_others(lease.document)
        change = deliveries.after_reply(lease.document, reply, now, self._options.owner, self._options.patience)
        if deliveries.missed(lease.document, reply, change, now) and self._people.miss(
            account.email, account.id, reply.in_words()
        ):
            self._tell_others(lease.document)
        if what is Meaning.SENT:
            change = Change(
                set={**change.set, **stage(lease.document, [_sent_event(lease.document, now)], now)},
                unset=change.unset,
                append=change.append,
            )
        self._finish(lease, change)

    def _undeliverable(self, lease: Lease, failure: str) -> None:
        metrics.MAIL_ATTEMPTS.labels(failure).inc()
        self._tell_others(lease.document)
        self._finish(lease, deliveries.undeliverable(self._now(), self._options.owner, failure))

    def _tell_others(self, delivery: Mapping[str, Any]) -> None:
        """Let whoever takes the unreachable recipient's place hear of the alerts."""
        found = (self._alerts.get(episode) for episode in delivery["episodes"])
        self._groups.arm(alert for alert in found if alert is not None)

    def _finish(self, lease: Lease, change: Change) -> None:
        """Write the outcome; keep trying while the lease holds, as what is not written may be sent twice."""
        deadline = self._monotonic() + self._options.lease_s / 2
        while True:
            try:
                mine = self._deliveries.finish(lease.document["_id"], lease.fence, change)
                break
            except StoreUnavailable:
                if self._monotonic() >= deadline:
                    raise
                self._wait(self._options.record_pause_s)
        _report(lease.document, change, mine)

    def _now(self) -> str:
        return to_text(self._clock.now())


def _sent_event(delivery: Document, now: str) -> Event:
    episodes, to = delivery["episodes"], delivery["recipient"]
    return alert_event("alert.sent", delivery, episodes, to, now, collection=DELIVERIES.name)


def _report(delivery: Mapping[str, Any], change: Change, mine: bool) -> None:
    state = str(change.set["state"])
    extra = {"delivery": delivery["_id"], "state": state, "detail": change.append["log"]["detail"]}
    if not mine:
        log.warning("mail belongs to another worker by now", extra=extra)
    elif state in (deliveries.FAILED, deliveries.EXPIRED):
        log.error("mail was not delivered", extra=extra)
    elif state == deliveries.UNCERTAIN and "next_at" not in change.set:
        log.error("nobody knows whether a mail arrived", extra=extra)
    elif state == deliveries.SENT:
        log.info("mail sent", extra=extra)
    else:
        log.warning("mail waits", extra=extra)
