"""What a draft's content is sealed with, so that whoever reads the store alone cannot read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shared.errors import PlatformError


class Unreadable(PlatformError):
    """What was sealed cannot be opened: its key is gone, or it is not as it was sealed."""


@dataclass(frozen=True)
class Sealed:
    """What a seal is bound to: the draft, its revision, and what only the respondent's address holds ("" = nothing)."""

    id: str
    rev: int
    own: str


class Seal(Protocol):
    """Seals and opens content."""

    def seal(self, content: Mapping[str, Any], about: Sealed) -> dict[str, str]:
        """Return the content as only this installation can read it."""

    def open(self, sealed: Mapping[str, str], about: Sealed) -> dict[str, Any]:
        """Return what `seal` was given. Raises Unreadable."""
