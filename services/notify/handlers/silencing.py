"""Silences: set and ended; what they mute is decided at each tick."""

from __future__ import annotations

from dataclasses import dataclass

from services.notify.documents import SILENCES
from services.notify.domain import silence as silences
from services.notify.handlers.grouping import Groups
from shared.clock import Clock, from_text, to_text
from shared.errors import Bilingual, Fault, Invalid, unknown
from shared.store.port import Change, Document, Store

_TOO_WIDE = Bilingual(
    "Name a site, a flag or an episode: not everything may be silenced.",
    "Nennen Sie einen Standort, eine Regel oder einen Hinweis: Alles darf nicht stummgeschaltet werden.",
)
_SAY_WHY = Bilingual("Say why.", "Sagen Sie, warum.")
_INSTANT = Bilingual(
    "Give an instant like 2026-01-31T08:15:00.000Z.", "Geben Sie einen Zeitpunkt wie 2026-01-31T08:15:00.000Z an."
)
_ORDER = Bilingual(
    "The end must lie after the start and in the future.",
    "Das Ende muss nach dem Anfang und in der Zukunft liegen.",
)


@dataclass(frozen=True)
class Wish:
    """What shall rest, why and until when; at least one of site, flag, episode narrows the programme down."""

    programme: str
    reason: str
    ends_at: str
    starts_at: str | None = None
    site: str | None = None
    flag: str | None = None
    episode: str | None = None


class Silencing:
    """Silences are never deleted: an ended one keeps its reason and says who ended it."""

    def __init__(self, store: Store, groups: Groups, clock: Clock) -> None:
        self._silences = store.collection(SILENCES.name)
        self._groups = groups
        self._clock = clock

    def silence(self, id_: str) -> Document:
        """Return one. Raises NotFound."""
        found = self._silences.get(id_)
        if found is None:
            raise unknown("silence", id_)
        return found

    def state(self, silence: Document) -> str:
        """Return `pending`, `active` or `expired`."""
        return silences.state(silence, self._now())

    def add(self, id_: str, wish: Wish, by: str) -> Document:
        """Set a silence. Raises Invalid naming every fault."""
        now = self._now()
        starts_at = _instant(wish.starts_at) or now
        ends_at = _instant(wish.ends_at)
        faults = _faults(wish, starts_at, ends_at, now)
        if faults:
            raise Invalid(faults)
        silence: Document = {
            "_id": id_,
            "programme": wish.programme,
            "site": wish.site,
            "flag": wish.flag,
            "episode": wish.episode,
            "reason": wish.reason.strip(),
            "starts_at": starts_at,
            "ends_at": ends_at,
            "created_at": now,
            "created_by": by,
            "ended_at": None,
            "ended_by": None,
        }
        self._silences.insert(silence)
        self._groups.rearm(wish.programme, wish.site)
        return silence

    def end(self, id_: str, by: str) -> Document:
        """End a silence now; what it muted is looked at again at once. Idempotent. Raises NotFound."""
        silence = self.silence(id_)
        if self.state(silence) != "expired":
            change = Change(set={"ended_at": self._now(), "ended_by": by})
            silence = self._silences.update_if(id_, {"ended_at": None}, change) or self.silence(id_)
        self._groups.rearm(silence["programme"], silence["site"])
        return silence

    def _now(self) -> str:
        return to_text(self._clock.now())


def _faults(wish: Wish, starts_at: str, ends_at: str | None, now: str) -> list[Fault]:
    faults = []
    if not (wish.site or wish.flag or wish.episode):
        faults.append(Fault("site", "required", _TOO_WIDE))
    if not wish.reason.strip():
        faults.append(Fault("reason", "required", _SAY_WHY))
    if ends_at is None:
        faults.append(Fault("ends_at", "instant", _INSTANT))
    elif ends_at <= max(starts_at, now):
        faults.append(Fault("ends_at", "order", _ORDER))
    if wish.starts_at is not None and _instant(wish.starts_at) is None:
        faults.append(Fault("starts_at", "instant", _INSTANT))
    return faults


def _instant(text: str | None) -> str | None:
    try:
        return to_text(from_text(text)) if text else None
    except ValueError:
        return None
