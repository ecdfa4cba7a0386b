"""The acknowledge link of a mail: a page that changes nothing, and a button that does. No sign-in."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from services.notify.domain.alert import RAISED
from services.notify.web.desk import desk
from services.notify.web.wording import row
from shared.errors import NotFound
from shared.registry import Account
from shared.store.port import Document
from shared.web import declare, public

links = Blueprint("acknowledge", __name__, url_prefix="/support/ack")
declare(links, public("the link is signed, names one mail and can only acknowledge its alerts"))


@links.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """Say what would be acknowledged. Changes nothing, however often a mail scanner asks."""
    _, alerts = _asked(token)
    return _page(token, [row(alert) for alert in alerts], fresh=[])


@links.post("/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Acknowledge; doing it again says who did it first."""
    account, alerts = _asked(token)
    done = desk().acknowledging.acknowledge([alert["_id"] for alert in alerts], account)
    return _page(token, [row(alert) for alert in done.alerts], fresh=done.fresh)


confirm.one_click = True  # type: ignore[attr-defined]  # the token is the right to act; there is no session to abuse


def _asked(token: str) -> tuple[Account, list[Document]]:
    """Return who got the mail and those of its alerts that still concern this person. Raises NotFound."""
    delivery = desk().delivery_of(token)
    if delivery is None:
        raise NotFound("This link is not valid, or no longer.")
    account = desk().people.account(desk().acknowledging.recipient_of(delivery))
    if account is None or not account.active:
        raise NotFound("This link is not valid any more.")
    reading, told = desk().reading, desk().acknowledging.of_delivery(delivery)
    alerts = [alert for alert in told if reading.may_see(account, alert) or reading.is_told(account, alert)]
    if not alerts:
        raise NotFound("This link is not valid any more.")
    return account, alerts


def _page(token: str, alerts: list[dict[str, object]], fresh: list[str]) -> ResponseReturnValue:
    still_open = [alert for alert in alerts if alert["state"] == "open" and alert["raised"] == RAISED]
    page = render_template("acknowledge.html", token=token, alerts=alerts, fresh=fresh, still_open=still_open)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
