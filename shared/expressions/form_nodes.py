"""Form functions over several values: repeat items, rows of lists, and what looks one of them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from shared.expressions.context import FormContext, Nodes, Value
from shared.expressions.form_functions import FormFunction, Run, plain
from shared.expressions.signatures import parent_levels, question_itself, quoted
from shared.expressions.tree import Call, Lookup, Parent, Question, Text
from shared.expressions.values import as_number, as_text, each, is_empty


class _Judging:
    """A context in which a bare name is a column of one row."""

    __slots__ = ("_around", "_row")

    def __init__(self, around: FormContext, row: Mapping[str, str]) -> None:
        self._around = around
        self._row = row

    def choice(self, column: str, /) -> Value:
        """Return the row's column, '' if it has none."""
        return self._row.get(column, "")

    def __getattr__(self, name: str) -> object:
        return getattr(self._around, name)


def look_up(node: Lookup, predicates: Sequence[Run]) -> Run:
    """Return a function that gives the wanted column of the rows which every predicate lets through, as Nodes."""

    def found(context: FormContext) -> Value:
        rows = context.rows(node.list_name)
        for predicate in predicates:
            judged = ((number, row, predicate(_in(context, row))) for number, row in enumerate(rows, start=1))
            rows = [row for number, row, verdict in judged if _lets_through(verdict, number)]
        return Nodes(row.get(node.wanted, "") if node.wanted else "" for row in rows)

    return found


def _in(context: FormContext, row: Mapping[str, str]) -> FormContext:
    return cast(FormContext, _Judging(context, row))


def _lets_through(verdict: Value, number: int) -> bool:
    """A number picks the row at that place, as in XPath; anything else is a condition."""
    if isinstance(verdict, float):
        return verdict == number
    return bool(verdict)


def _pull(call: Call, args: Sequence[Run]) -> Run:
    file, column, key = (cast(Text, arg).value for arg in call.args[:3])
    list_name = file.removesuffix(".csv")

    def pulled(context: FormContext) -> Value:
        wanted = as_text(args[3](context))
        rows = (row for row in context.rows(list_name) if row.get(key) == wanted)
        return next(rows, {}).get(column, "")

    return pulled


def _indexed(call: Call, args: Sequence[Run]) -> Run:
    asked = cast(Question, call.args[0]).name
    pairs = [(cast(Question, repeat).name, index) for repeat, index in zip(call.args[1::2], args[2::2], strict=False)]

    def answer(context: FormContext) -> Value:
        return context.indexed(asked, {repeat: _number(index(context)) for repeat, index in pairs})

    return answer


def _number(index: Value) -> int:
    """Return which item is meant: what is no number means none, and nothing comes before the first (as in JavaRosa)."""
    number = as_number(index)
    return max(1, int(min(number, 1e6))) if number == number else 0


def _position(call: Call, _: Sequence[Run]) -> Run:
    levels = cast(Parent, call.args[0]).levels
    return lambda context: context.position(levels)


def _count_answered(*values: Value) -> Value:
    return float(sum(not is_empty(value) for value in each(values)))


FUNCTIONS: dict[str, FormFunction] = {
    "count": plain(lambda nodes: float(len(each((nodes,)))), 1),
    "count-non-empty": plain(_count_answered, 1, None),
    "concat": plain(lambda *values: "".join(map(as_text, each(values))), 1, None),
    "join": plain(lambda separator, *values: as_text(separator).join(map(as_text, each(values))), 1, None),
    "position": FormFunction(1, 1, _position, {0: parent_levels}),
    "indexed-repeat": FormFunction(3, 7, _indexed, {0: question_itself, 1: question_itself, 3: question_itself}),
    "pulldata": FormFunction(
        4, 4, _pull, {0: quoted("a file's name"), 1: quoted("a column's name"), 2: quoted("a column's name")}
    ),
}
