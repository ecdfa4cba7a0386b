"""What a group would say right now: firing, resolved and muted alerts, seen as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.notify.documents import ALERTS, SILENCES
from services.notify.domain import alert as alerts
from services.notify.domain import silence as silences
from services.notify.domain.dedup import Entry, Picture, episode_of
from services.notify.domain.recipients import Recipient
from services.notify.domain.schedule import Routes
from services.notify.handlers.people import People, Roster
from shared.store.port import Document, Range, Store


@dataclass(frozen=True)
class View:
    """A group's alerts at one tick. `mute_ends` are the instants at which a mute ends by itself."""

    firing: list[Document] = field(default_factory=list)
    resolved: list[Document] = field(default_factory=list)
    muted: list[Document] = field(default_factory=list)
    mute_ends: list[str] = field(default_factory=list)
    recipient: Recipient | None = None

    def picture(self, muted_before: frozenset[str]) -> Picture:
        """Return the view as keys; what was muted at the last look and now fires has returned."""
        firing = frozenset(alerts.news_key(alert) for alert in self.firing)
        return Picture(
            firing=firing,
            resolved=frozenset(alerts.news_key(alert) for alert in self.resolved),
            muted=frozenset(alerts.news_key(alert) for alert in self.muted),
            returned=firing & muted_before,
        )


class Viewer:
    """Builds a group's view from the alerts of its site; nothing is cached between looks."""

    def __init__(self, store: Store, people: People, routes: Routes) -> None:
        self._alerts = store.collection(ALERTS.name)
        self._silences = store.collection(SILENCES.name)
        self._people = people
        self._routes = routes

    def view(self, group: Mapping[str, Any], entry: Entry | None, now: str) -> View:
        """Return what concerns this group's recipient and kind of mail."""
        place = {"programme": group["programme"], "site": group["site"]}
        active = self._silences.find({"programme": group["programme"], "ends_at": Range(gt=now)})
        closed = not self._open(group)
        roster = self._people.roster()
        view = View()
        recipient = None
        for alert in self._alerts.find({**place, "state": alerts.RAISED}):
            mine = self._mine(alert, group, roster)
            if mine is None or alert["silent"]:
                continue
            recipient = mine
            end = self._muted_until(alert, active, now)
            (view.muted if closed or end else view.firing).append(alert)
            view.mute_ends.extend([end] if end else [])
        resolved = self._resolved(group, entry, roster)
        view.resolved.extend(alert for alert, _ in resolved)
        recipient = recipient or next((who for _, who in resolved), None)
        return View(view.firing, view.resolved, view.muted, view.mute_ends, recipient)

    def _mine(self, alert: Mapping[str, Any], group: Mapping[str, Any], roster: Roster) -> Recipient | None:
        if self._routes.for_severity(alert["peak"]).name != group["route"]:
            return None
        return next((who for who in roster.recipients(alert) if who.account.id == group["recipient"]), None)

    def _open(self, group: Mapping[str, Any]) -> bool:
        site = self._people.site(group["programme"], group["site"])
        return site is None or bool(site.get("active", True))

    def _muted_until(self, alert: Mapping[str, Any], active: list[Document], now: str) -> str | None:
        silence = silences.covering(active, alert, now)
        ends = [silence["ends_at"]] if silence else []
        if alerts.acknowledged(alert, now):
            ends.append(alert["ack"]["until"])
        return max(ends, default=None)

    def _resolved(
        self, group: Mapping[str, Any], entry: Entry | None, roster: Roster
    ) -> list[tuple[Document, Recipient]]:
        found = []
        for key in sorted(entry.firing if entry else ()):
            alert = self._alerts.get(episode_of(key))
            if alert is None or alert["state"] == alerts.RAISED or alert["silent"]:
                continue
            mine = self._mine(alert, group, roster)
            if mine is not None:
                found.append((alert, mine))
        return found
