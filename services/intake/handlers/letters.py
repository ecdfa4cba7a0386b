"""Letters to the people in the register: their facts gathered, with link and objection, as mail or on paper."""

from __future__ import annotations

from services.intake.domain.letters import Facts, Letter, Outgoing, as_text, letter
from services.intake.domain.register import INVITATION, Contact
from services.intake.handlers.desk import Desk, Questionnaire
from services.intake.handlers.invite import DEFAULT_DAYS
from services.intake.handlers.register import Register
from shared.programme.model import Form, Texts
from shared.store.port import Document
from shared.web.language import day, pick


class Letters:
    """Writes letters; `public_url` is where the platform is."""

    def __init__(self, desk: Desk, register: Register, public_url: str) -> None:
        self._desk = desk
        self._register = register
        self._public_url = public_url.rstrip("/")

    def letter(self, contact: Contact, kind: str = INVITATION) -> Letter:
        """Return what the person is told. Raises NotFound when the questionnaire is gone."""
        asked = self._desk.questionnaire(contact.place)
        late = self._desk.now() >= asked.calendar.due_at
        return letter(self._facts(contact, asked), reminder=kind != INVITATION, late=late)

    def link(self, contact: Contact) -> str:
        """Return the address of the person's own questionnaire."""
        return f"{self._public_url}/q/{self._register.link_of(contact)}"

    def stop_link(self, contact: Contact) -> str:
        """Return the address under which the person can object to any more mails."""
        return f"{self._public_url}/collection/no-more/{self._register.stop_link_of(contact)}"

    def mail(self, queued: Document, contact: Contact) -> Outgoing:
        """Return a queued mail as it goes out; replies go to whoever entered the address."""
        written = self.letter(contact, queued["kind"])
        asker = self._desk.registry.account(contact.by)
        return Outgoing(
            id=queued["_id"],
            to=contact.email,
            language=contact.language,
            subject=written.subject,
            text=as_text(written, self.link(contact), self.stop_link(contact)),
            stop_link=self.stop_link(contact),
            reply_to=asker.email if asker and asker.active else "",
            written_at=queued["created_at"],
        )

    def _facts(self, contact: Contact, asked: Questionnaire) -> Facts:
        def said(texts: Texts) -> str:
            return pick(texts, contact.language)

        programme, asker = asked.programme, self._desk.registry.account(contact.by)
        return Facts(
            language=contact.language,
            programme=said(programme.title),
            form=said(asked.form.title),
            site=said(asked.site.name),
            wave=said(asked.wave.label),
            who=asker.name if asker and not asker.machine else "",
            purpose=said(programme.purpose),
            legal_basis=said(programme.legal_basis),
            due=day(asked.wave.due_on, contact.language),
            closes=day(asked.wave.closes_on, contact.language),
            kept_days=programme.retention_days.get("invitations", DEFAULT_DAYS),
            minutes=asked.form.minutes or 0,
            kind=privacy_of(asked.form),
        )


def privacy_of(form: Form) -> str:
    """Return how answers to a form are protected: `anonymous`, `confidential` or `named`."""
    if form.anonymous:
        return "anonymous"
    return "confidential" if form.respondents == "many" else "named"
