"""Whom a questionnaire was sent to: entered, listed with what became of it, removed; objections to any mail."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from services.intake.domain.invitation import Invitation, token_hash
from services.intake.domain.register import Contact, Line, LineFault, State, read_lines, state_of
from services.intake.domain.submission import Place
from services.intake.handlers.desk import Desk, Questionnaire
from services.intake.handlers.invite import Invitations, from_document
from services.intake.handlers.submit import Submissions
from services.intake.ports import INVITATIONS, OBJECTIONS, REGISTER, REGISTER_MAILS
from shared.errors import Bilingual, Conflict, NotFound
from shared.events import derived_id
from shared.store.port import Change, Document, Duplicate

_CLOSED = Bilingual(
    "This wave is closed; nobody can be invited any more.",
    "Diese Erhebung ist geschlossen; niemand kann mehr eingeladen werden.",
)
_NO_CONTACT = Bilingual("There is no such invitation.", "Diese Einladung gibt es nicht.")
_NO_LINK = Bilingual("This link does not work, or not any more.", "Dieser Link funktioniert nicht oder nicht mehr.")


class LinesRefused(Exception):
    """A list of addresses has faults; nothing of it was entered."""

    def __init__(self, faults: list[LineFault]) -> None:
        super().__init__(f"{len(faults)} fault(s)")
        self.faults = faults


@dataclass(frozen=True)
class Entry:
    """One invitation and what became of it; `mails` as they are stored, oldest first."""

    contact: Contact
    state: State
    mails: list[Document]


class Register:
    """Keeps contacts. `sign` turns a text into an unguessable token, always the same."""

    def __init__(
        self, desk: Desk, invitations: Invitations, submissions: Submissions, sign: Callable[[str], str]
    ) -> None:
        self._desk = desk
        self._invitations = invitations
        self._submissions = submissions
        self._sign = sign
        self._contacts = desk.collection(REGISTER)
        self._objections = desk.collection(OBJECTIONS)

    def enter(self, place: Place, text: str, language: str, by: str) -> int:
        """Invite everybody on the list, all or, when a line has a fault, nobody; return how many.

        The mails follow when the wave is open. Raises LinesRefused, NotFound, Conflict `wave_closed`.
        """
        asked = self._desk.questionnaire(place)
        if asked.calendar.state(self._desk.now()) == "closed":
            raise Conflict("wave_closed", _CLOSED)
        lines, faults = read_lines(text)
        faults += self._against_known(asked, lines)
        if faults:
            raise LinesRefused(sorted(faults, key=lambda fault: fault.line))
        return sum(self._enter(asked, line, language, by) for line in lines)

    def _against_known(self, asked: Questionnaire, lines: list[Line]) -> list[LineFault]:
        place, found = asked.place, []
        for line in lines:
            if self._contacts.find({"spot": self._spot(place, line.email)}, limit=1):
                found.append(LineFault(line.number, "known"))
            elif self._objections.get(self._stop(place.programme, line.email)):
                found.append(LineFault(line.number, "refused"))
        if asked.form.respondents == "one" and len(lines) + self._contacts.count(_where(place)) > 1:
            found.append(LineFault(0, "only_one"))
        return found

    def _enter(self, asked: Questionnaire, line: Line, language: str, by: str) -> bool:
        id_, place = derived_id("contact", self._desk.new_id()), asked.place
        respondent = derived_id("respondent", self._desk.new_id())[:13]
        link = self._invitations.personal(place, self._token(id_), respondent, by)
        contact = Contact(
            id=id_,
            place=place,
            email=line.email,
            label=line.label,
            language=language,
            invitation=link.id,
            address=self._sign(f"address|{line.email.casefold()}"),
            stop=self._stop(place.programme, line.email),
            by=by,
            entered_on=self._desk.local_now().date().isoformat(),
            expires_at=link.expires_at,
        )
        with contextlib.suppress(Duplicate):
            self._contacts.insert({**_to_document(contact), "spot": self._spot(place, line.email)})
            return True
        return False

    def listed(self, programme: str, wave: str, sites: frozenset[str] | None = None) -> list[Entry]:
        """Return the invitations of a wave by form, site and address, `sites` None = all."""
        where: dict[str, Any] = {"programme": programme, "wave": wave}
        contacts = [to_contact(one) for one in self._contacts.find(where)]
        if not contacts:
            return []
        links = {one["_id"]: from_document(one) for one in self._desk.collection(INVITATIONS).find(where)}
        answered = {(one.place, one.respondent) for one in self._submissions.newest(where)}
        mails: dict[str, list[Document]] = defaultdict(list)
        for mail in self._desk.collection(REGISTER_MAILS).find(where, sort=("created_at",)):
            mails[mail["contact"]].append(mail)
        shown = [contact for contact in contacts if sites is None or contact.place.site in sites]
        shown.sort(key=lambda one: (one.place.form, one.place.site, one.email.casefold()))
        return [
            Entry(contact, self._state(contact, links.get(contact.invitation), answered), mails[contact.id])
            for contact in shown
        ]

    def _state(
        self, contact: Contact, link: Invitation | None, answered: set[tuple[Place, str]] | None = None
    ) -> State:
        objected = self._objections.get(contact.stop) is not None
        return state_of(contact, link, answered=self._answered(contact.place, link, answered), objected=objected)

    def _answered(self, place: Place, link: Invitation | None, known: set[tuple[Place, str]] | None) -> bool:
        if link is None:
            return False
        if link.respondent is None:
            return link.used
        if known is not None:
            return (place, link.respondent) in known
        last = self._submissions.latest(place, link.respondent)
        return last is not None and not last.erased

    def state(self, contact: Contact) -> State:
        """Return what became of one invitation."""
        stored = self._desk.collection(INVITATIONS).get(contact.invitation)
        return self._state(contact, from_document(stored) if stored else None)

    def contact(self, programme: str, id_: str) -> Contact:
        """Return a contact of this programme. Raises NotFound."""
        found = self._contacts.get(id_)
        if found is None or found["programme"] != programme:
            raise NotFound(_NO_CONTACT)
        return to_contact(found)

    def link_of(self, contact: Contact) -> str:
        """Return the token of a contact's personal link."""
        return self._token(contact.id)

    def stop_link_of(self, contact: Contact) -> str:
        """Return the token with which a contact ends all mails of the programme."""
        return self._stop_token(contact.place.programme, contact.email)

    def remove(self, contact: Contact) -> None:
        """Delete the address and switch its link off; the log keeps that mails were sent, not to whom."""
        self._invitations.revoke(contact.place.programme, contact.invitation)
        self._contacts.delete(contact.id)

    def handled(self, contact: Contact, kind: str, mailed_on: str = "") -> None:
        """Note that a mail was queued (on this day) or has become needless."""
        day = {"mailed_on": mailed_on} if mailed_on else {}
        self._contacts.update_if(contact.id, {}, Change(set=day, append={"handled": kind}))

    def bounced(self, contact_id: str) -> None:
        """Note that the mail server refuses the address for good."""
        self._contacts.update_if(contact_id, {}, Change(set={"bounced": True}))

    def of_stop_link(self, token: str) -> Contact:
        """Return a contact with this address in this programme. Raises NotFound when none is kept any more."""
        found = self._contacts.find({"stop": token_hash(token)}, limit=1)
        if not found:
            raise NotFound(_NO_LINK)
        return to_contact(found[0])

    def object(self, token: str) -> Contact:
        """Send no more mails to the address behind the link, in this programme. Raises NotFound."""
        contact = self.of_stop_link(token)
        document = {"_id": contact.stop, "programme": contact.place.programme, "on": self._desk.now()[:10]}
        with contextlib.suppress(Duplicate):
            self._objections.insert(document)
        return contact

    def _token(self, contact_id: str) -> str:
        return self._sign(f"register|{contact_id}")

    def _spot(self, place: Place, email: str) -> str:
        return self._sign("|".join(["spot", *_where(place).values(), email.casefold()]))

    def _stop(self, programme: str, email: str) -> str:
        return token_hash(self._stop_token(programme, email))

    def _stop_token(self, programme: str, email: str) -> str:
        return self._sign(f"stop|{programme}|{email.casefold()}")


def _where(place: Place) -> dict[str, str]:
    return {"programme": place.programme, "form": place.form, "site": place.site, "wave": place.wave}


def _to_document(contact: Contact) -> Document:
    fields = {name: value for name, value in asdict(contact).items() if name not in ("id", "place")}
    return {"_id": contact.id, **_where(contact.place), **fields, "handled": list(contact.handled)}


def to_contact(document: Document) -> Contact:
    """Read a stored contact."""
    place = Place(document["programme"], document["form"], document["site"], document["wave"])
    kept = {name: document[name] for name in Contact.__dataclass_fields__ if name not in ("id", "place")}
    return Contact(id=document["_id"], place=place, **kept)
