"""What an operator does by hand: try the mail server, send a mail again."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from services.notify.documents import DELIVERIES
from services.notify.handlers.channel import Channel
from services.notify.handlers.people import People
from shared.clock import Clock, to_text
from shared.errors import unknown
from shared.mail.delivery import queued_again
from shared.mail.envelope import Envelope, Mailer
from shared.mail.replies import Meaning, meaning
from shared.store.port import Store

TEST_TEXT = "Peilung kann Mails verschicken.\n\nPeilung can send mail.\n"


class Operating:
    """Commands of the operator."""

    def __init__(self, store: Store, people: People, clock: Clock) -> None:
        self._deliveries = store.collection(DELIVERIES.name)
        self._channel = Channel(store, clock)
        self._people = people
        self._clock = clock

    def test_mail(self, mailer: Mailer, sender: str, address: str, id_: str) -> tuple[str, bool]:
        """Send one plain mail; return phase and code of the answer, and whether the server took it.

        A taken mail also ends a pause of the channel.
        """
        message = EmailMessage(policy=policy.SMTP)
        message["Subject"] = "Peilung: Test"
        message["From"] = sender
        message["To"] = address
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{id_}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(TEST_TEXT)
        reply = mailer.send(Envelope(sender, address, message.as_bytes()), lambda: True)
        accepted = meaning(reply) is Meaning.SENT
        if accepted:
            self._channel.resume()
        return reply.in_words(), accepted

    def resend(self, delivery_id: str) -> None:
        """Queue a mail again under its Message-ID, whatever became of it; its address is used again.

        Raises NotFound.
        """
        delivery = self._deliveries.get(delivery_id)
        if delivery is None:
            raise unknown("delivery", delivery_id)
        account = self._people.account(delivery["recipient"])
        if account is not None:
            self._people.lift(account.email)
        self._deliveries.update_if(delivery_id, {}, queued_again(to_text(self._clock.now()), "operator"))
