"""Sending the register's mails: one due mail at a time, at most one copy wherever that can be known."""

from __future__ import annotations

import logging
from collections.abc import Callable

from services.intake.domain.letters import Outgoing
from services.intake.handlers.desk import Desk
from services.intake.handlers.letters import Letters
from services.intake.handlers.register import Register, to_contact
from services.intake.handlers.reminders import NEED_NONE
from services.intake.ports import REGISTER, REGISTER_MAILS
from shared.clock import plus
from shared.errors import NotFound, StoreUnavailable
from shared.mail import delivery as deliveries
from shared.mail.delivery import Patience
from shared.mail.envelope import Envelope, Mailer
from shared.mail.replies import Meaning, Phase, Reply, meaning
from shared.store.port import Change, Lease

log = logging.getLogger(__name__)
LEASE_S = 180  # longer than all SMTP phases together


class Posting:
    """Sends what is due longest; any number of processes may. `envelope` turns a mail into what SMTP takes."""

    def __init__(self, desk: Desk, register: Register, letters: Letters, patience: Patience | None = None) -> None:
        self._desk = desk
        self._register = register
        self._letters = letters
        self._patience = patience or Patience()
        self._mails = desk.collection(REGISTER_MAILS)

    def send_one(self, mailer: Mailer, envelope: Callable[[Outgoing], Envelope], owner: str) -> int:
        """Handle one due mail; return 0 when none is due."""
        now = self._desk.now()
        lease = self._mails.claim({}, due="next_at", now=now, until=plus(now, LEASE_S), owner=owner)
        if lease is None:
            return 0
        if deliveries.left_at_the_dot(lease.document):
            self._finish(lease, deliveries.unsure(lease.document, now, owner, self._patience))
            return 1
        outgoing, needless = self._outgoing(lease)
        if outgoing is None:
            self._finish(lease, deliveries.undeliverable(now, owner, needless))
        else:
            self._attempt(lease, envelope(outgoing), mailer, owner)
        return 1

    def _outgoing(self, lease: Lease) -> tuple[Outgoing | None, str]:
        """Return the mail, or None and why it is not sent any more."""
        stored = self._desk.collection(REGISTER).get(lease.document["contact"])
        if stored is None:
            return None, "recipient_gone"
        contact = to_contact(stored)
        try:
            if self._desk.now() >= self._desk.questionnaire(contact.place).calendar.closes_at:
                return None, "closed"
            state = self._register.state(contact)
            return (None, state) if state in NEED_NONE else (self._letters.mail(lease.document, contact), "")
        except NotFound:
            return None, "questionnaire_gone"

    def _attempt(self, lease: Lease, mail: Envelope, mailer: Mailer, owner: str) -> None:
        def commit() -> bool:
            """Mark that from now on the mail may have arrived; False when it is not ours any more."""
            mark = deliveries.before_dot(lease.document, self._desk.now(), owner)
            try:
                return self._mails.update_if(lease.document["_id"], {"fence": lease.fence}, mark) is not None
            except StoreUnavailable:
                return False

        reply = mailer.send(mail, commit)
        if _refused_for_good(reply):
            self._register.bounced(lease.document["contact"])
        self._finish(lease, deliveries.after_reply(lease.document, reply, self._desk.now(), owner, self._patience))

    def _finish(self, lease: Lease, change: Change) -> None:
        mine = self._mails.finish(lease.document["_id"], lease.fence, change)
        state, detail = change.set["state"], change.append["log"]["detail"]
        level = logging.INFO if state == deliveries.SENT and mine else logging.WARNING
        log.log(level, "invitation mail", extra={"mail": lease.document["_id"], "state": state, "detail": detail})


def _refused_for_good(reply: Reply) -> bool:
    """True when the server will never take mail for this recipient."""
    what = meaning(reply)
    return what is Meaning.HARD_BOUNCE or (what is Meaning.REFUSED and reply.phase is Phase.RCPT)
