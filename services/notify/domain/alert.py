"""One alert: an episode of a flag at a site, as the flag events tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.notify.domain.dedup import key

Document = dict[str, Any]

RAISED, CLEARED = "raised", "cleared"
_RANK = {"info": 0, "warn": 1, "critical": 2}
_COPIED = (
    "programme",
    "site",
    "wave",
    "flag",
    "severity",
    "label",
    "topic",
    "audience",
    "values",
    "rule",
    "counterfactual",
)


def applied(stored: Document | None, data: Mapping[str, Any], restated: bool) -> Document | None:
    """Return the alert after a flag event, or None when the event is not newer than what is stored.

    `peak` is the highest severity mailed in the episode: a fall changes nothing, a rise ends an
    acknowledgement. A restatement changes values and state but never makes news (`silent`).
    """
    if stored is not None and data["transition_seq"] <= stored["seq"]:
        return None
    alert: Document = {name: data.get(name) for name in _COPIED}
    alert["_id"] = data["episode_id"]
    alert["seq"] = data["transition_seq"]
    alert["state"] = data["state"]
    alert["support"] = list(data.get("support") or [])
    alert["hidden_from"] = list(data.get("hidden_from") or [])
    alert["changed_at"] = data["occurred_at"]
    alert["raised_at"] = stored["raised_at"] if stored else data["occurred_at"]
    alert["cleared_at"] = data["occurred_at"] if data["state"] == CLEARED else None
    alert["peak"] = _peak(stored, data, restated)
    alert["silent"] = _silent(stored, data, restated)
    alert["ack"] = stored["ack"] if stored and alert["peak"] == stored["peak"] else None
    return alert


def _peak(stored: Document | None, data: Mapping[str, Any], restated: bool) -> str:
    severity = str(data["severity"])
    if stored is None:
        return severity
    before = str(stored["peak"])
    rises = data["state"] == RAISED and rank(severity) > rank(before) and not restated
    return severity if rises else before


def _silent(stored: Document | None, data: Mapping[str, Any], restated: bool) -> bool:
    if not restated:
        return False
    same_state = stored is not None and stored["state"] == data["state"]
    return bool(stored["silent"]) if stored is not None and same_state else True


def rank(severity: str) -> int:
    """Order severities; an unknown one ranks lowest."""
    return _RANK.get(severity, 0)


def news_key(alert: Mapping[str, Any]) -> str:
    """Return the key under which this alert's state is news."""
    return key(alert["flag"], alert["_id"], alert["peak"])


def acknowledged(alert: Mapping[str, Any], now: str) -> bool:
    """True while an acknowledgement holds (it ends by time, by a rise in severity, with the episode)."""
    ack = alert.get("ack")
    return ack is not None and alert["state"] == RAISED and now < str(ack["until"])


def state_in_words(alert: Mapping[str, Any], now: str) -> str:
    """Return `open`, `acknowledged` or `resolved`."""
    if alert["state"] != RAISED:
        return "resolved"
    return "acknowledged" if acknowledged(alert, now) else "open"
