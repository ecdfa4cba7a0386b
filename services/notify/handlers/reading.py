"""Reading: alerts, silences and deliveries as people and machines may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.notify.documents import ALERTS, DELIVERIES, SILENCES
from services.notify.domain import alert as alerts
from services.notify.domain import recipients as rules
from services.notify.handlers.people import People
from shared.clock import Clock, to_text
from shared.registry import Account, sees_site
from shared.store.port import Collection, Document, Page, Store

MOST_SCANNED = 1000


@dataclass(frozen=True)
class Slice:
    """Which page of a list."""

    limit: int = 50
    cursor: str | None = None


class Reading:
    """Every list is cut down to what the account may see."""

    def __init__(self, store: Store, people: People, clock: Clock) -> None:
        self._alerts = store.collection(ALERTS.name)
        self._deliveries = store.collection(DELIVERIES.name)
        self._silences = store.collection(SILENCES.name)
        self._people = people
        self._clock = clock

    def state(self, alert: Mapping[str, Any]) -> str:
        """Return `open`, `acknowledged` or `resolved`."""
        return alerts.state_in_words(alert, to_text(self._clock.now()))

    def may_see(self, account: Account, alert: Mapping[str, Any]) -> bool:
        """True when the account's roles show it this alert."""
        return rules.may_see(account, alert, self._people.terms(alert))

    def is_told(self, account: Account, alert: Mapping[str, Any]) -> bool:
        """True when the account is one of those who are told about this alert."""
        return any(one.account.id == account.id for one in self._people.roster().recipients(alert))

    def alerts(self, account: Account, where: Mapping[str, Any], state: str | None, part: Slice) -> Page:
        """Return a page of alerts, the most recently changed first; `state` as `state()` names it, None = all."""

        def wanted(alert: Document) -> bool:
            return (state is None or self.state(alert) == state) and self.may_see(account, alert)

        return _kept(self._alerts, {**where, **_stored_state(state)}, "-changed_at", part, wanted)

    def silences(self, account: Account, programme: str, part: Slice) -> Page:
        """Return a page of a programme's silences, the one that ends last first."""

        def wanted(silence: Document) -> bool:
            site = silence["site"]
            return site in (None, rules.ANY_SITE) or sees_site(account.roles_at(programme, site))

        return _kept(self._silences, {"programme": programme}, "-ends_at", part, wanted)

    def deliveries(self, account: Account, where: Mapping[str, Any], part: Slice) -> Page:
        """Return a page of deliveries, newest first."""

        def wanted(delivery: Document) -> bool:
            return rules.may_see_delivery(account, delivery)

        return _kept(self._deliveries, where, "-created_at", part, wanted)

    def deliveries_of(self, account: Account, alert: Mapping[str, Any]) -> list[Document]:
        """Return every mail about an alert that the account may see, oldest first."""
        place = {"programme": alert["programme"], "site": alert["site"]}
        found = self._deliveries.find(place, sort=("created_at",))
        return [
            delivery
            for delivery in found
            if alert["_id"] in delivery["episodes"] and rules.may_see_delivery(account, delivery)
        ]

    def people_of(self, deliveries: Sequence[Mapping[str, Any]]) -> dict[str, Account]:
        """Return the recipients that are still known, by id."""
        ids = {delivery["recipient"] for delivery in deliveries}
        return {id_: account for id_ in sorted(ids) if (account := self._people.account(id_)) is not None}


def _kept(
    collection: Collection, where: Mapping[str, Any], sort: str, part: Slice, wanted: Callable[[Document], bool]
) -> Page:
    """Return a page of what is wanted. After 1,000 documents it may be shorter than asked and not the last."""
    items: list[Document] = []
    cursor, scanned = part.cursor, 0
    while True:
        page = collection.page(where, sort=sort, limit=part.limit - len(items), cursor=cursor)
        cursor = page.next
        scanned += len(page.items)
        items += filter(wanted, page.items)
        if cursor is None or len(items) >= part.limit or scanned >= MOST_SCANNED:
            return Page(items, cursor)


def _stored_state(state: str | None) -> dict[str, str]:
    if state is None:
        return {}
    return {"state": alerts.CLEARED if state == "resolved" else alerts.RAISED}
