"""The shipped programme Strukturförderung: what its indicators and flags say about given answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.expressions import Missing
from shared.programme.loader import read_programme
from shared.programme.model import Programme
from tests.support.site_history import SiteHistory

FOLDER = Path(__file__).parents[3] / "programmes" / "strukturfoerderung"
FORM = "sf_selfassessment"
GOOD: dict[str, Any] = {
    f"{dimension}_{item}": "3"
    for dimension, items in (("gs", "123456"), ("st", "12345"), ("og", "123456"), ("pv", "1234"), ("nw", "1234"))
    for item in items
} | {"gs_7r": "2", "st_6r": "2", "og_7r": "2", "priorities": ["gs"]}
FACTS: dict[str, Any] = {
    "fte_paid": 2, "member_orgs": 40, "laender": 8, "income_total": 200000, "income_sf": 90000,
    "thirdparty_new": 15000, "statements": 5, "invitations": 4, "seats": 2, "gas_1": "0", "gas_2": "0",
    "support_urgency": "0",
}  # fmt: skip
PEOPLE = ("board", "office_lead", "member")


@pytest.fixture(scope="module")
def programme() -> Programme:
    return read_programme(FOLDER)


def _answers(facts: dict[str, Any] | None = None, **by_role: dict[str, Any]) -> list[dict[str, Any]]:
    people = [GOOD | {"resp_role": role} | by_role.get(role, {}) | by_role.get("everybody", {}) for role in PEOPLE]
    people[1] |= FACTS | (facts or {})
    return people


def _history(programme: Programme, **now: Any) -> SiteHistory:
    history = SiteHistory(programme, {"funding_start": "2024-01-01", "funding_end": "2029-12-31"})
    history.answer("2024", FORM, *_answers(everybody={"gs_1": "1", "st_1": "1", "og_1": "1", "pv_1": "2", "nw_1": "2"}))
    return history.answer("2025", FORM, *_answers()).answer("2026", FORM, *_answers(**now))


def _everywhere(dimension: str, value: str) -> dict[str, dict[str, str]]:
    reverse = str(5 - int(value))
    answers = {item: reverse if item.endswith("r") else value for item in GOOD if item.startswith(f"{dimension}_")}
    return {"everybody": answers}


def test_an_association_on_its_way_raises_nothing(programme: Programme) -> None:
    history = _history(programme)

    found = {flag.id: history.flag(flag.id, "2026") for flag in programme.flags if flag.raise_}

    assert {flag: state for flag, state in found.items() if state != "clear"} == {"F-S08": "between"}


def test_rather_true_throughout_makes_two_thirds(programme: Programme) -> None:
    assert _history(programme).value("S01", "2026") == pytest.approx(66.7, abs=0.05)


def test_every_role_counts_the_same_however_many_answer(programme: Programme) -> None:
    full = {item: "4" for item in GOOD if item.startswith("pv_")}
    people = _answers() + [GOOD | {"resp_role": "staff"} | full for _ in range(5)]

    history = SiteHistory(programme).answer("2026", FORM, *people)

    assert history.value("S04", "2026") == pytest.approx((3 * 200 / 3 + 100) / 4)


@pytest.mark.parametrize("left_out", [0, 1])
def test_without_three_people_or_the_office_lead_there_is_no_index(programme: Programme, left_out: int) -> None:
    people = _answers() + [GOOD | {"resp_role": "staff"}] * left_out
    del people[left_out]

    history = SiteHistory(programme).answer("2026", FORM, *people)

    assert isinstance(history.value("S01", "2026"), Missing)
    assert isinstance(history.value("S06", "2026"), Missing)


@pytest.mark.parametrize(
    ("flag", "now", "expected"),
    [
        ("F-S02", _everywhere("gs", "2"), "critical"),
        ("F-S02", {"everybody": {"gs_1": "1", "gs_2": "1", "gs_3": "2", "gs_4": "2"}}, "warn"),
        ("F-S03", _everywhere("st", "2"), "critical"),
        ("F-S04", _everywhere("og", "1"), "critical"),
        ("F-S05", _everywhere("pv", "2"), "warn"),
        ("F-S06", _everywhere("nw", "2"), "info"),
        ("F-S07", {"everybody": {"pv_1": "1"}}, "warn"),
        ("F-S09", {"board": _everywhere("gs", "4")["everybody"], "office_lead": {"gs_1": "2"}}, "warn"),
        ("F-S10", {"facts": {"income_sf": 181000}}, "warn"),
        ("F-S11", {"facts": {"thirdparty_new": 0}}, "between"),
        ("F-S12", {"facts": {"fte_paid": 0.75}}, "critical"),
        ("F-S13", {"everybody": {"og_7r": "3"}}, "warn"),
        ("F-S14", {"facts": {"invitations": 0}}, "warn"),
        ("F-S15", {"facts": {"member_orgs": 36}}, "warn"),
        ("F-S15", {"facts": {"laender": 4}}, "critical"),
        ("F-S16", {"facts": {"support_urgency": "2"}}, "warn"),
        ("F-S16", {"facts": {"support_urgency": "3"}}, "critical"),
    ],
)
def test_answers_raise_the_flag(programme: Programme, flag: str, now: dict[str, Any], expected: str) -> None:
    assert _history(programme, **now).flag(flag, "2026") == expected


@pytest.mark.parametrize(("funding_end", "expected"), [("2027-12-31", "critical"), ("2028-01-01", "clear")])
def test_high_dependence_is_critical_when_funding_ends_within_a_year(
    programme: Programme, funding_end: str, expected: str
) -> None:
    history = _history(programme, facts={"income_sf": 160000})
    history.features = {"funding_end": funding_end}

    assert history.flag("F-S10", "2026") == expected


def test_no_progress_after_two_years_is_flagged(programme: Programme) -> None:
    history = SiteHistory(programme, {"funding_start": "2024-01-01"})
    history.answer("2024", FORM, *_answers()).answer("2025", FORM, *_answers())

    assert history.flag("F-S08", "2025") == "warn"


def test_all_indicators_and_flags_are_there(programme: Programme) -> None:
    indicators = {indicator.id for indicator in programme.indicators}

    assert {f"S{n:02}" for n in range(1, 19)} <= indicators
    assert [flag.id for flag in programme.flags] == [f"F-S{n:02}" for n in range(1, 18)]
