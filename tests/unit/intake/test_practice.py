from __future__ import annotations

from dataclasses import replace

from services.intake.domain.practice import with_practice
from services.intake.domain.waves import calendar, open_wave
from shared.programme.model import Programme
from tests.support.intake import sample_programme, wave

ZONE = "Europe/Berlin"
AUTUMN, GAP = "2026-11-22T12:00:00.000Z", "2027-03-31T22:30:00.000Z"


def programme() -> Programme:
    waves = (
        wave("2026-H2", 5, "2026-11-01", "2027-01-31", "2027-02-28", "report"),
        wave("2027-H1", 6, "2027-06-01", "2027-07-31", "2027-08-31", "report"),
    )
    return replace(sample_programme(), waves=waves)


def test_a_programme_that_can_be_answered_stays_as_it_is() -> None:
    definition = programme()

    assert with_practice(definition, ZONE, AUTUMN) is definition


def test_a_form_without_an_open_wave_gets_one_between_the_past_and_the_planned_waves() -> None:
    practised = with_practice(programme(), ZONE, GAP)

    found = open_wave(practised, "report", ZONE, GAP)
    assert found is not None
    assert [(one.code, one.sequence) for one in practised.waves] == [("2026-H2", 5), ("2027-P04", 6), ("2027-H1", 7)]
    assert found.code == "2027-P04", "in Berlin April has begun"
    assert found.opens_on < found.due_on < found.closes_on
    assert practised.version != programme().version


def test_the_practice_wave_is_the_same_all_month_and_open_all_month() -> None:
    practised = with_practice(programme(), ZONE, GAP)
    last_moment = "2027-04-30T21:59:59.999Z"

    assert with_practice(programme(), ZONE, last_moment) == practised
    assert calendar(practised.waves[1], ZONE).state(last_moment) == "open"


def test_the_newest_open_wave_is_the_one_to_answer() -> None:
    later = wave("2026-X", 6, "2026-11-10", "2026-12-31", "2026-12-31", "report")
    both = replace(programme(), waves=(programme().waves[0], later))

    found = open_wave(both, "report", ZONE, AUTUMN)

    assert found == later
    assert open_wave(both, "survey", ZONE, AUTUMN) is None
