from __future__ import annotations

import pytest

from services.intake.domain.overdue import days_late, reached
from services.intake.domain.waves import calendar
from tests.support.intake import wave

WAVE = wave("2026-H2", 1, "2026-11-01", "2027-01-31", "2027-02-28", "report")


def test_days_begin_and_end_at_local_midnight() -> None:
    moments = calendar(WAVE, "Europe/Berlin")

    assert moments.opens_at == "2026-10-31T23:00:00.000Z"
    assert moments.due_at == "2027-01-31T23:00:00.000Z"
    assert moments.closes_at == "2027-02-28T23:00:00.000Z"


def test_summer_time_is_respected() -> None:
    summer = wave("2026-H1", 1, "2026-06-01", "2026-07-31", "2026-10-31", "report")

    moments = calendar(summer, "Europe/Berlin")

    assert moments.opens_at == "2026-05-31T22:00:00.000Z"
    assert moments.closes_at == "2026-10-31T23:00:00.000Z"


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-10-31T22:59:59.999Z", "planned"),
        ("2026-10-31T23:00:00.000Z", "open"),
        ("2027-02-28T22:59:59.999Z", "open"),
        ("2027-02-28T23:00:00.000Z", "closed"),
    ],
)
def test_a_wave_is_open_from_its_first_to_its_last_moment(now: str, state: str) -> None:
    assert calendar(WAVE, "Europe/Berlin").state(now) == state


@pytest.mark.parametrize(
    ("now", "days", "passed"),
    [
        ("2027-01-31T22:00:00.000Z", 0, ()),
        ("2027-02-10T22:59:59.999Z", 9, ()),
        ("2027-02-10T23:00:00.000Z", 10, (10,)),
        ("2027-03-01T00:00:00.000Z", 28, (10, 21)),
    ],
)
def test_thresholds_are_reached_after_whole_days(now: str, days: int, passed: tuple[int, ...]) -> None:
    due = calendar(WAVE, "Europe/Berlin").due_at

    assert days_late(due, now) == days
    assert reached(due, now, (10, 21)) == passed
