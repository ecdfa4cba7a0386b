"""Check values of both shipped programmes, through scoring as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.scoring import ScoringHarness, programme

SURVEY, REPORT, SELF = "hor_mo_survey", "hor_site_report", "sf_selfassessment"
ACC: dict[str, Any] = {"consent": "yes", "acc_1": "4", "acc_2": "5", "acc_3": "3", "acc_4r": "2"}


@pytest.fixture
def houses() -> ScoringHarness:
    return ScoringHarness(programme("programmes/house-of-resources"))


@pytest.fixture
def associations() -> ScoringHarness:
    return ScoringHarness(programme("programmes/strukturfoerderung"))


def wave_of(harness: ScoringHarness, form: str, back: int = 0) -> str:
    """Return the newest wave that fields a form, or one before it."""
    return [wave.code for wave in harness.definition.waves if form in wave.forms][-1 - back]


def self_assess(harness: ScoringHarness, wave: str, roles: str, **answers: Any) -> str:
    """Let one respondent per role letter (b, l, s) answer; return the association."""
    site = harness.definition.sites[0].code
    named = {"b": "board", "l": "office_lead", "s": "staff"}
    for number, letter in enumerate(roles):
        given = {"resp_role": named[letter], **answers}
        harness.answer(site, wave, given, form=SELF, respondent=f"r{number}")
    harness.catch_up()
    return site


GS3 = {f"gs_{number}": "3" for number in range(1, 7)} | {"gs_7r": "2"}


def test_a_scale_of_threes_with_its_reversed_item_is_two_thirds(associations: ScoringHarness) -> None:
    wave = wave_of(associations, SELF)
    site = self_assess(associations, wave, "bls", **GS3)

    record = associations.value(site, wave, "S01")

    assert record["value"] == pytest.approx(200 / 3)
    assert record["n"] == 3


@pytest.mark.parametrize("roles", ["bl", "bbs"])
def test_without_three_people_or_the_office_lead_there_is_no_value(associations: ScoringHarness, roles: str) -> None:
    wave = wave_of(associations, SELF)
    site = self_assess(associations, wave, roles, **GS3)

    assert associations.value(site, wave, "S01") == {
        "value": None, "reason": "SMALL_N", "n": len(roles), "suppressed": True
    }  # fmt: skip
    assert associations.flags(site)["standings"]["F-S02"]["unknown"] == "SMALL_N"


@pytest.mark.parametrize(
    ("goals", "attained"),
    [(("0", "1", "-1"), 50.0), (("1", "1", "1"), 63.7), (("-1", "-1", "0"), 40.9), (("-1", "-1"), 37.6)],
)
def test_goal_attainment(associations: ScoringHarness, goals: tuple[str, ...], attained: float) -> None:
    wave = wave_of(associations, SELF)
    answers = {f"gas_{number}": goal for number, goal in enumerate(goals, start=1)}
    site = self_assess(associations, wave, "bls", **answers)

    assert associations.value(site, wave, "S18")["value"] == pytest.approx(attained, abs=0.05)


def test_role_groups_count_the_same_however_many_answered(associations: ScoringHarness) -> None:
    wave = wave_of(associations, SELF)
    high = {f"gs_{number}": "4" for number in range(1, 7)} | {"gs_7r": "1"}
    low = {f"gs_{number}": "1" for number in range(1, 7)} | {"gs_7r": "4"}
    site = associations.definition.sites[0].code
    associations.answer(site, wave, {"resp_role": "office_lead", **low}, form=SELF, respondent="lead")
    for number in range(3):
        associations.answer(site, wave, {"resp_role": "board", **high}, form=SELF, respondent=f"b{number}")
    associations.catch_up()

    assert associations.value(site, wave, "S01")["value"] == pytest.approx(50.0)


def test_a_change_of_ten_points_looks_back_one_wave(associations: ScoringHarness) -> None:
    before, now = wave_of(associations, SELF, 1), wave_of(associations, SELF)
    self_assess(associations, before, "bls", **GS3)
    site = self_assess(associations, now, "bls", **{**GS3, "gs_1": "2", "gs_2": "2", "gs_3": "2"})

    (episode,) = associations.episodes(site, "F-S07")
    assert (episode["wave"], episode["state"]) == (now, "raised")
    event = next(e for e in associations.told(site) if e.data["flag"] == "F-S07")
    assert event.data["values"][0]["value"] == pytest.approx(-100 * 3 / 7 / 3)


def test_a_correction_of_an_earlier_wave_reaches_the_later_one(associations: ScoringHarness) -> None:
    before, now = wave_of(associations, SELF, 1), wave_of(associations, SELF)
    site = self_assess(associations, now, "bls", **GS3)
    self_assess(associations, before, "bls", **{name: "4" for name in GS3} | {"gs_7r": "1"})

    assert [episode["wave"] for episode in associations.episodes(site, "F-S07")] == [now]


def survey(harness: ScoringHarness, site: str, wave: str, *answers: dict[str, Any]) -> None:
    """Let so many organisations answer, one after the other."""
    for number, given in enumerate(answers):
        harness.answer(site, wave, {**ACC, **given}, form=SURVEY, respondent=f"o{number}")
    harness.catch_up()


def test_the_survey_scale_is_recoded_and_scaled(houses: ScoringHarness) -> None:
    site, wave = houses.definition.sites[0].code, wave_of(houses, SURVEY)
    survey(houses, site, wave, *[{}] * 5)

    assert houses.value(site, wave, "B02") == {"value": 75.0, "reason": None, "n": 5}


def test_four_answers_to_an_anonymous_survey_show_no_number_anywhere(houses: ScoringHarness) -> None:
    site, wave = houses.definition.sites[0].code, wave_of(houses, SURVEY)
    survey(houses, site, wave, *[{"acc_1": "1", "acc_2": "1", "acc_3": "1", "acc_4r": "5"}] * 4)

    cell = houses.cell(site, wave)
    assert cell["values"]["B02"] == {"value": None, "reason": "SMALL_N", "n": 4, "suppressed": True}
    assert {record["value"] for record in cell["values"].values()} == {None}
    shown = [t["value"] for r in cell["rules"].values() for t in r["terms"] if not t["name"].startswith("days_overdue")]
    assert set(shown) == {None}
    assert houses.episodes(site, "F-B03") == []


def test_the_fifth_answer_makes_the_value_and_the_flag_appear(houses: ScoringHarness) -> None:
    site, wave = houses.definition.sites[0].code, wave_of(houses, SURVEY)
    survey(houses, site, wave, *[{"acc_1": "1", "acc_2": "1", "acc_3": "1", "acc_4r": "5"}] * 5)

    assert houses.value(site, wave, "B02")["value"] == 0.0
    assert [episode["severity"] for episode in houses.episodes(site, "F-B03")] == ["critical"]


def test_two_valid_items_of_a_scale_give_no_value(houses: ScoringHarness) -> None:
    site, wave = houses.definition.sites[0].code, wave_of(houses, SURVEY)
    survey(houses, site, wave, *[{"acc_1": "9", "acc_2": "9"}] * 5)

    record = houses.value(site, wave, "B02")
    assert (record["value"], record["n"]) == (None, 0)
    assert record["reason"] in ("NOT_ANSWERED", "DONT_KNOW")


def test_recommendation(houses: ScoringHarness) -> None:
    site, wave = houses.definition.sites[0].code, wave_of(houses, SURVEY)
    survey(houses, site, wave, *[{"recommend": score} for score in (10, 9, 8, 6, 0)])

    assert houses.value(site, wave, "B09")["value"] == 0.0


def test_no_applications_give_no_value_and_no_flag(houses: ScoringHarness) -> None:
    site, wave = houses.definition.sites[0].code, wave_of(houses, REPORT)
    houses.answer(site, wave, {"mp_applications": 0, "mp_approved": None, "mp_exhausted": "yes"}, form=REPORT)
    houses.catch_up()

    for indicator in ("H11", "H12", "H13"):
        assert houses.value(site, wave, indicator)["value"] is None
    assert houses.episodes(site, "F-H12") == []


def test_a_site_far_below_the_others_is_flagged_and_follows_their_corrections(houses: ScoringHarness) -> None:
    wave = wave_of(houses, REPORT)
    codes = [site.code for site in houses.definition.sites]
    for number, code in enumerate(codes):
        sessions = 10 if number == 0 else 100 + number
        houses.answer(code, wave, {"consult_sessions": sessions, "staff_fte": 1}, form=REPORT)
    houses.catch_up()
    assert [e["state"] for e in houses.episodes(codes[0], "F-H15")] == ["raised"]

    for number, code in enumerate(codes[1:]):
        houses.answer(code, wave, {"consult_sessions": 5 + number, "staff_fte": 1}, form=REPORT, revision=2)
    houses.catch_up()

    assert houses.episodes(codes[0], "F-H15") == []
    assert houses.value(codes[0], wave, "H04")["reason"] == "NOT_ASKED"


def test_a_target_that_is_the_median_of_the_others_is_stored_with_the_value(houses: ScoringHarness) -> None:
    wave = wave_of(houses, REPORT)
    for number, site in enumerate(houses.definition.sites[:7]):
        houses.answer(site.code, wave, {"orgs_reached": 10 * number}, form=REPORT)
    houses.catch_up()

    first = houses.definition.sites[0].code
    assert houses.value(first, wave, "H04")["benchmark"] == 35.0


def test_every_explanation_of_a_busy_site_computes_again_to_the_same_bytes(houses: ScoringHarness) -> None:
    site = houses.definition.sites[0].code
    answers = {"staff_fte": 1, "staff_fte_planned": 3, "staff_leavers": 2, "wait_days": 50, "support_urgency": "3"}
    for wave in houses.definition.waves:
        if REPORT in wave.forms:
            houses.answer(site, wave.code, answers, form=REPORT)
    houses.overdue(site, wave_of(houses, SURVEY), 61, SURVEY)
    houses.catch_up()

    ids = list(houses.flags(site)["episodes"])
    assert len(ids) > 3
    assert all(houses.scoring.explaining.again(id_).same for id_ in ids)
