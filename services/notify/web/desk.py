"""The use cases the web part of notify calls, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, g

from services.notify.handlers.acknowledging import Acknowledging
from services.notify.handlers.people import People
from services.notify.handlers.reading import Reading
from services.notify.handlers.silencing import Silencing
from shared.errors import unknown
from shared.registry import SUPPORT_STAFF, Account, sees_site
from shared.store.port import Document

STAFF = SUPPORT_STAFF
SUPPORTERS = tuple(role for role in STAFF if sees_site({role}))


@dataclass(frozen=True)
class Desk:
    """Handed to the app once; `delivery_of` reads an acknowledge token, None when it is not valid now."""

    reading: Reading
    acknowledging: Acknowledging
    silencing: Silencing
    people: People
    delivery_of: Callable[[str], str | None]
    new_id: Callable[[], str]


def desk() -> Desk:
    """Return the use cases of the app in hand."""
    found: Desk = current_app.extensions["notify"]
    return found


def actor() -> Account:
    """Return who is signed in or whose key was sent."""
    account: Account = g.actor
    return account


def visible(id_: str) -> Document:
    """Return an alert the actor may see; what may not be seen does not exist. Raises NotFound."""
    found = desk().acknowledging.alert(id_)
    if not desk().reading.may_see(actor(), found):
        raise unknown("alert", id_)
    return found
