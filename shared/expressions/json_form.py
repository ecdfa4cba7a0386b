"""The syntax tree as plain JSON, for the browser and for stored definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.expressions.faults import ExpressionError
from shared.expressions.parser import MAX_DEPTH, check_limits
from shared.expressions.tree import (
    OPERATORS,
    Binary,
    Call,
    Column,
    Current,
    LastSaved,
    Lookup,
    Name,
    Node,
    Number,
    Parent,
    Question,
    Text,
    Unary,
)


def to_json(node: Node) -> dict[str, Any]:
    """Return the tree as JSON data: one key says the kind, `args` holds the parts; columns are left out."""
    match node:
        case Binary(op, left, right):
            return {"binary": op, "args": [to_json(left), to_json(right)]}
        case Unary(op, operand):
            return {"unary": op, "args": [to_json(operand)]}
        case Call(name, args):
            return {"call": name, "args": [to_json(arg) for arg in args]}
        case Lookup(list_name, predicates, wanted):
            return {"lookup": list_name, "wanted": wanted or "", "args": [to_json(part) for part in predicates]}
        case _:
            return _leaf_to_json(node)


def _leaf_to_json(node: Node) -> dict[str, Any]:
    match node:
        case Number(value):
            return {"number": value}
        case Text(value):
            return {"text": value}
        case Question(name):
            return {"question": name}
        case LastSaved(name):
            return {"last_saved": name}
        case Column(name):
            return {"column": name}
        case Parent(levels):
            return {"parent": levels}
        case Name(id):
            return {"name": id}
        case _:
            return {"current": True}


_LEAVES: dict[str, tuple[type, Callable[[Any], Node]]] = {
    "number": (float, Number),
    "text": (str, Text),
    "question": (str, Question),
    "last_saved": (str, LastSaved),
    "name": (str, Name),
    "column": (str, Column),
    "parent": (int, Parent),
    "current": (bool, lambda _: Current()),
}


def from_json(data: object) -> Node:
    """Rebuild a tree from `to_json`; raises ExpressionError if the data is anything else."""
    node = _node(data, 1)
    check_limits(node)
    return node


def _node(data: object, depth: int) -> Node:
    if not isinstance(data, Mapping) or depth > MAX_DEPTH:
        raise ExpressionError("This is not an expression tree.")
    if "args" in data:
        return _inner(data, depth)
    for key, (kind, make) in _LEAVES.items():
        value = data.get(key)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if isinstance(value, kind):
            return make(value)
    raise ExpressionError("This is not an expression tree.")


def _inner(data: Mapping[str, Any], depth: int) -> Node:
    if not isinstance(data["args"], list):
        raise ExpressionError("This is not an expression tree.")
    args = [_node(arg, depth + 1) for arg in data["args"]]
    match (data, len(args)):
        case ({"binary": str(op)}, 2) if op in OPERATORS:
            return Binary(op, args[0], args[1])
        case ({"unary": "-"}, 1):
            return Unary("-", args[0])
        case ({"lookup": str(list_name), "wanted": str(wanted)}, _):
            return Lookup(list_name, tuple(args), wanted or None)
        case ({"call": str(name)}, _):
            return Call(name, tuple(args))
    raise ExpressionError("This is not an expression tree.")
