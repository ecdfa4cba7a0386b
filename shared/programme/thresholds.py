"""Whether a flag's clear condition can hold together with a raise condition, for simple thresholds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from shared.expressions import Binary, Name, Node, Number, Question

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
_MOST_TERMS = 32


@dataclass(frozen=True)
class Interval:
    """Numbers between two ends; `open_low`/`open_high` leave the end itself out."""

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    def meets(self, other: Interval) -> bool:
        """Return whether some number lies in both."""
        low, open_low = max((self.low, self.open_low), (other.low, other.open_low))
        high, closed = min((self.high, not self.open_high), (other.high, not other.open_high))
        return low < high or (low == high and closed and not open_low)

    def within(self, other: Interval) -> Interval:
        """Return the numbers that lie in both."""
        low, open_low = max((self.low, self.open_low), (other.low, other.open_low))
        high, closed = min((self.high, not self.open_high), (other.high, not other.open_high))
        return Interval(low, high, open_low, not closed)


Term = Mapping[str, Interval]


def both_can_hold(one: Node, other: Node) -> str | None:
    """Return the name of a value for which both hold at once; None when that is impossible or cannot be told."""
    for first, second in product(_terms(one), _terms(other)):
        common = sorted(set(first) & set(second))
        if common and all(first[name].meets(second[name]) for name in common):
            return common[0]
    return None


def _terms(node: Node) -> Sequence[Term]:
    """Return the alternatives of a condition; those with anything but plain thresholds are left out."""
    if isinstance(node, Binary) and node.op == "or":
        return [*_terms(node.left), *_terms(node.right)][:_MOST_TERMS]
    if isinstance(node, Binary) and node.op == "and":
        pairs = product(_terms(node.left), _terms(node.right))
        return [_joined(left, right) for left, right in pairs][:_MOST_TERMS]
    term = _threshold(node)
    return [term] if term else []


def _joined(one: Term, other: Term) -> Term:
    joined = dict(one)
    for name, interval in other.items():
        joined[name] = joined[name].within(interval) if name in joined else interval
    return joined


def _threshold(node: Node) -> Term | None:
    if not isinstance(node, Binary) or node.op not in _MIRRORED:
        return None
    subject, op, value = node.left, node.op, node.right
    if isinstance(subject, Number):
        subject, op, value = value, _MIRRORED[op], subject
    if not isinstance(value, Number) or not isinstance(subject, Name | Question):
        return None
    name = subject.id if isinstance(subject, Name) else f"${{{subject.name}}}"
    return {name: _interval(op, value.value)}


def _interval(op: str, value: float) -> Interval:
    if op == "=":
        return Interval(value, value)
    if op in ("<", "<="):
        return Interval(high=value, open_high=op == "<")
    return Interval(low=value, open_low=op == ">")
