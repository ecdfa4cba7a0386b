"""The syntax tree of an expression: immutable, comparable, the same for both evaluators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_QUOTED_QUESTION = re.compile(r"\s*\$\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\s*")


def _column() -> int:
    return field(default=1, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    column: int = _column()


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    column: int = _column()


@dataclass(frozen=True, slots=True)
class Question:
    """`${name}`: the answer to a question."""

    name: str
    column: int = _column()


@dataclass(frozen=True, slots=True)
class LastSaved:
    """`${last-saved#name}`: the answer in the previous record."""

    name: str
    column: int = _column()


@dataclass(frozen=True, slots=True)
class Current:
    """`.`: the value of the question the expression belongs to."""

    column: int = _column()


@dataclass(frozen=True, slots=True)
class Parent:
    """`..`, `../..`: the group or repeat item so many levels around the question; for `position()`."""

    levels: int = 1
    column: int = _column()


@dataclass(frozen=True, slots=True)
class Lookup:
    """`instance('list')/root/item[predicate]/name`: a column of the rows of a list that all predicates let through.

    In the predicates a bare name is a Column of the row. `wanted` None: the rows themselves, for `count()`.
    """

    list_name: str
    predicates: tuple[Node, ...]
    wanted: str | None
    column: int = _column()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the row that a lookup's predicate judges."""

    name: str
    column: int = _column()


@dataclass(frozen=True, slots=True)
class Name:
    """A bare name: an indicator, or a column of the choice list inside a choice filter."""

    id: str
    column: int = _column()


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    args: tuple[Node, ...]
    column: int = _column()


@dataclass(frozen=True, slots=True)
class Unary:
    op: str
    operand: Node
    column: int = _column()


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    left: Node
    right: Node
    column: int = _column()


OPERATORS = frozenset({"and", "or", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod"})
Node = Number | Text | Question | LastSaved | Current | Parent | Lookup | Column | Name | Call | Unary | Binary


def children(node: Node) -> tuple[Node, ...]:
    """Return the direct parts of a node, left to right."""
    if isinstance(node, Call):
        return node.args
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Lookup):
        return node.predicates
    return (node.operand,) if isinstance(node, Unary) else ()


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Yield every node with its depth (the root has 1), without recursion, in reading order of operands."""
    stack = [(node, 1)]
    while stack:
        here, depth = stack.pop()
        yield here, depth
        stack.extend((child, depth + 1) for child in reversed(children(here)))


def size(node: Node) -> int:
    """Return the number of nodes."""
    return sum(1 for _ in walk(node))


def quoted_question(node: Node) -> str | None:
    """Return the question that the quoted reference `'${name}'` (as in jr:choice-name) means, else None."""
    match = _QUOTED_QUESTION.fullmatch(node.value) if isinstance(node, Text) else None
    return match.group(1) if match else None


@dataclass(frozen=True)
class References:
    """All names an expression depends on, by what they name."""

    questions: frozenset[str]
    names: frozenset[str]
    scales: frozenset[str]
    functions: frozenset[str]
    last_saved: frozenset[str]
    site_features: frozenset[str]
    wave_features: frozenset[str]
    forms: frozenset[str]
    lists: frozenset[str]


_LITERAL_NAMES = {
    "score": "scales",
    "alpha": "scales",
    "straight_lining": "scales",
    "site": "site_features",
    "wave": "wave_features",
    "days_overdue": "forms",
    "peer_z": "site_features",
    "peer_percentile": "site_features",
    "peer_median": "site_features",
}


def named_by_literal(call: Call) -> tuple[str, Text] | None:
    """Return (kind of name, literal) for functions that take a name as their last, quoted argument."""
    kind = _LITERAL_NAMES.get(call.name)
    last = call.args[-1] if call.args else None
    return (kind, last) if kind and isinstance(last, Text) else None


def references(node: Node) -> References:
    """Collect every name the expression mentions."""
    found: dict[str, set[str]] = {key: set() for key in References.__dataclass_fields__}
    for part, _ in walk(node):
        for kind, name in _mentioned(part):
            found[kind].add(name)
    return References(**{key: frozenset(names) for key, names in found.items()})


def _mentioned(node: Node) -> Iterator[tuple[str, str]]:
    if isinstance(node, Question):
        yield "questions", node.name
    elif isinstance(node, LastSaved):
        yield "last_saved", node.name
    elif isinstance(node, Name):
        yield "names", node.id
    elif isinstance(node, Lookup):
        yield "lists", node.list_name
    elif isinstance(node, Call):
        yield "functions", node.name
        literal = named_by_literal(node)
        if literal:
            yield literal[0], literal[1].value
        question = quoted_question(node.args[1]) if node.name == "jr:choice-name" and len(node.args) == 2 else None
        if question:
            yield "questions", question
