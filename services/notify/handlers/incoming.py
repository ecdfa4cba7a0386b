"""What notify does when an event arrives: keep the state, then let the groups it concerns look."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.notify.documents import ALERTS
from services.notify.domain.alert import applied
from services.notify.domain.recipients import ANY_SITE
from services.notify.handlers.grouping import Groups
from shared.events import Event
from shared.registry import Registry
from shared.store.port import Change, Document, Duplicate, Store

Handler = Callable[[Event], None]


class Incoming:
    """Handlers by event name; every one may see the same event again."""

    def __init__(self, store: Store, registry: Registry, groups: Groups) -> None:
        self._alerts = store.collection(ALERTS.name)
        self._registry = registry
        self._groups = groups

    def handlers(self) -> Mapping[str, Handler]:
        """Return the handler of every event notify acts on."""
        kept = dict(self._registry.handlers())
        flags: dict[str, Handler] = dict.fromkeys(("flag.raised", "flag.changed", "flag.cleared"), self.on_flag)
        return {
            **kept,
            **flags,
            "flag.restated": self.on_flag_restated,
            "indicators.computed": _carries_no_alert,
            "account.changed": self._after(kept["account.changed"], self._people_changed),
            "site.changed": self._after(kept["site.changed"], self._site_changed),
            "programme.published": self._after(kept["programme.published"], self._programme_changed),
        }

    def on_flag(self, event: Event) -> None:
        """Keep the alert's newest state and arm its groups.

        The groups follow what is stored, not the event: an old or repeated event changes nothing,
        and one whose first handling died half-way is completed. The last event of a recomputation arms
        for all of them, so that they share a mail; those before it would wait for it only so long.
        """
        alert = self._keep(event, restated=False)
        if event.data["transition_seq"] < event.data.get("batch_end", 0):
            self._groups.arm([alert], more_to_come=True)
        else:
            self._groups.arm(self._batch(event, alert))

    def on_flag_restated(self, event: Event) -> None:
        """Keep the restated values; nobody is mailed."""
        self._keep(event, restated=True)

    def _batch(self, last: Event, alert: Document) -> list[Document]:
        """Return the alerts that changed in the same recomputation as this last one, this one included."""
        if last.data.get("batch_end") is None:
            return [alert]
        found = self._alerts.find({name: last.data[name] for name in ("programme", "site", "batch_end")})
        return [alert, *(one for one in found if one["_id"] != alert["_id"])]

    def _keep(self, event: Event, *, restated: bool) -> Document:
        id_ = event.data["episode_id"]
        while True:
            stored = self._alerts.get(id_)
            newer = applied(stored, event.data, restated)
            if newer is None and stored is not None:
                return stored
            if newer is not None and self._written(stored, newer):
                return newer

    def _written(self, stored: Document | None, newer: Document) -> bool:
        if stored is None:
            try:
                self._alerts.insert(newer)
            except Duplicate:
                return False
            return True
        fields = {name: value for name, value in newer.items() if name not in stored or stored[name] != value}
        unchanged = {"seq": stored["seq"], "news_seq": stored["news_seq"], "outbox_rev": stored.get("outbox_rev")}
        return self._alerts.update_if(stored["_id"], unchanged, Change(set=fields)) is not None

    def _after(self, keep: Handler, then: Handler) -> Handler:
        def handle(event: Event) -> None:
            keep(event)
            then(event)

        return handle

    def _people_changed(self, event: Event) -> None:
        places = self._groups.places_of(event.data["account"])
        for grant in event.data["roles"]:
            sites = grant.get("sites") or [ANY_SITE]
            places |= {(programme, site) for programme in self._programmes(grant["programme"]) for site in sites}
        for programme, site in sorted(places):
            self._groups.catch_up(programme, None if site == ANY_SITE else site)

    def _programmes(self, named: str) -> list[str]:
        return [p.id for p in self._registry.programmes()] if named == ANY_SITE else [named]

    def _site_changed(self, event: Event) -> None:
        self._groups.rearm(event.data["programme"], event.data["site"])

    def _programme_changed(self, event: Event) -> None:
        self._groups.catch_up(event.data["programme"])


def _carries_no_alert(_event: Event) -> None:
    """Values a mail needs travel with the flag events; the queue is bound to this event all the same."""
