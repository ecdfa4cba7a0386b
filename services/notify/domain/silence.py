"""Silences: somebody decided that mails about something should rest until a given time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def state(silence: Mapping[str, Any], now: str) -> str:
    """Return `pending`, `active` or `expired`; an ended silence is expired."""
    if silence.get("ended_at") or now >= silence["ends_at"]:
        return "expired"
    return "active" if now >= silence["starts_at"] else "pending"


def matches(silence: Mapping[str, Any], alert: Mapping[str, Any]) -> bool:
    """True when the alert lies within what the silence names; an absent part matches everything."""
    if silence["programme"] != alert["programme"]:
        return False
    parts = (("site", "site"), ("flag", "flag"), ("episode", "_id"))
    return all(silence.get(mine) in (None, alert[its]) for mine, its in parts)


def covering(silences: Iterable[Mapping[str, Any]], alert: Mapping[str, Any], now: str) -> Mapping[str, Any] | None:
    """Return the active silence that covers the alert longest, or None."""
    active = [s for s in silences if state(s, now) == "active" and matches(s, alert)]
    return max(active, key=lambda s: str(s["ends_at"]), default=None)
