"""What notify's use cases need from outside, besides the document store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from shared.mail.envelope import Envelope
from shared.registry.accounts import Account


class BadAddress(ValueError):
    """An account's address cannot be put into a mail."""


class Renderer(Protocol):
    """Turns a delivery's facts into a mail."""

    def envelope(self, delivery: Mapping[str, Any], account: Account) -> Envelope:
        """Return the mail in the account's language. Raises BadAddress."""
