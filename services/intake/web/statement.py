"""The accessibility statement: what holds, how it was checked, what is known not to, whom to write to."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from shared.web import declare, public

blueprint = Blueprint("statement", __name__, url_prefix="/collection")
declare(blueprint, public("everybody may know how accessible the pages are"))

CHECKED_ON = "2026-11-22"
KEPT = ("keyboard", "scripts", "narrow", "contrast", "forms", "charts", "languages")
GAPS = ("people", "exports", "attachments", "names")


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """Show the statement."""
    contact = current_app.config["CONTACT_EMAIL"]
    return render_template("accessibility.html", kept=KEPT, gaps=GAPS, checked_on=CHECKED_ON, contact=contact)
