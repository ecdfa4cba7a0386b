"""Letters as mails: headers and text, the same bytes for the same letter whenever it is tried."""

from __future__ import annotations

from collections.abc import Callable
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from services.intake.domain.letters import Outgoing
from shared.clock import from_text
from shared.mail.delivery import message_id
from shared.mail.envelope import Envelope
from shared.mail.headers import header_line, to_line
from shared.runtime.smtp_server import SmtpServer

PRODUCT = "Peilung"


def enveloped(server: SmtpServer) -> Callable[[Outgoing], Envelope]:
    """Return what turns a letter into a mail from this server's sender.

    Mail programs offer to end the mails by List-Unsubscribe: their one click is a POST (RFC 8058).
    """

    def envelope(letter: Outgoing) -> Envelope:
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = Address(PRODUCT, addr_spec=server.sender)
        if letter.reply_to:
            message["Reply-To"] = Address(addr_spec=letter.reply_to)
        message["Date"] = format_datetime(from_text(letter.written_at))
        message["Message-ID"] = message_id(letter.id, server.mail_domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="quoted-printable")
        message["Content-Language"] = letter.language
        head = header_line("Subject", letter.subject) + to_line(Address(addr_spec=letter.to))
        head += f"List-Unsubscribe: <{letter.stop_link}>\r\n".encode("ascii")
        head += b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        return Envelope(server.sender, letter.to, head + message.as_bytes())

    return envelope
