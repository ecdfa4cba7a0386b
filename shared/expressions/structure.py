"""Faults of an expression that show without knowing which questions and indicators exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from shared.expressions import aggregates, indicator_logic, scales, sites, waves
from shared.expressions.aggregates import is_aggregate
from shared.expressions.faults import ExpressionError, ExpressionFault
from shared.expressions.forms import FORM_FUNCTIONS
from shared.expressions.indicator_functions import IndicatorFunction, Kind
from shared.expressions.signatures import call_faults
from shared.expressions.tree import Binary, Call, Current, LastSaved, Lookup, Node, Parent, Text, children, walk

ScopeKind = Literal["form", "indicator"]

INDICATOR_FUNCTIONS: Mapping[str, IndicatorFunction] = {
    **indicator_logic.FUNCTIONS,
    **aggregates.FUNCTIONS,
    **scales.FUNCTIONS,
    **waves.FUNCTIONS,
    **sites.FUNCTIONS,
}


_FORM_ONLY: Mapping[type, str] = {Current: ".", LastSaved: "${last-saved#…}", Parent: "..", Lookup: "instance(…)"}


def placed(node: Node) -> Iterator[tuple[Node, Call | None]]:
    """Yield every node with the aggregate it stands in, if any."""
    stack: list[tuple[Node, Call | None]] = [(node, None)]
    while stack:
        here, inside = stack.pop()
        yield here, inside
        function = INDICATOR_FUNCTIONS.get(here.name) if isinstance(here, Call) else None
        if isinstance(here, Call) and function and is_aggregate(here, function):
            inside = here
        stack.extend((child, inside) for child in reversed(children(here)))


def structure_faults(node: Node, kind: ScopeKind) -> list[ExpressionFault]:
    """Name unknown functions, wrong arguments and, for indicators, what cannot stand where it stands."""
    faults: list[ExpressionFault] = []
    for here, inside in placed(node):
        if isinstance(here, Call):
            faults.extend(_call_faults(here, kind))
        if kind == "indicator":
            faults.extend(_indicator_faults(here, inside))
    return faults + list(_stray_parents(node)) if kind == "form" else faults


def _stray_parents(node: Node) -> Iterator[ExpressionFault]:
    parts = [part for part, _ in walk(node)]
    numbered = {id(arg) for part in parts if isinstance(part, Call) and part.name == "position" for arg in part.args}
    for part in parts:
        if isinstance(part, Parent) and id(part) not in numbered:
            yield ExpressionFault("stray_parent", ".. stands only in position(..).", part.column)


def refuse_faults(node: Node, kind: ScopeKind) -> None:
    """Raise the first structural fault as an ExpressionError."""
    for fault in structure_faults(node, kind):
        raise ExpressionError(fault.message, fault.column)


def _call_faults(call: Call, kind: ScopeKind) -> Iterator[ExpressionFault]:
    if kind == "form":
        return call_faults(call, FORM_FUNCTIONS, INDICATOR_FUNCTIONS)
    return call_faults(call, INDICATOR_FUNCTIONS, FORM_FUNCTIONS)


def _indicator_faults(node: Node, inside: Call | None) -> Iterator[ExpressionFault]:
    sign = _FORM_ONLY.get(type(node))
    if sign:
        yield ExpressionFault("form_only", f"{sign} has a meaning only in forms.", node.column)
    if isinstance(node, Binary) and any(isinstance(side, Text) and not side.value for side in (node.left, node.right)):
        yield ExpressionFault("empty_text", "No answer is never '' here: write is_missing(…).", node.column)
    if isinstance(node, Call) and inside:
        yield from _nesting_faults(node, inside)


def _nesting_faults(call: Call, inside: Call) -> Iterator[ExpressionFault]:
    function = INDICATOR_FUNCTIONS.get(call.name)
    if function is None:
        return
    if is_aggregate(call, function):
        message = f"{call.name}() cannot stand inside {inside.name}(): both go over all respondents."
        yield ExpressionFault("nested_aggregate", message, call.column)
    elif function.kind is Kind.ACROSS:
        message = f"{call.name}() cannot stand inside {inside.name}(), which looks at one respondent at a time."
        yield ExpressionFault("across_in_aggregate", message, call.column)
