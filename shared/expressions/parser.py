"""Text to syntax tree, within hard limits, with the column of whatever is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from shared.expressions.faults import ExpressionError
from shared.expressions.tree import (
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
    walk,
)

MAX_CHARS = 2_000
MAX_NODES = 500
MAX_DEPTH = 32
MAX_STRING = 200
MAX_NUMBER = 1e15

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PARENTHESES = re.compile(r"'[^']*'|\"[^\"]*\"|[()]")
_HINTS = {
    "/": "The only path is instance('list')/root/item[…]/column; to divide, write div.",
    "%": "For the remainder write mod; percentages are written as plain numbers.",
    "≥": "Write >= instead of ≥.",
    "≤": "Write <= instead of ≤.",
    "≠": "Write != instead of ≠.",
    "−": "Write the ordinary minus sign -.",
    "–": "Write the ordinary minus sign -.",
    "×": "Write * to multiply.",
    "^": "Write pow(x, k) for powers.",
    "[": "A predicate stands only behind instance('list')/root/item.",
    "$": "A question is written ${name}.",
    "'": "A text is not closed: the second ' is missing.",
    '"': 'A text is not closed: the second " is missing.',
} | dict.fromkeys("„“”‚‘’«»`´", "Write texts in straight quotes: 'text'.")


def parse(text: str) -> Node:
    """Read one expression; raises ExpressionError for anything unreadable or beyond the limits."""
    if len(text) > MAX_CHARS:
        raise ExpressionError(f"The expression is longer than {MAX_CHARS} characters.", MAX_CHARS + 1)
    return _parse(text)


@lru_cache(maxsize=4096)
def _parse(text: str) -> Node:
    _check_surface(text)
    try:
        node = cast(Node, _grammar().parse(text))
    except UnexpectedInput as error:
        raise _explained(error, text) from None
    check_limits(node)
    return node


def check_limits(node: Node) -> None:
    """Raise ExpressionError if a tree has too many nodes or is nested too deeply."""
    for count, (part, depth) in enumerate(walk(node), start=1):
        if count > MAX_NODES:
            raise ExpressionError(f"The expression has more than {MAX_NODES} parts.", part.column)
        if depth > MAX_DEPTH:
            raise ExpressionError(f"The expression is nested more than {MAX_DEPTH} levels deep.", part.column)


def _check_surface(text: str) -> None:
    control = _CONTROL.search(text)
    if control:
        raise ExpressionError("The expression contains a control character.", control.start() + 1)
    depth = 0
    for match in _PARENTHESES.finditer(text):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if depth > MAX_DEPTH:
            raise ExpressionError(f"The expression is nested more than {MAX_DEPTH} levels deep.", match.start() + 1)


def _explained(error: UnexpectedInput, text: str) -> ExpressionError:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        position = error.token.start_pos or 0
        doubled = text[max(position - 1, 0) : position + 1] == "=="
        hint = "Write one = to compare." if doubled else _HINTS.get(str(error.token), "")
        return ExpressionError(f"Unexpected “{error.token}”. {hint}".rstrip(), position + 1)
    if isinstance(error, UnexpectedCharacters):
        position = error.pos_in_stream or 0
        character = text[position]
        hint = _HINTS.get(character, "")
        return ExpressionError(f"Unexpected character “{character}”. {hint}".rstrip(), position + 1)
    ending = "ends too early" if text.strip() else "is empty"
    return ExpressionError(f"The expression {ending}.", len(text) + 1)


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    source = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(source, parser="lalr", lexer="contextual", transformer=_Builder(), maybe_placeholders=False)


def _at(token: Token) -> int:
    return (token.start_pos or 0) + 1


class _Builder(Transformer[Token, Node]):
    """Grammar rules to nodes; called bottom-up while parsing, so depth costs no recursion."""

    def or_chain(self, parts: Sequence[Node | Token]) -> Node:
        return _balanced("or", parts)

    def and_chain(self, parts: Sequence[Node | Token]) -> Node:
        return _balanced("and", parts)

    def binary(self, parts: tuple[Node, Token, Node]) -> Node:
        left, op, right = parts
        return Binary(str(op), left, right, _at(op))

    def negation(self, parts: tuple[Token, Node]) -> Node:
        sign, operand = parts
        if isinstance(operand, Number):
            return Number(-operand.value, _at(sign))
        return Unary("-", operand, _at(sign))

    def number(self, parts: tuple[Token]) -> Node:
        value = float(parts[0])
        if value > MAX_NUMBER:
            raise ExpressionError("The number is too large.", _at(parts[0]))
        return Number(value, _at(parts[0]))

    def text(self, parts: tuple[Token]) -> Node:
        value = str(parts[0])[1:-1]
        if len(value) > MAX_STRING:
            raise ExpressionError(f"A text may have at most {MAX_STRING} characters.", _at(parts[0]))
        return Text(value, _at(parts[0]))

    def question(self, parts: tuple[Token]) -> Node:
        return Question(parts[0][2:-1].strip(), _at(parts[0]))

    def sibling(self, parts: tuple[Token]) -> Node:
        """`current()/../name`: what `${name}` means, written as a path."""
        return Question(parts[0].rpartition("/")[2].strip(), _at(parts[0]))

    def last_saved(self, parts: tuple[Token]) -> Node:
        return LastSaved(parts[0][2:-1].strip().removeprefix("last-saved#"), _at(parts[0]))

    def parent(self, parts: tuple[Token]) -> Node:
        return Parent(parts[0].count(".."), _at(parts[0]))

    def predicate(self, parts: tuple[Node]) -> Node:
        return _of_row(parts[0])

    def lookup(self, parts: Sequence[Node | Token]) -> Node:
        """`instance('l')/root/item[…]/column`, the only path of the language."""
        tokens = [part for part in parts if isinstance(part, Token)]
        start, list_name, _, root, _, item, *last = tokens
        if (root, item) != ("root", "item"):
            raise ExpressionError("A list is written instance('list')/root/item[…]/column.", _at(start))
        predicates = tuple(part for part in parts if not isinstance(part, Token))
        return Lookup(str(list_name)[1:-1], predicates, str(last[-1]) if last else None, _at(start))

    def current(self, parts: tuple[Token]) -> Node:
        return Current(_at(parts[0]))

    def name(self, parts: tuple[Token]) -> Node:
        return Name(str(parts[0]), _at(parts[0]))

    def call(self, parts: Sequence[Node | Token]) -> Node:
        name, *args = parts
        assert isinstance(name, Token)
        return Call(str(name), tuple(arg for arg in args if not isinstance(arg, Token)), _at(name))


def _of_row(node: Node) -> Node:
    """Return the predicate with its bare names as columns; depth is bounded before anything is parsed."""
    match node:
        case Name(id, column):
            return Column(id, column)
        case Call(name, args, column):
            return Call(name, tuple(map(_of_row, args)), column)
        case Unary(op, operand, column):
            return Unary(op, _of_row(operand), column)
        case Binary(op, left, right, column):
            return Binary(op, _of_row(left), _of_row(right), column)
    return node


def _balanced(op: str, parts: Sequence[Node | Token]) -> Node:
    # Same meaning as a left or right fold (order and short circuit kept), but a long chain stays shallow.
    nodes = [part for part in parts if not isinstance(part, Token)]
    columns = [_at(part) for part in parts if isinstance(part, Token)]

    def fold(start: int, end: int) -> Node:
        if end - start == 1:
            return nodes[start]
        middle = (start + end) // 2
        return Binary(op, fold(start, middle), fold(middle, end), columns[middle - 1])

    return fold(0, len(nodes))
