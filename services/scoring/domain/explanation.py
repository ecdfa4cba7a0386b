"""Why a flag stands where it stands: a record that can be computed again, byte for byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.scoring.domain.cell import ENGINE_VERSION
from services.scoring.domain.episodes import Step
from services.scoring.domain.machine import Patience
from services.scoring.domain.naming import Speaker
from services.scoring.domain.plan import Compiled, Rule
from services.scoring.domain.verdicts import Verdict, verdict_from
from services.scoring.domain.wording import counterfactual, rule_words
from shared.expressions import comparisons
from shared.programme.model import Severity

HISTORY_WAVES = 6
Cell = Mapping[str, Any]


def explain(speaker: Speaker, rule: Rule, step: Step, cell: Cell, where: tuple[str, str]) -> dict[str, Any]:
    """Return the explanation of one step of a flag; `cell` is the step's, `where` the site and the episode's id."""
    verdict = verdict_from(cell["rules"][rule.definition.id])
    severity = step.after.severity or step.before.severity
    return {
        **heading(speaker, rule.definition.id, where),
        "wave": step.judgement.wave,
        "from": step.before.state,
        "to": step.after.state,
        "severity": severity,
        "unknown": step.after.unknown,
        "rule_text": rule_text(rule),
        "rule_digest": rule.digest,
        "rule": rule_words(speaker, rule, severity),
        "terms": terms(speaker, rule, verdict),
        "thresholds": thresholds(rule),
        "counters": counters(rule.patience, step),
        "counterfactual": counterfactual(speaker, rule, verdict, step.after),
        "inputs_digest": cell["inputs_digest"],
    }


def heading(speaker: Speaker, flag: str, where: tuple[str, str]) -> dict[str, Any]:
    """Return what every explanation begins with: which flag, where, by which definition and engine."""
    plan, (site, episode_id) = speaker.plan, where
    return {
        "programme": plan.programme.id,
        "definition": plan.revision,
        "version": plan.programme.version,
        "engine_version": ENGINE_VERSION,
        "flag": flag,
        "site": site,
        "episode_id": episode_id,
    }


def rule_text(rule: Rule) -> dict[str, str]:
    """Return the rule's conditions as written, by severity, and `clear`."""
    found: dict[str, str] = {severity: one.source for severity, one in rule.raising.items()}
    for severity, days in rule.definition.overdue.items():
        late = f"days_overdue('{rule.form}') >= {days}"
        found[severity] = f"{found[severity]} or {late}" if severity in found else late
    if rule.clear is not None:
        found["clear"] = rule.clear.source
    return found


def terms(speaker: Speaker, rule: Rule, verdict: Verdict) -> list[dict[str, Any]]:
    """Return the rule's operands with label, value or reason, unit and number of respondents."""
    found = []
    for term in verdict.terms:
        one = rule.terms.get(term.name)
        entry = {
            "name": term.name,
            "label": speaker.term(one) if one is not None else _overdue_label(speaker, rule),
            "value": term.value,
            "reason": term.reason,
            "n": term.n,
            "unit": speaker.unit(one),
            "decimals": speaker.decimals(one),
        }
        found.append({**entry, **_chosen(speaker, one, term.value)})
    return found


def _chosen(speaker: Speaker, one: Compiled | None, value: object) -> dict[str, Any]:
    """Return the labels of chosen codes as `text`, nothing for other values."""
    text = speaker.choice(one, value)
    return {} if text is None else {"text": text}


def _overdue_label(speaker: Speaker, rule: Rule) -> dict[str, str]:
    form = speaker.label(rule.form)
    return {"de": f"Tage Verzug bei {form['de']}", "en": f"Days overdue for {form['en']}"}


def thresholds(rule: Rule) -> list[dict[str, Any]]:
    """Return the comparisons with a number, per severity and for clearing."""
    conditions: list[tuple[Severity | str, Compiled]] = [*rule.raising.items()]
    if rule.clear is not None:
        conditions.append(("clear", rule.clear))
    return [
        {"for": kind, "name": one.name, "op": one.op, "threshold": one.threshold}
        for kind, condition in conditions
        for one in comparisons(condition.node)
    ]


def counters(patience: Patience, step: Step) -> dict[str, int]:
    """Return how many waves count towards raising, clearing and a lower severity, and how many it takes."""
    return {
        "raise_count": step.after.raise_count,
        "raise_after": patience.raise_after,
        "clear_count": step.after.clear_count,
        "clear_after": patience.clear_after,
        "fall_count": step.after.fall_count,
        "unknown_waves": step.after.unknown_waves,
    }


def with_history(speaker: Speaker, rule: Rule, shown: Sequence[Mapping[str, Any]], cells: Sequence[Cell]) -> list[Any]:
    """Return terms with their values over the last waves; `cells` are in wave order, up to the wave explained."""
    flag = rule.definition.id
    judged = [cell for cell in cells if flag in cell["rules"]][-HISTORY_WAVES:]
    by_wave = [(c["wave"], {t["name"]: t["value"] for t in c["rules"][flag]["terms"]}) for c in judged]

    def point(name: str, wave: str, value: object) -> dict[str, Any]:
        return {"wave": wave, "value": value, **_chosen(speaker, rule.terms.get(name), value)}

    return [
        {**term, "history": [point(term["name"], wave, then.get(term["name"])) for wave, then in by_wave]}
        for term in shown
    ]
