"""Time as a dependency: the clock protocol, the real one, and instants as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that can say what time it is."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock for tests: stands still until told to move."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return the instant last set."""
        return self._at

    def advance(self, **delta: float) -> None:
        """Move forward by a `timedelta(**delta)`."""
        self._at += timedelta(**delta)


def to_text(at: datetime) -> str:
    """Write an aware instant as fixed-width UTC text (`2026-01-31T08:15:00.250Z`); sorts as time does.

    Milliseconds, truncated. Raises ValueError for a naive datetime.
    """
    if at.tzinfo is None:
        raise ValueError("naive datetime")
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote. Raises ValueError for anything else."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def plus(at: str, seconds: float) -> str:
    """Move an instant (text) by seconds."""
    return to_text(from_text(at) + timedelta(seconds=seconds))


EPOCH_TEXT = "1970-01-01T00:00:00.000Z"
