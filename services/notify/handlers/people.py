"""Who is told, in which time zone, and which addresses are out of use."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.notify.documents import SUPPRESSIONS
from services.notify.domain import recipients as rules
from shared.clock import Clock, plus, to_text
from shared.errors import NotFound
from shared.programme.model import Programme
from shared.registry import Account, Registry
from shared.store.port import Change, Document, Duplicate, Range, Store

MISSED_S = 86_400
DEFAULT_ZONE = ZoneInfo("Europe/Berlin")


class People:
    """Answers from this service's own copy of accounts, sites and programmes."""

    def __init__(self, store: Store, registry: Registry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock
        self._suppressions = store.collection(SUPPRESSIONS.name)

    def roster(self) -> Roster:
        """Return who is told, as things stand now; for one piece of work, as it remembers what it has read."""
        return Roster(self, self._registry)

    def terms(self, alert: Mapping[str, Any]) -> rules.Terms:
        """Return whom the flag addresses and from whom it is hidden: as its rule says now, else as it was told."""
        programme = self.programme(alert["programme"])
        for flag in programme.flags if programme else ():
            if flag.id == alert["flag"]:
                return rules.Terms(flag.audience, flag.hidden_from)
        return rules.Terms(alert.get("audience") or "consultant", alert["hidden_from"])

    def account(self, id_: str) -> Account | None:
        """Return an account, active or not; None if unknown."""
        return self._registry.account(id_)

    def programme(self, id_: str) -> Programme | None:
        """Return the programme's newest version, None while it is unknown."""
        try:
            return self._registry.programme(id_)
        except NotFound:
            return None

    def programmes(self) -> list[Programme]:
        """Return every programme known."""
        return self._registry.programmes()

    def sites(self, programme: str) -> list[Document]:
        """Return the active sites of a programme."""
        return self._registry.sites(programme)

    def site(self, programme: str, code: str) -> Document | None:
        """Return the site, None while it is unknown or for a whole programme."""
        try:
            return self._registry.site(programme, code)
        except NotFound:
            return None

    def zone(self, programme: str, site: str) -> ZoneInfo:
        """Return the site's time zone, Europe/Berlin if it has none we know."""
        try:
            return ZoneInfo((self.site(programme, site) or {}).get("timezone") or DEFAULT_ZONE.key)
        except (ZoneInfoNotFoundError, ValueError):
            return DEFAULT_ZONE

    def suppressed(self, address: str) -> bool:
        """True when mail to this address bounced for good."""
        return self._suppressions.get(_digest(address)) is not None

    def suppress(self, address: str, account: str, at: str, reason: str) -> None:
        """Take an address out of use. Idempotent; the address itself is not stored."""
        try:
            self._suppressions.insert({"_id": _digest(address), "account": account, "at": at, "reason": reason})
        except Duplicate:
            return

    def miss(self, address: str, account: str, reason: str) -> bool:
        """Count an address as out of reach for a day, without taking it out of use; False if it was already."""
        now = to_text(self._clock.now())
        key, until = f"missed {_digest(address)}", plus(now, MISSED_S)
        try:
            self._suppressions.insert({"_id": key, "account": account, "at": now, "reason": reason, "until": until})
        except Duplicate:
            late = Change(set={"at": now, "reason": reason, "until": until})
            return self._suppressions.update_if(key, {"until": Range(lte=now)}, late) is not None
        return True

    def reachable(self, address: str) -> bool:
        """True unless the address is out of use, or was missed within a day."""
        missed = self._suppressions.get(f"missed {_digest(address)}")
        away = missed is not None and to_text(self._clock.now()) < missed["until"]
        return not away and not self.suppressed(address)

    def lift(self, address: str) -> None:
        """Use an address again."""
        self._suppressions.delete(_digest(address))
        self._suppressions.delete(f"missed {_digest(address)}")


class Roster:
    """Who is told about the alerts of one piece of work."""

    def __init__(self, people: People, registry: Registry) -> None:
        self._people = people
        self._holders = cache(registry.accounts_for)
        self._reachable = cache(people.reachable)

    def recipients(self, alert: Mapping[str, Any]) -> list[rules.Recipient]:
        """Return who is told about an alert."""
        programme, site = alert["programme"], rules.site_of(alert)
        return rules.recipients(
            alert,
            self._people.terms(alert),
            lambda role: self._holders(programme, site, role),
            lambda account: self._reachable(account.email),
        )


def _digest(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()
