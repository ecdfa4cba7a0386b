"""Picks the thresholds out of a rule, so that an explanation can say what would have to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shared.expressions.tree import Binary, Name, Node, Number, Question

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(frozen=True)
class Comparison:
    """One term `left op threshold` of a rule."""

    left: Node
    op: str
    threshold: float

    @property
    def name(self) -> str | None:
        """The indicator or question compared, None if it is a computed term."""
        if isinstance(self.left, Question):
            return self.left.name
        return self.left.id if isinstance(self.left, Name) else None


def comparisons(node: Node) -> list[Comparison]:
    """Return the comparisons with a number that a rule joins by `and` and `or`, left to right."""
    return list(_found(node))


def _found(node: Node) -> Iterator[Comparison]:
    if not isinstance(node, Binary):
        return
    if node.op in ("and", "or"):
        yield from _found(node.left)
        yield from _found(node.right)
    elif node.op in _MIRRORED:
        if isinstance(node.right, Number):
            yield Comparison(node.left, node.op, node.right.value)
        elif isinstance(node.left, Number):
            yield Comparison(node.right, _MIRRORED[node.op], node.left.value)
