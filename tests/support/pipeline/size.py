"""How much a run sends and kills: the size of the promise, smaller only for trying something out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """At least so many submissions, killed workers and, where there is a broker, killed brokers."""

    letters: int = 2000
    kills: int = 60
    broker_kills: int = 2


def wanted(environ: Mapping[str, str]) -> Size:
    """Return the full size, or what CHAOS_LETTERS and CHAOS_KILLS ask for.

    Raises AssertionError where they are set and CI is: the gate has one size.
    """
    given = [name for name in ("CHAOS_LETTERS", "CHAOS_KILLS") if environ.get(name)]
    assert not (given and environ.get("CI") == "true"), f"in CI the run has its full size: unset {', '.join(given)}"
    full = Size()
    return Size(int(environ.get("CHAOS_LETTERS") or full.letters), int(environ.get("CHAOS_KILLS") or full.kills))
