"""Whether a value meets its target."""

from __future__ import annotations

from shared.programme.model import Indicator

TOLERANCE = 1e-9


def met(indicator: Indicator, value: float | None, benchmark: float | None) -> bool | None:
    """Return whether the value meets the target; None without a value, a target, or enough peers to compare with."""
    low, high = bounds(indicator, benchmark)
    if value is None or (low is None and high is None):
        return None
    return (low is None or value >= low - _slack(low)) and (high is None or value <= high + _slack(high))


def bounds(indicator: Indicator, benchmark: float | None) -> tuple[float | None, float | None]:
    """Return the lowest and highest good value; None = open."""
    target = indicator.target
    if target is None:
        return None, None
    if not target.peer_median:
        return target.min, target.max
    return (None, benchmark) if indicator.good == "down" else (benchmark, None)


def _slack(bound: float) -> float:
    return TOLERANCE * max(1.0, abs(bound))
