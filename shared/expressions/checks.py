"""Names every fault of an expression against the names that exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared.expressions.aggregates import is_aggregate
from shared.expressions.faults import ExpressionFault
from shared.expressions.signatures import did_you_mean
from shared.expressions.structure import INDICATOR_FUNCTIONS, ScopeKind, placed, structure_faults
from shared.expressions.tree import (
    Call,
    Column,
    LastSaved,
    Lookup,
    Name,
    Node,
    Question,
    Text,
    named_by_literal,
    quoted_question,
    walk,
)


@dataclass(frozen=True)
class Scope:
    """The names an expression may use.

    `questions` and `scales` say whether several respondents answer them; `names` are indicators;
    `choice_columns` are the columns a choice filter sees as bare names, `lists` the columns of every list.
    """

    kind: ScopeKind
    questions: Mapping[str, bool] = field(default_factory=dict)
    names: Collection[str] = ()
    scales: Mapping[str, bool] = field(default_factory=dict)
    features: Collection[str] = ()
    wave_features: Collection[str] = ()
    forms: Collection[str] = ()
    choice_columns: Collection[str] = ()
    lists: Mapping[str, Collection[str]] = field(default_factory=dict)


def check(node: Node, scope: Scope) -> list[ExpressionFault]:
    """Return all faults in reading order; an empty list means the expression can be compiled and evaluated."""
    faults = structure_faults(node, scope.kind)
    for here, inside in placed(node):
        faults.extend(_name_faults(here, scope))
        if scope.kind == "indicator" and inside is None:
            faults.extend(_row_faults(here, scope))
        if inside is None and isinstance(here, Call):
            faults.extend(_mixture_faults(here, scope))
    return sorted(faults, key=lambda fault: fault.column)


def _name_faults(node: Node, scope: Scope) -> Iterator[ExpressionFault]:
    if isinstance(node, Question | LastSaved):
        yield from _unless_known("question", node.name, scope.questions, node.column)
    elif isinstance(node, Name):
        yield from _bare_name_faults(node, scope)
    elif isinstance(node, Lookup):
        columns = [(part.name, part.column) for part in _columns(node)] + [(node.wanted or "name", node.column)]
        yield from _list_faults(node.list_name, node.column, columns, scope)
    elif isinstance(node, Call):
        yield from _literal_faults(node, scope)


def _columns(node: Lookup) -> Iterator[Column]:
    for predicate in node.predicates:
        yield from (part for part, _ in walk(predicate) if isinstance(part, Column))


def _list_faults(
    list_name: str, at: int, columns: Sequence[tuple[str, int]], scope: Scope
) -> Iterator[ExpressionFault]:
    if list_name not in scope.lists:
        yield from _unless_known("list", list_name, scope.lists, at)
        return
    for name, column in columns:
        yield from _unless_known(f"column of {list_name}", name, scope.lists[list_name], column)


def _bare_name_faults(node: Name, scope: Scope) -> Iterator[ExpressionFault]:
    if scope.kind == "indicator":
        yield from _unless_known("indicator", node.id, scope.names, node.column)
    elif scope.choice_columns:
        yield from _unless_known("choice column", node.id, scope.choice_columns, node.column)
    else:
        message = f"{node.id} is not a function or a number; a question is written ${{{node.id}}}, a text '{node.id}'."
        yield ExpressionFault("bare_name", message, node.column)


def _literal_faults(call: Call, scope: Scope) -> Iterator[ExpressionFault]:
    question = quoted_question(call.args[1]) if call.name == "jr:choice-name" and len(call.args) == 2 else None
    if question:
        yield from _unless_known("question", question, scope.questions, call.args[1].column)
    if call.name == "pulldata" and scope.kind == "form" and all(isinstance(arg, Text) for arg in call.args[:3]):
        file, *columns = (arg for arg in call.args[:3] if isinstance(arg, Text))
        asked = [(column.value, column.column) for column in columns]
        yield from _list_faults(file.value.removesuffix(".csv"), file.column, asked, scope)
    literal = named_by_literal(call) if scope.kind == "indicator" else None
    if not literal:
        return
    kind, text = literal
    known: dict[str, tuple[str, Collection[str]]] = {
        "scales": ("scale", scope.scales),
        "site_features": ("site feature", scope.features),
        "wave_features": ("wave feature", scope.wave_features),
        "forms": ("form", scope.forms),
    }
    what, names = known[kind]
    yield from _unless_known(what, text.value, names, text.column)


def _unless_known(what: str, name: str, known: Collection[str], column: int) -> Iterator[ExpressionFault]:
    if name in known:
        return
    subtraction = what == "indicator" and name.partition("-")[0] in known
    hint = " To subtract, put blanks around the minus sign." if subtraction else did_you_mean(name, known)
    code = f"unknown_{what.partition(' of ')[0].replace(' ', '_')}"
    yield ExpressionFault(code, f"There is no {what} {name}.{hint}", column)


def _row_faults(node: Node, scope: Scope) -> Iterator[ExpressionFault]:
    if isinstance(node, Question) and scope.questions.get(node.name):
        message = f"Several respondents answer ${{{node.name}}}: say how to combine them, e.g. mean(${{{node.name}}})."
        yield ExpressionFault("needs_aggregate", message, node.column)
    literal = named_by_literal(node) if isinstance(node, Call) and node.name == "score" else None
    if literal and scope.scales.get(literal[1].value):
        message = f"Several respondents answer scale {literal[1].value}: write mean(score('{literal[1].value}'))."
        yield ExpressionFault("needs_aggregate", message, node.column)


def _mixture_faults(call: Call, scope: Scope) -> Iterator[ExpressionFault]:
    function = INDICATOR_FUNCTIONS.get(call.name)
    if scope.kind == "form" or function is None or not is_aggregate(call, function):
        return
    asked = {here.name: scope.questions.get(here.name) for here, _ in placed(call) if isinstance(here, Question)}
    if {True, False} <= set(asked.values()):
        single = next(name for name, many in asked.items() if many is False)
        message = f"{call.name}() goes over respondents, but only one person answers ${{{single}}}."
        yield ExpressionFault("mixed_forms", message, call.column)
