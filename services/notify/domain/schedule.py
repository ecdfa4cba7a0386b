"""When a group of alerts may be mailed: wait, interval, repeat, and the daily digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from shared.clock import from_text, plus, to_text


@dataclass(frozen=True)
class Route:
    """Timing of one kind of mail, in seconds.

    `wait_s` is for flags that are still on their way; `interval_s` is the least distance between two
    mails of a group about this kind; `repeat_s` reminds of what is still open (0 = never). `daily_at`
    (local time) moves every mail to that time of day.
    """

    name: str
    wait_s: float
    interval_s: float
    repeat_s: float
    daily_at: time | None = None


@dataclass(frozen=True)
class Routes:
    """The three kinds of mail, chosen by the highest severity an episode has reached."""

    critical: Route
    standard: Route
    digest: Route

    def for_severity(self, severity: str) -> Route:
        """Return the route of a severity."""
        return {"critical": self.critical, "warn": self.standard}.get(severity, self.digest)

    def of(self, severities: Iterable[str]) -> list[Route]:
        """Return the routes of these severities, the most urgent first."""
        wanted = {self.for_severity(severity).name for severity in severities}
        return [route for route in (self.critical, self.standard, self.digest) if route.name in wanted]


def logical_tick(due: str, now: str, interval_s: float) -> str:
    """Return the tick that is being handled at `now`: the due time, plus whole intervals when late.

    Missed ticks collapse into one, and a late worker does not shift the rhythm.
    """
    late_s = (from_text(now) - from_text(due)).total_seconds()
    if interval_s <= 0 or late_s < interval_s:
        return due
    return plus(due, (late_s // interval_s) * interval_s)


def earliest(route: Route, now: str, last_tick: str | None, zone: tzinfo) -> str:
    """Return when news that arrived at `now` may be mailed: after the wait, not before the interval."""
    at = plus(now, route.wait_s)
    if last_tick is not None:
        at = max(at, plus(last_tick, route.interval_s))
    return aligned(at, route, zone)


def next_look(route: Route, last_tick: str | None, firing: bool, mute_ends: Sequence[str], zone: tzinfo) -> str | None:
    """Return when a group must be looked at again if nothing arrives; None = not before something does."""
    reasons = list(mute_ends)
    if firing and route.repeat_s > 0 and last_tick is not None:
        reasons.append(plus(last_tick, route.repeat_s))
    if not reasons:
        return None
    at = min(reasons)
    if last_tick is not None:
        at = max(at, plus(last_tick, route.interval_s))
    return aligned(at, route, zone)


def reminder_due(route: Route, last_tick: str | None, tick: str) -> bool:
    """Return whether what is open on a route was mailed so long ago that it is told again."""
    return route.repeat_s > 0 and last_tick is not None and tick >= plus(last_tick, route.repeat_s)


def aligned(at: str, route: Route, zone: tzinfo) -> str:
    """Return `at`, or for a digest the first local `daily_at` that is not before it."""
    if route.daily_at is None:
        return at
    instant = from_text(at)
    day = instant.astimezone(zone).date()
    for offset in (0, 1, 2):
        candidate = datetime.combine(day + timedelta(days=offset), route.daily_at, tzinfo=zone)
        if candidate.timestamp() >= instant.timestamp():
            break
    return to_text(candidate)
