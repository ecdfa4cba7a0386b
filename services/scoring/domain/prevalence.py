"""Flags about a programme as a whole: the same rule open at many sites at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any

from services.scoring.domain.cells import EVERY_SITE
from services.scoring.domain.digests import digest
from services.scoring.domain.episodes import Episode, fold
from services.scoring.domain.explanation import HISTORY_WAVES, counters, heading
from services.scoring.domain.machine import Judgement, Patience
from services.scoring.domain.naming import LANGUAGES, Speaker, pick
from services.scoring.domain.site_flags import dropped, episode_entry, standing_json
from services.scoring.domain.transitions import Detail, Folded
from shared.programme.model import Flag, Wave
from shared.registry import sees_flag

_AT = {"site": {"de": "Standorten", "en": "sites"}, "association": {"de": "Verbänden", "en": "associations"}}
_WITH_FLAG = {
    "site": {"de": "Standorte mit diesem Hinweis", "en": "Sites with this flag"},
    "association": {"de": "Verbände mit diesem Hinweis", "en": "Associations with this flag"},
}
SiteEpisodes = Mapping[str, Mapping[str, Mapping[str, Any]]]


def fold_programme(speaker: Speaker, sites: SiteEpisodes, waves: Sequence[Wave]) -> Folded:
    """Return the programme's own flags.

    `sites` holds, per site, its episodes by id; `waves` are those any site has a cell in, in order. Each
    pair of programme flag and rule has a history of its own.
    """
    standings: dict[str, Any] = {}
    episodes: dict[str, Any] = {}
    details: dict[str, Detail] = {}
    for flag, rule in product(speaker.plan.prevalence, speaker.plan.rules.values()):
        if not _may_be_told(flag, rule.definition):
            continue
        key = f"{flag.id}/{rule.definition.id}"
        counts = [(wave, _open_at(sites, rule.definition.id, wave.sequence)) for wave in waves]
        judgements = [_judgement(flag, wave, count) for wave, count in counts]
        patience = Patience(flag.raise_after, flag.clear_after)
        history = fold(speaker.plan.programme.id, EVERY_SITE, key, judgements, patience)
        if history.standing.state != "clear":
            standings[key] = standing_json(history.standing)
        for episode in history.episodes:
            episodes[episode.id] = _entry(flag, rule.definition, episode)
            details[episode.id] = _detail(speaker, (flag, rule.definition), episode, counts, len(sites))
    gone = partial(dropped, speaker, EVERY_SITE)
    return Folded(standings, episodes, details, {}, gone)


def _may_be_told(flag: Flag, rule: Flag) -> bool:
    """Return whether those the programme's flag addresses may know of the rule."""
    return sees_flag({flag.audience}, rule.audience, rule.hidden_from, None)


def _open_at(sites: SiteEpisodes, rule: str, sequence: int) -> int:
    """Return at how many sites the rule was open after the wave with this sequence."""
    return sum(any(_covers(episode, rule, sequence) for episode in episodes.values()) for episodes in sites.values())


def _covers(episode: Mapping[str, Any], rule: str, sequence: int) -> bool:
    if episode["flag"] != rule or episode.get("withdrawn") or episode["sequence"] > sequence:
        return False
    return episode["cleared_sequence"] is None or episode["cleared_sequence"] > sequence


def _judgement(flag: Flag, wave: Wave, count: int) -> Judgement:
    return Judgement(wave.code, wave.sequence, {flag.severity: count >= (flag.min_sites or 1)})


def _entry(flag: Flag, rule: Flag, episode: Episode) -> dict[str, Any]:
    label = {language: f"{pick(flag.label, language)}: {pick(rule.label, language)}" for language in LANGUAGES}
    return episode_entry(flag.id, episode, rule=rule.id, label=label)


def _detail(
    speaker: Speaker, flags: tuple[Flag, Flag], episode: Episode, counts: Sequence[tuple[Wave, int]], sites: int
) -> Detail:
    flag, rule = flags
    upto = [(wave, count) for wave, count in counts if wave.sequence <= episode.last.judgement.sequence]
    label = dict(_WITH_FLAG[speaker.plan.programme.unit])
    term = {"name": rule.id, "label": label, "value": float(upto[-1][1]), "reason": None, "n": sites}
    term |= {"unit": "", "decimals": 0}
    history = [{"wave": wave.code, "value": float(count)} for wave, count in upto[-HISTORY_WAVES:]]
    return Detail(_explanation(speaker, flag, rule, episode, term), [{**term, "history": history}])


def _explanation(speaker: Speaker, flag: Flag, rule: Flag, episode: Episode, term: Mapping[str, Any]) -> dict[str, Any]:
    step, least, at = episode.last, flag.min_sites, _AT[speaker.plan.programme.unit]
    return {
        **heading(speaker, flag.id, (EVERY_SITE, episode.id)),
        "wave": step.judgement.wave,
        "from": step.before.state,
        "to": step.after.state,
        "severity": flag.severity,
        "unknown": None,
        "rule_text": {flag.severity: f"sites with {rule.id} open >= {least}"},
        "rule_digest": digest([flag.id, rule.id, least]),
        "rule": {
            "de": f"„{pick(rule.label, 'de')}“ ist bei mindestens {least} {at['de']} zugleich offen",
            "en": f"“{pick(rule.label, 'en')}” is open at {least} or more {at['en']} at once",
        },
        "terms": [dict(term)],
        "thresholds": [{"for": flag.severity, "name": rule.id, "op": ">=", "threshold": least}],
        "counters": counters(Patience(flag.raise_after, flag.clear_after), step),
        "counterfactual": {
            "de": f"Endet, wenn der Hinweis bei weniger als {least} {at['de']} offen ist.",
            "en": f"Ends when the flag is open at fewer than {least} {at['en']}.",
        },
        "inputs_digest": digest([rule.id, term["value"], term["n"]]),
    }
