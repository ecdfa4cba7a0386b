"""Mail over SMTP, for sign-in links."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from urllib.parse import parse_qs, unquote, urlsplit

from shared.errors import ConfigError, TransientError

TIMEOUT_S = 20.0


class SmtpMailer:
    """Sends through `smtp://user:password@host:port?from=address` (STARTTLS when offered) or `smtps://…`.

    A password is only ever sent over TLS. Raises ConfigError for a URL that is not one.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._sender = parse_qs(parts.query).get("from", [""])[0]
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or "@" not in self._sender:
            raise ConfigError(["SMTP_URL must look like smtp://host:port?from=name@example.org"])
        self._tls = parts.scheme == "smtps"
        self._host, self._port = parts.hostname, parts.port or (465 if self._tls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand one mail to the server. Raises TransientError when that fails."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        message["Date"] = localtime()
        message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            with self._connect() as server:
                self._secure(server)
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise TransientError(f"the mail server did not take the mail: {type(error).__name__}") from error

    def _connect(self) -> smtplib.SMTP:
        if self._tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=context)
        return smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)

    def _secure(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        if not self._tls and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        elif not self._tls and self._user:
            raise smtplib.SMTPNotSupportedError("no TLS, so no password is sent")
        if self._user:
            server.login(self._user, self._password)
