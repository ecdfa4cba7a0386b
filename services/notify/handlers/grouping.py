"""Groups: one per recipient and site; an arm makes sure that a group looks again in time."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from services.notify.documents import ALERTS, GROUPS
from services.notify.domain import alert as alerts
from services.notify.domain.dedup import Entry, entry_from_json
from services.notify.domain.schedule import Route, Routes, earliest
from services.notify.handlers.people import People, Roster
from shared.clock import Clock, plus, to_text
from shared.store.port import Change, Document, Duplicate, Store

log = logging.getLogger(__name__)

MORE_TO_COME_S = 5.0


def group_id(recipient: str, programme: str, site: str) -> str:
    """Return the natural key of a group."""
    return f"{recipient}|{programme}/{site}"


class Groups:
    """Arms groups. Every writer of a group moves its `rev` on, so that no arm is lost beside a flush."""

    def __init__(self, store: Store, people: People, routes: Routes, clock: Clock) -> None:
        self._groups = store.collection(GROUPS.name)
        self._alerts = store.collection(ALERTS.name)
        self._people = people
        self._routes = routes
        self._clock = clock

    def arm(self, concerned: Iterable[Mapping[str, Any]], *, more_to_come: bool = False) -> None:
        """Let everybody who is told about these alerts look soon. Idempotent.

        A resolved alert concerns only groups that exist. An open one that nobody can be told about
        waits for `catch_up` and is logged. `more_to_come`: others follow and will arm these too, so a
        look may wait for them a little longer.
        """
        roster = self._people.roster()
        for alert in concerned:
            self._arm_all(alert, roster, MORE_TO_COME_S if more_to_come else 0.0)

    def _arm_all(self, alert: Mapping[str, Any], roster: Roster, more_s: float = 0.0) -> None:
        told = roster.recipients(alert)
        for recipient in told:
            self._arm(recipient.account.id, alert, create=alert["state"] == alerts.RAISED, more_s=more_s)
        if not told and alert["state"] == alerts.RAISED:
            log.warning("nobody to tell", extra={"programme": alert["programme"], "site": alert["site"]})

    def catch_up(self, programme: str, site: str | None = None) -> None:
        """Arm the groups that have not yet heard of an open alert here (people or rules have changed)."""
        roster = self._people.roster()
        for alert in self._open(programme, site):
            for recipient in roster.recipients(alert):
                if not self._heard(recipient.account.id, alert):
                    self._arm(recipient.account.id, alert, create=True)

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

    def _heard(self, recipient: str, alert: Mapping[str, Any]) -> bool:
        group = self._groups.get(group_id(recipient, alert["programme"], alert["site"]))
        entry = entry_from_json((group or {}).get("entry"))
        return entry is not None and alerts.news_key(alert) in entry.firing

    def _arm(self, recipient: str, alert: Mapping[str, Any], *, create: bool, more_s: float = 0.0) -> None:
        id_ = group_id(recipient, alert["programme"], alert["site"])
        while True:
            group = self._groups.get(id_)
            due = self._due(group, alert, more_s)
            if group is None:
                if not create or self._created(id_, recipient, alert, due):
                    return
                continue
            armed = group.get("next_flush_at")
            earlier = Change(set={"next_flush_at": min(due, armed) if armed else due}, inc={"rev": 1})
            if self._groups.update_if(id_, {"rev": group["rev"]}, earlier):
                return

    def _created(self, id_: str, recipient: str, alert: Mapping[str, Any], due: str) -> bool:
        now = to_text(self._clock.now())
        try:
            self._groups.insert(
                {
                    "_id": id_,
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

    def _due(self, group: Document | None, alert: Mapping[str, Any], more_s: float) -> str:
        now, entry = to_text(self._clock.now()), entry_from_json((group or {}).get("entry"))
        due = self.due(self._routes.for_severity(alert["peak"]), now, entry, alert["programme"], alert["site"])
        return max(due, plus(now, more_s))

    def due(self, route: Route, now: str, entry: Entry | None, programme: str, site: str) -> str:
        """Return when something that is news now may be mailed."""
        zone = self._people.zone(programme, site)
        return earliest(route, now, entry.ticks.get(route.name) if entry else None, zone)
