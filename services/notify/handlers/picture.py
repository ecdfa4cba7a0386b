"""What a group would say right now: firing, resolved and muted alerts, seen as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.notify.documents import ALERTS, SILENCES
from services.notify.domain import alert as alerts
from services.notify.domain import silence as silences
from services.notify.domain.dedup import Entry, Picture, episode_of
from services.notify.domain.recipients import Recipient
from services.notify.handlers.people import People, Roster
from shared.store.port import Document, Range, Store


@dataclass(frozen=True)
class View:
    """A group's alerts at one tick.

    `mute_ends` are the instants, by severity, at which a mute ends by itself; `entry` is what the last
    mail said, in terms of the episodes of today.
    """

    firing: list[Document] = field(default_factory=list)
    resolved: list[Document] = field(default_factory=list)
    muted: list[Document] = field(default_factory=list)
    mute_ends: dict[str, list[str]] = field(default_factory=dict)
    recipient: Recipient | None = None
    entry: Entry | None = None

    def picture(self, muted_before: frozenset[str]) -> Picture:
        """Return the view as keys; what was muted at the last look and now fires has returned."""
        firing = frozenset(alerts.news_key(alert) for alert in self.firing)
        return Picture(
            firing=firing,
            resolved=frozenset(alerts.news_key(alert) for alert in self.resolved),
            muted=frozenset(alerts.news_key(alert) for alert in self.muted),
            returned=firing & muted_before,
        )

    def severities(self) -> set[str]:
        """Return the severities of what is firing or was resolved."""
        return {str(alert["peak"]) for alert in [*self.firing, *self.resolved]}


class Viewer:
    """Builds a group's view from the alerts of its site; nothing is cached between looks."""

    def __init__(self, store: Store, people: People) -> None:
        self._alerts = store.collection(ALERTS.name)
        self._silences = store.collection(SILENCES.name)
        self._people = people

    def view(self, group: Mapping[str, Any], told: Entry | None, now: str) -> View:
        """Return what concerns this group's recipient; `told` is what the last mail said."""
        place = {"programme": group["programme"], "site": group["site"]}
        active = self._silences.find({"programme": group["programme"], "ends_at": Range(gt=now)})
        closed = not self._open(group)
        roster = self._people.roster()
        entry = self._followed(told, place)
        view = View(entry=entry)
        for alert in self._alerts.find({**place, "state": alerts.RAISED}):
            if self._mine(alert, group, roster) is None or not _counts(alert, entry):
                continue
            end = self._muted_until(alert, active, now)
            (view.muted if closed or end else view.firing).append(alert)
            if end:
                view.mute_ends.setdefault(alert["peak"], []).append(end)
        view.resolved.extend(self._resolved(group, entry, roster))
        concerned = [*view.firing, *view.resolved]
        return replace(view, recipient=self._mine(concerned[0], group, roster) if concerned else None)

    def _followed(self, told: Entry | None, place: Mapping[str, Any]) -> Entry | None:
        """Return the entry with every episode that was only restated into another one replaced by that one."""
        if told is None:
            return None
        firing = frozenset(self._successor(key, place) for key in told.firing)
        return told if firing == told.firing else replace(told, firing=firing)

    def _successor(self, key: str, place: Mapping[str, Any]) -> str:
        alert = self._alerts.get(episode_of(key))
        if alert is None or alert["state"] == alerts.RAISED or not alert["silent"]:
            return key
        others = self._alerts.find({**place, "flag": alert["flag"]}, sort=("-seq",))
        return next((alerts.news_key(other) for other in others if not alerts.reported(other)), key)

    def _mine(self, alert: Mapping[str, Any], group: Mapping[str, Any], roster: Roster) -> Recipient | None:
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

    def _resolved(self, group: Mapping[str, Any], entry: Entry | None, roster: Roster) -> list[Document]:
        known = (self._alerts.get(episode_of(key)) for key in sorted(entry.firing if entry else ()))
        return [
            alert
            for alert in known
            if alert is not None
            and alert["state"] == alerts.CLEARED
            and not alert["silent"]
            and self._mine(alert, group, roster) is not None
        ]


def _counts(alert: Mapping[str, Any], entry: Entry | None) -> bool:
    """An alert known by restatement only counts where it stands for one that was mailed."""
    return not alert["silent"] or (entry is not None and alerts.news_key(alert) in entry.firing)
