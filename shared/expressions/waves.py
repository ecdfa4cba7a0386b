"""Indicator functions across waves: earlier values, changes, baselines, trends."""

from __future__ import annotations

from collections.abc import Iterator

from shared.expressions.context import IndicatorContext
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
)
from shared.expressions.measures import mean, theil_sen
from shared.expressions.missing import Missing, Reason, Result, first_missing
from shared.expressions.signatures import whole

MAX_WAVES = 200
_STREAK_GAPS = 1
_NO_DATA = GAPS[Reason.NO_DATA]


def _in_wave(args: Arguments, frame: Frame, context: IndicatorContext | None) -> Result:
    if context is None:
        return _NO_DATA
    frame.tally.spend(args.size)
    return args.runs[0](Frame(context, None, frame.tally))


def _slots(args: Arguments, frame: Frame, start: int) -> Iterator[Result]:
    """Yield the value of the first argument in each fielded wave, `start` waves back and further."""
    for offset in range(start, MAX_WAVES):
        context = frame.context.at(offset)
        if context is None:
            return
        yield _in_wave(args, frame, context)


def _prev(args: Arguments) -> Run:
    back = int(args.number(1, 1))
    return lambda frame: _in_wave(args, frame, frame.context.at(back))


def _prev_valid(args: Arguments) -> Run:
    reach = int(args.number(1, 2)) + 1

    def nearest(frame: Frame) -> Result:
        for value, _ in zip(_slots(args, frame, 1), range(reach), strict=False):
            if not isinstance(value, Missing):
                return value
        return _NO_DATA

    return nearest


def _now_and_before(args: Arguments, frame: Frame) -> tuple[float, float] | Missing:
    now = number(args.runs[0](frame))
    before = number(_in_wave(args, frame, frame.context.at(1)))
    if isinstance(now, Missing) or isinstance(before, Missing):
        return first_missing((now, before)) or _NO_DATA
    return now, before


def _change(args: Arguments) -> Run:
    def change(frame: Frame) -> Result:
        pair = _now_and_before(args, frame)
        return pair if isinstance(pair, Missing) else finite(pair[0] - pair[1])

    return change


def _pct_change(args: Arguments) -> Run:
    def change(frame: Frame) -> Result:
        pair = _now_and_before(args, frame)
        if isinstance(pair, Missing):
            return pair
        now, before = pair
        return finite(100.0 * (now - before) / abs(before)) if before else GAPS[Reason.ZERO_DENOMINATOR]

    return change


def _baseline(args: Arguments) -> Run:
    wanted = int(args.number(1, 1))

    def baseline(frame: Frame) -> Result:
        earlier = [number(value) for value in _slots(args, frame, 1)]
        valid = [value for value in reversed(earlier) if not isinstance(value, Missing)][:wanted]
        return finite(mean(valid)) if len(valid) == wanted else _NO_DATA

    return baseline


def _trend(args: Arguments) -> Run:
    length = int(args.number(1))

    def slope(frame: Frame) -> Result:
        slots = [number(value) for value, _ in zip(_slots(args, frame, 0), range(length), strict=False)]
        points = [(-float(back), value) for back, value in enumerate(slots) if not isinstance(value, Missing)]
        if isinstance(slots[0], Missing):
            return slots[0]
        result = theil_sen(points) if len(points) >= length - length // 4 else None
        return _NO_DATA if result is None else finite(result)

    return slope


def _streak(args: Arguments) -> Run:
    def streak(frame: Frame) -> Result:
        now = logical(args.runs[0](frame))
        if isinstance(now, Missing):
            return now
        length = gaps = 0
        for value in _slots(args, frame, 0):
            holds = logical(value)
            gaps += isinstance(holds, Missing)
            if holds is False or gaps > _STREAK_GAPS:
                break
            length += holds is True
        return float(length)

    return streak


def _latest(args: Arguments) -> Run:
    wanted = int(args.number(1, 1))

    def latest(frame: Frame) -> Result:
        found = 0
        for context in frame.context.asked_back():
            value = _in_wave(args, frame, context)
            found += not isinstance(value, Missing)
            if found == wanted:
                return value
        return _NO_DATA

    return latest


_BACK = {1: whole(1, 50)}
FUNCTIONS = {
    "prev": IndicatorFunction(1, 2, _prev, Kind.ACROSS, _BACK),
    "prev_valid": IndicatorFunction(1, 2, _prev_valid, Kind.ACROSS, {1: whole(0, 50)}),
    "change": IndicatorFunction(1, 1, _change, Kind.ACROSS),
    "pct_change": IndicatorFunction(1, 1, _pct_change, Kind.ACROSS),
    "baseline": IndicatorFunction(1, 2, _baseline, Kind.ACROSS, _BACK),
    "trend": IndicatorFunction(2, 2, _trend, Kind.ACROSS, {1: whole(4, 50)}),
    "streak": IndicatorFunction(1, 1, _streak, Kind.ACROSS),
    "latest": IndicatorFunction(1, 2, _latest, Kind.ACROSS, _BACK),
}
