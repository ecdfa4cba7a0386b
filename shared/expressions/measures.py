"""The statistics behind the indicator functions: plain numbers in, a number or None out."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Sequence
from datetime import MAXYEAR, date

GAS_CORRELATION = 0.3
MIN_GOALS = 2
_DAYS_IN_400_YEARS = 146_097


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """Interpolate linearly at rank (n−1)·p."""
    ordered = sorted(values)
    rank = (len(ordered) - 1) * percent / 100
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)


def median(values: Sequence[float]) -> float:
    return percentile(values, 50)


def variance(values: Sequence[float]) -> float | None:
    """Return the sample variance (n−1); None for fewer than two values."""
    if len(values) < 2:
        return None
    centre = mean(values)
    return math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1)


def sd(values: Sequence[float]) -> float | None:
    """Return the sample standard deviation; None for fewer than two values."""
    spread = variance(values)
    return None if spread is None else math.sqrt(spread)


def share(hits: int, of: int) -> float:
    """Return hits in per cent."""
    return 100.0 * hits / of


def nps(values: Sequence[float]) -> float:
    """Return the net promoter score: % of 9–10 minus % of 0–6."""
    return 100.0 * (sum(value >= 9 for value in values) - sum(value <= 6 for value in values)) / len(values)


def gas_t(scores: Sequence[float]) -> float | None:
    """Return the goal attainment T of equally weighted goals; None for fewer than two."""
    n = len(scores)
    if n < MIN_GOALS:
        return None
    return 50 + 10 * math.fsum(scores) / math.sqrt((1 - GAS_CORRELATION) * n + GAS_CORRELATION * n * n)


def cronbach_alpha(rows: Sequence[Sequence[float]]) -> float | None:
    """Return Cronbach's α of complete, recoded rows; None if it is not defined for them."""
    k = len(rows[0]) if rows else 0
    total = variance([math.fsum(row) for row in rows])
    items = [variance(column) for column in zip(*rows, strict=True)]
    if k < 2 or not total:
        return None
    return k / (k - 1) * (1 - math.fsum(item or 0.0 for item in items) / total)


def theil_sen(points: Sequence[tuple[float, float]]) -> float | None:
    """Return the median slope over all pairs of points; None for fewer than two."""
    slopes = [(y2 - y1) / (x2 - x1) for i, (x1, y1) in enumerate(points) for x2, y2 in points[i + 1 :] if x1 != x2]
    return median(slopes) if slopes else None


def robust_z(value: float, peers: Sequence[float]) -> float | None:
    """Return how far a value lies from the peers' median, in robust standard deviations; None without spread."""
    centre = median(peers)
    distances = [abs(peer - centre) for peer in peers]
    spread = 1.4826 * median(distances) or 1.253314 * mean(distances)
    return (value - centre) / spread if spread else None


def percentile_rank(value: float, peers: Sequence[float]) -> float:
    """Return the share of peers below the value, ties counting half, in per cent."""
    below, ties = sum(peer < value for peer in peers), sum(peer == value for peer in peers)
    return 100.0 * (below + 0.5 * ties) / len(peers)


def months_between(start: date, end: date) -> float:
    """Return whole months plus the fraction of the month begun; negative if the end comes first.

    From the last day of a month to the last day of another are whole months, however long the two are.
    """
    if end < start:
        return -months_between(end, start)
    whole = (end.year - start.year) * 12 + end.month - start.month
    if _months_later(start, whole) > end.toordinal():
        whole -= 1
    begun, full = _months_later(start, whole), _months_later(start, whole + 1)
    return whole + (end.toordinal() - begun) / (full - begun)


def _months_later(start: date, months: int) -> int:
    """Return the ordinal of the day; it may lie after the last year a `date` can have."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    beyond = year > MAXYEAR
    year -= 400 * beyond  # after 400 years the calendar is the same
    last = monthrange(year, month + 1)[1]
    at_end = start.day == monthrange(start.year, start.month)[1]
    return date(year, month + 1, last if at_end else min(start.day, last)).toordinal() + _DAYS_IN_400_YEARS * beyond
