"""When a dirty cell is computed: after a quiet moment, but never later than a bounded wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.clock import from_text, to_text


@dataclass(frozen=True)
class Timing:
    """Seconds: `quiet` after an answer, `longest` after the first of several, `peers` for other sites' cells."""

    quiet_s: float = 0.1
    longest_s: float = 1.0
    peers_s: float = 2.0


def due_after_answer(now: datetime, first_marked: str | None, timing: Timing) -> str:
    """Return when a cell is due after news of its own; more news put it off, within bounds."""
    quiet = now + timedelta(seconds=timing.quiet_s)
    if first_marked is None:
        return to_text(quiet)
    return min(to_text(quiet), to_text(from_text(first_marked) + timedelta(seconds=timing.longest_s)))


def due_as_dependant(now: datetime, wait_s: float) -> str:
    """Return when a cell is due after another cell changed; one that is due already stays so."""
    return to_text(now + timedelta(seconds=wait_s))
