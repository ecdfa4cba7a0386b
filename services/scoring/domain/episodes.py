"""A flag's history at one site, folded from its judgements in wave order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.scoring.domain.machine import Judgement, Patience, Standing, step
from shared.events import derived_id
from shared.programme.model import Severity


@dataclass(frozen=True)
class Step:
    """One wave's effect on a flag."""

    judgement: Judgement
    before: Standing
    after: Standing


@dataclass(frozen=True)
class Episode:
    """One run of a flag from raise to clear; `id` follows from programme, site, flag and the wave it began in.

    `severity` is the current (or last) one; `cleared_wave` None = still open; `last` the newest step
    that belongs to it (the one that ended it, if it has ended).
    """

    id: str
    flag: str
    wave: str
    sequence: int
    severity: Severity
    first: Step
    last: Step
    cleared_wave: str | None = None
    cleared_sequence: int | None = None

    @property
    def open(self) -> bool:
        """True until the episode is cleared."""
        return self.cleared_wave is None


@dataclass(frozen=True)
class History:
    """Everything the fold knows about one flag at one site."""

    standing: Standing
    episodes: tuple[Episode, ...]
    steps: tuple[Step, ...]

    def decided(self, episode: Episode) -> Step:
        """Return the newest step of an episode that decided anything: waves without evidence leave it as it is."""
        first, last = episode.sequence, episode.last.judgement.sequence
        own = [step for step in self.steps if first <= step.judgement.sequence <= last]
        return next(step for step in reversed(own) if step.after.unknown is None)

    def step_at(self, wave: str) -> Step | None:
        """Return the step of a wave, None if the wave gave no judgement."""
        return next((step for step in self.steps if step.judgement.wave == wave), None)


def episode_id(programme: str, site: str, flag: str, wave: str) -> str:
    """Return the id of the episode that begins in this wave; the same on every computation."""
    return derived_id("episode", programme, site, flag, wave)


def fold(programme: str, site: str, flag: str, judgements: Sequence[Judgement], patience: Patience) -> History:
    """Run the state machine over the judgements, which must be in wave order."""
    standing = Standing()
    steps: list[Step] = []
    episodes: list[Episode] = []
    for judgement in judgements:
        now = Step(judgement, standing, step(standing, judgement, patience))
        steps.append(now)
        if now.before.open:
            episodes[-1] = _continued(episodes[-1], now)
        elif now.after.open:
            id_ = episode_id(programme, site, flag, judgement.wave)
            episodes.append(_begun(id_, flag, now))
        standing = now.after
    return History(standing, tuple(episodes), tuple(steps))


def _begun(id_: str, flag: str, now: Step) -> Episode:
    severity = now.after.severity
    assert severity is not None
    return Episode(id_, flag, now.judgement.wave, now.judgement.sequence, severity, first=now, last=now)


def _continued(episode: Episode, now: Step) -> Episode:
    if not now.after.open:
        wave, sequence = now.judgement.wave, now.judgement.sequence
        return replace(episode, last=now, cleared_wave=wave, cleared_sequence=sequence)
    return replace(episode, last=now, severity=now.after.severity or episode.severity)
