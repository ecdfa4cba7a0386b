"""Mail over SMTP, for sign-in links."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import localtime, make_msgid

from shared.errors import TransientError
from shared.runtime import smtp_server

TIMEOUT_S = 20.0


class SmtpMailer:
    """Sends through the server of an SMTP_URL. Raises ConfigError for a URL that is not one."""

    def __init__(self, url: str) -> None:
        self._server = smtp_server.parse(url)

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand one mail to the server. Raises TransientError when that fails."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._server.sender, to, subject
        message["Date"] = localtime()
        message["Message-ID"] = make_msgid(domain=self._server.mail_domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            with smtp_server.connect(self._server, TIMEOUT_S) as smtp:
                if self._server.user:
                    smtp.login(self._server.user, self._server.password)
                smtp.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise TransientError(f"the mail server did not take the mail: {type(error).__name__}") from error
