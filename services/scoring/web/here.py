"""Who is asking, and the use cases of the app in hand."""

from __future__ import annotations

from collections.abc import Set

from flask import current_app, g

from services.scoring.handlers.reading import Reading
from shared.registry import MONITORING_STAFF, Account

STAFF = MONITORING_STAFF


def reading() -> Reading:
    """Return the use cases of the app in hand."""
    found: Reading = current_app.extensions["scoring"]
    return found


def roles(programme: str, site: str | None) -> Set[str]:
    """Return the roles the actor holds at a site (None: anywhere in the programme)."""
    actor: Account = g.actor
    return actor.roles_at(programme, site)
