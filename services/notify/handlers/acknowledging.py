"""Acknowledging: somebody has taken note; reminders rest for these episodes, for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from services.notify.documents import ALERTS, DELIVERIES
from services.notify.domain import alert as alerts
from services.notify.domain.events import alert_event
from shared.clock import Clock, plus, to_text
from shared.errors import NotFound, unknown
from shared.events import Event
from shared.outbox import stage
from shared.registry import Account
from shared.store.port import Change, Document, Store


@dataclass(frozen=True)
class Acknowledged:
    """What became of it: `fresh` are the alerts acknowledged now, `alerts` all that were asked for."""

    alerts: list[Document]
    fresh: list[str]


class Acknowledging:
    """Idempotent: the first to acknowledge an episode stays named."""

    def __init__(self, store: Store, clock: Clock, valid_days: float) -> None:
        self._alerts = store.collection(ALERTS.name)
        self._deliveries = store.collection(DELIVERIES.name)
        self._clock = clock
        self._valid_s = valid_days * 86_400

    def alert(self, id_: str) -> Document:
        """Return an alert. Raises NotFound."""
        found = self._alerts.get(id_)
        if found is None:
            raise unknown("alert", id_)
        return found

    def of_delivery(self, delivery_id: str) -> list[Document]:
        """Return the alerts a mail was about. Raises NotFound."""
        delivery = self._deliveries.get(delivery_id)
        if delivery is None:
            raise NotFound("This link is not known any more.")
        return [alert for id_ in delivery["episodes"] if (alert := self._alerts.get(id_)) is not None]

    def recipient_of(self, delivery_id: str) -> str:
        """Return the account a mail went to. Raises NotFound."""
        delivery = self._deliveries.get(delivery_id)
        if delivery is None:
            raise NotFound("This link is not known any more.")
        return str(delivery["recipient"])

    def acknowledge(self, ids: list[str], account: Account) -> Acknowledged:
        """Acknowledge every open alert among these that is not acknowledged yet. Raises NotFound."""
        done, fresh = [], []
        for id_ in ids:
            before = self.alert(id_)
            after = self._one(before, account)
            done.append(after)
            if after is not before:
                fresh.append(id_)
        return Acknowledged(done, fresh)

    def _one(self, alert: Document, account: Account) -> Document:
        while True:
            now = to_text(self._clock.now())
            if alerts.state_in_words(alert, now) != "open":
                return alert
            ack = {"account": account.id, "name": account.name, "at": now, "until": plus(now, self._valid_s)}
            fields = {"ack": ack, **stage(alert, [self._event(alert, account, now)], now)}
            unchanged = {"seq": alert["seq"], "outbox_rev": alert.get("outbox_rev")}
            written = self._alerts.update_if(alert["_id"], unchanged, Change(set=fields))
            if written is not None:
                return written
            alert = self.alert(alert["_id"])

    def _event(self, alert: Document, account: Account, now: str) -> Event:
        ids = [alert["_id"]]
        return alert_event("alert.acknowledged", alert, ids, account.id, now, collection=ALERTS.name, once=now)
