"""All flags of one site, folded from its cells: standings and episodes, as JSON data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.scoring.domain.episodes import Episode, History, fold
from services.scoring.domain.explanation import explain, terms, with_history
from services.scoring.domain.machine import Standing
from services.scoring.domain.naming import Speaker
from services.scoring.domain.plan import Rule
from services.scoring.domain.verdicts import verdict_from

Cell = Mapping[str, Any]
Entry = dict[str, Any]


def fold_site(speaker: Speaker, site: str, cells: Sequence[Cell]) -> dict[str, Any]:
    """Return `standings` by flag, `episodes` by id and `waves` (reports) of a site; cells must be in wave order.

    Pure: the same cells give the same result, whatever happened before.
    """
    standings: dict[str, Any] = {}
    episodes: dict[str, Entry] = {}
    for flag, rule in speaker.plan.rules.items():
        history = fold_rule(speaker.plan.programme.id, site, rule, cells)
        standings[flag] = standing_json(history.standing)
        for episode in history.episodes:
            episodes[episode.id] = _entry(speaker, rule, site, episode, cells)
    return {
        "standings": standings,
        "episodes": episodes,
        "waves": {cell["wave"]: cell["reports"] for cell in cells},
    }


def fold_rule(programme: str, site: str, rule: Rule, cells: Sequence[Cell]) -> History:
    """Return one rule's history at a site."""
    flag = rule.definition.id
    judgements = [
        verdict_from(cell["rules"][flag]).judgement(cell["wave"], cell["sequence"])
        for cell in cells
        if flag in cell["rules"]
    ]
    return fold(programme, site, flag, judgements, rule.patience)


def standing_json(standing: Standing) -> Entry:
    """Return where a flag stands, as stored."""
    found: Entry = {"state": standing.state}
    if standing.unknown:
        found["unknown"] = standing.unknown
    if standing.severity:
        found["severity"] = standing.severity
    return found


def episode_entry(flag: str, episode: Episode, **further: Any) -> Entry:
    """Return an episode as stored, without its explanation."""
    return {
        "flag": flag,
        "wave": episode.wave,
        "sequence": episode.sequence,
        "state": "raised" if episode.open else "cleared",
        "severity": episode.severity,
        "cleared_wave": episode.cleared_wave,
        "cleared_sequence": episode.cleared_sequence,
        "last_wave": episode.last.judgement.wave,
        "stale": episode.last.after.stale,
        **further,
    }


def _entry(speaker: Speaker, rule: Rule, site: str, episode: Episode, cells: Sequence[Cell]) -> Entry:
    step, flag = episode.last, rule.definition.id
    upto = [cell for cell in cells if cell["sequence"] <= step.judgement.sequence]
    verdict = verdict_from(upto[-1]["rules"][flag])
    return episode_entry(
        flag,
        episode,
        label=dict(rule.definition.label),
        explanation=explain(speaker, rule, step, upto[-1], (site, episode.id)),
        values=with_history(terms(speaker, rule, verdict), flag, upto),
    )
