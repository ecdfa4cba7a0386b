"""SMTP by phases: every outcome says how far the mail came, so that what may have arrived is known."""

from __future__ import annotations

import contextlib
import re
import select
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.mail.envelope import Envelope
from shared.mail.replies import Phase, Reply, enhanced_code
from shared.runtime.smtp_server import SmtpServer, connect

_CHUNK = 65_536
_LONE_CR_OR_LF = re.compile(rb"\r(?!\n)|(?<!\r)\n")


@dataclass(frozen=True)
class SmtpTimes:
    """Limits in seconds: per command, for the answer to the final dot, and for a whole mail."""

    command_s: float = 20
    dot_s: float = 60
    mail_s: float = 50
    idle_s: float = 20
    mails_per_connection: int = 100


class _Over(Exception):
    """The attempt is over with this reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.in_words())
        self.reply = reply


class SmtpMailer:
    """One connection, kept between mails and renewed after anything unexpected. One per thread."""

    def __init__(self, server: SmtpServer, times: SmtpTimes | None = None) -> None:
        self._server = server
        self._times = times or SmtpTimes()
        self._smtp: smtplib.SMTP | None = None
        self._mails = 0
        self._used_at = 0.0
        self._deadline = 0.0

    def send(self, envelope: Envelope, commit: Callable[[], bool]) -> Reply:
        """Deliver one mail; see the port. A 2xx after the dot is the only success."""
        self._deadline = time.monotonic() + self._times.mail_s
        try:
            smtp = self._kept() or self._connected()
            self._command(smtp, Phase.MAIL, f"MAIL FROM:<{envelope.sender}>")
            self._command(smtp, Phase.RCPT, f"RCPT TO:<{envelope.recipient}>")
            self._command(smtp, Phase.DATA, "DATA", expected=354)
            reply = self._body(smtp, envelope.body, commit)
        except _Over as over:
            reply = over.reply
        self._settle(reply)
        return reply

    def close(self) -> None:
        """Hang up; a later send connects again."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _settle(self, reply: Reply) -> None:
        """Keep the connection only when both sides agree that no mail is open."""
        self._mails += 1
        self._used_at = time.monotonic()
        healthy = reply.code is not None and reply.code != 421 and reply.phase in (Phase.MAIL, Phase.RCPT, Phase.DOT)
        if not healthy:
            self._drop()
        elif self._mails >= self._times.mails_per_connection:
            self.close()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _kept(self) -> smtplib.SMTP | None:
        """Return the open connection after a RSET it answered; else drop it."""
        smtp = self._smtp
        if smtp is None:
            return None
        if time.monotonic() - self._used_at < self._times.idle_s:
            with contextlib.suppress(_Over):
                self._command(smtp, Phase.CONNECT, "RSET")
                return smtp
        self._drop()
        return None

    def _connected(self) -> smtplib.SMTP:
        self._mails = 0
        try:
            smtp = connect(self._server, self._times.command_s)
        except smtplib.SMTPResponseException as error:
            raise _Over(_reply(Phase.CONNECT, error.smtp_code, error.smtp_error)) from error
        except (OSError, ValueError, smtplib.SMTPException) as error:
            raise _Over(Reply(Phase.CONNECT)) from error
        self._smtp = smtp
        if smtp.sock is not None:  # body and dot are separate writes: the dot must not wait for an acknowledgement
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._server.user:
            self._authenticate(smtp)
        return smtp

    def _authenticate(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.login(self._server.user, self._server.password)
        except smtplib.SMTPResponseException as error:
            raise _Over(_reply(Phase.AUTH, error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise _Over(Reply(Phase.AUTH, 534)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise _Over(Reply(Phase.AUTH)) from error

    def _command(self, smtp: smtplib.SMTP, phase: Phase, line: str, expected: int = 250) -> None:
        reply = self._asked(smtp, phase, lambda: smtp.putcmd(line), self._times.command_s)
        if reply.code is None or reply.code // 100 != expected // 100:
            raise _Over(reply)

    def _asked(self, smtp: smtplib.SMTP, phase: Phase, ask: Callable[[], object], limit_s: float) -> Reply:
        try:
            self._limit(smtp, limit_s)
            ask()
            code, text = smtp.getreply()
        except (OSError, ValueError, smtplib.SMTPException) as error:
            raise _Over(Reply(phase)) from error
        return _reply(phase, code, text)

    def _limit(self, smtp: smtplib.SMTP, seconds: float) -> None:
        if smtp.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        limit_s = max(0.1, min(seconds, self._deadline - time.monotonic()))
        if smtp.sock.gettimeout() != limit_s:
            smtp.sock.settimeout(limit_s)

    def _body(self, smtp: smtplib.SMTP, body: bytes, commit: Callable[[], bool]) -> Reply:
        """Send the body, ask whether to commit, then send the final dot and wait for the answer."""
        data = dotted(body)
        try:
            for start in range(0, len(data), _CHUNK):
                self._limit(smtp, self._times.command_s)
                smtp.send(data[start : start + _CHUNK])
        except (OSError, smtplib.SMTPException) as error:
            raise _Over(Reply(Phase.BODY)) from error
        if not commit():
            raise _Over(Reply(Phase.ABORTED))
        if _gone(smtp.sock):
            raise _Over(Reply(Phase.BODY))
        self._deadline = time.monotonic() + self._times.dot_s
        return self._asked(smtp, Phase.DOT, lambda: smtp.send(b".\r\n"), self._times.dot_s)


def _gone(sock: socket.socket | None) -> bool:
    """True when the server has hung up or spoken before the dot: then it did not take the mail."""
    if sock is None or isinstance(sock, ssl.SSLSocket):  # TLS may have something to read that is no answer
        return sock is None
    return bool(select.select([sock], [], [], 0)[0])


def dotted(body: bytes) -> bytes:
    """Return the body with CRLF line ends, a final one, and leading dots doubled."""
    lines = _LONE_CR_OR_LF.sub(b"\r\n", body)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines)


def _reply(phase: Phase, code: int, text: bytes | str) -> Reply:
    if code < 200:
        return Reply(phase)
    shown = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    return Reply(phase, code, enhanced_code(shown))
