"""Invitations: who may answer what, until when, by holding a link."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from services.intake.domain.submission import Place

TOKEN_BYTES = 32


@dataclass(frozen=True)
class Invitation:
    """A link to one questionnaire. `respondent` None: everybody who follows it is a new respondent.

    `personal`: it was made for one address, and good for one answer where nobody is named; `opened`,
    `started` and `used` say how far that person came. They carry no time and nothing of the answers,
    so that an answer to an anonymous form cannot be found by them.
    """

    id: str
    place: Place
    respondent: str | None
    expires_at: str
    revoked: bool = False
    personal: bool = False
    opened: bool = False
    started: bool = False
    used: bool = False

    def usable(self, now: str) -> bool:
        """Return whether the link still works."""
        return not self.revoked and now < self.expires_at

    @property
    def spent(self) -> bool:
        """True when the one answer that the link was good for has been given."""
        return self.personal and self.shared and self.used

    @property
    def shared(self) -> bool:
        """True when the link names no respondent: whoever begins gets a part of their own."""
        return self.respondent is None


def token_hash(token: str) -> str:
    """Return what is stored of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()
