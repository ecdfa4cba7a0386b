"""Flags about a programme as a whole: the same rule open at many sites at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.scoring.domain.cell import ENGINE_VERSION, digest
from services.scoring.domain.cells import EVERY_SITE
from services.scoring.domain.episodes import Episode, fold
from services.scoring.domain.machine import Judgement, Patience
from services.scoring.domain.naming import LANGUAGES, Speaker, pick
from services.scoring.domain.site_flags import episode_entry, standing_json
from shared.programme.model import Flag, Wave

SiteEpisodes = Mapping[str, Mapping[str, Mapping[str, Any]]]


def fold_programme(speaker: Speaker, sites: SiteEpisodes, waves: Sequence[Wave]) -> dict[str, Any]:
    """Return standings and episodes of the programme's own flags.

    `sites` holds, per site, its episodes by id; `waves` are those any site has a cell in, in order. Each
    pair of programme flag and rule has a history of its own.
    """
    standings: dict[str, Any] = {}
    episodes: dict[str, Any] = {}
    for flag in speaker.plan.prevalence:
        for rule in speaker.plan.rules.values():
            key = f"{flag.id}/{rule.definition.id}"
            counts = [_open_at(sites, rule.definition.id, wave.sequence) for wave in waves]
            judgements = [_judgement(flag, wave, count) for wave, count in zip(waves, counts, strict=True)]
            patience = Patience(flag.raise_after, flag.clear_after)
            history = fold(speaker.plan.programme.id, EVERY_SITE, key, judgements, patience)
            if history.standing.state != "clear":
                standings[key] = standing_json(history.standing)
            for episode in history.episodes:
                pairs = list(zip(waves, counts, strict=True))
                episodes[episode.id] = _entry(speaker, (flag, rule.definition), episode, pairs, len(sites))
    return {"standings": standings, "episodes": episodes, "waves": {}}


def _open_at(sites: SiteEpisodes, rule: str, sequence: int) -> int:
    """Return at how many sites the rule was open after the wave with this sequence."""
    return sum(any(_covers(episode, rule, sequence) for episode in episodes.values()) for episodes in sites.values())


def _covers(episode: Mapping[str, Any], rule: str, sequence: int) -> bool:
    if episode["flag"] != rule or episode.get("withdrawn") or episode["sequence"] > sequence:
        return False
    return episode["cleared_sequence"] is None or episode["cleared_sequence"] > sequence


def _judgement(flag: Flag, wave: Wave, count: int) -> Judgement:
    return Judgement(wave.code, wave.sequence, {flag.severity: count >= (flag.min_sites or 1)})


def _entry(
    speaker: Speaker, flags: tuple[Flag, Flag], episode: Episode, counts: Sequence[tuple[Wave, int]], sites: int
) -> dict[str, Any]:
    flag, rule = flags
    upto = [(wave, count) for wave, count in counts if wave.sequence <= episode.last.judgement.sequence]
    label = {language: f"{pick(flag.label, language)}: {pick(rule.label, language)}" for language in LANGUAGES}
    term = {"name": rule.id, "label": dict(rule.label), "value": float(upto[-1][1]), "reason": None, "n": sites}
    term |= {"unit": "", "decimals": 0}
    return episode_entry(
        flag.id,
        episode,
        rule=rule.id,
        label=label,
        explanation=_explanation(speaker, flag, rule, episode, term),
        values=[{**term, "history": [{"wave": w.code, "value": float(count)} for w, count in upto[-6:]]}],
    )


def _explanation(speaker: Speaker, flag: Flag, rule: Flag, episode: Episode, term: Mapping[str, Any]) -> dict[str, Any]:
    plan, step, least = speaker.plan, episode.last, flag.min_sites
    words = {
        "de": f"„{pick(rule.label, 'de')}“ ist an mindestens {least} Standorten zugleich offen",
        "en": f"“{pick(rule.label, 'en')}” is open at {least} or more sites at once",
    }
    ends = {
        "de": f"Endet, wenn der Hinweis an weniger als {least} Standorten offen ist.",
        "en": f"Ends when the flag is open at fewer than {least} sites.",
    }
    return {
        "programme": plan.programme.id,
        "definition": plan.revision,
        "version": plan.programme.version,
        "flag": flag.id,
        "site": EVERY_SITE,
        "wave": step.judgement.wave,
        "episode_id": episode.id,
        "from": step.before.state,
        "to": step.after.state,
        "severity": flag.severity,
        "unknown": None,
        "rule_text": {flag.severity: f"sites with {rule.id} open >= {least}"},
        "rule_digest": digest([flag.id, rule.id, least]),
        "rule": words,
        "terms": [dict(term)],
        "thresholds": [{"for": flag.severity, "name": rule.id, "op": ">=", "threshold": least}],
        "counters": {
            "raise_count": step.after.raise_count,
            "raise_after": flag.raise_after,
            "clear_count": step.after.clear_count,
            "clear_after": flag.clear_after,
            "fall_count": 0,
            "unknown_waves": 0,
        },
        "counterfactual": ends,
        "inputs_digest": digest([rule.id, term["value"], term["n"]]),
        "engine_version": ENGINE_VERSION,
    }
