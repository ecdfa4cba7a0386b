"""The shipped programme House of Resources: what its indicators and flags say about given answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.expressions import Missing
from shared.programme.loader import read_programme
from shared.programme.model import Programme
from tests.support.site_history import SiteHistory

FOLDER = Path(__file__).parents[3] / "programmes" / "house-of-resources"
REPORT, SURVEY = "hor_site_report", "hor_mo_survey"
CALM: dict[str, Any] = {
    "staff_fte_planned": 2, "staff_fte": 2, "staff_leavers": 0, "grant_notice": "received", "budget_total": 75000,
    "budget_spent": 70000, "orgs_reached": 60, "orgs_new": 15, "orgs_mo": 50, "orgs_informal": 20,
    "consult_sessions": 120, "consult_topics": ["grants", "founding"], "wait_days": 5, "foundings": 3,
    "room_offer": "own", "room_requests": 40, "room_declined": 2, "equip_loans": 10, "mp_applications": 12,
    "mp_approved": 9, "mp_amount": 9000, "mp_first": 5, "mp_coop": 3, "mp_decision_days": 20, "mp_proof_due": 10,
    "mp_overdue": 0, "mp_exhausted": "no", "train_count": 4, "train_participants": 60, "coop_active": 12,
    "muni_link": "2", "committee_entries": 1, "cofunding": 8000, "followup_grants": 4, "gas_1": "0", "gas_2": "1",
    "gas_3": "0", "challenges": ["none"], "support_urgency": "0", "c_chall_n": 0,
}  # fmt: skip
CONTENT: dict[str, Any] = {
    "consent": "yes", "org_form": "assoc", "org_age": "a2", "org_size": "s2", "services_used": ["advice", "micro"],
    "acc_1": "5", "acc_2": "4", "acc_3": "4", "acc_4r": "2", "cap_1": "4", "cap_2": "4", "cap_3": "4", "cap_4": "4",
    "cap_5r": "2", "net_1": "4", "net_2": "4", "net_3": "3", "par_1": "4", "par_2": "3", "par_3": "3",
    "recommend": 9, "outcomes": ["skill", "partner"], "needs_open": ["none"],
}  # fmt: skip


@pytest.fixture(scope="module")
def programme() -> Programme:
    return read_programme(FOLDER)


def _history(programme: Programme, now: dict[str, Any], before: dict[str, Any] | None = None) -> SiteHistory:
    history = SiteHistory(programme, {"funding_end": "2028-12-31", "area_type": "city"})
    history.answer("2026-H1", REPORT, CALM | (before or {}))
    return history.answer("2026-H2", REPORT, CALM | now)


def test_a_calm_site_raises_nothing(programme: Programme) -> None:
    sizes = [CONTENT | {"org_size": size} for size in ("s1", "s3") * 5]
    history = _history(programme, {}).answer("2026-S", SURVEY, *sizes).answer("2025-S", SURVEY, *sizes)
    history.peer_values = {"H07": [50, 55, 60, 65, 70], "H16": [8, 9, 10, 11, 12], "B04": [60, 65, 70, 75, 80]}

    found = {
        flag.id: history.flag(flag.id, "2026-S" if flag.form == SURVEY else "2026-H2")
        for flag in programme.flags
        if flag.raise_
    }

    assert {flag: state for flag, state in found.items() if state != "clear"} == {}


@pytest.mark.parametrize(
    ("flag", "now", "before", "expected"),
    [
        ("F-H03", {"staff_fte": 1.4}, {}, "warn"),
        ("F-H03", {"staff_fte": 0.9}, {}, "critical"),
        ("F-H03", {"staff_fte": 1.55}, {}, "between"),
        ("F-H04", {"staff_leavers": 1}, {"staff_leavers": 1}, "critical"),
        ("F-H04", {"staff_leavers": 1}, {}, "clear"),
        ("F-H04", {"staff_leavers": 1, "staff_fte": 1.4}, {}, "critical"),
        ("F-H05", {"grant_notice": "none"}, {}, "critical"),
        ("F-H05", {"grant_notice": "announced"}, {}, "clear"),
        ("F-H06", {"budget_spent": 44000}, {}, "warn"),
        ("F-H06", {"budget_spent": 83000}, {}, "warn"),
        ("F-H06", {"budget_spent": 80000}, {}, "between"),
        ("F-H07", {"orgs_reached": 42}, {}, "warn"),
        ("F-H07", {"orgs_reached": 43}, {}, "between"),
        ("F-H07", {"orgs_reached": 6}, {"orgs_reached": 15}, "between"),
        ("F-H08", {"orgs_new": 5}, {}, "warn"),
        ("F-H09", {"orgs_mo": 29}, {}, "warn"),
        ("F-H10", {"wait_days": 21}, {}, "warn"),
        ("F-H10", {"wait_days": 41}, {}, "critical"),
        ("F-H10", {"wait_days": 20}, {}, "between"),
        ("F-H11", {"room_declined": 13}, {}, "warn"),
        ("F-H11", {"room_requests": 4, "room_declined": 4}, {}, "between"),
        ("F-H12", {"mp_exhausted": "yes", "mp_approved": 7}, {}, "warn"),
        ("F-H13", {"mp_decision_days": 29}, {}, "info"),
        ("F-H13", {"mp_decision_days": 57}, {}, "warn"),
        ("F-H14", {"mp_proof_due": 20, "mp_overdue": 8}, {}, "critical"),
        ("F-H14", {"mp_proof_due": 10, "mp_overdue": 2}, {}, "warn"),
        ("F-H14", {"mp_proof_due": 3, "mp_overdue": 1}, {}, "between"),
        ("F-H17", {"muni_link": "0"}, {}, "warn"),
        ("F-H18", {"gas_1": "-1", "gas_2": "-1", "gas_3": "-1"}, {}, "warn"),
        ("F-H18", {"gas_1": "-2", "gas_2": "-2", "gas_3": "-1"}, {}, "critical"),
        ("F-H19", {"support_urgency": "2"}, {}, "warn"),
        ("F-H19", {"support_urgency": "3"}, {}, "critical"),
        ("F-H20", {"challenges": ["staff", "hostility"]}, {}, "critical"),
    ],
)
def test_a_report_raises_the_flag(
    programme: Programme, flag: str, now: dict[str, Any], before: dict[str, Any], expected: str
) -> None:
    assert _history(programme, now, before).flag(flag, "2026-H2") == expected


@pytest.mark.parametrize(
    ("funding_end", "expected"), [("2026-12-31", "critical"), ("2027-01-01", "clear"), ("2027-01-14", "clear")]
)
def test_funding_that_ends_within_six_months_needs_a_notice_in_any_half_year(
    programme: Programme, funding_end: str, expected: str
) -> None:
    history = _history(programme, {}, {"grant_notice": "announced"})

    history.features = {"funding_end": funding_end}

    assert history.flag("F-H05", "2026-H1") == expected


@pytest.mark.parametrize(
    ("flag", "peers", "expected"),
    [
        ("F-H15", {"H07": [190, 195, 200, 205, 210]}, "info"),
        ("F-H15", {"H07": [55, 58, 60, 62, 65]}, "clear"),
        ("F-H16", {"H16": [20, 21, 22, 23, 24, 25]}, "info"),
    ],
)
def test_a_site_far_below_its_peers_is_flagged(
    programme: Programme, flag: str, peers: dict[str, list[float]], expected: str
) -> None:
    history = _history(programme, {})
    history.peer_values = peers

    assert history.flag(flag, "2026-H2") == expected


def test_without_applications_there_is_no_approval_rate_and_no_flag(programme: Programme) -> None:
    nothing = {name: value for name, value in CALM.items() if not name.startswith("mp_") or name == "mp_proof_due"}
    history = SiteHistory(programme).answer("2026-H2", REPORT, nothing | {"mp_applications": 0, "mp_exhausted": "yes"})

    values = [history.value(indicator, "2026-H2") for indicator in ("H11", "H12", "H13")]

    assert all(isinstance(value, Missing) for value in values)
    assert history.flag("F-H12", "2026-H2") == "between"


@pytest.mark.parametrize(
    ("goals", "expected"),
    [((0, 1, -1), 50.0), ((1, 1, 1), 63.7), ((-1, -1, 0), 40.9), ((-1, -1), 37.6)],
)
def test_goal_attainment(programme: Programme, goals: tuple[int, ...], expected: float) -> None:
    answers = {f"gas_{number}": str(goal) for number, goal in enumerate(goals, 1)}

    history = SiteHistory(programme).answer("2026-H2", REPORT, answers)

    assert history.value("H20", "2026-H2") == pytest.approx(expected, abs=0.05)


def _survey(programme: Programme, *groups: tuple[int, dict[str, Any]]) -> SiteHistory:
    history = _history(programme, {})
    for size, answers in groups:
        history.answer("2026-S", SURVEY, *[CONTENT | answers] * size)
    return history


def test_the_scale_is_recoded_and_goes_from_0_to_100(programme: Programme) -> None:
    history = _survey(programme, (5, {"acc_1": "4", "acc_2": "5", "acc_3": "3", "acc_4r": "2"}))

    assert history.value("B02", "2026-S") == 75


def test_two_valid_items_of_four_make_no_value(programme: Programme) -> None:
    history = _survey(programme, (5, {"acc_1": "4", "acc_2": "9", "acc_3": "3", "acc_4r": "9"}))

    assert isinstance(history.value("B02", "2026-S"), Missing)


def test_who_cannot_judge_is_counted_among_those_who_took_part(programme: Programme) -> None:
    unsure = {"acc_1": "9", "net_1": "9", "par_1": "9"}

    history = _survey(programme, (5, unsure)).answer("2026-S", SURVEY, {"consent": "no"})

    assert history.value("X17", "2026-S") == 20


def test_as_many_critics_as_promoters_balance_out(programme: Programme) -> None:
    history = _survey(programme, *[(1, {"recommend": score}) for score in (10, 9, 8, 6, 0)])

    assert history.value("B09", "2026-S") == 0


def test_four_answers_show_nothing(programme: Programme) -> None:
    history = _survey(programme, (4, {}))

    assert isinstance(history.value("B02", "2026-S"), Missing)
    assert history.flag("F-B03", "2026-S") == "between"


def test_the_response_rate_rests_on_the_stronger_half_year(programme: Programme) -> None:
    history = SiteHistory(programme).answer("2025-H2", REPORT, CALM | {"orgs_reached": 80})
    history.answer("2026-H1", REPORT, CALM).answer("2026-S", SURVEY, *[CONTENT] * 20)

    assert history.value("B01", "2026-S") == 25


@pytest.mark.parametrize(
    ("flag", "groups", "expected"),
    [
        ("F-B03", [(6, {"acc_1": "3", "acc_2": "3", "acc_3": "3", "acc_4r": "3"})], "warn"),
        ("F-B03", [(6, {"acc_1": "2", "acc_2": "2", "acc_3": "2", "acc_4r": "4"})], "critical"),
        ("F-B04", [(6, {"cap_1": "2", "cap_2": "3", "cap_3": "3", "cap_4": "3", "cap_5r": "3"})], "warn"),
        ("F-B07", [(6, {"par_1": "2", "par_2": "2", "par_3": "3"})], "info"),
        ("F-B08", [(4, {"cap_5r": "5"}), (2, {})], "warn"),
        ("F-B09", [(3, {"acc_4r": "4"}), (3, {})], "warn"),
        ("F-B09", [(4, {"acc_4r": "4"}), (6, {"services_used": ["advice"], "acc_4r": "9"})], "between"),
        ("F-B10", [(4, {"recommend": 5}), (2, {})], "warn"),
        ("F-B11", [(4, {"outcomes": ["none"]}), (2, {})], "warn"),
        ("F-B12_digital", [(4, {"needs_open": ["digital"]}), (6, {})], "warn"),
        ("F-B12_grants", [(4, {"needs_open": ["grants"]}), (6, {})], "clear"),
        ("F-B13", [(5, {"org_size": "s1", "acc_1": "2"}), (5, {"org_size": "s3"})], "warn"),
        ("F-B13", [(4, {"org_size": "s1", "acc_1": "2"}), (5, {"org_size": "s3"})], "between"),
        ("F-B14", [(6, {"acc_2": "3"})], "warn"),
        ("F-B15", [(6, {f"cap_{item}": "3" for item in ("1", "2", "3", "4", "5r")})], "info"),
    ],
)
def test_a_survey_raises_the_flag(
    programme: Programme, flag: str, groups: list[tuple[int, dict[str, Any]]], expected: str
) -> None:
    assert _survey(programme, *groups).flag(flag, "2026-S") == expected


def test_a_drop_counts_only_with_ten_answers_both_times(programme: Programme) -> None:
    weak = {f"cap_{item}": "3" for item in ("1", "2", "3", "4")}
    many = _survey(programme, (10, weak)).answer("2025-S", SURVEY, *[CONTENT] * 10)
    few = _survey(programme, (10, weak)).answer("2025-S", SURVEY, *[CONTENT] * 9)

    assert many.flag("F-B05", "2026-S") == "warn"
    assert few.flag("F-B05", "2026-S") == "between"


def test_hostility_is_kept_from_the_funder(programme: Programme) -> None:
    assert "lead" in programme.flag("F-H20").hidden_from


def test_nothing_that_tells_who_left_a_team_is_shown_to_the_funder(programme: Programme) -> None:
    asked = [(one.id, one.hidden_from) for one in programme.indicators if "staff_leavers" in one.value]
    asked += [(one.id, one.hidden_from) for one in programme.flags if "staff_leavers" in str(one.raise_)]
    resting = {"H02", "X08", "F-H04"}

    assert dict(asked) == dict.fromkeys(resting, ("lead",))
    assert not [one.id for one in programme.indicators if "H02" in one.value or "X08" in one.value]


def test_all_indicators_and_flags_are_there(programme: Programme) -> None:
    indicators = {indicator.id for indicator in programme.indicators}
    flags = {flag.id.partition("_")[0] for flag in programme.flags}

    assert {f"H{n:02}" for n in range(1, 21)} <= indicators
    assert {f"B{n:02}" for n in range(1, 16) if n != 14} <= indicators
    assert len([name for name in indicators if name.startswith("B14_")]) == 12
    assert flags == {f"F-H{n:02}" for n in range(1, 21)} | {f"F-B{n:02}" for n in range(1, 16)}
