"""The operands of a rule: what an explanation must name to be understood, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator

from shared.expressions import Binary, Call, Name, Node, Number, Question, Text, Unary, as_text

_LOGIC = frozenset(
    {
        "not", "if", "only_if", "coalesce", "is_missing", "answered", "abs", "round", "int", "pow", "number", "string",
        "selected", "count-selected", "composite", "gas", "true", "false", "sqrt",
    }
)  # fmt: skip


def operands(node: Node) -> Iterator[Node]:
    """Yield what the expression looks at, left to right: indicators, answers, and calls that look elsewhere.

    Arithmetic, comparisons, logic and functions of single values are looked through.
    """
    if isinstance(node, Name | Question):
        yield node
    elif isinstance(node, Binary):
        yield from operands(node.left)
        yield from operands(node.right)
    elif isinstance(node, Unary):
        yield from operands(node.operand)
    elif isinstance(node, Call):
        if node.name in _LOGIC or (node.name in ("min", "max") and len(node.args) > 1):
            for arg in node.args:
                yield from operands(arg)
        else:
            yield node


def source_text(node: Node) -> str:
    """Write a node as an author would; the same node is always written the same."""
    if isinstance(node, Binary):
        return f"{_inner(node.left)} {node.op} {_inner(node.right)}"
    if isinstance(node, Unary):
        return f"-{_inner(node.operand)}"
    if isinstance(node, Call):
        return f"{node.name}({', '.join(source_text(arg) for arg in node.args)})"
    return _leaf(node)


def _inner(node: Node) -> str:
    text = source_text(node)
    return f"({text})" if isinstance(node, Binary) else text


def _leaf(node: Node) -> str:
    if isinstance(node, Name):
        return node.id
    if isinstance(node, Question):
        return f"${{{node.name}}}"
    if isinstance(node, Number):
        return as_text(node.value)
    return f"'{node.value}'" if isinstance(node, Text) else "."
