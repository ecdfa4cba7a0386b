"""The use cases of the app in hand."""

from __future__ import annotations

from flask import current_app

from services.intake.handlers.office import Office


def office() -> Office:
    """Return the use cases the app was built with."""
    found: Office = current_app.extensions["intake"]
    return found
