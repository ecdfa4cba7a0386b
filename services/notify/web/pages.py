"""The inbox and the page of one alert."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.notify.domain.alert import rank
from services.notify.handlers.reading import Slice
from services.notify.web.desk import STAFF, actor, desk, visible
from services.notify.web.schemas import STATES
from services.notify.web.wording import place, row, support, trail, unit_of, values
from shared.registry import sees_site
from shared.store.port import Document
from shared.web import declare, staff

pages = Blueprint("support", __name__, url_prefix="/support")
declare(pages, staff(*STAFF))


@pages.get("/")
def inbox() -> ResponseReturnValue:
    """My alerts: open ones first of all, others by choice; what is open by severity, else what changed last first."""
    state = request.args.get("state", "open")
    state = state if state in STATES else "open"
    where = {name: request.args[name] for name in ("programme", "site") if request.args.get(name)}
    page = desk().reading.alerts(actor(), where, state, Slice(cursor=request.args.get("cursor")))
    here = url_for(".inbox")
    more = f"{here}?{urlencode({**where, 'state': state, 'cursor': page.next})}" if page.next else None
    return render_template(
        "inbox.html",
        alerts=[row(alert) for alert in _in_order(page.items, state)],
        state=state,
        states=STATES,
        where=where,
        programmes=_programmes(),
        sites=_sites(where.get("programme")),
        unit=unit_of(desk().people.programme(where.get("programme", ""))),
        more=more,
    )


@pages.get("/alerts/<alert>")
def alert(alert: str) -> ResponseReturnValue:
    """Why an alert was raised, what is suggested, who was told."""
    found = visible(alert)
    return render_template(
        "alert.html",
        alert=row(found),
        reasons=found,
        values=values(found),
        support=support(found),
        trail=trail(desk().reading.deliveries_of(actor(), found)),
        **place(found),
    )


@pages.post("/alerts/<alert>/acknowledge")
def acknowledge(alert: str) -> ResponseReturnValue:
    """Take note of an alert; doing it twice changes nothing."""
    visible(alert)
    desk().acknowledging.acknowledge([alert], actor())
    if request.form.get("back") == "inbox":
        return redirect(url_for(".inbox"), 303)
    return redirect(url_for(".alert", alert=alert), 303)


def _in_order(alerts: Sequence[Document], state: str) -> Sequence[Document]:
    return sorted(alerts, key=lambda alert: -rank(alert["severity"])) if state == "open" else alerts


def _programmes() -> list[tuple[str, dict[str, str]]]:
    known = desk().people.programmes()
    return [(programme.id, dict(programme.title)) for programme in known if actor().may(STAFF, programme.id)]


def _sites(programme: str | None) -> list[tuple[str, dict[str, str]]]:
    if not programme:
        return []
    known = desk().people.sites(programme)
    return [(site["site"], site["name"]) for site in known if sees_site(actor().roles_at(programme, site["site"]))]
