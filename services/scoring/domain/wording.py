"""The sentences of an explanation: the rule in words, and what would have to change."""

from __future__ import annotations

from collections.abc import Iterable

from services.scoring.domain.machine import Standing
from services.scoring.domain.naming import LANGUAGES, Speaker
from services.scoring.domain.plan import Compiled, Rule
from services.scoring.domain.verdicts import Term, Verdict
from shared.expressions import comparisons
from shared.programme.model import SEVERITIES, Severity
from shared.quantities import quantity

Words = dict[str, str]


def rule_words(speaker: Speaker, rule: Rule, severity: Severity | None) -> Words:
    """Return the condition for this severity in words (the lowest one's where it has none of its own)."""
    overdue = rule.definition.overdue
    parts: list[Words] = []
    wanted = severity or _lowest([*rule.raising, *overdue])
    if wanted in rule.raising:
        parts.append(speaker.say(rule.raising[wanted]))
    if wanted in overdue:
        parts.append(_overdue_words(speaker, rule, overdue[wanted]))
    if not parts and rule.raising:
        parts.append(speaker.say(rule.raising[_lowest(rule.raising)]))
    if not parts and overdue:
        parts.append(_overdue_words(speaker, rule, overdue[_lowest(overdue)]))
    return _joined(parts)


def _lowest(found: Iterable[Severity]) -> Severity:
    known = set(found)
    return next((severity for severity in SEVERITIES if severity in known), "info")


def _overdue_words(speaker: Speaker, rule: Rule, days: int) -> Words:
    form = speaker.label(rule.form)
    return {
        "de": f"„{form['de']}“ ist {days} Tage nach dem Termin nicht vollständig",
        "en": f"“{form['en']}” is not complete {days} days after it was due",
    }


def counterfactual(speaker: Speaker, rule: Rule, verdict: Verdict, standing: Standing) -> Words:
    """Return what would end the flag, or, once it has ended, what would raise it again."""
    if not standing.open:
        words = rule_words(speaker, rule, None)
        return {"de": f"Entsteht wieder, wenn gilt: {words['de']}.", "en": f"Comes back if: {words['en']}."}
    waves = rule.patience.clear_after
    often = _often(waves, standing.clear_count)
    ending = _ending(speaker, rule)
    sentences = [{"de": f"Endet, {ending['de']}{often['de']}.", "en": f"Ends {ending['en']}{often['en']}."}]
    now = _now(speaker, rule, verdict)
    if now is not None:
        sentences.append(now)
    short = _missing_answers(rule, verdict)
    if short is not None:
        sentences.append(short)
    return {language: " ".join(sentence[language] for sentence in sentences) for language in LANGUAGES}


def _ending(speaker: Speaker, rule: Rule) -> Words:
    form = speaker.label(rule.form)
    if rule.definition.overdue and rule.clear is None:
        return {"de": f"sobald „{form['de']}“ vollständig ist", "en": f"as soon as “{form['en']}” is complete"}
    if rule.clear is not None:
        words = speaker.say(rule.clear)
        return {"de": f"wenn gilt: {words['de']}", "en": f"if: {words['en']}"}
    words = _joined([speaker.say(rule.raising[severity]) for severity in SEVERITIES if severity in rule.raising])
    return {"de": f"wenn nicht mehr gilt: {words['de']}", "en": f"when this no longer holds: {words['en']}"}


def _joined(parts: list[Words]) -> Words:
    return {"de": " oder ".join(part["de"] for part in parts), "en": " or ".join(part["en"] for part in parts)}


def _often(waves: int, done: int) -> Words:
    if waves <= 1:
        return {"de": "", "en": ""}
    return {
        "de": f", in {waves} gültigen Erhebungen in Folge (bisher {done})",
        "en": f", in {waves} valid rounds in a row (so far {done})",
    }


def _now(speaker: Speaker, rule: Rule, verdict: Verdict) -> Words | None:
    """Return where the compared values stand now, for comparisons with a number."""
    compared = [one for node in _conditions(rule) for one in comparisons(node.node)]
    wanted = {one.name for one in compared if one.name is not None}
    known = [term for term in verdict.terms if term.name.strip("${}") in wanted and isinstance(term.value, float)]
    if not known:
        return None
    return {
        "de": f"Derzeit: {'; '.join(_standing(speaker, rule, term, 'de') for term in known)}.",
        "en": f"Now: {'; '.join(_standing(speaker, rule, term, 'en') for term in known)}.",
    }


def _conditions(rule: Rule) -> list[Compiled]:
    return [rule.clear] if rule.clear is not None else list(rule.raising.values())


def _standing(speaker: Speaker, rule: Rule, term: Term, language: str) -> str:
    one = rule.terms.get(term.name)
    label = speaker.label(term.name.strip("${}"))[language]
    assert isinstance(term.value, float)
    return f"{label} {quantity(term.value, speaker.unit(one), language, speaker.decimals(one))}"


def _missing_answers(rule: Rule, verdict: Verdict) -> Words | None:
    if verdict.reason != "SMALL_N":
        return None
    counts = [term.n for term in verdict.terms if term.reason == "SMALL_N" and term.n is not None]
    short = rule.min_n - min(counts, default=rule.min_n)
    if short <= 0:
        return None
    return {"de": f"Es fehlen noch {short} Antworten.", "en": f"{short} more responses are needed."}
