"""Indicator functions on single values: conditions, missing values, numbers, choices, goals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from shared.expressions.form_numbers import round_half_up, truncate
from shared.expressions.indicator_functions import (
    GAPS,
    Arguments,
    Frame,
    IndicatorFunction,
    Run,
    logical,
    number,
    numeric,
    strict,
)
from shared.expressions.measures import gas_t, mean
from shared.expressions.missing import Missing, Reason, Result, first_missing
from shared.expressions.signatures import reason_name, whole

COMPOSITE_AVAILABLE = 0.7


def _if(args: Arguments) -> Run:
    condition, then, otherwise = args.runs

    def choose(frame: Frame) -> Result:
        decided = logical(condition(frame))
        if isinstance(decided, Missing):
            return decided
        return then(frame) if decided else otherwise(frame)

    return choose


def _only_if(args: Arguments) -> Run:
    condition, then = args.runs

    def choose(frame: Frame) -> Result:
        decided = logical(condition(frame))
        if isinstance(decided, Missing):
            return decided
        return then(frame) if decided else GAPS[Reason.NO_DATA]

    return choose


def _coalesce(args: Arguments) -> Run:
    def first_present(frame: Frame) -> Result:
        gaps = []
        for run in args.runs:
            value = run(frame)
            if not isinstance(value, Missing):
                return value
            gaps.append(value)
        return first_missing(gaps) or GAPS[Reason.NO_DATA]

    return first_present


def _is_missing(args: Arguments) -> Run:
    run, reason = args.runs[0], args.text(1)

    def judge(frame: Frame) -> Result:
        value = run(frame)
        return isinstance(value, Missing) and reason in (None, value.reason)

    return judge


def _answered(args: Arguments) -> Run:
    run = args.runs[0]
    return lambda frame: not isinstance(run(frame), Missing)


def _of_available(
    summary: Callable[[Sequence[float], int], float | None], too_few: Missing | None = None
) -> Callable[[Arguments], Run]:
    """Summarise the arguments that have a value; if they are too few: `too_few`, else the first gap's reason."""

    def make(args: Arguments) -> Run:
        def summarise(frame: Frame) -> Result:
            values = [number(run(frame)) for run in args.runs]
            present = [value for value in values if not isinstance(value, Missing)]
            result = summary(present, len(values))
            if result is not None:
                return result
            return (too_few if present else None) or first_missing(values) or GAPS[Reason.NO_DATA]

        return summarise

    return make


def _composite(present: Sequence[float], wanted: int) -> float | None:
    return mean(present) if present and len(present) >= COMPOSITE_AVAILABLE * wanted else None


def _selected(values: Result, wanted: Result) -> Result:
    return str(wanted).strip() in _tokens(values)


def _tokens(values: Result) -> list[str]:
    return values if isinstance(values, list) else str(values).split()


def _pow(base: float, exponent: float) -> float | Missing:
    return GAPS[Reason.ZERO_DENOMINATOR] if base == 0 and exponent < 0 else math.pow(base, exponent)


def _constant(value: bool) -> IndicatorFunction:
    return IndicatorFunction(0, 0, lambda _args: lambda _frame: value)


FUNCTIONS = {
    "if": IndicatorFunction(3, 3, _if),
    "only_if": IndicatorFunction(2, 2, _only_if),
    "coalesce": IndicatorFunction(1, None, _coalesce),
    "is_missing": IndicatorFunction(1, 2, _is_missing, rules={1: reason_name}),
    "answered": IndicatorFunction(1, 1, _answered),
    "not": strict(lambda value: not value, 1),
    "true": _constant(True),
    "false": _constant(False),
    "abs": numeric(abs, 1),
    "int": numeric(truncate, 1),
    "sqrt": numeric(math.sqrt, 1),
    "round": numeric(round_half_up, 1, 2, {1: whole(-9, 9)}),
    "pow": numeric(_pow, 2, 2, {1: whole(-16, 16)}),
    "selected": strict(_selected, 2),
    "count-selected": strict(lambda values: float(len(_tokens(values))), 1),
    "gas": IndicatorFunction(2, None, _of_available(lambda scores, _: gas_t(scores), GAPS[Reason.NOT_ANSWERED])),
    "composite": IndicatorFunction(1, None, _of_available(_composite)),
}
