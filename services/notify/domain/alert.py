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
    "batch_end",
)


_UNSEEN: Document = {"seq": -1, "news_seq": -1, "news_state": None, "news_peak": None, "peak": None, "ack": None}


def applied(stored: Document | None, data: Mapping[str, Any], restated: bool) -> Document | None:
    """Return the alert after a flag event, or None when the event changes nothing any more.

    The same events in any order give the same alert: state and values follow the newest event, news
    (`news_…`, `silent`) follow those that are not restatements, however late they arrive. `peak` is the
    highest severity reported: a fall changes nothing, a rise ends an acknowledgement.
    """
    before = stored or _UNSEEN
    seq = int(data["transition_seq"])
    newest, news = seq > before["seq"], not restated and seq > before["news_seq"]
    rises = not restated and data["state"] == RAISED and rank(data["severity"]) > rank(before["news_peak"])
    alert = _renewed(data) if newest else dict(before)
    alert["news_seq"] = seq if news else before["news_seq"]
    alert["news_state"] = data["state"] if news else before["news_state"]
    alert["news_peak"] = data["severity"] if rises else before["news_peak"]
    alert["peak"] = alert["news_peak"] or alert["severity"]
    alert["silent"] = alert["news_state"] != alert["state"]
    alert["ack"] = before["ack"] if alert["peak"] == before["peak"] else None
    alert["raised_at"] = min(data["occurred_at"], before.get("raised_at") or data["occurred_at"])
    return None if alert == stored else alert


def reported(alert: Mapping[str, Any]) -> bool:
    """True when the episode was once raised as news; False when it is known by restatement only."""
    return alert["news_peak"] is not None


def _renewed(data: Mapping[str, Any]) -> Document:
    """Return the parts of an alert that follow its newest event."""
    at = data["occurred_at"]
    return {
        **{name: data.get(name) for name in _COPIED},
        "_id": data["episode_id"],
        "seq": int(data["transition_seq"]),
        "state": data["state"],
        "support": list(data.get("support") or []),
        "hidden_from": list(data.get("hidden_from") or []),
        "changed_at": at,
        "cleared_at": at if data["state"] == CLEARED else None,
    }


def rank(severity: str | None) -> int:
    """Order severities; none ranks below all."""
    return -1 if severity is None else _RANK.get(severity, 0)


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
