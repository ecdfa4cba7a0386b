"""Indicator functions about the site itself, its wave, its peers and dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.expressions.indicator_functions import (
    GAPS,
    Arguments,
    Frame,
    IndicatorFunction,
    Kind,
    Run,
    number,
)
from shared.expressions.measures import median, months_between, percentile_rank, robust_z
from shared.expressions.missing import Missing, Reason, Result
from shared.expressions.signatures import indicator_name, quoted, readable_day
from shared.expressions.tree import Name
from shared.expressions.values import parse_day

_FEATURE = quoted("the name of a feature")


def _site(args: Arguments) -> Run:
    feature = args.text(0) or ""
    return lambda frame: frame.context.site(feature)


def _wave(args: Arguments) -> Run:
    feature = args.text(0) or ""
    return lambda frame: frame.context.wave(feature)


def _days_overdue(args: Arguments) -> Run:
    form = args.text(0) or ""
    return lambda frame: number(frame.context.days_overdue(form))


def _months_until(args: Arguments) -> Run:
    def months(frame: Frame) -> Result:
        value = args.runs[0](frame)
        if isinstance(value, Missing):
            return value
        day = parse_day(value) if isinstance(value, str) else None
        return months_between(frame.context.reference_date, day) if day else GAPS[Reason.ERROR]

    return months


def _peers(frame: Frame, indicator: str, feature: str | None) -> Sequence[float] | Missing:
    """Return the values to compare with: sites alike in the feature, or all if these are too few."""
    context = frame.context
    if not context.peers_enabled:
        return GAPS[Reason.NOT_COMPARABLE]
    values = context.peers(indicator, feature)
    if feature is not None and len(values) < context.min_peers:
        values = context.peers(indicator, None)
    return values if values and len(values) >= context.min_peers else GAPS[Reason.NO_DATA]


def _compared(measure: Callable[[float, Sequence[float]], float | None]) -> IndicatorFunction:
    def make(args: Arguments) -> Run:
        node = args.call.args[0]
        indicator = node.id if isinstance(node, Name) else ""
        feature = args.text(1)

        def compare(frame: Frame) -> Result:
            own = number(args.runs[0](frame))
            if isinstance(own, Missing):
                return own
            peers = _peers(frame, indicator, feature)
            if isinstance(peers, Missing):
                return peers
            result = measure(own, peers)
            return GAPS[Reason.NO_DATA] if result is None else result

        return compare

    return IndicatorFunction(1, 2, make, Kind.ACROSS, {0: indicator_name, 1: _FEATURE})


def _peer_median(args: Arguments) -> Run:
    node = args.call.args[0]
    indicator = node.id if isinstance(node, Name) else ""

    def middle(frame: Frame) -> Result:
        peers = _peers(frame, indicator, args.text(1))
        return peers if isinstance(peers, Missing) else median(peers)

    return middle


FUNCTIONS = {
    "site": IndicatorFunction(1, 1, _site, rules={0: _FEATURE}),
    "wave": IndicatorFunction(1, 1, _wave, rules={0: _FEATURE}),
    "days_overdue": IndicatorFunction(1, 1, _days_overdue, rules={0: quoted("the name of a form")}),
    "months_until": IndicatorFunction(1, 1, _months_until, rules={0: readable_day}),
    "peer_z": _compared(robust_z),
    "peer_percentile": _compared(percentile_rank),
    "peer_median": IndicatorFunction(1, 2, _peer_median, Kind.ACROSS, {0: indicator_name, 1: _FEATURE}),
}
