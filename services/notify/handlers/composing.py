"""The mail of a tick, as a delivery document: complete, so that every attempt says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.notify.domain import facts
from services.notify.domain.alert import news_key, rank
from services.notify.domain.dedup import FIRST, REPEAT, Entry, Picture
from services.notify.domain.recipients import ADMIN, Terms
from services.notify.handlers.people import People
from services.notify.handlers.picture import View
from shared.mail import delivery as deliveries
from shared.store.port import Document


def compose(
    people: People,
    group: Mapping[str, Any],
    view: View,
    picture: Picture,
    *,
    reason: str,
    now: str,
    mail_domain: str,
    owner: str,
) -> Document:
    """Return the delivery of this group and tick number, queued and due now."""
    entry = view.entry
    id_ = deliveries.delivery_id(group["_id"], group["tick_no"])
    return {
        "_id": id_,
        "message_id": deliveries.message_id(id_, mail_domain),
        "thread_root": entry.thread_root if entry and reason != FIRST else None,
        "reason": reason,
        **_addressed(people, group, view),
        **_content(_alerts(people, group, view, entry, picture), reason),
        **_readers([people.terms(alert) for alert in [*view.firing, *view.resolved]]),
        "state": deliveries.QUEUED,
        "attempts": 0,
        "created_at": now,
        "next_at": now,
        "log": [deliveries.entry(deliveries.QUEUED, now, owner, reason)],
    }


def _addressed(people: People, group: Mapping[str, Any], view: View) -> Document:
    programme = people.programme(group["programme"])
    site = people.site(group["programme"], group["site"]) or {}
    return {
        "group": group["_id"],
        **{name: group[name] for name in ("route", "recipient", "programme", "site", "tick_no")},
        **facts.place(programme, group["programme"], site.get("name"), group["site"]),
        "fallback": bool(view.recipient and view.recipient.fallback),
    }


def _content(alerts: list[Document], reason: str) -> Document:
    return {
        "severity": facts.gravest(alerts, reminder=reason == REPEAT),
        "episodes": [alert["episode"] for alert in alerts],
        "alerts": alerts,
    }


def _readers(terms: Sequence[Terms]) -> Document:
    """Return what decides who may see the mail beside its recipient."""
    return {
        "audiences": sorted({one.audience for one in terms}),
        "hidden_from": sorted({role for one in terms for role in one.hidden_from}),
    }


def _alerts(
    people: People, group: Mapping[str, Any], view: View, entry: Entry | None, picture: Picture
) -> list[Document]:
    """Return the facts: news before what is known already, grave before light, resolved last."""
    known = entry.firing if entry else frozenset()
    programme = people.programme(group["programme"])
    with_values = view.recipient is None or view.recipient.role != ADMIN

    def status(alert: Mapping[str, Any]) -> str:
        if news_key(alert) in picture.returned:
            return facts.AGAIN
        return facts.ONGOING if news_key(alert) in known else facts.NEWS

    firing = [facts.alert_facts(alert, status(alert), programme, with_values) for alert in view.firing]
    firing.sort(key=lambda a: (a["status"] == facts.ONGOING, -rank(a["severity"]), a["flag"], a["episode"]))
    resolved = [facts.alert_facts(alert, facts.RESOLVED, programme, with_values) for alert in view.resolved]
    return firing + resolved
