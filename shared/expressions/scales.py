"""Indicator functions over the scales of a programme: sets of items measured alike."""

from __future__ import annotations

from shared.expressions.aggregates import respondents
from shared.expressions.context import Answer, Row, Scale
from shared.expressions.indicator_functions import (
    GAPS,
    Arguments,
    Frame,
    IndicatorFunction,
    Kind,
    Run,
    number,
)
from shared.expressions.measures import cronbach_alpha, mean, share
from shared.expressions.missing import Missing, Reason, Result, first_missing
from shared.expressions.signatures import quoted

MIN_ALPHA_ROWS = 30
_SCALE = {0: quoted("the name of a scale")}


def _raw(scale: Scale, answer: Answer) -> float | Missing:
    value = number(answer)
    if isinstance(value, Missing):
        return value
    if value in scale.missing:
        return GAPS[Reason.DONT_KNOW]
    return value if scale.low <= value <= scale.high else GAPS[Reason.ERROR]


def _items(scale: Scale, row: Row) -> list[float | Missing]:
    """Return one respondent's recoded items: reversed ones mirrored within the range."""
    values = []
    for item in scale.items:
        value = _raw(scale, row.answer(item))
        if not isinstance(value, Missing) and item in scale.reversed:
            value = scale.low + scale.high - value
        values.append(value)
    return values


def scale_score(scale: Scale, row: Row) -> float | Missing:
    """Return the index 0–100 of one respondent: mean of the valid items, if enough of them are valid."""
    items = _items(scale, row)
    valid = [item for item in items if not isinstance(item, Missing)]
    if not valid and GAPS[Reason.NOT_ASKED] in items:
        return GAPS[Reason.NOT_ASKED]
    if len(valid) < max(scale.min_valid, 1):
        return GAPS[Reason.NOT_ANSWERED]
    return 100.0 * (mean(valid) - scale.low) / (scale.high - scale.low)


def _score(args: Arguments) -> Run:
    scale_id = args.text(0) or ""

    def score(frame: Frame) -> Result:
        scale = frame.context.scale(scale_id)
        row = frame.row if frame.row is not None else only_row(frame, scale.items[0])
        return row if isinstance(row, Missing) else scale_score(scale, row)

    return score


def only_row(frame: Frame, question: str) -> Row | Missing:
    """Return the row of a form that one respondent fills for the site."""
    rows = frame.context.rows(question)
    if len(rows) == 1:
        return rows[0]
    return GAPS[Reason.ERROR if rows else Reason.NO_DATA]


def _complete(args: Arguments, frame: Frame, scale: Scale, recoded: bool) -> list[list[float]]:
    rows = respondents(args.call)(frame)
    frame.tally.spend(len(rows) * len(scale.items))
    complete = []
    for row in rows:
        items = _items(scale, row) if recoded else [_raw(scale, row.answer(item)) for item in scale.items]
        if first_missing(items) is None:
            complete.append([float(item) for item in items if not isinstance(item, Missing)])
    frame.tally.saw(len(complete))
    return complete


def _alpha(args: Arguments) -> Run:
    scale_id = args.text(0) or ""

    def alpha(frame: Frame) -> Result:
        rows = _complete(args, frame, frame.context.scale(scale_id), recoded=True)
        if len(rows) < MIN_ALPHA_ROWS:
            return GAPS[Reason.SMALL_N if rows else Reason.NO_DATA]
        value = cronbach_alpha(rows)
        return GAPS[Reason.ZERO_DENOMINATOR] if value is None else value

    return alpha


def _straight_lining(args: Arguments) -> Run:
    scale_id = args.text(0) or ""

    def straight_lining(frame: Frame) -> Result:
        rows = _complete(args, frame, frame.context.scale(scale_id), recoded=False)
        return share(sum(len(set(row)) == 1 for row in rows), len(rows)) if rows else GAPS[Reason.NO_DATA]

    return straight_lining


FUNCTIONS = {
    "score": IndicatorFunction(1, 1, _score, Kind.ROW, _SCALE),
    "alpha": IndicatorFunction(1, 1, _alpha, Kind.AGGREGATE, _SCALE),
    "straight_lining": IndicatorFunction(1, 1, _straight_lining, Kind.AGGREGATE, _SCALE),
}
