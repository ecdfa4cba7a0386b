"""The respondent register in tests: people are asked, mails are read, days pass."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import EmailMessage

from services.intake.adapters.envelopes import enveloped
from services.intake.domain.submission import Place
from services.intake.handlers.register import Entry
from shared.mail.smtp import SmtpMailer
from shared.runtime import smtp_server
from tests.support.intake import Bench
from tests.support.smtp_sink import SmtpSink


@dataclass
class PostOffice:
    """What the relay's loops do, on demand, towards a scripted mail server."""

    bench: Bench
    sink: SmtpSink

    def __post_init__(self) -> None:
        server = smtp_server.parse(self.sink.url)
        self._mailer, self._envelope = SmtpMailer(server), enveloped(server)

    def close(self) -> None:
        """Hang up."""
        self._mailer.close()

    def enter(self, place: Place, *addresses: str, language: str = "en", by: str = "evaluator") -> int:
        """Invite these addresses."""
        return self.bench.office.asking.register.enter(place, "\n".join(addresses), language, by)

    def run(self) -> list[EmailMessage]:
        """Queue and send all that is due now; return the mails that arrived."""
        before = len(self.sink.mails)
        self.bench.office.asking.reminders.run_once()
        while self.bench.office.asking.posting.send_one(self._mailer, self._envelope, "test"):
            continue
        return [kept.message for kept in self.sink.mails[before:]]

    def day_after_day(self, days: int) -> dict[str, list[str]]:
        """Let days pass; return the subjects of the mails that arrived, by day."""
        found: dict[str, list[str]] = {}
        for _ in range(days):
            if mails := self.run():
                found[self.bench.office.desk.now()[:10]] = sorted(str(mail["Subject"]) for mail in mails)
            self.bench.clock.advance(days=1)
        return found

    def states(self, place: Place) -> dict[str, str]:
        """Return what became of each address."""
        entries: list[Entry] = self.bench.office.asking.register.listed(place.programme, place.wave)
        return {entry.contact.email: entry.state for entry in entries if entry.contact.place == place}


def link_in(mail: EmailMessage) -> str:
    """Return the path of the questionnaire in a mail."""
    found = re.search(r"https://peilung\.example\.org(/q/\S+)", mail.get_content())
    assert found
    return found[1]


def stop_link_in(mail: EmailMessage) -> str:
    """Return the path under which the recipient objects."""
    return str(mail["List-Unsubscribe"]).strip("<>").removeprefix("https://peilung.example.org")
