"""What each challenge rule says about one site in one wave, with the values it looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.scoring.domain.answers import Progress
from services.scoring.domain.context import SiteContext
from services.scoring.domain.machine import Judgement, Truth
from services.scoring.domain.plan import Compiled, Rule
from services.scoring.domain.values import SMALL_N, Valuation
from shared.expressions import Counted, Missing, Name, Reason, Result, first_missing
from shared.programme.model import SEVERITIES, Severity


@dataclass(frozen=True)
class Term:
    """One operand of a rule: its source text, its value (number, code, several codes by blanks) or why none, its n."""

    name: str
    value: float | str | None
    reason: str | None = None
    n: int | None = None


@dataclass(frozen=True)
class Verdict:
    """A rule's conditions in one wave; None = cannot be decided."""

    raising: Mapping[Severity, Truth]
    clear: Truth
    has_clear: bool
    reason: str | None
    terms: tuple[Term, ...]

    def judgement(self, wave: str, sequence: int) -> Judgement:
        """Return what the state machine needs to know."""
        return Judgement(wave, sequence, self.raising, self.clear, self.has_clear, self.reason)

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as stored."""
        return {
            "raising": dict(self.raising),
            "clear": self.clear,
            "has_clear": self.has_clear,
            "reason": self.reason,
            "terms": [{"name": t.name, "value": t.value, "reason": t.reason, "n": t.n} for t in self.terms],
        }


def verdict_from(stored: Mapping[str, Any]) -> Verdict:
    """Read what `to_json` wrote."""
    terms = tuple(Term(**term) for term in stored["terms"])
    return Verdict(stored["raising"], stored["clear"], stored["has_clear"], stored["reason"], terms)


def judge(rule: Rule, valuation: Valuation, progress: Progress | None) -> Verdict:
    """Return what the rule says in the valuation's wave; `progress` is that of the rule's form, if it is fielded."""
    context = valuation.context(rule.form)
    found = {severity: _truth(one, rule, context) for severity, one in rule.raising.items()}
    clear = None if rule.clear is None else _truth(rule.clear, rule, context)
    late = _overdue(rule, progress)
    raising = {s: _either(found.get(s, False), late.get(s, False)) for s in SEVERITIES if s in found or s in late}
    terms = [_term(name, one, rule, valuation) for name, one in rule.terms.items()]
    if rule.definition.overdue and progress is not None:
        terms.append(Term(f"days_overdue('{rule.form}')", progress.overdue or 0, n=progress.n))
    return Verdict(
        raising={severity: _known(truth) for severity, truth in raising.items()},
        clear=_clear(_known(clear), rule, progress),
        has_clear=rule.clear is not None or bool(rule.definition.overdue),
        reason=_reason((*raising.values(), clear)),
        terms=tuple(terms),
    )


def _truth(one: Compiled, rule: Rule, context: SiteContext) -> bool | Missing:
    value = _shown(one.run(context), rule)
    return value if isinstance(value, Missing) else bool(value)


def _shown(counted: Counted, rule: Rule) -> Result:
    """Return the value unless it rests on a group too small to be shown."""
    small = rule.min_n > 1 and counted.n is not None and counted.n < rule.min_n
    return SMALL_N if small and not isinstance(counted.value, Missing) else counted.value


def _overdue(rule: Rule, progress: Progress | None) -> dict[Severity, bool | Missing]:
    """Return the truth per severity of a report being overdue: undecided until it is complete or late enough."""
    found: dict[Severity, bool | Missing] = {}
    for severity, days in rule.definition.overdue.items():
        late = progress is not None and (progress.overdue or 0) >= days
        undecided = progress is None or not progress.complete
        found[severity] = True if late else Missing(Reason.NO_DATA) if undecided else False
    return found


def _either(one: bool | Missing, other: bool | Missing) -> bool | Missing:
    if one is True or other is True:
        return True
    return first_missing((one, other)) or False


def _known(truth: bool | Missing | None) -> Truth:
    return None if isinstance(truth, Missing) else truth


def _clear(clear: Truth, rule: Rule, progress: Progress | None) -> Truth:
    if not rule.definition.overdue:
        return clear
    arrived = True if progress is not None and progress.complete else None
    return arrived if rule.clear is None else (clear and arrived)


def _reason(truths: Iterable[bool | Missing | None]) -> str | None:
    gap = first_missing([truth for truth in truths if truth is not None])
    return None if gap is None else gap.reason.value


def _term(name: str, one: Compiled, rule: Rule, valuation: Valuation) -> Term:
    if isinstance(one.node, Name):
        value = valuation.result(one.node.id)
        measured = one.node.id in valuation.fielded
        n = valuation.record(one.node.id).n if measured else None
    else:
        counted = one.run(valuation.context(rule.form))
        value, n = _shown(counted, rule), counted.n
    if isinstance(value, Missing):
        return Term(name, None, value.reason.value, n)
    if isinstance(value, list):
        return Term(name, " ".join(value), None, n)
    return Term(name, value if isinstance(value, str) else float(value), None, n)
