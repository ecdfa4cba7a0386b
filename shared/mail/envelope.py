"""A mail ready to be sent, and the channel it goes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from shared.mail.replies import Reply


@dataclass(frozen=True)
class Envelope:
    """One mail for one address, ready to be sent; `body` has CRLF line ends."""

    sender: str
    recipient: str
    body: bytes


class Mailer(Protocol):
    """The SMTP channel."""

    def send(self, envelope: Envelope, commit: Callable[[], bool]) -> Reply:
        """Deliver one mail; never raises for what a server or network can do.

        `commit` is called after the body, immediately before the final dot; if it returns False the
        mail is abandoned without the dot.
        """
