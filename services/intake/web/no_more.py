"""Objecting to mails: a page that changes nothing, and a button that does. No sign-in."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from services.intake.web.here import office
from shared.web import declare, public

blueprint = Blueprint("no_more", __name__, url_prefix="/collection/no-more")
declare(blueprint, public("the link is secret, names one address and can only end mails to it"))


@blueprint.get("/<token>")
def look(token: str) -> ResponseReturnValue:
    """Say what would end. Changes nothing, however often a mail scanner asks."""
    office().asking.register.of_stop_link(token)
    return _page(token, done=False)


@blueprint.post("/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Send no more mails to this address in this programme; mail programs post here, too (RFC 8058)."""
    office().asking.register.object(token)
    return _page(token, done=True)


confirm.one_click = True  # type: ignore[attr-defined]  # the token is the right to act; there is no session to abuse


def _page(token: str, *, done: bool) -> ResponseReturnValue:
    contact = office().asking.register.of_stop_link(token)
    programme = office().desk.registry.programme(contact.place.programme)
    response = make_response(render_template("no_more.html", programme=programme, done=done))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
