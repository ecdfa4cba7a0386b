"""Indicator functions over all respondents of a form at one site in one wave."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from shared.expressions.context import Row
from shared.expressions.indicator_functions import (
    GAPS,
    Arguments,
    Frame,
    IndicatorFunction,
    Kind,
    Run,
    finite,
    logical,
    number,
    numeric,
)
from shared.expressions.measures import mean, median, nps, percentile, sd, share
from shared.expressions.missing import Missing, Reason, Result, first_missing
from shared.expressions.signatures import ArgumentRule, whole
from shared.expressions.tree import Call, Question, Text, walk

Summary = Callable[[Sequence[Any]], float | None]


def respondents(call: Call) -> Callable[[Frame], Sequence[Row]]:
    """Return how to find the rows a call is about: by the first question or scale its arguments mention."""
    for node, _ in walk(call):
        if isinstance(node, Question):
            return partial(_rows_of_question, node.name)
        if isinstance(node, Call) and node.name in ("score", "alpha", "straight_lining") and node.args:
            name = node.args[0]
            return partial(_rows_of_scale, name.value if isinstance(name, Text) else "")
    return partial(_rows_of_question, None)


def _rows_of_question(question: str | None, frame: Frame) -> Sequence[Row]:
    return frame.context.rows(question)


def _rows_of_scale(scale_id: str, frame: Frame) -> Sequence[Row]:
    return frame.context.rows(frame.context.scale(scale_id).items[0])


class Collector:
    """Evaluates an argument for every respondent, keeping the values that are there."""

    def __init__(self, args: Arguments, value: Callable[[Frame], Any], where: Run | None) -> None:
        self._rows = respondents(args.call)
        self._size = max(args.size, 1)
        self._value = value
        self._where = where

    def collect(self, frame: Frame) -> tuple[list[Any], list[Missing]]:
        """Return the values and the gaps of the respondents the `where` condition holds for."""
        rows = self._rows(frame)
        frame.tally.spend(len(rows) * self._size)
        inner = Frame(frame.context, None, frame.tally)
        values: list[Any] = []
        gaps: list[Missing] = []
        for row in rows:
            inner.row = row
            if self._where is not None and logical(self._where(inner)) is not True:
                continue
            value = self._value(inner)
            if isinstance(value, Missing):
                gaps.append(value)
            else:
                values.append(value)
        frame.tally.saw(len(values))
        return values, gaps


def _summarised(summary: Summary, convert: Callable[[Result], Result], where: int) -> Callable[[Arguments], Run]:
    def make(args: Arguments) -> Run:
        value = args.runs[0]
        collector = Collector(args, lambda frame: convert(value(frame)), args.run(where))

        def aggregate(frame: Frame) -> Result:
            values, gaps = collector.collect(frame)
            if not values:
                return first_missing(gaps) or GAPS[Reason.NO_DATA]
            result = summary(values)
            return GAPS[Reason.SMALL_N] if result is None else finite(result)

        return aggregate

    return make


def over_numbers(summary: Summary, most: int = 2) -> IndicatorFunction:
    """Describe an aggregate of numbers `f(x[, where])`."""
    return IndicatorFunction(1, most, _summarised(summary, number, 1), Kind.AGGREGATE)


def _with_parameter(summary: Callable[[Sequence[float], float], float], rule: ArgumentRule) -> IndicatorFunction:
    """Describe an aggregate `f(x, parameter[, where])` whose parameter is written out."""

    def make(args: Arguments) -> Run:
        parameter = args.number(1)
        return _summarised(lambda values: summary(values, parameter), number, 2)(args)

    return IndicatorFunction(2, 3, make, Kind.AGGREGATE, {1: rule})


def _true_share(values: Sequence[bool]) -> float:
    return share(sum(values), len(values))


def _top_box(values: Sequence[float], least: float) -> float:
    return share(sum(value >= least for value in values), len(values))


def _count(args: Arguments) -> Run:
    if not args.runs:
        return lambda frame: float(len(frame.context.rows(None)))
    collector = Collector(args, args.runs[0], None)
    return lambda frame: float(sum(map(bool, collector.collect(frame)[0])))


def _mean_by(args: Arguments) -> Run:
    value, group = args.runs[0], args.runs[1]

    def pair(frame: Frame) -> tuple[str, Result] | Missing:
        name, amount = group(frame), number(value(frame))
        return first_missing((name, amount)) or (str(name), amount)

    collector = Collector(args, pair, args.run(2))

    def aggregate(frame: Frame) -> Result:
        pairs, gaps = collector.collect(frame)
        groups: dict[str, list[float]] = {}
        for name, amount in pairs:
            groups.setdefault(name, []).append(amount)
        if not groups:
            return first_missing(gaps) or GAPS[Reason.NO_DATA]
        return finite(mean([mean(amounts) for amounts in groups.values()]))

    return aggregate


def _min_or_max(pick: Callable[..., float]) -> IndicatorFunction:
    """Describe min/max: over respondents with one argument, of the arguments with several."""
    several = numeric(pick, 2, None)
    one = over_numbers(pick, most=1)

    def make(args: Arguments) -> Run:
        return one.make(args) if len(args.runs) == 1 else several.make(args)

    return IndicatorFunction(1, None, make, Kind.AGGREGATE)


def is_aggregate(call: Call, function: IndicatorFunction) -> bool:
    """Return whether this call reads all respondents."""
    of_arguments = call.name in ("min", "max") and len(call.args) > 1
    return function.kind is Kind.AGGREGATE and not of_arguments


_PCT = IndicatorFunction(1, 2, _summarised(_true_share, logical, 1), Kind.AGGREGATE)

FUNCTIONS = {
    "mean": over_numbers(mean),
    "median": over_numbers(median),
    "sum": over_numbers(math.fsum),
    "sd": over_numbers(sd),
    "nps": over_numbers(nps),
    "percentile": _with_parameter(percentile, whole(1, 99)),
    "top_box": _with_parameter(_top_box, whole(-1000, 1000)),
    "pct": _PCT,
    "share": _PCT,
    "count": IndicatorFunction(0, 1, _count, Kind.AGGREGATE),
    "mean_by": IndicatorFunction(2, 3, _mean_by, Kind.AGGREGATE),
    "min": _min_or_max(min),
    "max": _min_or_max(max),
}
