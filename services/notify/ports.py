"""What notify's use cases need from outside, besides the document store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from services.notify.domain.replies import Reply
from shared.registry.accounts import Account


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


class BadAddress(ValueError):
    """An account's address cannot be put into a mail."""


class Renderer(Protocol):
    """Turns a delivery's facts into a mail."""

    def envelope(self, delivery: Mapping[str, Any], account: Account) -> Envelope:
        """Return the mail in the account's language. Raises BadAddress."""
