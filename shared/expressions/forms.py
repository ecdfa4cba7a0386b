"""The form evaluator: a tree becomes one closure over the record, with ODK's meaning."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shared.expressions import form_choices, form_dates, form_nodes, form_numbers, form_text
from shared.expressions.context import FormContext, Nodes, Value
from shared.expressions.faults import ExpressionError
from shared.expressions.form_functions import FormFunction, Run
from shared.expressions.form_numbers import divide, remainder
from shared.expressions.signatures import call_faults
from shared.expressions.tree import Binary, Call, Column, LastSaved, Lookup, Name, Node, Number, Question, Text, Unary
from shared.expressions.values import as_number, equal, form_value, truth

FORM_FUNCTIONS: Mapping[str, FormFunction] = {
    **form_choices.FUNCTIONS,
    **form_numbers.FUNCTIONS,
    **form_text.FUNCTIONS,
    **form_dates.FUNCTIONS,
    **form_nodes.FUNCTIONS,
}


@dataclass(frozen=True)
class FormState:
    """A ready-made FormContext over stored answers; `labels` maps question → value → label."""

    answers: Mapping[str, Any]
    now: datetime
    new_id: Callable[[], str]
    current: Value = ""
    language: str = "en"
    previous: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    row: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.date()

    def value(self, question: str, /) -> Value:
        return form_value(self.answers.get(question))

    def indexed(self, question: str, indexes: Mapping[str, int], /) -> Value:
        found = self.value(question)
        number = next(iter(indexes.values()))
        return found[number - 1] if isinstance(found, Nodes) and 0 < number <= len(found) else ""

    def position(self, levels: int, /) -> float:
        return 1.0

    def rows(self, list_name: str, /) -> Sequence[Mapping[str, str]]:
        return self.lists.get(list_name, ())

    def last_saved(self, question: str, /) -> Value:
        return form_value(self.previous.get(question))

    def choice(self, column: str, /) -> Value:
        return self.row.get(column, "")

    def choices(self, question: str, /) -> Mapping[str, str]:
        return self.labels.get(question, {})

    def instance_ids(self) -> str:
        return self.new_id()


def compile_form(node: Node) -> Run:
    """Turn a tree into a function of the record; raises ExpressionError for a call that cannot be."""
    return _COMPILERS[type(node)](node) if type(node) in _COMPILERS else _current


def _current(context: FormContext) -> Value:
    return context.current


def _constant(node: Number | Text) -> Run:
    value: Value = node.value
    return lambda _: value


def _question(node: Question) -> Run:
    name = node.name
    return lambda context: context.value(name)


def _last_saved(node: LastSaved) -> Run:
    name = node.name
    return lambda context: context.last_saved(name)


def _lookup(node: Lookup) -> Run:
    return form_nodes.look_up(node, [compile_form(predicate) for predicate in node.predicates])


def _column(node: Name | Column) -> Run:
    name = node.id if isinstance(node, Name) else node.name
    return lambda context: context.choice(name)


def _negation(node: Unary) -> Run:
    operand = compile_form(node.operand)
    return lambda context: -as_number(operand(context))


def _call(node: Call) -> Run:
    for fault in call_faults(node, FORM_FUNCTIONS, ()):
        raise ExpressionError(fault.message, fault.column)
    return FORM_FUNCTIONS[node.name].make(node, [compile_form(arg) for arg in node.args])


def _and(left: Run, right: Run) -> Run:
    def both(context: FormContext) -> Value:
        first = left(context)
        if first is False or (first is not True and not truth(first)):
            return False
        second = right(context)
        return second is True or (second is not False and truth(second))

    return both


def _or(left: Run, right: Run) -> Run:
    def either(context: FormContext) -> Value:
        first = left(context)
        if first is True or (first is not False and truth(first)):
            return True
        second = right(context)
        return second is True or (second is not False and truth(second))

    return either


def _on_numbers(operation: Callable[[float, float], Value]) -> Callable[[Run, Run], Run]:
    def make(left: Run, right: Run) -> Run:
        def compute(context: FormContext) -> Value:
            first, second = left(context), right(context)
            if first.__class__ is not float:
                first = as_number(first)
            if second.__class__ is not float:
                second = as_number(second)
            return operation(first, second)

        return compute

    return make


def _equality(wanted: bool) -> Callable[[Run, Run], Run]:
    def make(left: Run, right: Run) -> Run:
        return lambda context: equal(left(context), right(context)) is wanted

    return make


_OPERATORS: Mapping[str, Callable[[Run, Run], Run]] = {
    "and": _and,
    "or": _or,
    "=": _equality(True),
    "!=": _equality(False),
    "<": _on_numbers(operator.lt),
    "<=": _on_numbers(operator.le),
    ">": _on_numbers(operator.gt),
    ">=": _on_numbers(operator.ge),
    "+": _on_numbers(operator.add),
    "-": _on_numbers(operator.sub),
    "*": _on_numbers(operator.mul),
    "div": _on_numbers(divide),
    "mod": _on_numbers(remainder),
}


def _binary(node: Binary) -> Run:
    return _OPERATORS[node.op](compile_form(node.left), compile_form(node.right))


_COMPILERS: Mapping[type, Callable[[Any], Run]] = {
    Number: _constant,
    Text: _constant,
    Question: _question,
    LastSaved: _last_saved,
    Name: _column,
    Column: _column,
    Lookup: _lookup,
    Unary: _negation,
    Call: _call,
    Binary: _binary,
}
