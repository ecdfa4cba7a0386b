"""Which answers to a question conditions can tell apart: enough to try, or None when that cannot be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from shared.expressions import Binary, Call, Current, LastSaved, Node, Number, Question, Text
from shared.expressions.tree import Column, Lookup, Parent, walk
from shared.programme.model import Form
from shared.programme.model import Question as Asked

Answers = Sequence[object]
_CHANGING = frozenset({"today", "now", "random", "uuid", "once", "pulldata", "position", "indexed-repeat"})
_COMPARING = frozenset({"=", "!=", "<", "<=", ">", ">="})
_EQUAL = frozenset({"=", "!="})
_NUMBERS = frozenset({"integer", "decimal", "range"})
_MOST_CHOSEN = 5
_ANYTHING_ELSE = "\N{REPLACEMENT CHARACTER}"


def possible_answers(form: Form, name: str, nodes: Sequence[Node]) -> Answers | None:
    """Return answers to a question, at least one of every kind these conditions can tell apart; None if unknown."""
    question = form.question(name)
    if form.repeats().get(name) or any(_unsteady(node) for node in nodes):
        return None
    if question.type == "select_one":
        return ("", *(choice.name for choice in form.choices.get(question.list_name or "", ())))
    if question.type == "acknowledge":
        return ("", "OK")
    compared = list(_compared(name, nodes))
    if None in compared:
        return None
    return _told_apart(question, [one for one in compared if one])


def _unsteady(node: Node) -> bool:
    return any(
        isinstance(part, Current | LastSaved | Lookup | Parent | Column)
        or (isinstance(part, Call) and part.name in _CHANGING)
        for part, _ in walk(node)
    )


def _compared(name: str, nodes: Iterable[Node]) -> Iterator[tuple[str, Number | Text] | None]:
    """Yield every literal the question is compared with (`selected` counts); None for any other use of it."""
    for node in nodes:
        uses = sum(isinstance(part, Question) and part.name == name for part, _ in walk(node))
        known = [found for part, _ in walk(node) if (found := _comparison(part, name))]
        yield from known
        if uses > len(known):
            yield None


def _comparison(part: Node, name: str) -> tuple[str, Number | Text] | None:
    if isinstance(part, Binary) and part.op in _COMPARING:
        pairs = ((part.left, part.right), (part.right, part.left))
        op = part.op
    elif isinstance(part, Call) and part.name == "selected" and len(part.args) == 2:
        pairs, op = ((part.args[0], part.args[1]),) * 2, "selected"
    else:
        return None
    for subject, value in pairs:
        if isinstance(subject, Question) and subject.name == name and isinstance(value, Number | Text):
            return op, value
    return None


def _told_apart(question: Asked, compared: Sequence[tuple[str, Number | Text]]) -> Answers | None:
    values = [value for _, value in compared]
    ops = {op for op, _ in compared}
    if question.type in _NUMBERS and "selected" not in ops:
        return _numbers(values)
    if question.type == "select_multiple":
        return _subsets(compared)
    if question.type == "text" and ops <= _EQUAL and all(isinstance(value, Text) for value in values):
        return ("", _ANYTHING_ELSE, *(str(value.value) for value in values))
    return None


def _numbers(values: Sequence[Number | Text]) -> Answers | None:
    points: set[float] = set()
    for value in values:
        if isinstance(value, Text) and not value.value.strip():
            continue
        try:
            points.add(float(value.value))
        except ValueError:
            return None
    ends = sorted(points)
    between = [(low + high) / 2 for low, high in zip(ends, ends[1:], strict=False)]
    outside = [ends[0] - 1, ends[-1] + 1] if ends else [0.0]
    return ("", *ends, *between, *outside)


def _subsets(compared: Sequence[tuple[str, Number | Text]]) -> Answers | None:
    if any(op != "selected" and not (op in _EQUAL and value.value == "") for op, value in compared):
        return None
    names = sorted({_plain(value) for op, value in compared if op == "selected"})
    if len(names) > _MOST_CHOSEN:
        return None
    chosen = [subset for size in range(len(names) + 1) for subset in combinations(names, size)]
    return ("", *(" ".join((*subset, _ANYTHING_ELSE)) for subset in chosen), *(" ".join(one) for one in chosen if one))


def _plain(value: Number | Text) -> str:
    if isinstance(value, Number):
        return str(int(value.value)) if value.value == int(value.value) else str(value.value)
    return value.value.strip()
