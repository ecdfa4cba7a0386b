"""A programme compiled once per revision: everything needed to compute cells and judge rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from services.scoring.domain.answers import Coding, coding
from services.scoring.domain.digests import digest
from services.scoring.domain.machine import Patience
from services.scoring.domain.terms import operands, source_text
from shared.expressions import (
    Binary,
    Counted,
    IndicatorContext,
    Node,
    Number,
    Scale,
    compile_counted,
    parse,
    references,
    to_json,
)
from shared.programme.model import Flag, Indicator, Programme, Severity
from shared.programme.model import Scale as ScaleDefinition

_ACROSS_WAVES = frozenset({"prev", "prev_valid", "change", "pct_change", "baseline", "trend", "streak", "latest"})
_PEERS = frozenset({"peer_z", "peer_percentile", "peer_median"})


@dataclass(frozen=True)
class Compiled:
    """One expression: source, tree, and the function that computes value and number of respondents."""

    source: str
    node: Node
    run: Callable[[IndicatorContext], Counted]


@dataclass(frozen=True)
class Measure:
    """One indicator ready to compute. `names` are the indicators its expression mentions.

    `ratio` is its numerator and denominator where it is a division, `benchmark` the median of the
    other sites where that is the target.
    """

    definition: Indicator
    value: Compiled
    valid_when: Compiled | None
    min_n: int
    names: frozenset[str]
    ratio: tuple[Compiled, Compiled] | None = None
    benchmark: Compiled | None = None


@dataclass(frozen=True)
class Rule:
    """One challenge rule ready to judge. `terms` are the operands of its conditions, by their source text.

    `digest` is that of its syntax trees and patience.
    """

    definition: Flag
    raising: Mapping[Severity, Compiled]
    clear: Compiled | None
    terms: Mapping[str, Compiled]
    patience: Patience
    min_n: int
    digest: str

    @property
    def form(self) -> str:
        """The questionnaire whose waves the rule is judged in."""
        return self.definition.form


@dataclass(frozen=True)
class Plan:
    """A programme revision, compiled."""

    programme: Programme
    revision: int
    measures: Mapping[str, Measure]
    rules: Mapping[str, Rule]
    scales: Mapping[str, Scale]
    form_of: Mapping[str, str]
    coding: Mapping[str, Coding]
    across_waves: bool
    across_sites: bool

    @property
    def prevalence(self) -> tuple[Flag, ...]:
        """The rules about the programme as a whole."""
        return tuple(flag for flag in self.programme.flags if flag.min_sites is not None)


def build_plan(programme: Programme, revision: int) -> Plan:
    """Compile every expression of the programme. Raises ExpressionError for one that cannot be read."""
    measures = {one.id: _measure(programme, one) for one in programme.indicators}
    rules = {one.id: _rule(programme, one) for one in programme.flags if one.min_sites is None}
    functions = _functions(measures.values(), rules.values())
    by_median = any(one.target is not None and one.target.peer_median for one in programme.indicators)
    return Plan(
        programme=programme,
        revision=revision,
        measures=measures,
        rules=rules,
        scales={one.id: _scale(one) for one in programme.scales},
        form_of={question.name: form.id for form in programme.forms for question in form.questions()},
        coding={form.id: coding(form) for form in programme.forms},
        across_waves=bool(functions & _ACROSS_WAVES),
        across_sites=programme.peers.enabled and (by_median or bool(functions & _PEERS)),
    )


def compiled(source: str) -> Compiled:
    """Parse and compile one expression. Raises ExpressionError."""
    return _of_node(parse(source), source)


def _of_node(node: Node, source: str = "") -> Compiled:
    return Compiled(source or source_text(node), node, compile_counted(node))


def group_limit(programme: Programme, form_id: str) -> int:
    """Return the smallest group whose figures may be shown: 1 unless many answer the form anonymously."""
    form = next((form for form in programme.forms if form.id == form_id), None)
    return programme.min_n if form is not None and form.respondents == "many" and form.anonymous else 1


def _measure(programme: Programme, one: Indicator) -> Measure:
    value = compiled(one.value)
    return Measure(
        definition=one,
        value=value,
        valid_when=compiled(one.valid_when) if one.valid_when else None,
        min_n=max(one.min_n, group_limit(programme, one.form)),
        names=references(value.node).names,
        ratio=_ratio(value.node),
        benchmark=compiled(f"peer_median({one.id})") if one.target and one.target.peer_median else None,
    )


def _ratio(node: Node) -> tuple[Compiled, Compiled] | None:
    """Return numerator and denominator of `x div y` or `100 * x div y`."""
    if not isinstance(node, Binary) or node.op != "div":
        return None
    num = node.left
    if isinstance(num, Binary) and num.op == "*" and isinstance(num.left, Number):
        num = num.right
    return _of_node(num), _of_node(node.right)


def _rule(programme: Programme, flag: Flag) -> Rule:
    raising: dict[Severity, Compiled] = {severity: compiled(text) for severity, text in flag.raise_.items()}
    clear = compiled(flag.clear) if flag.clear else None
    nodes = [one.node for one in (*raising.values(), *([clear] if clear else []))]
    terms = {source_text(node): node for root in nodes for node in operands(root)}
    return Rule(
        definition=flag,
        raising=raising,
        clear=clear,
        terms={text: _of_node(node, text) for text, node in terms.items()},
        patience=Patience(flag.raise_after, flag.clear_after),
        min_n=group_limit(programme, flag.form),
        digest=digest(
            [[to_json(node) for node in nodes], sorted(flag.overdue.items()), flag.raise_after, flag.clear_after]
        ),
    )


def _scale(one: ScaleDefinition) -> Scale:
    low, high = one.range
    missing = frozenset(float(code) for code in one.missing)
    return Scale(one.items, low, high, one.min_valid, frozenset(one.reversed), missing)


def _functions(measures: Iterable[Measure], rules: Iterable[Rule]) -> frozenset[str]:
    used = [one for measure in measures for one in (measure.value, measure.valid_when) if one is not None]
    used += [one for rule in rules for one in (*rule.raising.values(), rule.clear) if one is not None]
    return frozenset(name for one in used for name in references(one.node).functions)
