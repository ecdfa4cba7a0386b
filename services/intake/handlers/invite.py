"""Links to questionnaires: made, found again by their token, revoked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from services.intake.domain.invitation import Invitation, token_hash
from services.intake.domain.submission import ONE, Place
from services.intake.handlers.desk import Desk
from services.intake.ports import INVITATIONS
from shared.clock import from_text, to_text
from shared.errors import Bilingual, Conflict, NotFound
from shared.events import derived_id
from shared.store.port import Change, Document, Duplicate

DEFAULT_DAYS = 180
_USED = Bilingual(
    "This link was good for one answer, and that has been given. To change it, use the link you got on the way.",
    "Dieser Link galt für eine Antwort, und die ist abgegeben. Zum Ändern nehmen Sie den Link, den Sie unterwegs "
    "bekommen haben.",
)
_SIGNS = ("revoked", "personal", "opened", "started", "used")


@dataclass(frozen=True)
class Invited:
    """A new link's token; it is shown once and only its hash is kept."""

    token: str
    invitation: Invitation


class Invitations:
    """Makes and finds invitations. `new_token` makes unguessable tokens, `sign` derives one from a text."""

    def __init__(self, desk: Desk, new_token: Callable[[], str], sign: Callable[[str], str]) -> None:
        self._desk = desk
        self._new_token = new_token
        self._sign = sign

    def invite(self, place: Place, *, respondent: str | None = None, by: str = "") -> Invited:
        """Make a link to the questionnaire at this place. Raises NotFound.

        For a form with one respondent the link stands for the site. For a form with many it stands
        for the named respondent; for an anonymous one, or without a name, everybody with the link
        is a new respondent. Links live as long as the programme keeps invitations after the wave.
        """
        return self._make(place, self._new_token(), respondent, by)

    def own(self, place: Place, account_id: str) -> Invited:
        """Return the link with which an account's holder answers, always the same one. Raises NotFound."""
        token = self._sign("|".join(["own", account_id, place.programme, place.form, place.site, place.wave]))
        return self._make(place, token, derived_id("respondent", account_id)[:13], account_id)

    def personal(self, place: Place, token: str, respondent: str, by: str) -> Invitation:
        """Make the link of one person; of a form with one respondent it stands for the site. Raises NotFound."""
        return self._make(place, token, respondent, by, personal=True).invitation

    def _make(self, place: Place, token: str, respondent: str | None, by: str, *, personal: bool = False) -> Invited:
        asked = self._desk.questionnaire(place)
        if asked.form.respondents == "one":
            respondent = ONE
        elif asked.form.anonymous:
            respondent = None
        kept = timedelta(days=asked.programme.retention_days.get("invitations", DEFAULT_DAYS))
        expires_at = to_text(from_text(asked.calendar.closes_at) + kept)
        invitation = Invitation(token_hash(token), place, respondent, expires_at, personal=personal)
        with contextlib.suppress(Duplicate):
            self._desk.collection(INVITATIONS).insert(_document(invitation, by, self._desk.now()))
        return Invited(token, invitation)

    def find(self, token: str) -> Invitation:
        """Return the invitation of a link that works. Unknown, expired and revoked look the same: NotFound."""
        document = self._desk.collection(INVITATIONS).get(token_hash(token))
        invitation = from_document(document) if document else None
        if invitation is None or not invitation.usable(self._desk.now()):
            raise NotFound("This link does not work, or not any more.")
        return invitation

    def note(self, invitation: Invitation, sign: Literal["opened", "started", "used"]) -> None:
        """Keep how far the person with a personal link has come; of other links nothing is kept."""
        if invitation.personal and not getattr(invitation, sign):
            self._desk.collection(INVITATIONS).update_if(invitation.id, {}, Change(set={sign: True}))

    def revoke(self, programme: str, id_: str) -> bool:
        """Switch a link of this programme off; False if there is none."""
        change = Change(set={"revoked": True})
        return self._desk.collection(INVITATIONS).update_if(id_, {"programme": programme}, change) is not None

    def listed(self, programme: str, wave: str) -> list[Document]:
        """Return the links of one wave that were made by hand, newest first, without any token."""
        where = {"programme": programme, "wave": wave, "personal": None}
        return self._desk.collection(INVITATIONS).find(where, sort=("-created_at",))


class LinkUsed(Conflict):
    """The link was good for one answer, and that has been given."""


def check_unspent(invitation: Invitation, *, again: bool) -> None:
    """Raise LinkUsed when the link was good for one answer and this would be another.

    `again`: the answer was kept before, or replaces one that was.
    """
    if invitation.spent and not again:
        raise LinkUsed("link_used", _USED)


def _document(invitation: Invitation, by: str, now: str) -> Document:
    place = invitation.place
    document = {
        "_id": invitation.id,
        "programme": place.programme,
        "form": place.form,
        "site": place.site,
        "wave": place.wave,
        "respondent": invitation.respondent,
        "expires_at": invitation.expires_at,
        "revoked": invitation.revoked,
        "created_by": by,
        "created_at": now,
    }
    return {**document, "personal": True} if invitation.personal else document


def from_document(document: Document) -> Invitation:
    """Read a stored invitation."""
    place = Place(document["programme"], document["form"], document["site"], document["wave"])
    return Invitation(
        document["_id"],
        place,
        document["respondent"],
        document["expires_at"],
        **{name: bool(document.get(name)) for name in _SIGNS},
    )
