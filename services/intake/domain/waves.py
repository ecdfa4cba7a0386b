"""The calendar: when a wave opens, is due and closes, and what state it is in at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from shared.clock import to_text
from shared.programme.model import Programme, Wave

State = Literal["planned", "open", "closed"]


@dataclass(frozen=True)
class Calendar:
    """The three moments of a wave, as instants in text. `due_at` and `closes_at` are the end of their day."""

    opens_at: str
    due_at: str
    closes_at: str

    def state(self, now: str) -> State:
        """Return the state at this instant; the moment of opening is open, that of closing closed."""
        if now < self.opens_at:
            return "planned"
        return "open" if now < self.closes_at else "closed"


def calendar(wave: Wave, zone: str) -> Calendar:
    """Return the wave's moments in a time zone."""
    return _calendar(wave.opens_on, wave.due_on, wave.closes_on, zone)


@lru_cache(maxsize=1000)
def _calendar(opens_on: str, due_on: str, closes_on: str, zone: str) -> Calendar:
    return Calendar(
        opens_at=_midnight(opens_on, zone),
        due_at=_midnight(due_on, zone, after_days=1),
        closes_at=_midnight(closes_on, zone, after_days=1),
    )


def _midnight(day: str, zone: str, *, after_days: int = 0) -> str:
    on = date.fromisoformat(day) + timedelta(days=after_days)
    return to_text(datetime.combine(on, time(), ZoneInfo(zone)))


def open_wave(programme: Programme, form: str, zone: str, now: str) -> Wave | None:
    """Return the newest wave in which the form can be answered at this instant, None if there is none."""
    fielding = [wave for wave in programme.waves if form in wave.forms and calendar(wave, zone).state(now) == "open"]
    return max(fielding, key=lambda wave: wave.sequence, default=None)


def wave_data(programme: str, wave: Wave, zone: str, now: str) -> dict[str, Any]:
    """Return what others are told about a wave, without its revision."""
    moments = calendar(wave, zone)
    return {
        "programme": programme,
        "wave": wave.code,
        "sequence": wave.sequence,
        "label": dict(wave.label),
        "forms": list(wave.forms),
        "starts_on": wave.starts_on,
        "ends_on": wave.ends_on,
        "opens_at": moments.opens_at,
        "due_at": moments.due_at,
        "closes_at": moments.closes_at,
        "state": moments.state(now),
        "features": dict(wave.features),
    }
