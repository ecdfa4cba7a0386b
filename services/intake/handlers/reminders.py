"""Asking and reminding: which mails of the register are due, and each of them queued once."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from services.intake.domain.register import INVITATION, Contact, Rhythms, due_mail
from services.intake.domain.waves import calendar
from services.intake.handlers.desk import Desk
from services.intake.handlers.register import Register, to_contact
from services.intake.ports import REGISTER, REGISTER_MAILS
from shared.clock import from_text
from shared.errors import Bilingual, Conflict
from shared.events import derived_id
from shared.mail.delivery import QUEUED
from shared.programme.model import Programme, Wave
from shared.store.port import Document, Duplicate

FIRST_HOUR = 8
NEED_NONE = ("submitted", "bounced", "refused")
_NOT_OPEN = Bilingual(
    "Mails are sent only while the wave is open.", "Mails werden nur verschickt, während die Erhebung läuft."
)


class Reminders:
    """Queues mails; an address gets at most one a day, whatever for."""

    def __init__(self, desk: Desk, register: Register, rhythms: Rhythms) -> None:
        self._desk = desk
        self._register = register
        self._rhythms = rhythms
        self._mails = desk.collection(REGISTER_MAILS)

    def run_once(self) -> int:
        """Queue what is due in all open waves; return how many mails. Reminders wait for the morning."""
        return sum(
            self._wave(programme, wave)
            for programme in self._desk.registry.programmes()
            for wave in programme.waves
            if self._open(wave)
        )

    def _open(self, wave: Wave) -> bool:
        return calendar(wave, self._desk.zone).state(self._desk.now()) == "open"

    def _wave(self, programme: Programme, wave: Wave) -> int:
        here = self._desk.local_now()
        queued = 0
        for contact in self._contacts(programme.id, wave.code):
            rhythm = self._rhythms.of(programme.id, contact.place.form)
            kind = due_mail(contact, here.date(), date.fromisoformat(wave.due_on), rhythm)
            if kind is not None and (kind == INVITATION or here.hour >= FIRST_HOUR):
                queued += self._handle(contact, kind)
        return queued

    def _contacts(self, programme: str, wave: str) -> list[Contact]:
        return [to_contact(one) for one in self._desk.collection(REGISTER).find({"programme": programme, "wave": wave})]

    def _handle(self, contact: Contact, kind: str) -> bool:
        if self._register.state(contact) in NEED_NONE:
            self._register.handled(contact, kind)
            return False
        return self._queue(contact, kind)

    def remind_now(
        self, programme: Programme, wave: Wave, form: str, sites: frozenset[str] | None = None
    ) -> tuple[int, int]:
        """Write to everybody who was asked for this form and has not answered, `sites` None = all.

        Return how many mails were queued, and how many people wait because they had a mail today.
        Raises Conflict `wave_not_open`.
        """
        if not self._open(wave):
            raise Conflict("wave_not_open", _NOT_OPEN)
        asked = [
            contact
            for contact in self._contacts(programme.id, wave.code)
            if contact.place.form == form and (sites is None or contact.place.site in sites)
            if self._register.state(contact) not in NEED_NONE
        ]
        kinds = [INVITATION if INVITATION not in one.handled else f"now-{self._today()}" for one in asked]
        done = [self._queue(contact, kind) for contact, kind in zip(asked, kinds, strict=True)]
        return sum(done), len(done) - sum(done)

    def _queue(self, contact: Contact, kind: str) -> bool:
        """Queue a mail unless the address has, or may still get, another one today."""
        today, id_ = self._today(), derived_id("register-mail", contact.id, kind)
        if self._mails.get(id_) is None:
            if self._busy(contact.address, today):
                return False
            try:
                self._mails.insert(_mail(id_, contact, kind, today, self._desk.now()))
            except Duplicate:
                return False
        self._register.handled(contact, kind, mailed_on=today)
        return True

    def _busy(self, address: str, today: str) -> bool:
        """True when the address had a mail today or may still get one that was queued."""
        last = self._mails.find({"address": address}, sort=("-day",), limit=1)
        return any(one["day"] >= today or "next_at" in one or self._sent_on(one) >= today for one in last)

    def _sent_on(self, mail: Document) -> str:
        sent_at = mail.get("sent_at")
        return from_text(sent_at).astimezone(ZoneInfo(self._desk.zone)).date().isoformat() if sent_at else ""

    def _today(self) -> str:
        return self._desk.local_now().date().isoformat()


def _mail(id_: str, contact: Contact, kind: str, today: str, now: str) -> Document:
    place = contact.place
    return {
        "_id": id_,
        "contact": contact.id,
        "programme": place.programme,
        "wave": place.wave,
        "form": place.form,
        "site": place.site,
        "kind": kind,
        "address": contact.address,
        "day": today,
        "route": "register",
        "state": QUEUED,
        "attempts": 0,
        "created_at": now,
        "next_at": now,
        "expires_at": contact.expires_at,
        "log": [],
    }
