"""The life of a flag at one site: CLEAR → PENDING → RAISED → CLEARING → CLEAR, one step per wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from shared.programme.model import SEVERITIES, Severity

State = Literal["clear", "pending", "raised", "clearing"]
Truth = bool | None
STALE_AFTER = 2


@dataclass(frozen=True)
class Judgement:
    """What a rule says about one wave; None = cannot be decided, `reason` says why.

    `clear` is the clearing condition's truth; `has_clear` False means there is none, and the episode
    ends when no raising condition holds.
    """

    wave: str
    sequence: int
    raising: Mapping[Severity, Truth]
    clear: Truth = None
    has_clear: bool = False
    reason: str | None = None

    @property
    def severity(self) -> Severity | None:
        """The highest severity whose condition holds."""
        return next((s for s in reversed(SEVERITIES) if self.raising.get(s) is True), None)

    @property
    def may_raise(self) -> Truth:
        """True if any severity's condition holds, None if that cannot be said."""
        if self.severity is not None:
            return True
        return None if None in self.raising.values() else False

    @property
    def may_clear(self) -> Truth:
        """True if the episode may end on this wave's evidence, None if that cannot be said."""
        if self.has_clear:
            return self.clear
        raising = self.may_raise
        return None if raising is None else not raising


@dataclass(frozen=True)
class Patience:
    """How many valid waves in a row it takes to raise and to clear."""

    raise_after: int = 1
    clear_after: int = 1


@dataclass(frozen=True)
class Standing:
    """Where a flag stands after a wave.

    `raise_count`, `clear_count` and `fall_count` count valid waves in a row towards raising, clearing
    and a lower severity. `unknown` is the reason why the last wave changed nothing, `unknown_waves`
    how many in a row did so.
    """

    state: State = "clear"
    raise_count: int = 0
    clear_count: int = 0
    fall_count: int = 0
    severity: Severity | None = None
    unknown: str | None = None
    unknown_waves: int = 0

    @property
    def open(self) -> bool:
        """True while an episode runs."""
        return self.state in ("raised", "clearing")

    @property
    def stale(self) -> bool:
        """True when an episode has run for several waves without evidence either way."""
        return self.open and self.unknown_waves >= STALE_AFTER


def step(standing: Standing, judgement: Judgement, patience: Patience) -> Standing:
    """Return where the flag stands after one more wave. What cannot be decided freezes state and counters."""
    return _open_step(standing, judgement, patience) if standing.open else _closed_step(standing, judgement, patience)


def _closed_step(standing: Standing, judgement: Judgement, patience: Patience) -> Standing:
    raising = judgement.may_raise
    if raising is None:
        return _frozen(standing, judgement)
    if not raising:
        return Standing()
    count = standing.raise_count + 1
    if count >= patience.raise_after:
        return Standing(state="raised", raise_count=count, severity=judgement.severity)
    return Standing(state="pending", raise_count=count)


def _open_step(standing: Standing, judgement: Judgement, patience: Patience) -> Standing:
    if judgement.may_raise:
        return _severity_step(standing, judgement, patience)
    clearing = judgement.may_clear
    if clearing is None:
        return _frozen(standing, judgement)
    known = replace(standing, unknown=None, unknown_waves=0)
    if not clearing:
        return replace(known, state="raised", clear_count=0)
    count = standing.clear_count + 1
    if count >= patience.clear_after:
        return Standing()
    return replace(known, state="clearing", clear_count=count)


def _severity_step(standing: Standing, judgement: Judgement, patience: Patience) -> Standing:
    now, before = judgement.severity, standing.severity
    assert now is not None
    assert before is not None
    known = replace(standing, state="raised", clear_count=0, unknown=None, unknown_waves=0)
    if _rank(now) >= _rank(before):
        return replace(known, severity=now, fall_count=0)
    if judgement.raising.get(before) is None and before in judgement.raising:
        return known
    count = standing.fall_count + 1
    if count >= patience.clear_after:
        return replace(known, severity=now, fall_count=0)
    return replace(known, fall_count=count)


def _frozen(standing: Standing, judgement: Judgement) -> Standing:
    reason = judgement.reason or "NO_DATA"
    return replace(standing, unknown=reason, unknown_waves=standing.unknown_waves + 1)


def _rank(severity: Severity) -> int:
    return SEVERITIES.index(severity)
