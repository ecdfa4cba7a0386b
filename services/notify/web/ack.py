"""The acknowledge link of a mail: a page that changes nothing, and a button that does. No sign-in."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from services.notify.domain.alert import RAISED
from services.notify.web.desk import desk
from services.notify.web.wording import row
from shared.errors import NotFound
from shared.registry import Account
from shared.web import declare, public

links = Blueprint("acknowledge", __name__, url_prefix="/support/ack")
declare(links, public("the link is signed, names one mail and can only acknowledge its alerts"))


@links.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """Say what would be acknowledged. Changes nothing, however often a mail scanner asks."""
    delivery = _delivery(token)
    return _page(token, [row(alert) for alert in desk().acknowledging.of_delivery(delivery)], fresh=[])


@links.post("/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Acknowledge; doing it again says who did it first."""
    delivery = _delivery(token)
    account = _recipient(delivery)
    ids = [alert["_id"] for alert in desk().acknowledging.of_delivery(delivery)]
    done = desk().acknowledging.acknowledge(ids, account)
    return _page(token, [row(alert) for alert in done.alerts], fresh=done.fresh)


confirm.one_click = True  # type: ignore[attr-defined]  # the token is the right to act; there is no session to abuse


def _delivery(token: str) -> str:
    delivery = desk().delivery_of(token)
    if delivery is None:
        raise NotFound("This link is not valid, or no longer.")
    return delivery


def _recipient(delivery: str) -> Account:
    account = desk().people.account(desk().acknowledging.recipient_of(delivery))
    if account is None or not account.active:
        raise NotFound("This link is not valid any more.")
    return account


def _page(token: str, alerts: list[dict[str, object]], fresh: list[str]) -> ResponseReturnValue:
    still_open = [alert for alert in alerts if alert["state"] == "open" and alert["raised"] == RAISED]
    page = render_template("acknowledge.html", token=token, alerts=alerts, fresh=fresh, still_open=still_open)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
