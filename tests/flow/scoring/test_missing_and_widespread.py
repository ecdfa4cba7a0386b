"""Flags of the shipped programmes that speak of what did not come, of the others, or of several sites at once."""

from __future__ import annotations

from typing import Any

import pytest

from services.scoring.domain.cells import EVERY_SITE
from tests.support.scoring import ScoringHarness, programme

REPORT, SURVEY, SELF = "hor_site_report", "hor_mo_survey", "sf_selfassessment"
OPINION: dict[str, Any] = {"consent": "yes", "net_1": "3", "net_2": "3", "net_3": "3"}


def houses() -> ScoringHarness:
    """Return scoring with House of Resources published."""
    return ScoringHarness(programme("programmes/house-of-resources"))


def associations() -> ScoringHarness:
    """Return scoring with Strukturförderung published."""
    return ScoringHarness(programme("programmes/strukturfoerderung"))


def raised(harness: ScoringHarness, site: str, flag: str) -> list[str]:
    """Return how grave a flag is, once for every episode that is open at the site."""
    harness.catch_up()
    return [episode["severity"] for episode in harness.episodes(site, flag) if episode["state"] == "raised"]


@pytest.mark.parametrize(
    ("flag", "wave", "form", "days", "expected"),
    [
        ("F-H01", "2026-H2", REPORT, 9, []),
        ("F-H01", "2026-H2", REPORT, 10, ["warn"]),
        ("F-H01", "2026-H2", REPORT, 20, ["warn"]),
        ("F-H01", "2026-H2", REPORT, 21, ["critical"]),
        ("F-B01", "2026-S", SURVEY, 60, []),
        ("F-B01", "2026-S", SURVEY, 61, ["warn"]),
        ("F-B02", "2026-S", SURVEY, 0, []),
        ("F-B02", "2026-S", SURVEY, 1, ["info"]),
        ("F-S01", "2026", SELF, 13, []),
        ("F-S01", "2026", SELF, 14, ["warn"]),
        ("F-S01", "2026", SELF, 28, ["critical"]),
    ],
)
def test_what_is_missing_is_flagged_after_so_many_days(
    flag: str, wave: str, form: str, days: int, expected: list[str]
) -> None:
    harness = associations() if form == SELF else houses()
    site = harness.definition.sites[0].code

    harness.overdue(site, wave, days, form)

    assert raised(harness, site, flag) == expected


def test_one_report_missing_is_not_two_in_a_row() -> None:
    harness = houses()
    site = harness.definition.sites[0].code
    harness.overdue(site, "2026-H1", 10, REPORT)
    assert raised(harness, site, "F-H02") == []

    harness.overdue(site, "2026-H2", 10, REPORT)
    assert raised(harness, site, "F-H02") == ["critical"]

    harness.answer(site, "2026-H1", {"staff_fte": 2}, form=REPORT)
    assert raised(harness, site, "F-H02") == []


def test_a_survey_with_four_answers_counts_as_too_few_and_with_five_no_longer() -> None:
    harness = houses()
    site = harness.definition.sites[0].code
    for number in range(4):
        harness.answer(site, "2026-S", OPINION, form=SURVEY, respondent=f"o{number}")
    harness.overdue(site, "2026-S", 61, SURVEY)
    assert (raised(harness, site, "F-B01"), raised(harness, site, "F-B02")) == (["warn"], ["info"])

    harness.answer(site, "2026-S", OPINION, form=SURVEY, respondent="o4")
    assert (raised(harness, site, "F-B01"), raised(harness, site, "F-B02")) == ([], [])


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (("board", "office_lead", "staff"), []),
        (("board", "office_lead"), ["warn"]),
        (("board", "board", "staff"), ["warn"]),
    ],
)
def test_a_self_assessment_needs_three_people_and_the_office_lead(roles: tuple[str, ...], expected: list[str]) -> None:
    harness = associations()
    site = harness.definition.sites[0].code
    for number, role in enumerate(roles):
        harness.answer(site, "2026", {"resp_role": role}, form=SELF, respondent=f"r{number}")

    harness.overdue(site, "2026", 14, SELF)

    assert raised(harness, site, "F-S01") == expected


@pytest.mark.parametrize(("answer", "expected"), [("1", ["info"]), ("3", []), ("4", [])])
def test_networking_far_below_that_of_other_sites_is_flagged(answer: str, expected: list[str]) -> None:
    harness = houses()
    first, *others = [site.code for site in harness.definition.sites]
    for number, site in enumerate(others[:6]):
        for respondent in range(5):
            better = {"net_1": "4"} if respondent < number else {}
            harness.answer(site, "2026-S", OPINION | better, form=SURVEY, respondent=f"o{respondent}")
    own = {name: answer for name in ("net_1", "net_2", "net_3")}
    for respondent in range(5):
        harness.answer(first, "2026-S", OPINION | own, form=SURVEY, respondent=f"o{respondent}")

    assert raised(harness, first, "F-B06") == expected


@pytest.mark.parametrize(("before", "now", "expected"), [(0, 0, ["warn"]), (1, 0, []), (0, 1, []), (None, 0, [])])
def test_only_two_years_without_new_money_are_flagged(before: int | None, now: int, expected: list[str]) -> None:
    harness = associations()
    site = harness.definition.sites[0].code
    for wave, money in (("2025", before), ("2026", now)):
        if money is not None:
            answers = {"resp_role": "office_lead", "thirdparty_new": money}
            harness.answer(site, wave, answers, form=SELF, respondent="lead")

    assert raised(harness, site, "F-S11") == expected


@pytest.mark.parametrize(("flagged", "expected"), [(2, []), (3, ["info"]), (4, ["info"])])
def test_the_same_flag_at_three_associations_is_a_flag_of_the_programme(flagged: int, expected: list[str]) -> None:
    harness = associations()
    for number, site in enumerate(harness.definition.sites):
        posts = 0.5 if number < flagged else 2
        answers = {"resp_role": "office_lead", "fte_paid": posts, "laender": 4 if number < 2 else 8}
        harness.answer(site.code, "2026", answers, form=SELF, respondent="lead")

    assert raised(harness, EVERY_SITE, "F-S17") == expected
    assert [one["rule"] for one in harness.episodes(EVERY_SITE, "F-S17")] == ["F-S12"] * len(expected)
