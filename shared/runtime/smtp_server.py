"""The mail server: `smtp://user:password@host:port?from=name@example.org&starttls=required`, and the way to it."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from shared.errors import ConfigError

DOC = (
    "Mail server: `smtp://user:password@host:port?from=name@example.org`, or `smtps://…`; "
    "`&starttls=required`, `offered` or `never`"
)
TLS_MODES = ("required", "offered", "never")


@dataclass(frozen=True)
class SmtpServer:
    """Where mails go. `tls`: `implicit` (smtps), or STARTTLS `required`, if `offered`, or `never`."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: str = "offered"

    @property
    def mail_domain(self) -> str:
        """The domain of the sender, which ends every Message-ID."""
        return self.sender.rpartition("@")[2]


def parse(url: str) -> SmtpServer:
    """Read an SMTP_URL. A password is never sent in the clear to another machine. Raises ConfigError."""
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    sender = options.get("from", "")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    local = _is_local(parts.hostname or "")
    tls = options.get("starttls") or ("required" if user and not local else "offered")
    problems = []
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        problems.append("SMTP_URL must look like smtp://host:port?from=name@example.org")
    if sender.count("@") != 1 or not sender.isascii() or any(c.isspace() or c in "<>,;" for c in sender):
        problems.append("SMTP_URL needs ?from= with one plain address")
    if tls not in TLS_MODES:
        problems.append(f"SMTP_URL: starttls must be one of {', '.join(TLS_MODES)}")
    elif user and not local and tls != "required" and parts.scheme == "smtp":
        problems.append("SMTP_URL would send a password without encryption; use starttls=required or smtps://")
    if problems:
        raise ConfigError(problems)
    implicit = parts.scheme == "smtps"
    port = parts.port or (465 if implicit else 25)
    return SmtpServer(parts.hostname or "", port, sender, user, password, "implicit" if implicit else tls)


def connect(server: SmtpServer, timeout_s: float) -> smtplib.SMTP:
    """Return a greeted connection, encrypted as the server's `tls` asks; nobody is signed in yet.

    Raises OSError or SMTPException, also where encryption is required and not offered.
    """
    ours = server.mail_domain
    if server.tls == "implicit":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, ours, timeout=timeout_s, context=context)
    smtp = smtplib.SMTP(server.host, server.port, ours, timeout=timeout_s)
    try:
        _encrypt(smtp, server)
    except (OSError, smtplib.SMTPException):
        smtp.close()
        raise
    return smtp


def _encrypt(smtp: smtplib.SMTP, server: SmtpServer) -> None:
    smtp.ehlo_or_helo_if_needed()
    offered = smtp.has_extn("starttls")
    if server.tls == "required" and not offered:
        raise smtplib.SMTPNotSupportedError("the server offers no encryption")
    if server.tls != "never" and offered:
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo()


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
