"""A tick of a group: look, decide, and write the decision and its mail in one document."""

from __future__ import annotations

from dataclasses import dataclass

from services.notify.documents import DELIVERIES, GROUPS
from services.notify.domain.dedup import Decision, Entry, decide, entry_from_json, recorded, severities
from services.notify.domain.schedule import Route, Routes, logical_tick, next_look, reminder_due
from services.notify.handlers.composing import compose
from services.notify.handlers.grouping import Groups
from services.notify.handlers.people import People
from services.notify.handlers.picture import View, Viewer
from shared.clock import Clock, plus, to_text
from shared.store.port import Change, Document, Duplicate, Store


@dataclass(frozen=True)
class FlushOptions:
    """`mail_domain` ends every Message-ID; a worker that holds a group longer than the lease loses it."""

    owner: str
    mail_domain: str
    send_resolved: bool = True
    lease_s: float = 30


class Flusher:
    """Works on the oldest due group. Any number may run at once: a group has one holder at a time.

    The decision is one write to the group, under the fencing number: what counts as mailed, the next
    tick number and the mail itself (`pending`). A worker that dies afterwards leaves the mail in the
    group, and the next holder only hands it over; the delivery's id makes that idempotent.
    """

    def __init__(
        self, store: Store, people: People, groups: Groups, routes: Routes, clock: Clock, options: FlushOptions
    ) -> None:
        self._groups = store.collection(GROUPS.name)
        self._deliveries = store.collection(DELIVERIES.name)
        self._people = people
        self._arming = groups
        self._routes = routes
        self._viewer = Viewer(store, people)
        self._clock = clock
        self._options = options

    def step(self) -> int:
        """Handle one due group; return 0 when none is due."""
        now = to_text(self._clock.now())
        until = plus(now, self._options.lease_s)
        lease = self._groups.claim({}, due="next_flush_at", now=now, until=until, owner=self._options.owner)
        if lease is None:
            return 0
        group = lease.document
        if group.get("pending"):
            self._hand_over(group["pending"])
            self._groups.finish(group["_id"], lease.fence, Change(unset=("pending",), inc={"rev": 1}))
        else:
            self._tick(group, lease.fence, now)
        return 1

    def _tick(self, group: Document, fence: int, now: str) -> None:
        view = self._viewer.view(group, entry_from_json(group["entry"]), now)
        entry = view.entry
        picture = view.picture(frozenset(group["muted"]))
        tick = logical_tick(group["next_flush_at"], now, self._most_urgent(view).interval_s)
        decision = decide(entry, picture, self._remind(view, tick), self._options.send_resolved)
        rev = int(group["rev"])
        if decision.reason is not None:
            about = self._routes.of(severities(decision.about))
            mail = self._composed(group, view, decision, about[0], now) if decision.send else None
            ticks = {route.name: tick for route in about}
            entry = recorded(entry, picture, ticks, mail["message_id"] if mail else None, decision.reason)
            if not self._commit(group["_id"], fence, entry, sorted(picture.muted), mail):
                return
            rev += 1
        self._close({**group, "rev": rev, "muted": sorted(picture.muted)}, fence, entry, view)

    def _most_urgent(self, view: View) -> Route:
        return next(iter(self._routes.of(view.severities())), self._routes.critical)

    def _remind(self, view: View, tick: str) -> bool:
        entry, open_ = view.entry, self._routes.of(str(alert["peak"]) for alert in view.firing)
        return entry is not None and any(reminder_due(route, entry.ticks.get(route.name), tick) for route in open_)

    def _composed(self, group: Document, view: View, decision: Decision, route: Route, now: str) -> Document:
        picture = view.picture(frozenset(group["muted"]))
        domain, owner = self._options.mail_domain, self._options.owner
        addressed = {**group, "route": route.name}
        return compose(
            self._people,
            addressed,
            view,
            picture,
            reason=str(decision.reason),
            now=now,
            mail_domain=domain,
            owner=owner,
        )

    def _commit(self, id_: str, fence: int, entry: Entry, muted: list[str], mail: Document | None) -> bool:
        """Write the decision and hand its mail over; False when the group has another holder by now."""
        fields = {"entry": entry.to_json(), "muted": muted, "pending": mail}
        change = Change(set=fields, inc={"tick_no": 1, "rev": 1})
        if self._groups.update_if(id_, {"fence": fence}, change) is None:
            return False
        if mail is not None:
            self._hand_over(mail)
        return True

    def _hand_over(self, mail: Document) -> None:
        try:
            self._deliveries.insert(mail)
        except Duplicate:
            return

    def _close(self, group: Document, fence: int, entry: Entry | None, view: View) -> None:
        """Say when to look again and give the group back; sooner if it was armed since it was claimed."""
        look = self._next_look(group, entry, view)
        unarmed = {"fence": fence, "rev": group["rev"]}
        if self._groups.update_if(group["_id"], unarmed, _looking(group, look)) is None:
            now = to_text(self._clock.now())
            route = self._most_urgent(self._viewer.view(group, entry, now))
            soon = self._arming.due(route, now, entry, group["programme"], group["site"])
            look = min(look, soon) if look else soon
            self._groups.update_if(group["_id"], {"fence": fence}, _looking(group, look))

    def _next_look(self, group: Document, entry: Entry | None, view: View) -> str | None:
        zone = self._people.zone(group["programme"], group["site"])
        open_, looks = {str(alert["peak"]) for alert in view.firing}, []
        for severity in open_ | set(view.mute_ends):
            route = self._routes.for_severity(severity)
            last_tick = entry.ticks.get(route.name) if entry else None
            looks.append(next_look(route, last_tick, severity in open_, view.mute_ends.get(severity, []), zone))
        return min((look for look in looks if look), default=None)


def _looking(group: Document, look: str | None) -> Change:
    fields: Document = {"muted": group["muted"]}
    gone = ["pending", "lease_until", "lease_owner"]
    if look is None:
        gone.append("next_flush_at")
    else:
        fields["next_flush_at"] = look
    return Change(set=fields, unset=tuple(gone), inc={"rev": 1, "fence": 1})
