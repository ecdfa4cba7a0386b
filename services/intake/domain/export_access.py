"""Who may take single answers of a form away, and how much of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.errors import Bilingual
from shared.programme.model import Form
from shared.registry.accounts import Account

READ, READ_TEXTS = "read", "answers:read"
NO_SINGLE_ANSWERS = Bilingual(
    "Your roles see sums of this form, not single answers.",
    "Ihre Rollen sehen von diesem Fragebogen Summen, keine einzelnen Antworten.",
)
OTHER_SITE = Bilingual("Your roles do not cover this site.", "Ihre Rollen gelten nicht für diesen Standort.")
TOO_FEW = Bilingual(
    "Too few have answered this anonymous form: single answers are given from {least} responses per site and wave on.",
    "Bei diesem anonymen Fragebogen haben zu wenige geantwortet: "
    "Einzelne Antworten gibt es ab {least} je Standort und Erhebung.",
)
STILL_OPEN = Bilingual(
    "This form is anonymous: single answers are given once the wave is closed.",
    "Dieser Fragebogen ist anonym: Einzelne Antworten gibt es, sobald die Erhebung geschlossen ist.",
)


@dataclass(frozen=True)
class Reader:
    """What somebody may see of a form: `sites` None = all.

    `texts`: also free texts and hidden values. `full`: also what could tell who answered, which are small
    groups and open waves of an anonymous form, and the codes of respondents.
    """

    sites: frozenset[str] | None
    texts: bool
    full: bool


def reader_of(account: Account, programme: str, form: Form) -> Reader | None:
    """Return what the account may see of the form's single answers, None if nothing.

    Coordinators see what their site says of itself, never what several people said about or for it.
    """
    if account.machine:
        full = READ_TEXTS in account.scopes
        return Reader(None, texts=full, full=full)
    everywhere = account.sites("evaluator", programme)
    if everywhere:
        return Reader(_codes(everywhere), texts=True, full=True)
    own = account.sites(("consultant", "coordinator") if form.respondents == "one" else "consultant", programme)
    return Reader(_codes(own), texts=not form.anonymous, full=False) if own else None


def _codes(sites: Iterable[str]) -> frozenset[str] | None:
    codes = frozenset(sites)
    return None if "*" in codes else codes
