"""Groups: one per kind of mail, recipient and site; an arm makes sure that a group looks again in time."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from services.notify.documents import ALERTS, GROUPS
from services.notify.domain import alert as alerts
from services.notify.domain.dedup import Entry, entry_from_json
from services.notify.domain.schedule import Route, Routes, earliest
from services.notify.handlers.people import People, Roster
from shared.clock import Clock, to_text
from shared.store.port import Change, Document, Duplicate, Store

log = logging.getLogger(__name__)


def group_id(route: str, recipient: str, programme: str, site: str) -> str:
    """Return the natural key of a group."""
    return f"{route}|{recipient}|{programme}/{site}"


class Groups:
    """Arms groups. Every writer of a group moves its `rev` on, so that no arm is lost beside a flush."""

    def __init__(self, store: Store, people: People, routes: Routes, clock: Clock) -> None:
        self._groups = store.collection(GROUPS.name)
        self._alerts = store.collection(ALERTS.name)
        self._people = people
        self._routes = routes
        self._clock = clock

    def arm(self, alert: Mapping[str, Any]) -> None:
        """Let everybody who is told about this alert look soon. Idempotent.

        A resolved alert concerns only groups that exist. An open one that nobody can be told about
        waits for `catch_up` and is logged.
        """
        self._arm_all(alert, self._people.roster())

    def _arm_all(self, alert: Mapping[str, Any], roster: Roster) -> None:
        route = self._routes.for_severity(alert["peak"])
        told = roster.recipients(alert)
        for recipient in told:
            self._arm(route, recipient.account.id, alert, create=alert["state"] == alerts.RAISED)
        if not told and alert["state"] == alerts.RAISED:
            log.warning("nobody to tell", extra={"programme": alert["programme"], "site": alert["site"]})

    def catch_up(self, programme: str, site: str | None = None) -> None:
        """Arm the groups that have not yet heard of an open alert here (people or rules have changed)."""
        roster = self._people.roster()
        for alert in self._open(programme, site):
            route = self._routes.for_severity(alert["peak"])
            for recipient in roster.recipients(alert):
                if not self._heard(route, recipient.account.id, alert):
                    self._arm(route, recipient.account.id, alert, create=True)

    def places_of(self, recipient: str) -> set[tuple[str, str]]:
        """Return (programme, site) of every group this account has."""
        return {(g["programme"], g["site"]) for g in self._groups.find({"recipient": recipient})}

    def rearm(self, programme: str, site: str | None = None) -> None:
        """Arm the groups of every open alert here (something that muted them has changed)."""
        roster = self._people.roster()
        for alert in self._open(programme, site):
            self._arm_all(alert, roster)

    def _open(self, programme: str, site: str | None) -> list[Document]:
        where = {"programme": programme, "state": alerts.RAISED}
        return self._alerts.find(where if site is None else {**where, "site": site})

    def _heard(self, route: Route, recipient: str, alert: Mapping[str, Any]) -> bool:
        group = self._groups.get(group_id(route.name, recipient, alert["programme"], alert["site"]))
        entry = entry_from_json((group or {}).get("entry"))
        return entry is not None and alerts.news_key(alert) in entry.firing

    def _arm(self, route: Route, recipient: str, alert: Mapping[str, Any], *, create: bool) -> None:
        id_ = group_id(route.name, recipient, alert["programme"], alert["site"])
        while True:
            group = self._groups.get(id_)
            if group is None:
                if not create or self._created(id_, route, recipient, alert):
                    return
                continue
            if self._groups.update_if(id_, {"rev": group["rev"]}, self._earlier(group, route)):
                return

    def _created(self, id_: str, route: Route, recipient: str, alert: Mapping[str, Any]) -> bool:
        now = to_text(self._clock.now())
        due = self.due(route, now, None, alert["programme"], alert["site"])
        try:
            self._groups.insert(
                {
                    "_id": id_,
                    "route": route.name,
                    "recipient": recipient,
                    "programme": alert["programme"],
                    "site": alert["site"],
                    "tick_no": 0,
                    "rev": 0,
                    "entry": None,
                    "muted": [],
                    "next_flush_at": due,
                    "created_at": now,
                }
            )
        except Duplicate:
            return False
        return True

    def _earlier(self, group: Document, route: Route) -> Change:
        entry = entry_from_json(group["entry"])
        due = self.due(route, to_text(self._clock.now()), entry, group["programme"], group["site"])
        armed = group.get("next_flush_at")
        return Change(set={"next_flush_at": min(due, armed) if armed else due}, inc={"rev": 1})

    def due(self, route: Route, now: str, entry: Entry | None, programme: str, site: str) -> str:
        """Return when something that is news now may be mailed."""
        zone = self._people.zone(programme, site)
        return earliest(route, now, entry.last_tick if entry else None, zone)
