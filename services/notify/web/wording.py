"""Alerts and deliveries in words, for the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.notify.web.desk import desk
from shared.mail.delivery import left_at_the_dot
from shared.programme.model import Programme
from shared.quantities import quantity
from shared.store.port import Document
from shared.web.language import LANGUAGES, current, message, pick

PACKAGES = ("shared.web", "services.notify.web")
_ROW_FIELDS = ("flag", "label", "severity", "site", "programme", "raised_at", "changed_at", "cleared_at", "ack")


def row(alert: Document) -> dict[str, Any]:
    """Return what a list shows of an alert."""
    return {
        **{name: alert[name] for name in _ROW_FIELDS},
        "id": alert["_id"],
        "state": desk().reading.state(alert),
        "raised": alert["state"],
        **place(alert),
    }


def place(alert: Document) -> dict[str, Any]:
    """Return how the programme, the site (and what it is) and the wave are called; codes where nothing is known."""
    people = desk().people
    programme = people.programme(alert["programme"])
    site = people.site(alert["programme"], alert["site"]) or {}
    code = {"de": alert["wave"]}
    labels = [wave.label for wave in programme.waves if wave.code == alert["wave"]] if programme else []
    return {
        "programme_title": (programme.title if programme else None) or {"de": alert["programme"]},
        "site_name": site.get("name")
        or ({"de": "Programm insgesamt", "en": "Whole programme"} if alert["site"] == "*" else None)
        or {"de": alert["site"]},
        "unit": unit_of(programme),
        "wave_label": (labels[0] if labels else None) or code,
    }


def unit_of(programme: Programme | None) -> dict[str, str]:
    """Return what a programme calls its sites."""
    named = dict(programme.unit_label) if programme else {}
    return named or {code: message(PACKAGES, code, "field.site") for code in LANGUAGES}


def support(alert: Document) -> list[Any]:
    """Return the suggested measures' names and descriptions."""
    programme = desk().people.programme(alert["programme"])
    known = {measure.id: measure for measure in programme.measures} if programme else {}
    return [known[id_] for id_ in alert["support"] if id_ in known]


def values(alert: Document) -> list[dict[str, Any]]:
    """Return the values behind an alert, their waves named."""
    programme = desk().people.programme(alert["programme"])
    names = {wave.code: dict(wave.label) for wave in programme.waves} if programme else {}

    def named(point: dict[str, Any]) -> dict[str, Any]:
        return {**point, "wave": names.get(point["wave"]) or {"de": point["wave"]}}

    return [{**value, "history": [named(point) for point in value["history"]]} for value in alert["values"]]


def trail(deliveries: list[Document]) -> list[dict[str, Any]]:
    """Return the mails about an alert as lines: when, to whom, in what state. Names, never addresses."""
    people = desk().reading.people_of(deliveries)
    return [
        {
            "at": delivery.get("sent_at") or delivery["created_at"],
            "name": people[delivery["recipient"]].name if delivery["recipient"] in people else delivery["recipient"],
            "state": "leased" if left_at_the_dot(delivery) else delivery["state"],
            "reason": delivery["reason"],
            "attempts": delivery["attempts"],
            "next_at": delivery.get("next_at"),
            "failure": delivery.get("failure"),
        }
        for delivery in deliveries
    ]


def shown(point: Mapping[str, Any], of: Mapping[str, Any]) -> str:
    """Return the value at a point in time, with the unit of what it is a value of, in the reader's language."""
    value = point["value"]
    if value is None:
        return message(PACKAGES, current(), "value.missing")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return pick(point.get("text") or {}, current()) or str(value)
    return quantity(value, of["unit"] or "", current(), of.get("decimals"))
