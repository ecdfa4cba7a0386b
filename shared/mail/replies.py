"""What an SMTP server's answer means for a mail: one table, by phase and code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """How far a delivery attempt came; everything up to BODY is before the final dot."""

    CONNECT = "connect"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"
    ABORTED = "aborted"


class Meaning(Enum):
    """What to do with the mail."""

    SENT = "sent"
    RETRY = "retry"
    HARD_BOUNCE = "hard_bounce"
    REFUSED = "refused"
    PAUSE = "pause"
    UNCERTAIN = "uncertain"
    LOST_LEASE = "lost_lease"


@dataclass(frozen=True)
class Reply:
    """The last thing that happened: `code` None when the connection failed or timed out."""

    phase: Phase
    code: int | None = None
    enhanced: str | None = None

    def in_words(self) -> str:
        """Return phase and codes for the delivery log; never the server's text, which may name people."""
        return " ".join(str(part) for part in (self.phase.value, self.code, self.enhanced) if part is not None)


_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_NO_SUCH_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
_SOFT_ALTHOUGH_5XX = frozenset({"5.2.2", "5.4.4"})
_AUTH_CODES = frozenset({530, 534, 535})


def enhanced_code(text: str) -> str | None:
    """Return the enhanced status code at the start of a reply text, or None."""
    found = _ENHANCED.match(text)
    return found.group(1) if found else None


def meaning(reply: Reply) -> Meaning:
    """Return what the reply means."""
    if reply.phase is Phase.ABORTED:
        return Meaning.LOST_LEASE
    if reply.phase is Phase.DOT and reply.code is None:
        return Meaning.UNCERTAIN
    if reply.code is None or 400 <= reply.code < 500 or reply.phase is Phase.CONNECT:
        return Meaning.RETRY
    if reply.phase is Phase.DOT and 200 <= reply.code < 300:
        return Meaning.SENT
    if reply.code < 400:
        return Meaning.RETRY
    if reply.phase in (Phase.AUTH, Phase.MAIL) or reply.code in _AUTH_CODES:
        return Meaning.PAUSE
    return _refused_5xx(reply)


def _refused_5xx(reply: Reply) -> Meaning:
    if reply.enhanced in _SOFT_ALTHOUGH_5XX:
        return Meaning.RETRY
    if reply.phase is not Phase.RCPT:
        return Meaning.REFUSED
    no_mailbox = reply.enhanced in _NO_SUCH_MAILBOX or (reply.enhanced is None and reply.code == 550)
    return Meaning.HARD_BOUNCE if no_mailbox else Meaning.REFUSED
