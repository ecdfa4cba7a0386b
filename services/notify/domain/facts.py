"""What a mail says, as plain facts in every language: stored with the delivery, rendered when it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.programme.model import Programme

Document = dict[str, Any]

NEWS, ONGOING, AGAIN, RESOLVED = "new", "ongoing", "returned", "resolved"


def alert_facts(alert: Mapping[str, Any], status: str, programme: Programme | None, with_values: bool) -> Document:
    """Return what a mail says about one alert. Measures and waves are named, not numbered.

    `with_values` False leaves the numbers out (recipients who only administer).
    """
    values = alert["values"] if with_values else []
    return {
        "episode": alert["_id"],
        "flag": alert["flag"],
        "status": status,
        "severity": alert["severity"],
        "label": alert["label"],
        "rule": alert["rule"],
        "counterfactual": (alert["counterfactual"] or {}) if with_values else {},
        "wave": _wave_label(programme, alert["wave"]),
        "support": [_measure_label(programme, measure) for measure in alert["support"]],
        "raised_at": alert["raised_at"],
        "cleared_at": alert["cleared_at"],
        "values": [_value(value, programme) for value in values],
    }


def _value(value: Mapping[str, Any], programme: Programme | None) -> Document:
    history = [{**point, "wave": _wave_label(programme, point["wave"])} for point in value["history"]]
    return {**value, "history": history}


def _wave_label(programme: Programme | None, code: str) -> Document:
    for wave in programme.waves if programme else ():
        if wave.code == code and wave.label:
            return dict(wave.label)
    return {"de": code, "en": code}


def _measure_label(programme: Programme | None, id_: str) -> Document:
    for measure in programme.measures if programme else ():
        if measure.id == id_:
            return dict(measure.label)
    return {"de": id_, "en": id_}


def place(programme: Programme | None, programme_id: str, site_name: Mapping[str, str] | None, site: str) -> Document:
    """Return how programme and site are called; codes stand in for what is not known yet."""
    unit = programme.unit_label if programme else {}
    title = programme.title if programme else {}
    return {
        "programme_title": dict(title) or {"de": programme_id, "en": programme_id},
        "programme_short": dict(programme.short_title) if programme else {},
        "unit_label": dict(unit) or {"de": "Standort", "en": "site"},
        "site_name": dict(site_name or {}) or {"de": site, "en": site},
    }


def initials(title: str, longest: int = 17) -> str:
    """Return a title short enough for a subject: itself, or the initials of its words."""
    words = title.split()
    if len(title) <= longest or len(words) < 3:
        return title
    return "".join(word[0] for word in words if word[0].isalnum())


def gravest(alerts: Sequence[Mapping[str, Any]], reminder: bool = False) -> str:
    """Return the highest severity among the news, in a reminder among all that is open; "" when there is none."""
    about = (ONGOING,) if reminder else (NEWS, AGAIN)
    told = {alert["severity"] for alert in alerts if alert["status"] in about}
    return next((severity for severity in ("critical", "warn", "info") if severity in told), "")
