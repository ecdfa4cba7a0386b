"""The JSON API: alerts and their acknowledgement, silences, the delivery log."""

from __future__ import annotations

from typing import Any

from services.notify.domain.recipients import ANY_SITE
from services.notify.handlers.reading import Slice
from services.notify.handlers.silencing import Wish
from services.notify.web.desk import STAFF, SUPPORTERS, actor, desk, visible
from services.notify.web.schemas import (
    AlertOut,
    AlertQuery,
    DeliveryOut,
    DeliveryQuery,
    SilenceIn,
    SilenceOut,
    SilenceQuery,
)
from shared.errors import Bilingual, Forbidden
from shared.store.port import Document
from shared.web import api_key, declare, either, require, staff
from shared.web.api import ApiBlueprint
from shared.web.lists import listed

PREFIX = "/api/notify/v1"

reading = ApiBlueprint("alerts", __name__, url_prefix=PREFIX, description="Read alerts and silences")
declare(reading, either(api_key("read"), staff(*STAFF)))
writing = ApiBlueprint("acknowledging", __name__, url_prefix=PREFIX, description="Acknowledge and silence")
declare(writing, either(api_key("alerts:write"), staff(*STAFF)))
delivery_log = ApiBlueprint(
    "deliveries", __name__, url_prefix=PREFIX, description="What was mailed, and what became of it"
)
declare(delivery_log, either(api_key("read"), staff(*STAFF, "admin")))

_NAME_A_SITE = Bilingual(
    "Your account looks after single sites; name one of them.",
    "Ihr Konto betreut einzelne Standorte; nennen Sie einen davon.",
)

BLUEPRINTS = (reading, writing, delivery_log)
AlertList, SilenceList, DeliveryList = map(listed, (AlertOut, SilenceOut, DeliveryOut))


@reading.on("GET", "/alerts")
@reading.takes(AlertQuery, "query")
@reading.answers(200, AlertList)
@reading.refuses()
def alerts(query: dict[str, Any]) -> dict[str, Any]:
    """List alerts, the most recently changed first."""
    part, state = Slice(query.pop("limit"), query.pop("cursor")), query.pop("state")
    page = desk().reading.alerts(actor(), query, state, part)
    return {"items": [_alert(alert) for alert in page.items], "next": page.next}


@reading.on("GET", "/alerts/<alert>")
@reading.answers(200, AlertOut)
@reading.refuses(404)
def alert(alert: str) -> dict[str, Any]:
    """Return one alert."""
    return _alert(visible(alert))


@writing.on("POST", "/alerts/<alert>/acknowledge")
@writing.answers(200, AlertOut)
@writing.refuses(404)
def acknowledge(alert: str) -> dict[str, Any]:
    """Acknowledge an alert: reminders rest. The first to do so stays named; a resolved alert stays as it is."""
    visible(alert)
    return _alert(desk().acknowledging.acknowledge([alert], actor()).alerts[0])


@reading.on("GET", "/silences")
@reading.takes(SilenceQuery, "query")
@reading.answers(200, SilenceList)
@reading.refuses()
def silences(query: dict[str, Any]) -> dict[str, Any]:
    """List the silences of a programme, the one that ends last first; those of single sites to whom sees the site."""
    require(STAFF, query["programme"])
    page = desk().reading.silences(actor(), query["programme"], Slice(query["limit"], query["cursor"]))
    return {"items": [_silence(silence) for silence in page.items], "next": page.next}


@writing.on("POST", "/silences")
@writing.takes(SilenceIn)
@writing.answers(201, SilenceOut, "Set.")
@writing.refuses(404)
def silence(body: dict[str, Any]) -> dict[str, Any]:
    """Let mails about something rest until an instant; resolved flags are still reported."""
    if body["episode"]:
        about = visible(body["episode"])
        body |= {"programme": about["programme"], "site": about["site"]}
    _may_silence(body["programme"], body["site"])
    return _silence(desk().silencing.add(desk().new_id(), Wish(**body), actor().id))


@writing.on("DELETE", "/silences/<silence>")
@writing.answers(200, SilenceOut)
@writing.refuses(404)
def end_silence(silence: str) -> dict[str, Any]:
    """End a silence now. It stays in the list, with who ended it."""
    found = desk().silencing.silence(silence)
    _may_silence(found["programme"], found["site"])
    return _silence(desk().silencing.end(silence, actor().id))


@delivery_log.on("GET", "/deliveries")
@delivery_log.takes(DeliveryQuery, "query")
@delivery_log.answers(200, DeliveryList)
@delivery_log.refuses(404)
def deliveries(query: dict[str, Any]) -> dict[str, Any]:
    """List mails and what became of them, newest first."""
    part, about = Slice(query.pop("limit"), query.pop("cursor")), query.pop("alert")
    if about is None:
        page = desk().reading.deliveries(actor(), query, part)
        return {"items": _deliveries(page.items), "next": page.next}
    found = desk().reading.deliveries_of(actor(), desk().acknowledging.alert(about))
    matching = [d for d in reversed(found) if all(d[name] == value for name, value in query.items())]
    return {"items": _deliveries(matching), "next": None}


def _may_silence(programme: str, site: str | None) -> None:
    """Let through who may see what would rest: at the site, or at all sites where none is named. Raises Forbidden."""
    require(STAFF if site == ANY_SITE else SUPPORTERS, programme, site)
    if site is None and not actor().machine and ANY_SITE not in actor().sites(SUPPORTERS, programme):
        raise Forbidden(_NAME_A_SITE)


def _alert(alert: Document) -> dict[str, Any]:
    same = ("programme", "site", "wave", "flag", "severity", "label", "raised_at", "changed_at")
    return {
        **{name: alert[name] for name in same},
        "id": alert["_id"],
        "state": desk().reading.state(alert),
        "resolved_at": alert["cleared_at"],
        "acknowledged": alert["ack"],
    }


def _silence(silence: Document) -> dict[str, Any]:
    return {**silence, "id": silence["_id"], "state": desk().silencing.state(silence)}


def _deliveries(found: list[Document]) -> list[dict[str, Any]]:
    people = desk().reading.people_of(found)
    return [
        {
            **delivery,
            "id": delivery["_id"],
            "alerts": delivery["episodes"],
            "address": people[delivery["recipient"]].email if _may_see_address(delivery, people) else None,
            "sent_at": delivery.get("sent_at"),
            "next_at": delivery.get("next_at"),
        }
        for delivery in found
    ]


def _may_see_address(delivery: Document, people: dict[str, Any]) -> bool:
    who = actor()
    return delivery["recipient"] in people and (
        who.id == delivery["recipient"] or who.may("admin", delivery["programme"])
    )
