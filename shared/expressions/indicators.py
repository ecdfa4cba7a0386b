"""The indicator evaluator: a tree becomes one closure over a site and wave; missing values say why."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from shared.expressions.context import IndicatorContext
from shared.expressions.indicator_functions import (
    GAPS,
    LARGEST,
    Arguments,
    Frame,
    OutOfSteps,
    Run,
    Tally,
    finite,
    logical,
    number,
)
from shared.expressions.missing import Missing, Reason, Result, first_missing
from shared.expressions.scales import only_row
from shared.expressions.structure import INDICATOR_FUNCTIONS, refuse_faults
from shared.expressions.tree import Binary, Call, Name, Node, Number, Question, Text, Unary
from shared.expressions.values import equal, equal_numbers

_ERROR, _ZERO, _NONFINITE = GAPS[Reason.ERROR], GAPS[Reason.ZERO_DENOMINATOR], GAPS[Reason.NONFINITE]


class Counted(NamedTuple):
    """A value and the smallest number of valid respondents behind it; `n` None: it rests on no aggregate."""

    value: Result
    n: int | None


def compile_indicator(node: Node) -> Callable[[IndicatorContext], Result]:
    """Turn a tree into a function of the context; raises ExpressionError for structural faults."""
    counted = compile_counted(node)
    return lambda context: counted(context).value


def compile_counted(node: Node) -> Callable[[IndicatorContext], Counted]:
    """Like `compile_indicator`, with the number of respondents behind the value."""
    refuse_faults(node, "indicator")
    run = _compiled(node)

    def evaluate(context: IndicatorContext) -> Counted:
        tally = Tally()
        try:
            value = run(Frame(context, None, tally))
        except OutOfSteps:
            return Counted(_ERROR, tally.n)
        except OverflowError:
            return Counted(_NONFINITE, tally.n)
        if isinstance(value, (bool, str, list, Missing)):
            return Counted(value, tally.n)
        return Counted(finite(float(value)), tally.n)

    return evaluate


def _compiled(node: Node) -> Run:
    return _COMPILERS[type(node)](node)


def _constant(node: Number | Text) -> Run:
    value: Result = node.value
    return lambda _: value


def _question(node: Question) -> Run:
    name = node.name

    def answer(frame: Frame) -> Result:
        row = frame.row
        if row is not None:
            return row.answer(name)
        only = only_row(frame, name)
        return only if isinstance(only, Missing) else only.answer(name)

    return answer


def _indicator(node: Name) -> Run:
    name = node.id
    return lambda frame: frame.context.indicator(name)


def _negation(node: Unary) -> Run:
    operand = _compiled(node.operand)

    def negate(frame: Frame) -> Result:
        value = number(operand(frame))
        return value if isinstance(value, Missing) else -value

    return negate


def _call(node: Call) -> Run:
    return INDICATOR_FUNCTIONS[node.name].make(Arguments(node, [_compiled(arg) for arg in node.args]))


def _and_or(decisive: bool) -> Callable[[Run, Run], Run]:
    """Kleene's logic: the decisive value decides whatever is missing; else missing stays missing."""

    def make(left: Run, right: Run) -> Run:
        def decide(frame: Frame) -> Result:
            first = left(frame)
            if first.__class__ is not bool:
                first = logical(first)
            if first is decisive:
                return decisive
            second = right(frame)
            if second.__class__ is not bool:
                second = logical(second)
            if second is decisive:
                return decisive
            if first.__class__ is bool and second.__class__ is bool:
                return not decisive
            return first_missing((first, second)) or not decisive

        return decide

    return make


def _comparing(operation: Callable[[Any, Any], bool]) -> Callable[[Run, Run], Run]:
    def make(left: Run, right: Run) -> Run:
        def compare(frame: Frame) -> Result:
            first, second = left(frame), right(frame)
            if first.__class__ is not float or second.__class__ is not float:
                first, second = number(first), number(second)
                missing = first_missing((first, second))
                if missing:
                    return missing
            return operation(first, second)

        return compare

    return make


def _on_numbers(operation: Callable[[float, float], float], divides: bool = False) -> Callable[[Run, Run], Run]:
    def make(left: Run, right: Run) -> Run:
        def compute(frame: Frame) -> Result:
            first, second = left(frame), right(frame)
            if first.__class__ is not float or second.__class__ is not float:
                first, second = number(first), number(second)
                missing = first_missing((first, second))
                if missing:
                    return missing
            if divides and not second:
                return _ZERO
            result = operation(first, second)  # type: ignore[arg-type]
            return result if -LARGEST <= result <= LARGEST else _NONFINITE

        return compute

    return make


def _same(left: Result, right: Result) -> bool:
    first, second = (" ".join(side) if isinstance(side, list) else side for side in (left, right))
    if isinstance(first, Missing) or isinstance(second, Missing):
        return False
    if isinstance(first, int | float) and isinstance(second, int | float):
        return equal(float(first), float(second))
    return equal(first, second)


def _equality(wanted: bool) -> Callable[[Run, Run], Run]:
    def make(left: Run, right: Run) -> Run:
        def compare(frame: Frame) -> Result:
            first, second = left(frame), right(frame)
            if first.__class__ is float and second.__class__ is float:
                return equal_numbers(first, second) is wanted
            return first_missing((first, second)) or _same(first, second) is wanted

        return compare

    return make


_OPERATORS: Mapping[str, Callable[[Run, Run], Run]] = {
    "and": _and_or(decisive=False),
    "or": _and_or(decisive=True),
    "=": _equality(True),
    "!=": _equality(False),
    "<": _comparing(operator.lt),
    "<=": _comparing(operator.le),
    ">": _comparing(operator.gt),
    ">=": _comparing(operator.ge),
    "+": _on_numbers(operator.add),
    "-": _on_numbers(operator.sub),
    "*": _on_numbers(operator.mul),
    "div": _on_numbers(operator.truediv, divides=True),
    "mod": _on_numbers(math.fmod, divides=True),
}


def _binary(node: Binary) -> Run:
    return _OPERATORS[node.op](_compiled(node.left), _compiled(node.right))


_COMPILERS: Mapping[type, Callable[[Any], Run]] = {
    Number: _constant,
    Text: _constant,
    Question: _question,
    Name: _indicator,
    Unary: _negation,
    Call: _call,
    Binary: _binary,
}
