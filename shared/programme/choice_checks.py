"""Comparisons with a choice that the list does not offer (`${consent} = 'yess'`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shared.expressions import Binary, Call, Current, Node, Number, Question, Text
from shared.expressions.tree import walk
from shared.programme.model import Choice
from shared.programme.place import Report, listed

Offered = Mapping[str, Sequence[Choice]]
_SEES_THROUGH = frozenset({"latest", "prev", "prev_valid", "baseline"})


def choice_faults(node: Node, offered: Offered, report: Report, own: str = "") -> Iterator[tuple[int, str]]:
    """Yield column and message for every choice that is compared with but does not exist; `own` is what `.` means."""
    for part, _ in walk(node):
        for subject, value in _comparisons(part):
            question = _question(subject, own)
            names = [choice.name for choice in offered.get(question, ())]
            text = _text(value)
            if names and text and text not in names:
                message = (
                    f'"{question}" has no choice "{text[:80]}".{report.hint(text, names)} '
                    f"Its choices: {listed(names, 20)}."
                )
                yield value.column, message


def _comparisons(node: Node) -> Iterator[tuple[Node, Node]]:
    if isinstance(node, Binary) and node.op in ("=", "!="):
        yield node.left, node.right
        yield node.right, node.left
    elif isinstance(node, Call) and node.name == "selected" and len(node.args) == 2:
        yield node.args[0], node.args[1]


def _question(node: Node, own: str) -> str:
    if isinstance(node, Call) and node.name in _SEES_THROUGH and node.args:
        return _question(node.args[0], own)
    if isinstance(node, Current):
        return own
    return node.name if isinstance(node, Question) else ""


def _text(node: Node) -> str:
    if isinstance(node, Text):
        return node.value.strip()
    if isinstance(node, Number):
        return str(int(node.value)) if node.value == int(node.value) else str(node.value)
    return ""
