"""When a group may speak: ticks that do not drift, and a digest at eight whatever the clocks do."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.notify.domain.schedule import (
    Route,
    Routes,
    aligned,
    earliest,
    logical_tick,
    next_look,
    plus,
    reminder_due,
)
from shared.clock import from_text, to_text

BERLIN = ZoneInfo("Europe/Berlin")
CRITICAL = Route("critical", 0, 300, 86_400)
DIGEST = Route("digest", 0, 3600, 0, time(8))
T0 = "2026-03-02T09:00:00.000Z"


@pytest.mark.parametrize(
    ("late_s", "tick_s"), [(0, 0), (0.3, 0), (299.9, 0), (300, 300), (301, 300), (1000, 900), (86_400, 86_400)]
)
def test_missed_ticks_collapse_into_one_and_lateness_does_not_shift_the_rhythm(late_s: float, tick_s: float) -> None:
    assert logical_tick(T0, plus(T0, late_s), 300) == plus(T0, tick_s)


def test_without_an_interval_the_tick_is_the_due_time() -> None:
    assert logical_tick(T0, plus(T0, 50), 0) == T0


def test_news_waits_for_the_wait_and_for_the_interval_since_the_last_mail() -> None:
    route = Route("standard", 900, 3600, 0)

    assert earliest(route, T0, None, BERLIN) == plus(T0, 900)
    assert earliest(route, T0, plus(T0, -100), BERLIN) == plus(T0, 3500)
    assert earliest(route, T0, plus(T0, -9000), BERLIN) == plus(T0, 900)


def test_nothing_open_and_nothing_muted_needs_no_look() -> None:
    assert next_look(CRITICAL, T0, False, [], BERLIN) is None
    assert next_look(DIGEST, T0, True, [], BERLIN) is None


def test_the_next_look_is_the_repeat_or_the_first_end_of_a_mute_but_not_within_the_interval() -> None:
    assert next_look(CRITICAL, T0, True, [], BERLIN) == plus(T0, 86_400)
    assert next_look(CRITICAL, T0, True, [plus(T0, 4000), plus(T0, 500)], BERLIN) == plus(T0, 500)
    assert next_look(CRITICAL, T0, True, [plus(T0, 10)], BERLIN) == plus(T0, 300)
    assert next_look(CRITICAL, None, False, [plus(T0, 10)], BERLIN) == plus(T0, 10)


@pytest.mark.parametrize(("after_s", "due"), [(540, False), (599.999, False), (600, True), (660, True)])
def test_a_reminder_is_due_at_its_time_not_after_it(after_s: float, due: bool) -> None:
    assert reminder_due(Route("standard", 0, 0, 600), T0, plus(T0, after_s)) is due


def test_zero_never_reminds_and_neither_does_what_was_never_mailed() -> None:
    assert not reminder_due(DIGEST, T0, plus(T0, 1e7))
    assert not reminder_due(CRITICAL, None, plus(T0, 1e7))


def test_severities_have_their_routes_the_most_urgent_first() -> None:
    standard = Route("standard", 900, 3600, 0)
    routes = Routes(CRITICAL, standard, DIGEST)

    assert routes.of(["info", "critical", "info"]) == [CRITICAL, DIGEST]
    assert routes.of(["warn"]) == [standard]
    assert routes.of([]) == []


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC"])
@pytest.mark.parametrize("day", ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "2026-04-05", "2026-09-27"])
def test_a_digest_comes_once_a_day_at_eight_local_time_on_days_when_the_clocks_change(zone: str, day: str) -> None:
    there = ZoneInfo(zone)
    at = to_text(datetime.fromisoformat(f"{day}T00:30:00").replace(tzinfo=there) - timedelta(days=1))
    found = []
    for _ in range(4):
        at = aligned(at, DIGEST, there)
        found.append(from_text(at).astimezone(there))
        at = plus(at, 1)

    assert [instant.time() for instant in found] == [time(8)] * 4
    assert all((b.date() - a.date()).days == 1 for a, b in zip(found, found[1:], strict=False))


def test_news_during_the_digest_comes_tomorrow() -> None:
    eight = "2026-03-02T07:00:00.000Z"

    assert aligned(eight, DIGEST, BERLIN) == eight
    assert earliest(DIGEST, plus(eight, 0.4), eight, BERLIN) == plus(eight, 86_400)


def test_a_time_that_does_not_exist_is_not_skipped() -> None:
    half_past_two = Route("digest", 0, 0, 0, time(2, 30))

    at = aligned("2026-03-28T23:30:00.000Z", half_past_two, BERLIN)

    assert from_text(at).astimezone(BERLIN).date().isoformat() == "2026-03-29"
