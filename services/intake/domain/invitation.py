"""Invitations: who may answer what, until when, by holding a link."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from services.intake.domain.submission import Place

TOKEN_BYTES = 32


@dataclass(frozen=True)
class Invitation:
    """A link to one questionnaire. `respondent` None: everybody who follows it is a new respondent."""

    id: str
    place: Place
    respondent: str | None
    expires_at: str
    revoked: bool = False

    def usable(self, now: str) -> bool:
        """Return whether the link still works."""
        return not self.revoked and now < self.expires_at

    @property
    def shared(self) -> bool:
        """True when many people use the same link."""
        return self.respondent is None


def token_hash(token: str) -> str:
    """Return what is stored of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()
