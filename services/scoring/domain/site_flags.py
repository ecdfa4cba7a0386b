"""All flags of one site, folded from its cells: standings and episodes, as JSON data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.scoring.domain.episodes import Episode, History, Step, fold
from services.scoring.domain.explanation import explain, heading, terms, with_history
from services.scoring.domain.machine import Standing
from services.scoring.domain.naming import Speaker
from services.scoring.domain.plan import Rule
from services.scoring.domain.transitions import Detail, Folded
from services.scoring.domain.verdicts import verdict_from

Cell = Mapping[str, Any]
Entry = dict[str, Any]


def fold_site(speaker: Speaker, site: str, cells: Sequence[Cell]) -> Folded:
    """Return all flags of a site; cells must be in wave order.

    Pure: the same cells give the same result, whatever happened before.
    """
    programme = speaker.plan.programme.id
    histories = {flag: fold_rule(programme, site, rule, cells) for flag, rule in speaker.plan.rules.items()}
    episodes: dict[str, Entry] = {}
    details: dict[str, Detail] = {}
    imported = {cell["wave"] for cell in cells if cell.get("imported")}
    for flag, history in histories.items():
        rule = speaker.plan.rules[flag]
        for episode in history.episodes:
            decided = history.decided(episode).judgement.wave
            told = {"label": dict(rule.definition.label), "imported": decided in imported}
            episodes[episode.id] = episode_entry(flag, episode, **told)
            details[episode.id] = _detail(speaker, rule, episode.last, cells, (site, episode.id))

    def afterwards(episode_id: str, entry: Mapping[str, Any]) -> Detail:
        history = histories.get(entry["flag"])
        step = None if history is None else history.step_at(entry["wave"])
        if step is None:
            return dropped(speaker, site, episode_id, entry)
        return _detail(speaker, speaker.plan.rules[entry["flag"]], step, cells, (site, episode_id))

    return Folded(
        standings={flag: standing_json(history.standing) for flag, history in histories.items()},
        episodes=episodes,
        details=details,
        waves={cell["wave"]: cell["reports"] for cell in cells},
        afterwards=afterwards,
    )


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


def _detail(speaker: Speaker, rule: Rule, step: Step, cells: Sequence[Cell], where: tuple[str, str]) -> Detail:
    flag = rule.definition.id
    upto = [cell for cell in cells if cell["sequence"] <= step.judgement.sequence and flag in cell["rules"]]
    shown = terms(speaker, rule, verdict_from(upto[-1]["rules"][flag]))
    return Detail(explain(speaker, rule, step, upto[-1], where), with_history(speaker, rule, shown, upto))


def dropped(speaker: Speaker, site: str, episode_id: str, entry: Mapping[str, Any]) -> Detail:
    """Return the detail of an episode whose rule or evidence is gone."""
    gone = {
        **heading(speaker, entry["flag"], (site, episode_id)),
        "wave": entry["wave"],
        "from": "raised",
        "to": "clear",
        "severity": entry["severity"],
        "unknown": "NO_DATA",
        "terms": [],
        "rule": {
            "de": "Die Regel oder ihre Angaben gibt es nicht mehr",
            "en": "The rule or its evidence no longer exists",
        },
        "counterfactual": {"de": "", "en": ""},
    }
    return Detail(gone, [])
